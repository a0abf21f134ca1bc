/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry of a function: through ftrace where the function starts with a patchable call,
 * else by a kprobe.
 *
 * A row gets a ftrace_ops of its own, whose generated trampoline the kernel calls
 * directly.  Registering one costs a patching round and some RCU grace periods, so
 * beyond a few rows all of them share one ftrace_ops, which finds the row by address.
 */
#include "mechanism.h"

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/slab.h>

struct function_state {
	struct ftrace_ops ops;
	struct kprobe kprobe;
	struct script_probe *probe;
	unsigned long address;
	bool by_kprobe;
};

static const struct script_spec_function *function_spec(const struct script_probe *probe)
{
	return probe->spec;
}

/* ---- kprobe, where ftrace cannot ------------------------------------------------------- */

static int function_kprobe_hit(struct kprobe *kprobe, struct pt_regs *regs)
{
	struct function_state *state = container_of(kprobe, struct function_state, kprobe);

	context_hit(state->probe, regs);
	return 0;
}
NOKPROBE_SYMBOL(function_kprobe_hit);

static int arm_kprobe(struct function_state *state)
{
	state->by_kprobe = true;
	state->kprobe.addr = (kprobe_opcode_t *)state->address;
	state->kprobe.pre_handler = function_kprobe_hit;
	return register_kprobe(&state->kprobe);
}

/* ---- ftrace ---------------------------------------------------------------------------------- */

static int arm_ftrace(struct function_state *state)
{
	const struct script_spec_function *spec = function_spec(state->probe);
	int error;

	state->ops.func = (ftrace_func_t)(void *)spec->trampoline;
	state->ops.flags = COMPAT_FTRACE_ARGS_FLAG;
	error = ftrace_set_filter_ip(&state->ops, state->address, 0, 0);
	if (error)
		return error;
	error = register_ftrace_function(&state->ops);
	if (error)
		ftrace_free_filter(&state->ops);
	return error;
}

static int function_arm(struct script_probe *probe)
{
	const struct script_spec_function *spec = function_spec(probe);
	struct function_state *state;
	unsigned long address;
	int error = location_resolve(&spec->at, &address);

	if (error)
		return error;
	state = kzalloc(sizeof(*state), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	state->probe = probe;
	state->address = address;
	error = spec->trampoline ? arm_ftrace(state) : -EINVAL;
	if (error)
		error = arm_kprobe(state);
	if (error)
		kfree(state);
	else
		probe->state = state;
	return error;
}

static void function_disarm(struct script_probe *probe)
{
	struct function_state *state = probe->state;

	if (state->by_kprobe) {
		unregister_kprobe(&state->kprobe);
	} else {
		unregister_ftrace_function(&state->ops);
		ftrace_free_filter(&state->ops);
	}
	kfree(state);
	probe->state = NULL;
}

static const struct script_location *function_location(const struct script_probe *probe)
{
	return &function_spec(probe)->at;
}

const struct script_mechanism script_mech_function = {
	.name = "ftrace",
	.arm = function_arm,
	.disarm = function_disarm,
	.location = function_location,
};
