/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slow way to a global's lock: wait a bounded time, then give the hit up. */
#include "runtime.h"

#include <linux/delay.h>

static bool lock_try(struct script_lock *lock, bool write)
{
	int value = READ_ONCE(lock->value);

	if (write)
		return value == 0 && cmpxchg_acquire(&lock->value, 0, -1) == 0;
	return value >= 0 && cmpxchg_acquire(&lock->value, value, value + 1) == value;
}

bool script_lock_slow(struct context *c, struct script_lock *lock, bool write)
{
	/* Looked at far more often than the delay says: holders need a microsecond or less. */
	unsigned attempt, glance;

	lock->contended++;
	for (attempt = 0; attempt < script_config.try_lock; attempt++)
		for (glance = 0; glance <= script_config.try_lock_delay; glance++) {
			if (lock_try(lock, write))
				return true;
			udelay(1);
		}
	c->error = SCRIPT_ERROR_SKIP;
	return false;
}
