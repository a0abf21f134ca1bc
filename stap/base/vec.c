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

void *vec_grow(void *data, unsigned len, unsigned *cap, size_t size)
{
	size_t old = *cap * size;

	if (len < *cap)
		return data;
	if (len > UINT_MAX / 2)
		out_of_memory(old);
	*cap = *cap ? *cap * 2 : FIRST_CAPACITY;
	if (old % sizeof(void *) == 0 && arena_extend(data, old, old))
		return data;

	void *larger = arena_alloc(*cap * size);

	if (len)
		memcpy(larger, data, len * size);
	return larger;
}
