/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handlers, one for each distinct text.
 *
 * A return probe that wants values from the entry has a struct HANDLER_saved; the
 * entry handler HANDLER_entry fills it through c->saved.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../base/name_hash.h"
#include "../base/oom.h"
#include "unit.h"

static const var_vec no_locals;

/* ---- handlers ----------------------------------------------------------------------------- */

static void handler_comment(struct unit *u, const struct handler *h)
{
	const char *name = h->probe->name ? h->probe->name : "";

	strbuf_addf(&u->code.tail, "/* %s", c_string(name, strlen(name), 100));
	if (h->probe->at && h->probe->at->source)
		strbuf_addf(&u->code.tail, " at %s:%u", h->probe->at->source->name, h->probe->at->line);
	strbuf_add(&u->code.tail, " */\n");
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
	struct region *r = NULL;

	if (b->pushing && session_is_before(b->unit->session, "4.4"))
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
	h->frame_bytes = body_finish(&b, &u->code.tail, arena_printf("static void %s(struct context *c)", h->name),
				     arena_printf("frame_%s", h->name),
				     h->probe->locals ? h->probe->locals : &no_locals, NULL, NULL, NULL);
}

/* ---- values saved at entry ------------------------------------------------------------------- */

static void saved_struct(struct unit *u, const struct handler *h)
{
	strbuf_addf(&u->code.tail, "struct %s {\n", saved_name(h));
	for (size_t i = 0; i < h->probe->saved.len; i++)
		strbuf_addf(&u->code.tail, h->probe->saved.data[i].type == TYPE_STRING ?
			    "\tchar v%zu[MAXSTRINGLEN];\n" : "\ts64 v%zu;\n", i);
	strbuf_add(&u->code.tail, "};\n\n");
}

void saved_declare(struct unit *u)
{
	each_handler(u, h) {
		arena_scratch_begin();
		if (h->has_entry)
			saved_struct(u, h);
		arena_scratch_end();
		spool_settle(&u->code);
	}
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
	bytes = body_finish(&b, &u->code.tail, arena_printf("static void %s_entry(struct context *c)", h->name),
			    arena_printf("frame_%s_entry", h->name), &no_locals, NULL, NULL, NULL);
	h->frame_bytes = bytes > h->frame_bytes ? bytes : h->frame_bytes;
}

/* ---- those that are the same ---------------------------------------------------------------------- */

#define NO_NAME "probe_\1"	/* a byte that C text has nowhere else */

/* A handler's text and where it is in the unit, with the name of the handler that was there first. */
struct distinct {
	struct distinct *next;		/* of the same bucket */
	size_t offset;
	uint32_t hash;			/* of the text without a name */
	int body_index;
};

struct texts {
	struct distinct **buckets;
	size_t count;			/* of buckets, a power of two */
	struct strbuf nameless, named;	/* the one at hand */
};

/* The C text of a handler and all that belongs to it, but for its name. */
static void handler_text(struct unit *u, struct handler *h, struct strbuf *out)
{
	const char *name = h->name;
	struct strbuf tail = u->code.tail;

	out->len = 0;
	u->code.tail = *out;
	h->name = NO_NAME;
	if (h->has_entry)
		entry_translate(u, h);
	filter_translate(u, h);
	save_translate(u, h);
	handler_translate(u, h);
	h->name = name;
	*out = u->code.tail;
	u->code.tail = tail;
}

static void add_named(struct strbuf *out, const char *name, const struct strbuf *nameless)
{
	const char *text = strbuf_text(nameless);

	out->len = 0;
	for (const char *gap; (gap = strstr(text, NO_NAME)); text = gap + sizeof NO_NAME - 1) {
		strbuf_addn(out, text, (size_t)(gap - text));
		strbuf_add(out, name);
	}
	strbuf_add(out, text);
}

/* Its name for those that have one body. */
static const char *handler_name(int body_index)
{
	return arena_printf("probe_%d", body_index);
}

static bool has_text(const struct unit *u, struct texts *all, const struct distinct *d)
{
	add_named(&all->named, handler_name(d->body_index), &all->nameless);
	return spool_has(&u->code, d->offset, all->named.text, all->named.len);
}

static struct distinct **bucket_of(const struct texts *all, uint32_t hash)
{
	return &all->buckets[hash & (all->count - 1)];
}

static const struct distinct *find_text(const struct unit *u, struct texts *all, uint32_t hash)
{
	for (const struct distinct *d = *bucket_of(all, hash); d; d = d->next)
		if (d->hash == hash && has_text(u, all, d))
			return d;
	return NULL;
}

static void remember_text(struct unit *u, struct texts *all, const struct handler *h, uint32_t hash)
{
	struct distinct **bucket = bucket_of(all, hash), *d = checked_realloc(NULL, sizeof *d);

	*d = (struct distinct){ *bucket, spool_length_added(&u->code), hash, h->probe->body_index };
	*bucket = d;
}

/*
 * Bodies that differ before they are optimised are often the same afterwards: aliases whose variables nobody
 * uses, callees of one function.  Returns the body_index of the handler that has the text.
 */
static int settle(struct unit *u, struct texts *all, struct handler *h)
{
	const struct distinct *d;
	uint32_t hash;

	handler_text(u, h, &all->nameless);
	hash = name_hash_n(all->nameless.text, all->nameless.len);
	d = find_text(u, all, hash);
	if (d)
		return d->body_index;
	handler_comment(u, h);
	remember_text(u, all, h, hash);
	add_named(&all->named, h->name, &all->nameless);
	strbuf_addn(&u->code.tail, all->named.text, all->named.len);
	spool_settle(&u->code);
	return h->probe->body_index;
}

static void texts_init(struct texts *all, size_t handlers)
{
	for (all->count = 16; all->count < handlers;)
		all->count *= 2;
	all->buckets = checked_realloc(NULL, all->count * sizeof *all->buckets);
	memset(all->buckets, 0, all->count * sizeof *all->buckets);
}

static void texts_release(struct texts *all)
{
	struct distinct *next;

	for (size_t i = 0; i < all->count; i++)
		for (struct distinct *d = all->buckets[i]; d; d = next) {
			next = d->next;
			free(d);
		}
	free(all->buckets);
	strbuf_release(&all->nameless);
	strbuf_release(&all->named);
}

void handlers_translate(struct unit *u)
{
	struct texts all = {0};
	int *settled = checked_realloc(NULL, (u->handlers.len + 1) * sizeof *settled);

	texts_init(&all, u->handlers.len);
	each_handler(u, h) {
		struct opened was = probe_open(h->probe);

		h->cost = handler_cost(u, h);
		settled[h - u->handlers.data] = u->handler_of_body[settle(u, &all, h)];
		probe_close(h->probe, was);
	}
	texts_release(&all);
	for (int i = 0; i < u->program->bodies; i++)
		if (u->handler_of_body[i])
			u->handler_of_body[i] = settled[u->handler_of_body[i] - 1];
	free(settled);
}
