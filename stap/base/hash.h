/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uthash's tables, in the arena like everything else of a compile. */
#ifndef STAP_BASE_HASH_H
#define STAP_BASE_HASH_H

#include "arena.h"

#define uthash_malloc(size) arena_alloc(size)
#define uthash_free(memory, size) ((void)(memory), (void)(size))
#include <uthash.h>

/* Most tables are those of a probe's few names: they begin small (uthash: with 32 buckets). */
#undef HASH_INITIAL_NUM_BUCKETS
#undef HASH_INITIAL_NUM_BUCKETS_LOG2
#define HASH_INITIAL_NUM_BUCKETS 4U
#define HASH_INITIAL_NUM_BUCKETS_LOG2 2U

#endif
