/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Aggregates (<<<).  One struct per CPU and variable or array element, merged when read.
 * What a script never asks for is not maintained: `uses` is a compile-time constant at
 * every call, so the rest folds away.
 */
#ifndef CORE_STAT_H
#define CORE_STAT_H

#include "types.h"
#include "format.h"

enum {
	STAT_USES_COUNT = 1, STAT_USES_SUM = 2, STAT_USES_MIN = 4, STAT_USES_MAX = 8,
	STAT_USES_AVG = 16, STAT_USES_VARIANCE = 32, STAT_USES_HIST = 64,
};

enum { HIST_KIND_NONE, HIST_KIND_LOG, HIST_KIND_LINEAR };
#define HIST_LOG_BUCKETS 128
#define HIST_LOG_ZERO 64		/* the bucket of value 0 */

struct stat_spec {
	unsigned uses;			/* STAT_USES_* */
	int shift;			/* of @variance */
	int hist;			/* HIST_KIND_* */
	s64 low, high, width;		/* linear */
	unsigned buckets;		/* 0 without histogram; linear: (high-low)/width + 3 */
};

/* All zero is the empty aggregate.  `count` is always maintained. */
struct aggregate {
	s64 count, sum, min, max;
	s64 mean, m2;			/* Welford, values shifted left; see semantics.md F2 */
	s64 hist[];			/* spec.buckets */
};

#define STAT_SIZE(buckets) (sizeof(struct aggregate) + (buckets) * sizeof(s64))

/* Add a value.  inline in stat_inline.h (included here) so that constant specs fold. */
static inline void stat_add(struct aggregate *st, const struct stat_spec *spec, s64 value);

/* Merge `from` into `to` (same spec). */
void stat_merge(struct aggregate *to, const struct aggregate *from, const struct stat_spec *spec);
void stat_clear(struct aggregate *st, const struct stat_spec *spec);

/* count 0: @avg and @variance must not be called (the caller raises "empty aggregate"). */
s64 stat_avg(const struct aggregate *st);
s64 stat_variance(const struct aggregate *st, const struct stat_spec *spec);

/* print(@hist_*): text form of semantics.md F6.  width and elision: HIST_WIDTH, HIST_ELISION
 * (negative: every row is printed).  count 0: must not be called. */
void stat_print_hist(struct sink *s, const struct aggregate *st, const struct stat_spec *spec,
		     int width, int elision);

/* Bucket index of a value (foreach over a histogram yields bucket indexes). */
unsigned stat_bucket(const struct stat_spec *spec, s64 value);

/* The smallest value of a bucket by magnitude: what the histogram's first column shows.
 * Below and above a linear range: low and high. */
s64 stat_bucket_value(const struct stat_spec *spec, unsigned bucket);

#include "stat_inline.h"

#endif
