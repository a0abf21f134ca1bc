/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mechanisms that both runtimes have, and what a probe's row says to them.  A row
 * of script_probes[] names one of these (or one of runtime/linux/probes) and points
 * to the constant specification struct that belongs to it.
 */
#ifndef CORE_MECHANISMS_H
#define CORE_MECHANISMS_H

#include "types.h"

struct script_mechanism;		/* each runtime defines its own */

extern const struct script_mechanism script_mech_begin;	/* begin, init: at start, ascending priority */
extern const struct script_mechanism script_mech_end;	/* end: at an orderly end, ascending priority */
extern const struct script_mechanism script_mech_error;	/* error: after too many run-time errors */
extern const struct script_mechanism script_mech_never;	/* never: compiled, never run; no spec */
extern const struct script_mechanism script_mech_timer;	/* timer.s, ms, us, ns, jiffies, hz */

/* begin, end and error.  Equal priorities run in the order of script_probes[]. */
struct script_spec_begin {
	s64 priority;			/* begin(N); begin alone is 0 */
};

/*
 * A repeating timer.  Each round lasts interval_ns plus a random amount between
 * -random_ns and +random_ns (`.randomize`), at least one unit.
 */
struct script_spec_timer {
	u64 interval_ns;		/* nanoseconds; counts jiffies when `jiffies` is set */
	u64 random_ns;			/* same unit; 0: strictly periodic */
	bool jiffies;
};

#endif
