/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Byte strings: NUL-terminated, cut silently at the capacity of the target.
 *
 * All of them work eight bytes at a time.  A load may reach past the NUL but never into
 * the next page: a string that ends there is finished byte by byte.
 */
#ifndef CORE_STR_H
#define CORE_STR_H

#include "types.h"

/* Copy to a buffer of `size` bytes (including NUL); returns the length stored.
 * The two must not overlap, except that to == from is harmless. */
unsigned str_copy(char *to, const char *from, unsigned size);

/* Append; returns the resulting length. */
unsigned str_append(char *to, const char *more, unsigned size);

/*
 * Append a frame to what an error says of its place: " near SITE" for the first, " (called from SITE)" for
 * outer ones.  A frame that does not fit leaves " ..." and ends it.
 */
void str_trace_add(char *trace, const char *site, unsigned size);

/* <0, 0, >0 by bytes, unsigned. */
int str_compare(const char *a, const char *b);
bool str_equal(const char *a, const char *b);
unsigned str_length(const char *s);

/* A hash for map keys; the same string and seed give the same value within a session. */
unsigned str_hash(const char *s, unsigned seed);

/* Likewise, and the string's length. */
u64 str_hash_length(const char *s, unsigned *length);

/* Is `stored`, a buffer followed by at least seven readable bytes, equal to a string of known length? */
bool str_equal_length(const char *stored, const char *s, unsigned length);

/* ---- eight bytes at a time: shared by str.c and format.c ------------------------------ */

typedef u64 __attribute__((may_alias, aligned(1))) str_word;

/* True when eight bytes from s may be loaded without touching another page. */
static inline bool str_word_safe(const char *s)
{
	return ((size_t)s & 4095) <= 4096 - sizeof(u64);
}

/* 0x80 in each byte of the result whose byte in w is zero; exact in every byte. */
static inline u64 str_zero_bytes_exact(u64 w)
{
	const u64 low = 0x7f7f7f7f7f7f7f7fULL;

	return ~(((w & low) + low) | w | low);
}

/* Likewise, exact up to the first zero byte: borrows go towards higher addresses. */
static inline u64 str_zero_bytes(u64 w)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (w - 0x0101010101010101ULL) & ~w & 0x8080808080808080ULL;
#else
	return str_zero_bytes_exact(w);
#endif
}

/* Number of bytes, in memory order, before the first one marked in a non-zero `mask`. */
static inline unsigned str_first_marked(u64 mask)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (unsigned)__builtin_ctzll(mask) / 8;
#else
	return (unsigned)__builtin_clzll(mask) / 8;
#endif
}

/* The first `count` (0..7) bytes of w, in memory order; the rest zero. */
static inline u64 str_word_head(u64 w, unsigned count)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return w & ((1ULL << (8 * count)) - 1);
#else
	return count ? w & ~(~0ULL >> (8 * count)) : 0;
#endif
}

/* Loads past the end of an object are deliberate (same page). */
#if defined(__SANITIZE_ADDRESS__) || (defined(__clang__) && !defined(__KERNEL__))
#define STR_OVERREAD __attribute__((no_sanitize("address")))
#else
#define STR_OVERREAD
#endif

#endif
