/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slow way to a global's lock: wait a bounded time, then give the hit up. */
#include "runtime.h"

#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>

static bool lock_try(struct script_lock *lock, bool write)
{
	int value = READ_ONCE(lock->value);

	if (write)
		return value == 0 && cmpxchg_acquire(&lock->value, 0, -1) == 0;
	return value >= 0 && cmpxchg_acquire(&lock->value, value, value + 1) == value;
}

/*
 * Patience is counted in looks, which only a processor that runs can take, and in time: what a virtual machine's host
 * takes of the one is no reason to give up by the other.  A clock that stands still, in suspend, does not keep us.
 */
#define LOOKS_AT_MOST 10		/* times as many as microseconds */

bool script_lock_slow(struct context *c, struct script_lock *lock, bool write)
{
	u64 looks, us = (u64)script_config.try_lock * (script_config.try_lock_delay + 1);
	u64 began = ktime_get_mono_fast_ns();

	lock->contended++;
	for (looks = 0; looks < us || ktime_get_mono_fast_ns() - began < us * NSEC_PER_USEC; looks++) {
		if (lock_try(lock, write))
			return true;
		if (looks >= us * LOOKS_AT_MOST)
			break;
		/* Holders need a microsecond or less.  The delay alone may be over before it gives way to an emulated
		 * processor that waits for its turn with the lock held. */
		cpu_relax();
		udelay(1);
	}
	c->error = SCRIPT_ERROR_SKIP;
	return false;
}
