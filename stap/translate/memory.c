/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The low-level nodes that target variables become: reads and writes of memory,
 * registers, arguments, values saved at a function's entry.
 */
#include <inttypes.h>

#include "unit.h"

static struct value temp_value(const char *t)
{
	return (struct value){ .text = t, .simple = true, .constant = true };
}

/* ---- loads ----------------------------------------------------------------------------- */

/* The bits of a field out of the bytes around it. */
static const char *bit_field(const struct expr *e, const char *raw)
{
	unsigned offset = e->load.bit_offset, size = e->load.bit_size;

	if (e->load.is_signed)
		return arena_printf("script_shr(script_shl(%s, %u), %u)", raw, 64 - offset - size, 64 - size);
	return arena_printf("(s64)((u64)%s >> %u & %#" PRIx64 "ULL)", raw, offset, (UINT64_C(1) << size) - 1);
}

static bool is_bit_field(const struct expr *e)
{
	return e->load.bit_size && e->load.bit_size < 64;
}

static const char *raw_load(struct body *b, const struct expr *e, const char *address, bool is_signed)
{
	const char *t = new_temp(b);
	const char *load = arena_printf("script_load%s(%s, %u, %s, &%s)", e->load.user ? "_user" : "", address,
					e->load.size, is_signed ? "true" : "false", t);

	line(b, "s64 %s;", t);
	if (b->unit->session->options.skip_badvars)
		line(b, "%s;", load);	/* a fault gives 0 */
	else
		emit_failure(b, e->at, arena_printf("!%s", load),
			     arena_printf("script_read_fault(c, %s, %u)", address, e->load.size));
	return t;
}

struct value emit_load_at(struct body *b, const struct expr *e, const char *address)
{
	if (is_bit_field(e))
		return value_long(bit_field(e, raw_load(b, e, address, false)));
	return temp_value(raw_load(b, e, address, e->load.is_signed));
}

struct value emit_load(struct body *b, const struct expr *e)
{
	struct value v = emit_load_at(b, e, value_once(b, emit_value(b, e->load.address)).text);

	v.constant = true;
	return v;
}

/* ---- stores ------------------------------------------------------------------------------ */

static const char *with_field(const struct expr *e, const char *raw, const char *value)
{
	uint64_t mask = ((UINT64_C(1) << e->load.bit_size) - 1) << e->load.bit_offset;

	return arena_printf("(s64)(((u64)%s & ~%#" PRIx64 "ULL) | ((u64)%s << %u & %#" PRIx64 "ULL))", raw, mask,
			    value, e->load.bit_offset, mask);
}

void emit_memory_store(struct body *b, const struct expr *target, const char *address, const char *value)
{
	if (is_bit_field(target))
		value = with_field(target, raw_load(b, target, address, false), value);
	emit_failure(b, target->at,
		     arena_printf("!script_store%s(%s, %u, %s)", target->load.user ? "_user" : "", address,
				  target->load.size, value),
		     arena_printf("script_write_fault(c, %s, %u)", address, target->load.size));
}

/* ---- registers and arguments ----------------------------------------------------------------- */

/* Bytes that the C type has, with its sign. */
static const char *narrowed(const char *text, unsigned size, bool is_signed)
{
	if (size == 0 || size >= 8)
		return text;
	return arena_printf("(%c%u)%s", is_signed ? 's' : 'u', size * 8, text);
}

static struct value taken(struct body *b, const char *text)
{
	const char *t = new_temp(b);

	line(b, "s64 %s = %s;", t, text);
	return temp_value(t);
}

/* Not every probe has registers to read; a process never has. */
/* Not among those that are known at every function's entry, by DWARF's numbers. */
static bool is_rare(int number)
{
	return number == 0 || number == 3 || (number >= 10 && number <= 15);
}

struct value emit_register(struct body *b, const struct expr *e)
{
	bool kernel = b->unit->session->options.runtime == RUNTIME_KERNEL;

	b->unit->all_registers |= is_rare(e->reg.number);
	emit_raise(b, e->at, kernel ? "!c->regs" : "true", "\"no registers in this probe\"");
	if (!kernel)
		return temp_value("0");
	return taken(b, narrowed(arena_printf("script_register(c, %d)", e->reg.number), e->reg.size,
				 e->reg.is_signed));
}

struct value emit_argument(struct body *b, const struct expr *e)
{
	return taken(b, narrowed(arena_printf("script_argument(c->regs, %d)", e->argument.number), e->argument.size,
				 e->argument.is_signed));
}

void emit_register_store(struct body *b, const struct expr *target, const char *value)
{
	if (target->kind == E_ARGUMENT) {
		emit_failure(b, target->at, arena_printf("!script_argument_set(c, %d, %u, %s)", target->argument.number,
							 target->argument.size, value),
			     "script_write_fault(c, c->regs->sp, 8)");
		return;
	}
	emit_raise(b, target->at, "!c->regs", "\"no registers in this probe\"");
	line(b, "script_register_set(c, %d, %u, %s);", target->reg.number, target->reg.size, value);
}

struct value emit_saved(struct body *b, const struct expr *e)
{
	struct value v = value_simple(arena_printf("((const struct %s *)c->saved)->v%d", b->saved, e->saved.slot),
				      e->type == TYPE_STRING);

	v.constant = true;
	return v;
}
