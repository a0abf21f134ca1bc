/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of names: one hash table over all texts that were ever interned.
 * Texts are compared with their length, so bytes after a NUL count.
 */
#include "intern.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "oom.h"

#define uthash_fatal(msg) out_of_memory(0)
#include <uthash.h>

struct name {
	UT_hash_handle hh;
	char text[];
};

static struct name *names;

static struct name *name_add(const char *text, size_t len, unsigned hash)
{
	struct name *name = arena_alloc(sizeof *name + len + 1);

	memcpy(name->text, text, len);
	HASH_ADD_KEYPTR_BYHASHVALUE(hh, names, name->text, len, hash, name);
	return name;
}

const char *intern_n(const char *text, size_t len)
{
	struct name *name;
	unsigned hash;

	HASH_VALUE(text, len, hash);
	HASH_FIND_BYHASHVALUE(hh, names, text, len, hash, name);
	if (!name)
		name = name_add(text, len, hash);
	return name->text;
}

const char *intern(const char *text)
{
	return intern_n(text, strlen(text));
}

const char *intern_printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const char *text = arena_vprintf(format, args);
	va_end(args);
	return intern(text);
}

void intern_reset(void)
{
	HASH_CLEAR(hh, names);
}
