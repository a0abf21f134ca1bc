/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Returns of functions: what function.c asks of return.c.  Under the session's mutex. */
#ifndef LINUX_PROBES_RETURN_H
#define LINUX_PROBES_RETURN_H

#include "mechanism.h"

struct pt_regs;
struct returns;				/* a kretprobe and those who use it */

/* For a row whose function is a site: the site calls returns_enter().  ERR_PTR on failure. */
struct returns *returns_at_site(struct script_probe *probe);

/* For any other function: a breakpoint is planted.  ERR_PTR on failure. */
struct returns *returns_planted(struct script_probe *probe, unsigned long address);

/* The function of a row was entered; preemption is off. */
void returns_enter(struct returns *r, struct script_probe *probe, struct pt_regs *regs);

/* The row whose own kretprobe it is, or NULL: it is shared. */
struct script_probe *returns_only(struct returns *r);

/* One user less; returns_update() then unregisters those without any, all at once. */
void returns_put(struct returns *r);
void returns_update(void);

#endif
