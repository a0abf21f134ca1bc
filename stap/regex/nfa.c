/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs to sets of places, for patterns such as x.{20}: what has been read of them is one of so many
 * combinations that no table of states has room for them.  A place is an instruction that takes a byte; which
 * places the text may be at is a row of bits, and each byte leads from one row to the next.
 */
#include "private.h"

#include "../base/arena.h"

struct placing {
	const struct regex_program *program;
	struct regex_closure closure;
	unsigned *place;		/* of an instruction; 0: it takes no byte */
	unsigned words;
};

static bool takes_bytes(const struct program_inst *inst)
{
	return inst->op == REGEX_BYTE || inst->op == REGEX_SET || inst->op == REGEX_ANY;
}

/* Returns how many there are, with the two that are the ends. */
static unsigned number_places(struct placing *p)
{
	unsigned count = REGEX_FIRST_PLACE;

	p->place = arena_alloc((p->program->code.len + 1) * sizeof(*p->place));
	for (size_t i = 0; i < p->program->code.len; i++)
		if (takes_bytes(&p->program->code.data[i]))
			p->place[i] = count++;
	return count;
}

static void set_bit(uint64_t *row, unsigned place)
{
	row[place / 64] |= 1ULL << place % 64;
}

/* The places that can be reached from an instruction without taking a byte. */
static void reach(struct placing *p, unsigned pc, bool at_start, uint64_t *row)
{
	regex_closure_begin(&p->closure);
	regex_closure_visit(&p->closure, pc);
	regex_closure_spread(&p->closure, at_start, false);
	for (size_t i = 0; i < p->program->code.len; i++)
		if (p->place[i] && p->closure.waiting[i / 64] >> i % 64 & 1)
			set_bit(row, p->place[i]);
	if (p->closure.reached_end)
		set_bit(row, REGEX_ENDS);
	regex_closure_begin(&p->closure);
	regex_closure_visit(&p->closure, pc);
	regex_closure_spread(&p->closure, at_start, true);
	if (p->closure.reached_end)
		set_bit(row, REGEX_ENDS_WITH_TEXT);
}

static void find_takers(const struct placing *p, unsigned byte, uint64_t *row)
{
	for (size_t i = 0; i < p->program->code.len; i++)
		if (p->place[i] && regex_takes(p->program, &p->program->code.data[i], byte))
			set_bit(row, p->place[i]);
}

bool regex_make_nfa(struct built_nfa *nfa, const struct regex_program *program, const struct byte_classes *classes)
{
	struct placing p = { .program = program };

	if (program->code.len >= REGEX_MAX_PROGRAM)
		return false;
	nfa->places = number_places(&p);
	nfa->words = p.words = (nfa->places + 63) / 64;
	if (p.words > REGEX_MAX_WORDS)
		return false;
	regex_closure_init(&p.closure, program);
	nfa->takes = arena_alloc(classes->count * p.words * sizeof(*nfa->takes));
	nfa->follow = arena_alloc(nfa->places * p.words * sizeof(*nfa->follow));
	for (unsigned class = 0; class < classes->count; class++)
		find_takers(&p, classes->example[class], &nfa->takes[class * p.words]);
	reach(&p, 0, true, nfa->follow);
	reach(&p, 0, false, nfa->follow + p.words);
	for (unsigned i = 0; i < program->code.len; i++)
		if (p.place[i])
			reach(&p, i + 1, false, &nfa->follow[p.place[i] * p.words]);
	return true;
}
