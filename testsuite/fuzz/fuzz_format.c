/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of the printf directives.  The input is a row of directives with arguments; each
 * is printed to a string that is too small at times and to a print buffer of a few bytes, which
 * must show the same text.  Plain forms are also compared with the libc.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_LIBC_HEADERS
#include <stdbool.h>
#include "../../runtime/core/format.h"
#include "../../runtime/core/stat.h"
#include "input.h"

#define ROOM 60000

static char collected[ROOM + 1];
static unsigned collected_len;

static void collect(struct sink *s)
{
	unsigned room = ROOM - collected_len, n = s->len < room ? s->len : room;

	memcpy(collected + collected_len, s->text, n);
	collected_len += n;
	s->len = 0;
}

struct directive {
	char conversion;
	unsigned flags;
	int width, precision;
	s64 value;
	char text[40];
};

static void read_directive(struct directive *d, struct input *in)
{
	static const char conversions[] = "diuoxXpcsbmMlh";
	unsigned shape = (unsigned)take(in, 1);

	d->conversion = conversions[take(in, 1) % (sizeof(conversions) - 1)];
	d->flags = (unsigned)take(in, 1) & 63;
	d->width = shape & 1 ? (int)(int8_t)take(in, 1) : shape & 2 ? (int)take(in, 4) % 3000 : -1;
	d->precision = shape & 4 ? (int)take(in, 1) : -1;
	d->value = (s64)take(in, shape & 8 ? 8 : 2);
	for (unsigned i = 0; i < sizeof(d->text) - 1; i++)
		d->text[i] = (char)take(in, 1);
	d->text[sizeof(d->text) - 1] = 0;
}

static void print_stat(struct sink *s, const struct directive *d)
{
	const struct stat_spec spec = { .uses = ~0U, .hist = HIST_KIND_LINEAR, .low = -50, .high = 50, .width = 10,
					.buckets = 13, .shift = (int)(d->flags) };
	struct aggregate *st = calloc(1, STAT_SIZE(spec.buckets));

	stat_add(st, &spec, d->value);
	for (unsigned i = 0; i < sizeof(d->text); i++)
		stat_add(st, &spec, d->text[i]);
	stat_print_hist(s, st, &spec, 50, d->width % 5);
	sink_long(s, stat_variance(st, &spec));
	free(st);
}

static void print(struct sink *s, const struct directive *d)
{
	switch (d->conversion) {
	case 's':
		sink_text(s, d->flags, d->width, d->precision, d->text);
		break;
	case 'b':
		sink_binary(s, d->flags, d->width, d->precision, d->value);
		break;
	case 'm':
	case 'M':
		sink_memory(s, d->conversion == 'M', d->flags, d->width, d->text, (unsigned)d->value % sizeof(d->text));
		break;
	case 'l':
		sink_long(s, d->value);
		sink_string_add(s, d->text);
		break;
	case 'h':
		print_stat(s, d);
		break;
	default:
		sink_number(s, d->conversion, d->flags, d->width, d->precision, d->value);
	}
}

static void check(bool good, const struct directive *d, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%%%c flags %u width %d precision %d value %lld: %s\n", d->conversion, d->flags,
		d->width, d->precision, d->value, what);
	abort();
}

/* Where the two agree by design: signed numbers and hex with a value, no flag but '0' or '-'. */
static void compare_with_libc(const struct directive *d, const char *ours, unsigned len)
{
	char format[20], theirs[ROOM];
	int n;

	if (!strchr("diux", d->conversion) || (d->flags & ~(unsigned)(FORMAT_MINUS | FORMAT_PLUS)) || d->precision == 0)
		return;
	if (d->precision > 0)
		n = snprintf(format, sizeof(format), "%%%s%s*.*ll%c", d->flags & FORMAT_MINUS ? "-" : "",
			     d->flags & FORMAT_PLUS && d->conversion != 'u' && d->conversion != 'x' ? "+" : "", d->conversion);
	else
		n = snprintf(format, sizeof(format), "%%%s%s*ll%c", d->flags & FORMAT_MINUS ? "-" : "",
			     d->flags & FORMAT_PLUS && d->conversion != 'u' && d->conversion != 'x' ? "+" : "", d->conversion);
	check(n < (int)sizeof(format), d, "format");
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	n = d->precision > 0 ? snprintf(theirs, sizeof(theirs), format, d->width, d->precision, d->value) :
		snprintf(theirs, sizeof(theirs), format, d->width, d->value);
	check((unsigned)n == len && !memcmp(ours, theirs, len), d, "differs from the libc");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned string_size = 1 + (unsigned)take(&in, 1), buffer_size = 1 + (unsigned)take(&in, 1) % 40;
	char *string = malloc(string_size), *buffer = malloc(buffer_size), *whole = malloc(ROOM);
	struct sink small = sink_string(string, string_size);
	struct sink stream = { .text = buffer, .size = buffer_size, .full = collect };
	struct sink big = sink_string(whole, ROOM);
	unsigned compared;

	collected_len = 0;
	for (int i = 0; i < 12 && in.len; i++) {
		struct directive d;
		unsigned before = big.len;

		read_directive(&d, &in);
		print(&small, &d);
		print(&stream, &d);
		print(&big, &d);
		compare_with_libc(&d, whole + before, big.len - before);
		check(small.len < string_size, &d, "string overflow");
	}
	collect(&stream);
	sink_finish(&small);
	compared = small.len < big.len ? small.len : big.len;
	if (collected_len != big.len || memcmp(collected, whole, big.len) || memcmp(string, whole, compared))
		abort();
	if (small.len != (big.len < string_size - 1 ? big.len : string_size - 1))
		abort();
	free(string);
	free(buffer);
	free(whole);
	return 0;
}
