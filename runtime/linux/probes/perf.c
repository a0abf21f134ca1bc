/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Perf events: samples on every CPU, or of the target process; and timer.profile, which is the
 * CPU clock's samples.  Hits come with the registers of the interrupted code, often in NMI.
 * A unit of its own: not every kernel has them.
 */
#include "mechanism.h"

#include <linux/cpu.h>
#include <linux/perf_event.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

struct perf_state {
	unsigned count;
	struct perf_event *events[];	/* one a CPU, or one of the target */
};

static void perf_hit(struct perf_event *event, struct perf_sample_data *data,
		     struct pt_regs *regs)
{
	context_hit(event->overflow_handler_context, regs);
}

static struct perf_event *open_on_cpu(struct perf_event_attr *attr, int cpu,
				      struct script_probe *probe)
{
	return perf_event_create_kernel_counter(attr, cpu, NULL, perf_hit, probe);
}

static void perf_release(struct perf_state *state)
{
	unsigned i;

	for (i = 0; i < state->count; i++)
		if (state->events[i])
			perf_event_release_kernel(state->events[i]);
	kfree(state);
}

static int arm_everywhere(struct script_probe *probe, struct perf_event_attr *attr)
{
	struct perf_state *state;
	struct perf_event *event;
	int cpu, error = 0;

	state = kzalloc(struct_size(state, events, nr_cpu_ids), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		event = open_on_cpu(attr, cpu, probe);
		if (IS_ERR(event)) {
			error = PTR_ERR(event);
			break;
		}
		state->events[state->count++] = event;
	}
	cpus_read_unlock();
	if (error)
		perf_release(state);
	else
		probe->state = state;
	return error;
}

static struct task_struct *target_task(void)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_vpid(session_target), PIDTYPE_PID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

static int arm_target(struct script_probe *probe, struct perf_event_attr *attr)
{
	struct task_struct *task = target_task();
	struct perf_state *state;
	struct perf_event *event;

	if (!task)
		return -ESRCH;
	state = kzalloc(struct_size(state, events, 1), GFP_KERNEL);
	event = state ? perf_event_create_kernel_counter(attr, -1, task, perf_hit, probe) :
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
	return spec->target_only ? arm_target(probe, &attr) : arm_everywhere(probe, &attr);
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

	return arm_everywhere(probe, &attr);
}

static void perf_disarm(struct script_probe *probe)
{
	perf_release(probe->state);
	probe->state = NULL;
}

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
