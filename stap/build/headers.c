/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a header declares is known to its compiler: a unit that only includes it is compiled with debug
 * information of all types, used or not, which is then read like that of any program.
 */
#include "headers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/intern.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"
#include "tool.h"

#define ALL_TYPES "-fno-eliminate-unused-debug-types"

/* Compiled, or tried (object NULL), in this run. */
struct compiled { const char *names, *object; };
static VEC(struct compiled) all;

/* "<a.h><b.h>" to #include lines; false when it is not of that form. */
static bool write_unit(const char *path, const char *names)
{
	const char *text = "";
	size_t len;

	for (const char *at = names; *at; at += len) {
		len = strcspn(at, ">") + 1;
		if (*at != '<' || at[len - 1] != '>' || memchr(at, '\n', len))
			return false;
		text = arena_printf("%s#include %.*s\n", text, (int)len, at);
	}
	return file_write(path, text, strlen(text)) == 0;
}

/* The rule that gcc writes: "x.o: a.c /usr/include/a.h \" */
static void note_dependencies(struct session *s, const char *path)
{
	char *text;

	if (file_read(path, &text, NULL))
		return;
	for (char *word = strtok(text, " \\\n"); word; word = strtok(NULL, " \\\n"))
		if (*word == '/')
			session_depends_on(s, arena_strdup(word));
}

static bool compile_for_programs(struct session *s, const char *base)
{
	struct tool cc = {0};

	words_add(&cc.words, "gcc", "-g", "-w", "-D_GNU_SOURCE", ALL_TYPES, "-MD", "-MF", arena_printf("%s.d", base), "-c",
		  arena_printf("%s.c", base), "-o", arena_printf("%s.o", base), NULL);
	if (tool_run(s, &cc) != 0)
		return false;
	note_dependencies(s, arena_printf("%s.d", base));
	return true;
}

/* The kernel's own make knows how; its object file is all that is wanted. */
static bool compile_for_kernel(struct session *s, const char *dir)
{
	struct kernel *k = session_kernel(s);
	struct tool make = {0};

	if (!k || !k->build_dir)
		return false;
	words_add(&make.words, "make", "-C", k->build_dir, NULL);
	if (k->makefile)
		words_add(&make.words, "-f", k->makefile, NULL);
	words_add(&make.words, arena_printf("M=%s", dir), "KCFLAGS=-g -w " ALL_TYPES, "types.o", NULL);
	return tool_run(s, &make) == 0;
}

static const char *compile(struct session *s, const char *names)
{
	static const char kernel[] = "kernel";
	bool for_kernel = strncmp(names, kernel, strlen(kernel)) == 0;
	const char *temp = session_temp_dir(s);
	const char *dir = arena_printf("%s/headers%u", temp ? temp : "", all.len);
	const char *base = arena_printf("%s/types", dir);
	bool good;

	if (!temp || dir_make(dir, 0700) ||
	    !write_unit(arena_printf("%s.c", base), names + (for_kernel ? strlen(kernel) : 0)))
		return NULL;
	if (for_kernel)
		file_write(arena_printf("%s/Kbuild", dir), "obj-m := types.o\n", strlen("obj-m := types.o\n"));
	good = for_kernel ? compile_for_kernel(s, dir) : compile_for_programs(s, base);
	return good ? intern_printf("%s.o", base) : NULL;
}

const char *headers_compile(struct session *s, const char *names)
{
	const char *object;

	vec_each(&all, struct compiled, c)
		if (strcmp(c->names, names) == 0)
			return c->object;
	object = compile(s, names);
	vec_push(&all, ((struct compiled){ intern(names), object }));
	return object;
}
