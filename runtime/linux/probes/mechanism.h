/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mechanism knows how a handler gets attached to the running kernel.  The session
 * walks script_probes[] forward to arm and backward to disarm; mechanisms that do better on
 * many rows at once take them all (arm_all, disarm_all) the first time one of
 * theirs comes up.
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

	/* After a walk of disarm(): wait for all hits under way, free. */
	void (*disarmed)(void);

	/* Place of a row, for arming rows of modules that come and go; NULL: not in code. */
	const struct script_location *(*location)(const struct script_probe *probe);
};

static inline s64 begin_priority(const struct script_probe *probe)
{
	return ((const struct script_spec_begin *)probe->spec)->priority;
}

#endif
