/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kprobe at any instruction.  The kernel turns it into a jump where it can. */
#include "mechanism.h"

#include <linux/kprobes.h>
#include <linux/slab.h>

struct kprobe_state {
	struct kprobe kprobe;
	struct script_probe *probe;
};

static int kprobe_hit(struct kprobe *kprobe, struct pt_regs *regs)
{
	context_hit(container_of(kprobe, struct kprobe_state, kprobe)->probe, regs);
	return 0;
}
NOKPROBE_SYMBOL(kprobe_hit);

static const struct script_location *kprobe_location(const struct script_probe *probe)
{
	return &((const struct script_spec_kprobe *)probe->spec)->at;
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
	state = kzalloc(sizeof(*state), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	state->probe = probe;
	state->kprobe.addr = (kprobe_opcode_t *)address;
	state->kprobe.pre_handler = kprobe_hit;
	error = register_kprobe(&state->kprobe);
	if (error)
		kfree(state);
	else
		probe->state = state;
	return error;
}

static void kprobe_disarm(struct script_probe *probe)
{
	struct kprobe_state *state = probe->state;

	unregister_kprobe(&state->kprobe);
	kfree(state);
	probe->state = NULL;
}

const struct script_mechanism script_mech_kprobe = {
	.name = "kprobe",
	.arm = kprobe_arm,
	.disarm = kprobe_disarm,
	.location = kprobe_location,
	.planted_at = kprobe_planted_at,
};
