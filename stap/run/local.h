/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 5 on this machine. */
#ifndef STAP_RUN_LOCAL_H
#define STAP_RUN_LOCAL_H

/*
 * Run a program (NULL-terminated words, the first is its path) to its end.  Signals that ask us to end
 * are passed on, and SIGINT is sent after `timeout` seconds (0: never).  Returns 0 if it
 * ended with status 0, else 1; reports when it cannot be started or was killed.
 */
int run_locally(char *const *words, double timeout);

#endif
