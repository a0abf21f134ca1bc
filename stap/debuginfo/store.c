/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cache entry is a header, the key, and the parts, each at a multiple of 8.  The
 * header has a checksum of itself and all that follows: it is computed by reading the file in
 * pieces, not through the mapping, so that checking costs no resident memory.
 */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/oom.h"

#define STORE_MAGIC 0x36657261775f7473ull	/* changes with the format of any part */
enum { CHUNK = 64 * 1024, LANES = 4, KEY_MAX = 4096 };

struct header {
	uint64_t magic, size, checksum;
	uint64_t key_size;
	struct { uint64_t offset, size; } part[STORE_PARTS];
};

/* Four independent multiplicative hashes, so that the processor overlaps them. */
struct checksum {
	uint64_t lane[LANES];
};

static void checksum_add(struct checksum *c, const void *data, size_t size)
{
	const uint64_t *w = data;

	for (size_t i = 0; i < size / 8; i++)
		c->lane[i % LANES] = (c->lane[i % LANES] ^ w[i]) * 0x9e3779b97f4a7c15ull;
}

/* The sum over everything that was added and the header without its sum. */
static uint64_t checksum_value(struct checksum c, struct header h)
{
	uint64_t value = 0;

	h.checksum = 0;
	checksum_add(&c, &h, sizeof h);
	for (int i = 0; i < LANES; i++)
		value = (value ^ c.lane[i] ^ c.lane[i] >> 29) * 0xbf58476d1ce4e5b9ull;
	return value;
}

static size_t padded(size_t n)
{
	return (n + 8 * LANES - 1) & ~(size_t)(8 * LANES - 1);
}

static uint64_t text_hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325ull;

	while (*text)
		h = (h ^ (uint8_t)*text++) * 0x100000001b3ull;
	return h;
}

static const char *entry_path(const char *cache_dir, const char *kind, const char *key)
{
	return arena_printf("%s/btf/%s-%016llx", cache_dir, kind,
			    (unsigned long long)text_hash(key));
}

/* Does the file hold what its header promises? */
static bool checksum_matches(int fd, const struct header *h)
{
	struct checksum c = { 0 };
	uint64_t at = sizeof *h;
	void *chunk = malloc(CHUNK);
	bool ok = chunk != NULL;

	while (ok && at < h->size) {
		size_t want = h->size - at < CHUNK ? h->size - at : CHUNK;

		ok = pread(fd, chunk, want, at) == (ssize_t)want;
		if (ok)
			checksum_add(&c, chunk, want);
		at += want;
	}
	free(chunk);
	return ok && checksum_value(c, *h) == h->checksum;
}

static bool header_valid(int fd, const struct header *h)
{
	struct stat st;

	if (h->magic != STORE_MAGIC || fstat(fd, &st) < 0 || (uint64_t)st.st_size != h->size ||
	    h->key_size > KEY_MAX || sizeof *h + h->key_size > h->size)
		return false;
	for (int i = 0; i < STORE_PARTS; i++)
		if (h->part[i].offset > h->size || h->part[i].size > h->size - h->part[i].offset)
			return false;
	return checksum_matches(fd, h);
}

/* All that is mapped, from the newest on. */
static struct mapping {
	const char *start;
	size_t size;
	struct mapping *next;
} *mappings;

static void remember(const char *start, size_t size)
{
	struct mapping *m = checked_realloc(NULL, sizeof *m);

	*m = (struct mapping){ start, size, mappings };
	mappings = m;
}

void store_forget(void)
{
	for (const struct mapping *m = mappings; m; m = m->next)
		madvise((void *)m->start, m->size, MADV_DONTNEED);
}

static bool map_entry(int fd, struct store *st, const char *key)
{
	struct header h;
	const char *map;

	if (pread(fd, &h, sizeof h, 0) != sizeof h || !header_valid(fd, &h))
		return false;
	map = mmap(NULL, h.size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return false;
	if (strlen(key) + 1 > h.key_size || strcmp(map + sizeof h, key) != 0) {
		munmap((void *)map, h.size);
		return false;
	}
	remember(map, h.size);
	for (int i = 0; i < STORE_PARTS; i++) {
		st->part[i].data = h.part[i].size ? map + h.part[i].offset : NULL;
		st->part[i].size = h.part[i].size;
	}
	return true;
}

bool store_load(struct store *st, const char *cache_dir, const char *kind, const char *key)
{
	int fd;
	bool ok;

	memset(st, 0, sizeof *st);
	if (!cache_dir || !key)
		return false;
	fd = open(entry_path(cache_dir, kind, key), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = map_entry(fd, st, key);
	close(fd);
	return ok;
}

/* Append data and zeroes up to the next boundary. */
static int append(FILE *f, struct checksum *c, const void *data, size_t size)
{
	static const uint8_t zero[8 * LANES];
	size_t whole = size & ~(size_t)(8 * LANES - 1), rest = size - whole;
	uint8_t last[8 * LANES] = { 0 };

	checksum_add(c, data, whole);
	if (rest) {
		memcpy(last, (const char *)data + whole, rest);
		checksum_add(c, last, sizeof last);
	}
	if (fwrite(data, 1, size, f) != size ||
	    fwrite(zero, 1, padded(size) - size, f) != padded(size) - size)
		return errno ? -errno : -EIO;
	return 0;
}

static int write_entry(FILE *f, const struct store *st, const char *key)
{
	struct header h = { .magic = STORE_MAGIC, .key_size = padded(strlen(key) + 1) };
	struct checksum c = { 0 };
	int rc;

	errno = 0;
	h.size = sizeof h + h.key_size;
	if (h.key_size > KEY_MAX)
		return -ENAMETOOLONG;
	if (fseek(f, sizeof h, SEEK_SET) < 0)
		return -errno;
	rc = append(f, &c, key, strlen(key) + 1);
	for (int i = 0; i < STORE_PARTS && rc == 0; i++) {
		h.part[i].offset = h.size;
		h.part[i].size = st->part[i].size;
		h.size += padded(st->part[i].size);
		if (st->part[i].size)
			rc = append(f, &c, st->part[i].data, st->part[i].size);
	}
	h.checksum = checksum_value(c, h);
	if (rc == 0 && (fseek(f, 0, SEEK_SET) < 0 || fwrite(&h, sizeof h, 1, f) != 1))
		rc = -errno;
	return rc;
}

static int open_temporary(const char *cache_dir, char **path)
{
	const char *dir = arena_printf("%s/btf", cache_dir);
	int fd;

	*path = arena_printf("%s/.new-XXXXXX", dir);
	fd = mkostemp(*path, O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		if (mkdir(cache_dir, 0700) < 0 && errno != EEXIST)
			return -errno;
		if (mkdir(dir, 0700) < 0 && errno != EEXIST)
			return -errno;
		*path = arena_printf("%s/.new-XXXXXX", dir);
		fd = mkostemp(*path, O_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

int store_save(const struct store *st, const char *cache_dir, const char *kind, const char *key)
{
	char *path;
	FILE *f;
	int rc;

	if (!cache_dir || !key)
		return -ENOENT;
	rc = open_temporary(cache_dir, &path);
	if (rc < 0)
		return rc;
	f = fdopen(rc, "w");
	if (!f) {
		close(rc);
		rc = -ENOMEM;
	} else {
		rc = write_entry(f, st, key);
		if (fclose(f) != 0 && rc == 0)
			rc = -errno;
	}
	if (rc == 0 && rename(path, entry_path(cache_dir, kind, key)) < 0)
		rc = -errno;
	if (rc < 0)
		unlink(path);
	return rc;
}

const char *store_file_key(const char *path)
{
	struct stat st;

	if (!path || stat(path, &st) < 0)
		return NULL;
	return arena_printf("%s:%lld:%llu:%llu:%lld.%09ld", path, (long long)st.st_size,
			    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino,
			    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}
