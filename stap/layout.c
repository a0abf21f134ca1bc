/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stap runs from its build tree without being installed.  configure leaves the
 * file "build-tree" beside the executable, holding the path of the sources; an
 * installed stap has no such neighbour and finds ../share/systemtap, so that a
 * whole prefix can be moved.
 */
#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "session.h"

/* Folder of the running executable. */
static const char *own_dir(void)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);

	if (len <= 0)
		return INSTALLED_BIN_DIR;
	path[len] = 0;
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = 0;
	return arena_strdup(path);
}

/* The source folder named by the build tree's marker, or NULL when installed. */
static const char *source_dir(const char *exe_dir)
{
	char line[4096];
	FILE *f = fopen(arena_printf("%s/build-tree", exe_dir), "re");

	if (!f)
		return NULL;
	char *got = fgets(line, sizeof line, f);

	fclose(f);
	if (!got)
		return NULL;
	line[strcspn(line, "\n")] = 0;
	return arena_strdup(line);
}

static void use_build_tree(struct session *s, const char *exe_dir, const char *source)
{
	const char *build = arena_printf("%s/..", exe_dir);

	s->tapset_dir = arena_printf("%s/tapsets", source);
	s->tapset_index = arena_printf("%s/tapsets/INDEX", build);
	s->runtime_dir = arena_printf("%s/runtime", source);
	s->examples_dir = arena_printf("%s/examples", source);
	s->staprun_path = arena_printf("%s/staprun/staprun", build);
	s->user_library = arena_printf("%s/runtime/user/libstapuser.a", build);
}

/* `moved` if it exists, else the place compiled in. */
static const char *installed_dir(const char *moved, const char *compiled_in)
{
	return access(moved, F_OK) == 0 ? moved : compiled_in;
}

static void use_installed(struct session *s, const char *exe_dir)
{
	const char *data = installed_dir(arena_printf("%s/../share/systemtap", exe_dir),
					 INSTALLED_DATA_DIR);
	const char *lib = installed_dir(arena_printf("%s/../lib/systemtap", exe_dir),
					INSTALLED_LIB_DIR);

	s->tapset_dir = arena_printf("%s/tapset", data);
	s->tapset_index = arena_printf("%s/tapset/INDEX", data);
	s->runtime_dir = arena_printf("%s/runtime", data);
	s->examples_dir = arena_printf("%s/examples", data);
	s->staprun_path = installed_dir(arena_printf("%s/staprun", exe_dir),
					INSTALLED_BIN_DIR "/staprun");
	s->user_library = arena_printf("%s/libstapuser.a", lib);
}

static void replace_by_environment(const char **path, const char *variable)
{
	const char *value = getenv(variable);

	if (value && *value)
		*path = value;
}

/* A home that is not there ("/nonexistent") is not made. */
static const char *data_dir(void)
{
	const char *dir = getenv("SYSTEMTAP_DIR"), *home = getenv("HOME");

	if (dir && *dir)
		return dir;
	return home && *home && access(home, F_OK) == 0 ? arena_printf("%s/.systemtap", home) : NULL;
}

void layout_find(struct session *s)
{
	const char *exe_dir = own_dir(), *source = source_dir(exe_dir);

	if (source)
		use_build_tree(s, exe_dir, source);
	else
		use_installed(s, exe_dir);
	const char *own_tapsets = s->tapset_dir;

	replace_by_environment(&s->tapset_dir, "SYSTEMTAP_TAPSET");
	if (s->tapset_dir != own_tapsets)
		s->tapset_index = arena_printf("%s/INDEX", s->tapset_dir);
	replace_by_environment(&s->runtime_dir, "SYSTEMTAP_RUNTIME");
	replace_by_environment(&s->staprun_path, "SYSTEMTAP_STAPRUN");
	if (s->options.runtime_dir)
		s->runtime_dir = s->options.runtime_dir;
	s->data_dir = data_dir();
}
