/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hardware breakpoints on kernel data, on every CPU.  There are few: four on x86. */
#include "mechanism.h"

#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>

static const struct script_spec_watchpoint *watchpoint_spec(const struct script_probe *probe)
{
	return probe->spec;
}

static void watchpoint_hit(struct perf_event *event, struct perf_sample_data *data,
			   struct pt_regs *regs)
{
	context_hit(event->overflow_handler_context, regs);
}

static unsigned watch_length(unsigned bytes)
{
	return bytes <= 1 ? HW_BREAKPOINT_LEN_1 : bytes <= 2 ? HW_BREAKPOINT_LEN_2 :
		bytes <= 4 ? HW_BREAKPOINT_LEN_4 : HW_BREAKPOINT_LEN_8;
}

static int watchpoint_arm(struct script_probe *probe)
{
	const struct script_spec_watchpoint *spec = watchpoint_spec(probe);
	struct perf_event * __percpu *events;
	struct perf_event_attr attr;
	unsigned long address;
	int error = location_resolve(&spec->at, &address);

	if (error)
		return error;
	hw_breakpoint_init(&attr);
	attr.bp_len = watch_length(spec->length);
	attr.bp_addr = address & ~(attr.bp_len - 1ul);
	attr.bp_type = spec->read_too ? HW_BREAKPOINT_W | HW_BREAKPOINT_R : HW_BREAKPOINT_W;
	events = register_wide_hw_breakpoint(&attr, watchpoint_hit, probe);
	/* A per-CPU pointer is of another kind than probe->state, and only a number to both. */
	if (IS_ERR_VALUE((unsigned long)events))
		return (long)(unsigned long)events;
	probe->state = (void *)(unsigned long)events;
	return 0;
}

static void watchpoint_disarm(struct script_probe *probe)
{
	unregister_wide_hw_breakpoint((struct perf_event * __percpu *)(unsigned long)probe->state);
	probe->state = NULL;
}

static const struct script_location *watchpoint_location(const struct script_probe *probe)
{
	return &watchpoint_spec(probe)->at;
}

const struct script_mechanism script_mech_watchpoint = {
	.name = "watchpoint",
	.arm = watchpoint_arm,
	.disarm = watchpoint_disarm,
	.location = watchpoint_location,
};
