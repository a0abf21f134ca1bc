/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of aggregates: the input is a specification and a row of values, each given to
 * one of a few CPUs.  The merged aggregate must agree with a model that keeps the values
 * and counts in 128 bits; so must the rows of the histogram's text.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_LIBC_HEADERS
#include <stdbool.h>
#include "../../runtime/core/stat.h"
#include "../unit/check.h"
#include "input.h"

#define CPUS 3
#define VALUES_MAX 200
#define TEXT_MAX 40000

typedef __int128 wide;

/* Small ones mostly; the rest near the powers of two of either sign. */
static s64 take_value(struct input *in)
{
	unsigned shape = (unsigned)take(in, 1);
	s64 value = (s64)(int8_t)take(in, 1);

	if (shape & 1)
		value = (s64)((u64)value + (1ULL << (shape >> 2)));
	return shape & 2 ? (s64)(0 - (u64)value) : value;
}

/* A linear shape that pass 2 would accept: at most 128 buckets. */
static void take_linear(struct stat_spec *spec, struct input *in)
{
	wide room;

	spec->low = take_value(in);
	spec->width = take_value(in);
	spec->high = take_value(in);
	if (spec->width < 1)
		spec->width = 1;
	if (spec->high < spec->low)
		spec->high = spec->low;
	room = ((wide)spec->high - spec->low) / spec->width;
	if (room > 125)
		spec->high = (s64)(spec->low + (wide)125 * spec->width);
	spec->buckets = (unsigned)(((wide)spec->high - spec->low) / spec->width) + 3;
}

static void take_spec(struct stat_spec *spec, struct input *in)
{
	spec->uses = (unsigned)take(in, 1) & 127;
	spec->shift = (int)take(in, 1) % 63;
	spec->hist = spec->uses & STAT_USES_HIST ? 1 + (int)take(in, 1) % 2 : HIST_KIND_NONE;
	if (spec->hist == HIST_KIND_LOG)
		spec->buckets = HIST_LOG_BUCKETS;
	else if (spec->hist == HIST_KIND_LINEAR)
		take_linear(spec, in);
}

/* ---- the model -------------------------------------------------------------------------- */

struct model { s64 values[VALUES_MAX]; unsigned count; };

static unsigned model_log_bucket(s64 value)
{
	wide magnitude = value < 0 ? -(wide)value : value;
	unsigned distance = 0;

	while (magnitude) {
		magnitude /= 2;
		distance++;
	}
	return value < 0 ? 64 - distance : 64 + distance;
}

static unsigned model_bucket(const struct stat_spec *spec, s64 value)
{
	if (spec->hist == HIST_KIND_LOG)
		return model_log_bucket(value);
	for (unsigned i = 0; i + 1 < spec->buckets; i++)
		if (value < spec->low + (wide)i * spec->width)
			return i;
	return spec->buckets - 1;
}

static void check_numbers(const struct model *m, const struct aggregate *st, const struct stat_spec *spec)
{
	wide sum = 0;
	s64 min = m->count ? m->values[0] : 0, max = min;

	for (unsigned i = 0; i < m->count; i++) {
		sum += m->values[i];
		min = m->values[i] < min ? m->values[i] : min;
		max = m->values[i] > max ? m->values[i] : max;
	}
	CHECK(st->count == m->count);
	CHECK(!(spec->uses & STAT_USES_MIN) || st->min == min);
	CHECK(!(spec->uses & STAT_USES_MAX) || st->max == max);
	CHECK(!(spec->uses & (STAT_USES_SUM | STAT_USES_AVG)) || st->sum == (s64)sum);
	if (m->count && spec->uses & STAT_USES_AVG)
		CHECK(stat_avg(st) == (s64)sum / m->count);
}

/* Integer means are a little off; the result may be, by what a mean can lose at each value. */
static void check_variance(const struct model *m, const struct aggregate *st, const struct stat_spec *spec)
{
	s64 variance = stat_variance(st, spec);
	wide sum = 0, squares = 0, exact, slack;

	for (unsigned i = 0; i < m->count; i++) {
		if (m->values[i] < -1000 || m->values[i] > 1000)
			return;
		sum += m->values[i];
		squares += (wide)m->values[i] * m->values[i];
	}
	if (m->count < 2 || spec->shift < 8 || spec->shift > 16) {
		CHECK(m->count > 1 || variance == 0);
		return;
	}
	exact = (squares * m->count - sum * sum) / ((wide)m->count * (m->count - 1));
	slack = 2 + ((wide)4000 * m->count >> spec->shift);
	CHECK(variance >= exact - slack && variance <= exact + slack);
}

/* The hits that the text tells of: the last number of each row. */
static s64 hits_in(const char *text, int width)
{
	s64 hits = 0;

	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		const char *bar = memchr(text, '|', (size_t)(end - text));

		if (!bar)
			continue;
		bar += 1 + strspn(bar + 1, "@");
		CHECK(end - bar > 1);
		hits += strtoll(bar, NULL, 10);
		CHECK(width < 1 || (int)strspn(strchr(text, '|') + 1, "@") <= width);
	}
	return hits;
}

static void check_histogram(const struct model *m, const struct aggregate *st, const struct stat_spec *spec, unsigned shape)
{
	static char text[TEXT_MAX];
	s64 hits[HIST_LOG_BUCKETS] = {0};
	int width = (int)(shape & 63), elision = (int)(shape >> 6) - 1;
	struct sink s = sink_string(text, sizeof(text));

	for (unsigned i = 0; i < m->count; i++) {
		CHECK(stat_bucket(spec, m->values[i]) == model_bucket(spec, m->values[i]));
		hits[model_bucket(spec, m->values[i])]++;
	}
	CHECK(!memcmp(hits, st->hist, spec->buckets * sizeof(s64)));
	stat_print_hist(&s, st, spec, width, elision);
	sink_finish(&s);
	CHECK(s.len > 2 && s.len < TEXT_MAX - 1 && !strcmp(text + s.len - 2, "\n\n"));
	CHECK(hits_in(strchr(text, '\n') + 1, width) == st->count);
}

static void check(const struct model *m, const struct aggregate *st, const struct stat_spec *spec, unsigned shape)
{
	check_numbers(m, st, spec);
	if (!m->count)
		return;
	if (spec->uses & STAT_USES_VARIANCE)
		check_variance(m, st, spec);
	if (spec->hist)
		check_histogram(m, st, spec, shape);
}

/* ---- one input ------------------------------------------------------------------------------ */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct stat_spec spec = {0};
	struct aggregate *parts[CPUS], *merged;
	struct model model = {0};
	unsigned shape = (unsigned)take(&in, 1);

	take_spec(&spec, &in);
	merged = calloc(1, STAT_SIZE(spec.buckets));
	for (unsigned i = 0; i < CPUS; i++)
		parts[i] = calloc(1, STAT_SIZE(spec.buckets));
	while (in.len && model.count < VALUES_MAX) {
		unsigned cpu = (unsigned)take(&in, 1) % CPUS;
		s64 value = take_value(&in);

		model.values[model.count++] = value;
		stat_add(parts[cpu], &spec, value);
	}
	for (unsigned i = 0; i < CPUS; i++) {
		stat_merge(merged, parts[i], &spec);
		free(parts[i]);
	}
	check(&model, merged, &spec, shape);
	stat_clear(merged, &spec);
	model.count = 0;
	check(&model, merged, &spec, shape);
	free(merged);
	return 0;
}
