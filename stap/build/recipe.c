/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recipes live in the user's data folder, kernel/RELEASE-KEY, one for each kernel and
 * state of the runtime.  A recipe is made in a temporary folder and moved into place as a
 * whole; a lock keeps two runs from doing the same work twice.
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

#define FORMAT 7		/* of the manifest and of what the files hold */
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

static void tell_person(const struct session *s, const struct kernel *k, const char *why)
{
	if (s->options.verbose[4])
		fprintf(stderr, "Preparing for kernel %s: %s\n", k->release, why);
	else if (isatty(2))
		fprintf(stderr, "Preparing for kernel %s (once, takes a few seconds)\n", k->release);
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

static const struct recipe *make_recipe(struct session *s, struct kernel *k, const char *place)
{
	const char *temp = session_temp_dir(s), *made, *why;
	int err;

	if (!temp)
		return NULL;
	made = arena_printf("%s/recipe", temp);
	if (!recipe_make(s, k, made))
		return NULL;
	err = place ? publish(made, place) : 0;
	if (err)
		diag_report(DIAG_cache, NULL, "cannot keep what was made for kernel %s in %s: %s", k->release,
			    place, error_text(err));
	const struct recipe *r = recipe_read(place && !err ? place : made, &why);

	if (!r)
		diag_report(DIAG_build, NULL, "what was made for kernel %s cannot be read: %s", k->release, why);
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

static const struct recipe *open_or_make(struct session *s, struct kernel *k, const char *folder,
					 const char *place)
{
	const char *why;
	const struct recipe *r = recipe_read(place, &why);
	int fd;

	if (r) {
		mark_used(place);
		return r;
	}
	fd = lock(arena_printf("%s/.lock", folder));
	r = recipe_read(place, &why);	/* somebody else may have made it meanwhile */
	if (!r) {
		tell_person(s, k, why);
		remove_unused(folder);
		r = make_recipe(s, k, place);
	}
	if (fd >= 0)
		close(fd);
	return r;
}

const struct recipe *recipe_open(struct session *s)
{
	struct kernel *k = session_kernel(s);
	const char *folder;
	struct hash h;

	if (!k)
		return NULL;
	if (!has_headers(k)) {
		report_no_headers(k);
		return NULL;
	}
	folder = s->data_dir ? arena_printf("%s/kernel", s->data_dir) : NULL;
	if (!folder || dir_make(folder, 0700) || access(folder, W_OK)) {
		tell_person(s, k, "there is no folder to keep it in");
		return make_recipe(s, k, NULL);
	}
	hash_init(&h);
	recipe_identify(s, k, &h);
	return open_or_make(s, k, folder,
			    arena_printf("%s/%s-%.16s", folder, k->release, hash_hex(&h)));
}
