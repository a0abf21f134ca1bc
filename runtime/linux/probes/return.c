/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Return from a function: a kretprobe.  The entry handler saves its values in the
 * instance of the call, where the return handler finds them.
 */
#include "mechanism.h"

#include <linux/kprobes.h>
#include <linux/slab.h>

struct return_state {
	struct kretprobe kretprobe;
	struct script_probe *probe;
};

static const struct script_spec_return *return_spec(const struct script_probe *probe)
{
	return probe->spec;
}

static struct script_probe *instance_probe(struct kretprobe_instance *instance)
{
	return container_of(get_kretprobe(instance), struct return_state, kretprobe)->probe;
}

/* Non-zero: the return of this call is of no interest. */
static int entry_hit(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct script_probe *probe = instance_probe(instance);
	struct context *c = script_enter(probe);
	int failed;

	if (!c)
		return 1;
	c->regs = (struct script_regs *)regs;
	c->saved = instance->data;
	probe->entry_handler(c);
	failed = c->error != SCRIPT_ERROR_NONE;
	c->regs = NULL;
	c->saved = NULL;
	script_leave(c);
	return failed;
}
NOKPROBE_SYMBOL(entry_hit);

static int return_hit(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct script_probe *probe = instance_probe(instance);
	struct context *c = script_enter(probe);

	if (!c)
		return 0;
	c->regs = (struct script_regs *)regs;
	c->saved = instance->data;
	c->return_value = regs_return_value(regs);
	probe->handler(c);
	c->regs = NULL;
	c->saved = NULL;
	script_leave(c);
	return 0;
}
NOKPROBE_SYMBOL(return_hit);

static int return_arm(struct script_probe *probe)
{
	const struct script_spec_return *spec = return_spec(probe);
	struct return_state *state;
	unsigned long address;
	int error = location_resolve(&spec->at, &address);

	if (error)
		return error;
	state = kzalloc(sizeof(*state), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	state->probe = probe;
	state->kretprobe.kp.addr = (kprobe_opcode_t *)address;
	state->kretprobe.handler = return_hit;
	state->kretprobe.entry_handler = probe->entry_handler ? entry_hit : NULL;
	state->kretprobe.data_size = spec->saved_size;
	state->kretprobe.maxactive = spec->max_active ?: max(15u, 6 * num_possible_cpus());
	error = register_kretprobe(&state->kretprobe);
	if (error)
		kfree(state);
	else
		probe->state = state;
	return error;
}

static void return_disarm(struct script_probe *probe)
{
	struct return_state *state = probe->state;
	int missed;

	unregister_kretprobe(&state->kretprobe);
	for (missed = state->kretprobe.nmissed; missed > 0; missed--)
		script_skip(probe, SKIP_NO_INSTANCE);
	kfree(state);
	probe->state = NULL;
}

static const struct script_location *return_location(const struct script_probe *probe)
{
	return &return_spec(probe)->at;
}

const struct script_mechanism script_mech_return = {
	.name = "kretprobe",
	.arm = return_arm,
	.disarm = return_disarm,
	.location = return_location,
};
