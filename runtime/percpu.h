/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a script keeps once per CPU, in its struct script_percpu: counters that are
 * summed when read, and parts of aggregates that are merged when read.
 *
 * A guard protects one CPU's part from readers on other CPUs.  The owner takes it for
 * each change; a reader takes one after the other.  A handler that empties the
 * aggregate holds all of them while its section lasts, so that nothing is added between
 * what it prints and what it deletes; `held` in its own CPU's guard lets it through.
 */
#ifndef PERCPU_H
#define PERCPU_H

#include "script.h"

/* A member of some CPU's struct script_percpu, by its offset. */
static inline void *percpu_member(unsigned cpu, size_t offset)
{
	return (char *)script_percpu_of(cpu) + offset;
}

static inline __attribute__((unused)) s64 percpu_counter_sum(size_t offset)
{
	u64 sum = 0;
	unsigned cpu;

	for (cpu = 0; cpu < script_cpu_count; cpu++)
		sum += (u64)*(volatile s64 *)percpu_member(cpu, offset);
	return (s64)sum;
}

static inline __attribute__((unused)) void percpu_counter_clear(size_t offset)
{
	unsigned cpu;

	for (cpu = 0; cpu < script_cpu_count; cpu++)
		*(s64 *)percpu_member(cpu, offset) = 0;
}

struct percpu_guard {
	struct script_lock lock;
	bool held;			/* this CPU's handler holds the guards of all CPUs */
};

/* `own`: the guard of this CPU; `guard`: that of the part to be used.  false: the hit is skipped. */
static inline bool percpu_guard_take(struct context *c, const struct percpu_guard *own,
				     struct percpu_guard *guard)
{
	return own->held || script_write_lock(c, &guard->lock);
}

static inline void percpu_guard_give(const struct percpu_guard *own, struct percpu_guard *guard)
{
	if (!own->held)
		script_write_unlock(&guard->lock);
}

static inline void percpu_guards_unlock(unsigned cpus, size_t offset)
{
	while (cpus > 0) {
		struct percpu_guard *guard = percpu_member(--cpus, offset);

		script_write_unlock(&guard->lock);
	}
}

/* Take the guards of all CPUs, in order. */
static inline __attribute__((unused)) bool percpu_guards_hold(struct context *c, size_t offset)
{
	struct percpu_guard *own = (void *)((char *)c->percpu + offset);
	unsigned cpu;

	for (cpu = 0; cpu < script_cpu_count; cpu++) {
		struct percpu_guard *guard = percpu_member(cpu, offset);

		if (!script_write_lock(c, &guard->lock)) {
			percpu_guards_unlock(cpu, offset);
			return false;
		}
	}
	own->held = true;
	return true;
}

static inline __attribute__((unused)) void percpu_guards_release(struct context *c, size_t offset)
{
	struct percpu_guard *own = (void *)((char *)c->percpu + offset);

	own->held = false;
	percpu_guards_unlock(script_cpu_count, offset);
}

#endif
