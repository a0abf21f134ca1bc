/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What staprun tells the script about itself, by name. */
#include "tapset.h"
#include "text.h"
#include "../core/str.h"

struct script_facts script_facts = { .remote_id = -1, .zone_name = "UTC" };

struct number_fact { const char *name; s64 *value; };

static const struct number_fact number_facts[] = {
	{ "loader_pid", &script_facts.loader_pid },
	{ "user_id", &script_facts.user_id },
	{ "namespaces_pid", &script_facts.namespaces_pid },
	{ "remote_id", &script_facts.remote_id },
	{ "zone_west", &script_facts.zone_west },
};

static bool set_text(char *to, unsigned size, const char *value)
{
	if (str_length(value) >= size)
		return false;
	str_copy(to, value, size);
	return true;
}

bool script_fact_set(const char *name, const char *value)
{
	for (unsigned i = 0; i < sizeof(number_facts) / sizeof(number_facts[0]); i++) {
		if (str_equal(name, number_facts[i].name)) {
			*number_facts[i].value = text_to_number(value, 10);
			return true;
		}
	}
	if (str_equal(name, "zone_name"))
		return set_text(script_facts.zone_name, sizeof(script_facts.zone_name), value);
	if (str_equal(name, "remote_uri"))
		return set_text(script_facts.remote_uri, sizeof(script_facts.remote_uri), value);
	return false;
}
