/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hash of names: FNV-1a of 32 bits, with its better upper half mixed into the lower one, since
 * tables take the lowest bits.  Files in the cache have it in them: one that changes it changes their formats.
 */
#ifndef STAP_BASE_NAME_HASH_H
#define STAP_BASE_NAME_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t name_hash_n(const char *name, size_t len)
{
	uint32_t h = 2166136261u;

	while (len--)
		h = (h ^ (uint8_t)*name++) * 16777619u;
	return h ^ h >> 15;
}

static inline uint32_t name_hash(const char *name)
{
	return name_hash_n(name, strlen(name));
}

#endif
