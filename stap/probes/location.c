/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DWARF says where a value is by a small program; debuginfo/ has made a tree of it, and here
 * it becomes an expression of the script: registers, loads, arithmetic.
 */
#include "location.h"

#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../debuginfo/dwarf.h"

static struct expr *node_expr(struct session *s, const struct location_node *n, const struct place *at);

static struct expr *binary(enum op op, struct expr *l, struct expr *r, const struct place *at)
{
	struct expr *e;

	if (!l || !r)
		return NULL;
	e = expr_new(E_BINARY, at);
	e->type = TYPE_LONG;
	e->binary.op = op;
	e->binary.left = l;
	e->binary.right = r;
	return e;
}

static struct expr *unary(enum op op, struct expr *operand, const struct place *at)
{
	struct expr *e;

	if (!operand)
		return NULL;
	e = expr_new(E_UNARY, at);
	e->type = TYPE_LONG;
	e->binary.op = op;
	e->binary.left = operand;
	return e;
}

static struct expr *load(struct expr *address, unsigned size, const struct place *at)
{
	struct expr *e;

	if (!address)
		return NULL;
	e = expr_new(E_LOAD, at);
	e->type = TYPE_LONG;
	e->load.address = address;
	e->load.size = size;
	return e;
}

/* The low `size` bytes, extended. */
static struct expr *narrow(struct expr *e, unsigned size, bool is_signed, const struct place *at)
{
	unsigned spare = size < 8 ? 64 - size * 8 : 0;

	if (!spare || !e)
		return e;
	if (!is_signed)
		return binary(OP_AND, e, expr_number((int64_t)(~0ULL >> spare), at), at);
	return binary(OP_SHR, binary(OP_SHL, e, expr_number(spare, at), at), expr_number(spare, at), at);
}

/* A logical shift; the language's own is arithmetic. */
static struct expr *logical_shift(struct expr *l, struct expr *r, const struct place *at)
{
	if (!l || !r || r->kind != E_NUMBER || r->number <= 0 || r->number > 63)
		return r && r->kind == E_NUMBER && r->number == 0 ? l : NULL;
	return binary(OP_AND, binary(OP_SHR, l, r, at), expr_number((int64_t)(~0ULL >> r->number), at), at);
}

static struct expr *reg(int64_t number, const struct place *at)
{
	struct expr *e;

	if (number < 0 || number > 16)
		return NULL;
	e = expr_new(E_REGISTER, at);
	e->type = TYPE_LONG;
	e->reg.number = (int)number;
	e->reg.size = 8;
	return e;
}

static struct expr *choice(struct session *s, const struct location_node *n, const struct place *at)
{
	struct expr *e = expr_new(E_TERNARY, at);

	e->type = TYPE_LONG;
	e->ternary.cond = node_expr(s, n->condition, at);
	e->ternary.yes = node_expr(s, n->left, at);
	e->ternary.no = node_expr(s, n->right, at);
	return e->ternary.cond && e->ternary.yes && e->ternary.no ? e : NULL;
}

static const enum op binary_ops[] = {
	[LOC_ADD] = OP_ADD, [LOC_SUB] = OP_SUB, [LOC_MUL] = OP_MUL, [LOC_DIV] = OP_DIV, [LOC_MOD] = OP_MOD,
	[LOC_AND] = OP_AND, [LOC_OR] = OP_OR, [LOC_XOR] = OP_XOR, [LOC_SHL] = OP_SHL, [LOC_SAR] = OP_SHR,
	[LOC_EQ] = OP_EQ, [LOC_NE] = OP_NE, [LOC_LT] = OP_LT, [LOC_LE] = OP_LE, [LOC_GT] = OP_GT,
	[LOC_GE] = OP_GE,
};

static struct expr *node_expr(struct session *s, const struct location_node *n, const struct place *at)
{
	struct expr *address;

	switch (n->op) {
	case LOC_CONST:
		return expr_number(n->value, at);
	case LOC_REGISTER:
		return reg(n->value, at);
	case LOC_ENTRY_REGISTER: case LOC_TLS:
		return NULL;
	case LOC_SYMBOL:
		address = symbol_address(s->program, n->module, n->symbol, at);
		return n->value ? binary(OP_ADD, address, expr_number(n->value, at), at) : address;
	case LOC_LOAD:
		return load(node_expr(s, n->left, at), n->size, at);
	case LOC_CAST:
		return narrow(node_expr(s, n->left, at), n->size, n->is_signed, at);
	case LOC_NEG:
		return unary(OP_NEG, node_expr(s, n->left, at), at);
	case LOC_NOT:
		return unary(OP_COMPL, node_expr(s, n->left, at), at);
	case LOC_SHR:
		return logical_shift(node_expr(s, n->left, at), node_expr(s, n->right, at), at);
	case LOC_SELECT:
		return choice(s, n, at);
	default:
		return binary(binary_ops[n->op], node_expr(s, n->left, at), node_expr(s, n->right, at), at);
	}
}

static struct expr *memory_value(struct expr *address, const struct ctype *t, const struct place *at)
{
	struct expr *e = load(address, t->size, at);

	if (!e)
		return NULL;
	e->load.is_signed = t->is_signed && t->kind != CTYPE_POINTER;
	e->ctype = t;
	return e;
}

static bool is_scalar(const struct ctype *t)
{
	return t->kind == CTYPE_INT || t->kind == CTYPE_POINTER || t->kind == CTYPE_ENUM || t->kind == CTYPE_FLOAT;
}

static struct expr *bytes_value(const struct location *where, const struct place *at)
{
	uint64_t value = 0;

	if (where->length > sizeof value)
		return NULL;
	memcpy(&value, where->bytes, where->length);
	return expr_number((int64_t)value, at);
}

static struct expr *raw_value(struct session *s, const struct location *where, unsigned bytes,
			      const struct place *at);

/* Pieces of a scalar, least significant first. */
static struct expr *pieces_value(struct session *s, const struct location *where, const struct place *at)
{
	struct expr *sum = NULL;
	unsigned shift = 0;

	for (size_t i = 0; i < where->piece_count && shift < 64; i++) {
		const struct location_piece *p = &where->pieces[i];
		struct expr *part = raw_value(s, &p->where, (p->bit_size + 7) / 8, at);

		if (!part || p->bit_offset)
			return NULL;
		part = narrow(part, p->bit_size / 8, false, at);
		if (shift)
			part = binary(OP_SHL, part, expr_number(shift, at), at);
		sum = sum ? binary(OP_OR, sum, part, at) : part;
		shift += p->bit_size;
	}
	return sum;
}

static struct expr *raw_value(struct session *s, const struct location *where, unsigned bytes,
			      const struct place *at)
{
	switch (where->kind) {
	case LOCATION_ADDRESS:
		return load(node_expr(s, where->node, at), bytes, at);
	case LOCATION_VALUE:
		return node_expr(s, where->node, at);
	case LOCATION_BYTES:
		return bytes_value(where, at);
	case LOCATION_PIECES:
		return pieces_value(s, where, at);
	case LOCATION_NONE:
		break;
	}
	return NULL;
}

/* NULL: cannot be had at this place. */
static struct expr *value_of(struct session *s, struct dscope *scope, const struct dvariable *v,
			     const struct place *at, const char **why)
{
	struct location where;
	struct expr *e;

	dscope_locate(scope, v, &where);
	*why = where.kind == LOCATION_NONE ? where.why : "cannot be computed here";
	if (where.kind == LOCATION_ADDRESS)
		return memory_value(node_expr(s, where.node, at), v->type, at);
	if (!is_scalar(v->type))
		return NULL;
	e = raw_value(s, &where, v->type->size, at);
	e = narrow(e, v->type->size, v->type->is_signed && v->type->kind != CTYPE_POINTER, at);
	if (e)
		e->ctype = v->type;
	return e;
}

static void report_nowhere(const struct expr *target, struct dscope *scope, struct session *s, const char *why)
{
	size_t count;
	const struct dvariable *list = dscope_variables(scope, &count);
	struct diag *d = diag_report(DIAG_target_variable, target->at, "'%s' %s", target->target.name, why);
	const char *names = "", *ignored;

	for (size_t i = 0; i < count; i++)
		if (value_of(s, scope, &list[i], target->at, &ignored))
			names = arena_printf("%s%s$%s", names, *names ? ", " : "", list[i].name);
	if (*names)
		diag_hint(d, "available here: %s", names);
}

struct expr *located_variable(struct session *s, const struct cfunction *f, uint64_t address,
			      const struct expr *target, struct nearest *near)
{
	struct dscope *scope = dwarf_scope(s, f, address);
	const struct dvariable *v;
	const char *why;
	struct expr *e;

	if (!scope)
		return NULL;
	v = dscope_variable(scope, target->target.name + 1, near);
	if (!v)
		return NULL;
	e = value_of(s, scope, v, target->at, &why);
	if (!e)
		report_nowhere(target, scope, s, why);
	return e;
}

struct expr *located_text(struct session *s, const struct cfunction *f, uint64_t address, unsigned shown,
			  const struct expr *target)
{
	struct dscope *scope = dwarf_scope(s, f, address);
	size_t count = 0, used = 0;
	const struct dvariable *list = scope ? dscope_variables(scope, &count) : NULL;
	struct named_value *values = arena_alloc((count + 1) * sizeof *values);
	const char *why;

	for (size_t i = 0; i < count; i++)
		if (shown & (list[i].is_parameter ? SHOW_PARAMETERS : SHOW_LOCALS))
			values[used++] = (struct named_value){ list[i].name,
							       value_of(s, scope, &list[i], target->at, &why) };
	return named_values_text(values, used, pretty_level(target), target->at);
}

void located_list(struct session *s, const struct cfunction *f, uint64_t address, listed_vec *out)
{
	struct dscope *scope = dwarf_scope(s, f, address);
	size_t count = 0;
	const struct dvariable *list = scope ? dscope_variables(scope, &count) : NULL;

	for (size_t i = 0; i < count; i++)
		vec_push(out, ((struct listed_variable){ intern_printf("$%s", list[i].name),
							 list[i].type->spelling }));
}
