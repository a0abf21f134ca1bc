/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 5: run the module: here, in a throwaway VM, or as a user process. */
#ifndef STAP_RUN_RUN_H
#define STAP_RUN_RUN_H

struct session;

/* Requires: session.module_path.  Returns the exit status of the run, 0 or 1. */
int pass_5(struct session *s);

/* --vm: boots QEMU with the target kernel and runs staprun inside (vm.c). */
int run_vm(struct session *s);

#endif
