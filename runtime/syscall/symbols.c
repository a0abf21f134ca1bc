/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up names of flags and choices. */
#include "symbols.h"
#include "../core/str.h"

static void show_name(struct sink *s, unsigned start, const char *name)
{
	if (s->len > start)
		sink_char(s, '|');
	sink_string_add(s, name);
}

void symbols_show(struct sink *s, const struct symbol *table, u64 value)
{
	unsigned start = s->len;

	for (; table->name; table++) {
		if ((value & table->mask) != table->value)
			continue;
		show_name(s, start, table->name);
		if (!~table->mask)
			return;
		value &= ~table->mask;
	}
	if (!value && s->len > start)
		return;
	show_name(s, start, "");
	sink_number(s, 'x', FORMAT_ALT, -1, -1, (s64)value);
}

void symbols_text(char *to, unsigned size, const struct symbol *table, u64 value)
{
	struct sink s = sink_string(to, size);

	symbols_show(&s, table, value);
	sink_finish(&s);
}

const char *symbols_find(const struct symbol *table, u64 value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}
