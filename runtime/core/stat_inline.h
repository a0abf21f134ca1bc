/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adding to an aggregate, inlined into handlers.  Each `if` on the specification is
 * decided when the script is compiled.  Sums wrap.
 */
#ifndef CORE_STAT_INLINE_H
#define CORE_STAT_INLINE_H

#include "stat.h"

static inline u64 stat_magnitude(s64 value)
{
	return value < 0 ? 0 - (u64)value : (u64)value;
}

/* 0 has a bucket of its own; beside it the powers of two, mirrored for negative values. */
static inline unsigned stat_log_bucket(s64 value)
{
	unsigned power;

	if (value == 0)
		return HIST_LOG_ZERO;
	power = 63 - (unsigned)__builtin_clzll(stat_magnitude(value));
	return value > 0 ? HIST_LOG_ZERO + 1 + power : HIST_LOG_ZERO - 1 - power;
}

/* First and last bucket take what is outside; the distance from low may exceed 2^63. */
static inline unsigned stat_linear_bucket(const struct stat_spec *spec, s64 value)
{
	u64 bucket;

	if (value < spec->low)
		return 0;
	bucket = ((u64)value - (u64)spec->low) / (u64)spec->width;
	return bucket < spec->buckets - 2 ? (unsigned)bucket + 1 : spec->buckets - 1;
}

/* One step of Welford's recurrence on value << shift, in wrapping arithmetic. */
static inline void stat_add_variance(struct aggregate *st, s64 count, s64 shifted)
{
	s64 delta = (s64)((u64)shifted - (u64)st->mean);

	st->mean = (s64)((u64)st->mean + (u64)(delta / count));
	st->m2 = (s64)((u64)st->m2 + (u64)delta * ((u64)shifted - (u64)st->mean));
}

static inline void stat_add(struct aggregate *st, const struct stat_spec *spec, s64 value)
{
	s64 count = ++st->count;

	if (spec->uses & (STAT_USES_SUM | STAT_USES_AVG | STAT_USES_VARIANCE))
		st->sum = (s64)((u64)st->sum + (u64)value);
	if ((spec->uses & STAT_USES_MIN) && (value < st->min || count == 1))
		st->min = value;
	if ((spec->uses & STAT_USES_MAX) && (value > st->max || count == 1))
		st->max = value;
	if (spec->uses & STAT_USES_VARIANCE)
		stat_add_variance(st, count, (s64)((u64)value << spec->shift));
	if (spec->hist == HIST_KIND_LOG)
		st->hist[stat_log_bucket(value)]++;
	else if (spec->hist == HIST_KIND_LINEAR)
		st->hist[stat_linear_bucket(spec, value)]++;
}

#endif
