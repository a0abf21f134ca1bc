/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of associative arrays that does not depend on key and value: nodes come
 * from a pool taken at creation, hang in a bucket's chain and in a list by insertion.
 * Freed nodes are kept in a list of their own and are used first, so that a
 * map that stays small also stays in few cache lines.
 */
#include "map.h"

#define NO_MEMORY (-12)

/* Provided by either runtime; see script.h. */
void *script_alloc(size_t size);
void script_free(void *memory);

static u32 buckets_for(u32 capacity)
{
	u32 n = 8;

	while (n < capacity && n < 1U << 30)
		n *= 2;
	return n;
}

int map_init(struct map *m, u32 capacity, size_t node_size, bool wrap)
{
	u32 buckets = buckets_for(capacity);

	*m = (struct map){ .mask = buckets - 1, .capacity = capacity, .wrap = wrap,
			   .node_size = node_size };
	m->buckets = script_alloc(buckets * sizeof(*m->buckets));
	m->pool = script_alloc(capacity * node_size);
	if (m->buckets && m->pool)
		return 0;
	map_release(m);
	return NO_MEMORY;
}

void map_release(struct map *m)
{
	script_free(m->buckets);
	script_free(m->pool);
	m->buckets = NULL;
	m->pool = NULL;
	m->count = m->capacity = 0;
	m->first = m->last = m->free = NULL;
}

/* Few elements: empty their buckets; many: wipe the table. */
void map_clear(struct map *m)
{
	if (m->count < m->mask / 8)
		for (struct map_node *node = m->first; node; node = node->next)
			m->buckets[node->hash & m->mask] = NULL;
	else
		__builtin_memset(m->buckets, 0, (m->mask + (size_t)1) * sizeof(*m->buckets));
	m->count = m->used = 0;
	m->first = m->last = m->free = NULL;
}

static void unlink_chain(struct map *m, struct map_node *node)
{
	struct map_node **link = &m->buckets[node->hash & m->mask];

	while (*link != node)
		link = &(*link)->chain;
	*link = node->chain;
}

static void unlink_order(struct map *m, struct map_node *node)
{
	if (node->prev)
		node->prev->next = node->next;
	else
		m->first = node->next;
	if (node->next)
		node->next->prev = node->prev;
	else
		m->last = node->prev;
}

/* next and prev stay as they were: a loop that stands on this node can go on. */
void map_remove(struct map *m, struct map_node *node)
{
	unlink_chain(m, node);
	unlink_order(m, node);
	node->chain = m->free;
	m->free = node;
	m->count--;
}

static struct map_node *take_node(struct map *m)
{
	struct map_node *node;

	if (!m->free && m->used < m->capacity)
		return (struct map_node *)(m->pool + m->used++ * m->node_size);
	if (!m->free && m->wrap && m->first)
		map_remove(m, m->first);
	node = m->free;
	if (node)
		m->free = node->chain;
	return node;
}

/* A call of memset() costs more than a small value; volatile, or the loop becomes one. */
#define SMALL_VALUE 64
typedef u64 __attribute__((may_alias)) value_word;

static inline void clear_value(struct map_node *node, u32 offset, u32 size)
{
	if (size - offset > SMALL_VALUE || (offset | size) % sizeof(value_word)) {
		__builtin_memset((char *)node + offset, 0, size - offset);
		return;
	}
	for (; offset < size; offset += sizeof(value_word))
		*(volatile value_word *)((char *)node + offset) = 0;
}

struct map_node *map_insert(struct map *m, u32 hash, u32 value_offset)
{
	struct map_node **bucket = &m->buckets[hash & m->mask];
	struct map_node *node = take_node(m);

	if (unlikely(!node))
		return NULL;
	clear_value(node, value_offset, m->node_size);
	node->hash = hash;
	node->chain = *bucket;
	*bucket = node;
	node->next = NULL;
	node->prev = m->last;
	if (m->last)
		m->last->next = node;
	else
		m->first = node;
	m->last = node;
	m->count++;
	return node;
}

/* ---- sorting ------------------------------------------------------------------------- */

#define SELECT_LIMIT 64		/* up to so many are kept sorted by insertion */

/* Put `node` into the `n` sorted ones, behind its equals. */
static void insert_sorted(struct map_node **order, u32 n, struct map_node *node,
			  map_compare compare, const void *data)
{
	while (n && compare(node, order[n - 1], data) < 0) {
		order[n] = order[n - 1];
		n--;
	}
	order[n] = node;
}

/* The first `limit` of all in one walk.  The last slot is given up for each better one. */
static u32 select_first(struct map *m, struct map_node **order, u32 limit,
			map_compare compare, const void *data)
{
	u32 n = 0;

	for (struct map_node *node = m->first; node; node = node->next) {
		if (n < limit)
			insert_sorted(order, n++, node, compare, data);
		else if (compare(node, order[n - 1], data) < 0)
			insert_sorted(order, n - 1, node, compare, data);
	}
	return n;
}

static void merge_runs(struct map_node **to, struct map_node **from, u32 start, u32 middle, u32 end,
		       map_compare compare, const void *data)
{
	u32 a = start, b = middle;

	for (u32 i = start; i < end; i++) {
		bool take_b = a == middle || (b < end && compare(from[b], from[a], data) < 0);

		to[i] = take_b ? from[b++] : from[a++];
	}
}

/* Bottom-up merge sort: stable, no recursion, n log n for any input. */
static void merge_sort(struct map_node **order, struct map_node **scratch, u32 n,
		       map_compare compare, const void *data)
{
	struct map_node **from = order, **to = scratch;

	for (u32 width = 1; width < n; width *= 2) {
		struct map_node **swap = from;

		for (u32 start = 0; start < n; start += 2 * width) {
			u32 middle = n - start > width ? start + width : n;
			u32 end = n - start > 2 * width ? start + 2 * width : n;

			merge_runs(to, from, start, middle, end, compare, data);
		}
		from = to;
		to = swap;
	}
	if (from != order)
		__builtin_memcpy(order, from, n * sizeof(*order));
}

u32 map_sort(struct map *m, struct map_node **order, struct map_node **scratch, u32 room, u32 limit,
	     map_compare compare, const void *data)
{
	u32 n = 0;

	if (limit > room)
		limit = room;
	if (limit <= SELECT_LIMIT)
		return limit ? select_first(m, order, limit, compare, data) : 0;
	for (struct map_node *node = m->first; node && n < room; node = node->next)
		order[n++] = node;
	merge_sort(order, scratch, n, compare, data);
	return n < limit ? n : limit;
}
