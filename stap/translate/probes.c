/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of probes, which names their handlers, and the conditions that probes are armed by.  What
 * makes a probe fire is printed by its family.
 */
#include <string.h>

#include "../probes/family.h"
#include "unit.h"

/* ---- conditions --------------------------------------------------------------------------------- */

/* Evaluated outside of any hit: there is nobody to tell of an error, which counts as false. */
static void condition_translate(struct unit *u, struct strbuf *sb, const struct probe *p)
{
	struct body b;
	const char *text;

	body_init(&b, u);
	b.no_context = true;
	text = emit_condition(&b, p->condition);
	strbuf_addf(sb, "static bool condition_%d(void)\n{\n", p->index);
	if (b.strings_max)
		strbuf_addf(sb, "\tstruct { char t[%u][MAXSTRINGLEN]; } frame, *f = &frame;\n", b.strings_max);
	strbuf_add(sb, strbuf_text(&b.text));
	strbuf_addf(sb, "\treturn (%s) != 0;\n", text);
	if (b.out.used)
		strbuf_add(sb, "out:\n\treturn false;\n");
	strbuf_add(sb, "}\n\n");
	strbuf_release(&b.text);
}

static void update_conditions(const struct unit *u, struct strbuf *sb)
{
	strbuf_add(sb, "void script_update_conditions(void)\n{\n");
	for (size_t i = 0; i < u->program->owners.len; i++) {
		const struct probe *p = owner_at(u->program, i);

		if (p->condition)
			strbuf_addf(sb, "\tscript_probe_want(&script_probes[%d], condition_%d());\n", p->index, p->index);
	}
	strbuf_add(sb, "}\n\n");
}

/* ---- the table --------------------------------------------------------------------------------------- */

#define CROWD 64	/* probes before trampolines of their own cost too much to compile */

static void add_quoted(struct strbuf *sb, const char *text)
{
	c_string_add(sb, text, strlen(text), SIZE_MAX);
}

static void add_family_members(struct strbuf *sb, const struct probe *p)
{
	struct attachment a = {0};

	p->family->attach(p, &a);
	strbuf_addf(sb, ".mechanism = &script_mech_%s", a.mechanism);
	if (!a.bare)
		strbuf_addf(sb, ", .spec = &probe_%d_spec", p->index);
}

static void add_place(struct strbuf *sb, const struct place *at)
{
	struct strbuf text = {0};

	if (at && at->source)
		strbuf_addf(&text, "%s:%u:%u", at->source->name, at->line, at->column);
	strbuf_add(sb, ",\n\t  .place = ");
	add_quoted(sb, strbuf_text(&text));
	strbuf_release(&text);
}

static void add_row(const struct unit *u, struct strbuf *sb, const struct probe *p, size_t index)
{
	const struct handler *h = handler_of(u, p);

	strbuf_add(sb, "\t{ ");
	add_family_members(sb, p);
	strbuf_addf(sb, ",\n\t  .handler = %s, .index = %zu,\n", h->name, index);
	if (h->has_entry)
		strbuf_addf(sb, "\t  .entry_handler = %s_entry,\n", h->name);
	if (h->filters)
		strbuf_addf(sb, "\t  .filter = %s_filter,\n", h->name);
	if (p->condition)
		strbuf_addf(sb, "\t  .condition = condition_%d,\n", p->index);
	strbuf_add(sb, "\t  .name = ");
	add_quoted(sb, p->name);
	if (p->alias_name && p->alias_name != p->name) {
		strbuf_add(sb, ", .alias_name = ");
		add_quoted(sb, p->alias_name);
	}
	add_place(sb, p->at);
	strbuf_add(sb, " },\n");
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_function(const struct attachment *a, const struct attachment *b)
{
	return a->symbol && same_text(a->symbol, b->symbol) && same_text(a->module, b->module) &&
	       a->offset == b->offset;
}

/* The only probe of a mechanism at a place; NULL: there is none, or more than one. */
static struct probe *only_probe(const struct program *p, const struct attachment *place, const char *mechanism)
{
	struct probe *found = NULL;

	for (size_t i = 0; i < p->probes.len; i++) {
		struct probe *one = probe_at(p, i);
		struct attachment a = {0};

		one->family->attach(one, &a);
		if (!same_text(a.mechanism, mechanism) || !same_function(&a, place))
			continue;
		if (found)
			return NULL;
		found = one;
	}
	return found;
}

/* Entry and return of a function are often probed together, and then hit together. */
static void find_partners(const struct program *p)
{
	for (size_t i = 0; i < p->probes.len && p->probes.len <= CROWD; i++) {
		struct attachment a = {0};
		struct probe *one = probe_at(p, i);

		one->family->attach(one, &a);
		if (same_text(a.mechanism, "return"))
			one->partner = only_probe(p, &a, "function");
	}
}

static void declare(const struct unit *u, struct strbuf *sb, struct probe *p)
{
	const struct handler *h = handler_of(u, p);

	p->crowded = u->program->probes.len > CROWD;
	p->body_index = h->probe->body_index;
	if (p->family->declare)
		p->family->declare(sb, p, h->name, h->has_entry ? arena_printf("%s_entry", h->name) : NULL);
}

void probes_table(struct unit *u)
{
	const struct program *p = u->program;
	struct strbuf *sb = &u->code.tail;

	find_partners(p);
	for (size_t i = 0; i < p->owners.len; i++)
		if (owner_at(p, i)->condition)
			condition_translate(u, sb, owner_at(p, i));
	for (size_t i = 0; i < p->probes.len; i++) {
		arena_scratch_begin();
		declare(u, sb, probe_at(p, i));
		arena_scratch_end();
		spool_settle(&u->code);
	}
	strbuf_add(sb, "\nstruct script_probe script_probes[] = {\n");
	for (size_t i = 0; i < p->probes.len; i++) {
		add_row(u, sb, probe_at(p, i), i);
		spool_settle(&u->code);
	}
	strbuf_addf(sb, "};\nconst unsigned script_probe_count = %u;\n\n", p->probes.len);
	update_conditions(u, sb);
}
