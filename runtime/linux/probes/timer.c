/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timers: a hrtimer per row for intervals in time units, a timer of the wheel for
 * jiffies.  A late round is dropped, not made up for.
 */
#include "mechanism.h"

#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timer.h>

struct timer_state {
	struct script_probe *probe;
	const struct script_spec_timer *spec;
	union {
		struct hrtimer fine;
		struct timer_list coarse;
	};
};

/* Length of the next round: interval_ns +- random_ns, at least 1. */
static u64 round_length(const struct script_spec_timer *spec)
{
	u64 length = spec->interval_ns, random;

	if (!spec->random_ns)
		return length;
	random = get_random_u64() % (2 * spec->random_ns + 1);
	length += random;
	return length > spec->random_ns ? length - spec->random_ns : 1;
}

static enum hrtimer_restart fine_expired(struct hrtimer *timer)
{
	struct timer_state *state = container_of(timer, struct timer_state, fine);

	context_hit(state->probe, NULL);
	hrtimer_forward_now(timer, ns_to_ktime(round_length(state->spec)));
	return HRTIMER_RESTART;
}

static void coarse_expired(struct timer_list *timer)
{
	struct timer_state *state = container_of(timer, struct timer_state, coarse);

	mod_timer(timer, jiffies + round_length(state->spec));
	context_hit(state->probe, NULL);
}

static int timer_arm(struct script_probe *probe)
{
	struct timer_state *state = kzalloc(sizeof(*state), GFP_KERNEL);

	if (!state)
		return -ENOMEM;
	state->probe = probe;
	state->spec = probe->spec;
	probe->state = state;
	if (state->spec->jiffies) {
		timer_setup(&state->coarse, coarse_expired, 0);
		mod_timer(&state->coarse, jiffies + round_length(state->spec));
		return 0;
	}
	compat_hrtimer_setup(&state->fine, fine_expired);
	hrtimer_start(&state->fine, ns_to_ktime(round_length(state->spec)), HRTIMER_MODE_REL);
	return 0;
}

static void timer_disarm(struct script_probe *probe)
{
	struct timer_state *state = probe->state;

	if (state->spec->jiffies)
		compat_timer_delete_sync(&state->coarse);
	else
		hrtimer_cancel(&state->fine);
	kfree(state);
	probe->state = NULL;
}

const struct script_mechanism script_mech_timer = {
	.name = "timer",
	.arm = timer_arm,
	.disarm = timer_disarm,
};
