/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.s, .ms, .us, .ns, .jiffies and .hz.  Each armed timer has a time at which it
 * is due; the session sleeps until the earliest.  A tick that comes late is served once,
 * those missed meanwhile are dropped.
 */
#include "runtime.h"

#include <stdlib.h>

#define NSEC_PER_SEC 1000000000LL

/* Behind script_probe.state. */
struct timer {
	s64 due;
	s64 interval, spread;		/* nanoseconds */
	s64 unit;			/* shortest round */
};

static u64 random_bits(void)
{
	static u64 state;

	if (!state)
		state = (u64)script_cycles() | 1;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* This round's length. */
static s64 round_length(const struct timer *t)
{
	s64 length = t->interval;

	if (t->spread)
		length += (s64)(random_bits() % (2 * (u64)t->spread + 1)) - t->spread;
	return length < t->unit ? t->unit : length;
}

static void timer_setup(struct timer *t, const struct script_spec_timer *spec)
{
	t->unit = spec->jiffies ? NSEC_PER_SEC / script_hz() : 1;
	t->interval = (s64)spec->interval_ns * t->unit;
	t->spread = (s64)spec->random_ns * t->unit;
}

static void timer_arm(struct script_probe *probe)
{
	struct timer *t = probe->state;

	if (!t) {
		t = probe->state = calloc(1, sizeof(*t));
		if (!t) {
			print_error("out of memory for probe %s", probe->name);
			return;
		}
		timer_setup(t, probe->spec);
	}
	t->due = script_ktime_ns() + round_length(t);
	probe->armed = true;
}

static void timer_disarm(struct script_probe *probe)
{
	probe->armed = false;
}

const struct script_mechanism script_mech_timer = {
	.name = "timer",
	.arm = timer_arm,
	.disarm = timer_disarm,
};

/* The armed timer that is due first; of several the first in the table. */
static struct script_probe *first_due(void)
{
	struct script_probe *best = NULL;

	for (unsigned i = 0; i < script_probe_count; i++) {
		struct script_probe *p = &script_probes[i];
		const struct timer *t = p->state, *first = best ? best->state : NULL;

		if (p->mechanism == &script_mech_timer && p->armed && (!first || t->due < first->due))
			best = p;
	}
	return best;
}

s64 timer_next(void)
{
	struct script_probe *p = first_due();

	return p ? ((struct timer *)p->state)->due : -1;
}

/* Set before the handler runs, as it may disarm its own probe. */
static void schedule_next(struct timer *t, s64 now)
{
	t->due += round_length(t);
	if (t->due > now)
		return;
	t->due = t->spread ? now + round_length(t) : now + t->interval - (now - t->due) % t->interval;
}

void timer_run_due(void)
{
	s64 now = script_ktime_ns();
	struct script_probe *p;

	while (script_state == SCRIPT_RUNNING && (p = first_due()) && ((struct timer *)p->state)->due <= now) {
		schedule_next(p->state, now);
		context_run(p, p->handler);
	}
}
