/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Location expressions.  DWARF describes where a value is with a program for a stack
 * machine; running it on symbolic values gives trees, which are easily turned into
 * expressions of a handler.  The frame base, and the frame's address that it mostly is, are
 * replaced by what the unwind tables say at this address, so only registers remain.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "dwarf_private.h"

enum { STACK = 64 };

/* A run of the machine. */
struct machine {
	struct debug_file *file;
	Dwarf_Die *function;		/* for the frame base, or NULL */
	Dwarf_Addr pc, entry;		/* entry: where the function starts */
	bool at_entry;			/* pc is there: registers are as they were */
	Dwarf_Attribute *attr;		/* the attribute the operations come from, or NULL */
	const struct location_node *stack[STACK];
	unsigned depth;
	bool is_value;			/* DW_OP_stack_value: the top is the value */
	bool is_register;
	const char *why;		/* what failed */
	int nesting;
};

/* ---- nodes --------------------------------------------------------------------------- */

static struct location_node *node(enum location_op op, int64_t value)
{
	struct location_node *n = arena_new(struct location_node);

	n->op = op;
	n->value = value;
	return n;
}

static const struct location_node *binary(enum location_op op, const struct location_node *left,
					  const struct location_node *right)
{
	struct location_node *n;

	if (op == LOC_ADD && right->op == LOC_CONST && right->value == 0)
		return left;
	if (op == LOC_ADD && right->op == LOC_CONST &&
	    (left->op == LOC_CONST || left->op == LOC_SYMBOL)) {
		n = arena_new(struct location_node);
		*n = *left;
		n->value += right->value;
		return n;
	}
	n = node(op, 0);
	n->left = left;
	n->right = right;
	return n;
}

static const struct location_node *plus(const struct location_node *left, int64_t number)
{
	return binary(LOC_ADD, left, node(LOC_CONST, number));
}

static const struct location_node *load(const struct location_node *address, unsigned size)
{
	struct location_node *n = node(LOC_LOAD, 0);

	n->left = address;
	n->size = size;
	return n;
}

static const struct location_node *cast(const struct location_node *value, unsigned size,
					bool is_signed)
{
	struct location_node *n = node(LOC_CAST, 0);

	n->left = value;
	n->size = size;
	n->is_signed = is_signed;
	return n;
}

/* ---- the stack ------------------------------------------------------------------------- */

static void fail(struct machine *m, const char *why)
{
	if (!m->why)
		m->why = why;
}

static void push(struct machine *m, const struct location_node *n)
{
	if (m->depth == STACK)
		fail(m, "has a location that is too complicated");
	else if (!n)
		fail(m, "has a location that cannot be computed");
	else
		m->stack[m->depth++] = n;
}

static const struct location_node *pick(struct machine *m, unsigned from_top)
{
	if (from_top < m->depth)
		return m->stack[m->depth - 1 - from_top];
	fail(m, "has a damaged location");
	return node(LOC_CONST, 0);
}

static const struct location_node *pop(struct machine *m)
{
	const struct location_node *n = pick(m, 0);

	if (m->depth)
		m->depth--;
	return n;
}

/* ---- what needs more than the stack ------------------------------------------------------- */

static bool run(struct machine *m, const Dwarf_Op *ops, size_t count);

/* A machine for an expression inside another: same place, empty stack. */
static const struct location_node *run_nested(struct machine *m, Dwarf_Attribute *attr,
					      const Dwarf_Op *ops, size_t count, bool *is_register)
{
	struct machine inner = *m;

	inner.depth = 0;
	inner.attr = attr;
	inner.is_value = inner.is_register = false;
	if (++inner.nesting > 8 || !run(&inner, ops, count)) {
		fail(m, inner.why ? inner.why : "has a location that is too complicated");
		return NULL;
	}
	if (is_register)
		*is_register = inner.is_register;
	return pop(&inner);
}

/* The canonical frame address, from the unwind tables. */
static const struct location_node *frame_address(struct machine *m)
{
	Dwarf_CFI *(*const tables[])(Dwfl_Module *mod, Dwarf_Addr *bias) = {
		dwfl_module_dwarf_cfi, dwfl_module_eh_cfi,
	};

	for (size_t i = 0; i < 2; i++) {
		Dwarf_Addr bias = 0, dwarf_bias = 0;
		Dwarf_CFI *cfi = tables[i](m->file->mod, &bias);
		Dwarf_Frame *frame;
		Dwarf_Op *ops;
		size_t count;

		dwfl_module_getdwarf(m->file->mod, &dwarf_bias);
		if (!cfi || dwarf_cfi_addrframe(cfi, m->pc + dwarf_bias - bias, &frame) != 0)
			continue;
		if (dwarf_frame_cfa(frame, &ops, &count) == 0 && count > 0) {
			const struct location_node *n = run_nested(m, NULL, ops, count, NULL);

			free(frame);
			return n;
		}
		free(frame);
	}
	fail(m, "needs unwind information that is missing here");
	return NULL;
}

static const struct location_node *frame_base(struct machine *m)
{
	Dwarf_Attribute a;
	Dwarf_Op *ops;
	size_t count;

	if (!m->function || !dwarf_attr_integrate(m->function, DW_AT_frame_base, &a) ||
	    dwarf_getlocation_addr(&a, m->pc, &ops, &count, 1) != 1) {
		fail(m, "is in a function without a frame");
		return NULL;
	}
	return run_nested(m, &a, ops, count, NULL);
}

static const struct location_node *entry_register(struct machine *m, uint64_t number)
{
	struct location_node *n = node(m->at_entry ? LOC_REGISTER : LOC_ENTRY_REGISTER, (int64_t)number);

	if (!m->at_entry)
		n->left = frame_address(m);
	return n;
}

/* What a register held at entry; `ops` inside are a register, or a computation from some. */
static const struct location_node *entry_value(struct machine *m, const Dwarf_Op *op)
{
	Dwarf_Attribute inner;
	Dwarf_Op *ops;
	size_t count;

	if (!m->attr || dwarf_getlocation_attr(m->attr, op, &inner) != 0 ||
	    dwarf_getlocation(&inner, &ops, &count) != 0 || count != 1) {
		fail(m, "is only known at the function's entry");
		return NULL;
	}
	if (ops->atom >= DW_OP_reg0 && ops->atom <= DW_OP_reg31)
		return entry_register(m, ops->atom - DW_OP_reg0);
	if (ops->atom == DW_OP_regx)
		return entry_register(m, ops->number);
	fail(m, "is only known at the function's entry");
	return NULL;
}

/* A linked address: at run time relative to the symbol that covers it. */
static const struct location_node *linked_address(struct machine *m, Dwarf_Addr address)
{
	const struct location_node *n = symbolic_address(m->file, address);

	if (!n)
		fail(m, "has no symbol of its own by which to find it");
	return n;
}

/* Typed operations name a base type; only integers up to a register's size are of use. */
static bool base_type(struct machine *m, const Dwarf_Op *op, unsigned *size, bool *is_signed)
{
	const struct ctype *t;
	Dwarf_Die die;

	*size = 0;
	*is_signed = false;
	if (!m->attr || dwarf_getlocation_die(m->attr, op, &die) != 0)
		return true;		/* offset 0: the untyped generic type */
	t = die_ctype(m->file, &die);
	*size = t->size;
	*is_signed = t->is_signed;
	return t->kind == CTYPE_INT && t->size <= 8;
}

static void convert(struct machine *m, const Dwarf_Op *op)
{
	const struct location_node *n = pop(m);
	unsigned size;
	bool is_signed;

	if (!base_type(m, op, &size, &is_signed))
		fail(m, "is a floating-point value");
	else
		push(m, size ? cast(n, size, is_signed) : n);
}

/* ---- operations ------------------------------------------------------------------------------ */

static const struct { unsigned atom; enum location_op op; } binaries[] = {
	{ DW_OP_plus, LOC_ADD }, { DW_OP_minus, LOC_SUB }, { DW_OP_mul, LOC_MUL },
	{ DW_OP_div, LOC_DIV }, { DW_OP_mod, LOC_MOD }, { DW_OP_and, LOC_AND },
	{ DW_OP_or, LOC_OR }, { DW_OP_xor, LOC_XOR }, { DW_OP_shl, LOC_SHL },
	{ DW_OP_shr, LOC_SHR }, { DW_OP_shra, LOC_SAR }, { DW_OP_eq, LOC_EQ },
	{ DW_OP_ne, LOC_NE }, { DW_OP_lt, LOC_LT }, { DW_OP_le, LOC_LE },
	{ DW_OP_gt, LOC_GT }, { DW_OP_ge, LOC_GE },
};

static bool do_binary(struct machine *m, unsigned atom)
{
	for (size_t i = 0; i < sizeof binaries / sizeof *binaries; i++)
		if (binaries[i].atom == atom) {
			const struct location_node *right = pop(m), *left = pop(m);

			push(m, binary(binaries[i].op, left, right));
			return true;
		}
	return false;
}

static void do_unary(struct machine *m, enum location_op op)
{
	struct location_node *n = node(op, 0);

	n->left = pop(m);
	push(m, n);
}

static void rotate(struct machine *m)
{
	const struct location_node *a = pop(m), *b = pop(m), *c = pop(m);

	push(m, a);
	push(m, c);
	push(m, b);
}

static void swap(struct machine *m)
{
	const struct location_node *a = pop(m), *b = pop(m);

	push(m, a);
	push(m, b);
}

static void push_register(struct machine *m, uint64_t number)
{
	if (number > 63)
		fail(m, "is in a register that cannot be read");
	push(m, node(LOC_REGISTER, number));
}

/* Operations that come as ranges of 32. */
static bool do_range(struct machine *m, const Dwarf_Op *op)
{
	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31) {
		push(m, node(LOC_CONST, op->atom - DW_OP_lit0));
	} else if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31) {
		push_register(m, op->atom - DW_OP_reg0);
		m->is_register = true;
	} else if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
		push(m, plus(node(LOC_REGISTER, op->atom - DW_OP_breg0), (int64_t)op->number));
	} else {
		return false;
	}
	return true;
}

static void do_typed(struct machine *m, const Dwarf_Op *op)
{
	unsigned size;
	bool is_signed;

	switch (op->atom) {
	case DW_OP_regval_type:
	case DW_OP_GNU_regval_type:
		if (!base_type(m, op, &size, &is_signed))
			fail(m, "is a floating-point value");
		push_register(m, op->number);
		if (size && size < 8)
			push(m, cast(pop(m), size, is_signed));
		break;
	case DW_OP_deref_type:
	case DW_OP_GNU_deref_type:
		push(m, load(pop(m), op->number));
		break;
	case DW_OP_convert:
	case DW_OP_GNU_convert:
	case DW_OP_reinterpret:
	case DW_OP_GNU_reinterpret:
		convert(m, op);
		break;
	default:
		fail(m, "has a location that cannot be computed");
	}
}

/* Operations that only move what is on the stack, and arithmetic on one of them. */
static bool do_stack(struct machine *m, const Dwarf_Op *op)
{
	switch (op->atom) {
	case DW_OP_dup:
		push(m, pick(m, 0));
		return true;
	case DW_OP_over:
		push(m, pick(m, 1));
		return true;
	case DW_OP_pick:
		push(m, pick(m, op->number));
		return true;
	case DW_OP_drop:
		pop(m);
		return true;
	case DW_OP_swap:
		swap(m);
		return true;
	case DW_OP_rot:
		rotate(m);
		return true;
	case DW_OP_neg:
		do_unary(m, LOC_NEG);
		return true;
	case DW_OP_not:
		do_unary(m, LOC_NOT);
		return true;
	case DW_OP_plus_uconst:
		push(m, plus(pop(m), (int64_t)op->number));
		return true;
	case DW_OP_nop:
		return true;
	default:
		return false;
	}
}

/* Operations that push something from outside of the stack. */
static bool do_push(struct machine *m, const Dwarf_Op *op)
{
	switch (op->atom) {
	case DW_OP_addr:
		push(m, linked_address(m, op->number));
		return true;
	case DW_OP_const1u: case DW_OP_const2u: case DW_OP_const4u: case DW_OP_const8u:
	case DW_OP_const1s: case DW_OP_const2s: case DW_OP_const4s: case DW_OP_const8s:
	case DW_OP_constu: case DW_OP_consts:
		push(m, node(LOC_CONST, (int64_t)op->number));
		return true;
	case DW_OP_regx:
		push_register(m, op->number);
		m->is_register = true;
		return true;
	case DW_OP_bregx:
		push(m, plus(node(LOC_REGISTER, op->number), (int64_t)op->number2));
		return true;
	case DW_OP_fbreg:
		push(m, frame_base(m));
		if (!m->why)
			push(m, plus(pop(m), (int64_t)op->number));
		return true;
	case DW_OP_call_frame_cfa:
		push(m, frame_address(m));
		return true;
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		push(m, entry_value(m, op));
		return true;
	default:
		return false;
	}
}

static void do_other(struct machine *m, const Dwarf_Op *op)
{
	switch (op->atom) {
	case DW_OP_deref:
		push(m, load(pop(m), m->file->address_size));
		break;
	case DW_OP_deref_size:
		push(m, load(pop(m), op->number));
		break;
	case DW_OP_form_tls_address:
	case DW_OP_GNU_push_tls_address:
		push(m, node(LOC_TLS, pop(m)->value));
		break;
	case DW_OP_stack_value:
		m->is_value = true;
		break;
	case DW_OP_GNU_parameter_ref:
		fail(m, "is a parameter that was optimised out");
		break;
	default:
		do_typed(m, op);
	}
}

static void do_op(struct machine *m, const Dwarf_Op *op)
{
	if (!do_range(m, op) && !do_binary(m, op->atom) && !do_stack(m, op) && !do_push(m, op))
		do_other(m, op);
}

/* ---- running ----------------------------------------------------------------------------------- */

static void run_from(struct machine *m, const Dwarf_Op *ops, size_t count, size_t i);

/* Where a branch goes: offsets are bytes from the operation after it.  Loops are refused. */
static size_t branch_target(struct machine *m, const Dwarf_Op *ops, size_t count, size_t from)
{
	Dwarf_Word wanted = ops[from].offset + 3 + (int16_t)ops[from].number;
	size_t i = from + 1;

	while (i < count && ops[i].offset < wanted)
		i++;
	if (i < count && ops[i].offset != wanted)
		fail(m, "has a location that cannot be computed");
	if ((int16_t)ops[from].number < 0)
		fail(m, "has a location that is too complicated");
	return i;
}

/* Both ways are run to the end; which one counts is decided when the value is computed. */
static void fork_at(struct machine *m, const Dwarf_Op *ops, size_t count, size_t at)
{
	const struct location_node *condition = pop(m);
	size_t target = branch_target(m, ops, count, at);
	struct machine taken = *m;
	struct location_node *n;

	if (m->why || ++m->nesting > 8) {
		fail(m, "has a location that is too complicated");
		return;
	}
	taken.nesting = m->nesting;
	run_from(&taken, ops, count, target);
	run_from(m, ops, count, at + 1);
	if (taken.why || taken.is_value != m->is_value || taken.is_register || m->is_register)
		fail(m, taken.why ? taken.why : "has a location that is too complicated");
	n = node(LOC_SELECT, 0);
	n->condition = condition;
	n->left = pop(&taken);
	n->right = pop(m);
	push(m, n);
}

static void run_from(struct machine *m, const Dwarf_Op *ops, size_t count, size_t i)
{
	while (i < count && !m->why) {
		if (ops[i].atom == DW_OP_bra) {
			fork_at(m, ops, count, i);
			return;
		}
		if (ops[i].atom == DW_OP_skip) {
			i = branch_target(m, ops, count, i);
			continue;
		}
		do_op(m, &ops[i++]);
	}
}

static bool run(struct machine *m, const Dwarf_Op *ops, size_t count)
{
	run_from(m, ops, count, 0);
	if (!m->why && m->depth == 0)
		fail(m, "is optimised out here");
	return !m->why;
}

/* ---- whole locations --------------------------------------------------------------------------- */

static void none(struct location *out, const char *why)
{
	*out = (struct location){ .kind = LOCATION_NONE, .why = why };
}

static bool is_piece(const Dwarf_Op *op)
{
	return op->atom == DW_OP_piece || op->atom == DW_OP_bit_piece;
}

static void implicit_bytes(struct machine *m, const Dwarf_Op *op, struct location *out)
{
	Dwarf_Block block;

	if (!m->attr || dwarf_getlocation_implicit_value(m->attr, op, &block) != 0) {
		none(out, "has a damaged location");
		return;
	}
	*out = (struct location){ .kind = LOCATION_BYTES, .bytes = block.data,
				  .length = block.length };
}

static bool is_implicit_pointer(const Dwarf_Op *op)
{
	return op->atom == DW_OP_implicit_pointer || op->atom == DW_OP_GNU_implicit_pointer;
}

static void locate_die(const struct machine *around, Dwarf_Die *die, struct location *out);

/* What it points to has no address of its own, but is known.  (Where it has one, so has the pointer a value.) */
static void implicit_pointer(struct machine *m, const Dwarf_Op *op, struct location *out)
{
	struct location *target = arena_new(struct location);
	Dwarf_Die die;

	if (!m->attr || m->nesting >= 8 || dwarf_getlocation_die(m->attr, op, &die) != 0) {
		none(out, "points to something that is optimised out");
		return;
	}
	m->nesting++;
	locate_die(m, &die, target);
	m->nesting--;
	if (target->kind == LOCATION_NONE)
		none(out, "points to something that is optimised out");
	else if (target->kind == LOCATION_ADDRESS)
		*out = (struct location){ .kind = LOCATION_VALUE,
					  .node = plus(target->node, (int64_t)op->number2) };
	else
		*out = (struct location){ .kind = LOCATION_POINTER, .target = target,
					  .target_type = die_attr_type(m->file, &die),
					  .offset = (int64_t)op->number2 };
}

/* Operations without pieces. */
static void locate_simple(struct machine *m, const Dwarf_Op *ops, size_t count,
			  struct location *out)
{
	if (count == 1 && ops->atom == DW_OP_implicit_value) {
		implicit_bytes(m, ops, out);
		return;
	}
	if (count == 1 && is_implicit_pointer(ops)) {
		implicit_pointer(m, ops, out);
		return;
	}
	m->depth = 0;
	m->why = NULL;
	m->is_value = m->is_register = false;
	if (!run(m, ops, count)) {
		none(out, m->why);
		return;
	}
	*out = (struct location){ .kind = m->is_value || m->is_register ? LOCATION_VALUE :
					  LOCATION_ADDRESS, .node = pop(m) };
}

static void locate_pieces(struct machine *m, const Dwarf_Op *ops, size_t count,
			  struct location *out)
{
	VEC(struct location_piece) pieces = { 0 };

	for (size_t start = 0, i = 0; i < count; i++) {
		struct location_piece p = { .bit_size = 0 };

		if (!is_piece(&ops[i]))
			continue;
		p.bit_size = ops[i].atom == DW_OP_piece ? 8 * ops[i].number : ops[i].number;
		p.bit_offset = ops[i].atom == DW_OP_piece ? 0 : ops[i].number2;
		if (i == start)
			none(&p.where, "is partly optimised out here");
		else
			locate_simple(m, ops + start, i - start, &p.where);
		vec_push(&pieces, p);
		start = i + 1;
	}
	*out = (struct location){ .kind = LOCATION_PIECES, .pieces = pieces.data,
				  .piece_count = pieces.len };
}

static void locate_any(struct machine *m, const Dwarf_Op *ops, size_t count, struct location *out)
{
	if (count && is_piece(&ops[count - 1]))
		locate_pieces(m, ops, count, out);
	else
		locate_simple(m, ops, count, out);
}

void locate_ops(struct debug_file *f, const Dwarf_Op *ops, size_t count, struct location *out)
{
	struct machine m = { .file = f };

	locate_any(&m, ops, count, out);
}

static bool constant_value(Dwarf_Die *die, struct location *out)
{
	Dwarf_Attribute a;
	Dwarf_Block block;
	Dwarf_Sword value;

	if (!dwarf_attr_integrate(die, DW_AT_const_value, &a))
		return false;
	if (dwarf_formblock(&a, &block) == 0) {
		*out = (struct location){ .kind = LOCATION_BYTES, .bytes = block.data,
					  .length = block.length };
	} else if (dwarf_formsdata(&a, &value) == 0) {
		*out = (struct location){ .kind = LOCATION_VALUE,
					  .node = node(LOC_CONST, value) };
	} else {
		const char *text = dwarf_formstring(&a);

		if (!text)
			return false;
		*out = (struct location){ .kind = LOCATION_BYTES, .bytes = (const uint8_t *)text,
					  .length = strlen(text) + 1 };
	}
	return true;
}

/* With the function, place and nesting of a machine. */
static void locate_die(const struct machine *around, Dwarf_Die *die, struct location *out)
{
	struct machine m = { .file = around->file, .function = around->function, .pc = around->pc,
			     .entry = around->entry, .at_entry = around->pc == around->entry,
			     .nesting = around->nesting };
	Dwarf_Attribute a;
	Dwarf_Op *ops;
	size_t count;
	int found;

	if (constant_value(die, out))
		return;
	if (!dwarf_attr_integrate(die, DW_AT_location, &a)) {
		none(out, "is optimised out of the whole function");
		return;
	}
	m.attr = &a;
	found = dwarf_getlocation_addr(&a, m.pc, &ops, &count, 1);
	if (found == 1)
		locate_any(&m, ops, count, out);
	else
		none(out, found < 0 ? "has a damaged location" : "is optimised out here");
}

void locate(struct debug_file *f, Dwarf_Die *die, Dwarf_Die *function, Dwarf_Addr pc,
	    Dwarf_Addr entry, struct location *out)
{
	locate_die(&(struct machine){ .file = f, .function = function, .pc = pc, .entry = entry }, die, out);
}
