/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs to automata: subset construction over classes of bytes, merging of states
 * that nothing can tell apart, and numbering so that the engine reads a state's
 * meaning from its order.
 *
 * A state is the sorted set of instructions that wait for a byte, or for the end of the
 * text.  Whether the text has just begun matters only to the start state, which is
 * kept apart from an equal set met later.
 */
#include "regex_private.h"

#include <string.h>

#include "../base/arena.h"

#define MAX_ENTRIES 65535	/* of the table: rows times classes */
/* The rest bounds time and memory: */
#define MAX_STATES 20000	/* before merging */
#define MAX_ITEMS 2000000	/* of all states together */
#define MAX_TRANSITIONS (1U << 20)
#define MAX_VISITS 20000000	/* of instructions */

/* ---- byte classes -------------------------------------------------------------------- */

/* Split classes so that each lies wholly inside or outside of the set. */
static void split_classes(struct byte_classes *classes, const struct byte_set *set)
{
	int inside[256];
	bool outside[256] = {false};

	memset(inside, -1, sizeof(inside));
	for (unsigned byte = 1; byte < 256; byte++)
		if (!byte_set_has(set, byte))
			outside[classes->of[byte]] = true;
	for (unsigned byte = 1; byte < 256; byte++) {
		unsigned old = classes->of[byte];

		if (!byte_set_has(set, byte) || !outside[old])
			continue;
		if (inside[old] < 0)
			inside[old] = (int)classes->count++;
		classes->of[byte] = (uint8_t)inside[old];
	}
}

void regex_find_classes(struct byte_classes *classes, const struct regex_program *program)
{
	*classes = (struct byte_classes){ .count = 1 };
	vec_each(&program->code, struct program_inst, inst) {
		struct byte_set one = {{0}};

		if (inst->op == REGEX_BYTE) {
			one.bits[inst->arg / 64] |= 1ULL << (inst->arg % 64);
			split_classes(classes, &one);
		} else if (inst->op == REGEX_SET) {
			split_classes(classes, &program->sets.data[inst->arg]);
		}
	}
	for (unsigned byte = 255; byte >= 1; byte--)
		classes->example[classes->of[byte]] = (uint8_t)byte;
}

/* ---- states ------------------------------------------------------------------------------- */

struct state {
	uint16_t *items;	/* sorted instructions */
	unsigned count;
	unsigned hash;
	bool at_start;		/* the text's first byte comes next */
	bool accepts;		/* the program's end is reached here ... */
	bool accepts_at_end;	/* ... or would be if the text ended here */
	unsigned *next;		/* state by class */
	unsigned merged;	/* number after merging */
};

enum { NEVER, FOUND, FIRST_STATE };	/* two states that are always there */

struct builder {
	const struct regex_program *program;
	const struct byte_classes *classes;
	bool search;
	VEC(struct state) states;
	size_t total_items;
	unsigned *hash;			/* state + 1, by hash of its items; at most half full */
	unsigned hash_size;
	/* the closure under construction */
	uint64_t *seen, *waiting;	/* bits of instructions, the end included */
	size_t words;			/* of either */
	uint16_t *stack, *items;
	unsigned stack_len, item_count;
	unsigned visits;
	bool reached_end;
};

static void visit(struct builder *b, unsigned pc)
{
	uint64_t bit = 1ULL << pc % 64;

	if (b->seen[pc / 64] & bit)
		return;
	b->seen[pc / 64] |= bit;
	b->stack[b->stack_len++] = (uint16_t)pc;
}

static void wait_at(struct builder *b, unsigned pc)
{
	b->waiting[pc / 64] |= 1ULL << pc % 64;
}

static void visit_instruction(struct builder *b, unsigned pc, bool at_start, bool at_end)
{
	const struct program_inst *inst = &b->program->code.data[pc];

	switch (inst->op) {
	case REGEX_SPLIT:
		visit(b, pc + 1);
		visit(b, inst->target);
		break;
	case REGEX_JUMP:
		visit(b, inst->target);
		break;
	case REGEX_TEXT_START:
		if (at_start)
			visit(b, pc + 1);
		break;
	case REGEX_TEXT_END:
		wait_at(b, pc);
		if (at_end)
			visit(b, pc + 1);
		break;
	default:
		wait_at(b, pc);
	}
}

static void closure_begin(struct builder *b)
{
	memset(b->seen, 0, b->words * sizeof(*b->seen));
	memset(b->waiting, 0, b->words * sizeof(*b->waiting));
	b->stack_len = 0;
	b->reached_end = false;
}

/* Follow everything that needs no byte. */
static void closure_spread(struct builder *b, bool at_start, bool at_end)
{
	for (; b->stack_len; b->visits++) {
		unsigned pc = b->stack[--b->stack_len];

		if (pc == b->program->code.len)
			b->reached_end = true;
		else
			visit_instruction(b, pc, at_start, at_end);
	}
}

/* What waits, in order. */
static void list_items(struct builder *b)
{
	b->item_count = 0;
	for (size_t i = 0; i < b->words; i++)
		for (uint64_t bits = b->waiting[i]; bits; bits &= bits - 1)
			b->items[b->item_count++] = (uint16_t)(i * 64 + (unsigned)__builtin_ctzll(bits));
}

static unsigned hash_items(const struct builder *b, bool at_start)
{
	uint64_t hash = at_start + 1;

	for (unsigned i = 0; i < b->item_count; i++)
		hash = (hash ^ b->items[i]) * 0x9e3779b97f4a7c15ULL;
	return (unsigned)(hash >> 32);
}

static unsigned *free_slot(const struct builder *b, unsigned hash)
{
	unsigned slot = hash & (b->hash_size - 1);

	while (b->hash[slot])
		slot = (slot + 1) & (b->hash_size - 1);
	return &b->hash[slot];
}

static void hash_grow(struct builder *b)
{
	b->hash_size *= 2;
	b->hash = arena_alloc(b->hash_size * sizeof(*b->hash));
	for (unsigned i = FIRST_STATE; i < b->states.len; i++)
		*free_slot(b, b->states.data[i].hash) = i + 1;
}

static bool same_state(const struct builder *b, const struct state *s, bool at_start)
{
	return s->count == b->item_count && s->at_start == at_start && s->accepts == b->reached_end &&
	       !memcmp(s->items, b->items, s->count * sizeof(*s->items));
}

/* Would the program end here if the text did? */
static bool ends_with_text(struct builder *b, const struct state *s)
{
	closure_begin(b);
	for (unsigned i = 0; i < s->count; i++)
		visit(b, s->items[i]);
	closure_spread(b, s->at_start, true);
	return b->reached_end;
}

static unsigned state_new(struct builder *b, bool at_start, unsigned hash)
{
	struct state s = { .count = b->item_count, .hash = hash, .at_start = at_start,
			   .accepts = b->reached_end };
	size_t size = s.count * sizeof(*s.items);

	s.items = arena_alloc(size + 1);
	memcpy(s.items, b->items, size);
	s.next = arena_alloc(b->classes->count * sizeof(*s.next));
	s.accepts_at_end = s.accepts || ends_with_text(b, &s);
	vec_push(&b->states, s);
	b->total_items += s.count;
	return (unsigned)b->states.len - 1;
}

/* The state for the closure that was built. */
static unsigned intern_state(struct builder *b, bool at_start)
{
	unsigned hash, slot;

	if (b->search && b->reached_end)
		return FOUND;
	list_items(b);
	if (!b->item_count && !b->reached_end)
		return NEVER;
	hash = hash_items(b, at_start);
	for (slot = hash; b->hash[slot & (b->hash_size - 1)]; slot++) {
		unsigned index = b->hash[slot & (b->hash_size - 1)] - 1;

		if (same_state(b, &b->states.data[index], at_start))
			return index;
	}
	if (b->states.len * 2 >= b->hash_size)
		hash_grow(b);
	*free_slot(b, hash) = (unsigned)b->states.len + 1;
	return state_new(b, at_start, hash);
}

static unsigned start_state(struct builder *b, bool at_start)
{
	closure_begin(b);
	visit(b, 0);
	closure_spread(b, at_start, false);
	return intern_state(b, at_start);
}

static bool inst_takes(const struct regex_program *program, const struct program_inst *inst, unsigned byte)
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

static unsigned next_state(struct builder *b, unsigned from, unsigned class)
{
	const struct state *s = &b->states.data[from];
	unsigned byte = b->classes->example[class];

	closure_begin(b);
	for (unsigned i = 0; i < s->count; i++)
		if (inst_takes(b->program, &b->program->code.data[s->items[i]], byte))
			visit(b, s->items[i] + 1U);
	if (b->search)
		visit(b, 0);
	closure_spread(b, false, false);
	return intern_state(b, false);
}

/* States are found while walking the growing list. */
static bool find_states(struct builder *b)
{
	for (unsigned i = FIRST_STATE; i < b->states.len; i++) {
		if (b->states.len > MAX_STATES || b->total_items > MAX_ITEMS || b->visits > MAX_VISITS ||
		    b->states.len * b->classes->count > MAX_TRANSITIONS)
			return false;
		for (unsigned class = 0; class < b->classes->count; class++) {
			unsigned next = next_state(b, i, class);

			b->states.data[i].next[class] = next;
		}
	}
	return true;
}

/* The two fixed states, which lead to themselves. */
static void add_fixed_states(struct builder *b)
{
	for (unsigned i = NEVER; i < FIRST_STATE; i++) {
		closure_begin(b);
		list_items(b);
		state_new(b, false, 0);
		for (unsigned class = 0; class < b->classes->count; class++)
			b->states.data[i].next[class] = i;
	}
	b->states.data[FOUND].accepts = b->states.data[FOUND].accepts_at_end = true;
}

/* ---- merging ----------------------------------------------------------------------------------- */

static unsigned meaning(const struct state *s)
{
	return s->accepts + s->accepts_at_end;
}

/* States that may be merged agree in what they mean and, however far one looks, in where they lead. */
static unsigned merge_states(struct builder *b)
{
	unsigned n = (unsigned)b->states.len, classes = b->classes->count, count;
	unsigned *next = arena_alloc(sizeof(*next) * n * classes), *set = arena_alloc(sizeof(*set) * n);

	for (unsigned i = 0; i < n; i++) {
		set[i] = meaning(&b->states.data[i]);
		for (unsigned class = 0; class < classes; class++)
			next[class * n + i] = b->states.data[i].next[class];
	}
	count = regex_merge(next, n, classes, set);
	for (unsigned i = 0; i < n; i++)
		b->states.data[i].merged = set[i];
	return count;
}

/* ---- numbering ----------------------------------------------------------------------------------- */

/* The order that regex.h promises: [FOUND,] NEVER, plain states, those that end with the text, those that accept. */
static unsigned rank(const struct builder *b, unsigned state)
{
	const struct state *s = &b->states.data[state];

	if (s->merged == b->states.data[NEVER].merged)
		return 1;
	if (b->search && s->merged == b->states.data[FOUND].merged)
		return 0;
	return 2U + meaning(s);
}

#define RANKS 5

/* One state of each merged set that is in use, in the order of ranks; returns their number. */
static unsigned order_states(const struct builder *b, unsigned *order, unsigned *row, unsigned rank_start[RANKS + 1])
{
	unsigned n = 0;

	for (unsigned r = 0; r < RANKS; r++) {
		rank_start[r] = n;
		for (unsigned i = 0; i < b->states.len; i++) {
			bool unused = !b->search && i == FOUND;
			unsigned merged = b->states.data[i].merged;

			if (unused || row[merged] != ~0U || rank(b, i) != r)
				continue;
			row[merged] = n;
			order[n++] = i;
		}
	}
	rank_start[RANKS] = n;
	return n;
}

static bool write_table(struct built_dfa *dfa, const struct builder *b, unsigned merged_count,
			unsigned start, unsigned start_inner)
{
	unsigned classes = b->classes->count, rank_start[RANKS + 1];
	unsigned *order = arena_alloc(merged_count * sizeof(*order));
	unsigned *row = arena_alloc(merged_count * sizeof(*row));
	unsigned n;

	memset(row, 0xff, merged_count * sizeof(*row));
	n = order_states(b, order, row, rank_start);
	dfa->size = (size_t)n * classes;
	if (dfa->size > MAX_ENTRIES)
		return false;
	dfa->next = arena_alloc(dfa->size * sizeof(*dfa->next));
	for (unsigned i = 0; i < n; i++)
		for (unsigned class = 0; class < classes; class++) {
			unsigned next = b->states.data[order[i]].next[class];

			dfa->next[i * classes + class] =
				(uint16_t)(row[b->states.data[next].merged] * classes);
		}
	dfa->start = row[b->states.data[start].merged] * classes;
	dfa->start_inner = row[b->states.data[start_inner].merged] * classes;
	dfa->stop = row[b->states.data[NEVER].merged] * classes;
	dfa->end = rank_start[3] * classes;
	dfa->accept = rank_start[4] * classes;
	return true;
}

static void builder_init(struct builder *b)
{
	size_t size = b->program->code.len + 1;

	b->words = size / 64 + 1;
	b->seen = arena_alloc(b->words * sizeof(*b->seen));
	b->waiting = arena_alloc(b->words * sizeof(*b->waiting));
	b->stack = arena_alloc(size * sizeof(*b->stack));
	b->items = arena_alloc(size * sizeof(*b->items));
	b->hash_size = 256;
	b->hash = arena_alloc(b->hash_size * sizeof(*b->hash));
}

bool regex_make_dfa(struct built_dfa *dfa, const struct regex_program *program,
		    const struct byte_classes *classes, bool search, struct regex_error *error)
{
	struct builder b = { .program = program, .classes = classes, .search = search };
	unsigned start, start_inner;

	builder_init(&b);
	add_fixed_states(&b);
	start = start_state(&b, true);
	start_inner = start_state(&b, false);
	if (find_states(&b) && write_table(dfa, &b, merge_states(&b), start, start_inner))
		return true;
	error->text = "the pattern needs too many states";
	return false;
}
