/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of expressions: what each offers to its surroundings, and hears from them. */
#include <string.h>

#include "infer.h"

bool infer_passed(struct inference *in, struct expr **e, const struct demand *want)
{
	struct demand is;

	infer(in, e, NO_DEMAND);
	if ((*e)->type == TYPE_UNKNOWN)
		infer(in, e, want);
	if (want->type == TYPE_UNKNOWN || (*e)->type == TYPE_UNKNOWN || (*e)->type == want->type)
		return true;
	is = expr_origin(*e);
	report_mismatch((*e)->at, &is, want);
	return false;
}

/* ---- variables and arrays ------------------------------------------------------------------- */

bool arity_fits(const struct var *v, size_t keys)
{
	return v->arity == (int)keys && v->key_types;
}

static void infer_name(struct inference *in, struct expr *e, const struct demand *want)
{
	struct var *v = e->name.var;

	learn_arity(in->scope.el, v, 0, e->at);
	unify_var(in->scope.el, v, want, e->at);
	e->type = v->type;
	learn_ctype(in->scope.el, &e->ctype, v->ctype);	/* @cast may have given it another */
	if (!in->scope.el->final || v->type != TYPE_UNKNOWN || v->conflicting)
		return;
	diag_report(DIAG_unresolved_type, e->at, "unresolved type of '%s': nothing says whether it is a number or a string",
		    v->name);
	v->type = TYPE_LONG;		/* told once */
}

void infer_keys(struct inference *in, struct var *v, expr_vec *keys)
{
	for (size_t i = 0; i < keys->len; i++) {
		if (keys->data[i]->kind == E_WILDCARD)
			continue;
		infer(in, &keys->data[i], NO_DEMAND);
		if (!arity_fits(v, keys->len))
			continue;
		if (keys->data[i]->type == TYPE_UNKNOWN) {
			struct demand want = key_demand(v, i);

			infer(in, &keys->data[i], &want);
		}
		unify_key(in->scope.el, v, i, keys->data[i]);
	}
}

static void infer_index(struct inference *in, struct expr *e, const struct demand *want)
{
	struct var *v;

	if (e->index.base->kind != E_NAME) {
		diag_report(DIAG_arity, e->at, "only a global array can have several indices");
		return;
	}
	v = e->index.base->name.var;
	learn_arity(in->scope.el, v, (int)e->index.keys.len, e->at);
	infer_keys(in, v, &e->index.keys);
	unify_var(in->scope.el, v, want, e->at);
	e->type = v->type;
	learn_ctype(in->scope.el, &e->ctype, v->ctype);	/* @cast may have given it another */
}

static void infer_in(struct inference *in, struct expr *e)
{
	struct var *v;

	e->type = TYPE_LONG;
	if (e->index.base->kind != E_NAME || e->index.base->name.var->scope != VAR_GLOBAL) {
		diag_report(DIAG_arity, e->at, "the right side of 'in' must be a global array");
		return;
	}
	v = e->index.base->name.var;
	learn_arity(in->scope.el, v, (int)e->index.keys.len, e->at);
	infer_keys(in, v, &e->index.keys);
}

/* ---- calls -------------------------------------------------------------------------------------- */

static void infer_arguments(struct inference *in, struct expr *e, struct function *f)
{
	for (size_t i = 0; i < e->call.args.len; i++) {
		struct var *p = f->params.data[i];
		struct expr **arg = &e->call.args.data[i];
		struct demand want = var_demand(p);

		if (!infer_passed(in, arg, &want) || refuse_statistics(*arg, "cannot be passed to a function"))
			continue;
		unify_var(in->scope.el, p, DEMAND((*arg)->type, (*arg)->at), (*arg)->at);
		learn_ctype(in->scope.el, &p->ctype, (*arg)->ctype);
	}
}

static void infer_call(struct inference *in, struct expr *e, const struct demand *want)
{
	struct function *f = e->call.function;

	for (size_t i = 0; !f && i < e->call.args.len; i++)
		infer(in, &e->call.args.data[i], NO_DEMAND);	/* nobody knows the function */
	for (; f; f = f->next_overload) {
		struct demand first = function_demand(e->call.function);

		infer_arguments(in, e, f);
		unify_function(in->scope.el, f, want, e->at);
		if (e->type == TYPE_UNKNOWN)
			e->type = f->type;
		else
			unify_function(in->scope.el, f, first.type ? &first : DEMAND(e->type, NULL), e->at);
		learn_ctype(in->scope.el, &e->ctype, f->ctype);
	}
	if (in->scope.el->final && want->type != TYPE_UNKNOWN && e->type == TYPE_UNKNOWN)
		diag_report(DIAG_unresolved_type, e->at, "function '%s' returns no value", e->call.name);
}

/* ---- operators ------------------------------------------------------------------------------------- */

static void report_pair(const struct expr *l, const struct expr *r)
{
	struct demand is = expr_origin(r), want = expr_origin(l);

	if (want.at) {
		report_mismatch(r->at, &is, &want);
		return;
	}
	diag_note(report_mismatch(r->at, &is, DEMAND(l->type, NULL)), l->at, "this is %s", type_words(l->type));
}

/* Both sides must agree; whichever is known teaches the other. */
static enum type infer_pair(struct inference *in, struct expr **l, struct expr **r, const struct demand *want)
{
	infer(in, l, want);
	infer(in, r, NO_DEMAND);
	if ((*r)->type == TYPE_UNKNOWN)
		infer(in, r, DEMAND((*l)->type, (*l)->at));
	if ((*l)->type == TYPE_UNKNOWN && (*r)->type != TYPE_UNKNOWN)
		infer(in, l, DEMAND((*r)->type, (*r)->at));
	if ((*l)->type != TYPE_UNKNOWN && (*r)->type != TYPE_UNKNOWN && (*l)->type != (*r)->type)
		report_pair(*l, *r);
	return (*l)->type;
}

bool may_decide(const struct inference *in, const struct expr *condition)
{
	return !in->scope.el->session->options.unoptimized || expr_is_undecided(condition);
}

/* What an undecided @defined guards is not looked at before it is known to be reached. */
static void infer_logical(struct inference *in, struct expr **pe)
{
	struct expr *e = *pe;
	bool decide = may_decide(in, e->binary.left);
	int64_t left;

	infer(in, &e->binary.left, DEMAND(TYPE_LONG, e->at));
	if (expr_is_undecided(e->binary.left))
		return;
	if (decide && expr_is_constant(e->binary.left, &left) && !left == (e->binary.op == OP_LAND))
		*pe = expr_number(e->binary.op == OP_LOR, e->at);
	else
		infer(in, &e->binary.right, DEMAND(TYPE_LONG, e->at));
}

static void infer_binary(struct inference *in, struct expr **pe)
{
	struct expr *e = *pe;

	switch (e->binary.op) {
	case OP_CONCAT:
		infer(in, &e->binary.left, DEMAND(TYPE_STRING, e->at));
		infer(in, &e->binary.right, DEMAND(TYPE_STRING, e->at));
		e->type = TYPE_STRING;
		return;
	case OP_LT: case OP_GT: case OP_LE: case OP_GE: case OP_EQ: case OP_NE:
		if (infer_pair(in, &e->binary.left, &e->binary.right, NO_DEMAND) == TYPE_STATS
		    && e->binary.right->type == TYPE_STATS)
			note_origin(diag_report(DIAG_type_mismatch, e->at, "statistics cannot be compared"), e->binary.left);
		break;
	case OP_LAND: case OP_LOR:
		infer_logical(in, pe);
		break;
	default:
		infer(in, &e->binary.left, DEMAND(TYPE_LONG, e->at));
		infer(in, &e->binary.right, DEMAND(TYPE_LONG, e->at));
	}
	e->type = TYPE_LONG;
}

static bool is_lvalue(const struct expr *e)
{
	return e->kind == E_NAME || e->kind == E_INDEX || e->kind == E_LOAD || e->kind == E_TARGET
	       || e->kind == E_CVALUE || e->kind == E_REGISTER || e->kind == E_ARGUMENT;
}

/* Why a value cannot be written, or NULL. */
static const char *unwritable(const struct expr *l)
{
	if (l->kind == E_CVALUE)
		return l->cvalue.writable || l->cvalue.setter ? NULL : "this value can only be read here";
	if (is_lvalue(l))
		return NULL;
	if (l->kind == E_SAVED)
		return "this is a value that was saved at the function's entry";
	return l->ctype ? "this value is not kept in a place of its own" : "the left side is no variable";
}

/* Variables of the script's own, and texts that probes hand out to be filled. */
static bool anyone_may_write(const struct expr *l)
{
	return l->kind == E_NAME || l->kind == E_INDEX || l->kind == E_TARGET
	       || (l->kind == E_CVALUE && !l->cvalue.setter && !l->cvalue.guru);
}

static void check_lvalue(struct inference *in, const struct expr *e)
{
	const struct expr *l = e->assign.left;
	const char *why_not = unwritable(l);

	if (l->kind == E_NUMBER && diag_errors())
		return;			/* stands for something that was reported */
	if (why_not)
		diag_report(DIAG_not_assignable, l->at, "not assignable: %s", why_not);
	else if (!anyone_may_write(l) && !in->scope.el->session->options.guru && !l->at->source->library)
		diag_report(DIAG_guru_only, l->at, "write to target variable not permitted; need stap -g");
}

struct var *assigned_variable(struct expr *left)
{
	if (left->kind == E_NAME)
		return left->name.var;
	if (left->kind == E_INDEX && left->index.base->kind == E_NAME)
		return left->index.base->name.var;
	return NULL;
}

/* What has no type in the last round. */
static bool assigns_nothing(struct inference *in, const struct expr *e)
{
	const struct expr *right = e->assign.right;
	struct var *v = assigned_variable(e->assign.left);

	if (!in->scope.el->final || right->kind != E_CALL || right->type != TYPE_UNKNOWN || !v || v->type != TYPE_UNKNOWN)
		return false;
	diag_report(DIAG_unresolved_type, right->at, "function '%s' returns no value", right->call.name);
	v->type = TYPE_LONG;
	return true;
}

static void infer_assign(struct inference *in, struct expr *e, const struct demand *want)
{
	struct var *v;

	if (assigns_nothing(in, e))
		return;
	if (e->assign.op == OP_AGGREGATE) {
		infer(in, &e->assign.left, DEMAND(TYPE_STATS, e->at));
		infer(in, &e->assign.right, DEMAND(TYPE_LONG, e->at));
		v = assigned_variable(e->assign.left);
		if (v && v->scope != VAR_GLOBAL)
			diag_report(DIAG_statistics, e->at, "'%s' must be global to hold statistics", v->name);
		e->type = TYPE_LONG;
		return;
	}
	if (e->assign.op == OP_CONCAT) {
		infer(in, &e->assign.left, DEMAND(TYPE_STRING, e->at));
		infer(in, &e->assign.right, DEMAND(TYPE_STRING, e->at));
	} else if (e->assign.op != OP_NONE) {
		infer(in, &e->assign.left, DEMAND(TYPE_LONG, e->at));
		infer(in, &e->assign.right, DEMAND(TYPE_LONG, e->at));
	} else if (infer_pair(in, &e->assign.left, &e->assign.right, want) == TYPE_STATS
		   && e->assign.right->type == TYPE_STATS) {
		note_origin(diag_report(DIAG_statistics, e->at, "statistics cannot be assigned, only added to with <<<"),
			    e->assign.right);
	}
	check_lvalue(in, e);
	v = assigned_variable(e->assign.left);
	if (v && e->assign.op == OP_NONE)
		learn_ctype(in->scope.el, &v->ctype, e->assign.right->ctype);
	e->type = e->assign.left->type;
	learn_ctype(in->scope.el, &e->ctype, e->assign.right->ctype);
}

static void infer_ternary(struct inference *in, struct expr **ternary, const struct demand *want)
{
	struct expr *e = *ternary;
	bool decide = may_decide(in, e->ternary.cond);
	int64_t cond;

	infer(in, &e->ternary.cond, DEMAND(TYPE_LONG, e->at));
	if (expr_is_undecided(e->ternary.cond))
		return;
	if (decide && expr_is_constant(e->ternary.cond, &cond)) {
		*ternary = cond ? e->ternary.yes : e->ternary.no;
		infer(in, ternary, want);
		return;
	}
	e->type = infer_pair(in, &e->ternary.yes, &e->ternary.no, want);
	learn_ctype(in->scope.el, &e->ctype, e->ternary.yes->ctype ? e->ternary.yes->ctype : e->ternary.no->ctype);
}

/* ---- printing ------------------------------------------------------------------------------------------- */

static enum type piece_type(const struct format_piece *piece)
{
	return piece->conversion == 'v' ? TYPE_UNKNOWN : piece->conversion == 's' ? TYPE_STRING : TYPE_LONG;
}

/* What a directive wants of an argument; the forms without a format want it themselves. */
static struct demand piece_demand(const struct expr *e, const struct format_piece *piece, enum type type)
{
	if (!piece->bytes)
		return (struct demand){ .type = type, .at = e->at };
	return (struct demand){ .type = type, .at = e->print.literal_at, .print = &e->print, .piece = piece };
}

static void infer_print_value(struct inference *in, struct expr **arg, const struct demand *want)
{
	infer(in, arg, want);
	if ((*arg)->type == TYPE_STATS)
		note_origin(diag_report(DIAG_statistics, (*arg)->at,
					"cannot print statistics as a whole; use @count, @sum, @hist_log ..."), *arg);
	else if ((*arg)->type == TYPE_UNKNOWN && in->scope.el->final && (*arg)->kind == E_CALL)
		diag_report(DIAG_unresolved_type, (*arg)->at, "function '%s' returns no value", (*arg)->call.name);
	else if ((*arg)->type == TYPE_UNKNOWN && in->scope.el->final && (*arg)->kind != E_NAME)
		diag_report(DIAG_unresolved_type, (*arg)->at, "unresolved type of a printed value");
}

static void infer_print(struct inference *in, struct expr *e)
{
	struct print *p = &e->print;
	size_t next = 0;

	e->type = p->to_string ? TYPE_STRING : TYPE_LONG;
	if (p->args.len == 1 && p->args.data[0]->kind == E_HIST && !p->args.data[0]->hist.bucket) {
		infer(in, &p->args.data[0], NO_DEMAND);
		return;
	}
	vec_each(&p->pieces, struct format_piece, piece) {
		struct demand size = piece_demand(e, piece, TYPE_LONG), value = piece_demand(e, piece, piece_type(piece));

		if (!piece->conversion)
			continue;
		if (piece->width_is_arg && next < p->args.len)
			infer(in, &p->args.data[next++], &size);
		if (piece->precision_is_arg && next < p->args.len)
			infer(in, &p->args.data[next++], &size);
		if (next < p->args.len)
			infer_print_value(in, &p->args.data[next++], &value);
	}
}

/* ---- the rest ---------------------------------------------------------------------------------------------- */

/* a[1] where nothing declares an array a */
static bool is_undeclared_array(const struct expr *t)
{
	const struct expr *operand = t->target.operand;

	return t->target.base == TARGET_AUTOCAST && operand->kind == E_NAME && !operand->ctype
	       && operand->name.var->scope == VAR_LOCAL && t->target.path.data[0].kind == ACCESS_INDEX;
}

static void report_undeclared_array(struct elaboration *el, struct expr **e)
{
	struct var *v = (*e)->target.operand->name.var;
	const struct place *at = (*e)->at;
	struct nearest near;
	struct diag *d;

	*e = expr_number(0, at);
	if (v->conflicting)		/* told once */
		return;
	v->conflicting = true;
	d = diag_report(DIAG_unknown_variable, at, "'%s' is not a declared array", v->name);
	nearest_init(&near, v->name);
	globals_offer(el, &near);
	diag_hint(d, "arrays are global: declare it with 'global %s'", v->name);
	diag_nearest(d, &near);
}

/* The operand alone is told of. */
static bool operand_is_untyped(struct inference *in, struct expr **operand)
{
	unsigned errors = diag_errors();

	infer(in, operand, NO_DEMAND);
	return in->scope.el->final && diag_errors() != errors;
}

static void infer_pending_target(struct inference *in, struct expr **e, const struct demand *want)
{
	struct elaboration *el = in->scope.el;

	if (el->final && is_undeclared_array(*e)) {
		report_undeclared_array(el, e);
		return;
	}

	if ((*e)->target.operand && operand_is_untyped(in, &(*e)->target.operand)) {
		*e = expr_number(0, (*e)->at);
		return;
	}
	for (size_t i = 0; i < (*e)->target.path.len; i++)
		if ((*e)->target.path.data[i].index)
			infer(in, &(*e)->target.path.data[i].index, DEMAND(TYPE_LONG, (*e)->target.path.data[i].at));
	if (resolve_target(&in->scope, e, el->final) > 0) {
		(*e)->type = want->type;
		return;
	}
	el->changed = true;
	infer(in, e, want);
}

static void infer_pending_defined(struct inference *in, struct expr **e)
{
	struct expr *operand = (*e)->operand;
	bool known, defined;

	if (operand->kind == E_TARGET && operand->target.operand)
		infer(in, &operand->target.operand, NO_DEMAND);
	defined = target_is_defined(&in->scope, (*e)->operand, in->scope.el->final, &known);

	(*e)->type = TYPE_LONG;
	if (!known)
		return;
	*e = expr_number(defined, (*e)->at);
	(*e)->type = TYPE_LONG;
	in->scope.el->changed = true;
}

/* The enumeration is that of its operand, which may be a member of what is only typed now. */
static void infer_pending_enumname(struct inference *in, struct expr **e)
{
	infer(in, &(*e)->builtin.arg, DEMAND(TYPE_LONG, (*e)->at));
	(*e)->type = TYPE_STRING;
	if (!(*e)->builtin.arg->ctype && !in->scope.el->final)
		return;
	resolve_builtin(&in->scope, e);
	in->scope.el->changed = true;
	infer(in, e, NO_DEMAND);
}

static void infer_saved(struct inference *in, struct expr *e)
{
	const struct saved_value *v = &in->scope.probe->saved.data[e->saved.slot];

	e->type = v->expr->type;
	if (!e->ctype)
		e->ctype = v->expr->ctype;
}

/* Nothing in it gets its type from elsewhere. */
static void infer_text(struct inference *in, struct expr *e)
{
	for (size_t i = 0; i < e->text.count; i++)
		if (e->text.list[i].value)
			infer(in, &e->text.list[i].value, NO_DEMAND);
	for (size_t i = 0; e->text.calls && i < e->text.calls->len; i++)
		infer(in, &e->text.calls->data[i], DEMAND(TYPE_STRING, e->at));
	e->type = TYPE_STRING;
}

static void infer_guarded(struct inference *in, struct expr *e)
{
	infer(in, &e->guarded.operand, DEMAND(TYPE_STRING, e->at));
	e->type = TYPE_STRING;
}

static void infer_kind(struct inference *in, struct expr **e, const struct demand *want)
{
	switch ((*e)->kind) {
	case E_NUMBER: case E_REGISTER: case E_ARGUMENT: case E_PARTS:
		(*e)->type = TYPE_LONG;
		break;
	case E_CVALUE:
		(*e)->type = (*e)->cvalue.is_string ? TYPE_STRING : TYPE_LONG;
		break;
	case E_STRING:
		(*e)->type = TYPE_STRING;
		break;
	case E_NAME:
		infer_name(in, *e, want);
		break;
	case E_INDEX:
		infer_index(in, *e, want);
		break;
	case E_IN:
		infer_in(in, *e);
		break;
	case E_CALL:
		infer_call(in, *e, want);
		break;
	case E_BINARY:
		infer_binary(in, e);
		break;
	case E_UNARY:
		infer(in, &(*e)->binary.left, DEMAND(TYPE_LONG, (*e)->at));
		fold_expr(e);
		(*e)->type = TYPE_LONG;
		break;
	case E_REGEX:
		infer(in, &(*e)->regex.left, DEMAND(TYPE_STRING, (*e)->at));
		(*e)->type = TYPE_LONG;
		break;
	case E_ASSIGN:
		infer_assign(in, *e, want);
		break;
	case E_TERNARY:
		infer_ternary(in, e, want);
		break;
	case E_STAT:
		infer_stat(in, *e);
		break;
	case E_HIST:
		infer_hist(in, *e);
		break;
	case E_PRINT:
		infer_print(in, *e);
		break;
	case E_TARGET:
		infer_pending_target(in, e, want);
		break;
	case E_DEFINED:
		infer_pending_defined(in, e);
		break;
	case E_ENUMNAME:
		infer_pending_enumname(in, e);
		break;
	case E_EMBEDDED:
		(*e)->type = strstr((*e)->embedded.code, "/* string */") ? TYPE_STRING : TYPE_LONG;
		break;
	case E_LOAD:
		infer(in, &(*e)->load.address, DEMAND(TYPE_LONG, (*e)->at));
		(*e)->type = TYPE_LONG;
		break;
	case E_SAVED:
		infer_saved(in, *e);
		break;
	case E_TEXT:
		infer_text(in, *e);
		break;
	case E_GUARDED:
		infer_guarded(in, *e);
		break;
	case E_WILDCARD: case E_ENTRY: case E_PERF: case E_PROBEWRITE: case E_CONST: case E_ENUM:
	case E_KREGISTER: case E_UREGISTER: case E_KDEREF: case E_UDEREF:
		break;
	}
}

void infer(struct inference *in, struct expr **e, const struct demand *want)
{
	infer_kind(in, e, want);
	if (want->type == TYPE_UNKNOWN || (*e)->type == TYPE_UNKNOWN || (*e)->type == want->type)
		return;
	if ((*e)->kind == E_NAME || (*e)->kind == E_INDEX || (*e)->kind == E_CALL)
		return;		/* unify reported it */
	report_mismatch((*e)->at, DEMAND((*e)->type, NULL), want);
}
