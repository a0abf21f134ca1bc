/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache is kept below cache_mb_limit megabytes, looked at every
 * cache_clean_interval_s seconds.  Both are files in the cache that a user may edit;
 * the time stamp of the second one tells when the cache was last cleaned.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../session.h"
#include "cache.h"

#define LIMIT_FILE "cache_mb_limit"
#define INTERVAL_FILE "cache_clean_interval_s"
#define DEFAULT_LIMIT_MB 256
#define DEFAULT_INTERVAL_S 300

struct cached_file {
	const char *path;
	time_t used;
	long long size;
};

static VEC(struct cached_file) found;	/* nftw() hands its callback no data */

/* The number in a file of the cache; the file is made if there is none. */
static long setting(const struct session *s, const char *name, long standard)
{
	const char *path = arena_printf("%s/%s", s->cache_dir, name);
	char *text;

	if (file_read(path, &text, NULL) == 0)
		return atol(text);
	text = arena_printf("%ld\n", standard);
	file_write(path, text, strlen(text));
	return standard;
}

static bool is_time(const struct session *s, long interval)
{
	const char *path = arena_printf("%s/" INTERVAL_FILE, s->cache_dir);
	struct stat st;

	if (stat(path, &st) == 0 && time(NULL) - st.st_mtime < interval)
		return false;
	utimensat(AT_FDCWD, path, NULL, 0);
	return true;
}

static int note_file(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	const char *name = path + ftw->base;

	if (kind == FTW_F && !strncmp(name, "stap_", 5)) {
		struct cached_file file = { arena_strdup(path), st->st_mtime, st->st_blocks * 512LL };

		vec_push(&found, file);
	}
	return 0;
}

static int older_first(const void *a, const void *b)
{
	const struct cached_file *x = a, *y = b;

	return (x->used > y->used) - (x->used < y->used);
}

/* Remove the files that were used least recently until the rest fits. */
static void shrink(const struct session *s, long long limit)
{
	long long total = 0;

	found.len = 0;
	nftw(s->cache_dir, note_file, 16, FTW_PHYS);
	vec_each(&found, struct cached_file, f)
		total += f->size;
	if (found.len)
		qsort(found.data, found.len, sizeof found.data[0], older_first);
	vec_each(&found, struct cached_file, f) {
		if (total <= limit)
			return;
		unlink(f->path);
		total -= f->size;
	}
}

void cache_clean(struct session *s, bool now)
{
	if (!s->cache_dir)
		return;
	long limit = setting(s, LIMIT_FILE, DEFAULT_LIMIT_MB);
	long interval = setting(s, INTERVAL_FILE, DEFAULT_INTERVAL_S);

	if (is_time(s, interval) || now)
		shrink(s, limit * 1024LL * 1024);
}
