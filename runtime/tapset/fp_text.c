/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Doubles to decimal text and back, exactly: a double is an integer times a power of
 * two, so both directions are done with whole numbers of up to 1,600 bits on the stack.
 */
#include "fp.h"
#include "../core/format.h"

#define WORDS 50

struct big { u32 word[WORDS]; };	/* least significant first */

static void big_set(struct big *b, u64 value)
{
	for (int i = 0; i < WORDS; i++)
		b->word[i] = 0;
	b->word[0] = (u32)value;
	b->word[1] = (u32)(value >> 32);
}

/* b = b * factor + add; returns what does not fit. */
static u32 big_multiply(struct big *b, u32 factor, u32 add)
{
	u64 carry = add;

	for (int i = 0; i < WORDS; i++) {
		carry += (u64)b->word[i] * factor;
		b->word[i] = (u32)carry;
		carry >>= 32;
	}
	return (u32)carry;
}

static u32 big_divide(struct big *b, u32 divisor)
{
	u64 rest = 0;

	for (int i = WORDS - 1; i >= 0; i--) {
		rest = rest << 32 | b->word[i];
		b->word[i] = (u32)(rest / divisor);
		rest %= divisor;
	}
	return (u32)rest;
}

/* Shift right by one; returns the bit that falls off. */
static bool big_halve(struct big *b)
{
	bool low = b->word[0] & 1;

	for (int i = 0; i < WORDS - 1; i++)
		b->word[i] = b->word[i] >> 1 | b->word[i + 1] << 31;
	b->word[WORDS - 1] >>= 1;
	return low;
}

static int big_compare(const struct big *a, const struct big *b)
{
	for (int i = WORDS - 1; i >= 0; i--) {
		if (a->word[i] != b->word[i])
			return a->word[i] < b->word[i] ? -1 : 1;
	}
	return 0;
}

static void big_subtract(struct big *a, const struct big *b)
{
	u64 borrow = 0;

	for (int i = 0; i < WORDS; i++) {
		u64 d = (u64)a->word[i] - b->word[i] - borrow;

		a->word[i] = (u32)d;
		borrow = d >> 63;
	}
}

static bool big_is_zero(const struct big *b)
{
	for (int i = 0; i < WORDS; i++) {
		if (b->word[i])
			return false;
	}
	return true;
}

static int big_bits(const struct big *b)
{
	for (int i = WORDS - 1; i >= 0; i--) {
		if (b->word[i])
			return 32 * i + 32 - __builtin_clz(b->word[i]);
	}
	return 0;
}

static void big_shift_left(struct big *b, int n)
{
	for (; n >= 31; n -= 31)
		big_multiply(b, 1u << 31, 0);
	big_multiply(b, 1u << n, 0);
}

/* ---- to text ------------------------------------------------------------------ */

/*
 * The number times 10^precision, rounded to an integer.  significand * 2^exponent; a
 * negative exponent shifts right by bits that the fraction loses.
 */
static void scaled_integer(struct big *b, u64 significand, int exponent, int precision)
{
	bool half = false, rest = false;

	big_set(b, significand);
	for (int i = 0; i < precision; i++)
		big_multiply(b, 10, 0);
	if (exponent > 0)
		big_shift_left(b, exponent);
	for (; exponent < 0; exponent++) {
		rest |= half;
		half = big_halve(b);
	}
	if (half && (rest || (b->word[0] & 1)))
		big_multiply(b, 1, 1);
}

static void add_digits(struct sink *s, struct big *b, int precision)
{
	char digits[400];
	int n = 0;

	do {
		digits[n++] = (char)('0' + big_divide(b, 10));
	} while (n <= precision || !big_is_zero(b));
	while (n > 0) {
		if (n == precision)
			sink_char(s, '.');
		sink_char(s, digits[--n]);
	}
}

void fp_to_text(char *to, unsigned size, u64 a, int precision)
{
	struct sink s = sink_string(to, size);
	int biased = (int)(a >> 52 & 0x7ff);
	u64 fraction = a & ((1ull << 52) - 1);
	struct big b;

	if (precision < 0 || precision > 60)
		precision = precision < 0 ? 6 : 60;
	if (a >> 63 && !(biased == 0x7ff && fraction))
		sink_char(&s, '-');
	if (biased == 0x7ff) {
		sink_string_add(&s, fraction ? "nan" : "inf");
	} else {
		scaled_integer(&b, biased ? fraction | 1ull << 52 : fraction,
			       (biased ? biased : 1) - 1075, precision);
		add_digits(&s, &b, precision);
	}
	sink_finish(&s);
}

/* ---- from text ------------------------------------------------------------------ */

struct decimal { bool negative; u64 digits; int exponent; };	/* digits * 10^exponent */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int read_exponent(const char *text)
{
	bool negative = text[0] == '-';
	int value = 0;

	if (*text == '-' || *text == '+')
		text++;
	for (; is_digit(*text) && value < 10000; text++)
		value = value * 10 + *text - '0';
	return negative ? -value : value;
}

static struct decimal read_decimal(const char *text)
{
	struct decimal d = { .negative = *text == '-' };
	bool point = false;

	if (*text == '-' || *text == '+')
		text++;
	for (;; text++) {
		if (*text == '.' && !point) {
			point = true;
		} else if (is_digit(*text)) {
			bool fits = d.digits < 1000000000000000000ull;

			if (fits)
				d.digits = d.digits * 10 + (u64)(*text - '0');
			d.exponent += (fits ? 0 : 1) - (point ? 1 : 0);
		} else {
			break;
		}
	}
	if (*text == 'e' || *text == 'E')
		d.exponent += read_exponent(text + 1);
	return d;
}

/* n / d with 64 significant bits and a sticky lowest one: *exponent is the power of two of the lowest. */
static u64 quotient(struct big *n, struct big *d, int *exponent)
{
	int shift = big_bits(d) + 63 - big_bits(n);
	u64 q = 0;

	if (shift > 0)
		big_shift_left(n, shift);
	else
		big_shift_left(d, -shift);
	/* Now n / d lies in (2^62, 2^64): schoolbook division from the top bit. */
	big_shift_left(d, 63);
	for (int i = 0; i < 64; i++) {
		q <<= 1;
		if (big_compare(n, d) >= 0) {
			big_subtract(n, d);
			q |= 1;
		}
		big_halve(d);
	}
	*exponent = -shift;
	return q | !big_is_zero(n);
}

/* q * 2^exponent as a double, rounded: done in halves so that no step rounds twice. */
static u64 assemble(u64 q, int exponent)
{
	int shift = 11, biased;
	u64 low, result;

	exponent -= __builtin_clzll(q);
	q <<= __builtin_clzll(q);
	biased = exponent + 63 + 1023;
	if (biased > 2046)
		return 0x7ffull << 52;
	if (biased < 1) {
		shift += 1 - biased;
		biased = 1;
		if (shift > 64)
			return 0;
	}
	if (shift == 64)
		return q > 1ull << 63;
	low = q << (64 - shift);
	result = q >> shift;
	if (low > 1ull << 63 || (low == 1ull << 63 && (result & 1)))
		result++;
	return result + ((u64)(biased - 1) << 52);
}

u64 fp_from_text(const char *text)
{
	struct decimal d = read_decimal(text);
	u64 sign = d.negative ? 1ull << 63 : 0;
	struct big n, divisor;
	int exponent;

	if (!d.digits || d.exponent < -345)
		return sign;
	if (d.exponent > 310)
		return sign | 0x7ffull << 52;
	big_set(&n, d.digits);
	big_set(&divisor, 1);
	for (; d.exponent > 0; d.exponent--)
		big_multiply(&n, 10, 0);
	for (; d.exponent < 0; d.exponent++)
		big_multiply(&divisor, 10, 0);
	u64 q = quotient(&n, &divisor, &exponent);

	return sign | assemble(q, exponent);
}
