/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of the whole program.
 *
 * Every expression offers what it knows and hears what its surroundings want; whatever
 * is learnt is kept in the variables, functions and nodes, and rounds go on until
 * one learns nothing.  Pointer types (ctype) travel along assignments, calls and results the
 * same way, and autocasts are replaced by loads as soon as their operand's
 * type is known.  The last round reports what stayed open.
 */
#include "infer.h"

/* ---- statements ----------------------------------------------------------------------------------------------- */

static void infer_return(struct inference *in, struct stmt *s)
{
	struct function *f = in->function;
	struct demand want;

	if (!f || !s->expr)
		return;
	want = function_demand(f);
	if (!infer_passed(in, &s->expr, &want) || refuse_statistics(s->expr, "cannot be returned"))
		return;
	unify_function(in->scope.el, f, DEMAND(s->expr->type, s->expr->at), s->expr->at);
	learn_ctype(in->scope.el, &f->ctype, s->expr->ctype);
}

static void infer_delete(struct inference *in, struct stmt *s)
{
	struct expr *e = s->expr;

	if (e->kind == E_NAME)
		e->type = e->name.var->type;
	else
		infer(in, &s->expr, NO_DEMAND);
}

static void infer_foreach_value(struct inference *in, struct var *array, struct expr *value)
{
	struct demand want = var_demand(array);

	if (array->type == TYPE_STATS) {
		note_demand(diag_report(DIAG_statistics, value->at,
					"statistics cannot be kept in a variable; use @count, @sum, @avg ..."), &want);
		return;
	}
	infer(in, &value, &want);
	if (array->type == TYPE_UNKNOWN)
		unify_var(in->scope.el, array, DEMAND(value->type, value->at), value->at);
	learn_ctype(in->scope.el, &value->name.var->ctype, array->ctype);
}

static void infer_foreach_array(struct inference *in, struct stmt *s)
{
	struct var *v = s->foreach.array->name.var;
	struct elaboration *el = in->scope.el;

	if (v->scope != VAR_GLOBAL) {
		diag_report(DIAG_arity, s->foreach.array->at, "foreach needs a global array; '%s' is a local variable",
			    v->name);
		vec_each(&s->foreach.keys, struct expr *, key)
			(*key)->name.var->conflicting = true;
		return;
	}
	learn_arity(el, v, (int)s->foreach.keys.len, s->foreach.array->at);
	infer_keys(in, v, &s->foreach.keys);
	if (s->foreach.slice.len) {
		learn_arity(el, v, (int)s->foreach.slice.len, s->foreach.array->at);
		infer_keys(in, v, &s->foreach.slice);
	}
	for (size_t i = 0; arity_fits(v, s->foreach.keys.len) && i < s->foreach.keys.len; i++) {
		const struct expr *key = s->foreach.keys.data[i];
		struct demand want = key_demand(v, i);

		if (key->type == TYPE_UNKNOWN)
			unify_var(el, key->name.var, &want, key->at);
	}
	if (s->foreach.sort == SORT_VALUE && s->foreach.sort_stat != STAT_COUNT)
		v->stat_uses |= 1u << s->foreach.sort_stat;
	if (s->foreach.value)
		infer_foreach_value(in, v, s->foreach.value);
}

static void infer_stmt(struct inference *in, struct stmt *s);

static void infer_foreach(struct inference *in, struct stmt *s)
{
	if (s->foreach.array->kind == E_HIST) {
		infer(in, &s->foreach.array, NO_DEMAND);
		if (s->foreach.keys.len != 1)
			diag_report(DIAG_arity, s->foreach.array->at, "a histogram has 1 index, not %u",
				    s->foreach.keys.len);
		for (size_t i = 0; i < s->foreach.keys.len; i++)
			infer(in, &s->foreach.keys.data[i], DEMAND(TYPE_LONG, s->foreach.array->at));
		if (s->foreach.value)
			infer(in, &s->foreach.value, DEMAND(TYPE_LONG, s->foreach.array->at));
	} else {
		infer_foreach_array(in, s);
	}
	if (s->foreach.limit)
		infer(in, &s->foreach.limit, DEMAND(TYPE_LONG, s->at));
	infer_stmt(in, s->foreach.body);
}

static void infer_optional(struct inference *in, struct expr **e, enum type want, const struct place *by)
{
	if (*e)
		infer(in, e, DEMAND(want, by));
}

static void infer_stmt(struct inference *in, struct stmt *s);

static void infer_if(struct inference *in, struct stmt *s)
{
	bool decide = may_decide(in, s->if_.cond);
	int64_t cond;

	infer(in, &s->if_.cond, DEMAND(TYPE_LONG, s->at));
	if (expr_is_undecided(s->if_.cond))
		return;
	if (decide && expr_is_constant(s->if_.cond, &cond)) {
		s->if_.yes = cond ? s->if_.yes : stmt_new(S_BLOCK, s->at);
		s->if_.no = cond ? NULL : s->if_.no;
	}
	infer_stmt(in, s->if_.yes);
	infer_stmt(in, s->if_.no);
}

static void infer_stmt(struct inference *in, struct stmt *s)
{
	if (!s)
		return;
	switch (s->kind) {
	case S_EXPR:
		infer(in, &s->expr, NO_DEMAND);
		break;
	case S_BLOCK:
		for (size_t i = 0; i < s->block.len; i++)
			infer_stmt(in, s->block.data[i]);
		break;
	case S_IF:
		infer_if(in, s);
		break;
	case S_LOOP:
		infer_optional(in, &s->loop.init, TYPE_UNKNOWN, s->at);
		infer_optional(in, &s->loop.cond, TYPE_LONG, s->at);
		infer_optional(in, &s->loop.step, TYPE_UNKNOWN, s->at);
		infer_stmt(in, s->loop.body);
		break;
	case S_FOREACH:
		infer_foreach(in, s);
		break;
	case S_RETURN:
		infer_return(in, s);
		break;
	case S_DELETE:
		infer_delete(in, s);
		break;
	case S_TRY:
		infer_stmt(in, s->try_.body);
		infer_optional(in, &s->try_.variable, TYPE_STRING, s->at);
		infer_stmt(in, s->try_.handler);
		break;
	case S_BREAK: case S_CONTINUE: case S_NEXT:
		break;
	}
}

/* ---- the program -------------------------------------------------------------------------------------------------- */

static void infer_global(struct elaboration *el, struct var *v)
{
	if (!v->init)
		return;
	unify_var(el, v, DEMAND(v->init->kind == E_STRING ? TYPE_STRING : TYPE_LONG, v->init->at), v->init->at);
	learn_arity(el, v, 0, v->at);
}

static void infer_function(struct elaboration *el, struct function *f)
{
	struct inference in = { .scope = { .el = el, .probe = (struct probe *)f->specialised_for,
					   .function = f, .locals = &f->locals }, .function = f };

	infer_stmt(&in, f->body);
}

static void infer_body(struct inference *in, struct probe *p)
{
	in->scope.at_entry = true;
	vec_each(&p->saved, struct saved_value, v) {
		infer(in, &v->expr, NO_DEMAND);
		v->type = v->expr->type;
	}
	in->scope.at_entry = false;
	infer_stmt(in, p->body);
}

static void infer_probe(struct elaboration *el, struct probe *p)
{
	struct inference in = { .scope = { .el = el, .probe = p, .locals = p->locals } };

	if (!p->repeats)
		infer_body(&in, p);
	if (p->condition)
		infer(&in, &p->condition, DEMAND(TYPE_LONG, NULL));
}

/* Backward: what a row of functions that call the next one hand back is known in one round. */
static void infer_round(struct elaboration *el, bool backward)
{
	struct program *pr = el->program;
	size_t count = pr->functions.len;

	el->changed = false;
	vec_each(&pr->globals, struct var *, v)
		infer_global(el, *v);
	for (size_t i = 0; i < count; i++)
		infer_function(el, function_at(pr, backward ? count - 1 - i : i));
	for (size_t i = 0; i < pr->owners.len; i++)
		infer_probe(el, owner_at(pr, i));
}

void infer_types(struct elaboration *el)
{
	bool backward = false;
	size_t mark;

	do {
		mark = diag_mark();
		infer_round(el, backward);
		backward = !backward;
		resolve_pending_functions(el);
		diag_drop_repeated(mark);
	} while (el->changed);
}

/* What no call has told is taken for a number. */
static void settle_uncalled(struct elaboration *el)
{
	vec_each(&el->uncalled, struct function *, f)
		vec_each(&(*f)->params, struct var *, v)
			if ((*v)->type == TYPE_UNKNOWN)
				unify_var(el, *v, DEMAND(TYPE_LONG, (*v)->at), (*v)->at);
	if (el->uncalled.len)
		infer_types(el);
}

void infer_final(struct elaboration *el)
{
	size_t mark;

	settle_uncalled(el);
	el->final = true;
	mark = diag_mark();
	infer_round(el, false);
	diag_drop_repeated(mark);
}
