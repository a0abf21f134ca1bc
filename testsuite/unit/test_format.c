/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directives of the printf family, sinks, and the strings below them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#define SCRIPT_LIBC_HEADERS
#include <stdbool.h>
#include "../../runtime/core/format.h"
#include "../../runtime/core/str.h"

#define MIN_S64 (-9223372036854775807LL - 1)
#define N (-1)			/* no width, no precision */

/* ---- numbers -------------------------------------------------------------------------- */

static const struct {
	char conversion;
	unsigned flags;
	int width, precision;
	s64 value;
	const char *text;
} numbers[] = {
	{ 'd', 0, N, N, -1, "-1" },
	{ 'i', 0, N, N, 42, "42" },
	{ 'd', 0, N, N, MIN_S64, "-9223372036854775808" },
	{ 'u', 0, N, N, -1, "18446744073709551615" },
	{ 'x', 0, N, N, -1, "ffffffffffffffff" },
	{ 'X', 0, N, N, 0xabc, "ABC" },
	{ 'x', FORMAT_UPPER, N, N, 0xabc, "ABC" },
	{ 'o', 0, N, N, -1, "1777777777777777777777" },
	{ 'p', 0, N, N, 0, "0x0" },
	{ 'p', 0, N, N, -1, "0xffffffffffffffff" },
	{ 'p', FORMAT_ZERO, 20, N, 0x1234abcd, "0x00000000001234abcd" },
	{ 'p', 0, 12, N, 0x1234, "      0x1234" },
	{ 'p', FORMAT_MINUS, 12, N, 0x1234, "0x1234      " },
	{ 'x', FORMAT_ALT, N, N, 0, "0x0" },
	{ 'X', FORMAT_ALT, N, N, 255, "0XFF" },
	{ 'o', FORMAT_ALT, N, N, 0, "00" },
	{ 'o', FORMAT_ALT, N, N, 8, "010" },
	{ 'd', FORMAT_ZERO, 5, N, -1, "-0001" },
	{ 'd', FORMAT_ZERO, 5, N, 123456, "123456" },
	{ 'd', FORMAT_PLUS, N, N, 5, "+5" },
	{ 'd', FORMAT_PLUS, N, N, -5, "-5" },
	{ 'd', FORMAT_SPACE, N, N, 5, " 5" },
	{ 'u', FORMAT_PLUS, N, N, 5, "5" },
	{ 'd', 0, N, 5, -1, "-00001" },
	{ 'd', 0, 8, 5, 42, "   00042" },
	{ 'd', FORMAT_ZERO, 8, 5, 42, "00000042" },
	{ 'd', FORMAT_MINUS, 8, 5, 42, "00042   " },
	{ 'd', 0, N, 0, 0, "0" },
	{ 'd', 0, -6, N, 42, "42    " },
	{ 'd', 0, 6, N, 42, "    42" },
	{ 'd', FORMAT_MINUS, 6, N, 42, "42    " },
	{ 'x', 0, 6, 4, 0xab, "  00ab" },
	{ 'c', 0, N, N, 321, "A" },
	{ 'c', 0, 3, N, 'A', "  A" },
	{ 'c', FORMAT_MINUS, 3, N, 'A', "A  " },
	{ 'c', FORMAT_ALT, N, N, 0, "\\000" },
	{ 'c', FORMAT_ALT, N, N, 9, "\\t" },
	{ 'c', FORMAT_ALT, N, N, 7, "\\a" },
	{ 'c', FORMAT_ALT, N, N, 39, "\\'" },
	{ 'c', FORMAT_ALT, N, N, 92, "\\\\" },
	{ 'c', FORMAT_ALT, N, N, 200, "\\310" },
	{ 'c', FORMAT_ALT, N, N, 'x', "x" },
	{ 'c', FORMAT_ALT, N, N, 127, "\\177" },
	{ 'c', FORMAT_ALT, 5, N, 10, "   \\n" },
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		char text[100];
		struct sink s = sink_string(text, sizeof(text));

		sink_number(&s, numbers[i].conversion, numbers[i].flags, numbers[i].width,
			    numbers[i].precision, numbers[i].value);
		sink_finish(&s);
		assert_string_equal(text, numbers[i].text);
	}
}

/* %d against the libc, all lengths, with and without room. */
static void test_long(void **state)
{
	u64 v = 1;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char text[64], expected[64];
		struct sink s = sink_string(text, i % 3 ? 22 : sizeof(text));
		s64 value = (s64)(v >> (i % 64)) * (i % 2 ? 1 : -1);

		v = v * 6364136223846793005ULL + 1442695040888963407ULL;
		sink_long(&s, value);
		sink_finish(&s);
		snprintf(expected, sizeof(expected), "%lld", value);
		assert_string_equal(text, expected);
	}
}

/* Where numbers get longer, and in a sink that has just room for them. */
static void test_lengths_of_numbers(void **state)
{
	(void)state;
	for (u64 power = 1; power <= 1000000000000000000ULL; power *= 10)
		for (int i = 0; i < 6; i++) {
			s64 value = ((s64)power - 1 + i / 2) * (i % 2 ? 1 : -1);
			char expected[32], text[64];
			struct sink s = sink_string(text, sizeof(text));
			int length = snprintf(expected, sizeof(expected), "%lld", value);

			sink_long(&s, value);
			sink_finish(&s);
			assert_string_equal(text, expected);
			s = sink_string(text, (unsigned)length + 1);
			sink_long(&s, value);
			sink_finish(&s);
			assert_string_equal(text, expected);
		}
}

static void test_addresses(void **state)
{
	u64 v = 88172645463325252ULL;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		u64 value = i ? v >> (i % 3 ? 0 : i % 64) : 0;
		char text[64], expected[64];
		struct sink s = sink_string(text, i % 5 ? sizeof(text) : 12);

		v = v * 6364136223846793005ULL + 1442695040888963407ULL;
		sink_address(&s, value);
		sink_finish(&s);
		snprintf(expected, i % 5 ? sizeof(expected) : 12, value ? "%#llx" : "0x0", value);
		assert_string_equal(text, expected);
	}
}

/* ---- text ---------------------------------------------------------------------------------- */

static const struct {
	unsigned flags;
	int width, precision;
	const char *text, *result;
	unsigned len;
} texts[] = {
	{ 0, N, N, "abc", "abc", 3 },
	{ 0, N, N, "", "", 0 },
	{ 0, 5, N, "abc", "  abc", 5 },
	{ FORMAT_MINUS, 5, N, "abc", "abc  ", 5 },
	{ 0, -5, N, "abc", "abc  ", 5 },
	{ 0, N, 2, "abc", "ab", 2 },
	{ 0, 8, 2, "abc", "      ab", 8 },
	{ 0, N, 0, "abc", "", 0 },
	{ 0, 2, N, "abc", "abc", 3 },
	{ FORMAT_ZERO, 8, N, "abc", "     abc", 8 },
	{ FORMAT_ZERO, N, N, "abc", "abc", 3 },
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char text[100];
		struct sink s = sink_string(text, sizeof(text));

		sink_text(&s, texts[i].flags, texts[i].width, texts[i].precision, texts[i].text);
		assert_int_equal(s.len, texts[i].len);
		assert_memory_equal(text, texts[i].result, s.len);
	}
}

static const struct {
	unsigned flags;
	int width, precision;
	const char *result;
	unsigned len;
} binaries[] = {
	{ 0, 1, N, "\x08", 1 },
	{ 0, 2, N, "\x08\x07", 2 },
	{ 0, 4, N, "\x08\x07\x06\x05", 4 },
	{ 0, N, N, "\x08\x07\x06\x05\x04\x03\x02\x01", 8 },
	{ 0, 3, N, "\x08\x07\x06\x05\x04\x03\x02\x01", 8 },
	{ 0, 4, 2, "\0\0\x08\x07", 4 },
	{ FORMAT_MINUS, 4, 2, "\x08\x07\0\0", 4 },
	{ 0, N, 1, "\x08", 1 },
	{ 0, 16, N, "\0\0\0\0\0\0\0\0\x08\x07\x06\x05\x04\x03\x02\x01", 16 },
};

static void test_binaries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(binaries) / sizeof(*binaries); i++) {
		char text[100];
		struct sink s = sink_string(text, sizeof(text));

		sink_binary(&s, binaries[i].flags, binaries[i].width, binaries[i].precision, 0x0102030405060708);
		assert_int_equal(s.len, binaries[i].len);
		assert_memory_equal(text, binaries[i].result, s.len);
	}
}

static void test_memory(void **state)
{
	char text[100];
	struct sink s = sink_string(text, sizeof(text));

	(void)state;
	sink_memory(&s, true, 0, 8, "\x01\xab\0", 3);
	sink_memory(&s, true, FORMAT_MINUS, 5, "\x7f", 1);
	sink_memory(&s, false, 0, N, "raw", 3);
	sink_finish(&s);
	assert_string_equal(text, "  01ab007f   raw");
}

/* ---- sinks ------------------------------------------------------------------------------------ */

static char collected[100000];
static unsigned collected_len;

static void collect(struct sink *s)
{
	memcpy(collected + collected_len, s->text, s->len);
	collected_len += s->len;
	s->len = 0;
}

/* A print buffer of any size passes everything on in order. */
static void test_full(void **state)
{
	(void)state;
	for (unsigned size = 1; size < 100; size += 7) {
		char buffer[100];
		struct sink s = { .text = buffer, .size = size, .full = collect };

		collected_len = 0;
		for (int i = 0; i < 20; i++) {
			sink_long(&s, 1234567890 + i);
			sink_string_add(&s, "a text that is longer than eight bytes");
			sink_char(&s, ',');
			sink_text(&s, 0, 30, N, "x");
			sink_bytes(&s, "literal", 7);
		}
		collect(&s);
		assert_int_equal(collected_len, 20 * (10 + 38 + 1 + 30 + 7));
		assert_memory_equal(collected + 86, "1234567891a text that is longer than eight bytes,   ", 52);
	}
}

/* A string is cut where it is full, and stays terminated. */
static void test_cut(void **state)
{
	(void)state;
	for (unsigned size = 1; size < 90; size++) {
		char *text = malloc(size), whole[100];
		struct sink s = sink_string(text, size);

		sink_string_add(&s, "0123456789012345678901234567890123456789");
		sink_long(&s, -42);
		sink_char(&s, '.');
		sink_number(&s, 'd', 0, 20, N, 7);
		sink_finish(&s);
		strcpy(whole, "0123456789012345678901234567890123456789-42.                   7");
		whole[size - 1] = 0;
		assert_string_equal(text, whole);
		free(text);
	}
}

/* Absurd widths are bounded. */
static void test_widths(void **state)
{
	char *text = malloc(20000);
	struct sink s = sink_string(text, 20000);

	(void)state;
	sink_number(&s, 'd', 0, 2000000000, N, 1);
	assert_int_equal(s.len, FORMAT_MAX_WIDTH);
	s.len = 0;
	sink_number(&s, 'd', 0, -2147483647 - 1, N, 1);
	assert_int_equal(s.len, FORMAT_MAX_WIDTH);
	s.len = 0;
	sink_number(&s, 'd', FORMAT_ZERO, 2000000000, 2000000000, 1);
	assert_int_equal(s.len, FORMAT_MAX_WIDTH);
	free(text);
}

/* ---- strings ------------------------------------------------------------------------------------- */

/* Every alignment and length, with the string ending where memory ends. */
static void test_strings_at_page_end(void **state)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_ptr_not_equal(pages, MAP_FAILED);
	mprotect(pages + 4096, 4096, PROT_NONE);
	for (unsigned len = 0; len < 70; len++) {
		char *s = pages + 4096 - len - 1, copy[80], again[80];
		unsigned measured;

		memset(s, 'a' + (int)len % 26, len);
		s[len] = 0;
		assert_int_equal(str_length(s), len);
		assert_int_equal(str_copy(copy, s, sizeof(copy)), len);
		assert_string_equal(copy, s);
		assert_true(str_equal(copy, s));
		assert_int_equal(str_compare(s, copy), 0);
		assert_int_equal(str_hash(s, 7), str_hash(copy, 7));
		assert_true(str_hash_length(s, &measured) == str_hash_length(copy, &measured));
		assert_int_equal(measured, len);
		assert_true(str_equal_length(copy, s, len));
		copy[len] = 'x';
		assert_false(str_equal_length(copy, s, len));
		strcpy(again, "x");
		assert_int_equal(str_append(again, s, sizeof(again)), len + 1);
		assert_string_equal(again + 1, s);
	}
	munmap(pages, 8192);
}

static void test_copy_cuts(void **state)
{
	(void)state;
	for (unsigned size = 1; size < 40; size++)
		for (unsigned len = 0; len < 45; len++) {
			char from[50], expected[50], *to = malloc(size);
			unsigned kept = len < size ? len : size - 1;

			for (unsigned i = 0; i < len; i++)
				from[i] = (char)('A' + i);
			from[len] = 0;
			strcpy(expected, from);
			expected[kept] = 0;
			assert_int_equal(str_copy(to, from, size), kept);
			assert_string_equal(to, expected);
			free(to);
		}
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void test_compare(void **state)
{
	static const char *const words[] = { "", "a", "b", "ab", "abcdefgh", "abcdefghi", "abcdefgi", "\xff",
					     "abcdefg\x80", "abcdefg\x7f", "10", "9", "B" };
	size_t n = sizeof(words) / sizeof(*words);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			assert_int_equal(sign(str_compare(words[i], words[j])), sign(strcmp(words[i], words[j])));
			assert_int_equal(str_equal(words[i], words[j]), i == j);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_lengths_of_numbers),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_binaries),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_strings_at_page_end),
		cmocka_unit_test(test_copy_cuts),
		cmocka_unit_test(test_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
