/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who reads and writes what, and what has effects.  A counting statement (n++, s .= "x",
 * a[k] <<< v) whose value nobody takes writes without reading.
 */
#include "elaborate.h"

#include <string.h>

/* Loops of the library end; a user's may not, and be stopped for that.  Locals are a matter of their own body. */
struct effects { bool found, of_library, in_body; };

static bool function_has_effects(struct function *f);

static bool left_has_effects(const struct expr *left)
{
	const struct var *v = left->kind == E_NAME ? left->name.var : NULL;

	return !v || v->scope == VAR_GLOBAL;
}

static bool see_effect(struct ast_walker *w, struct expr **e)
{
	struct effects *effects = w->data;
	bool *found = &effects->found;

	switch ((*e)->kind) {
	case E_ASSIGN:
		*found |= effects->in_body || left_has_effects((*e)->assign.left);
		break;
	case E_CALL:
		*found |= !(*e)->call.function || function_has_effects((*e)->call.function);
		break;
	case E_PRINT:
		*found |= !(*e)->print.to_string;
		break;
	case E_EMBEDDED:
		*found |= !strstr((*e)->embedded.code, "/* pure */");
		break;
	case E_REGEX:			/* matched() looks at it later */
		*found = true;
		break;
	default:
		break;
	}
	return !*found;
}

static bool sets_global(const struct stmt *s)
{
	if (s->kind == S_TRY)
		return s->try_.variable && left_has_effects(s->try_.variable);
	if (s->kind != S_FOREACH)
		return false;
	for (size_t i = 0; i < s->foreach.keys.len; i++)
		if (left_has_effects(s->foreach.keys.data[i]))
			return true;
	return s->foreach.value && left_has_effects(s->foreach.value);
}

static bool see_effect_stmt(struct ast_walker *w, struct stmt **s)
{
	struct effects *e = w->data;

	e->found |= (*s)->kind == S_DELETE || (*s)->kind == S_NEXT || ((*s)->kind == S_LOOP && !e->of_library) ||
		    sets_global(*s);
	return !e->found;
}

/* May calling it do anything but give a value? */
static bool body_has_effects(struct function *f)
{
	struct effects e = { .of_library = f->source && f->source->library };
	struct ast_walker w = { .enter_expr = see_effect, .enter_stmt = see_effect_stmt, .data = &e };

	if (f->code)
		return !strstr(f->code, "/* pure */");
	if (f->body)
		ast_walk_stmt(&w, &f->body);
	return e.found;
}

static bool function_has_effects(struct function *f)
{
	bool found = false;

	for (; f && !found; f = f->next_overload) {
		if (f->effects == EFFECTS_UNKNOWN) {
			f->effects = EFFECTS_SOME;	/* recursion: assume the worst */
			f->effects = body_has_effects(f) ? EFFECTS_SOME : EFFECTS_NONE;
		}
		found |= f->effects == EFFECTS_SOME;
	}
	return found;
}

bool expr_has_effects(const struct expr *e)
{
	struct effects found = { .in_body = true };
	struct ast_walker w = { .enter_expr = see_effect, .data = &found };
	struct expr *tree = (struct expr *)e;

	ast_walk_expr(&w, &tree);
	return found.found;
}

/* ---- use marks ------------------------------------------------------------------------ */

/*
 * What goes into a local variable is needed only if the variable is: so such values wait at their variables,
 * and those of variables that nothing reads are dead in one round, however long the chain.
 */
static struct marking {
	bool needs;			/* mark what is needed, not all that is mentioned */
	VEC(struct var *) awake;	/* read, and their values are still to be looked at */
} marking;

static void mark_reads(struct expr *e);

static void set_read(struct var *v)
{
	if (!v->is_read && v->values)
		vec_push(&marking.awake, v);
	v->is_read = true;
}

/* true: the value waits. */
static bool value_waits(const struct expr *assign)
{
	struct var *v = assign->assign.left->kind == E_NAME ? assign->assign.left->name.var : NULL;

	if (!marking.needs || !v || v->scope != VAR_LOCAL || v->is_read || expr_has_effects(assign->assign.right))
		return false;
	if (!v->values)
		v->values = arena_new(expr_vec);
	vec_push(v->values, assign->assign.right);
	v->is_written = true;
	return true;
}

static void mark_values(void)
{
	for (size_t i = 0; i < marking.awake.len; i++) {
		struct var *v = marking.awake.data[i];

		vec_each(v->values, struct expr *, value)
			mark_reads(*value);
	}
	marking.awake.data = NULL;
	marking.awake.len = marking.awake.cap = 0;
}

static void mark_stmt_usage(struct stmt *s);

static void mark_all(expr_vec *list)
{
	for (size_t i = 0; i < list->len; i++)
		mark_reads(list->data[i]);
}

static void mark_target(struct expr *left, bool read)
{
	struct var *v;

	if (left->kind == E_INDEX) {
		mark_all(&left->index.keys);
		left = left->index.base;
	}
	if (left->kind != E_NAME) {
		mark_reads(left);
		return;
	}
	v = left->name.var;
	v->is_written = true;
	if (read)
		set_read(v);
}

/* An assignment; `used`: somebody takes its value. */
static void mark_assign(struct expr *e, bool used)
{
	mark_reads(e->assign.right);
	mark_target(e->assign.left, used);
}

static void mark_embedded(const struct expr *e)
{
	for (size_t i = 0; e->embedded.reads && i < e->embedded.reads->len; i++)
		set_read(e->embedded.reads->data[i]);
	for (size_t i = 0; e->embedded.writes && i < e->embedded.writes->len; i++)
		e->embedded.writes->data[i]->is_written = true;
}

static bool mark_enter(struct ast_walker *w, struct expr **e)
{
	(void)w;
	switch ((*e)->kind) {
	case E_ASSIGN:
		mark_assign(*e, true);
		return false;
	case E_NAME:
		if ((*e)->name.var)
			set_read((*e)->name.var);
		return true;
	case E_EMBEDDED:
		mark_embedded(*e);
		return true;
	default:
		return true;
	}
}

static void mark_reads(struct expr *e)
{
	struct ast_walker w = { .enter_expr = mark_enter };

	if (e)
		ast_walk_expr(&w, &e);
}

static void mark_written(struct expr *name)
{
	if (name && name->kind == E_NAME)
		name->name.var->is_written = true;
}

/* A value statement: an assignment as a whole statement does not read its target. */
static void mark_value_stmt(struct expr *e)
{
	if (!e || e->kind != E_ASSIGN)
		mark_reads(e);
	else if (!value_waits(e))
		mark_assign(e, false);
}

static void mark_delete(struct expr *e)
{
	if (e->kind == E_INDEX)
		mark_all(&e->index.keys);
	mark_written(e->kind == E_INDEX ? e->index.base : e);
}

static void mark_foreach(struct stmt *s)
{
	mark_reads(s->foreach.array);
	mark_all(&s->foreach.slice);
	mark_reads(s->foreach.limit);
	mark_written(s->foreach.value);
	for (size_t i = 0; i < s->foreach.keys.len; i++)
		mark_written(s->foreach.keys.data[i]);
	mark_stmt_usage(s->foreach.body);
}

static void mark_stmt_usage(struct stmt *s)
{
	if (!s)
		return;
	switch (s->kind) {
	case S_EXPR:
		mark_value_stmt(s->expr);
		break;
	case S_RETURN:
		mark_reads(s->expr);
		break;
	case S_DELETE:
		mark_delete(s->expr);
		break;
	case S_BLOCK:
		for (size_t i = 0; i < s->block.len; i++)
			mark_stmt_usage(s->block.data[i]);
		break;
	case S_IF:
		mark_reads(s->if_.cond);
		mark_stmt_usage(s->if_.yes);
		mark_stmt_usage(s->if_.no);
		break;
	case S_LOOP:
		mark_value_stmt(s->loop.init);
		mark_reads(s->loop.cond);
		mark_value_stmt(s->loop.step);
		mark_stmt_usage(s->loop.body);
		break;
	case S_FOREACH:
		mark_foreach(s);
		break;
	case S_TRY:
		mark_stmt_usage(s->try_.body);
		mark_written(s->try_.variable);
		mark_stmt_usage(s->try_.handler);
		break;
	case S_BREAK: case S_CONTINUE: case S_NEXT:
		break;
	}
}

static void clear_marks(var_vec *vars)
{
	vec_each(vars, struct var *, v) {
		(*v)->is_read = (*v)->is_written = false;
		(*v)->values = NULL;
	}
}

static void mark_pragma(struct elaboration *el, const char *code, const char *pragma, const struct source *from)
{
	size_t n = strlen(pragma);

	for (const char *p = strstr(code, pragma); p; p = strstr(p + n, pragma)) {
		size_t len = strcspn(p + n, " \t*/\n");
		struct var *v = global_find(el, from, intern_n(p + n, len));

		if (!v)
			continue;
		v->is_read |= pragma[7] == 'r';
		v->is_written |= pragma[7] == 'w';
	}
}

static void mark_function(struct elaboration *el, struct function *f)
{
	clear_marks(&f->locals);
	mark_stmt_usage(f->body);
	if (f->code) {
		mark_pragma(el, f->code, "pragma:read:", f->source);
		mark_pragma(el, f->code, "pragma:write:", f->source);
	}
}

void mark_usage(struct elaboration *el)
{
	struct program *pr = el->program;

	vec_each(&pr->globals, struct var *, v)
		(*v)->is_read = (*v)->is_written = false;
	for (size_t i = 0; i < pr->functions.len; i++)
		mark_function(el, function_at(pr, i));
	for (size_t i = 0; i < pr->owners.len; i++) {
		struct probe *p = owner_at(pr, i);

		mark_reads(p->condition);
		if (p->repeats)
			continue;
		clear_marks(p->locals);
		mark_stmt_usage(p->body);
		vec_each(&p->saved, struct saved_value, saved)
			mark_reads(saved->expr);
	}
	mark_values();
}

static void forget_effects(struct elaboration *el)
{
	for (size_t i = 0; i < el->program->functions.len; i++)
		function_at(el->program, i)->effects = EFFECTS_UNKNOWN;
}

void mark_needs(struct elaboration *el)
{
	forget_effects(el);
	marking.needs = true;
	mark_usage(el);
	marking.needs = false;
	forget_effects(el);		/* what is dead has none */
}

/* ---- which functions the probes reach ------------------------------------------------------ */

struct reach { struct program *program; unsigned depth; };

static void reach_function(struct ast_walker *w, struct function *f)
{
	struct reach *r = w->data;

	if (f->reached)
		return;
	f->reached = true;
	f->index = (int)r->program->functions.len;
	vec_push(&r->program->functions, f);
	if (r->depth == DEEPEST_CALL) {
		diag_report(DIAG_limit, f->at, "functions call each other more than %d deep", DEEPEST_CALL);
		return;
	}
	r->depth++;
	if (f->body)
		ast_walk_stmt(w, &f->body);
	r->depth--;
}

static bool reach_call(struct ast_walker *w, struct expr **e)
{
	if ((*e)->kind == E_CALL)
		for (struct function *f = (*e)->call.function; f; f = f->next_overload)
			reach_function(w, f);
	return true;
}

void keep_reached_functions(struct elaboration *el)
{
	struct program *pr = el->program;
	struct reach r = { .program = pr };
	struct program all = *pr;
	struct ast_walker w = { .enter_expr = reach_call, .data = &r };

	for (size_t i = 0; i < all.functions.len; i++)
		function_at(&all, i)->reached = false;
	pr->functions.data = NULL;
	pr->functions.len = pr->functions.cap = 0;
	for (size_t i = 0; i < pr->owners.len; i++) {
		struct probe *p = owner_at(pr, i);

		if (p->repeats)
			continue;
		ast_walk_stmt(&w, &p->body);
		vec_each(&p->saved, struct saved_value, v)
			ast_walk_expr(&w, &v->expr);
	}
	for (size_t i = 0; i < all.functions.len; i++) {
		struct function *f = function_at(&all, i);

		if (f->reached)
			continue;
		if (el->session->options.unoptimized)
			reach_function(&w, f);
		else
			tell_optimized(el, f->at, "removed a function that nothing calls any more", NULL);
	}
}
