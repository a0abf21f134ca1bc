/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 4, and the two questions that the cache can answer: "was this script built
 * before, for this kernel and with these options?" (asked before pass 2 begins) and "was
 * this C text built before?" (asked when pass 3 has made it).
 */
#include "build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/spool.h"
#include "../debuginfo/debuginfo.h"
#include "../debuginfo/programs.h"
#include "../session.h"
#include "cache.h"
#include "compile.h"
#include "hash.h"
#include "recipe.h"
#include "sealed.h"

static bool is_user(const struct session *s)
{
	return s->options.runtime == RUNTIME_USER;
}

static void hash_texts(struct hash *h, const text_vec *texts)
{
	hash_number(h, texts->len);
	for (size_t i = 0; i < texts->len; i++)
		hash_text(h, texts->data[i]);
}

/* ---- before pass 2 ----------------------------------------------------------------------- */

/* Options that passes 2 to 4 look at. */
static void hash_options(struct hash *h, const struct options *o)
{
	const bool flags[] = { o->guru, o->unoptimized, o->timing, o->bulk, o->flight_recorder,
			       o->skip_badvars, o->suppress_handler_errors, o->suppress_time_limits,
			       o->no_global_display, o->all_modules, o->library_symbols, o->save_intermediates,
			       o->suppress_warnings, o->warnings_are_errors };

	hash_bytes(h, flags, sizeof flags);
	hash_number(h, o->privilege);
	hash_number(h, o->runtime);
	hash_number(h, o->buffer_mb);
	hash_number(h, o->target_pid);
	hash_bytes(h, &o->timeout, sizeof o->timeout);
	hash_text(h, o->compatible);
	hash_text(h, o->command);
	hash_text(h, o->module_name);
	hash_texts(h, &o->arguments);
	hash_texts(h, &o->tapset_dirs);
	hash_texts(h, &o->macros);
	hash_texts(h, &o->globals);
	hash_texts(h, &o->module_info);
	hash_texts(h, &o->symbol_modules);
}

static void hash_library(struct hash *h, const struct session *s)
{
	static const char *const scripts[] = { ".stp", ".stpm", NULL };

	hash_file_stamp(h, s->tapset_index);
	hash_tree_stamp(h, s->tapset_dir, scripts);
	hash_text(h, getenv("XDG_DATA_DIRS"));
	for (size_t i = 0; i < s->options.tapset_dirs.len; i++)
		hash_tree_stamp(h, s->options.tapset_dirs.data[i], scripts);
}

/* Where programs are looked for, and which one has the number of -x now. */
static void hash_search(struct hash *h, const struct options *o)
{
	char here[4096];

	hash_text(h, getenv("PATH"));
	hash_text(h, getcwd(here, sizeof here));
	hash_text(h, o->target_pid && !o->vm ? program_of_process(o->target_pid) : NULL);
}

/* Everything that decides what the passes 2 to 4 will make; NULL without a kernel. */
static const char *question(struct session *s)
{
	struct hash h;
	struct kernel *k = is_user(s) ? NULL : session_kernel(s);

	if (!is_user(s) && !k)
		return NULL;
	hash_init(&h);
	hash_file_stamp(&h, "/proc/self/exe");
	for (size_t i = 0; i < s->sources.len; i++)
		hash_bytes(&h, s->sources.data[i]->text, s->sources.data[i]->len);
	hash_options(&h, &s->options);
	hash_library(&h, s);
	hash_search(&h, &s->options);
	if (k)
		recipe_identify(s, k, &h);
	else
		hash_file_stamp(&h, s->user_library);
	return hash_hex(&h);
}

static bool asks_cache(const struct session *s)
{
	return s->cache_dir && !s->options.keep_temp;
}

bool build_cache_lookup(struct session *s)
{
	const char *key;

	if (!asks_cache(s))
		return false;
	s->cache_question = question(s);
	key = s->cache_question ? cache_answer(s, s->cache_question) : NULL;
	s->module_path = key ? cache_find(s, key) : NULL;
	if (!s->module_path)
		return false;
	s->module_name = arena_printf("stap_%s", key);
	s->from_cache = true;
	utimensat(AT_FDCWD, s->module_path, NULL, 0);
	return true;
}

/* ---- pass 4 ------------------------------------------------------------------------------- */

static bool hash_piece(const char *piece, size_t len, void *hash)
{
	hash_bytes(hash, piece, len);
	return true;
}

/* Everything that decides what the compiler will make. */
static const char *content_key(struct session *s, const struct recipe *r)
{
	struct hash h;

	hash_init(&h);
	hash_number(&h, (int64_t)spool_length(s->c_text));
	spool_each(s->c_text, hash_piece, &h);
	hash_text(&h, s->c_text_kernel);
	hash_texts(&h, &s->options.macros);
	hash_texts(&h, &s->options.module_info);
	hash_number(&h, s->options.save_intermediates);
	hash_text(&h, r ? r->dir : s->user_library);
	hash_text(&h, r ? hash_file_contents(arena_printf("%s/manifest", r->dir)) : NULL);
	if (!r)
		hash_file_stamp(&h, s->user_library);
	return hash_hex(&h);
}

static void remember(struct session *s, const struct recipe *r, const char *key)
{
	word_list stamps = {0};

	if (!s->cache_question || diag_warnings())
		return;
	if (!r)
		vec_push(&stamps, file_stamp(program_path(".", user_compiler())));
	for (size_t i = 0; r && i < r->tools.len; i++)
		vec_push(&stamps, r->tools.data[i]);
	for (size_t i = 0; i < s->dependencies.len; i++)
		vec_push(&stamps, file_stamp(s->dependencies.data[i]));
	cache_remember(s, s->cache_question, key, &stamps);
}

/* -m, and -p4 without a cache: the module stays in the current folder. */
static bool keep_here(struct session *s, const char *built)
{
	const char *place = arena_printf("%s%s", s->module_name, is_user(s) ? "" : ".ko");
	int err = file_copy(built, place);

	if (!err && is_user(s) && chmod(place, 0755) < 0)
		err = -errno;
	s->module_path = place;
	if (err)
		diag_report(DIAG_environment, NULL, "cannot write %s: %s", place, error_text(err));
	return !err;
}

static bool build(struct session *s, const struct recipe *r, const char *key)
{
	const char *built = r ? compile_module(s, r) : compile_program(s), *kept;

	if (!built)
		return false;
	kept = s->options.module_name ? NULL : cache_store(s, key, built, s->c_text);
	if (s->options.module_name || (!kept && s->options.last_pass == 4))
		return keep_here(s, built);
	s->module_path = kept ? kept : built;
	if (kept)
		remember(s, r, key);
	cache_clean(s, false);
	return true;
}

int pass_4(struct session *s)
{
	const struct recipe *r = is_user(s) ? NULL : recipe_open(s);
	const char *key;

	if (!r && !is_user(s))
		return 1;
	key = content_key(s, r);
	s->module_name = s->options.module_name ? s->options.module_name : arena_printf("stap_%s", key);
	s->module_path = s->options.module_name ? NULL : cache_find(s, key);
	if (s->module_path) {
		s->from_cache = true;
		remember(s, r, key);
		return 0;
	}
	return build(s, r, key) ? 0 : 1;
}

void pass_4_dump(const struct session *s, FILE *out)
{
	fprintf(out, "%s\n", s->module_path);
}

int build_cache_clean(struct session *s)
{
	if (!s->cache_dir) {
		diag_report(DIAG_environment, NULL, "there is no cache folder to clean");
		return 1;
	}
	cache_clean(s, true);
	return 0;
}
