/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and flags of the system interface by name: looking them up. */
#include "names.h"
#include "../core/format.h"
#include "../core/str.h"

const char *names_find(const struct names *table, s64 number)
{
	return (u64)number < table->count ? table->name[number] : NULL;
}

s64 names_number(const struct names *table, const char *name)
{
	for (unsigned i = 0; i < table->count; i++) {
		if (table->name[i] && str_equal(table->name[i], name))
			return i;
	}
	return -1;
}

void flags_text(char *to, unsigned size, const struct flag_name *table, u64 value)
{
	struct sink s = sink_string(to, size);

	for (; table->name; table++) {
		if ((value & table->bits) != table->bits)
			continue;
		if (s.len)
			sink_char(&s, '|');
		sink_string_add(&s, table->name);
		value &= ~table->bits;
	}
	if (value || !s.len) {
		if (s.len)
			sink_char(&s, '|');
		sink_number(&s, 'x', FORMAT_ALT, -1, -1, (s64)value);
	}
	sink_finish(&s);
}
