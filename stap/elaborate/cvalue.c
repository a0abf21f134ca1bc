/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C values on the way along a path: in memory at an address, held as a plain number, or in parts
 * (a structure in registers, or scattered over several places).  A step to a member or an
 * element narrows one to a smaller one; reading it is the last thing that happens.
 */
#include "elaborate.h"

/* ---- making nodes ------------------------------------------------------------------------ */

static struct expr *folded(enum op op, struct expr *l, struct expr *r, const struct place *at)
{
	struct expr *e = expr_binary(op, l, r, at);

	e->type = TYPE_LONG;
	fold_expr(&e);
	return e;
}

static struct expr *add_offset(struct expr *address, int64_t offset, const struct place *at)
{
	return offset ? folded(OP_ADD, address, expr_number(offset, at), at) : address;
}

static struct expr *new_load(struct expr *address, const struct ctype *t, const struct place *at)
{
	struct expr *e = expr_new(E_LOAD, at);

	e->load.address = address;
	e->load.size = t ? t->size : 8;
	e->load.is_signed = t ? (t->is_signed && t->kind != CTYPE_POINTER) : true;
	e->ctype = t;
	e->type = TYPE_LONG;
	return e;
}

/* ---- parts ----------------------------------------------------------------------------------- */

static uint64_t low_bits(unsigned count)
{
	return count < 64 ? (UINT64_C(1) << count) - 1 : UINT64_MAX;
}

/* Bits from..to of a whole, as far as a part has them, moved to where they belong in the result. */
static struct expr *bits_of_part(const struct value_part *p, unsigned from, unsigned to, const struct place *at)
{
	unsigned start = p->bit_offset, end = start + p->bit_size;
	unsigned first = from > start ? from : start, last = to < end ? to : end;
	struct expr *e = expr_copy(p->value);

	if (first > start)
		e = folded(OP_SHR, e, expr_number(first - start, at), at);
	if (last - first < 64)
		e = folded(OP_AND, e, expr_number((int64_t)low_bits(last - first), at), at);
	return first > from ? folded(OP_SHL, e, expr_number(first - from, at), at) : e;
}

static struct expr *sign_extended(struct expr *e, unsigned bits, const struct place *at)
{
	if (bits >= 64)
		return e;
	e = folded(OP_SHL, e, expr_number(64 - bits, at), at);
	return folded(OP_SHR, e, expr_number(64 - bits, at), at);
}

/* The E_PARTS that stand for a pointer without a value of its own, or NULL. */
static const struct expr *implied_pointer(const struct cvalue *v)
{
	const struct expr *e = v->parts;

	if (!e || v->bit_size)
		return NULL;
	if (e->parts.target)
		return e;
	for (size_t i = 0; i < e->parts.count; i++) {
		const struct value_part *p = &e->parts.list[i];

		if (p->bit_offset == 8 * v->base && p->value && p->value->kind == E_PARTS)
			return p->value;
	}
	return NULL;
}

bool cvalue_is_implied(const struct cvalue *v)
{
	return implied_pointer(v) != NULL;
}

/* NULL when some of it is nowhere. */
static struct expr *read_parts(const struct cvalue *v, const struct place *at)
{
	unsigned bits = v->bit_size ? v->bit_size : v->type->size * 8;
	unsigned from = v->base * 8 + v->bit_offset, to = from + bits, covered = 0;
	struct expr *sum = NULL;

	if (bits > 64 || implied_pointer(v))
		return NULL;
	for (size_t i = 0; i < v->parts->parts.count; i++) {
		const struct value_part *p = &v->parts->parts.list[i];
		unsigned start = p->bit_offset, end = start + p->bit_size;
		struct expr *some;

		if (start >= to || end <= from || !p->value || p->value->kind == E_PARTS)
			continue;
		some = bits_of_part(p, from, to, at);
		sum = sum ? folded(OP_OR, sum, some, at) : some;
		covered += (end < to ? end : to) - (start > from ? start : from);
	}
	if (!sum || covered < bits)
		return NULL;
	if (v->type->is_signed && v->type->kind != CTYPE_POINTER)
		sum = sign_extended(sum, bits, at);
	sum->ctype = v->type;
	return sum;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Bytes that a load must cover to hold a bit field, as a power of two. */
static unsigned bitfield_bytes(unsigned bits)
{
	unsigned bytes = 1;

	while (bytes * 8 < bits)
		bytes *= 2;
	return bytes;
}

static struct expr *read_memory(const struct cvalue *v, const struct place *at)
{
	struct expr *e = new_load(v->address, v->type, at);

	e->load.user = v->user;
	e->load.bit_offset = v->bit_offset;
	e->load.bit_size = v->bit_size;
	if (v->bit_size)
		e->load.size = bitfield_bytes(v->bit_offset + v->bit_size);
	return e;
}

struct expr *cvalue_read(const struct cvalue *v, const struct place *at)
{
	if (v->parts)
		return read_parts(v, at);
	if (!v->address)
		return v->value;
	if (v->type->kind == CTYPE_ARRAY || v->type->kind == CTYPE_FUNCTION) {
		v->address->ctype = ctype_pointer_to(v->type->kind == CTYPE_ARRAY ? v->type->target : v->type);
		return v->address;
	}
	return read_memory(v, at);
}

struct cvalue cvalue_of(struct expr *e)
{
	struct cvalue v = { .type = e->ctype };

	if (e->kind == E_PARTS) {
		v.parts = e;
	} else if (e->kind == E_LOAD && e->ctype && !e->load.bit_size) {
		v.address = e->load.address;
		v.user = e->load.user;
	} else {
		v.value = e;
	}
	return v;
}

struct expr *parts_number(struct expr *parts, const struct place *at)
{
	struct cvalue v = { .parts = parts, .type = parts ? parts->ctype : NULL };

	return parts ? read_parts(&v, at) : NULL;
}

/* ---- narrowing --------------------------------------------------------------------------------- */

bool cvalue_is_in_place(const struct cvalue *v)
{
	return v->address || v->parts;
}

struct cvalue cvalue_target(const struct cvalue *pointer, const struct place *at)
{
	const struct expr *implied = implied_pointer(pointer);

	if (implied)
		return (struct cvalue){
			.parts = implied->parts.target, .base = implied->parts.from,
			.type = ctype_complete(pointer->type->target),
		};
	return (struct cvalue){
		.address = cvalue_read(pointer, at), .type = ctype_complete(pointer->type->target),
		.user = pointer->user,
	};
}

struct cvalue cvalue_member(const struct cvalue *whole, const struct cmember *m, const struct place *at)
{
	struct cvalue v = { .type = m->type, .bit_offset = m->bit_offset, .bit_size = m->bit_size,
			    .user = whole->user };

	if (whole->parts) {
		v.parts = whole->parts;
		v.base = whole->base + m->offset;
	} else {
		v.address = add_offset(expr_copy(whole->address), m->offset, at);
	}
	return v;
}

bool cvalue_element(const struct cvalue *array, struct expr *index, struct cvalue *out, const struct place *at)
{
	const struct ctype *element = ctype_complete(array->type->target);
	int64_t size = element->size ? element->size : 1, number, limit;

	*out = (struct cvalue){ .type = element, .user = array->user };
	if (!array->parts) {
		out->address = folded(OP_ADD, expr_copy(array->address),
				      folded(OP_MUL, index, expr_number(size, at), at), at);
		return true;
	}
	limit = array->type->kind == CTYPE_ARRAY ? array->type->count : INT32_MAX / size;
	if (!expr_is_constant(index, &number) || number < 0 || number >= limit)
		return false;
	out->parts = array->parts;
	out->base = array->base + (unsigned)(number * size);
	return true;
}
