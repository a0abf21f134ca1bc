/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local variables that are a literal.  Aliases begin with `name = "openat"`: where nothing else sets
 * such a variable, everything that reads it has the literal instead, what this decides (a
 * comparison, an if) is decided here, and the assignment goes.
 */
#include "elaborate.h"

/* One assignment at the start of a handler, and what becomes of its variable. */
struct literal {
	struct var *var;
	const struct expr *assign;
	bool passed;			/* the assignment was met: from here on its value holds */
	bool refuted;			/* read before, or set again */
	bool replaced;
};

static bool names(const struct expr *e, const struct var *v)
{
	return e && e->kind == E_NAME && e->name.var == v;
}

/* ---- is it always the literal? ---------------------------------------------------------- */

static bool check_expr(struct ast_walker *w, struct expr **e)
{
	struct literal *l = w->data;

	if (*e == l->assign) {
		l->passed = true;
		return false;
	}
	if ((*e)->kind == E_ASSIGN)
		l->refuted |= names((*e)->assign.left, l->var);
	else
		l->refuted |= !l->passed && names(*e, l->var);
	return !l->refuted;
}

static bool check_stmt(struct ast_walker *w, struct stmt **stmt)
{
	struct literal *l = w->data;
	const struct stmt *s = *stmt;

	if (s->kind == S_DELETE)
		l->refuted |= names(s->expr, l->var);
	else if (s->kind == S_TRY)
		l->refuted |= names(s->try_.variable, l->var);
	else if (s->kind == S_FOREACH)
		l->refuted |= names(s->foreach.value, l->var);
	for (size_t i = 0; s->kind == S_FOREACH && i < s->foreach.keys.len; i++)
		l->refuted |= names(s->foreach.keys.data[i], l->var);
	return !l->refuted;
}

/* ---- replacing ------------------------------------------------------------------------------- */

static bool keep_assignment(struct ast_walker *w, struct expr **e)
{
	return *e != ((struct literal *)w->data)->assign;
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
	struct literal *l = w->data;
	const struct place *at = (*e)->at;

	if (!names(*e, l->var)) {
		decide(e);
		return;
	}
	*e = expr_copy(l->assign->assign.right);
	(*e)->at = at;
	l->replaced = true;
}

static bool replace_literal(struct stmt **body, const struct expr *assign)
{
	struct literal l = { .var = assign->assign.left->name.var, .assign = assign };
	struct ast_walker check = { .enter_expr = check_expr, .enter_stmt = check_stmt, .data = &l };
	struct ast_walker replace = { .enter_expr = keep_assignment, .leave_expr = replace_name, .data = &l };

	ast_walk_stmt(&check, body);
	if (!l.refuted)
		ast_walk_stmt(&replace, body);
	return l.replaced;
}

static bool is_literal_assignment(const struct stmt *s)
{
	const struct expr *e = s->kind == S_EXPR ? s->expr : NULL;
	const struct expr *left = e && e->kind == E_ASSIGN && e->assign.op == OP_NONE ? e->assign.left : NULL;

	return left && left->kind == E_NAME && left->name.var && left->name.var->scope == VAR_LOCAL
	       && (e->assign.right->kind == E_STRING || e->assign.right->kind == E_NUMBER);
}

/* Statements that always run, and first: those of the body's own blocks. */
static bool visit_block(struct stmt **body, struct stmt *block)
{
	bool replaced = false;

	for (size_t i = 0; i < block->block.len; i++) {
		struct stmt *s = block->block.data[i];

		if (s->kind == S_BLOCK)
			replaced |= visit_block(body, s);
		else if (is_literal_assignment(s) && replace_literal(body, s->expr)) {
			block->block.data[i] = stmt_new(S_BLOCK, s->at);
			replaced = true;
		}
	}
	return replaced;
}

bool propagate_literals(struct stmt **body)
{
	return *body && (*body)->kind == S_BLOCK && visit_block(body, *body);
}
