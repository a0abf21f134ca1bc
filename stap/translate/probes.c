/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handlers, one for each distinct body, and the table of probes that names them.  What
 * makes a probe fire is printed by its family.
 *
 * A return probe that wants values from the entry has a struct HANDLER_saved; the
 * entry handler HANDLER_entry fills it through c->saved.
 */
#include <inttypes.h>
#include <string.h>

#include "../probes/family.h"
#include "unit.h"

static const var_vec no_locals;

/* ---- handlers ----------------------------------------------------------------------------- */

static void handler_comment(struct unit *u, const struct handler *h)
{
	const char *name = h->probe->name ? h->probe->name : "";

	strbuf_addf(&u->code, "/* %s", c_string(name, strlen(name), 100));
	if (h->probe->at && h->probe->at->source)
		strbuf_addf(&u->code, " at %s:%u", h->probe->at->source->name, h->probe->at->line);
	strbuf_add(&u->code, " */\n");
}

static bool writes_condition(const struct unit *u, const struct handler *h)
{
	for (size_t i = 0; i < u->globals.len; i++)
		if (u->globals.data[i].in_condition && (h->use[i] & (USE_WRITE | USE_ADD)))
			return true;
	return false;
}

/* What is run once was counted at translation. */
static void emit_credits(struct body *b, const struct handler *h)
{
	if (!limits_apply(b->unit))
		return;
	if (h->cost > b->unit->max_action) {
		line(b, "script_action_overrun(c);");
		line(b, "script_error_site(c, %s);", c_site(h->probe->at));
		line(b, "goto %s;", jump(&b->out));
	} else if (b->counting && h->cost > 0) {
		line(b, "c->actions -= %" PRId64 ";", h->cost);
	}
}

const char *saved_name(const struct handler *h)
{
	return arena_printf("%s_saved", h->name);
}

static void handler_init(struct body *b, struct unit *u, const struct handler *h)
{
	body_init(b, u);
	b->handler = h;
	b->root = h->probe->body;
	b->pushing = !h->alone;
	b->calls_framed = calls_framed(u, h);
	b->counting = h->loops && limits_apply(u);
	b->saved = saved_name(h);
}

/* Before version 4.4 of the language the locks were held all through a handler. */
static void emit_handler_body(struct body *b, const struct probe *p)
{
	const char *compatible = b->unit->session->options.compatible;
	struct region *r = NULL;

	if (b->pushing && compatible && strverscmp(compatible, "4.4") < 0)
		r = emit_lock(b, p->body);
	emit_stmt(b, p->body);
	if (r)
		emit_unlock(b, r);
}

static void handler_translate(struct unit *u, struct handler *h)
{
	struct body b;

	handler_init(&b, u, h);
	emit_credits(&b, h);
	if (u->captures)
		line(&b, "c->match_text = NULL;");
	if (h->probe->body)
		emit_handler_body(&b, h->probe);
	if (u->has_conditions && writes_condition(u, h))
		b.tail = "\tscript_update_conditions();\n";
	handler_comment(u, h);
	h->frame_bytes = body_finish(&b, &u->code, arena_printf("static void %s(struct context *c)", h->name),
				     arena_printf("frame_%s", h->name),
				     h->probe->locals ? h->probe->locals : &no_locals, NULL, NULL, NULL);
}

/* ---- values saved at entry ------------------------------------------------------------------- */

static void saved_struct(struct unit *u, const struct handler *h)
{
	strbuf_addf(&u->code, "struct %s {\n", saved_name(h));
	for (size_t i = 0; i < h->probe->saved.len; i++)
		strbuf_addf(&u->code, h->probe->saved.data[i].type == TYPE_STRING ?
			    "\tchar v%zu[MAXSTRINGLEN];\n" : "\ts64 v%zu;\n", i);
	strbuf_add(&u->code, "};\n\n");
}

void saved_declare(struct unit *u)
{
	vec_each(&u->handlers, struct handler, h)
		if (h->has_entry)
			saved_struct(u, h);
}

static void save_value(struct body *b, const struct saved_value *v, size_t slot)
{
	const char *to = arena_printf("saved->v%zu", slot);
	unsigned mark = b->strings;

	if (v->type == TYPE_STRING)
		emit_string_to(b, v->expr, to);
	else
		line(b, "%s = %s;", to, emit_value(b, v->expr).text);
	b->strings = mark;
}

/* The saved expressions as one statement, for the locks they need. */
static const struct stmt *saved_block(const struct probe *p)
{
	struct stmt *block = stmt_new(S_BLOCK, p->at);

	for (size_t i = 0; i < p->saved.len; i++) {
		struct stmt *s = stmt_new(S_EXPR, p->at);

		s->expr = p->saved.data[i].expr;
		vec_push(&block->block, s);
	}
	return block;
}

static void entry_translate(struct unit *u, struct handler *h)
{
	const struct stmt *all = saved_block(h->probe);
	struct region *r;
	struct body b;
	unsigned bytes;

	handler_init(&b, u, h);
	line(&b, "struct %s *saved = c->saved;", b.saved);
	r = b.pushing ? emit_lock(&b, all) : NULL;
	for (size_t i = 0; i < h->probe->saved.len; i++)
		save_value(&b, &h->probe->saved.data[i], i);
	if (r)
		emit_unlock(&b, r);
	bytes = body_finish(&b, &u->code, arena_printf("static void %s_entry(struct context *c)", h->name),
			    arena_printf("frame_%s_entry", h->name), &no_locals, NULL, NULL, NULL);
	h->frame_bytes = bytes > h->frame_bytes ? bytes : h->frame_bytes;
}

void handlers_translate(struct unit *u)
{
	vec_each(&u->handlers, struct handler, h) {
		if (h->has_entry)
			entry_translate(u, h);
		filter_translate(u, h);
		handler_translate(u, h);
	}
}

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
	for (size_t i = 0; i < u->program->probes.len; i++)
		if (u->program->probes.data[i]->condition)
			strbuf_addf(sb, "\tscript_probe_want(&script_probes[%zu], condition_%d());\n", i,
				    u->program->probes.data[i]->index);
	strbuf_add(sb, "}\n\n");
}

/* ---- the table --------------------------------------------------------------------------------------- */

static const char *quoted(const char *text)
{
	return text ? c_string(text, strlen(text), SIZE_MAX) : "\"\"";
}

static const char *family_members(const struct probe *p)
{
	struct attachment a = {0};

	p->family->attach(p, &a);
	return arena_printf(a.bare ? ".mechanism = &script_mech_%s" :
			    ".mechanism = &script_mech_%s, .spec = &probe_%d_spec", a.mechanism, p->index);
}

static void add_row(const struct unit *u, struct strbuf *sb, const struct probe *p, size_t index)
{
	const struct handler *h = handler_of(u, p);

	strbuf_addf(sb, "\t{ %s,\n\t  .handler = %s, .index = %zu,\n", family_members(p), h->name, index);
	if (h->has_entry)
		strbuf_addf(sb, "\t  .entry_handler = %s_entry,\n", h->name);
	if (p->condition)
		strbuf_addf(sb, "\t  .condition = condition_%d,\n", p->index);
	strbuf_addf(sb, "\t  .name = %s, .alias_name = %s,\n", quoted(p->name),
		    quoted(p->alias_name ? p->alias_name : p->name));
	strbuf_addf(sb, "\t  .place = %s },\n",
		    quoted(p->at && p->at->source ? arena_printf("%s:%u:%u", p->at->source->name, p->at->line,
								 p->at->column) : ""));
}

void probes_table(struct unit *u, struct strbuf *sb)
{
	const struct program *p = u->program;

	for (size_t i = 0; i < p->probes.len; i++)
		if (p->probes.data[i]->condition)
			condition_translate(u, sb, p->probes.data[i]);
	for (size_t i = 0; i < p->probes.len; i++) {
		const struct probe *probe = p->probes.data[i];
		const struct handler *h = handler_of(u, probe);

		if (probe->family->declare)
			probe->family->declare(sb, probe, h->name,
					       h->has_entry ? arena_printf("%s_entry", h->name) : NULL);
	}
	strbuf_add(sb, "\nstruct script_probe script_probes[] = {\n");
	for (size_t i = 0; i < p->probes.len; i++)
		add_row(u, sb, p->probes.data[i], i);
	strbuf_addf(sb, "};\nconst unsigned script_probe_count = %zu;\n\n", p->probes.len);
	update_conditions(u, sb);
}
