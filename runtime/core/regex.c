/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Yes-or-no matching walks one automaton over the text.
 *
 * Groups follow the POSIX rule: the match as a whole is leftmost, then longest; within
 * it each part of the pattern, from left to right, takes as much as it can.
 * So once the whole match is known, the outline of the pattern is descended: at a
 * concatenation the question is "how far can the left part reach such that
 * the rest still fits?", at a repetition "how far can the first round reach?".  Each
 * question is one simulation of a range of the program, in which every thread carries the
 * place where it crossed the boundary and the farther one wins.  No recursion and no
 * allocation; the threads' marks are in memory of the caller's.
 */
#include "regex.h"

static bool dfa_found(const struct regex_table *table, const char *text)
{
	const struct regex_dfa *dfa = &table->search;
	unsigned state = dfa->start;

	for (const u8 *p = (const u8 *)text; state > dfa->stop; p++) {
		if (!*p)
			return state >= dfa->end;
		state = dfa->next[state + table->classes[*p]];
	}
	return state == 0;
}

/* End of the longest match that starts at `from`; -1: none starts there. */
static int dfa_longest(const struct regex_table *table, const char *text, int from)
{
	const struct regex_dfa *dfa = &table->longest;
	unsigned state = from ? dfa->start_inner : dfa->start;
	int end = -1;

	for (int i = from; state > dfa->stop; i++) {
		if (state >= dfa->accept)
			end = i;
		if (!text[i])
			return state >= dfa->end ? i : end;
		state = dfa->next[state + table->classes[(u8)text[i]]];
	}
	return end;
}

/* Where the places that a byte takes lead, beside where a match can begin. */
static u64 nfa_step(const struct regex_nfa *nfa, const u64 *takes, const u64 *now, u64 *next)
{
	u64 alive = 0;

	for (unsigned w = 0; w < nfa->words; w++)
		next[w] = nfa->follow[nfa->words + w];
	for (unsigned w = 0; w < nfa->words; w++)
		for (u64 bits = now[w] & takes[w]; bits; bits &= bits - 1) {
			const u64 *to = nfa->follow + (w * 64 + (unsigned)__builtin_ctzll(bits)) * nfa->words;

			for (unsigned i = 0; i < nfa->words; i++)
				next[i] |= to[i];
		}
	for (unsigned w = 0; w < nfa->words; w++)
		alive |= next[w];
	return alive;
}

static bool nfa_found(const struct regex_table *table, const char *text)
{
	const struct regex_nfa *nfa = &table->nfa;
	u64 rows[2][REGEX_MAX_WORDS], *now = rows[0], *next = rows[1], *last;
	u64 alive = 1;

	for (unsigned w = 0; w < nfa->words; w++)
		now[w] = nfa->follow[w];
	for (const u8 *p = (const u8 *)text; alive; p++) {
		if (now[0] >> REGEX_ENDS & 1)
			return true;
		if (!*p)
			return now[0] >> REGEX_ENDS_WITH_TEXT & 1;
		alive = nfa_step(nfa, nfa->takes + table->classes[*p] * nfa->words, now, next);
		last = now;
		now = next;
		next = last;
	}
	return false;
}

/* ---- one simulation ---------------------------------------------------------------------- */

/*
 * A thread is a mark at its instruction: 0 none, UNCROSSED when it has not yet been at the
 * boundary, else 1 + the place where it first was.  The greater mark is the better one: a thread
 * still to cross will cross farther right than all that did.
 */
#define UNCROSSED 0xffff
#define FARTHEST 65000			/* texts are searched for groups up to here */

struct simulation {
	const struct regex_table *table;
	const char *text;
	unsigned begin, boundary, end;	/* of the program */
	int position;
	u16 *marks, *next;		/* swapped with each byte */
};

static inline bool raise_mark(u16 *mark, u16 to)
{
	if (*mark >= to)
		return false;
	*mark = to;
	return true;
}

static bool takes_byte(const struct simulation *sim, const struct regex_inst *inst, u8 byte)
{
	switch (inst->op) {
	case REGEX_BYTE:
		return inst->arg == byte;
	case REGEX_SET:
		return sim->table->sets[inst->arg][byte / 64] >> (byte % 64) & 1;
	default:
		return inst->op == REGEX_ANY;
	}
}

/* Does the thread at `inst` go on to the next instruction without taking a byte? */
static bool falls_through(const struct simulation *sim, const struct regex_inst *inst)
{
	switch (inst->op) {
	case REGEX_SPLIT:
		return true;
	case REGEX_TEXT_START:
		return sim->position == 0;
	case REGEX_TEXT_END:
		return sim->text[sim->position] == 0;
	default:
		return false;
	}
}

/* Threads go where they can without taking a byte.  Code runs forward but for the
 * ends of repetitions, which cause another round where they improved a mark. */
static void spread(struct simulation *sim)
{
	unsigned pc = sim->begin;

	while (pc < sim->end) {
		const struct regex_inst *inst = &sim->table->program[pc];
		u16 *mark = &sim->marks[pc];

		if (pc == sim->boundary && *mark == UNCROSSED)
			*mark = (u16)(sim->position + 1);
		if (*mark && falls_through(sim, inst))
			raise_mark(mark + 1, *mark);
		if (*mark && (inst->op == REGEX_SPLIT || inst->op == REGEX_JUMP) &&
		    raise_mark(&sim->marks[inst->target], *mark) && inst->target < pc)
			pc = inst->target;
		else
			pc++;
	}
}

static void step(struct simulation *sim)
{
	const struct regex_inst *program = sim->table->program;
	u16 *marks = sim->marks, *next = sim->next;
	u8 byte = (u8)sim->text[sim->position];

	for (unsigned pc = sim->begin; pc <= sim->end; pc++)
		next[pc] = 0;
	for (unsigned pc = sim->begin; pc < sim->end; pc++)
		if (marks[pc] && takes_byte(sim, &program[pc], byte))
			raise_mark(&next[pc + 1], marks[pc]);
	sim->marks = next;
	sim->next = marks;
	sim->position++;
}

/*
 * The leftmost match and its longest end, by one simulation of the whole: here a mark tells where a thread began, and
 * the greater one began earlier.
 */
static void find_outline(const struct regex_table *table, const char *text, struct regex_match *match)
{
	struct simulation sim = {
		.table = table, .text = text, .boundary = UNCROSSED, .end = table->length,
		.marks = match->marks, .next = match->marks + REGEX_MAX_PROGRAM + 1,
	};
	u16 best = 0;

	for (unsigned pc = 0; pc <= sim.end; pc++)
		sim.marks[pc] = 0;
	for (;; step(&sim)) {
		if (!best)
			raise_mark(&sim.marks[0], (u16)(FARTHEST + 1 - sim.position));
		spread(&sim);
		if (sim.marks[sim.end] && sim.marks[sim.end] >= best) {
			best = sim.marks[sim.end];
			match->start[0] = FARTHEST + 1 - best;
			match->end[0] = sim.position;
		}
		if (!text[sim.position] || sim.position == FARTHEST)
			return;
	}
}

/* ---- the descent ------------------------------------------------------------------------------ */

/* A part of the pattern and the text that it took. */
struct task { int from, to; u8 node; };

struct descent {
	const struct regex_table *table;
	const char *text;
	struct regex_match *match;
	unsigned depth;
	struct task tasks[REGEX_MAX_DEPTH];
};

static void push(struct descent *d, u8 node, int from, int to)
{
	if (node != REGEX_NO_NODE && d->depth < REGEX_MAX_DEPTH)
		d->tasks[d->depth++] = (struct task){ from, to, node };
}

/*
 * Match the program's range [begin, end) to exactly the text from `from` to `to`.  Returns -1
 * if it does not fit, else the last place at which the boundary can first be crossed
 * (`to` if it is not crossed at all).
 */
static int fits(const struct descent *d, unsigned begin, unsigned boundary, unsigned end, int from, int to)
{
	struct simulation sim = {
		.table = d->table, .text = d->text, .begin = begin, .boundary = boundary, .end = end,
		.position = from, .marks = d->match->marks, .next = d->match->marks + REGEX_MAX_PROGRAM + 1,
	};
	u16 mark;

	for (unsigned pc = begin; pc <= end; pc++)
		sim.marks[pc] = 0;
	sim.marks[begin] = UNCROSSED;
	spread(&sim);
	while (sim.position < to) {
		step(&sim);
		spread(&sim);
	}
	mark = sim.marks[end];
	return mark == UNCROSSED ? to : (int)mark - 1;
}

static void do_concat(struct descent *d, const struct regex_node *n, int from, int to)
{
	int middle = fits(d, n->begin, n->boundary, n->end, from, to);

	if (middle < 0)
		return;
	push(d, n->right, middle, to);		/* later: what is on the left comes first */
	push(d, n->left, from, middle);
}

static void do_choice(struct descent *d, const struct regex_node *n, int from, int to)
{
	unsigned left_end = n->boundary - 1U;

	if (fits(d, n->begin + 1U, left_end, left_end, from, to) >= 0)
		push(d, n->left, from, to);
	else
		push(d, n->right, from, to);
}

static void do_option(struct descent *d, const struct regex_node *n, int from, int to)
{
	if (fits(d, n->begin + 1U, n->end, n->end, from, to) >= 0)
		push(d, n->left, from, to);
}

/* Only the last round leaves its groups behind. */
static void do_plus(struct descent *d, const struct regex_node *n, int from, int to)
{
	for (;;) {
		int middle = fits(d, n->begin, n->boundary, n->end, from, to);

		if (middle < 0)
			return;
		if (middle == to || middle == from)
			break;
		from = middle;
	}
	for (int group = n->first_group; group <= n->last_group; group++)
		d->match->start[group] = d->match->end[group] = -1;
	push(d, n->left, from, to);
}

static void do_group(struct descent *d, const struct regex_node *n, int from, int to)
{
	d->match->start[n->group] = from;
	d->match->end[n->group] = to;
	push(d, n->left, from, to);
}

static void (*const descend[])(struct descent *, const struct regex_node *, int, int) = {
	[REGEX_GROUP] = do_group,
	[REGEX_CONCAT] = do_concat,
	[REGEX_CHOICE] = do_choice,
	[REGEX_OPTION] = do_option,
	[REGEX_PLUS] = do_plus,
};

static void find_groups(const struct regex_table *table, const char *text, struct regex_match *match)
{
	struct descent d = { .table = table, .text = text, .match = match };

	if (match->end[0] > FARTHEST)
		return;
	push(&d, table->root, match->start[0], match->end[0]);
	while (d.depth) {
		struct task t = d.tasks[--d.depth];

		descend[table->nodes[t.node].kind](&d, &table->nodes[t.node], t.from, t.to);
	}
}

static void dfa_outline(const struct regex_table *table, const char *text, struct regex_match *match)
{
	int start = 0, end;

	while ((end = dfa_longest(table, text, start)) < 0)
		start++;
	match->start[0] = start;
	match->end[0] = end;
}

static void fill_match(const struct regex_table *table, const char *text, struct regex_match *match)
{
	match->count = table->groups + 1;
	if (table->nfa.words)
		find_outline(table, text, match);
	else
		dfa_outline(table, text, match);
	for (int group = 1; group < match->count; group++)
		match->start[group] = match->end[group] = -1;
	find_groups(table, text, match);
}

bool regex_search(const struct regex_table *table, const char *text, struct regex_match *match)
{
	bool found = table->nfa.words ? nfa_found(table, text) : dfa_found(table, text);

	if (!match)
		return found;
	match->count = 0;
	if (found && table->program)
		fill_match(table, text, match);
	return found;
}
