/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the text of a resolved probe point says. */
#include "probe_name.h"
#include "../core/str.h"
#include "../script.h"
#include "text.h"

static bool starts_with(const char *text, const char *start)
{
	while (*start && *text == *start) {
		text++;
		start++;
	}
	return !*start;
}

/* Text behind `component("` where the component starts the name or follows a dot, or NULL. */
static const char *literal_of(const char *name, const char *component)
{
	unsigned length = str_length(component);

	for (const char *at = name; *at; at++) {
		if (*at == '"') {		/* over a literal: it may hold anything */
			for (at++; *at && *at != '"'; at++)
				;
			if (!*at)
				break;
			continue;
		}
		if ((at == name || at[-1] == '.') && starts_with(at, component) &&
		    at[length] == '(' && at[length + 1] == '"')
			return at + length + 2;
	}
	return NULL;
}

static bool copy_until(char *to, unsigned size, const char *from, char end, char other_end)
{
	unsigned len = 0;

	if (from) {
		while (len + 1 < size && from[len] && from[len] != end && from[len] != other_end) {
			to[len] = from[len];
			len++;
		}
	}
	to[len] = 0;
	return len > 0;
}

bool probe_name_literal(char *to, unsigned size, const char *name, const char *component)
{
	return copy_until(to, size, literal_of(name, component), '"', '"');
}

/* Where the function's name is within the text, and how long. */
static const char *function_in(const char *name, unsigned *length)
{
	const char *from = literal_of(name, "callee");

	if (!from)
		from = literal_of(name, "function");
	if (!from)
		from = literal_of(name, "statement");
	if (from && starts_with(from, "0x"))
		from = NULL;
	for (*length = 0; from && from[*length] && from[*length] != '@' && from[*length] != '"';)
		(*length)++;
	return *length ? from : NULL;
}

/*
 * A row's name is looked through once: the row keeps offset and length in one word, so that
 * it does not matter how many CPUs do it at once.
 */
#define KNOWN (1u << 31)
#define OFFSET_BITS 16
#define OFFSET_MAX ((1u << OFFSET_BITS) - 1)

static u32 locate_function(struct script_probe *row)
{
	unsigned length;
	const char *from = function_in(row->name, &length);
	u64 offset = from ? (u64)(from - row->name) : 0;

	if (offset > OFFSET_MAX || length > OFFSET_MAX / 2)
		return KNOWN;
	row->function_text = KNOWN | length << OFFSET_BITS | (u32)offset;
	return row->function_text;
}

bool probe_function(char *to, unsigned size, const struct script_probe *probe)
{
	u32 text = probe->function_text ?: locate_function(&script_probes[probe->index]);
	unsigned length = (text & ~KNOWN) >> OFFSET_BITS;

	if (length >= size)
		length = size - 1;
	/* Words beyond its end are copied faster than the end is looked for. */
	if (length)
		str_copy(to, probe->name + (text & OFFSET_MAX), size);
	to[length] = 0;
	return length > 0;
}

bool probe_name_module(char *to, unsigned size, const char *name)
{
	const char *from = starts_with(name, "module(\"") ? literal_of(name, "module") : NULL;
	const char *base = from;

	for (const char *at = from; at && *at && *at != '"'; at++) {
		if (*at == '/')
			base = at + 1;
	}
	return copy_until(to, size, base, '.', '"');
}

bool probe_name_is_return(const char *name)
{
	return text_find(name, ".return") >= 0;
}

struct kind { const char *start, *word; };

/* The longest spelling comes first where one starts another. */
static const struct kind kinds[] = {
	{ "begin", "begin" }, { "end", "end" }, { "error", "error" }, { "never", "never" },
	{ "timer.profile", "profile" }, { "timer", "timer" }, { "procfs", "procfs" },
	{ "perf", "perf" }, { "netfilter", "netfilter" }, { "kernel.data", "watchpoint" },
	{ "kernel.trace", "tracepoint" }, { "process", "uprobe" },
};

const char *probe_name_kind(const char *name)
{
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (starts_with(name, kinds[i].start))
			return kinds[i].word;
	}
	if (text_find(name, ").tracepoint(\"") >= 0)
		return "tracepoint";
	return probe_name_is_return(name) ? "kretprobe" : "kprobe";
}
