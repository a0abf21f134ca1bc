/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directives of the printf family.  Plain %d and %s, which nearly all scripts
 * use, go straight into the sink; whatever has flags, a width or a precision is
 * first laid out as a `struct field`: blanks, prefix, zeroes, digits, blanks.
 */
#include "format.h"
#include "str.h"

void sink_bytes_slow(struct sink *s, const char *bytes, unsigned len)
{
	while (len) {
		unsigned room = s->size - s->len;
		unsigned n = len < room ? len : room;

		__builtin_memcpy(s->text + s->len, bytes, n);
		s->len += n;
		bytes += n;
		len -= n;
		if (!len || !s->full)
			return;
		s->full(s);
		if (s->len >= s->size)
			return;
	}
}

void sink_fill(struct sink *s, char c, unsigned count)
{
	while (count) {
		unsigned room = s->size - s->len;
		unsigned n = count < room ? count : room;

		__builtin_memset(s->text + s->len, c, n);
		s->len += n;
		count -= n;
		if (!count || !s->full)
			return;
		s->full(s);
		if (s->len >= s->size)
			return;
	}
}

/* %s without ornaments: copied and measured in the same pass where there is room. */
void sink_string_add(struct sink *s, const char *text)
{
	unsigned room = s->size - s->len;

	if (likely(room >= 64)) {
		unsigned n = str_copy(s->text + s->len, text, room);

		s->len += n;
		if (likely(n < room - 1))
			return;
		text += n;
	}
	sink_bytes(s, text, str_length(text));
}

/* ---- numbers ---------------------------------------------------------------------- */

#define DIGITS_MAX 22		/* octal digits of 64 bits */

static const char digit_pairs[] =
	"0001020304050607080910111213141516171819"
	"2021222324252627282930313233343536373839"
	"4041424344454647484950515253545556575859"
	"6061626364656667686970717273747576777879"
	"8081828384858687888990919293949596979899";

static inline char *put_pair(char *end, unsigned pair)
{
	__builtin_memcpy(end - 2, &digit_pairs[pair * 2], 2);
	return end - 2;
}

/* Decimal digits of v, right-justified before `end`; returns the first. */
static inline char *decimal_digits(char *end, u64 v)
{
	unsigned rest;

	while (unlikely(v > 0xffffffff)) {
		end = put_pair(end, (unsigned)(v % 100));
		v /= 100;
	}
	for (rest = (unsigned)v; rest >= 100; rest /= 100)
		end = put_pair(end, rest % 100);
	if (rest >= 10)
		return put_pair(end, rest);
	*--end = (char)('0' + rest);
	return end;
}

static char *power_of_two_digits(char *end, u64 v, unsigned bits, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	do {
		*--end = digits[v & ((1U << bits) - 1)];
		v >>= bits;
	} while (v);
	return end;
}

static inline u64 magnitude(s64 value)
{
	return value < 0 ? 0 - (u64)value : (u64)value;
}

static inline unsigned decimal_length(u64 v)
{
	unsigned length = 1;

	for (; v >= 10000; v /= 10000)
		length += 4;
	return length + (v >= 10) + (v >= 100) + (v >= 1000);
}

#define LONG_COLUMNS 20		/* %d of anything */

/* The digits are made where they will stand; a buffer for them would be cleared first by the kernel's compilers. */
void sink_long(struct sink *s, s64 value)
{
	u64 v = magnitude(value);
	unsigned length = decimal_length(v);
	char *end;

	if (unlikely(s->size - s->len < LONG_COLUMNS)) {
		sink_number(s, 'd', 0, -1, -1, value);
		return;
	}
	end = s->text + s->len;
	if (value < 0)
		*end++ = '-';
	end += length;
	decimal_digits(end, v);
	s->len = (unsigned)(end - s->text);
}

/* The parts of a directive's output, in order. */
struct field {
	unsigned blanks_before;
	const char *prefix;
	unsigned prefix_len;
	unsigned zeroes;
	const char *body;
	unsigned body_len;
	unsigned blanks_after;
};

static void field_print(struct sink *s, const struct field *f)
{
	sink_fill(s, ' ', f->blanks_before);
	sink_bytes(s, f->prefix, f->prefix_len);
	sink_fill(s, '0', f->zeroes);
	sink_bytes(s, f->body, f->body_len);
	sink_fill(s, ' ', f->blanks_after);
}

/* -1 is "none"; other negative widths come from '*' and mean left-justify. */
static unsigned normal_width(int width, unsigned *flags)
{
	if (width == -1)
		return 0;
	if (width < 0) {
		*flags |= FORMAT_MINUS;
		return width < -FORMAT_MAX_WIDTH ? FORMAT_MAX_WIDTH : (unsigned)-width;
	}
	return width > FORMAT_MAX_WIDTH ? FORMAT_MAX_WIDTH : (unsigned)width;
}

/* Spread what the width leaves over: zeroes for numbers that asked for them, else blanks. */
static void field_pad(struct field *f, unsigned flags, unsigned width, bool may_zero)
{
	unsigned used = f->prefix_len + f->zeroes + f->body_len;
	unsigned spare = width > used ? width - used : 0;

	if (flags & FORMAT_MINUS)
		f->blanks_after = spare;
	else if (may_zero && (flags & FORMAT_ZERO))
		f->zeroes += spare;
	else
		f->blanks_before = spare;
}

/* A number base: how its digits are made and what '#' puts before them. */
struct radix {
	unsigned bits;			/* per digit; 0: decimal */
	const char *prefix, *upper_prefix;
};

static const struct radix *radix_of(char conversion)
{
	static const struct radix decimal = { 0, "", "" };
	static const struct radix octal = { 3, "0", "0" };
	static const struct radix hex = { 4, "0x", "0X" };

	switch (conversion) {
	case 'o':
		return &octal;
	case 'x':
	case 'X':
	case 'p':
		return &hex;
	default:
		return &decimal;
	}
}

static const char *sign_prefix(unsigned flags, s64 value)
{
	if (value < 0)
		return "-";
	if (flags & FORMAT_PLUS)
		return "+";
	return flags & FORMAT_SPACE ? " " : "";
}

/* %c with '#': as in a C character constant. */
static unsigned escape_char(char *to, u8 c)
{
	static const char letters[] = "abtnvfr";	/* 7 .. 13 */

	to[0] = '\\';
	if (c >= 7 && c <= 13) {
		to[1] = letters[c - 7];
		return 2;
	}
	if (c == '\'' || c == '\\') {
		to[1] = (char)c;
		return 2;
	}
	if (c >= ' ' && c <= '~') {
		to[0] = (char)c;
		return 1;
	}
	to[1] = (char)('0' + (c >> 6));
	to[2] = (char)('0' + (c >> 3 & 7));
	to[3] = (char)('0' + (c & 7));
	return 4;
}

static void sink_character(struct sink *s, unsigned flags, unsigned width, s64 value)
{
	char text[4];
	struct field f = { .prefix = "", .body = text, .body_len = 1 };

	text[0] = (char)value;
	if (flags & FORMAT_ALT)
		f.body_len = escape_char(text, (u8)value);
	field_pad(&f, flags, width, false);
	field_print(s, &f);
}

void sink_number(struct sink *s, char conversion, unsigned flags, int width, int precision, s64 value)
{
	char digits[DIGITS_MAX], *end = digits + sizeof(digits);
	const struct radix *radix = radix_of(conversion);
	bool is_signed = conversion == 'd' || conversion == 'i';
	bool upper = conversion == 'X' || (flags & FORMAT_UPPER);
	unsigned columns = normal_width(width, &flags);
	struct field f = { .prefix = "" };
	unsigned minimum = precision < 0 ? 0 : normal_width(precision, &flags);

	if (conversion == 'c') {
		sink_character(s, flags, columns, value);
		return;
	}
	if (conversion == 'p' || (flags & FORMAT_ALT))
		f.prefix = upper ? radix->upper_prefix : radix->prefix;
	if (is_signed)
		f.prefix = sign_prefix(flags, value);
	f.prefix_len = str_length(f.prefix);
	if (radix->bits)
		f.body = power_of_two_digits(end, (u64)value, radix->bits, upper);
	else
		f.body = decimal_digits(end, is_signed ? magnitude(value) : (u64)value);
	f.body_len = (unsigned)(end - f.body);
	if (minimum > f.body_len)
		f.zeroes = minimum - f.body_len;
	field_pad(&f, flags, columns, true);
	field_print(s, &f);
}

/* Each of eight digits as a byte, the first one lowest, as it stands in memory. */
static u64 hex_digits(u32 value)
{
	const u64 ones = 0x0101010101010101ULL;
	u64 digits = value, letters;

	digits = (digits & 0xffff) | (digits & 0xffff0000) << 16;
	digits = (digits & 0x000000ff000000ffULL) | (digits & 0x0000ff000000ff00ULL) << 8;
	digits = (digits & 0x000f000f000f000fULL) | (digits & 0x00f000f000f000f0ULL) << 4;
	letters = (digits + 6 * ones) >> 4 & ones;
	return __builtin_bswap64(digits + '0' * ones + letters * ('a' - '0' - 10));
}

/* Addresses are numbers of as many digits as there are, or nearly. */
void sink_address(struct sink *s, u64 value)
{
	u64 digits[2] = { hex_digits((u32)(value >> 32)), hex_digits((u32)value) };
	unsigned zeroes = value ? (unsigned)__builtin_clzll(value) / 4 : 16;
	char text[18] = "0x";

	__builtin_memcpy(text + 2, digits, sizeof(digits));
	if (zeroes)
		sink_number(s, 'x', FORMAT_ALT, -1, -1, (s64)value);
	else
		sink_bytes(s, text, sizeof(text));
}

/* ---- text and memory -------------------------------------------------------------------- */

static unsigned bounded_length(const char *text, unsigned most)
{
	unsigned n = 0;

	while (n < most && text[n])
		n++;
	return n;
}

/* The '0' flag means nothing for text. */
void sink_text(struct sink *s, unsigned flags, int width, int precision, const char *text)
{
	unsigned columns = normal_width(width, &flags);
	struct field f = { .prefix = "", .body = text };

	f.body_len = precision < 0 ? str_length(text) : bounded_length(text, (unsigned)precision);
	field_pad(&f, flags, columns, false);
	field_print(s, &f);
}

static bool is_integer_size(int n)
{
	return n == 1 || n == 2 || n == 4 || n == 8;
}

/* The size is the precision, else the width, else 8; a width beyond it is filled with NULs. */
void sink_binary(struct sink *s, unsigned flags, int width, int precision, s64 value)
{
	unsigned columns = normal_width(width, &flags);
	int wanted = precision >= 0 ? precision : (int)columns;
	unsigned size = is_integer_size(wanted) ? (unsigned)wanted : 8;
	unsigned spare = columns > size ? columns - size : 0;
	const char *bytes = (const char *)&value;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	bytes += sizeof(value) - size;
#endif
	if (!(flags & FORMAT_MINUS))
		sink_fill(s, 0, spare);
	sink_bytes(s, bytes, size);
	if (flags & FORMAT_MINUS)
		sink_fill(s, 0, spare);
}

void sink_memory(struct sink *s, bool hex, unsigned flags, int width, const char *bytes, unsigned len)
{
	static const char digits[] = "0123456789abcdef";
	unsigned columns = normal_width(width, &flags);
	struct field f = { .prefix = "", .body = bytes, .body_len = hex ? 2 * len : len };

	field_pad(&f, flags, columns, false);
	sink_fill(s, ' ', f.blanks_before);
	if (!hex)
		sink_bytes(s, bytes, len);
	for (unsigned i = 0; hex && i < len; i++) {
		sink_char(s, digits[(u8)bytes[i] >> 4]);
		sink_char(s, digits[(u8)bytes[i] & 15]);
	}
	sink_fill(s, ' ', f.blanks_after);
}
