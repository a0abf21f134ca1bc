/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Perf events: samples on every CPU, or of the target process; and timer.profile, which is the
 * CPU clock's samples.  Hits come with the registers of the interrupted code, often in NMI.
 */
#include "mechanism.h"

#include <linux/cpu.h>
#include <linux/namei.h>
#include <linux/perf_event.h>
#include <linux/slab.h>

#include "event_count.h"
#include "program.h"

struct perf_state {
	struct script_probe *probe;
	struct path program;		/* dentry NULL: of any */
	unsigned count;
	struct perf_event *events[];	/* by CPU, NULL where there is none; or one of the target */
};

static void perf_hit(struct perf_event *event, struct perf_sample_data *data,
		     struct pt_regs *regs)
{
	struct perf_state *state = event->overflow_handler_context;

	if (!state->program.dentry || task_runs_program(current, &state->program))
		context_hit(state->probe, regs);
}

static struct perf_event *open_on_cpu(struct perf_event_attr *attr, int cpu,
				      struct perf_state *state)
{
	return perf_event_create_kernel_counter(attr, cpu, NULL, perf_hit, state);
}

static void perf_release(struct perf_state *state)
{
	unsigned i;

	for (i = 0; i < state->count; i++)
		if (state->events[i])
			perf_event_release_kernel(state->events[i]);
	path_put(&state->program);
	kfree(state);
}

static struct perf_state *perf_state_new(struct script_probe *probe, unsigned events)
{
	struct perf_state *state = kzalloc(struct_size(state, events, events), GFP_KERNEL);

	if (state)
		state->probe = probe;
	return state;
}

static int arm_everywhere(struct script_probe *probe, struct perf_event_attr *attr, const char *program)
{
	struct perf_state *state;
	struct perf_event *event;
	int cpu, error = 0;

	state = perf_state_new(probe, nr_cpu_ids);
	if (!state)
		return -ENOMEM;
	state->count = nr_cpu_ids;
	error = program ? kern_path(program, LOOKUP_FOLLOW, &state->program) : 0;
	if (error) {
		kfree(state);
		return error;
	}
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		event = open_on_cpu(attr, cpu, state);
		if (IS_ERR(event)) {
			error = PTR_ERR(event);
			break;
		}
		state->events[cpu] = event;
	}
	cpus_read_unlock();
	if (error)
		perf_release(state);
	else
		probe->state = state;
	return error;
}

static int arm_target(struct script_probe *probe, struct perf_event_attr *attr)
{
	struct task_struct *task = target_task();
	struct perf_state *state;
	struct perf_event *event;

	if (!task)
		return -ESRCH;
	state = perf_state_new(probe, 1);
	attr->inherit = 1;
	event = state ? perf_event_create_kernel_counter(attr, -1, task, perf_hit, state) :
		ERR_PTR(-ENOMEM);
	put_task_struct(task);
	if (IS_ERR(event)) {
		kfree(state);
		return PTR_ERR(event);
	}
	state->events[state->count++] = event;
	probe->state = state;
	return 0;
}

static int perf_arm(struct script_probe *probe)
{
	const struct script_spec_perf *spec = probe->spec;
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = spec->type,
		.config = spec->config,
		.freq = spec->frequency != 0,
	};

	if (spec->frequency)
		attr.sample_freq = spec->frequency;
	else
		attr.sample_period = spec->period ?: 1000000;
	return spec->target_only ? arm_target(probe, &attr) : arm_everywhere(probe, &attr, spec->program);
}

static int profile_arm(struct script_probe *probe)
{
	const struct script_spec_profile *spec = probe->spec;
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = spec->interval_ns,
	};

	return arm_everywhere(probe, &attr, NULL);
}

static void perf_disarm(struct script_probe *probe)
{
	perf_release(probe->state);
	probe->state = NULL;
}

/* ---- counters ------------------------------------------------------------------------------ */

static struct perf_state *counters[SCRIPT_COUNTERS_MAX];

s64 script_counter_read(const struct context *c, unsigned number)
{
	const struct perf_state *state = READ_ONCE(counters[number]);
	struct perf_event *event = state ? state->events[c->cpu] : NULL;

	return event ? event_count(event) : 0;
}

static int counter_arm(struct script_probe *probe)
{
	const struct script_spec_counter *spec = probe->spec;
	struct perf_event_attr attr = { .size = sizeof(attr), .type = spec->type, .config = spec->config };
	int error = arm_everywhere(probe, &attr, NULL);

	if (!error)
		smp_store_release(&counters[spec->number], probe->state);
	return error;
}

/* Handlers run with preemption off: none has the counter any more after a grace period. */
static void counter_disarm(struct script_probe *probe)
{
	const struct script_spec_counter *spec = probe->spec;

	WRITE_ONCE(counters[spec->number], NULL);
	synchronize_rcu();
	perf_disarm(probe);
}

const struct script_mechanism script_mech_counter = {
	.name = "counter",
	.arm = counter_arm,
	.disarm = counter_disarm,
};

const struct script_mechanism script_mech_perf = {
	.name = "perf",
	.arm = perf_arm,
	.disarm = perf_disarm,
};

const struct script_mechanism script_mech_profile = {
	.name = "profile",
	.arm = profile_arm,
	.disarm = perf_disarm,
};
