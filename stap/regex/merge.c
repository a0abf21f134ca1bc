/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Merging of states that nothing can tell apart: Hopcroft's partition refinement.
 *
 * Sets of states are split by whether a byte leads into a chosen set, until no set splits
 * another.  Of the two halves of a set that already served as a splitter only the smaller must
 * serve again, so each state is looked at a logarithmic number of times.
 */
#include "private.h"

#include <string.h>

#include "../base/arena.h"

/* Sets are ranges of `members`; the marked ones of a set come first in its range. */
struct partition {
	unsigned count;			/* of sets */
	unsigned *members, *place;	/* states by set, and where in `members` each is */
	unsigned *set;			/* by state */
	unsigned *first, *end, *marked;	/* by set */
	bool *waits;			/* by set: it is to split others */
	unsigned *queue, queue_len;	/* the sets that wait */
	unsigned *touched, touched_len;	/* the sets with marked states */
};

/* Who leads to a state by a class: from[start[i] .. start[i + 1]], i = class * states + state. */
struct inverse { unsigned *start, *from; };

static void *numbers(size_t count)
{
	return arena_alloc((count + 1) * sizeof(unsigned));
}

static struct inverse invert(const unsigned *next, unsigned states, unsigned classes)
{
	size_t count = (size_t)states * classes;
	struct inverse inverse = { .start = numbers(count + 1), .from = numbers(count) };

	for (size_t i = 0; i < count; i++)
		inverse.start[i - i % states + next[i] + 2]++;
	for (size_t i = 2; i < count + 2; i++)
		inverse.start[i] += inverse.start[i - 1];
	for (size_t i = 0; i < count; i++)	/* start[i + 1] is where i begins, then where it ends */
		inverse.from[inverse.start[i - i % states + next[i] + 1]++] = (unsigned)(i % states);
	return inverse;
}

static void enqueue(struct partition *p, unsigned set)
{
	if (p->waits[set])
		return;
	p->waits[set] = true;
	p->queue[p->queue_len++] = set;
}

static void mark(struct partition *p, unsigned state)
{
	unsigned set = p->set[state], old = p->place[state], new = p->first[set] + p->marked[set];
	unsigned other = p->members[new];

	if (old < new)
		return;
	if (!p->marked[set]++)
		p->touched[p->touched_len++] = set;
	p->members[old] = other;
	p->place[other] = old;
	p->members[new] = state;
	p->place[state] = new;
}

/* The marked states of a set become a set of their own. */
static void split(struct partition *p, unsigned set)
{
	unsigned fresh = p->count, middle = p->first[set] + p->marked[set];

	p->marked[set] = 0;
	if (middle == p->end[set])
		return;
	p->count++;
	p->first[fresh] = p->first[set];
	p->end[fresh] = p->first[set] = middle;
	for (unsigned i = p->first[fresh]; i < middle; i++)
		p->set[p->members[i]] = fresh;
	if (p->waits[set] || middle - p->first[fresh] <= p->end[set] - middle)
		enqueue(p, fresh);
	else
		enqueue(p, set);
}

static void split_touched(struct partition *p)
{
	while (p->touched_len)
		split(p, p->touched[--p->touched_len]);
}

/* Split every set by whether each class leads into this one, as it is now. */
static void refine_by(struct partition *p, const struct inverse *inverse, unsigned set, unsigned states,
		      unsigned classes, unsigned *splitter)
{
	unsigned len = p->end[set] - p->first[set];

	memcpy(splitter, &p->members[p->first[set]], len * sizeof(*splitter));
	for (unsigned class = 0; class < classes; class++) {
		for (unsigned i = 0; i < len; i++) {
			size_t target = (size_t)class * states + splitter[i];

			for (unsigned k = inverse->start[target]; k < inverse->start[target + 1]; k++)
				mark(p, inverse->from[k]);
		}
		split_touched(p);
	}
}

static void partition_init(struct partition *p, unsigned states)
{
	unsigned **arrays[] = { &p->members, &p->place, &p->set, &p->first, &p->end, &p->marked, &p->queue, &p->touched };

	for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++)
		*arrays[i] = numbers(states);
	p->waits = arena_alloc(states);
	for (unsigned i = 0; i < states; i++)
		p->members[i] = p->place[i] = i;
	p->end[0] = states;
	p->count = 1;
	enqueue(p, 0);
}

unsigned regex_merge(const unsigned *next, unsigned states, unsigned classes, unsigned *set)
{
	struct partition p = {0};
	struct inverse inverse = invert(next, states, classes);
	unsigned *splitter = numbers(states);

	partition_init(&p, states);
	for (unsigned value = 0; value < REGEX_MEANINGS; value++) {
		for (unsigned i = 0; i < states; i++)
			if (set[i] == value)
				mark(&p, i);
		split_touched(&p);
	}
	while (p.queue_len) {
		unsigned chosen = p.queue[--p.queue_len];

		p.waits[chosen] = false;
		refine_by(&p, &inverse, chosen, states, classes, splitter);
	}
	memcpy(set, p.set, states * sizeof(*set));
	return p.count;
}
