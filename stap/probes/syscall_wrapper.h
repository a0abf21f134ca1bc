/* SPDX-License-Identifier: GPL-2.0-or-later */
/* $fd in a probe of __x64_sys_read. */
#ifndef STAP_PROBES_SYSCALL_WRAPPER_H
#define STAP_PROBES_SYSCALL_WRAPPER_H

#include "family.h"

struct cfunction;

/* The parameter that `target` names, if f is a function that the kernel calls for a system call; at its
 * entry.  NULL after offering names. */
struct expr *syscall_parameter(struct session *s, const struct cfunction *f, const struct expr *target,
			       struct nearest *near);

/* May there be such parameters? */
bool is_syscall_wrapper(const struct cfunction *f);

#endif
