/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uthash's tables, in the arena like everything else of a compile. */
#ifndef STAP_BASE_HASH_H
#define STAP_BASE_HASH_H

#include "arena.h"

#define uthash_malloc(size) arena_alloc(size)
#define uthash_free(memory, size) ((void)(memory), (void)(size))
#include <uthash.h>

#endif
