/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locating a kernel.  Distributions agree on few places, all of them rows of the tables
 * below; nothing is opened here beyond a few bytes.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "private.h"

/* %s is the release. */
static const char *const image_places[] = {
	"/boot/vmlinuz-%s",
	"/lib/modules/%s/vmlinuz",
	"/boot/vmlinux-%s",
	"/boot/Image-%s",
	"/usr/lib/debug/boot/vmlinux-%s",
	"/usr/lib/debug/lib/modules/%s/vmlinux",
	"/lib/modules/%s/vmlinux",
	"/lib/modules/%s/build/vmlinux",
	NULL
};

static const char *const build_places[] = {
	"/lib/modules/%s/build",
	"/usr/lib/modules/%s/build",
	"/usr/src/linux-headers-%s",
	"/usr/src/kernels/%s",
	NULL
};

static const char *const module_places[] = {
	"/lib/modules/%s",
	"/usr/lib/modules/%s",
	NULL
};

/* %s is a build folder. */
static const char *const built_images[] = {
	"%s/arch/x86/boot/bzImage",
	"%s/arch/arm64/boot/Image",
	"%s/arch/arm64/boot/Image.gz",
	"%s/vmlinux",
	NULL
};

/* ---- the root of the target's files ------------------------------------------------- */

static const char *the_root = "";

void kernel_root_set(const char *dir)
{
	char real[PATH_MAX];

	/* one that does not exist stays: then nothing is found in it */
	if (dir && realpath(dir, real))
		dir = strcmp(real, "/") != 0 ? intern(real) : NULL;
	the_root = dir ? dir : "";
}

const char *kernel_root(void)
{
	return the_root;
}

/* A link to an absolute path leads to a place under the root. */
static const char *followed(const char *path)
{
	char target[PATH_MAX];
	ssize_t len = *the_root ? readlink(path, target, sizeof target) : -1;

	return len > 0 && *target == '/' ? intern_printf("%s%.*s", the_root, (int)len, target) : path;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const char *first_existing(const char *const places[], const char *word)
{
	for (int i = 0; places[i]; i++) {
		const char *path = followed(intern_printf("%s%s", *places[i] == '/' ? the_root : "",
							  arena_printf(places[i], word)));

		if (access(path, F_OK) == 0)
			return path;
	}
	return NULL;
}
#pragma GCC diagnostic pop

static const char *machine_arch(void)
{
	static const struct { const char *machine, *arch; } rows[] = {
		{ "aarch64", "arm64" }, { "ppc64le", "powerpc" }, { "ppc64", "powerpc" },
		{ "s390x", "s390" }, { "riscv64", "riscv" }, { "loongarch64", "loongarch" },
	};
	struct utsname u;

	uname(&u);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].machine, u.machine) == 0)
			return rows[i].arch;
	return intern(u.machine);
}

/* The build id of the kernel that we run on: its notes are always readable. */
static const char *running_build_id(void)
{
	size_t size;
	char *notes = file_text("/sys/kernel/notes", &size);
	const char *id = notes ? notes_build_id(notes, size) : NULL;

	free(notes);
	return id;
}

static struct kernel *kernel_new(const char *release)
{
	struct kernel *k = arena_new(struct kernel);
	struct utsname u;

	uname(&u);
	k->release = intern(release);
	k->version = intern_n(release, strcspn(release, "-+"));
	k->arch = machine_arch();
	k->running = !*the_root && strcmp(release, u.release) == 0;
	k->build_id = k->running ? running_build_id() : NULL;
	k->modules_dir = first_existing(module_places, release);
	k->data = arena_new(struct kernel_data);
	return k;
}

/* ---- by release ------------------------------------------------------------------ */

static void offer_entries(struct nearest *near, const char *dir, const char *prefix)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (*e->d_name != '.' && strncmp(e->d_name, prefix, strlen(prefix)) == 0)
			nearest_offer(near, intern(e->d_name + strlen(prefix)));
	if (d)
		closedir(d);
}

/* Every release that is installed, for a message. */
static const char *installed_releases(void)
{
	DIR *d = opendir(arena_printf("%s/lib/modules", the_root));
	struct dirent *e;
	struct strbuf text = { 0 };
	const char *result;

	while (d && (e = readdir(d)))
		if (*e->d_name != '.')
			strbuf_addf(&text, "%s%s", text.len ? ", " : "", e->d_name);
	if (d)
		closedir(d);
	result = text.len ? intern(strbuf_text(&text)) : NULL;
	strbuf_release(&text);
	return result;
}

static const char *not_installed(const char *release)
{
	struct nearest near;
	const char *close, *installed = installed_releases();

	nearest_init(&near, release);
	offer_entries(&near, arena_printf("%s/lib/modules", the_root), "");
	offer_entries(&near, arena_printf("%s/boot", the_root), "vmlinuz-");
	close = nearest_text(&near);
	return arena_printf("no kernel '%s': looked for /lib/modules/%s, /boot/vmlinuz-%s, "
			    "/usr/lib/debug/boot/vmlinux-%s and /usr/src/linux-headers-%s; %s%s; "
			    "Debian has it in the packages linux-image-%s and linux-headers-%s",
			    release, release, release, release, release,
			    close ? "did you mean " : installed ? "installed: " :
				    "no kernel is installed",
			    close ? close : installed ? installed : "", release, release);
}

/*
 * A build folder apart from its source has a Makefile of one line, "include /SOURCE/Makefile".  Under
 * another root that path leads elsewhere.
 */
static const char *makefile_under_root(const char *build_dir)
{
	static const char word[] = "include ";
	const char *found = NULL;
	size_t size;
	char *text = *the_root && build_dir ? file_text(arena_printf("%s/Makefile", build_dir), &size) : NULL;
	char *line = text ? strstr(text, "include /") : NULL;

	if (line && (line == text || line[-1] == '\n')) {
		char *path = line + strlen(word);

		found = arena_printf("%s%.*s", the_root, (int)strcspn(path, " \n"), path);
		if (access(found, R_OK) < 0)
			found = NULL;
	}
	free(text);
	return found;
}

static struct kernel *open_release(const char *release, const char **why)
{
	struct kernel *k = kernel_new(release);
	const char *build = first_existing(build_places, release);

	k->build_dir = build;
	k->makefile = makefile_under_root(build);
	k->image = first_existing(image_places, release);
	if (k->running || k->modules_dir || k->image || build)
		return k;
	*why = not_installed(release);
	return NULL;
}

/* ---- by build folder --------------------------------------------------------------- */

/* The text between quotes after `define` in a header that the build made, or NULL. */
static const char *generated_text(const char *path, const char *define)
{
	size_t size;
	char *text = file_text(path, &size), *p = text ? strstr(text, define) : NULL;
	const char *found = NULL;

	p = p ? strchr(p, '"') : NULL;
	if (p)
		found = intern_n(p + 1, strcspn(p + 1, "\""));
	free(text);
	return found;
}

/*
 * The release that a build folder is for, or NULL.  What the kernel will call itself is in
 * utsrelease.h; Debian's kernel.release has the version before that was overridden.
 */
static const char *folder_release(const char *dir)
{
	size_t size;
	const char *release = generated_text(
		arena_printf("%s/include/generated/utsrelease.h", dir), "UTS_RELEASE");
	char *text;

	if (release)
		return release;
	text = file_text(arena_printf("%s/include/config/kernel.release", dir), &size);
	if (text)
		release = intern_n(text, strcspn(text, "\n"));
	free(text);
	return release;
}

static struct kernel *open_folder(const char *dir, const char **why)
{
	char real[PATH_MAX];
	const char *release;
	struct kernel *k;

	if (!realpath(dir, real)) {
		*why = arena_printf("no kernel build folder '%s': %s", dir,
				    error_text(errno));
		return NULL;
	}
	release = folder_release(real);
	if (!release) {
		*why = arena_printf("'%s' is not a configured kernel build folder: neither "
				    "include/config/kernel.release nor "
				    "include/generated/utsrelease.h is there", dir);
		return NULL;
	}
	k = kernel_new(release);
	k->build_dir = intern(real);
	k->makefile = makefile_under_root(k->build_dir);
	k->image = first_existing(built_images, real);
	if (!k->image)
		k->image = first_existing(image_places, release);
	return k;
}

static bool is_folder_name(const char *text)
{
	return strchr(text, '/') || strcmp(text, ".") == 0 || strcmp(text, "..") == 0;
}

/* Under another root: the only kernel there, if it is only one. */
static const char *default_release(void)
{
	const char *installed = *the_root ? installed_releases() : NULL;
	static struct utsname u;

	if (installed && !strchr(installed, ','))
		return installed;
	uname(&u);
	return u.release;
}

struct kernel *kernel_open(const char *release_or_dir, const char **why)
{
	if (release_or_dir && is_folder_name(release_or_dir))
		return open_folder(release_or_dir, why);
	return open_release(release_or_dir ? release_or_dir : default_release(), why);
}
