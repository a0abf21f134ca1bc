/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and target variables of one body.
 *
 * The walk goes in evaluation order and decides conditions as soon as they are
 * constant: what stands in a branch that is never taken (typically behind
 * @defined) is dropped before its names are looked up.
 */
#include "elaborate.h"

#include <string.h>

/* ---- variables --------------------------------------------------------------------- */

struct local_name {
	const char *name;		/* key */
	struct var *var;
	UT_hash_handle hh;
};

struct var *local_find(struct scope *sc, const char *name)
{
	struct local_name *l;

	HASH_FIND_PTR(sc->names, &name, l);
	return l ? l->var : NULL;
}

static void local_remember(struct scope *sc, struct var *v)
{
	struct local_name *l = arena_new(struct local_name);

	l->name = v->name;
	l->var = v;
	HASH_ADD_PTR(sc->names, name, l);
}

struct var *local_temporary(struct scope *sc, const struct place *at)
{
	struct var *v = arena_new(struct var);

	v->name = intern_printf("__value%u", sc->locals->len);
	v->at = at;
	v->scope = VAR_LOCAL;
	v->index = (int)sc->locals->len;
	v->from_library = true;
	vec_push(sc->locals, v);
	return v;
}

static struct var *local_create(struct scope *sc, const char *name, const struct place *at)
{
	struct var *v = arena_new(struct var);

	v->name = name;
	v->at = at;
	v->scope = VAR_LOCAL;
	v->index = (int)sc->locals->len;
	v->from_library = at->source && at->source->library;
	vec_push(sc->locals, v);
	local_remember(sc, v);
	return v;
}

/* parameter, then global as its file sees it, then local */
static struct var *variable_of(struct scope *sc, const struct expr *e)
{
	const char *name = e->name.name;
	struct var *local = local_find(sc, name), *global;

	if (local && local->scope == VAR_PARAMETER)
		return local;
	global = global_find(sc->el, e->at->source, name);
	if (global)
		return global;
	return local ? local : local_create(sc, name, e->at);
}

static void resolve_name(struct scope *sc, struct expr *e)
{
	if (!e->name.var)
		e->name.var = variable_of(sc, e);
}

static void resolve_all(struct scope *sc, expr_vec *list)
{
	for (size_t i = 0; i < list->len; i++)
		resolve_expr(sc, &list->data[i]);
}

/* name[...] is an array when the name is global, else an index on a pointer */
static void resolve_index(struct scope *sc, struct expr **e)
{
	struct expr *base = (*e)->index.base;

	resolve_expr(sc, &(*e)->index.base);
	resolve_all(sc, &(*e)->index.keys);
	if (base->kind != E_NAME || base->name.var->scope == VAR_GLOBAL || (*e)->index.keys.len != 1)
		return;
	struct expr *t = expr_new(E_TARGET, (*e)->at);

	t->target.base = TARGET_AUTOCAST;
	t->target.operand = base;
	vec_push(&t->target.path, ((struct access){ .kind = ACCESS_INDEX, .index = (*e)->index.keys.data[0],
						    .at = (*e)->at }));
	*e = t;
}

/* ---- functions ----------------------------------------------------------------------- */

void resolve_function_body(struct elaboration *el, struct function *f, struct probe *p, bool at_entry)
{
	struct scope sc = { .el = el, .probe = p, .function = f, .locals = &f->locals, .at_entry = at_entry };

	if (!f->body)
		return;
	vec_each(&f->params, struct var *, v)
		local_remember(&sc, *v);
	resolve_stmt(&sc, &f->body);
	HASH_CLEAR(hh, sc.names);
}

static void resolve_call(struct scope *sc, struct expr *e)
{
	resolve_all(sc, &e->call.args);
	resolve_callee(sc, e);
}

/* ---- the probe's own ------------------------------------------------------------------ */

static void resolve_defined(struct scope *sc, struct expr **e)
{
	bool known = true;
	bool defined = target_is_defined(sc, (*e)->operand, false, &known);

	if (known)
		*e = expr_number(defined, (*e)->at);
}

static void resolve_entry(struct scope *sc, struct expr **e)
{
	struct scope inner = *sc;
	const struct place *at = (*e)->at;

	if (!sc->probe || !sc->probe->family->has_entry || !sc->probe->family->has_entry(sc->probe)) {
		diag_report(DIAG_misplaced, at, "@entry is only valid in .return probes");
		*e = expr_number(0, at);
		return;
	}
	inner.at_entry = true;
	resolve_expr(&inner, &(*e)->operand);
	sc->names = inner.names;
	sc->probe->specific = true;
	*e = saved_value(sc->probe, (*e)->operand, at);
}

struct write_search { const char *wanted; bool found; };

static bool see_write(struct ast_walker *w, struct expr **e)
{
	struct write_search *search = w->data;

	if ((*e)->kind == E_ASSIGN && (*e)->assign.left->kind == E_NAME)
		search->found |= (*e)->assign.left->name.name == search->wanted;
	return true;
}

static void resolve_probewrite(struct scope *sc, struct expr **e)
{
	const struct expr *arg = (*e)->builtin.arg;
	struct write_search search = {
		.wanted = arg && arg->kind == E_NAME ? arg->name.name
			  : intern((*e)->builtin.text ? (*e)->builtin.text : ""),
	};
	struct ast_walker w = { .enter_expr = see_write, .data = &search };

	if (sc->probe && sc->probe->user_body)
		ast_walk_stmt(&w, &sc->probe->user_body);
	if (sc->probe)
		sc->probe->specific = true;
	*e = expr_number(search.found, (*e)->at);
}

/* p[1]->m of a local p: p[1] alone was no array's element, and may be no value. */
static void join_pending(struct expr *t)
{
	struct expr *inner = t->target.base == TARGET_AUTOCAST ? t->target.operand : NULL;
	access_vec path = {0};

	if (!inner || inner->kind != E_TARGET || inner->target.base != TARGET_AUTOCAST || inner->target.address_of)
		return;
	vec_each(&inner->target.path, struct access, step)
		vec_push(&path, *step);
	vec_each(&t->target.path, struct access, step)
		vec_push(&path, *step);
	t->target.operand = inner->target.operand;
	t->target.path = path;
}

static void resolve_target_expr(struct scope *sc, struct expr **e)
{
	struct expr *t = *e;

	if (t->target.operand)
		resolve_expr(sc, &t->target.operand);
	join_pending(t);
	for (size_t i = 0; i < t->target.path.len; i++)
		if (t->target.path.data[i].index)
			resolve_expr(sc, &t->target.path.data[i].index);
	resolve_target(sc, e, false);
}

/* ---- expressions ------------------------------------------------------------------------ */

static bool find_question(struct ast_walker *w, struct expr **e)
{
	bool *found = w->data;

	*found |= (*e)->kind == E_DEFINED || (*e)->kind == E_PROBEWRITE;
	return !*found;
}

/* May what is constant be decided here?  -u leaves it, unless it asks what the probe point has:
 * then the other branch may not even resolve. */
static bool may_decide(const struct scope *sc, struct expr **e)
{
	bool found = !sc->el->session->options.unoptimized;
	struct ast_walker w = { .enter_expr = find_question, .data = &found };

	if (!found)
		ast_walk_expr(&w, e);
	return found;
}

static void fold(struct scope *sc, struct expr **e)
{
	struct expr *before = *e;

	fold_expr(e);
	if (*e != before)
		tell_optimized(sc->el, before->at, "folded to", *e);
}

/* && and || decide on their left side first; the right may never be looked at. */
static void resolve_logical(struct scope *sc, struct expr **e, bool decide)
{
	struct expr *left;
	int64_t value;
	bool truth;

	resolve_expr(sc, &(*e)->binary.left);
	left = (*e)->binary.left;
	if (decide && expr_is_settled(left, &truth) && !truth == ((*e)->binary.op == OP_LAND)) {
		*e = expr_is_constant(left, &value) ? expr_number(truth, (*e)->at) : left;
		tell_optimized(sc->el, (*e)->at, "decided by its left side:", *e);
		return;
	}
	resolve_expr(sc, &(*e)->binary.right);
	if (decide)
		fold(sc, e);
}

static void resolve_ternary(struct scope *sc, struct expr **e)
{
	bool decide = may_decide(sc, &(*e)->ternary.cond), truth;
	int64_t cond;

	resolve_expr(sc, &(*e)->ternary.cond);
	if (decide && expr_is_constant((*e)->ternary.cond, &cond)) {
		tell_optimized(sc->el, (*e)->at, "the condition is always", (*e)->ternary.cond);
		*e = cond ? (*e)->ternary.yes : (*e)->ternary.no;
		resolve_expr(sc, e);
		return;
	}
	if (decide && expr_is_settled((*e)->ternary.cond, &truth)) {
		resolve_expr(sc, truth ? &(*e)->ternary.yes : &(*e)->ternary.no);
		*(truth ? &(*e)->ternary.no : &(*e)->ternary.yes) = expr_copy(truth ? (*e)->ternary.yes : (*e)->ternary.no);
		return;
	}
	resolve_expr(sc, &(*e)->ternary.yes);
	resolve_expr(sc, &(*e)->ternary.no);
}

static void resolve_binary(struct scope *sc, struct expr **e)
{
	bool decide = may_decide(sc, e);

	if ((*e)->binary.op == OP_LAND || (*e)->binary.op == OP_LOR) {
		resolve_logical(sc, e, decide);
		return;
	}
	resolve_expr(sc, &(*e)->binary.left);
	resolve_expr(sc, &(*e)->binary.right);
	if (decide)
		fold(sc, e);
}

static void resolve_unary(struct scope *sc, struct expr **e)
{
	bool decide = may_decide(sc, e);

	resolve_expr(sc, &(*e)->binary.left);
	if (decide)
		fold(sc, e);
}

static var_vec *pragma_globals(struct scope *sc, const struct expr *e, const char *pragma)
{
	var_vec *list = NULL;
	size_t n = strlen(pragma);

	for (const char *p = strstr(e->embedded.code, pragma); p; p = strstr(p + n, pragma)) {
		struct var *v = global_find(sc->el, e->at->source, intern_n(p + n, strcspn(p + n, " \t*/\n")));

		if (!list)
			list = arena_new(var_vec);
		if (v)
			vec_push(list, v);
	}
	return list;
}

static void resolve_embedded(struct scope *sc, struct expr *e)
{
	e->embedded.reads = pragma_globals(sc, e, "pragma:read:");
	e->embedded.writes = pragma_globals(sc, e, "pragma:write:");
}

static void resolve_in(struct scope *sc, struct expr *e)
{
	resolve_all(sc, &e->index.keys);
	resolve_expr(sc, &e->index.base);
}

void resolve_expr(struct scope *sc, struct expr **e)
{
	if (!*e)
		return;
	switch ((*e)->kind) {
	case E_NAME:
		resolve_name(sc, *e);
		break;
	case E_INDEX:
		resolve_index(sc, e);
		break;
	case E_IN:
		resolve_in(sc, *e);
		break;
	case E_CALL:
		resolve_call(sc, *e);
		break;
	case E_BINARY:
		resolve_binary(sc, e);
		break;
	case E_UNARY:
		resolve_unary(sc, e);
		break;
	case E_REGEX:
		resolve_expr(sc, &(*e)->regex.left);
		break;
	case E_ASSIGN:
		resolve_expr(sc, &(*e)->assign.left);
		resolve_expr(sc, &(*e)->assign.right);
		break;
	case E_TERNARY:
		resolve_ternary(sc, e);
		break;
	case E_STAT:
		resolve_expr(sc, &(*e)->stat.value);
		break;
	case E_HIST:
		resolve_expr(sc, &(*e)->hist.value);
		resolve_expr(sc, &(*e)->hist.bucket);
		break;
	case E_PRINT:
		resolve_all(sc, &(*e)->print.args);
		break;
	case E_TARGET:
		resolve_target_expr(sc, e);
		break;
	case E_DEFINED:
		resolve_defined(sc, e);
		break;
	case E_ENTRY:
		resolve_entry(sc, e);
		break;
	case E_PROBEWRITE:
		resolve_probewrite(sc, e);
		break;
	case E_PERF: case E_ENUM: case E_ENUMNAME: case E_KREGISTER: case E_UREGISTER:
	case E_KDEREF: case E_UDEREF: case E_CONST:
		resolve_expr(sc, &(*e)->builtin.arg);
		resolve_expr(sc, &(*e)->builtin.arg2);
		resolve_builtin(sc, e);
		break;
	case E_LOAD:
		resolve_expr(sc, &(*e)->load.address);
		break;
	case E_PARTS:
		for (size_t i = 0; i < (*e)->parts.count; i++)
			resolve_expr(sc, &(*e)->parts.list[i].value);
		resolve_expr(sc, &(*e)->parts.target);
		break;
	case E_TEXT:
		resolve_text(sc, e);
		break;
	case E_GUARDED:
		resolve_expr(sc, &(*e)->guarded.operand);
		break;
	case E_EMBEDDED:
		resolve_embedded(sc, *e);
		break;
	case E_NUMBER: case E_STRING: case E_WILDCARD: case E_REGISTER:
	case E_ARGUMENT: case E_SAVED: case E_CVALUE:
		break;
	}
}

/* ---- statements ----------------------------------------------------------------------------- */

static void resolve_if(struct scope *sc, struct stmt **s)
{
	bool decide = may_decide(sc, &(*s)->if_.cond), truth;
	int64_t cond;

	resolve_expr(sc, &(*s)->if_.cond);
	if (decide && expr_is_constant((*s)->if_.cond, &cond)) {
		tell_optimized(sc->el, (*s)->at, "the condition is always", (*s)->if_.cond);
		struct stmt *taken = cond ? (*s)->if_.yes : (*s)->if_.no;

		*s = taken ? taken : stmt_new(S_BLOCK, (*s)->at);
		resolve_stmt(sc, s);
		return;
	}
	if (decide && expr_is_settled((*s)->if_.cond, &truth)) {
		(*s)->if_.yes = truth ? (*s)->if_.yes : stmt_new(S_BLOCK, (*s)->at);
		(*s)->if_.no = truth ? NULL : (*s)->if_.no;
	}
	resolve_stmt(sc, &(*s)->if_.yes);
	resolve_stmt(sc, &(*s)->if_.no);
}

static void resolve_foreach(struct scope *sc, struct stmt *s)
{
	resolve_expr(sc, &s->foreach.value);
	resolve_all(sc, &s->foreach.keys);
	resolve_expr(sc, &s->foreach.array);
	resolve_all(sc, &s->foreach.slice);
	resolve_expr(sc, &s->foreach.limit);
	resolve_stmt(sc, &s->foreach.body);
}

void resolve_stmt(struct scope *sc, struct stmt **s)
{
	if (!*s)
		return;
	switch ((*s)->kind) {
	case S_EXPR: case S_RETURN: case S_DELETE:
		resolve_expr(sc, &(*s)->expr);
		break;
	case S_BLOCK:
		for (size_t i = 0; i < (*s)->block.len; i++)
			resolve_stmt(sc, &(*s)->block.data[i]);
		break;
	case S_IF:
		resolve_if(sc, s);
		break;
	case S_LOOP:
		resolve_expr(sc, &(*s)->loop.init);
		resolve_expr(sc, &(*s)->loop.cond);
		resolve_stmt(sc, &(*s)->loop.body);
		resolve_expr(sc, &(*s)->loop.step);
		break;
	case S_FOREACH:
		resolve_foreach(sc, *s);
		break;
	case S_TRY:
		resolve_stmt(sc, &(*s)->try_.body);
		resolve_expr(sc, &(*s)->try_.variable);
		resolve_stmt(sc, &(*s)->try_.handler);
		break;
	case S_BREAK: case S_CONTINUE: case S_NEXT:
		break;
	}
}

bool resolve_probe(struct elaboration *el, struct probe *p)
{
	struct scope sc = { .el = el, .probe = p, .locals = p->locals };
	unsigned errors = diag_errors() + diag_held_errors();

	resolve_stmt(&sc, &p->body);
	if (p->condition)
		resolve_expr(&sc, &p->condition);
	HASH_CLEAR(hh, sc.names);
	return diag_errors() + diag_held_errors() == errors;
}

bool resolve_condition(struct elaboration *el, struct probe *p)
{
	struct scope sc = { .el = el, .probe = p, .locals = p->locals };
	unsigned errors = diag_errors() + diag_held_errors();

	if (p->condition)
		resolve_expr(&sc, &p->condition);
	HASH_CLEAR(hh, sc.names);
	return diag_errors() + diag_held_errors() == errors;
}
