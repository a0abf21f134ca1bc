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
#include "private.h"

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
	struct regex_closure closure;	/* of the state under construction, and */
	uint16_t *items;		/* its list */
	unsigned item_count;
};

/* What waits, in order. */
static void list_items(struct builder *b)
{
	b->item_count = 0;
	for (size_t i = 0; i < b->closure.words; i++)
		for (uint64_t bits = b->closure.waiting[i]; bits; bits &= bits - 1)
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
	return s->count == b->item_count && s->at_start == at_start && s->accepts == b->closure.reached_end &&
	       !memcmp(s->items, b->items, s->count * sizeof(*s->items));
}

/* Would the program end here if the text did? */
static bool ends_with_text(struct builder *b, const struct state *s)
{
	regex_closure_begin(&b->closure);
	for (unsigned i = 0; i < s->count; i++)
		regex_closure_visit(&b->closure, s->items[i]);
	regex_closure_spread(&b->closure, s->at_start, true);
	return b->closure.reached_end;
}

static unsigned state_new(struct builder *b, bool at_start, unsigned hash)
{
	struct state s = { .count = b->item_count, .hash = hash, .at_start = at_start,
			   .accepts = b->closure.reached_end };
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

	if (b->search && b->closure.reached_end)
		return FOUND;
	list_items(b);
	if (!b->item_count && !b->closure.reached_end)
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
	regex_closure_begin(&b->closure);
	regex_closure_visit(&b->closure, 0);
	regex_closure_spread(&b->closure, at_start, false);
	return intern_state(b, at_start);
}

static unsigned next_state(struct builder *b, unsigned from, unsigned class)
{
	const struct state *s = &b->states.data[from];
	unsigned byte = b->classes->example[class];

	regex_closure_begin(&b->closure);
	for (unsigned i = 0; i < s->count; i++)
		if (regex_takes(b->program, &b->program->code.data[s->items[i]], byte))
			regex_closure_visit(&b->closure, s->items[i] + 1U);
	if (b->search)
		regex_closure_visit(&b->closure, 0);
	regex_closure_spread(&b->closure, false, false);
	return intern_state(b, false);
}

/* States are found while walking the growing list. */
static bool find_states(struct builder *b)
{
	for (unsigned i = FIRST_STATE; i < b->states.len; i++) {
		if (b->states.len > MAX_STATES || b->total_items > MAX_ITEMS || b->closure.visits > MAX_VISITS ||
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
		regex_closure_begin(&b->closure);
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
	regex_closure_init(&b->closure, b->program);
	b->items = arena_alloc((b->program->code.len + 1) * sizeof(*b->items));
	b->hash_size = 256;
	b->hash = arena_alloc(b->hash_size * sizeof(*b->hash));
}

bool regex_make_dfa(struct built_dfa *dfa, const struct regex_program *program,
		    const struct byte_classes *classes, bool search)
{
	struct builder b = { .program = program, .classes = classes, .search = search };
	unsigned start, start_inner;

	builder_init(&b);
	add_fixed_states(&b);
	start = start_state(&b, true);
	start_inner = start_state(&b, false);
	return find_states(&b) && write_table(dfa, &b, merge_states(&b), start, start_inner);
}
