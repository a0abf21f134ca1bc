/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LINUX_PROBES_EVENT_COUNT_H
#define LINUX_PROBES_EVENT_COUNT_H

#include <linux/perf_event.h>

/*
 * What perf_event_read_local() does, which is not exported.  The event is of this CPU or of the current thread, and stays;
 * any context in which the task does not move to another CPU.
 */
static inline s64 event_count(struct perf_event *event)
{
	unsigned long flags;
	s64 value;

	local_irq_save(flags);
	if (event->oncpu == smp_processor_id())
		event->pmu->read(event);
	value = local64_read(&event->count);
	local_irq_restore(flags);
	return value;
}

#endif
