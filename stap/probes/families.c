/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of probe families: a new one is its own file, a line in families.h and one here. */
#include "families.h"

const struct probe_family *const probe_families[] = {
	&family_lifecycle,
	&family_timer,
	&family_profile,
	&family_function,
	&family_callee,
	&family_statement,
	&family_kprobe,
	&family_tracepoint,
	&family_procfs,
	&family_perf,
	&family_netfilter,
	&family_watchpoint,
	NULL,
};
