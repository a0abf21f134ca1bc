/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The routines behind library functions, against those of the C library and the machine: doubles,
 * dates, network addresses; and the rules of quoting.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include <time.h>
#include <arpa/inet.h>

#include <cmocka.h>

#define SCRIPT_LIBC_HEADERS
#include <stdbool.h>
#include "../../runtime/tapset/civil_time.h"
#include "../../runtime/tapset/errno_name.h"
#include "../../runtime/tapset/fp.h"
#include "../../runtime/tapset/names.h"
#include "../../runtime/tapset/netaddr.h"
#include "../../runtime/tapset/text.h"

#define ROUNDS 20000

/* ---- doubles ---------------------------------------------------------------------------- */

static u64 bits_of(double d)
{
	u64 bits;

	memcpy(&bits, &d, sizeof(bits));
	return bits;
}

static double double_of(u64 bits)
{
	double d;

	memcpy(&d, &bits, sizeof(d));
	return d;
}

static u64 random_bits(void)
{
	u64 bits = 0;

	for (int i = 0; i < 5; i++)
		bits = bits << 15 ^ (u64)random();
	return bits;
}

/* All bit patterns; small numbers, whose results cancel; denormals; halves, whose results tie. */
static u64 random_double(void)
{
	u64 bits = random_bits();

	switch (random() % 5) {
	case 0:
		return bits & 0x800fffffffffffffull;
	case 1:
		return bits_of((double)(random() % 1000) * 0.25 - 100);
	case 2:
		return (bits & 0x800fffffffffffffull) | (u64)(1018 + random() % 10) << 52;
	default:
		return bits;
	}
}

static void same_double(u64 got, double want)
{
	if (isnan(want))
		assert_true(isnan(double_of(got)));
	else
		assert_int_equal(got, bits_of(want));
}

static void doubles_calculate(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		u64 a = random_double(), b = random_double();
		double x = double_of(a), y = double_of(b);

		same_double(fp_add(a, b), x + y);
		same_double(fp_sub(a, b), x - y);
		same_double(fp_mul(a, b), x * y);
		same_double(fp_div(a, b), x / y);
		same_double(fp_sqrt(a), sqrt(x));
		assert_int_equal(fp_lt(a, b), x < y);
		assert_int_equal(fp_le(a, b), x <= y);
		assert_int_equal(fp_eq(a, b), x == y);
	}
}

static void doubles_leave_remainders(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		u64 a = bits_of((double)(random() % 100000) * 0.5), b = bits_of((double)(random() % 999 + 1) * 0.25);

		assert_true(double_of(fp_rem(a, b)) == remainder(double_of(a), double_of(b)));
	}
}

static void doubles_convert(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		u64 a = random_double();
		double x = double_of(a);
		unsigned single = (unsigned)a;
		float f;

		memcpy(&f, &single, sizeof(f));
		same_double(fp_from_single(single), (double)f);
		same_double(fp_from_long((s64)a), (double)(s64)a);
		if (!(fabs(x) < 9e18))
			continue;
		assert_int_equal(fp_to_long(a, FP_NEAREST_EVEN), lrint(x));
		assert_int_equal(fp_to_long(a, FP_TOWARD_ZERO), (long)x);
		assert_int_equal(fp_to_long(a, FP_DOWN), (long)floor(x));
		assert_int_equal(fp_to_long(a, FP_UP), (long)ceil(x));
		assert_int_equal(fp_to_long(a, FP_NEAREST_AWAY), (long)round(x));
	}
}

static void doubles_as_text(void **state)
{
	char got[500], want[500];

	(void)state;
	for (int i = 0; i < ROUNDS / 100; i++) {
		u64 a = random_double();
		int precision = (int)(random() % 20);

		if (isnan(double_of(a)))
			continue;
		fp_to_text(got, sizeof(got), a, precision);
		snprintf(want, sizeof(want), "%.*f", precision, double_of(a));
		assert_string_equal(got, want);
		snprintf(want, sizeof(want), "%.17e", double_of(a));
		if (!isinf(double_of(a)))
			same_double(fp_from_text(want), strtod(want, NULL));
	}
}

/* ---- dates, addresses ------------------------------------------------------------------------ */

static void dates_as_asctime(void **state)
{
	const long first = -30610224000, last = 253402300799;	/* years 1000 to 9999 */
	char got[64], want[64];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		time_t t = first + (long)(random_bits() % (u64)(last - first));
		struct tm tm;

		gmtime_r(&t, &tm);
		asctime_r(&tm, want);
		want[strlen(want) - 1] = 0;
		civil_time_text(got, sizeof(got), t);
		assert_string_equal(got, want);
	}
}

static void addresses_as_inet_ntop(void **state)
{
	char got[NETADDR_TEXT], want[NETADDR_TEXT];
	u8 bytes[16];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < 16; k++)
			bytes[k] = random() % 3 ? 0 : (u8)random();
		if (i % 50 == 0) {
			memset(bytes, 0, 10);
			bytes[10] = bytes[11] = 255;
		}
		inet_ntop(AF_INET6, bytes, want, sizeof(want));
		netaddr_ipv6(got, sizeof(got), bytes);
		assert_string_equal(got, want);
		inet_ntop(AF_INET, bytes, want, sizeof(want));
		netaddr_ipv4(got, sizeof(got), bytes);
		assert_string_equal(got, want);
	}
}

/* ---- text ---------------------------------------------------------------------------------------- */

static void quoting_never_cuts_an_escape(void **state)
{
	static const char source[] = "a\n\001\"b\377c\\d\002";
	char got[64];

	(void)state;
	for (unsigned limit = 5; limit < sizeof(got); limit++) {
		unsigned length = text_quote(got, sizeof(got), source, sizeof(source) - 1,
					     (struct quoting){ .limit = limit, .quotes = true });
		unsigned i = 1;

		assert_true(length <= limit && strlen(got) == length && got[0] == '"');
		while (got[i] != '"')
			i += got[i] != '\\' ? 1 : got[i + 1] >= '0' && got[i + 1] <= '3' ? 4 : 2;
		assert_true(!strcmp(got + i, "\"") || !strcmp(got + i, "\"..."));
	}
}

static void quoting_in_pieces(void **state)
{
	char whole[64], parts[64];
	struct quote q;

	(void)state;
	text_quote(whole, sizeof(whole), "one\ttwo", 7, (struct quoting){ .quotes = true });
	quote_begin(&q, parts, sizeof(parts), (struct quoting){ .quotes = true });
	quote_add(&q, "one\t", 4);
	quote_add(&q, "two", 3);
	quote_end(&q, false);
	assert_string_equal(parts, whole);
}

static void names_both_ways(void **state)
{
	char text[64];

	(void)state;
	for (s64 n = -5; n < 600; n++) {
		const char *name = names_find(&names_syscall, n);

		if (name)
			assert_int_equal(names_number(&names_syscall, name), n);
	}
	assert_null(names_find(&names_signal, -1));
	assert_string_equal(errno_name(-2), "ENOENT");
	assert_null(errno_name(INT64_MIN));
	flags_text(text, sizeof(text), flags_message, 0x10000002);
	assert_string_equal(text, "PEEK|0x10000000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_calculate),
		cmocka_unit_test(doubles_leave_remainders),
		cmocka_unit_test(doubles_convert),
		cmocka_unit_test(doubles_as_text),
		cmocka_unit_test(dates_as_asctime),
		cmocka_unit_test(addresses_as_inet_ntop),
		cmocka_unit_test(quoting_never_cuts_an_escape),
		cmocka_unit_test(quoting_in_pieces),
		cmocka_unit_test(names_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
