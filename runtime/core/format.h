/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text output.  A sink is where text goes: the print buffer of a hit, or a string
 * being made by sprintf.  When a sink with a `full` callback has no room, the callback
 * empties it (the print buffer is sent); without one the text is cut, as strings are.
 *
 * A string made by sprintf: sink_string(), any number of directives, sink_finish().
 */
#ifndef CORE_FORMAT_H
#define CORE_FORMAT_H

#include "types.h"

struct sink {
	char *text;
	unsigned len, size;		/* bytes used; capacity (strings: without the NUL) */
	void (*full)(struct sink *sink);	/* make room, or NULL: cut */
};

/* A string of `size` bytes including its NUL as a sink; sink_finish() terminates it. */
static inline struct sink sink_string(char *text, unsigned size)
{
	return (struct sink){ .text = text, .size = size - 1 };
}

static inline void sink_finish(struct sink *s)
{
	s->text[s->len] = 0;
}

/* Append when there may not be room: empties the sink or cuts. */
void sink_bytes_slow(struct sink *s, const char *bytes, unsigned len) __attribute__((cold));

/* With a constant `len` (literal text of a format) this is a few plain stores. */
static inline void sink_bytes(struct sink *s, const char *bytes, unsigned len)
{
	if (unlikely(s->size - s->len < len)) {
		sink_bytes_slow(s, bytes, len);
		return;
	}
	__builtin_memcpy(s->text + s->len, bytes, len);
	s->len += len;
}

static inline void sink_char(struct sink *s, char c)
{
	if (unlikely(s->len >= s->size)) {
		sink_bytes_slow(s, &c, 1);
		return;
	}
	s->text[s->len++] = c;
}

void sink_string_add(struct sink *s, const char *text);	/* NUL-terminated: %s */
void sink_long(struct sink *s, s64 value);		/* %d */
void sink_address(struct sink *s, u64 value);		/* %#x */
void sink_fill(struct sink *s, char c, unsigned count);	/* `count` times c */

/* Conversion flags for the general directives. */
enum {
	FORMAT_ZERO = 1, FORMAT_PLUS = 2, FORMAT_MINUS = 4, FORMAT_SPACE = 8, FORMAT_ALT = 16,
	FORMAT_UPPER = 32,
};

/* Widths and precisions beyond this are taken as this: no directive is longer than a print buffer. */
#define FORMAT_MAX_WIDTH 8192

/*
 * One directive with flags, width (-1 none; any other negative, from '*': left-justify) and
 * precision (negative: none).  conversion: one of d i u o x X p c; X is x with FORMAT_UPPER.
 * Semantics: reference/semantics.md section I.
 */
void sink_number(struct sink *s, char conversion, unsigned flags, int width, int precision, s64 value);
void sink_text(struct sink *s, unsigned flags, int width, int precision, const char *text);
void sink_binary(struct sink *s, unsigned flags, int width, int precision, s64 value);	/* %b */

/* %m and %M once the memory was read: `len` bytes, raw or as lower-case hex digits. */
void sink_memory(struct sink *s, bool hex, unsigned flags, int width, const char *bytes, unsigned len);

/* %m and %M are done by the runtime, which reads the memory: script_dump_memory() in access.h. */

#endif
