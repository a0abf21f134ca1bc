/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading aggregates: merging the CPUs' parts, the derived values, and the
 * histogram's text.
 *
 * Variance.  Each part carries its own running mean, kept in integers and therefore a little
 * off.  Before parts are combined, and before the result is taken, the squares are moved from
 * that mean to sum/count, which is exact:  S' = S + n * (mean - exact)^2.
 */
#include "stat.h"
#include "str.h"

static s64 exact_mean(const struct aggregate *st, const struct stat_spec *spec)
{
	return (s64)((u64)st->sum << spec->shift) / st->count;
}

static u64 square(s64 a, s64 b)
{
	u64 d = (u64)a - (u64)b;

	return d * d;
}

/* Sum of squared distances from `mean`, by way of the part's sample variance. */
static u64 squares_about(const struct aggregate *st, s64 mean)
{
	u64 squares = 0;

	if (st->count > 1)
		squares = (u64)(st->m2 / (st->count - 1)) * (u64)(st->count - 1);
	return squares + (u64)st->count * square(st->mean, mean);
}

static void merge_variance(struct aggregate *to, const struct aggregate *from, const struct stat_spec *spec)
{
	struct aggregate both = {
		.count = to->count + from->count,
		.sum = (s64)((u64)to->sum + (u64)from->sum),
	};
	s64 mean = exact_mean(&both, spec);

	to->m2 = (s64)(squares_about(to, mean) + squares_about(from, mean));
	to->mean = mean;
}

void stat_merge(struct aggregate *to, const struct aggregate *from, const struct stat_spec *spec)
{
	if (!from->count)
		return;
	if (spec->uses & STAT_USES_VARIANCE)
		merge_variance(to, from, spec);
	if (!to->count || from->min < to->min)
		to->min = from->min;
	if (!to->count || from->max > to->max)
		to->max = from->max;
	to->count += from->count;
	to->sum = (s64)((u64)to->sum + (u64)from->sum);
	for (unsigned i = 0; i < spec->buckets; i++)
		to->hist[i] += from->hist[i];
}

void stat_clear(struct aggregate *st, const struct stat_spec *spec)
{
	__builtin_memset(st, 0, STAT_SIZE(spec->buckets));
}

/* MIN / -1 cannot happen: counts are positive. */
s64 stat_avg(const struct aggregate *st)
{
	return st->sum / st->count;
}

s64 stat_variance(const struct aggregate *st, const struct stat_spec *spec)
{
	s64 squares;

	if (st->count < 2)
		return 0;
	squares = (s64)squares_about(st, exact_mean(st, spec));
	/* twice, as both steps together may exceed 63 bits */
	return (squares / (st->count - 1)) >> spec->shift >> spec->shift;
}

/* ---- histograms ---------------------------------------------------------------------- */

unsigned stat_bucket(const struct stat_spec *spec, s64 value)
{
	return spec->hist == HIST_KIND_LOG ? stat_log_bucket(value) : stat_linear_bucket(spec, value);
}

s64 stat_bucket_value(const struct stat_spec *spec, unsigned bucket)
{
	if (spec->hist == HIST_KIND_LINEAR) {
		if (bucket == 0)
			return spec->low;
		if (bucket == spec->buckets - 1)
			return spec->high;
		return (s64)((u64)spec->low + (bucket - 1) * (u64)spec->width);
	}
	if (bucket == HIST_LOG_ZERO)
		return 0;
	if (bucket > HIST_LOG_ZERO)
		return (s64)(1ULL << (bucket - HIST_LOG_ZERO - 1));
	return (s64)(0 - (1ULL << (HIST_LOG_ZERO - 1 - bucket)));
}

#define MARGIN 2		/* rows shown beyond the data on either side */

/* What a histogram's text needs to know before its first row. */
struct layout {
	const struct aggregate *st;
	const struct stat_spec *spec;
	unsigned first, last;		/* rows, by bucket */
	s64 scale;			/* hits per '@' */
	unsigned value_columns, count_columns;
	int bar_columns;
	int elision;
};

static bool is_outside(const struct stat_spec *spec, unsigned bucket)
{
	return spec->hist == HIST_KIND_LINEAR && (bucket == 0 || bucket == spec->buckets - 1);
}

/* First column: the bucket's value, with '<' or '>' for what lies outside a linear range. */
static unsigned row_label(char *text, unsigned size, const struct stat_spec *spec, unsigned bucket)
{
	struct sink s = sink_string(text, size);

	if (is_outside(spec, bucket))
		sink_char(&s, bucket ? '>' : '<');
	sink_long(&s, stat_bucket_value(spec, bucket));
	sink_finish(&s);
	return s.len;
}

/* Rows from `MARGIN` before the first hit to as many after the last, within the range proper. */
static void find_rows(struct layout *l)
{
	bool linear = l->spec->hist == HIST_KIND_LINEAR;
	unsigned lowest = linear ? 1 : 0, highest = l->spec->buckets - (linear ? 2 : 1);
	unsigned first = 0, last = l->spec->buckets - 1;

	while (first < last && !l->st->hist[first])
		first++;
	while (last > first && !l->st->hist[last])
		last--;
	if (!linear && first >= HIST_LOG_ZERO)
		lowest = HIST_LOG_ZERO;
	l->first = first > lowest + MARGIN ? first - MARGIN : first < lowest ? first : lowest;
	l->last = last + MARGIN < highest ? last + MARGIN : last > highest ? last : highest;
}

static unsigned number_columns(s64 value)
{
	char text[24];
	struct sink s = sink_string(text, sizeof(text));

	sink_long(&s, value);
	return s.len;
}

static void measure(struct layout *l)
{
	char text[32];
	s64 most = 0;

	l->value_columns = str_length("value");
	for (unsigned i = l->first; i <= l->last; i++) {
		unsigned columns = row_label(text, sizeof(text), l->spec, i);

		if (columns > l->value_columns)
			l->value_columns = columns;
		if (l->st->hist[i] > most)
			most = l->st->hist[i];
	}
	l->count_columns = number_columns(most);
	l->scale = most / l->bar_columns + (most % l->bar_columns != 0);
	if (l->scale < 1)
		l->scale = 1;
}

/* Worth a row: hits here, or within `elision` rows of here. */
static bool is_shown(const struct layout *l, unsigned row)
{
	unsigned reach = (unsigned)l->elision;
	unsigned from = row > l->first + reach ? row - reach : l->first;
	unsigned to = l->last - row > reach ? row + reach : l->last;

	if (l->elision < 0)
		return true;
	for (unsigned i = from; i <= to; i++)
		if (l->st->hist[i])
			return true;
	return false;
}

static void print_row(struct sink *s, const struct layout *l, unsigned row)
{
	char label[32];
	s64 hits = l->st->hist[row];
	unsigned bar = (unsigned)(hits / l->scale);

	row_label(label, sizeof(label), l->spec, row);
	sink_text(s, 0, (int)l->value_columns, -1, label);
	sink_bytes(s, " |", 2);
	sink_fill(s, '@', bar);
	sink_number(s, 'd', 0, l->bar_columns - (int)bar + 1 + (int)l->count_columns, -1, hits);
	sink_char(s, '\n');
}

static void print_header(struct sink *s, const struct layout *l)
{
	sink_text(s, 0, (int)l->value_columns, -1, "value");
	sink_bytes(s, " |", 2);
	sink_fill(s, '-', (unsigned)l->bar_columns);
	sink_string_add(s, " count\n");
}

void stat_print_hist(struct sink *s, const struct aggregate *st, const struct stat_spec *spec,
		     int width, int elision)
{
	struct layout l = { .st = st, .spec = spec, .bar_columns = width > 0 ? width : 1,
			    .elision = elision };
	bool elided = false;

	find_rows(&l);
	measure(&l);
	print_header(s, &l);
	for (unsigned row = l.first; row <= l.last; row++) {
		bool shown = is_shown(&l, row);

		if (shown && elided) {
			sink_fill(s, ' ', l.value_columns + 1);	/* on the axis, below the '|' */
			sink_bytes(s, "~\n", 2);
		}
		if (shown)
			print_row(s, &l, row);
		elided = !shown;
	}
	sink_char(s, '\n');
}
