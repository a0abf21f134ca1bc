/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Associative arrays.  struct map holds what does not depend on the key and value
 * types: the node pool (all memory is taken at creation), hash buckets, the insertion-order
 * list.  core/map_template.h makes, for each shape of key and value, the inlined lookup
 * functions.  No locks in here: the caller holds the array's lock, or the
 * map is one CPU's own.
 *
 * The template.  Before including "core/map_template.h" (as often as there are shapes):
 *
 *	#define MAP_NAME m2				prefix of all that is made
 *	#define MAP_KEY_FIELDS s64 k0; char k1[MAXSTRINGLEN];
 *	#define MAP_PARAMS s64 k0, const char *k1
 *	#define MAP_ARGS k0, k1
 *	#define MAP_HASH MAP_HASH_LONG(k0) MAP_HASH_STRING(k1)
 *	#define MAP_EQUAL MAP_EQUAL_LONG(k0) && MAP_EQUAL_STRING(k1)
 *	#define MAP_STORE MAP_STORE_LONG(k0) MAP_STORE_STRING(k1)
 *	#define MAP_VALUE s64 value | char value[MAXSTRINGLEN] | struct aggregate value; s64 buckets[66]
 *	#include "core/map_template.h"			undefines all of these
 *
 * gives
 *
 *	struct m2_node { struct map_node node; MAP_KEY_FIELDS MAP_VALUE; };
 *	struct m2_node *m2_find(struct map *m, MAP_PARAMS);	NULL: no such key
 *	struct m2_node *m2_add(struct map *m, MAP_PARAMS);	finds or creates (value zeroed); NULL: full
 *	bool m2_delete(struct map *m, MAP_PARAMS);		was it there?
 *
 * String arguments are strings of the language: at most MAXSTRINGLEN - 1 bytes.
 */
#ifndef CORE_MAP_H
#define CORE_MAP_H

#include "types.h"

struct map_node {
	struct map_node *chain;		/* next in hash bucket; or next free */
	struct map_node *next, *prev;	/* insertion order */
	u32 hash;
};

struct map {
	struct map_node **buckets;
	u32 mask;			/* buckets - 1 */
	u32 count, capacity;
	bool wrap;			/* full: drop the oldest instead of failing */
	struct map_node *first, *last;	/* insertion order */
	struct map_node *free;
	u32 used;			/* nodes of the pool ever handed out */
	size_t node_size;
	char *pool;
};

/* Take memory for `capacity` nodes (script_alloc()); returns 0 or -12 (ENOMEM). May sleep. */
int map_init(struct map *m, u32 capacity, size_t node_size, bool wrap);
void map_release(struct map *m);

/* Empty the map. */
void map_clear(struct map *m);

/*
 * A node for a key that is not in the map: linked in, its bytes from value_offset on zeroed.
 * NULL: the map is full and does not wrap.  Used by the template, which then stores the key.
 */
struct map_node *map_insert(struct map *m, u32 hash, u32 value_offset);

/* The node after `node` in insertion order; NULL at the end, and when the map was emptied meanwhile. */
static inline struct map_node *map_next(const struct map *m, const struct map_node *node)
{
	return m->count ? node->next : NULL;
}

/* Unlink a node that was found in the map and put it on the free list. */
void map_remove(struct map *m, struct map_node *node);

/*
 * Order for a sorted foreach: fill `order` (room for m->count, at most `room`) with the
 * nodes sorted stably by `compare` (<0: a first); returns their number, at most `limit` (no limit: ~0u).
 * `scratch` has room for as many pointers.  A small limit is cheap: the best few are kept
 * while walking the map once.
 */
typedef int (*map_compare)(const struct map_node *a, const struct map_node *b, const void *data);
u32 map_sort(struct map *m, struct map_node **order, struct map_node **scratch, u32 room, u32 limit,
	     map_compare compare, const void *data);

#endif
