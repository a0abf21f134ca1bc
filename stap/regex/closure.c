/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a program can be without taking a byte: what waits for one, and whether the end is reached. */
#include "private.h"

#include <string.h>

#include "../base/arena.h"

bool regex_takes(const struct regex_program *program, const struct program_inst *inst, unsigned byte)
{
	switch (inst->op) {
	case REGEX_BYTE:
		return (unsigned)inst->arg == byte;
	case REGEX_SET:
		return byte_set_has(&program->sets.data[inst->arg], byte);
	default:
		return inst->op == REGEX_ANY;
	}
}

void regex_closure_init(struct regex_closure *c, const struct regex_program *program)
{
	size_t size = program->code.len + 1;

	*c = (struct regex_closure){ .program = program, .words = size / 64 + 1 };
	c->seen = arena_alloc(c->words * sizeof(*c->seen));
	c->waiting = arena_alloc(c->words * sizeof(*c->waiting));
	c->stack = arena_alloc(size * sizeof(*c->stack));
}

void regex_closure_begin(struct regex_closure *c)
{
	memset(c->seen, 0, c->words * sizeof(*c->seen));
	memset(c->waiting, 0, c->words * sizeof(*c->waiting));
	c->stack_len = 0;
	c->reached_end = false;
}

void regex_closure_visit(struct regex_closure *c, unsigned pc)
{
	uint64_t bit = 1ULL << pc % 64;

	if (c->seen[pc / 64] & bit)
		return;
	c->seen[pc / 64] |= bit;
	c->stack[c->stack_len++] = (uint16_t)pc;
}

static void wait_at(struct regex_closure *c, unsigned pc)
{
	c->waiting[pc / 64] |= 1ULL << pc % 64;
}

static void visit_instruction(struct regex_closure *c, unsigned pc, bool at_start, bool at_end)
{
	const struct program_inst *inst = &c->program->code.data[pc];

	switch (inst->op) {
	case REGEX_SPLIT:
		regex_closure_visit(c, pc + 1);
		regex_closure_visit(c, inst->target);
		break;
	case REGEX_JUMP:
		regex_closure_visit(c, inst->target);
		break;
	case REGEX_TEXT_START:
		if (at_start)
			regex_closure_visit(c, pc + 1);
		break;
	case REGEX_TEXT_END:
		wait_at(c, pc);
		if (at_end)
			regex_closure_visit(c, pc + 1);
		break;
	default:
		wait_at(c, pc);
	}
}

void regex_closure_spread(struct regex_closure *c, bool at_start, bool at_end)
{
	for (; c->stack_len; c->visits++) {
		unsigned pc = c->stack[--c->stack_len];

		if (pc == c->program->code.len)
			c->reached_end = true;
		else
			visit_instruction(c, pc, at_start, at_end);
	}
}
