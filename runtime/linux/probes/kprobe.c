/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kprobe at any instruction.  The kernel turns it into a jump where it can.
 *
 * It takes the jump back a while after the probe has gone.  A module that goes meanwhile leaves what was the
 * probe behind, and when the module, or another one, comes to the same place no probe can be placed there
 * any more.  Therefore leaving a module's text means to wait until it is as it was.
 */
#include "mechanism.h"

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct kprobe_state {
	struct kprobe kprobe;
	struct script_probe *probe;
	struct list_head leaving;
};

static LIST_HEAD(leaving);
static unsigned leaving_count;

static int kprobe_hit(struct kprobe *kprobe, struct pt_regs *regs)
{
	context_hit(container_of(kprobe, struct kprobe_state, kprobe)->probe, regs);
	return 0;
}
NOKPROBE_SYMBOL(kprobe_hit);

static const struct script_spec_kprobe *kprobe_spec(const struct script_probe *probe)
{
	return probe->spec;
}

static const struct script_location *kprobe_location(const struct script_probe *probe)
{
	return &kprobe_spec(probe)->at;
}

static unsigned long kprobe_planted_at(const struct script_probe *probe)
{
	const struct kprobe_state *state = READ_ONCE(probe->state);

	return state ? (unsigned long)state->kprobe.addr : 0;
}

static int kprobe_arm(struct script_probe *probe)
{
	struct kprobe_state *state;
	unsigned long address;
	int error = location_resolve(kprobe_location(probe), &address);

	if (error)
		return error;
	if (!kprobe_is_safe(address))
		return -EOPNOTSUPP;
	state = kzalloc(sizeof(*state), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	state->probe = probe;
	state->kprobe.addr = (kprobe_opcode_t *)address;
	state->kprobe.pre_handler = (kprobe_pre_handler_t)(void *)kprobe_spec(probe)->hit ?: kprobe_hit;
	error = register_kprobe(&state->kprobe);
	if (error)
		kfree(state);
	else
		probe->state = state;
	return error;
}

/* They leave together, in one grace period. */
static void kprobe_disarm(struct script_probe *probe)
{
	struct kprobe_state *state = probe->state;

	probe->state = NULL;
	list_add(&state->leaving, &leaving);
	leaving_count++;
}

static void unregister_leaving(void)
{
	struct kprobe **kprobes = room_for(leaving_count, sizeof(*kprobes));
	struct kprobe_state *state;
	unsigned n = 0;

	list_for_each_entry(state, &leaving, leaving)
		kprobes[n++] = &state->kprobe;
	unregister_kprobes(kprobes, n);
	kvfree(kprobes);
	leaving_count = 0;
}

static bool is_as_it_was(const struct kprobe_state *state)
{
	kprobe_opcode_t opcode;

	return copy_from_kernel_nofault(&opcode, state->kprobe.addr, sizeof(opcode)) ||
		opcode == state->kprobe.opcode;
}

static void kprobe_disarmed_all(void)
{
	struct kprobe_state *state, *next;
	struct kprobe nothing = {};
	unsigned long end;

	if (!leaving_count)
		return;
	unregister_leaving();
	end = jiffies + HZ;	/* others may have probes there */
	list_for_each_entry_safe(state, next, &leaving, leaving) {
		while (kprobe_location(state->probe)->module && !is_as_it_was(state) &&
		       time_before(jiffies, end))
			msleep(1);
		list_del(&state->leaving);
		kfree(state);
	}
	/* Text comes first; what takes the rest away holds a lock that this fails behind. */
	disable_kprobe(&nothing);
}

const struct script_mechanism script_mech_kprobe = {
	.name = "kprobe",
	.arm = kprobe_arm,
	.disarm = kprobe_disarm,
	.disarmed = kprobe_disarmed_all,
	.location = kprobe_location,
	.planted_at = kprobe_planted_at,
};
