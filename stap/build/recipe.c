/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recipes live in the user's data folder, kernel/RELEASE-KEY, one for each kernel and
 * state of the runtime; RELEASE-KEY+probes has that unit of the runtime as well.  One that lacks a unit is not
 * changed, because somebody may be using it: a larger one is made beside it, and the largest is taken from then
 * on.  A recipe is made in a temporary folder and moved into place as a whole; a lock keeps two runs from doing
 * the same work twice.
 */
#include "recipe.h"

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
#include "../debuginfo/debuginfo.h"
#include "../session.h"
#include "recipe_private.h"
#include "units.h"

#define FORMAT 9		/* of the manifest and of what the files hold */
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
	const char *place;		/* of those for this kernel and runtime; then +UNIT for each unit that not
					   every script needs */
	word_list units;		/* that the script needs */
	size_t basic;			/* the first so many: every script does */
	const struct recipe *base;	/* what there is already, or NULL */
};

static word_list lacking_units(const struct wanted *w)
{
	word_list lacking = {0};

	for (size_t i = 0; i < w->units.len; i++)
		if (!w->base || !words_have(&w->base->units, w->units.data[i]))
			vec_push(&lacking, w->units.data[i]);
	return lacking;
}

static const char *words_joined(const word_list *words)
{
	const char *text = words->len ? words->data[0] : "";

	for (size_t i = 1; i < words->len; i++)
		text = arena_printf("%s, %s", text, words->data[i]);
	return text;
}

static void tell_person(const struct wanted *w, const char *why)
{
	word_list lacking = lacking_units(w);

	if (w->s->options.verbose[4])
		fprintf(stderr, "Preparing for kernel %s: %s\n", w->k->release,
			w->base ? arena_printf("adding %s", words_joined(&lacking)) : why);
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
	word_list lacking = lacking_units(w);

	return w->base ? recipe_grow(w->s, w->base, &lacking, made) : recipe_make(w->s, w->k, &lacking, made);
}

static bool is_basic(const struct wanted *w, const char *unit)
{
	for (size_t i = 0; i < w->basic; i++)
		if (!strcmp(w->units.data[i], unit))
			return true;
	return false;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Place of a recipe with all that there is and that is wanted: PLACE+perf+netfilter. */
static const char *place_to_make(const struct wanted *w)
{
	word_list all = lacking_units(w);
	const char *place = w->place;

	for (size_t i = 0; w->base && i < w->base->units.len; i++)
		vec_push(&all, w->base->units.data[i]);
	qsort(all.data, all.len, sizeof *all.data, compare_words);
	for (size_t i = 0; i < all.len; i++)
		if (!is_basic(w, all.data[i]))
			place = arena_printf("%s+%s", place, all.data[i]);
	return place;
}

static const struct recipe *make_recipe(const struct wanted *w)
{
	const char *temp = session_temp_dir(w->s), *place = w->place ? place_to_make(w) : NULL, *made, *why;
	int err;

	if (!temp)
		return NULL;
	made = arena_printf("%s/recipe", temp);
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

/* ---- which one is there ------------------------------------------------------------------------ */

static size_t count_units(const char *place)
{
	size_t count = 0;

	for (const char *p = strrchr(place, '/'); *p; p++)
		count += *p == '+';
	return count;
}

static int compare_places(const void *a, const void *b)
{
	const char *first = *(const char *const *)a, *second = *(const char *const *)b;
	size_t units = count_units(first), others = count_units(second);

	return units != others ? (units < others ? 1 : -1) : strcmp(first, second);
}

/* Recipes for this kernel, those with the most units first. */
static word_list places(const struct wanted *w)
{
	const char *name = strrchr(w->place, '/') + 1;
	size_t len = strlen(name);
	word_list found = {0};
	struct dirent *entry;
	DIR *dir = opendir(w->folder);

	while (dir && (entry = readdir(dir))) {
		const char *rest = entry->d_name + len;

		if (!strncmp(entry->d_name, name, len) && (!*rest || *rest == '+') && !strchr(rest, '.'))
			vec_push(&found, arena_printf("%s/%s", w->folder, entry->d_name));
	}
	if (dir)
		closedir(dir);
	qsort(found.data, found.len, sizeof *found.data, compare_places);
	return found;
}

/* One that has all units, or else the largest one, or NULL with the reason in *why. */
static const struct recipe *find(const struct wanted *w, const char **why)
{
	word_list found = places(w);
	const struct recipe *r = NULL;

	*why = "there is none yet";
	for (size_t i = 0; i < found.len && !r; i++)
		r = recipe_read(found.data[i], why);
	return r;
}

static bool take(struct wanted *w, const struct recipe *r)
{
	w->base = r;
	if (!r || lacking_units(w).len)
		return false;
	mark_used(r->dir);
	return true;
}

static const struct recipe *find_or_make(struct wanted *w)
{
	const char *why;
	int fd;

	if (take(w, find(w, &why)))
		return w->base;
	fd = lock(arena_printf("%s/.lock", w->folder));
	if (!take(w, find(w, &why))) {	/* somebody else may have made it meanwhile */
		tell_person(w, why);
		remove_unused(w->folder);
		w->base = make_recipe(w);
	}
	if (fd >= 0)
		close(fd);
	return w->base;
}

static const struct recipe *open_recipe(struct wanted *w)
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
	return find_or_make(w);
}

const struct recipe *recipe_open(struct session *s)
{
	struct wanted w = { .s = s, .k = session_kernel(s) };

	if (!w.k)
		return NULL;
	if (!has_headers(w.k)) {
		report_no_headers(w.k);
		return NULL;
	}
	w.units = units_needed(s, &w.basic);
	return w.units.len ? open_recipe(&w) : NULL;
}
