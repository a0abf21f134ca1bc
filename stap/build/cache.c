/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two runs may store and read the same entry at once: files are written beside their
 * place and renamed, the manifest last.  A reader that meets anything unexpected takes
 * it for no entry at all, and the next store repairs it.
 */
#include "cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/spool.h"
#include "../session.h"
#include "hash.h"
#include "sealed.h"

#define MAX_LEVELS 8

/* Folders between the cache and an entry: two digits of the key each. */
static int levels(void)
{
	const char *text = getenv("SYSTEMTAP_NLEVELS");
	int n = text ? atoi(text) : 1;

	return n < 1 ? 1 : n > MAX_LEVELS ? MAX_LEVELS : n;
}

static const char *folder_of(const struct session *s, const char *key)
{
	const char *path = s->cache_dir;

	for (int i = 0; i < levels(); i++)
		path = arena_printf("%s/%.2s", path, key + 2 * i);
	return path;
}

const char *cache_place(const struct session *s, const char *key, const char *suffix)
{
	return arena_printf("%s/stap_%s%s", folder_of(s, key), key, suffix);
}

static const char *built_suffix(const struct session *s)
{
	return s->options.runtime == RUNTIME_USER ? "" : ".ko";
}

static bool may_read(const struct session *s)
{
	return s->cache_dir && !s->options.poison_cache;
}

/* ---- built files ------------------------------------------------------------------------- */

const char *cache_find(struct session *s, const char *key)
{
	const char *why, *found, *text, *path;

	if (!may_read(s))
		return NULL;
	text = sealed_read(cache_place(s, key, ".manifest"), &why);
	if (!text)
		return NULL;
	path = cache_place(s, key, built_suffix(s));
	found = hash_file_contents(path);
	return found && !strncmp(text, found, HASH_HEX) ? path : NULL;
}

/* Copy to a name beside the place, then rename. */
static int put_file(const char *from, const char *place, bool executable)
{
	const char *beside = arena_printf("%s.new%d", place, getpid());
	int err = file_copy(from, beside);

	if (!err && executable && chmod(beside, 0700) < 0)
		err = -errno;
	if (!err && rename(beside, place) < 0)
		err = -errno;
	if (err)
		unlink(beside);
	return err;
}

static int put_text(const struct spool *text, const char *place)
{
	const char *beside = arena_printf("%s.new%d", place, getpid());
	int err = spool_save(text, beside);

	if (!err && rename(beside, place) < 0)
		err = -errno;
	return err;
}

static int put_sealed(struct strbuf *sb, const char *place)
{
	const char *beside = arena_printf("%s.new%d", place, getpid());
	int err = sealed_write(beside, sb);

	if (!err && rename(beside, place) < 0)
		err = -errno;
	return err;
}

static int put_entry(struct session *s, const char *key, const char *built, const struct spool *c_text)
{
	struct strbuf manifest = {0};
	const char *digest = hash_file_contents(built);
	int err = dir_make(folder_of(s, key), 0700);

	if (!digest)
		return -EIO;
	if (!err)
		err = put_file(built, cache_place(s, key, built_suffix(s)),
			       s->options.runtime == RUNTIME_USER);
	if (!err)
		err = put_text(c_text, cache_place(s, key, ".c"));
	if (err)
		return err;
	strbuf_addf(&manifest, "%s\n", digest);
	return put_sealed(&manifest, cache_place(s, key, ".manifest"));
}

static void remove_entry(struct session *s, const char *key)
{
	unlink(cache_place(s, key, ".manifest"));
	unlink(cache_place(s, key, ".c"));
	unlink(cache_place(s, key, built_suffix(s)));
}

const char *cache_store(struct session *s, const char *key, const char *built, const struct spool *c_text)
{
	int err;

	if (!s->cache_dir)
		return NULL;
	err = put_entry(s, key, built, c_text);
	if (!err)
		return cache_place(s, key, built_suffix(s));
	remove_entry(s, key);
	diag_report(DIAG_cache, NULL, "cannot write to the cache in %s: %s", s->cache_dir, error_text(err));
	return NULL;
}

/* ---- answers -------------------------------------------------------------------------------- */

const char *cache_answer(struct session *s, const char *question)
{
	const char *why, *key;
	char *text, *line;

	if (!may_read(s))
		return NULL;
	text = sealed_read(cache_place(s, question, ".answer"), &why);
	if (!text)
		return NULL;
	key = strsep(&text, "\n");
	while ((line = strsep(&text, "\n")) && *line)
		if (!file_stamp_holds(line))
			return NULL;
	return strlen(key) == HASH_HEX ? key : NULL;
}

void cache_remember(struct session *s, const char *question, const char *key, const word_list *stamps)
{
	struct strbuf sb = {0};

	if (!s->cache_dir || dir_make(folder_of(s, question), 0700))
		return;
	strbuf_addf(&sb, "%s\n", key);
	for (size_t i = 0; i < stamps->len; i++)
		strbuf_addf(&sb, "%s\n", stamps->data[i]);
	put_sealed(&sb, cache_place(s, question, ".answer"));
}
