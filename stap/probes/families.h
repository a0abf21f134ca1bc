/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The families by name, for the table and for their own derive() functions. */
#ifndef STAP_PROBES_FAMILIES_H
#define STAP_PROBES_FAMILIES_H

#include "family.h"

extern const struct probe_family family_lifecycle;	/* begin, end, error, never */
extern const struct probe_family family_timer;		/* timer.s(N) ... */
extern const struct probe_family family_profile;	/* timer.profile.tick */
extern const struct probe_family family_function;	/* kernel.function, module.function */
extern const struct probe_family family_callee;	/* kernel.function(...).callee */
extern const struct probe_family family_statement;	/* kernel.statement, labels, inlined instances */
extern const struct probe_family family_kprobe;		/* kprobe.function ... */
extern const struct probe_family family_tracepoint;	/* kernel.trace, kernel.tracepoint */
extern const struct probe_family family_procfs;		/* procfs.read, procfs.write */
extern const struct probe_family family_perf;		/* perf.type(N).config(M) */
extern const struct probe_family family_netfilter;	/* netfilter.hook("H").pf("F") */
extern const struct probe_family family_watchpoint;	/* kernel.data(ADDR).write */

#endif
