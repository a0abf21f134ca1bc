/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building blocks of arguments' text: numbers, members, reading the caller's memory. */
#include "show.h"
#include "entry.h"
#include "../core/access.h"
#include "../core/str.h"
#include "../tapset/memory_text.h"

void show_number(struct sink *s, s64 value)
{
	sink_long(s, value);
}

void show_hex(struct sink *s, u64 value)
{
	sink_number(s, 'x', FORMAT_ALT, -1, -1, (s64)value);
}

void show_octal(struct sink *s, u64 value)
{
	sink_number(s, 'o', FORMAT_ALT, -1, 3, (s64)value);
}

void show_member(struct sink *s, const char *name)
{
	bool first = s->len && (s->text[s->len - 1] == '{');

	if (!first)
		sink_bytes(s, ", ", 2);
	sink_string_add(s, name);
	sink_char(s, '=');
}

bool show_copy(struct sink *s, void *to, u64 address, unsigned size)
{
	if (address && script_copy_user(to, address, size))
		return true;
	show_hex(s, address);
	return false;
}

bool show_load(struct sink *s, u64 address, s64 *values, unsigned count, bool narrow)
{
	s32 *halves = (s32 *)values;

	if (!narrow || !syscall_is_compat())
		return show_copy(s, values, address, count * sizeof(s64));
	if (!show_copy(s, halves, address, count * sizeof(s32)))
		return false;
	while (count--)
		values[count] = halves[count];
	return true;
}

/* Quoted text goes straight to where the sink ends, if there is room for any. */
#define QUOTED_LEAST 16

static const struct quoting in_quotes = { .quotes = true };

static bool has_room(struct sink *s)
{
	if (s->size - s->len >= QUOTED_LEAST)
		return true;
	sink_string_add(s, "...");
	return false;
}

static void take_text(struct sink *s, bool good, u64 address)
{
	if (!good)
		show_hex(s, address);
	else
		s->len += str_length(s->text + s->len);
}

void show_string(struct sink *s, u64 address, s64 most)
{
	if (has_room(s))
		take_text(s, memory_quote_string(s->text + s->len, s->size - s->len + 1, MEMORY_USER,
						 address, most, in_quotes), address);
}

void show_bytes(struct sink *s, u64 address, s64 count)
{
	if (has_room(s))
		take_text(s, memory_quote_buffer(s->text + s->len, s->size - s->len + 1, MEMORY_USER,
						 address, count, in_quotes), address);
}
