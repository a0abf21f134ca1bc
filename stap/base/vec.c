/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growth by doubling, so that pushing n elements copies at most 2n. */
#include "vec.h"

#include <string.h>

#include "arena.h"

#define FIRST_CAPACITY 4

void *vec_grow(void *data, size_t len, size_t *cap, size_t size)
{
	if (len < *cap)
		return data;
	*cap = *cap ? *cap * 2 : FIRST_CAPACITY;

	void *larger = arena_alloc(*cap * size);

	if (len)
		memcpy(larger, data, len * size);
	return larger;
}
