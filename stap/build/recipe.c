/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recipes live in the user's data folder, kernel/RELEASE-KEY, one for each kernel and
 * state of the runtime; RELEASE-KEY+perf has that unit of the runtime as well.  A recipe is made in a temporary folder and moved into place as a
 * whole; a lock keeps two runs from doing the same work twice.
 */
#include "recipe.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/spool.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"
#include "recipe_private.h"

#define FORMAT 8		/* of the manifest and of what the files hold */
#define UNUSED_DAYS 30		/* recipes that nobody used for so long are removed */

void recipe_identify(struct session *s, struct kernel *k, struct hash *h)
{
	static const char *const sources[] = { ".c", ".h", NULL };

	hash_number(h, FORMAT);
	hash_text(h, k->release);
	hash_text(h, k->arch);
	/* Of a kernel that does not run it becomes known when, if at all, the image is read. */
	hash_text(h, k->running ? k->build_id : NULL);
	hash_file_stamp(h, k->image);
	hash_text(h, k->build_dir);
	if (k->build_dir) {
		hash_file_stamp(h, arena_printf("%s/.config", k->build_dir));
		hash_file_stamp(h, arena_printf("%s/include/generated/autoconf.h", k->build_dir));
		hash_file_stamp(h, arena_printf("%s/Module.symvers", k->build_dir));
	}
	hash_tree_stamp(h, s->runtime_dir, sources);
}

/* ---- missing headers ------------------------------------------------------------------ */

static bool has_headers(struct kernel *k)
{
	return k->build_dir && file_exists(arena_printf("%s/Makefile", k->build_dir));
}

static const char *package_of(struct kernel *k)
{
	char *os = NULL;

	if (file_read("/etc/os-release", &os, NULL) == 0 && strstr(os, "fedora"))
		return arena_printf("dnf install kernel-devel-%s", k->release);
	return arena_printf("apt-get install linux-headers-%s", k->release);
}

static void report_no_headers(struct kernel *k)
{
	struct diag *d = diag_report(DIAG_kernel_missing, NULL,
				     "the headers of kernel %s are not installed (looked for %s)", k->release,
				     k->build_dir ? k->build_dir : arena_printf("/lib/modules/%s/build",
										k->release));

	diag_hint(d, "%s", package_of(k));
}

/* ---- the folder of recipes ------------------------------------------------------------- */

/* The lock's descriptor, held until the process ends, or -1. */
static int lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
			;
	return fd;
}

/*
 * A recipe that is wanted: its place in the cache (or NULL), and how it is made when it
 * is not there: from nothing, or from another by adding units.
 */
struct wanted {
	struct session *s;
	struct kernel *k;
	const char *folder;		/* of all recipes, or NULL */
	const char *place;
	const struct recipe *base;
	word_list units;
};

/* Of "PATH SYMBOL...". */
static const char *unit_path(const char *unit)
{
	return arena_strndup(unit, strcspn(unit, " "));
}

static void tell_person(const struct wanted *w, const char *why)
{
	if (w->s->options.verbose[4])
		fprintf(stderr, "Preparing for kernel %s: %s\n", w->k->release,
			w->base ? arena_printf("adding %s", unit_path(w->units.data[0])) : why);
	else if (isatty(2) && !w->base)
		fprintf(stderr, "Preparing for kernel %s (once, takes a few seconds)\n", w->k->release);
}

/* Copy a finished recipe beside its place, then move it there. */
static int publish(const char *from, const char *to)
{
	const char *beside = arena_printf("%s.new%d", to, getpid());
	int err = dir_make(beside, 0700);

	for (const char *const *file = recipe_files; *file && !err; file++)
		if (file_exists(arena_printf("%s/%s", from, *file)))
			err = file_copy(arena_printf("%s/%s", from, *file),
					arena_printf("%s/%s", beside, *file));
	if (!err)
		err = file_copy(arena_printf("%s/manifest", from), arena_printf("%s/manifest", beside));
	if (!err)
		err = dir_remove(to);	/* a damaged one */
	if (!err && rename(beside, to) < 0)
		err = -errno;
	if (err)
		dir_remove(beside);
	return err;
}

static bool make_files(const struct wanted *w, const char *made)
{
	return w->base ? recipe_grow(w->s, w->base, &w->units, made) : recipe_make(w->s, w->k, made);
}

static const struct recipe *make_recipe(const struct wanted *w)
{
	const char *temp = session_temp_dir(w->s), *place = w->place, *made, *why;
	int err;

	if (!temp)
		return NULL;
	made = arena_printf("%s/recipe%s", temp, w->base ? "+" : "");
	if (!make_files(w, made))
		return NULL;
	err = place ? publish(made, place) : 0;
	if (err)
		diag_report(DIAG_cache, NULL, "cannot keep what was made for kernel %s in %s: %s", w->k->release,
			    place, error_text(err));
	const struct recipe *r = recipe_read(place && !err ? place : made, &why);

	if (!r)
		diag_report(DIAG_build, NULL, "what was made for kernel %s cannot be read: %s", w->k->release, why);
	return r;
}

/* Recipes are marked when used; those of long ago go when one is made. */
static void remove_unused(const char *folder)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);
	time_t limit = time(NULL) - UNUSED_DAYS * 24 * 3600;

	while (dir && (entry = readdir(dir))) {
		const char *path = arena_printf("%s/%s", folder, entry->d_name);
		struct stat st;

		if (entry->d_name[0] != '.' && stat(path, &st) == 0 && st.st_mtime < limit)
			dir_remove(path);
	}
	if (dir)
		closedir(dir);
}

static void mark_used(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) == 0 && st.st_mtime < time(NULL) - 3600)
		utimensat(AT_FDCWD, dir, NULL, 0);
}

static const struct recipe *open_or_make(const struct wanted *w)
{
	const char *why;
	const struct recipe *r = recipe_read(w->place, &why);
	int fd;

	if (r) {
		mark_used(w->place);
		return r;
	}
	fd = lock(arena_printf("%s/.lock", w->folder));
	r = recipe_read(w->place, &why);	/* somebody else may have made it meanwhile */
	if (!r) {
		tell_person(w, why);
		remove_unused(w->folder);
		r = make_recipe(w);
	}
	if (fd >= 0)
		close(fd);
	return r;
}

/* ---- units that only some scripts need ------------------------------------------------------- */

static bool in_identifier(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Is the symbol an identifier of the text, or with "*" at its end the beginning of one? */
static bool is_named(const char *symbol, const char *text)
{
	size_t len = strcspn(symbol, "*");

	for (const char *at = text; (at = memmem(at, strlen(at), symbol, len)); at += len)
		if ((at == text || !in_identifier(at[-1])) && (symbol[len] || !in_identifier(at[len])))
			return true;
	return false;
}

struct wish { const char *unit; bool found; };

/* "PATH SYMBOL...": does the piece of text name one of the symbols?  "symbol_*" is each that begins so. */
static bool see_symbol(const char *piece, size_t len, void *data)
{
	struct wish *wish = data;
	char *words = strdup(wish->unit), *save = NULL, *symbol;

	(void)len;
	if (words)
		strtok_r(words, " ", &save);
	while (words && !wish->found && (symbol = strtok_r(NULL, " ", &save)))
		wish->found = is_named(symbol, piece);
	free(words);
	return !wish->found;
}

static bool needs_unit(const char *unit, const struct spool *text)
{
	struct wish wish = { .unit = unit };

	spool_each(text, see_symbol, &wish);
	return wish.found;
}

/* Place of the recipe that has the units as well: PLACE+perf+netfilter. */
static const char *grown_place(const char *place, const word_list *units)
{
	for (size_t i = 0; i < units->len; i++) {
		const char *name = strrchr(unit_path(units->data[i]), '/') + 1;

		place = arena_printf("%s+%.*s", place, (int)strcspn(name, "."), name);
	}
	return place;
}

static const struct recipe *add_units(struct wanted w, const struct recipe *base)
{
	for (size_t i = 0; i < base->own_units.len; i++)
		if (needs_unit(base->own_units.data[i], w.s->c_text))
			vec_push(&w.units, base->own_units.data[i]);
	if (!w.units.len)
		return base;
	w.base = base;
	if (w.place)
		w.place = grown_place(w.place, &w.units);
	return w.place ? open_or_make(&w) : make_recipe(&w);
}

static const struct recipe *open_base(struct wanted *w)
{
	const char *data = w->s->data_dir;
	struct hash h;

	w->folder = data ? arena_printf("%s/kernel", data) : NULL;
	if (!w->folder || dir_make(w->folder, 0700) || access(w->folder, W_OK)) {
		tell_person(w, "there is no folder to keep it in");
		return make_recipe(w);
	}
	hash_init(&h);
	recipe_identify(w->s, w->k, &h);
	w->place = arena_printf("%s/%s-%.16s", w->folder, w->k->release, hash_hex(&h));
	return open_or_make(w);
}

const struct recipe *recipe_open(struct session *s)
{
	struct wanted w = { .s = s, .k = session_kernel(s) };
	const struct recipe *base;

	if (!w.k)
		return NULL;
	if (!has_headers(w.k)) {
		report_no_headers(w.k);
		return NULL;
	}
	base = open_base(&w);
	return base ? add_units(w, base) : NULL;
}
