/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 1 on texts in memory, for tests: a session without command line, with a
 * made-up kernel 6.1.0-56-cloud-amd64 (x86_64, CONFIG_HZ=250, CONFIG_SMP=y).
 */
#ifndef UNIT_SCRIPT_FIXTURE_H
#define UNIT_SCRIPT_FIXTURE_H

#include "session.h"

/* Reset everything and return an empty session. */
struct session *fixture_new(void);

/* How often the session was asked for its kernel. */
extern unsigned fixture_kernel_asked;

/*
 * Run pass 1.  The result is the -p1 text without its heading, or after errors
 * "!tag tag ...", one tag a message in order.  Tags of warnings follow after " ?".
 */
const char *fixture_pass_1(struct session *s);

/* The same for one script text in a fresh session. */
const char *fixture_parse(const char *script);

/* What the last fixture_pass_1() printed, as people see it. */
const char *fixture_messages(void);

#endif
