/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aggregates: values, merging, and the exact text of histograms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SCRIPT_LIBC_HEADERS
#include <stdbool.h>
#include "../../runtime/core/stat.h"

#define ALL (STAT_USES_COUNT | STAT_USES_SUM | STAT_USES_MIN | STAT_USES_MAX | STAT_USES_AVG | STAT_USES_VARIANCE)
#define MIN_S64 (-9223372036854775807LL - 1)
#define MAX_S64 9223372036854775807LL
#define DASHES "--------------------------------------------------"
#define SPACES "                                                  "
#define BAR "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@"

static struct aggregate *stat_new(const struct stat_spec *spec)
{
	return calloc(1, STAT_SIZE(spec->buckets));
}

static void add_all(struct aggregate *st, const struct stat_spec *spec, const s64 *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		stat_add(st, spec, values[i]);
}

#define ADD(st, spec, ...)								\
	add_all(st, spec, (const s64[]){ __VA_ARGS__ },					\
		sizeof((const s64[]){ __VA_ARGS__ }) / sizeof(s64))

/* ---- values --------------------------------------------------------------------------- */

static void test_values(void **state)
{
	const struct stat_spec spec = { .uses = ALL };
	struct aggregate *st = stat_new(&spec);

	(void)state;
	ADD(st, &spec, 5, -7, 3);
	assert_int_equal(st->count, 3);
	assert_int_equal(st->sum, 1);
	assert_int_equal(st->min, -7);
	assert_int_equal(st->max, 5);
	assert_int_equal(stat_avg(st), 0);
	stat_clear(st, &spec);
	ADD(st, &spec, -7, -8);
	assert_int_equal(stat_avg(st), -7);	/* toward zero */
	assert_int_equal(st->max, -7);
	free(st);
}

static s64 variance_of(int shift, const s64 *values, size_t n)
{
	const struct stat_spec spec = { .uses = ALL, .shift = shift };
	struct aggregate *st = stat_new(&spec);
	s64 result;

	add_all(st, &spec, values, n);
	result = stat_variance(st, &spec);
	free(st);
	return result;
}

static void test_variance(void **state)
{
	const s64 one_to_five[] = { 1, 2, 3, 4, 5 }, few[] = { 5, 5, 9 };
	s64 many[1000];

	(void)state;
	assert_int_equal(variance_of(0, one_to_five, 5), 12);
	assert_int_equal(variance_of(1, one_to_five, 5), 2);
	assert_int_equal(variance_of(10, one_to_five, 5), 2);
	assert_int_equal(variance_of(0, one_to_five, 1), 0);
	assert_int_equal(variance_of(0, few, 3), 6);
	for (int i = 0; i < 1000; i++)
		many[i] = i % 2 ? 1000 : 3000;
	assert_in_range(variance_of(8, many, 1000), 1000900, 1001100);
}

/* Parts of several CPUs give what one part would have given. */
static void test_merge(void **state)
{
	const struct stat_spec spec = { .uses = ALL | STAT_USES_HIST, .shift = 10, .hist = HIST_KIND_LOG,
					.buckets = HIST_LOG_BUCKETS };
	struct aggregate *whole = stat_new(&spec), *parts[3], *merged = stat_new(&spec);
	s64 difference;

	(void)state;
	for (int i = 0; i < 3; i++)
		parts[i] = stat_new(&spec);
	for (s64 i = 0; i < 300; i++) {
		s64 value = i * i % 1013 - 300;

		stat_add(whole, &spec, value);
		stat_add(parts[i % 2 * 2], &spec, value);	/* one stays empty */
	}
	for (int i = 0; i < 3; i++) {
		stat_merge(merged, parts[i], &spec);
		free(parts[i]);
	}
	assert_int_equal(merged->count, whole->count);
	assert_int_equal(merged->sum, whole->sum);
	assert_int_equal(merged->min, whole->min);
	assert_int_equal(merged->max, whole->max);
	assert_memory_equal(merged->hist, whole->hist, sizeof(s64) * HIST_LOG_BUCKETS);
	difference = stat_variance(merged, &spec) - stat_variance(whole, &spec);
	assert_true(difference >= -2 && difference <= 2);
	free(whole);
	free(merged);
}

/* What is not used is not kept, but the count always is. */
static void test_uses(void **state)
{
	const struct stat_spec spec = { .uses = STAT_USES_MAX };
	struct aggregate *st = stat_new(&spec);

	(void)state;
	ADD(st, &spec, -5, -9);
	assert_int_equal(st->count, 2);
	assert_int_equal(st->max, -5);
	assert_int_equal(st->sum, 0);
	free(st);
}

/* ---- buckets -------------------------------------------------------------------------------- */

static void test_log_buckets(void **state)
{
	const struct stat_spec spec = { .hist = HIST_KIND_LOG, .buckets = HIST_LOG_BUCKETS };

	(void)state;
	assert_int_equal(stat_bucket(&spec, 0), 64);
	assert_int_equal(stat_bucket(&spec, 1), 65);
	assert_int_equal(stat_bucket(&spec, 2), 66);
	assert_int_equal(stat_bucket(&spec, 3), 66);
	assert_int_equal(stat_bucket(&spec, 4), 67);
	assert_int_equal(stat_bucket(&spec, MAX_S64), 127);
	assert_int_equal(stat_bucket(&spec, -1), 63);
	assert_int_equal(stat_bucket(&spec, -3), 62);
	assert_int_equal(stat_bucket(&spec, MIN_S64), 0);
	for (unsigned i = 0; i < HIST_LOG_BUCKETS; i++)
		assert_int_equal(stat_bucket(&spec, stat_bucket_value(&spec, i)), i);
}

static void test_linear_buckets(void **state)
{
	const struct stat_spec spec = { .hist = HIST_KIND_LINEAR, .low = -10, .high = 20, .width = 10, .buckets = 6 };
	const struct stat_spec wide = { .hist = HIST_KIND_LINEAR, .low = MIN_S64, .high = MAX_S64,
					.width = MAX_S64 / 4, .buckets = 11 };
	const struct stat_spec lowest = { .hist = HIST_KIND_LINEAR, .low = MIN_S64, .high = MIN_S64 + 1,
					  .width = 1, .buckets = 4 };

	(void)state;
	assert_int_equal(stat_bucket(&spec, -11), 0);
	assert_int_equal(stat_bucket(&spec, MIN_S64), 0);
	assert_int_equal(stat_bucket(&spec, -10), 1);
	assert_int_equal(stat_bucket(&spec, -1), 1);
	assert_int_equal(stat_bucket(&spec, 0), 2);
	assert_int_equal(stat_bucket(&spec, 20), 4);
	assert_int_equal(stat_bucket(&spec, 29), 4);
	assert_int_equal(stat_bucket(&spec, 30), 5);
	assert_int_equal(stat_bucket(&spec, MAX_S64), 5);
	assert_int_equal(stat_bucket_value(&spec, 1), -10);
	assert_int_equal(stat_bucket_value(&spec, 4), 20);
	assert_int_equal(stat_bucket(&wide, MIN_S64), 1);
	assert_int_equal(stat_bucket(&wide, MAX_S64), 9);
	assert_int_equal(stat_bucket(&lowest, MAX_S64), 3);
}

/* ---- text --------------------------------------------------------------------------------------- */

static void expect_hist(const struct stat_spec *spec, const s64 *values, size_t n, int elision, const char *text)
{
	struct aggregate *st = stat_new(spec);
	char out[20000];
	struct sink s = sink_string(out, sizeof(out));

	add_all(st, spec, values, n);
	stat_print_hist(&s, st, spec, 50, elision);
	sink_finish(&s);
	assert_string_equal(out, text);
	free(st);
}

#define EXPECT_HIST(spec, elision, text, ...)						\
	expect_hist(spec, (const s64[]){ __VA_ARGS__ },					\
		    sizeof((const s64[]){ __VA_ARGS__ }) / sizeof(s64), elision, text)

static const struct stat_spec log_spec = { .uses = STAT_USES_HIST, .hist = HIST_KIND_LOG, .buckets = HIST_LOG_BUCKETS };
static const struct stat_spec linear_spec = { .uses = STAT_USES_HIST, .hist = HIST_KIND_LINEAR,
					      .low = 0, .high = 100, .width = 10, .buckets = 13 };

/* No rows below 0 without negative values; two empty rows otherwise. */
static void test_log_text(void **state)
{
	(void)state;
	EXPECT_HIST(&log_spec, 2,
		    "value |" DASHES " count\n"
		    "    0 |@@                                                 2\n"
		    "    1 |                                                   0\n"
		    "    2 |@                                                  1\n"
		    "    4 |                                                   0\n"
		    "    8 |                                                   0\n"
		    "\n", 0, 0, 3);
	EXPECT_HIST(&log_spec, 2,
		    "value |" DASHES " count\n"
		    "   -8 |                                                   0\n"
		    "   -4 |                                                   0\n"
		    "   -2 |@                                                  1\n"
		    "   -1 |                                                   0\n"
		    "    0 |                                                   0\n"
		    "\n", -2);
	EXPECT_HIST(&log_spec, 2,
		    "              value |" DASHES " count\n"
		    "1152921504606846976 |                                                   0\n"
		    "2305843009213693952 |                                                   0\n"
		    "4611686018427387904 |@                                                  1\n"
		    "\n", MAX_S64);
}

/* Long runs of empty rows become one line. */
static void test_elision(void **state)
{
	(void)state;
	EXPECT_HIST(&log_spec, 2,
		    "value |" DASHES " count\n"
		    "    0 |                                                   0\n"
		    "    1 |@                                                  1\n"
		    "    2 |                                                   0\n"
		    "    4 |                                                   0\n"
		    "      ~\n"
		    "  128 |                                                   0\n"
		    "  256 |                                                   0\n"
		    "  512 |@                                                  1\n"
		    " 1024 |                                                   0\n"
		    " 2048 |                                                   0\n"
		    "\n", 1, 700);
	EXPECT_HIST(&log_spec, -1,
		    "value |" DASHES " count\n"
		    "    0 |                                                   0\n"
		    "    1 |@                                                  1\n"
		    "    2 |                                                   0\n"
		    "    4 |                                                   0\n"
		    "    8 |                                                   0\n"
		    "   16 |                                                   0\n"
		    "   32 |                                                   0\n"
		    "   64 |@                                                  1\n"
		    "  128 |                                                   0\n"
		    "  256 |                                                   0\n"
		    "\n", 1, 64);
}

static void test_linear_text(void **state)
{
	(void)state;
	EXPECT_HIST(&linear_spec, 2,
		    "value |" DASHES " count\n"
		    "   10 |                                                   0\n"
		    "   20 |                                                   0\n"
		    "   30 |@@                                                 2\n"
		    "   40 |                                                   0\n"
		    "   50 |                                                   0\n"
		    "\n", 30, 39);
	EXPECT_HIST(&linear_spec, 2,
		    "value |" DASHES " count\n"
		    "   <0 |@                                                  1\n"
		    "    0 |                                                   0\n"
		    "   10 |                                                   0\n"
		    "      ~\n"
		    "   80 |                                                   0\n"
		    "   90 |                                                   0\n"
		    "  100 |@                                                  1\n"
		    " >100 |@@                                                 2\n"
		    "\n", -1, 109, 110, 1000);
	EXPECT_HIST(&linear_spec, 2,
		    "value |" DASHES " count\n"
		    "    0 |@                                                  1\n"
		    "   10 |                                                   0\n"
		    "   20 |                                                   0\n"
		    "\n", 0);
}

/* A bar is count / ceil(max / 50) long. */
static void test_scale(void **state)
{
	s64 values[151];

	(void)state;
	for (int i = 0; i < 151; i++)
		values[i] = i < 101 ? 5 : 15;
	expect_hist(&linear_spec, values, 151, 2,
		    "value |" DASHES " count\n"
		    "    0 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@                  101\n"
		    "   10 |@@@@@@@@@@@@@@@@                                    50\n"
		    "   20 |                                                     0\n"
		    "   30 |                                                     0\n"
		    "\n");
	expect_hist(&linear_spec, values, 100, 2,
		    "value |" DASHES " count\n"
		    "    0 |" BAR " 100\n"
		    "   10 |" SPACES "   0\n"
		    "   20 |" SPACES "   0\n"
		    "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_variance),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_log_buckets),
		cmocka_unit_test(test_linear_buckets),
		cmocka_unit_test(test_log_text),
		cmocka_unit_test(test_elision),
		cmocka_unit_test(test_linear_text),
		cmocka_unit_test(test_scale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
