/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local variables that are a literal.  Aliases begin with `name = "openat"`: where nothing else sets
 * such a variable, everything that reads it has the literal instead, what this decides (a
 * comparison, an if) is decided here, and the assignment goes.
 */
#include "elaborate.h"

/* A variable that is set at the start of a handler, and what becomes of it. */
struct fact {
	const struct var *var;		/* key */
	const struct expr *assign;
	bool passed;			/* the assignment was met: from here on its value holds */
	bool refuted;			/* read before, or set again */
	const struct expr *literal;	/* its value, once known */
	bool used;
	UT_hash_handle hh;
};

struct facts { struct fact *table; bool hope; };

static struct fact *fact_of(struct facts *facts, const struct expr *e)
{
	struct fact *f = NULL;

	if (e && e->kind == E_NAME)
		HASH_FIND_PTR(facts->table, &e->name.var, f);
	return f;
}

static struct fact *fact_of_assignment(struct facts *facts, const struct expr *e)
{
	struct fact *f = e->kind == E_ASSIGN ? fact_of(facts, e->assign.left) : NULL;

	return f && f->assign == e ? f : NULL;
}

static bool is_literal(const struct expr *e)
{
	return e->kind == E_STRING || e->kind == E_NUMBER;
}

/* ---- candidates: what the body's own blocks set, which always run, and first -------------- */

static const struct expr *plain_assignment(const struct stmt *s)
{
	const struct expr *e = s->kind == S_EXPR ? s->expr : NULL;
	const struct expr *left = e && e->kind == E_ASSIGN && e->assign.op == OP_NONE ? e->assign.left : NULL;

	return left && left->kind == E_NAME && left->name.var && left->name.var->scope == VAR_LOCAL ? e : NULL;
}

static void collect(struct facts *facts, const struct stmt *block)
{
	for (size_t i = 0; i < block->block.len; i++) {
		const struct stmt *s = block->block.data[i];
		const struct expr *e = plain_assignment(s);
		struct fact *f;

		if (s->kind == S_BLOCK)
			collect(facts, s);
		if (!e || fact_of(facts, e->assign.left))
			continue;
		f = arena_new(struct fact);
		f->var = e->assign.left->name.var;
		f->assign = e;
		facts->hope |= is_literal(e->assign.right);
		HASH_ADD_PTR(facts->table, var, f);
	}
}

/* ---- is it always the same value? ---------------------------------------------------------- */

static void refute(struct facts *facts, const struct expr *e)
{
	struct fact *f = fact_of(facts, e);

	if (f)
		f->refuted = true;
}

static bool check_expr(struct ast_walker *w, struct expr **e)
{
	struct fact *f = fact_of_assignment(w->data, *e);

	if (f) {
		ast_walk_expr(w, &(*e)->assign.right);
		f->passed = true;
		return false;
	}
	if ((*e)->kind == E_ASSIGN)
		refute(w->data, (*e)->assign.left);
	f = fact_of(w->data, *e);
	if (f && !f->passed)
		f->refuted = true;
	return true;
}

static bool check_stmt(struct ast_walker *w, struct stmt **stmt)
{
	const struct stmt *s = *stmt;

	if (s->kind == S_DELETE)
		refute(w->data, s->expr);
	else if (s->kind == S_TRY)
		refute(w->data, s->try_.variable);
	else if (s->kind == S_FOREACH)
		refute(w->data, s->foreach.value);
	for (size_t i = 0; s->kind == S_FOREACH && i < s->foreach.keys.len; i++)
		refute(w->data, s->foreach.keys.data[i]);
	return true;
}

/* ---- replacing ------------------------------------------------------------------------------- */

/* The right side is looked at first: it may become a literal itself. */
static bool enter_assignment(struct ast_walker *w, struct expr **e)
{
	struct fact *f = fact_of_assignment(w->data, *e);

	if (!f || f->refuted)
		return true;
	ast_walk_expr(w, &(*e)->assign.right);
	if (is_literal((*e)->assign.right))
		f->literal = (*e)->assign.right;
	return false;
}

static bool is_number(const struct expr *e)
{
	return e && e->kind == E_NUMBER;
}

/* What a known operand decides alone. */
static void decide(struct expr **e)
{
	struct expr *x = *e;

	if (x->kind == E_TERNARY && is_number(x->ternary.cond))
		*e = x->ternary.cond->number ? x->ternary.yes : x->ternary.no;
	else if (x->kind == E_BINARY && is_number(x->binary.left) && x->binary.op == OP_LAND
		 && !x->binary.left->number)
		*e = expr_number(0, x->at);
	else if (x->kind == E_BINARY && is_number(x->binary.left) && x->binary.op == OP_LOR
		 && x->binary.left->number)
		*e = expr_number(1, x->at);
	else
		fold_expr(e);
	(*e)->type = x->type;
}

static void replace_name(struct ast_walker *w, struct expr **e)
{
	struct fact *f = fact_of(w->data, *e);
	const struct place *at = (*e)->at;

	if (!f || !f->literal) {
		decide(e);
		return;
	}
	*e = expr_copy(f->literal);
	(*e)->at = at;
	f->used = true;
}

/* The assignments whose variables nobody reads any more. */
static bool drop_assignments(const struct elaboration *el, struct facts *facts, struct stmt *block)
{
	bool dropped = false;

	for (size_t i = 0; i < block->block.len; i++) {
		struct stmt *s = block->block.data[i];
		const struct fact *f = s->kind == S_EXPR ? fact_of_assignment(facts, s->expr) : NULL;

		if (s->kind == S_BLOCK)
			dropped |= drop_assignments(el, facts, s);
		if (!f || !f->used)
			continue;
		tell_optimized(el, f->assign->assign.left->at, "the variable is always", f->literal);
		block->block.data[i] = stmt_new(S_BLOCK, s->at);
		dropped = true;
	}
	return dropped;
}

bool propagate_literals(const struct elaboration *el, struct stmt **body)
{
	struct facts facts = {0};
	struct ast_walker check = { .enter_expr = check_expr, .enter_stmt = check_stmt, .data = &facts };
	struct ast_walker replace = { .enter_expr = enter_assignment, .leave_expr = replace_name, .data = &facts };

	if (!*body || (*body)->kind != S_BLOCK)
		return false;
	collect(&facts, *body);
	if (!facts.hope)
		return false;
	ast_walk_stmt(&check, body);
	ast_walk_stmt(&replace, body);
	return drop_assignments(el, &facts, *body);
}
