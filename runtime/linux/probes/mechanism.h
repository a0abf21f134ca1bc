/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mechanism knows how a handler gets attached to the running kernel.  The session
 * walks script_probes[] forward to arm and backward to disarm.  Mechanisms that do better on
 * many rows at once give arm_many and disarm_many; those of them that share these
 * functions get their rows together.
 */
#ifndef LINUX_PROBES_MECHANISM_H
#define LINUX_PROBES_MECHANISM_H

#include "../runtime.h"

struct script_mechanism {
	const char *name;
	bool session;			/* begin, end, error, never: nothing to arm */

	/* Attach one row; 0 or -errno.  -ENOENT with a place in a module that is not
	 * loaded: tried again when it is.  Process context. */
	int (*arm)(struct script_probe *probe);

	/* Detach it.  No hit of it is under way when disarm or, if given, disarmed() returns. */
	void (*disarm)(struct script_probe *probe);

	/* The same for many; errors[i] is 0 or the -errno of rows[i]. */
	void (*arm_many)(struct script_probe **rows, int *errors, unsigned count);
	void (*disarm_many)(struct script_probe **rows, unsigned count);

	/* After a walk of disarm(): wait for all hits under way, free. */
	void (*disarmed)(void);

	/* Place of a row in code or data; NULL: it has none. */
	const struct script_location *(*location)(const struct script_probe *probe);

	/* The instruction that an armed row is planted at.  Any context. */
	unsigned long (*planted_at)(const struct script_probe *probe);

	/* Module that a row lives in, NULL: none; not needed with location(). */
	const char *(*module)(const struct script_probe *probe);
};

static inline s64 begin_priority(const struct script_probe *probe)
{
	return ((const struct script_spec_begin *)probe->spec)->priority;
}

#define for_each_row(p) \
	for ((p) = script_probes; (p) < script_probes + script_probe_count; (p)++)

/* ---- arming.c -------------------------------------------------------------------------------- */

/* Attach and detach rows as their `armed` says. */
void rows_apply(void);

/* Why a row could not be attached when that was last tried, or 0. */
int row_error(const struct script_probe *probe);

/* Name of the module that a row lives in, or NULL. */
const char *row_module(const struct script_probe *probe);

/*
 * Addresses of the kernel's own symbols among the locations of rows, without their
 * offsets, found in one pass where that is better than one by one.  true: it was, and
 * addresses[i] is 0 where there is no such symbol.
 */
bool symbols_prefetch(struct script_probe **rows, unsigned long *addresses, unsigned count);
bool location_is_core_symbol(const struct script_location *at);

/* Resolve the locations of rows whose mechanism has them; errors[i] as location_resolve(). */
void locations_resolve(struct script_probe **rows, unsigned long *addresses, int *errors,
		       unsigned count);

/* ---- tracepoint.c ----------------------------------------------------------------------------- */

/* The kernel's tracepoint of that name, else a module's, or NULL.  Process context. */
struct tracepoint *tracepoint_find(const char *name);

#endif
