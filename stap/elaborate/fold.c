/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Constant folding, with the language's arithmetic: 64 bits, wrapping, shifts modulo 64.
 * A division by a constant zero stays: it is a run-time error.
 */
#include "elaborate.h"

#include <string.h>

bool expr_is_constant(const struct expr *e, int64_t *value)
{
	if (!e || e->kind != E_NUMBER)
		return false;
	*value = e->number;
	return true;
}

static bool logical_is_settled(const struct expr *e, bool *truth)
{
	bool decides = e->binary.op == OP_LOR, left, right;
	bool left_known = expr_is_settled(e->binary.left, &left), right_known = expr_is_settled(e->binary.right, &right);

	*truth = decides;
	if ((left_known && left == decides) || (right_known && right == decides))
		return true;
	*truth = !decides;
	return left_known && right_known;
}

bool expr_is_settled(const struct expr *e, bool *truth)
{
	int64_t value;
	bool known;

	if (expr_is_constant(e, &value)) {
		*truth = value != 0;
		return true;
	}
	if (e->kind == E_BINARY && (e->binary.op == OP_LAND || e->binary.op == OP_LOR))
		return logical_is_settled(e, truth);
	if (e->kind != E_UNARY || e->binary.op != OP_NOT)
		return false;
	known = expr_is_settled(e->binary.left, truth);
	if (known)
		*truth = !*truth;
	return known;
}

bool expr_is_undecided(const struct expr *e)
{
	if (e->kind == E_BINARY && (e->binary.op == OP_LAND || e->binary.op == OP_LOR))
		return expr_is_undecided(e->binary.left) || expr_is_undecided(e->binary.right);
	return e->kind == E_DEFINED || (e->kind == E_UNARY && expr_is_undecided(e->binary.left));
}

static bool fold_divide(int64_t l, int64_t r, bool modulo, int64_t *result)
{
	if (r == 0)
		return false;
	if (r == -1)
		*result = modulo ? 0 : (int64_t)(0 - (uint64_t)l);
	else
		*result = modulo ? l % r : l / r;
	return true;
}

static bool fold_numbers(enum op op, int64_t l, int64_t r, int64_t *result)
{
	uint64_t a = (uint64_t)l, b = (uint64_t)r;

	switch (op) {
	case OP_MUL: *result = (int64_t)(a * b); return true;
	case OP_ADD: *result = (int64_t)(a + b); return true;
	case OP_SUB: *result = (int64_t)(a - b); return true;
	case OP_SHL: *result = (int64_t)(a << (b & 63)); return true;
	case OP_SHR: *result = l >> (b & 63); return true;
	case OP_AND: *result = l & r; return true;
	case OP_OR: *result = l | r; return true;
	case OP_XOR: *result = l ^ r; return true;
	case OP_LT: *result = l < r; return true;
	case OP_GT: *result = l > r; return true;
	case OP_LE: *result = l <= r; return true;
	case OP_GE: *result = l >= r; return true;
	case OP_EQ: *result = l == r; return true;
	case OP_NE: *result = l != r; return true;
	case OP_LAND: *result = l && r; return true;
	case OP_LOR: *result = l || r; return true;
	case OP_DIV: return fold_divide(l, r, false, result);
	case OP_MOD: return fold_divide(l, r, true, result);
	default: return false;
	}
}

static bool fold_strings(enum op op, const char *l, const char *r, int64_t *result)
{
	int order = strcmp(l, r);

	switch (op) {
	case OP_LT: *result = order < 0; return true;
	case OP_GT: *result = order > 0; return true;
	case OP_LE: *result = order <= 0; return true;
	case OP_GE: *result = order >= 0; return true;
	case OP_EQ: *result = order == 0; return true;
	case OP_NE: *result = order != 0; return true;
	default: return false;
	}
}

static bool fold_unary(enum op op, int64_t x, int64_t *result)
{
	switch (op) {
	case OP_NEG: *result = (int64_t)(0 - (uint64_t)x); return true;
	case OP_PLUS: *result = x; return true;
	case OP_NOT: *result = !x; return true;
	case OP_COMPL: *result = ~x; return true;
	default: return false;
	}
}

static bool fold_binary(const struct expr *e, int64_t *result)
{
	const struct expr *l = e->binary.left, *r = e->binary.right;

	if (l->kind == E_NUMBER && r->kind == E_NUMBER)
		return fold_numbers(e->binary.op, l->number, r->number, result);
	if (l->kind == E_STRING && r->kind == E_STRING && strlen(l->string.text) == l->string.len
	    && strlen(r->string.text) == r->string.len)
		return fold_strings(e->binary.op, l->string.text, r->string.text, result);
	return false;
}

/* x + 0, x * 1: addresses with member offsets are full of them */
static bool fold_identity(struct expr **e)
{
	enum op op = (*e)->binary.op;
	struct expr *l = (*e)->binary.left, *r = (*e)->binary.right;

	if (r->kind != E_NUMBER || l->kind == E_STRING)
		return false;
	if ((r->number == 0 && (op == OP_ADD || op == OP_SUB)) || (r->number == 1 && op == OP_MUL)) {
		if (l->kind != E_LOAD && l->kind != E_ARGUMENT && l->kind != E_CVALUE && l->kind != E_SAVED)
			return false;	/* keep what types are inferred from */
		*e = l;
		return true;
	}
	/* (x + a) + b */
	if (op == OP_ADD && l->kind == E_BINARY && l->binary.op == OP_ADD && l->binary.right->kind == E_NUMBER) {
		int64_t sum = (int64_t)((uint64_t)l->binary.right->number + (uint64_t)r->number);

		*e = expr_binary(OP_ADD, l->binary.left, expr_number(sum, (*e)->at), (*e)->at);
		return true;
	}
	return false;
}

void fold_expr(struct expr **e)
{
	const struct ctype *t = (*e)->ctype;
	int64_t result;

	if ((*e)->kind == E_UNARY && (*e)->binary.left->kind == E_NUMBER) {
		if (fold_unary((*e)->binary.op, (*e)->binary.left->number, &result))
			*e = expr_number(result, (*e)->at);
	} else if ((*e)->kind == E_BINARY) {
		if (fold_binary(*e, &result))
			*e = expr_number(result, (*e)->at);
		else
			fold_identity(e);
	}
	if (t && !(*e)->ctype)
		(*e)->ctype = t;
}
