/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Double arithmetic in integers.  A finite number is taken apart to sign, exponent and a
 * 64-bit significand whose top bit is set (value = frac / 2^63 * 2^exp); operations work
 * there with eleven bits to spare, keep what falls off in the lowest ("sticky") bit, and
 * pack() rounds once.
 */
#include "fp.h"

#define TOP (1ull << 63)
#define SIGN TOP
#define INFINITY_BITS 0x7ff0000000000000ull
#define NAN_BITS 0x7ff8000000000000ull
#define FRACTION_MASK ((1ull << 52) - 1)

struct fp {
	bool sign;
	int exp;
	u64 frac;			/* 0: zero */
};

static bool is_nan(u64 a) { return (a & ~SIGN) > INFINITY_BITS; }
static bool is_inf(u64 a) { return (a & ~SIGN) == INFINITY_BITS; }
static bool is_zero(u64 a) { return !(a & ~SIGN); }
static u64 sign_of(u64 a) { return a & SIGN; }

/* Shift right; a lost one bit stays as the lowest bit. */
static u64 shift_sticky(u64 x, unsigned n)
{
	if (n == 0)
		return x;
	if (n > 63)
		return x != 0;
	return x >> n | ((x << (64 - n)) != 0);
}

/* Bring the top bit of a non-zero significand to bit 63. */
static void normalize(struct fp *x)
{
	unsigned n = (unsigned)__builtin_clzll(x->frac);

	x->frac <<= n;
	x->exp -= (int)n;
}

static struct fp unpack(u64 a)
{
	int biased = (int)(a >> 52 & 0x7ff);
	struct fp x = { .sign = a >> 63, .exp = biased - 1023, .frac = (a & FRACTION_MASK) << 11 };

	if (biased) {
		x.frac |= TOP;
	} else if (x.frac) {
		x.exp = -1022;
		normalize(&x);
	}
	return x;
}

/* Round a normalized number to 53 bits; too large is infinity, too small denormal or zero. */
static u64 pack(struct fp x)
{
	u64 sign = x.sign ? SIGN : 0, low, result;

	if (!x.frac)
		return sign;
	if (x.exp > 1023)
		return sign | INFINITY_BITS;
	if (x.exp < -1022)
		x.frac = shift_sticky(x.frac, (unsigned)(-1022 - x.exp));
	low = x.frac & 0x7ff;
	result = x.frac >> 11;
	if (low > 0x400 || (low == 0x400 && (result & 1)))
		result++;
	/* A carry out of the fraction runs into the exponent field, as it should. */
	if (x.exp >= -1022)
		result += (u64)(x.exp + 1022) << 52;
	return sign | result;
}

static u64 add_magnitudes(struct fp x, struct fp y)
{
	x.frac = (x.frac >> 1) + shift_sticky(y.frac >> 1, (unsigned)(x.exp - y.exp));
	x.exp++;
	normalize(&x);
	return pack(x);
}

static u64 sub_magnitudes(struct fp x, struct fp y)
{
	x.frac = (x.frac >> 1) - shift_sticky(y.frac >> 1, (unsigned)(x.exp - y.exp));
	if (!x.frac)
		return 0;
	x.exp++;
	normalize(&x);
	return pack(x);
}

u64 fp_add(u64 a, u64 b)
{
	struct fp x, y;

	if (is_nan(a) || is_nan(b) || (is_inf(a) && is_inf(b) && a != b))
		return NAN_BITS;
	if (is_inf(a) || is_inf(b))
		return is_inf(a) ? a : b;
	if (is_zero(a) || is_zero(b))
		return is_zero(a) && is_zero(b) ? a & b : is_zero(a) ? b : a;
	if ((a & ~SIGN) < (b & ~SIGN)) {
		u64 swap = a;

		a = b;
		b = swap;
	}
	x = unpack(a);
	y = unpack(b);
	return x.sign == y.sign ? add_magnitudes(x, y) : sub_magnitudes(x, y);
}

u64 fp_sub(u64 a, u64 b)
{
	return is_nan(b) ? NAN_BITS : fp_add(a, b ^ SIGN);
}

u64 fp_mul(u64 a, u64 b)
{
	u64 sign = sign_of(a ^ b);
	unsigned __int128 product;
	struct fp x, y;

	if (is_nan(a) || is_nan(b) || (is_inf(a) && is_zero(b)) || (is_zero(a) && is_inf(b)))
		return NAN_BITS;
	if (is_inf(a) || is_inf(b))
		return sign | INFINITY_BITS;
	if (is_zero(a) || is_zero(b))
		return sign;
	x = unpack(a);
	y = unpack(b);
	product = (unsigned __int128)x.frac * y.frac;
	x.sign = sign != 0;
	x.exp += y.exp + 1;
	x.frac = (u64)(product >> 64) | ((u64)product != 0);
	normalize(&x);
	return pack(x);
}

u64 fp_div(u64 a, u64 b)
{
	u64 sign = sign_of(a ^ b), quotient = 0, rest;
	struct fp x, y;

	if (is_nan(a) || is_nan(b) || (is_inf(a) && is_inf(b)) || (is_zero(a) && is_zero(b)))
		return NAN_BITS;
	if (is_inf(a) || is_zero(b))
		return sign | INFINITY_BITS;
	if (is_zero(a) || is_inf(b))
		return sign;
	x = unpack(a);
	y = unpack(b);
	rest = x.frac >> 1;		/* one bit of head room for the doubling below */
	y.frac >>= 1;
	for (int i = 0; i < 62; i++) {
		quotient <<= 1;
		if (rest >= y.frac) {
			rest -= y.frac;
			quotient |= 1;
		}
		rest <<= 1;
	}
	x.sign = sign != 0;
	x.exp -= y.exp - 2;
	x.frac = quotient | (rest != 0);
	normalize(&x);
	return pack(x);
}

u64 fp_rem(u64 a, u64 b)
{
	struct fp x, y;
	u64 rest, half_side;
	bool odd = false;

	if (is_nan(a) || is_nan(b) || is_inf(a) || is_zero(b))
		return NAN_BITS;
	x = unpack(a);
	y = unpack(b);
	if (is_inf(b) || is_zero(a) || x.exp < y.exp - 1)
		return a;
	rest = x.frac >> 2;
	y.frac >>= 2;
	if (x.exp < y.exp) {		/* |a| < |b| < 4 |a|: only the rounding step is left */
		rest >>= 1;		/* the spare low bits hold it exactly */
		x.exp = y.exp;
	}
	for (;;) {
		odd = rest >= y.frac;
		if (odd)
			rest -= y.frac;
		if (x.exp == y.exp)
			break;
		rest <<= 1;
		x.exp--;
	}
	half_side = rest << 1;
	if (half_side > y.frac || (half_side == y.frac && odd)) {
		rest = y.frac - rest;
		x.sign = !x.sign;
	}
	x.frac = rest;
	x.exp = y.exp + 2;
	if (rest)
		normalize(&x);
	return pack(x);
}

u64 fp_sqrt(u64 a)
{
	unsigned __int128 value;
	struct fp x;
	u64 root = 0;

	if (is_nan(a) || (sign_of(a) && !is_zero(a)))
		return NAN_BITS;
	if (is_zero(a) || is_inf(a))
		return a;
	x = unpack(a);
	/* Scaled so that the exponent is even and the root has its top bit at 63. */
	value = (unsigned __int128)x.frac << ((x.exp & 1) ? 64 : 63);
	for (u64 bit = TOP; bit; bit >>= 1) {
		u64 trial = root | bit;

		if ((unsigned __int128)trial * trial <= value)
			root = trial;
	}
	x.exp = (x.exp - (x.exp & 1)) / 2;
	x.frac = root | ((unsigned __int128)root * root != value);
	return pack(x);
}

bool fp_eq(u64 a, u64 b)
{
	return !is_nan(a) && !is_nan(b) && (a == b || (is_zero(a) && is_zero(b)));
}

/* Order of the bit patterns as signed magnitudes. */
static s64 ordered(u64 a)
{
	return sign_of(a) ? -(s64)(a & ~SIGN) : (s64)a;
}

bool fp_lt(u64 a, u64 b)
{
	return !is_nan(a) && !is_nan(b) && ordered(a) < ordered(b);
}

bool fp_le(u64 a, u64 b)
{
	return !is_nan(a) && !is_nan(b) && ordered(a) <= ordered(b);
}

u64 fp_from_long(s64 value)
{
	struct fp x = { .sign = value < 0, .exp = 63, .frac = value < 0 ? 0 - (u64)value : (u64)value };

	if (!value)
		return 0;
	normalize(&x);
	return pack(x);
}

u64 fp_from_single(u32 bits)
{
	u64 sign = (u64)(bits >> 31) << 63, fraction = bits & 0x7fffff;
	int biased = (int)(bits >> 23 & 0xff);
	struct fp x = { .sign = sign != 0, .exp = biased - 127, .frac = TOP | fraction << 40 };

	if (biased == 0xff)
		return fraction ? NAN_BITS : sign | INFINITY_BITS;
	if (!biased) {
		if (!fraction)
			return sign;
		x.exp = -126;
		x.frac = fraction << 40;
		normalize(&x);
	}
	return pack(x);
}

/* Should a magnitude with this whole part and this fraction (of 2^64) go one up? */
static bool rounds_up(u64 whole, u64 part, bool negative, int rounding)
{
	switch (rounding) {
	case FP_DOWN:
		return negative && part;
	case FP_UP:
		return !negative && part;
	case FP_NEAREST_AWAY:
		return part >= TOP;
	case FP_ODD:
		return part && !(whole & 1);
	case FP_TOWARD_ZERO:
		return false;
	default:
		return part > TOP || (part == TOP && (whole & 1));
	}
}

s64 fp_to_long(u64 a, int rounding)
{
	const s64 out_of_range = (s64)TOP;
	struct fp x = unpack(a);
	u64 whole, part;

	if (is_zero(a))
		return 0;
	if (is_nan(a) || x.exp > 62)
		return out_of_range;
	if (x.exp < 0) {
		whole = 0;
		part = shift_sticky(x.frac, (unsigned)(-1 - x.exp));
	} else {
		whole = x.frac >> (63 - x.exp);
		part = x.exp == 63 ? 0 : x.frac << (x.exp + 1);
	}
	if (rounds_up(whole, part, x.sign, rounding))
		whole++;
	if (whole >= TOP)
		return out_of_range;
	return x.sign ? -(s64)whole : (s64)whole;
}
