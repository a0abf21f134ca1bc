/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long handlers take.
 *
 * With -t every hit is measured, per CPU and row, and reported at the end.  Otherwise
 * every 64th is, as a sample of the share of the CPU that handlers use: a script that uses
 * too much of it is ended.  One sample stands for 64 hits, so it is limited: a handler
 * that was interrupted (by the host of a virtual machine, for long) must not end the script.
 */
#include "runtime.h"

#include <linux/mm.h>
#include <linux/timex.h>
#include <linux/vmalloc.h>

unsigned script_sample_every = SCRIPT_SAMPLE_EVERY;

static struct aggregate **timings;	/* by CPU, then row */

static const struct stat_spec timing_spec = {
	.uses = STAT_USES_COUNT | STAT_USES_SUM | STAT_USES_MIN | STAT_USES_MAX | STAT_USES_AVG |
		STAT_USES_VARIANCE,
};

int timing_init(void)
{
	unsigned cpu;

	if (!script_config.timing) {
		if (!script_config.overload_threshold)
			script_sample_every = ~0u;	/* once in a very long while, for nothing */
		return 0;
	}
	script_sample_every = 1;
	timings = kvcalloc(nr_cpu_ids, sizeof(*timings), GFP_KERNEL);
	if (!timings)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		timings[cpu] = vzalloc(max(script_probe_count, 1u) * sizeof(**timings));
		if (!timings[cpu])
			return -ENOMEM;
	}
	return 0;
}

void timing_release(void)
{
	unsigned cpu;

	if (!timings)
		return;
	for_each_possible_cpu(cpu)
		vfree(timings[cpu]);
	kvfree(timings);
	timings = NULL;
}

/* ---- hits ------------------------------------------------------------------------------- */

/* The limit of what handlers may use is in cycles; it does not apply with -t. */
static u64 timing_now(void)
{
	return script_config.timing && script_config.timing_ns ? script_ktime_ns() : get_cycles();
}

void script_measure(struct context *c)
{
	c->measured = 1;
	c->unmeasured = script_sample_every;
	c->runtime->measured_since = timing_now();
}

static void overload_sample(struct context *c, u64 now, u64 spent)
{
	struct context_private *r = c->runtime;
	u64 threshold = script_config.overload_threshold;
	u64 window = now - r->window_start, busy;

	r->window_busy += min(spent, threshold / 512) * SCRIPT_SAMPLE_EVERY;
	if (!threshold || window < script_config.overload_interval)
		return;
	/* Few hits make long windows; the share is what counts. */
	busy = div64_u64(r->window_busy, max(div64_u64(window, script_config.overload_interval), 1ull));
	if (r->window_start && busy > threshold)
		script_report_overload(c, busy, script_config.overload_interval);
	r->window_start = now;
	r->window_busy = 0;
}

void timing_hit_ends(struct context *c)
{
	u64 now = timing_now(), spent = now - c->runtime->measured_since;

	c->measured = 0;
	if (!script_config.timing)
		overload_sample(c, now, spent);
	else if (c->probe)
		stat_add(&timings[c->cpu][c->probe->index], &timing_spec, spent);
}

/* ---- the report of -t --------------------------------------------------------------------- */

static void report_number(struct sink *out, const char *before, s64 value)
{
	sink_string_add(out, before);
	sink_long(out, value);
}

static void report_row(struct sink *out, const struct script_probe *p, const struct aggregate *st)
{
	sink_string_add(out, p->name);
	sink_string_add(out, ", (");
	sink_string_add(out, p->place);
	report_number(out, "), hits: ", st->count);
	report_number(out, script_config.timing_ns ? ", nsecs: " : ", cycles: ", st->min);
	report_number(out, "min/", stat_avg(st));
	report_number(out, "avg/", st->max);
	report_number(out, "max, variance: ", stat_variance(st, &timing_spec));
	sink_string_add(out, ", from: ");
	sink_string_add(out, script_probe_alias(p));
	report_number(out, ", index: ", p->index);
	sink_char(out, '\n');
}

void timing_report(struct context *c)
{
	const struct script_probe *p;
	struct aggregate sum;
	unsigned cpu;

	sink_string_add(&c->out, "----- probe hit report: \n");
	for (p = script_probes; p < script_probes + script_probe_count; p++) {
		memset(&sum, 0, sizeof(sum));
		for_each_possible_cpu(cpu)
			stat_merge(&sum, &timings[cpu][p->index], &timing_spec);
		if (sum.count)
			report_row(&c->out, p, &sum);
	}
}
