/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 5: run the module: here, in a throwaway VM, or as a user process. */
#ifndef STAP_RUN_RUN_H
#define STAP_RUN_RUN_H

struct session;

/*
 * Requires: session.module_path.  Runs until the script ends; SIGINT, SIGTERM and
 * SIGHUP of this process end it in order.  Returns the exit status of the run, 0 or 1.
 */
int pass_5(struct session *s);

/*
 * Before anything is compiled for it: can the script run where it is meant to run?
 * Returns 0, or 1 after reporting an error that names the obstacle and the way round it.
 */
int run_check(const struct session *s);

/* Why modules cannot be loaded here ("this kernel was built without ..."), or NULL if
 * nothing speaks against it.  Costs a few system calls. */
const char *run_local_obstacle(void);

#endif
