/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#ifndef STAP_OPTIONS_H
#define STAP_OPTIONS_H

struct session;

#define OPTIONS_GO_ON (-1)

/*
 * Read $SYSTEMTAP_DIR/rc and the command line into session.options and configure the
 * diagnostics.  Returns OPTIONS_GO_ON, or the exit status when there is nothing more to
 * do: 0 after --help and --version, 1 after reporting an error.
 */
int options_parse(struct session *s, int argc, char **argv);

#endif
