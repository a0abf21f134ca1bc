/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IEEE 754 double arithmetic in integers: the kernel must not touch the FPU, and the
 * script language has no floating type, so doubles travel as their 64 bits.
 * Results are rounded to nearest, ties to even; a NaN result is the quiet default NaN.
 */
#ifndef TAPSET_FP_H
#define TAPSET_FP_H

#include "../core/types.h"

u64 fp_add(u64 a, u64 b);
u64 fp_sub(u64 a, u64 b);
u64 fp_mul(u64 a, u64 b);
u64 fp_div(u64 a, u64 b);
u64 fp_rem(u64 a, u64 b);	/* IEEE remainder: the quotient is rounded to nearest */
u64 fp_sqrt(u64 a);

/* False when either is a NaN. */
bool fp_eq(u64 a, u64 b);
bool fp_lt(u64 a, u64 b);
bool fp_le(u64 a, u64 b);

u64 fp_from_long(s64 value);
u64 fp_from_single(u32 bits);

enum { FP_NEAREST_EVEN, FP_TOWARD_ZERO, FP_DOWN, FP_UP, FP_NEAREST_AWAY, FP_ODD = 6 };

/* Out of range and NaN give the most negative number. */
s64 fp_to_long(u64 a, int rounding);

/* Fixed notation with `precision` digits after the point (0..60), correctly rounded; "inf", "nan". */
void fp_to_text(char *to, unsigned size, u64 a, int precision);

/* "-12.5e3" and the like; what cannot be read gives 0.  Correctly rounded up to 19 digits. */
u64 fp_from_text(const char *text);

#endif
