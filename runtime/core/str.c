/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings of the language.  They are short (names, paths) and handled at every hit,
 * so each loop takes eight bytes a turn and looks for the NUL in all of them at
 * once.  Near the end of a page it goes on byte by byte, as the next page may not exist.
 */
#include "str.h"

/* Finish a copy byte by byte from offset n; returns the length. */
static unsigned copy_tail(char *to, const char *from, unsigned n, unsigned size)
{
	while (n + 1 < size && from[n]) {
		to[n] = from[n];
		n++;
	}
	to[n] = 0;
	return n;
}

STR_OVERREAD unsigned str_copy(char *to, const char *from, unsigned size)
{
	unsigned n = 0;

	while (n + sizeof(u64) <= size) {
		u64 word, zero;

		if (unlikely(!str_word_safe(from + n))) {
			if (!(to[n] = from[n]))
				return n;
			n++;
			continue;
		}
		word = *(const str_word *)(from + n);
		zero = str_zero_bytes(word);
		if (zero) {
			unsigned rest = str_first_marked(zero);

			*(str_word *)(to + n) = str_word_head(word, rest);
			return n + rest;
		}
		*(str_word *)(to + n) = word;
		n += sizeof(u64);
	}
	/* Exactly full without a NUL so far: the last byte gives way to it. */
	if (n == size)
		n--;
	return copy_tail(to, from, n, size);
}

unsigned str_append(char *to, const char *more, unsigned size)
{
	unsigned len = str_length(to);

	return len + str_copy(to + len, more, size - len);
}

/* Offset of the first difference or of the common NUL. */
STR_OVERREAD static size_t common_length(const char *a, const char *b)
{
	size_t n = 0;

	for (;;) {
		u64 x, difference, zero;

		if (unlikely(!str_word_safe(a + n) || !str_word_safe(b + n))) {
			if (a[n] != b[n] || !a[n])
				return n;
			n++;
			continue;
		}
		x = *(const str_word *)(a + n);
		difference = x ^ *(const str_word *)(b + n);
		zero = str_zero_bytes(x);
		if (difference | zero) {
			u64 differing = ~str_zero_bytes_exact(difference) & 0x8080808080808080ULL;

			return n + str_first_marked(differing | zero);
		}
		n += sizeof(u64);
	}
}

int str_compare(const char *a, const char *b)
{
	size_t n = common_length(a, b);

	return (u8)a[n] - (u8)b[n];
}

bool str_equal(const char *a, const char *b)
{
	size_t n = common_length(a, b);

	return a[n] == b[n];
}

STR_OVERREAD unsigned str_length(const char *s)
{
	unsigned n = 0;

	for (;;) {
		u64 zero;

		if (unlikely(!str_word_safe(s + n))) {
			if (!s[n])
				return n;
			n++;
			continue;
		}
		zero = str_zero_bytes(*(const str_word *)(s + n));
		if (zero)
			return n + str_first_marked(zero);
		n += sizeof(u64);
	}
}

/* ---- hashing --------------------------------------------------------------------------- */

static inline u64 mix(u64 hash, u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ (hash >> 32);
}

/* Up to eight bytes of s as a word padded with zeroes, read without leaving the string. */
static u64 careful_word(const char *s)
{
	u64 word = 0;

	for (unsigned i = 0; i < sizeof(u64) && s[i]; i++)
		((char *)&word)[i] = s[i];
	return word;
}

STR_OVERREAD static inline u64 hash_words(const char *s, u64 hash, unsigned *length)
{
	const char *p = s;

	for (;; p += sizeof(u64)) {
		u64 word, zero;

		word = likely(str_word_safe(p)) ? *(const str_word *)p : careful_word(p);
		zero = str_zero_bytes(word);
		if (zero) {
			unsigned rest = str_first_marked(zero);

			*length = (unsigned)(p - s) + rest;
			return mix(hash, str_word_head(word, rest));
		}
		hash = mix(hash, word);
	}
}

unsigned str_hash(const char *s, unsigned seed)
{
	unsigned length;

	return (unsigned)hash_words(s, seed, &length);
}

u64 str_hash_length(const char *s, unsigned *length)
{
	return hash_words(s, 0, length);
}

/* `stored` has its NUL where s has it, and the bytes before are equal: whole words, then the
 * last eight bytes once more. */
STR_OVERREAD bool str_equal_length(const char *stored, const char *s, unsigned length)
{
	unsigned n = 0;

	if (length < sizeof(u64)) {
		u64 word = likely(str_word_safe(s)) ? *(const str_word *)s : careful_word(s);
		u64 difference = word ^ *(const str_word *)stored;

		return !str_word_head(difference, length) && !stored[length];
	}
	for (; n + sizeof(u64) <= length; n += sizeof(u64))
		if (*(const str_word *)(stored + n) != *(const str_word *)(s + n))
			return false;
	n = length - sizeof(u64);
	return *(const str_word *)(stored + n) == *(const str_word *)(s + n) && !stored[length];
}

void str_trace_add(char *trace, const char *site, unsigned size)
{
	static const char more[] = " ...";
	unsigned used = str_length(trace), end;

	if (used >= sizeof(more) && str_equal(trace + used - (sizeof(more) - 1), more))
		return;
	str_append(trace, used ? " (called from " : " near ", size);
	str_append(trace, site, size);
	end = str_append(trace, used ? ")" : "", size);
	if (!used || end + sizeof(more) <= size)
		return;
	trace[used] = 0;
	str_append(trace, more, size);
}
