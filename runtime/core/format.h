/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text output.  A sink is where text goes: the print buffer of a hit, or a string
 * being made by sprintf.  When a sink with a `full` callback has no room, the callback
 * empties it (the print buffer is sent); without one the text is cut, as strings are.
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

void sink_bytes(struct sink *s, const char *bytes, unsigned len);
void sink_string_add(struct sink *s, const char *text);	/* NUL-terminated */
void sink_long(struct sink *s, s64 value);		/* %d */
void sink_char(struct sink *s, char c);

/* Conversion flags for the general directives. */
enum {
	FORMAT_ZERO = 1, FORMAT_PLUS = 2, FORMAT_MINUS = 4, FORMAT_SPACE = 8, FORMAT_ALT = 16,
	FORMAT_UPPER = 32,
};

/* One directive with flags, width (-1 none; negative from '*': left-justify) and precision (-1 none).
 * conversion: one of d u o x p c.  Semantics: reference/semantics.md section I. */
void sink_number(struct sink *s, char conversion, unsigned flags, int width, int precision, s64 value);
void sink_text(struct sink *s, unsigned flags, int width, int precision, const char *text);
void sink_binary(struct sink *s, unsigned flags, int width, int precision, s64 value);	/* %b */

/* %m and %M are done by the runtime: it reads memory; see script_linux.h / script_user.h:
 * bool script_dump_memory(struct context *c, struct sink *s, bool hex, bool user,
 *                         unsigned flags, int width, int precision, s64 address);  false: raised */

#endif
