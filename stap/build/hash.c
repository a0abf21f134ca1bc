/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SipHash as published by Aumasson and Bernstein, with a fixed key; and stamps of files. */
#include "hash.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/arena.h"
#include "../base/file.h"

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1]; v[1] = rotate(v[1], 13) ^ v[0]; v[0] = rotate(v[0], 32);
	v[2] += v[3]; v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3]; v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1]; v[1] = rotate(v[1], 17) ^ v[2]; v[2] = rotate(v[2], 32);
}

static void add_word(struct hash *h, uint64_t word)
{
	h->v[3] ^= word;
	sip_round(h->v);
	sip_round(h->v);
	h->v[0] ^= word;
}

void hash_init(struct hash *h)
{
	const uint64_t key0 = 0x70617473, key1 = 0x65686361;

	*h = (struct hash){ .v = {
		key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d ^ 0xee,
		key0 ^ 0x6c7967656e657261, key1 ^ 0x7465646279746573,
	} };
}

static void add_byte(struct hash *h, unsigned char byte)
{
	h->tail |= (uint64_t)byte << (h->len++ % 8 * 8);
	if (h->len % 8)
		return;
	add_word(h, h->tail);
	h->tail = 0;
}

void hash_bytes(struct hash *h, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len && h->len % 8) {
		add_byte(h, *p++);
		len--;
	}
	for (; len >= 8; len -= 8, p += 8, h->len += 8) {
		uint64_t word;

		memcpy(&word, p, 8);
		add_word(h, word);
	}
	while (len--)
		add_byte(h, *p++);
}

void hash_text(struct hash *h, const char *text)
{
	if (text)
		hash_bytes(h, text, strlen(text) + 1);
	else
		hash_bytes(h, "\xff", 2);
}

void hash_number(struct hash *h, int64_t number)
{
	hash_bytes(h, &number, sizeof number);
}

static uint64_t half_digest(struct hash *h, uint64_t mark)
{
	h->v[mark == 0xee ? 2 : 1] ^= mark;
	for (int i = 0; i < 4; i++)
		sip_round(h->v);
	return h->v[0] ^ h->v[1] ^ h->v[2] ^ h->v[3];
}

const char *hash_hex(const struct hash *h)
{
	struct hash end = *h;

	add_word(&end, h->tail | h->len << 56);
	uint64_t first = half_digest(&end, 0xee);

	return arena_printf("%016llx%016llx", (unsigned long long)first,
			    (unsigned long long)half_digest(&end, 0xdd));
}

const char *hash_file_contents(const char *path)
{
	struct hash h;
	char *data;
	size_t len;

	if (file_read(path, &data, &len))
		return NULL;
	hash_init(&h);
	hash_bytes(&h, data, len);
	return hash_hex(&h);
}

/* ---- stamps ------------------------------------------------------------------------- */

void hash_file_stamp(struct hash *h, const char *path)
{
	struct stat st;

	hash_text(h, path);
	if (!path || stat(path, &st) < 0) {
		hash_number(h, -1);
		return;
	}
	hash_number(h, st.st_size);
	hash_number(h, st.st_mtim.tv_sec);
	hash_number(h, st.st_mtim.tv_nsec);
}

static bool has_suffix(const char *name, const char *const *suffixes)
{
	const char *dot = strrchr(name, '.');

	for (; dot && *suffixes; suffixes++)
		if (!strcmp(dot, *suffixes))
			return true;
	return false;
}

void hash_tree_stamp(struct hash *h, const char *dir, const char *const *suffixes)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		const char *path = arena_printf("%s/%s", dir, name);

		if (name[0] == '.')
			;	/* the folder itself, its parent, hidden files */
		else if (entries[i]->d_type == DT_DIR)
			hash_tree_stamp(h, path, suffixes);
		else if (has_suffix(name, suffixes))
			hash_file_stamp(h, path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}
