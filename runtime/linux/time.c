/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks that may be read in any context, NMI included. */
#include "runtime.h"

#include <linux/jiffies.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>

s64 script_ktime_ns(void)
{
	return ktime_get_mono_fast_ns();
}

s64 script_realtime_ns(void)
{
	return ktime_get_real_fast_ns();
}

s64 script_local_clock_ns(void)
{
	return local_clock();
}

s64 script_cycles(void)
{
	return get_cycles();
}

s64 script_jiffies(void)
{
	return jiffies_64 - INITIAL_JIFFIES;
}

s64 script_hz(void)
{
	return HZ;
}
