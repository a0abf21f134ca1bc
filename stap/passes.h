/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The passes, in order. */
#ifndef STAP_PASSES_H
#define STAP_PASSES_H

struct session;

/* Run the passes up to options.last_pass and show the result of the last one.  Returns the
 * exit status. */
int passes_run(struct session *s);

#endif
