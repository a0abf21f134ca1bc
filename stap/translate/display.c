/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Globals that the user's script writes and never reads are printed when the session
 * ends: n=5, s="txt", a["k",3]="v", x @count=2 @min=5 @max=7 @sum=12 @avg=6.  The
 * printing is put together as script statements and translated like any other.
 */
#include <string.h>

#include "../base/intern.h"
#include "unit.h"

static bool is_displayed(const struct unit *u, const struct var *v)
{
	return v->type != TYPE_UNKNOWN && v->is_written && !v->is_read && !v->from_library &&
	       !u->session->options.no_global_display;
}

#define DISPLAYED_USES (1u << STAT_COUNT | 1u << STAT_MIN | 1u << STAT_MAX | 1u << STAT_SUM | 1u << STAT_AVG)

void display_prepare(struct unit *u)
{
	for (size_t i = 0; i < u->program->globals.len; i++) {
		struct var *v = u->program->globals.data[i];

		if (v->type == TYPE_STATS && is_displayed(u, v))
			v->stat_uses |= DISPLAYED_USES;
	}
}

/* ---- pieces of script ------------------------------------------------------------------ */

static struct expr *name_of(struct var *v)
{
	struct expr *e = expr_new(E_NAME, v->at);

	e->name.name = v->name;
	e->name.var = v;
	e->type = v->type;
	return e;
}

static struct expr *new_print(const struct var *v)
{
	struct expr *e = expr_new(E_PRINT, v->at);

	e->print.name = "printf";
	e->type = TYPE_LONG;
	return e;
}

static void add_text(struct expr *print, const char *text)
{
	vec_push(&print->print.pieces, ((struct format_piece){ .text = text, .len = strlen(text) }));
}

static void add_value(struct expr *print, struct expr *value, bool hex)
{
	struct format_piece piece = { .conversion = value->type == TYPE_STRING ? 's' : hex ? 'x' : 'd' };

	if (hex)
		piece.flag = '#';
	if (piece.conversion == 's')
		add_text(print, "\"");
	vec_push(&print->print.pieces, piece);
	vec_push(&print->print.args, value);
	if (piece.conversion == 's')
		add_text(print, "\"");
}

static struct expr *extract(struct expr *value, enum stat_op op)
{
	struct expr *e = expr_new(E_STAT, value->at);

	e->stat.op = op;
	e->stat.value = value;
	e->type = TYPE_LONG;
	return e;
}

/* Before version 1.4 of the language. */
static bool all_hex(const struct unit *u)
{
	return session_is_before(u->session, "1.4");
}

/* " @count=2 @min=5 @max=7 @sum=12 @avg=6\n" */
static void add_statistics(const struct unit *u, struct expr *print, struct expr *value)
{
	static const struct { const char *text; enum stat_op op; } parts[] = {
		{ " @count=", STAT_COUNT }, { " @min=", STAT_MIN }, { " @max=", STAT_MAX },
		{ " @sum=", STAT_SUM }, { " @avg=", STAT_AVG },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		add_text(print, parts[i].text);
		add_value(print, extract(value, parts[i].op), all_hex(u));
	}
	add_text(print, "\n");
}

static void add_setting(const struct unit *u, struct expr *print, struct expr *value, const struct var *v)
{
	add_text(print, "=");
	add_value(print, value, v->type == TYPE_LONG && (v->ctype || all_hex(u)));
	add_text(print, "\n");
}

static struct stmt *expr_stmt(struct expr *e)
{
	struct stmt *s = stmt_new(S_EXPR, e->at);

	s->expr = e;
	return s;
}

/* ---- one global -------------------------------------------------------------------------- */

static struct stmt *display_scalar(const struct unit *u, struct var *v)
{
	struct expr *print = new_print(v);

	add_text(print, v->name);
	add_setting(u, print, name_of(v), v);
	return expr_stmt(print);
}

static struct stmt *display_statistics(const struct unit *u, struct var *v)
{
	struct stmt *s = stmt_new(S_IF, v->at);
	struct expr *some = new_print(v), *none = new_print(v);

	add_text(some, v->name);
	add_statistics(u, some, name_of(v));
	add_text(none, arena_printf("%s @count=0x0\n", v->name));
	s->if_.cond = extract(name_of(v), STAT_COUNT);
	s->if_.yes = expr_stmt(some);
	s->if_.no = expr_stmt(none);
	return s;
}

static struct var *new_key(struct unit *u, const struct var *array, int i)
{
	struct var *v = arena_new(struct var);

	v->name = intern_printf("%s_key%d", c_identifier(array->name), i);
	v->at = array->at;
	v->scope = VAR_LOCAL;
	v->type = array->key_types[i];
	v->index = (int)u->display_locals.len;
	vec_push(&u->display_locals, v);
	return v;
}

/* foreach ([k0, k1] in a-) printf("a[...]=...", ...) */
static struct stmt *display_array(struct unit *u, struct var *v)
{
	struct stmt *s = stmt_new(S_FOREACH, v->at);
	struct expr *print = new_print(v), *element = expr_new(E_INDEX, v->at);

	add_text(print, arena_printf("%s[", v->name));
	element->index.base = name_of(v);
	element->type = v->type;
	for (int i = 0; i < v->arity; i++) {
		struct var *key = new_key(u, v, i);

		if (i)
			add_text(print, ",");
		add_value(print, name_of(key), false);
		vec_push(&s->foreach.keys, name_of(key));
		vec_push(&element->index.keys, name_of(key));
	}
	add_text(print, "]");
	if (v->type == TYPE_STATS)
		add_statistics(u, print, element);
	else
		add_setting(u, print, element, v);
	s->foreach.array = name_of(v);
	s->foreach.sort = SORT_VALUE;
	s->foreach.direction = -1;
	s->foreach.sort_stat = STAT_COUNT;
	s->foreach.body = expr_stmt(print);
	return s;
}

/* ---- all of them ----------------------------------------------------------------------------- */

void display_build(struct unit *u)
{
	u->display = stmt_new(S_BLOCK, NULL);
	for (size_t i = 0; i < u->program->globals.len; i++) {
		struct var *v = u->program->globals.data[i];
		struct stmt *s;

		if (!is_displayed(u, v))
			continue;
		if (v->arity > 0)
			s = display_array(u, v);
		else
			s = v->type == TYPE_STATS ? display_statistics(u, v) : display_scalar(u, v);
		vec_push(&u->display->block, s);
	}
}

void display_translate(struct unit *u)
{
	struct body b;

	body_init(&b, u);
	emit_stmt(&b, u->display);
	u->display_bytes = body_finish(&b, &u->code.tail, "void script_display_globals(struct context *c)",
				       "frame_display", &u->display_locals, NULL, NULL, NULL);
}
