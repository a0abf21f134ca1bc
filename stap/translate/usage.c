/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a piece of script does to variables.  One walk reports each use of a global and
 * each call; everything else (locks, storage, order of evaluation) asks through it.
 */
#include <string.h>

#include "unit.h"

static struct usage_visitor *visitor_of(struct ast_walker *w)
{
	return w->data;
}

static void walk(struct ast_walker *w, const struct expr *e)
{
	struct expr *copy = (struct expr *)e;

	if (e)
		ast_walk_expr(w, &copy);
}

static void walk_all(struct ast_walker *w, const expr_vec *list)
{
	for (size_t i = 0; i < list->len; i++)
		walk(w, list->data[i]);
}

static void walk_stmt(struct ast_walker *w, const struct stmt *s)
{
	struct stmt *copy = (struct stmt *)s;

	if (s)
		ast_walk_stmt(w, &copy);
}

/* A use of the variable behind a NAME or an INDEX, whose keys are walked. */
static void use_target(struct ast_walker *w, const struct expr *target, use_mask mask)
{
	struct usage_visitor *v = visitor_of(w);

	if (target->kind == E_INDEX) {
		walk_all(w, &target->index.keys);
		target = target->index.base;
	}
	if (target->kind == E_NAME) {
		if (target->name.var->scope == VAR_GLOBAL)
			v->use(v, target->name.var, mask);
	} else {
		walk(w, target);
	}
}

static void use_all(struct ast_walker *w, const var_vec *globals, use_mask mask)
{
	struct usage_visitor *v = visitor_of(w);

	for (size_t i = 0; globals && i < globals->len; i++)
		v->use(v, globals->data[i], mask);
}

static bool adds_only(const struct expr *e)
{
	const struct expr *left = e->assign.left;

	return (e->assign.op == OP_ADD || e->assign.op == OP_SUB) && left->type == TYPE_LONG &&
	       (left->kind == E_NAME || (left->kind == E_INDEX && left->index.base->kind == E_NAME));
}

/* An assignment: the keys of its target, then the right side, then the target. */
static void walk_assign(struct ast_walker *w, const struct expr *e, bool value_used)
{
	use_mask mask = USE_READ | USE_WRITE | USE_ASSIGN;

	if (e->assign.op == OP_AGGREGATE)
		mask = USE_AGGREGATE;
	else if (e->assign.op == OP_NONE)
		mask = USE_WRITE | USE_ASSIGN;
	else if (!value_used && adds_only(e))
		mask = USE_ADD;
	use_target(w, e->assign.left, mask);
	walk(w, e->assign.right);
}

static void walk_discarded(struct ast_walker *w, const struct expr *e)
{
	if (e && e->kind == E_ASSIGN)
		walk_assign(w, e, false);
	else
		walk(w, e);
}

static bool enter_expr(struct ast_walker *w, struct expr **pe)
{
	struct expr *e = *pe;
	struct usage_visitor *v = visitor_of(w);

	switch (e->kind) {
	case E_NAME:
	case E_INDEX:
		use_target(w, e, USE_READ);
		return false;
	case E_IN:
		walk_all(w, &e->index.keys);
		use_target(w, e->index.base, USE_READ);
		return false;
	case E_EMBEDDED:
		use_all(w, e->embedded.reads, USE_READ | USE_CODE);
		use_all(w, e->embedded.writes, USE_READ | USE_WRITE | USE_CODE);
		return false;
	case E_ASSIGN:
		walk_assign(w, e, true);
		return false;
	case E_STAT:
		use_target(w, e->stat.value, USE_EXTRACT);
		return false;
	case E_HIST:
		use_target(w, e->hist.value, USE_EXTRACT);
		walk(w, e->hist.bucket);
		return false;
	case E_CALL:
		walk_all(w, &e->call.args);
		v->call(v, e);
		return false;
	default:
		return true;
	}
}

static void walk_foreach(struct ast_walker *w, const struct stmt *s)
{
	use_mask mask = USE_READ | USE_ITERATE | (s->foreach.sort == SORT_NONE ? 0 : USE_SORT);

	walk_all(w, &s->foreach.slice);
	walk(w, s->foreach.limit);
	if (s->foreach.array->kind == E_HIST)
		walk(w, s->foreach.array);
	else
		use_target(w, s->foreach.array, mask);
	for (size_t i = 0; i < s->foreach.keys.len; i++)
		use_target(w, s->foreach.keys.data[i], USE_WRITE | USE_ASSIGN);
	if (s->foreach.value)
		use_target(w, s->foreach.value, USE_WRITE | USE_ASSIGN);
	walk_stmt(w, s->foreach.body);
}

static bool enter_stmt(struct ast_walker *w, struct stmt **ps)
{
	const struct stmt *s = *ps;

	switch (s->kind) {
	case S_EXPR:
		walk_discarded(w, s->expr);
		return false;
	case S_LOOP:
		walk_discarded(w, s->loop.init);
		walk(w, s->loop.cond);
		walk_stmt(w, s->loop.body);
		walk_discarded(w, s->loop.step);
		return false;
	case S_DELETE:
		use_target(w, s->expr, USE_WRITE);
		return false;
	case S_FOREACH:
		walk_foreach(w, s);
		return false;
	case S_TRY:
		if (s->try_.variable)
			use_target(w, s->try_.variable, USE_WRITE | USE_ASSIGN);
		return true;
	default:
		return true;
	}
}

void usage_of_stmt(struct usage_visitor *v, const struct stmt *s)
{
	struct ast_walker w = { .enter_expr = enter_expr, .enter_stmt = enter_stmt, .data = v };

	walk_stmt(&w, s);
}

void usage_of_expr(struct usage_visitor *v, const struct expr *e)
{
	struct ast_walker w = { .enter_expr = enter_expr, .enter_stmt = enter_stmt, .data = v };

	walk(&w, e);
}

/* ---- questions about expressions ---------------------------------------------------------- */

struct question {
	const struct unit *unit;
	const struct var *var;
	bool yes;
};

static bool ask_expr(bool (*enter)(struct ast_walker *, struct expr **), struct question q,
		     const struct expr *e)
{
	struct ast_walker w = { .enter_expr = enter, .data = &q };

	walk(&w, e);
	return q.yes;
}

static bool see_write(struct ast_walker *w, struct expr **e)
{
	struct question *q = w->data;

	if ((*e)->kind == E_ASSIGN || ((*e)->kind == E_EMBEDDED && (*e)->embedded.writes))
		q->yes = true;
	else if ((*e)->kind == E_CALL)
		for (struct function *f = (*e)->call.function; f; f = f->next_overload)
			q->yes |= function_info(q->unit, f)->writes;
	return !q->yes;
}

bool expr_writes(const struct unit *u, const struct expr *e)
{
	return ask_expr(see_write, (struct question){ .unit = u }, e);
}

static bool see_mention(struct ast_walker *w, struct expr **e)
{
	struct question *q = w->data;

	if (((*e)->kind == E_NAME && (*e)->name.var == q->var) || ((*e)->kind == E_EMBEDDED && (*e)->embedded.writes))
		q->yes = true;
	return !q->yes;
}

bool expr_mentions(const struct expr *e, const struct var *v)
{
	return ask_expr(see_mention, (struct question){ .var = v }, e);
}

bool divisor_is_safe(const struct expr *right)
{
	return right->kind == E_NUMBER && right->number != 0 && right->number != -1;
}

static bool is_division(enum op op)
{
	return op == OP_DIV || op == OP_MOD;
}

static bool print_fails(const struct print *p)
{
	for (size_t i = 0; i < p->pieces.len; i++)
		if (p->pieces.data[i].conversion == 'm' || p->pieces.data[i].conversion == 'M')
			return true;
	return p->args.len == 1 && p->args.data[0]->kind == E_HIST;
}

static bool call_fails(const struct unit *u, const struct expr *e)
{
	for (struct function *f = e->call.function; f; f = f->next_overload)
		if (function_info(u, f)->fails)
			return true;
	return false;
}

/* Can this node itself, leaving its operands aside, raise an error? */
static bool node_fails(const struct unit *u, const struct expr *e)
{
	switch (e->kind) {
	case E_BINARY:
		return is_division(e->binary.op) && !divisor_is_safe(e->binary.right);
	case E_ASSIGN:
		if (is_division(e->assign.op) && !divisor_is_safe(e->assign.right))
			return true;
		return e->assign.left->kind != E_NAME || e->assign.op == OP_AGGREGATE;
	case E_CALL:
		return call_fails(u, e);
	case E_PRINT:
		return print_fails(&e->print);
	case E_STAT: case E_HIST: case E_LOAD: case E_EMBEDDED: case E_REGISTER:
		return true;
	case E_IN: case E_INDEX:
		return e->index.base->name.var->type == TYPE_STATS ||
		       in_parts(global_of(u, e->index.base->name.var));
	default:
		return false;
	}
}

static bool see_failure(struct ast_walker *w, struct expr **e)
{
	struct question *q = w->data;

	if (node_fails(q->unit, *e))
		q->yes = true;
	return !q->yes;
}

bool expr_fails(const struct unit *u, const struct expr *e)
{
	return ask_expr(see_failure, (struct question){ .unit = u }, e);
}

/* ---- assigned locals ------------------------------------------------------------------------- */

static void mark_name(const struct expr *e)
{
	if (e && e->kind == E_NAME && e->name.var->scope != VAR_GLOBAL)
		e->name.var->translate_data = e->name.var;
}

static bool mark_expr(struct ast_walker *w, struct expr **e)
{
	(void)w;
	if ((*e)->kind == E_ASSIGN)
		mark_name((*e)->assign.left);
	return true;
}

static bool mark_stmt(struct ast_walker *w, struct stmt **ps)
{
	const struct stmt *s = *ps;

	(void)w;
	if (s->kind == S_DELETE)
		mark_name(s->expr);
	if (s->kind == S_TRY)
		mark_name(s->try_.variable);
	if (s->kind == S_FOREACH) {
		mark_name(s->foreach.value);
		for (size_t i = 0; i < s->foreach.keys.len; i++)
			mark_name(s->foreach.keys.data[i]);
	}
	return true;
}

void mark_assigned(const struct stmt *s)
{
	struct ast_walker w = { .enter_expr = mark_expr, .enter_stmt = mark_stmt };

	walk_stmt(&w, s);
}

bool var_is_assigned(const struct var *v)
{
	return v->translate_data != NULL;
}

/* ---- use of one global ----------------------------------------------------------------------- */

struct watch {
	const struct unit *unit;
	const struct var *global;
	use_mask use;
};

static void watch_use(struct usage_visitor *v, struct var *global, use_mask mask)
{
	struct watch *w = v->data;

	if (global == w->global)
		w->use |= mask;
}

static void watch_call(struct usage_visitor *v, const struct expr *call)
{
	struct watch *w = v->data;
	size_t index = (size_t)(global_of(w->unit, w->global) - w->unit->globals.data);

	for (struct function *f = call->call.function; f; f = f->next_overload)
		w->use |= function_info(w->unit, f)->use[index];
}

bool stmt_clears(const struct unit *u, const struct stmt *s, const struct var *array)
{
	struct watch w = { .unit = u, .global = array };
	struct usage_visitor v = { .use = watch_use, .call = watch_call, .data = &w };

	usage_of_stmt(&v, s);
	return w.use & (USE_WRITE | USE_CODE);
}

bool expr_touches(const struct unit *u, const struct expr *e, const struct var *global)
{
	struct watch w = { .unit = u, .global = global };
	struct usage_visitor v = { .use = watch_use, .call = watch_call, .data = &w };

	usage_of_expr(&v, e);
	return w.use != 0;
}
