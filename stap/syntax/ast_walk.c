/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one way through a tree.  Children are visited in the order in which they
 * are evaluated: the right side of an assignment before the place that it goes
 * to, the keys of an element before the element.
 */
#include "ast.h"

static void walk_list(struct ast_walker *w, expr_vec *list)
{
	vec_each(list, struct expr *, e)
		ast_walk_expr(w, e);
}

static void walk_target(struct ast_walker *w, struct expr *e)
{
	ast_walk_expr(w, &e->target.operand);
	vec_each(&e->target.path, struct access, step)
		ast_walk_expr(w, &step->index);
}

static void walk_text(struct ast_walker *w, struct expr *e)
{
	for (size_t i = 0; i < e->text.count; i++)
		ast_walk_expr(w, &e->text.list[i].value);
	if (e->text.calls)
		walk_list(w, e->text.calls);
}

static void walk_expr_children(struct ast_walker *w, struct expr *e)
{
	switch (e->kind) {
	case E_INDEX: case E_IN:
		walk_list(w, &e->index.keys);
		ast_walk_expr(w, &e->index.base);
		break;
	case E_CALL: walk_list(w, &e->call.args); break;
	case E_BINARY: case E_UNARY:
		ast_walk_expr(w, &e->binary.left);
		ast_walk_expr(w, &e->binary.right);
		break;
	case E_REGEX: ast_walk_expr(w, &e->regex.left); break;
	case E_ASSIGN:
		ast_walk_expr(w, &e->assign.right);
		ast_walk_expr(w, &e->assign.left);
		break;
	case E_TERNARY:
		ast_walk_expr(w, &e->ternary.cond);
		ast_walk_expr(w, &e->ternary.yes);
		ast_walk_expr(w, &e->ternary.no);
		break;
	case E_STAT: ast_walk_expr(w, &e->stat.value); break;
	case E_HIST:
		ast_walk_expr(w, &e->hist.value);
		ast_walk_expr(w, &e->hist.bucket);
		break;
	case E_PRINT: walk_list(w, &e->print.args); break;
	case E_TARGET: walk_target(w, e); break;
	case E_DEFINED: case E_ENTRY: ast_walk_expr(w, &e->operand); break;
	case E_PERF: case E_PROBEWRITE: case E_CONST: case E_ENUM: case E_ENUMNAME:
	case E_KREGISTER: case E_UREGISTER: case E_KDEREF: case E_UDEREF:
		ast_walk_expr(w, &e->builtin.arg);
		ast_walk_expr(w, &e->builtin.arg2);
		break;
	case E_LOAD: ast_walk_expr(w, &e->load.address); break;
	case E_PARTS:
		for (size_t i = 0; i < e->parts.count; i++)
			ast_walk_expr(w, &e->parts.list[i].value);
		ast_walk_expr(w, &e->parts.target);
		break;
	case E_TEXT: walk_text(w, e); break;
	case E_GUARDED: ast_walk_expr(w, &e->guarded.operand); break;
	case E_NUMBER: case E_STRING: case E_NAME: case E_WILDCARD: case E_EMBEDDED:
	case E_REGISTER: case E_ARGUMENT: case E_SAVED: case E_CVALUE:
		break;
	}
}

void ast_walk_expr(struct ast_walker *w, struct expr **e)
{
	if (!*e || (w->enter_expr && !w->enter_expr(w, e)))
		return;
	walk_expr_children(w, *e);
	if (w->leave_expr)
		w->leave_expr(w, e);
}

static void walk_foreach(struct ast_walker *w, struct stmt *s)
{
	walk_list(w, &s->foreach.slice);
	ast_walk_expr(w, &s->foreach.limit);
	ast_walk_expr(w, &s->foreach.array);
	ast_walk_expr(w, &s->foreach.value);
	walk_list(w, &s->foreach.keys);
	ast_walk_stmt(w, &s->foreach.body);
}

static void walk_stmt_children(struct ast_walker *w, struct stmt *s)
{
	switch (s->kind) {
	case S_EXPR: case S_RETURN: case S_DELETE: ast_walk_expr(w, &s->expr); break;
	case S_BLOCK:
		vec_each(&s->block, struct stmt *, child)
			ast_walk_stmt(w, child);
		break;
	case S_IF:
		ast_walk_expr(w, &s->if_.cond);
		ast_walk_stmt(w, &s->if_.yes);
		ast_walk_stmt(w, &s->if_.no);
		break;
	case S_LOOP:
		ast_walk_expr(w, &s->loop.init);
		ast_walk_expr(w, &s->loop.cond);
		ast_walk_stmt(w, &s->loop.body);
		ast_walk_expr(w, &s->loop.step);
		break;
	case S_FOREACH: walk_foreach(w, s); break;
	case S_TRY:
		ast_walk_stmt(w, &s->try_.body);
		ast_walk_expr(w, &s->try_.variable);
		ast_walk_stmt(w, &s->try_.handler);
		break;
	case S_BREAK: case S_CONTINUE: case S_NEXT:
		break;
	}
}

void ast_walk_stmt(struct ast_walker *w, struct stmt **s)
{
	if (!*s || (w->enter_stmt && !w->enter_stmt(w, s)))
		return;
	walk_stmt_children(w, *s);
	if (w->leave_stmt)
		w->leave_stmt(w, s);
}
