/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of what was learnt from a large file: named parts in one file that is
 * mapped, so that a second run reads only the pages it asks for.
 */
#ifndef STAP_DEBUGINFO_STORE_H
#define STAP_DEBUGINFO_STORE_H

#include <stdbool.h>
#include <stddef.h>

#define STORE_PARTS 8

struct store_part {
	const void *data;
	size_t size;
};

/* A part's meaning is its owner's; a part of size 0 is absent. */
struct store {
	struct store_part part[STORE_PARTS];
};

/*
 * Map the entry of this kind and key.  False when there is none, or it is of
 * another format, damaged (size, checksum) or of another key with the same hash: the
 * caller then makes it anew.  The mapping stays until the process ends.
 * cache_dir NULL: always false.
 */
bool store_load(struct store *st, const char *cache_dir, const char *kind, const char *key);

/* Let go of the memory of all entries: their pages are read again when they are asked for. */
void store_forget(void);

/* Write an entry: to a temporary name, then renamed.  Returns 0 or -errno; a cache that
 * cannot be written is no failure of the run. */
int store_save(const struct store *st, const char *cache_dir, const char *kind, const char *key);

/* Key of a file: its path, size, inode and time of change; NULL when it is not there. */
const char *store_file_key(const char *path);

#endif
