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

/* Where locations are turned into expressions. */
struct setting {
	struct session *session;
	struct dscope *scope;		/* NULL: outside of functions */
};

static struct expr *node_expr(const struct setting *s, const struct location_node *n, const struct place *at);

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

static struct expr *choice(const struct setting *s, const struct location_node *n, const struct place *at)
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

/* The number of the function whose entry is to be watched for the scope's frame. */
static size_t watched_entry(struct program *program, const struct cfunction *f, const struct place *at)
{
	for (size_t i = 0; i < program->entries.len; i++) {
		const struct cfunction *known = program->entries.data[i].function;

		if (known->address == f->address && known->module == f->module)
			return i;
	}
	vec_push(&program->entries, ((struct watched_entry){ f, at }));
	return program->entries.len - 1;
}

/* Registers that hold arguments: rdx, rcx, rsi, rdi, r8, r9. */
static bool holds_argument(int64_t number)
{
	return number == 1 || number == 2 || number == 4 || number == 5 || number == 8 || number == 9;
}

static struct expr *entry_register(const struct setting *s, const struct location_node *n, const struct place *at)
{
	const struct cfunction *f = s->scope ? dscope_frame(s->scope) : NULL;
	struct expr *call, *frame = n->left ? node_expr(s, n->left, at) : NULL;

	if (!f || !f->symbol || !frame || !holds_argument(n->value))
		return NULL;
	call = expr_new(E_CALL, at);
	call->type = TYPE_LONG;
	call->call.name = intern("__entry_load");
	vec_push(&call->call.args, expr_number((int64_t)watched_entry(s->session->program, f, at), at));
	vec_push(&call->call.args, frame);
	vec_push(&call->call.args, expr_number(n->value, at));
	return call;
}

static struct expr *node_expr(const struct setting *s, const struct location_node *n, const struct place *at)
{
	struct expr *address;

	switch (n->op) {
	case LOC_CONST:
		return expr_number(n->value, at);
	case LOC_REGISTER:
		return reg(n->value, at);
	case LOC_ENTRY_REGISTER:
		return entry_register(s, n, at);
	case LOC_TLS:
		return NULL;
	case LOC_SYMBOL:
		address = symbol_address(s->session->program, n->module, n->symbol, n->is_percpu, at);
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
	struct expr *e = load(address, t ? t->size : 8, at);

	if (!e)
		return NULL;
	e->load.is_signed = t && t->is_signed && t->kind != CTYPE_POINTER;
	e->ctype = t;
	return e;
}

static bool is_scalar(const struct ctype *t)
{
	return t->kind == CTYPE_INT || t->kind == CTYPE_POINTER || t->kind == CTYPE_ENUM || t->kind == CTYPE_FLOAT;
}

/* ---- values in parts -------------------------------------------------------------------------- */

typedef VEC(struct value_part) part_vec;

static void add_part(part_vec *parts, unsigned offset, unsigned size, struct expr *value)
{
	vec_push(parts, ((struct value_part){ 8 * offset, 8 * size, value }));
}

/* As many loads as it takes: of 8, 4, 2, 1 bytes. */
static void add_memory_parts(const struct setting *s, part_vec *parts, const struct location *where, unsigned offset,
			     unsigned bytes, const struct place *at)
{
	for (unsigned done = 0, size = 8; done < bytes; done += size) {
		struct expr *address = node_expr(s, where->node, at);

		while (size > bytes - done)
			size /= 2;
		if (address && done)
			address = binary(OP_ADD, address, expr_number(done, at), at);
		add_part(parts, offset + done, size, load(address, size, at));
	}
}

static void add_byte_parts(part_vec *parts, const struct location *where, unsigned offset, const struct place *at)
{
	for (size_t done = 0; done < where->length; done += 8) {
		size_t size = where->length - done < 8 ? where->length - done : 8;
		uint64_t value = 0;

		memcpy(&value, where->bytes + done, size);
		add_part(parts, offset + (unsigned)done, (unsigned)size, expr_number((int64_t)value, at));
	}
}

static struct expr *in_parts(const struct setting *s, const struct location *where, const struct ctype *t,
			     const struct place *at);

/* A pointer without a value.  NULL when nothing of what it points to can be had. */
static struct expr *implied_pointer(const struct setting *s, const struct location *where, const struct ctype *t,
				    const struct place *at)
{
	struct expr *e, *target = where->target_type ? in_parts(s, where->target, where->target_type, at) : NULL;

	if (!target || where->offset < 0)
		return NULL;
	e = parts_expr(NULL, 0, t, at);
	e->parts.target = target;
	e->parts.from = (unsigned)where->offset;
	return e;
}

/* `bytes` bytes at one of several places. */
static void add_piece(const struct setting *s, part_vec *parts, const struct location *where, unsigned offset,
		      unsigned bytes, const struct place *at)
{
	switch (where->kind) {
	case LOCATION_ADDRESS:
		add_memory_parts(s, parts, where, offset, bytes, at);
		break;
	case LOCATION_VALUE:
		add_part(parts, offset, bytes < 8 ? bytes : 8, node_expr(s, where->node, at));
		break;
	case LOCATION_BYTES:
		add_byte_parts(parts, where, offset, at);
		break;
	case LOCATION_POINTER:
		add_part(parts, offset, bytes, implied_pointer(s, where, NULL, at));
		break;
	case LOCATION_PIECES: case LOCATION_NONE:
		break;
	}
}

/* Of bit fields, up to 64 bits; those in memory are where `p->bit_offset` says, counted from the lowest one. */
static void add_bits(const struct setting *s, part_vec *parts, const struct location_piece *p, unsigned offset,
		     const struct place *at)
{
	unsigned bytes = 1;
	struct expr *value;

	while (bytes * 8 < p->bit_offset + p->bit_size)
		bytes *= 2;
	if (bytes > 8)
		return;
	if (p->where.kind == LOCATION_ADDRESS)
		value = load(node_expr(s, p->where.node, at), bytes, at);
	else
		value = p->where.kind == LOCATION_VALUE ? node_expr(s, p->where.node, at) : NULL;
	if (value && p->bit_offset)
		value = binary(OP_SHR, value, expr_number(p->bit_offset, at), at);
	vec_push(parts, ((struct value_part){ offset, p->bit_size, value }));
}

static void add_pieces(const struct setting *s, part_vec *parts, const struct location *where, const struct place *at)
{
	unsigned bits = 0;

	for (size_t i = 0; i < where->piece_count; i++) {
		const struct location_piece *p = &where->pieces[i];

		if (bits % 8 == 0 && p->bit_size % 8 == 0 && !p->bit_offset)
			add_piece(s, parts, &p->where, bits / 8, p->bit_size / 8, at);
		else
			add_bits(s, parts, p, bits, at);
		bits += p->bit_size;
	}
}

struct expr *parts_expr(struct value_part *list, size_t count, const struct ctype *t, const struct place *at)
{
	struct expr *e = expr_new(E_PARTS, at);

	e->type = TYPE_LONG;
	e->ctype = t;
	e->parts.list = list;
	e->parts.count = count;
	return e;
}

/* NULL when none of it can be had. */
static struct expr *in_parts(const struct setting *s, const struct location *where, const struct ctype *t,
			     const struct place *at)
{
	part_vec parts = { 0 };
	bool any = false;

	if (where->kind == LOCATION_PIECES)
		add_pieces(s, &parts, where, at);
	else
		add_piece(s, &parts, where, 0, t->size, at);
	vec_each(&parts, struct value_part, p)
		any |= p->value != NULL;
	return any ? parts_expr(parts.data, parts.len, t, at) : NULL;
}

static bool is_register(const struct location *where, const struct ctype *t)
{
	return where->node->op == LOC_REGISTER && where->node->value <= 16 &&
	       (t->size == 1 || t->size == 2 || t->size == 4 || t->size == 8);
}

/* As a register it can be written, too. */
static struct expr *register_value(const struct location *where, const struct ctype *t, const struct place *at)
{
	struct expr *e = reg(where->node->value, at);

	e->reg.size = t->size;
	e->reg.is_signed = t->is_signed && t->kind != CTYPE_POINTER;
	e->ctype = t;
	return e;
}

static struct expr *value_at(const struct setting *s, const struct location *where, const struct ctype *t,
			     const struct place *at)
{
	struct expr *e;

	if (where->kind == LOCATION_NONE)
		return NULL;
	if (where->kind == LOCATION_ADDRESS)
		return memory_value(node_expr(s, where->node, at), t, at);
	if (!t)
		return NULL;
	if (where->kind == LOCATION_POINTER)
		return implied_pointer(s, where, t, at);
	if (!is_scalar(t))
		return in_parts(s, where, t, at);
	if (where->kind != LOCATION_VALUE)
		return parts_number(in_parts(s, where, t, at), at);
	if (is_register(where, t))
		return register_value(where, t, at);
	e = narrow(node_expr(s, where->node, at), t->size, t->is_signed && t->kind != CTYPE_POINTER, at);
	if (e)
		e->ctype = t;
	return e;
}

struct expr *located_value(struct session *s, const struct location *where, const struct ctype *t,
			   const struct place *at)
{
	return value_at(&(struct setting){ .session = s }, where, t, at);
}

/* ---- variables at a place ----------------------------------------------------------------------- */

/* NULL: cannot be had at this place. */
static struct expr *value_of(struct session *s, struct dscope *scope, const struct dvariable *v,
			     const struct place *at, const char **why)
{
	struct location where;

	dscope_locate(scope, v, &where);
	*why = where.kind == LOCATION_NONE ? where.why : "cannot be computed here";
	return value_at(&(struct setting){ s, scope }, &where, v->type, at);
}

/* The instances of an inlined function differ in what is left of its variables. */
static struct diag *report_of_instance(const struct expr *target, const struct cfunction *f, const char *why)
{
	const char *name = target->target.name;
	struct diag *d;

	if (!f->inlined || !f->symbol)
		return diag_report(DIAG_target_variable, target->at, "'%s' %s", name, why);
	d = diag_report(DIAG_target_variable, target->at, "'%s' %s, in the instance of '%s' inlined into %s", name, why,
			f->name, f->symbol);
	diag_hint(d, "use it where @defined(%s); with --skip-badvars it is 0 elsewhere", name);
	return d;
}

static void report_nowhere(const struct expr *target, const struct cfunction *f, struct dscope *scope,
			   struct session *s, const char *why)
{
	size_t count;
	const struct dvariable *list = dscope_variables(scope, &count);
	struct diag *d = report_of_instance(target, f, why);
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
		report_nowhere(target, f, scope, s, why);
	return e;
}

struct named_value *located_values(struct session *s, const struct cfunction *f, uint64_t address, unsigned shown,
				   const struct place *at, size_t *used)
{
	struct dscope *scope = dwarf_scope(s, f, address);
	size_t count = 0;
	const struct dvariable *list = scope ? dscope_variables(scope, &count) : NULL;
	struct named_value *values = arena_alloc((count + 1) * sizeof *values);
	const char *why;

	*used = 0;
	for (size_t i = 0; i < count; i++)
		if (shown & (list[i].is_parameter ? SHOW_PARAMETERS : SHOW_LOCALS))
			values[(*used)++] = (struct named_value){ list[i].name,
								  value_of(s, scope, &list[i], at, &why) };
	return values;
}

struct expr *located_text(struct session *s, const struct cfunction *f, uint64_t address, unsigned shown,
			  const struct expr *target)
{
	size_t count;
	struct named_value *values = located_values(s, f, address, shown, target->at, &count);

	return named_values_text(values, count, pretty_level(target), target->at);
}

void located_list(struct session *s, const struct cfunction *f, uint64_t address, const struct place *at,
		  listed_vec *out)
{
	struct dscope *scope = dwarf_scope(s, f, address);
	size_t count = 0;
	const struct dvariable *list = scope ? dscope_variables(scope, &count) : NULL;
	const char *why;

	for (size_t i = 0; i < count; i++)
		if (value_of(s, scope, &list[i], at, &why))
			vec_push(out, ((struct listed_variable){ intern_printf("$%s", list[i].name),
								 list[i].type->spelling }));
}
