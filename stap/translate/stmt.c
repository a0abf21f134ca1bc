/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements. */
#include <inttypes.h>

#include "unit.h"

/* ---- statement credits --------------------------------------------------------------------- */

/* Inside loops branches pay for what they run. */
static void charge_branch(struct body *b, const struct stmt *s)
{
	int64_t cost = stmt_fixed_cost(b->unit, s);

	if (b->counting && b->in_loop && cost > 0)
		line(b, "c->actions -= %" PRId64 ";", cost);
}

void emit_iteration_check(struct body *b, const struct place *at, int64_t cost)
{
	if (!b->counting)
		return;
	line(b, "c->actions -= %" PRId64 ";", cost);
	open_block(b, "if (unlikely(c->actions < 0))");
	line(b, "script_action_overrun(c);");
	line(b, "script_error_site(c, %s);", c_site(at));
	line(b, "goto %s;", jump(b->fail));
	close_block(b);
}

/* ---- branches and loops ----------------------------------------------------------------------- */

/* The other side of a branch that is a branch itself: `else if` where its condition needs no
 * statements.  NULL: it is not. */
static const char *else_condition(struct body *b, const struct stmt *s)
{
	struct capture cap;
	const char *text;

	if (s->kind != S_IF || b->pushing || (b->counting && b->in_loop))
		return NULL;
	capture_begin(b, &cap);
	text = emit_condition(b, s->if_.cond);
	return *capture_end(b, &cap) ? NULL : text;
}

static void emit_if(struct body *b, const struct stmt *s)
{
	open_block(b, "if (%s)", emit_condition(b, s->if_.cond));
	for (const char *cond = ""; cond;) {
		charge_branch(b, s->if_.yes);
		emit_stmt(b, s->if_.yes);
		s = s->if_.no;
		if (!s)
			break;
		leave_block(b);
		cond = else_condition(b, s);
		open_else(b, cond);
		if (!cond) {
			charge_branch(b, s);
			emit_stmt(b, s);
		}
	}
	close_block(b);
}

static int64_t round_cost(const struct unit *u, const struct stmt *s)
{
	int64_t cost = 1 + stmt_fixed_cost(u, s->loop.body);

	if (s->loop.cond)
		cost += expr_cost(u, s->loop.cond);
	if (s->loop.step)
		cost += expr_cost(u, s->loop.step);
	return cost;
}

/* The condition of a loop as a C condition; statements before it need a break. */
static void open_loop(struct body *b, const struct expr *cond)
{
	struct capture cap;
	const char *text = "1", *statements = "";

	if (cond) {
		capture_begin(b, &cap);
		text = emit_condition(b, cond);
		statements = capture_end(b, &cap);
	}
	open_block(b, "while (%s)", *statements ? "1" : text);
	if (*statements) {
		put_text(b, statements);
		line(b, "if (!(%s))", text);
		line(b, "\tbreak;");
	}
}

static void emit_loop(struct body *b, const struct stmt *s)
{
	struct loop loop = { .outer = b->loop };
	unsigned mark;

	if (s->loop.init)
		emit_effect(b, s->loop.init);
	if (s->loop.step)
		loop.next = new_label(b, "continue");
	lookups_forget_all(b);
	b->loop = &loop;
	b->in_loop++;
	mark = b->strings;
	open_loop(b, s->loop.cond);
	emit_iteration_check(b, s->at, round_cost(b->unit, s));
	b->strings = mark;
	open_scope(b);
	emit_stmt(b, s->loop.body);
	close_block(b);
	if (s->loop.step) {
		put_label(b, &loop.next);
		emit_effect(b, s->loop.step);
	}
	close_block(b);
	lookups_forget_all(b);
	b->in_loop--;
	b->loop = loop.outer;
}

static void emit_continue(struct body *b, const struct stmt *s)
{
	(void)s;
	if (b->loop && b->loop->next.name)
		line(b, "goto %s;", jump(&b->loop->next));
	else
		line(b, "continue;");
}

/* ---- leaving ------------------------------------------------------------------------------------ */

static void emit_next(struct body *b, const struct stmt *s)
{
	const struct function *f = b->function;

	if (!f) {
		line(b, "goto %s;", jump(b->leave));
		return;
	}
	if (f->next_overload) {
		line(b, "goto %s;", jump(&b->next_overload));
		return;
	}
	line(b, "script_error(c, \"all functions exhausted\");");
	line(b, "script_error_site(c, %s);", c_site(s->at));
	line(b, "goto %s;", jump(b->fail));
}

static void emit_return(struct body *b, const struct stmt *s)
{
	const struct function *f = b->function;

	if (s->expr && f->type == TYPE_STRING && !b->in_try) {
		emit_string_to(b, s->expr, "result");
	} else if (s->expr && f->type == TYPE_STRING) {
		line(b, "str_copy(result, %s, MAXSTRINGLEN);", emit_value(b, s->expr).text);
	} else if (s->expr && f->type == TYPE_LONG) {
		line(b, "result = %s;", emit_value(b, s->expr).text);
	} else if (s->expr) {
		emit_effect(b, s->expr);
	}
	line(b, "goto %s;", jump(&b->out));
}

/* ---- try ------------------------------------------------------------------------------------------ */

/* Errors that must not be caught pass on. */
static void emit_catch(struct body *b, const struct stmt *s, struct label *outer)
{
	line(b, "if (c->error != SCRIPT_ERROR_RAISED)");
	line(b, "\tgoto %s;", jump(outer));
	if (s->try_.variable)
		emit_store_variable(b, s->try_.variable->name.var, "c->message");
	line(b, "script_error_clear(c);");
	open_scope(b);
	if (s->try_.handler)
		emit_stmt(b, s->try_.handler);
	close_block(b);
}

static void emit_try(struct body *b, const struct stmt *s)
{
	struct label *outer = b->fail, caught = new_label(b, "catch"), done = new_label(b, "tried");

	b->fail = &caught;
	b->in_try++;
	open_scope(b);
	emit_stmt(b, s->try_.body);
	close_block(b);
	b->in_try--;
	b->fail = outer;
	if (!caught.used)
		return;
	line(b, "goto %s;", jump(&done));
	put_label(b, &caught);
	emit_catch(b, s, outer);
	put_label(b, &done);
}

/* ---- dispatch ----------------------------------------------------------------------------------------- */

static void emit_block(struct body *b, const struct stmt *s)
{
	for (size_t i = 0; i < s->block.len; i++)
		emit_stmt(b, s->block.data[i]);
}

static void emit_expr_stmt(struct body *b, const struct stmt *s)
{
	emit_effect(b, s->expr);
}

static void emit_break(struct body *b, const struct stmt *s)
{
	(void)s;
	line(b, "break;");
}

static void (*const emitters[])(struct body *b, const struct stmt *s) = {
	[S_EXPR] = emit_expr_stmt,	[S_BLOCK] = emit_block,		[S_IF] = emit_if,
	[S_LOOP] = emit_loop,		[S_FOREACH] = emit_foreach,	[S_BREAK] = emit_break,
	[S_CONTINUE] = emit_continue, [S_NEXT] = emit_next,	[S_RETURN] = emit_return,
	[S_DELETE] = emit_delete,	[S_TRY] = emit_try,
};

static void show_line(struct body *b, const struct stmt *s)
{
	if (!s->at || !s->at->source || s->kind == S_BLOCK || s->at->source->library)
		return;
	if (s->at->source == b->source_shown && s->at->line == b->line_shown)
		return;
	b->source_shown = s->at->source;
	b->line_shown = s->at->line;
	comment_line(b->unit, &b->text, s->at, b->depth);
}

void emit_stmt_unlocked(struct body *b, const struct stmt *s)
{
	unsigned mark = b->strings;

	show_line(b, s);
	emitters[s->kind](b, s);
	b->strings = mark;
}

void emit_stmt(struct body *b, const struct stmt *s)
{
	if (b->pushing)
		emit_stmt_locking(b, s);
	else
		emit_stmt_unlocked(b, s);
}
