/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of names: one hash table over all texts that were ever interned.
 * Texts are compared with their length, so bytes after a NUL count.
 */
#include "intern.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "name_hash.h"
#include "oom.h"

struct name {
	struct name *next;		/* of the same bucket */
	unsigned hash, len;
	char text[];
};

/* Not uthash: its handle would be most of what a name takes, and a wildcard has a hundred thousand names. */
static struct { struct name **buckets; unsigned size, count; } names;

static void grow(void)
{
	unsigned size = names.size ? 2 * names.size : 4096;
	struct name **buckets = checked_realloc(NULL, size * sizeof *buckets), *next;

	memset(buckets, 0, size * sizeof *buckets);
	for (unsigned i = 0; i < names.size; i++)
		for (struct name *n = names.buckets[i]; n; n = next) {
			next = n->next;
			n->next = buckets[n->hash & (size - 1)];
			buckets[n->hash & (size - 1)] = n;
		}
	free(names.buckets);
	names.buckets = buckets;
	names.size = size;
}

static const char *name_add(const char *text, size_t len, unsigned hash)
{
	struct name *name = arena_alloc_lasting(sizeof *name + len + 1);

	if (names.count++ >= names.size)
		grow();
	name->hash = hash;
	name->len = len;
	memcpy(name->text, text, len);
	name->next = names.buckets[hash & (names.size - 1)];
	names.buckets[hash & (names.size - 1)] = name;
	return name->text;
}

const char *intern_n(const char *text, size_t len)
{
	unsigned hash = name_hash_n(text, len);
	const struct name *n = names.size ? names.buckets[hash & (names.size - 1)] : NULL;

	while (n && (n->hash != hash || n->len != len || memcmp(n->text, text, len) != 0))
		n = n->next;
	return n ? n->text : name_add(text, len, hash);
}

const char *intern(const char *text)
{
	return intern_n(text, strlen(text));
}

/* Most names are short. */
const char *intern_printf(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	int len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (len >= 0 && (size_t)len < sizeof text)
		return intern_n(text, (size_t)len);
	va_start(args, format);
	const char *longer = arena_vprintf(format, args);
	va_end(args);
	return intern(longer);
}

void intern_reset(void)
{
	free(names.buckets);
	memset(&names, 0, sizeof names);
}
