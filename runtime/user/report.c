/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -t: how often each probe was hit and how long its handler took, printed after the end probes. */
#include "runtime.h"

#include <stdio.h>
#include <stdlib.h>

/* What a probe's hits took, by the index of its row. */
static const struct stat_spec spec = {
	.uses = STAT_USES_MIN | STAT_USES_MAX | STAT_USES_AVG | STAT_USES_VARIANCE,
};
static struct aggregate *times;

bool report_init(void)
{
	if (!script_config.timing)
		return true;
	times = calloc(script_probe_count + 1UL, sizeof(*times));
	return times != NULL;
}

s64 report_now(void)
{
	if (!times)
		return 0;
	return script_config.timing_ns ? script_ktime_ns() : script_cycles();
}

void report_hit(const struct script_probe *probe, s64 taken)
{
	if (times)
		stat_add(&times[probe - script_probes], &spec, taken);
}

static void print_probe(const struct script_probe *p)
{
	const struct aggregate *st = &times[p - script_probes];
	char line[2000];
	int n;

	if (!st->count)
		return;
	n = snprintf(line, sizeof(line),
		     "%s, (%s), hits: %lld, %s: %lldmin/%lldavg/%lldmax, variance: %lld, from: %s, index: %u\n",
		     p->name, p->place ? p->place : "", st->count,
		     script_config.timing_ns ? "nsecs" : "cycles", st->min, stat_avg(st), st->max,
		     stat_variance(st, &spec), script_probe_alias(p), p->index);
	output_write(line, n < (int)sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

void report_print(void)
{
	static const char title[] = "----- probe hit report: \n";

	if (!times)
		return;
	output_write(title, sizeof(title) - 1);
	for (unsigned i = 0; i < script_probe_count; i++)
		print_probe(&script_probes[i]);
	free(times);
	times = NULL;
}
