/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statement credits (MAXACTION).  A hit may run so many statements.  What is run at most
 * once is counted here, at translation; loops charge each round, and recursive functions
 * each call, when they run.  So code without loops carries no counter at all.
 *
 * A round of a loop costs one, plus its statements.
 */
#include "unit.h"

bool limits_apply(const struct unit *u)
{
	return !u->session->options.suppress_time_limits;
}

/* ---- calls inside expressions ----------------------------------------------------------- */

struct sum {
	const struct unit *unit;
	int64_t cost;
};

static bool add_calls(struct ast_walker *w, struct expr **e)
{
	struct sum *sum = w->data;
	int64_t most = 0;

	if ((*e)->kind != E_CALL)
		return true;
	for (struct function *f = (*e)->call.function; f; f = f->next_overload) {
		const struct function_info *info = function_info(sum->unit, f);

		if (!info->recursive && info->cost > most)
			most = info->cost;
	}
	sum->cost += most;
	return true;
}

int64_t expr_cost(const struct unit *u, const struct expr *e)
{
	struct sum sum = { .unit = u };
	struct ast_walker w = { .enter_expr = add_calls, .data = &sum };
	struct expr *copy = (struct expr *)e;

	if (copy)
		ast_walk_expr(&w, &copy);
	return sum.cost;
}

/* ---- statements -------------------------------------------------------------------------- */

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t block_cost(const struct unit *u, const struct stmt *s,
			  int64_t (*cost)(const struct unit *, const struct stmt *))
{
	int64_t sum = 0;

	for (size_t i = 0; i < s->block.len; i++)
		sum += cost(u, s->block.data[i]);
	return sum;
}

/* What costs the same whichever way branches go, and loops before their first round. */
static int64_t plain_cost(const struct unit *u, const struct stmt *s)
{
	switch (s->kind) {
	case S_IF:
		return 1 + expr_cost(u, s->if_.cond);
	case S_LOOP:
		return expr_cost(u, s->loop.init);
	case S_FOREACH:
		return expr_cost(u, s->foreach.limit);
	case S_TRY:
	case S_BLOCK:
		return 0;
	default:
		return 1 + expr_cost(u, s->expr);
	}
}

static bool has_expr(const struct stmt *s)
{
	return s->kind == S_EXPR || s->kind == S_RETURN || s->kind == S_DELETE;
}

static int64_t own_cost(const struct unit *u, const struct stmt *s)
{
	if (s->kind == S_BREAK || s->kind == S_CONTINUE || s->kind == S_NEXT)
		return 1;
	if (has_expr(s) && !s->expr)
		return 1;
	return plain_cost(u, s);
}

/* Most statements run by it, loops not counted. */
static int64_t stmt_cost(const struct unit *u, const struct stmt *s)
{
	if (!s)
		return 0;
	switch (s->kind) {
	case S_BLOCK:
		return block_cost(u, s, stmt_cost);
	case S_IF:
		return own_cost(u, s) + larger(stmt_cost(u, s->if_.yes), stmt_cost(u, s->if_.no));
	case S_TRY:
		return stmt_cost(u, s->try_.body) + stmt_cost(u, s->try_.handler);
	default:
		return own_cost(u, s);
	}
}

int64_t stmt_fixed_cost(const struct unit *u, const struct stmt *s)
{
	if (!s)
		return 0;
	switch (s->kind) {
	case S_BLOCK:
		return block_cost(u, s, stmt_fixed_cost);
	case S_TRY:
		return stmt_fixed_cost(u, s->try_.body) + stmt_cost(u, s->try_.handler);
	default:
		return own_cost(u, s);
	}
}

/* ---- functions and handlers ------------------------------------------------------------------ */

/* Callees before callers; a recursive function counts for itself at each call. */
static int64_t function_cost(const struct unit *u, struct function_info *info)
{
	const int done = -1;

	if (info->mark == done)
		return info->cost;
	info->mark = done;
	for (size_t i = 0; i < info->calls.len; i++)
		function_cost(u, function_info(u, info->calls.data[i]));
	info->cost = stmt_cost(u, info->function->body);
	return info->cost;
}

void limits_analyse(struct unit *u)
{
	each_function(u, info)
		function_cost(u, info);
}

int64_t handler_cost(const struct unit *u, const struct handler *h)
{
	return stmt_cost(u, h->probe->body);
}
