/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the typed functions of one shape of map; see map.h for what to define before.
 * Included once per shape.  Finding is inline; inserting a missing key
 * calls map_insert().
 *
 * A long key is compared itself; the stored hash is only looked at before a string is.
 */
#include "map.h"
#include "str.h"

#ifndef MAP_TEMPLATE_HELPERS
#define MAP_TEMPLATE_HELPERS

static inline u64 map_mix(u64 hash, u64 key)
{
	hash ^= key;
	hash ^= hash >> 32;
	return hash * 0x9e3779b97f4a7c15ULL;
}

#define MAP_HASH_LONG(k) map_hash_ = map_mix(map_hash_, (u64)(k));
#define MAP_HASH_STRING(k)								\
	unsigned map_length_##k;							\
	map_hash_ = map_mix(map_hash_, str_hash_length(k, &map_length_##k));
#define MAP_EQUAL_LONG(k) (map_node_->k == (k))
#define MAP_EQUAL_STRING(k)								\
	(map_node_->node.hash == *map_short_ && str_equal_length(map_node_->k, k, map_length_##k))
#define MAP_STORE_LONG(k) map_node_->k = (k);
#define MAP_STORE_STRING(k) str_copy(map_node_->k, k, sizeof(map_node_->k));

#define MAP_PASTE_(a, b) a##b
#define MAP_PASTE(a, b) MAP_PASTE_(a, b)
#endif

#define MAP_NODE MAP_PASTE(MAP_NAME, _node)
#define MAP_FUNCTION(suffix) MAP_PASTE(MAP_NAME, suffix)

struct MAP_NODE {
	struct map_node node;
	MAP_KEY_FIELDS
	char value_start[0];		/* cleared from here on when a key is inserted */
	MAP_VALUE;
};

/* The element or NULL; and the key's hash. */
static inline __attribute__((unused)) struct MAP_NODE *
MAP_FUNCTION(_lookup)(const struct map *m, u32 *map_short_, MAP_PARAMS)
{
	struct MAP_NODE *map_node_;
	u64 map_hash_ = 0;

	MAP_HASH
	*map_short_ = (u32)(map_hash_ >> 32);
	map_node_ = (struct MAP_NODE *)m->buckets[*map_short_ & m->mask];
	while (map_node_ && !(MAP_EQUAL))
		map_node_ = (struct MAP_NODE *)map_node_->node.chain;
	return map_node_;
}

/* NULL: no such key. */
static inline __attribute__((unused)) struct MAP_NODE *
MAP_FUNCTION(_find)(const struct map *m, MAP_PARAMS)
{
	u32 hash;

	return MAP_FUNCTION(_lookup)(m, &hash, MAP_ARGS);
}

static __attribute__((unused, noinline, cold)) struct MAP_NODE *
MAP_FUNCTION(_insert)(struct map *m, u32 hash, MAP_PARAMS)
{
	struct MAP_NODE *map_node_ =
		(struct MAP_NODE *)map_insert(m, hash, offsetof(struct MAP_NODE, value_start));

	if (unlikely(!map_node_))
		return NULL;
	MAP_STORE
	return map_node_;
}

/* The element, made with a zero value when missing.  NULL: the map is full. */
static inline __attribute__((unused)) struct MAP_NODE *
MAP_FUNCTION(_add)(struct map *m, MAP_PARAMS)
{
	u32 hash;
	struct MAP_NODE *node = MAP_FUNCTION(_lookup)(m, &hash, MAP_ARGS);

	if (likely(node))
		return node;
	return MAP_FUNCTION(_insert)(m, hash, MAP_ARGS);
}

/* Was it there? */
static inline __attribute__((unused)) bool MAP_FUNCTION(_delete)(struct map *m, MAP_PARAMS)
{
	struct MAP_NODE *node = MAP_FUNCTION(_find)(m, MAP_ARGS);

	if (node)
		map_remove(m, &node->node);
	return node != NULL;
}

#undef MAP_NODE
#undef MAP_FUNCTION
#undef MAP_NAME
#undef MAP_KEY_FIELDS
#undef MAP_PARAMS
#undef MAP_ARGS
#undef MAP_HASH
#undef MAP_EQUAL
#undef MAP_STORE
#undef MAP_VALUE
