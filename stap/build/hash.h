/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 128-bit SipHash-2-4, for names of cache entries and for noticing damage.  Not secret, not for
 * signatures: a cache belongs to one user.
 */
#ifndef STAP_BUILD_HASH_H
#define STAP_BUILD_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash {
	uint64_t v[4];
	uint64_t tail;		/* bytes that do not fill a word yet */
	uint64_t len;
};

#define HASH_HEX 32		/* digits of hash_hex() */

void hash_init(struct hash *h);
void hash_bytes(struct hash *h, const void *data, size_t len);

/* A text with its end, so that "ab","c" differs from "a","bc".  NULL differs from "". */
void hash_text(struct hash *h, const char *text);
void hash_number(struct hash *h, int64_t number);

/* Path, size and modification time; a file that is missing counts as that. */
void hash_file_stamp(struct hash *h, const char *path);

/* Stamps of all files below a folder with one of the suffixes (ends with NULL). */
void hash_tree_stamp(struct hash *h, const char *dir, const char *const *suffixes);

/* The digest in hex, in the arena.  The hash may go on afterwards. */
const char *hash_hex(const struct hash *h);

/* Digest of a file's contents, or NULL when it cannot be read. */
const char *hash_file_contents(const char *path);

#endif
