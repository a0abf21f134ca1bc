/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growth by doubling, so that pushing n elements copies at most 2n.  Most lists have one or
 * two elements; one that is filled while nothing else is allocated grows where it is.
 */
#include "vec.h"

#include <limits.h>
#include <string.h>

#include "arena.h"
#include "oom.h"

#define FIRST_CAPACITY 2
#define HEAP_CAPACITY 64

static unsigned larger(unsigned cap, unsigned first, size_t size)
{
	if (cap > UINT_MAX / 2)
		out_of_memory(cap * size);
	return cap ? cap * 2 : first;
}

void *vec_grow(void *data, unsigned len, unsigned *cap, size_t size)
{
	size_t old = *cap * size;
	void *moved;

	if (len < *cap)
		return data;
	*cap = larger(*cap, FIRST_CAPACITY, size);
	if (old % sizeof(void *) == 0 && arena_extend(data, old, old))
		return data;
	moved = arena_alloc(*cap * size);
	if (len)
		memcpy(moved, data, len * size);
	return moved;
}

void *heap_grow(void *data, unsigned len, unsigned *cap, size_t size)
{
	if (len < *cap)
		return data;
	*cap = larger(*cap, HEAP_CAPACITY, size);
	return checked_realloc(data, *cap * size);
}

void *vec_moved(void *data, unsigned len, size_t size)
{
	void *kept = len ? memcpy(arena_alloc(len * size), data, len * size) : NULL;

	free(data);
	return kept;
}
