/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recipe on disk is a folder with a manifest: one item a line, fields separated by
 * tabs, sealed by a digest.
 *
 *	work_dir	PATH
 *	script_compile	WORD	WORD ...
 *	objtool_on_whole	0
 *	names		OFFSET	...
 *	tool		WORD	PATH	SIZE	MTIME	a program that was used, and what it is called
 *	file		NAME	DIGEST			a file of the folder
 */
#include "recipe_private.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/strbuf.h"
#include "sealed.h"

const char *const recipe_files[] = { RECIPE_ARCHIVE, RECIPE_SKELETON, RECIPE_MOD, RECIPE_CONSTANTS, RECIPE_FEATURES,
				     RECIPE_COMMON, NULL };

/* The members of struct recipe that are lists of words. */
static const struct { const char *key; size_t offset; } lists[] = {
	{ "environment",	offsetof(struct recipe, environment) },
	{ "script_compile",	offsetof(struct recipe, script_compile) },
	{ "script_cc1",		offsetof(struct recipe, script_cc1) },
	{ "script_as",		offsetof(struct recipe, script_as) },
	{ "kernel_compile",	offsetof(struct recipe, kernel_compile) },
	{ "objtool",		offsetof(struct recipe, objtool) },
	{ "modpost",		offsetof(struct recipe, modpost) },
	{ "mod_compile",	offsetof(struct recipe, mod_compile) },
	{ "link",		offsetof(struct recipe, link) },
	{ "missing",		offsetof(struct recipe, missing) },
	{ "units",		offsetof(struct recipe, units) },
};

#define LISTS (sizeof lists / sizeof lists[0])

static word_list *list_of(struct recipe *r, size_t i)
{
	return (word_list *)((char *)r + lists[i].offset);
}

/* ---- writing --------------------------------------------------------------------------- */

static void add_tool(struct strbuf *sb, const struct recipe *r, const word_list *words)
{
	if (!words->len)
		return;
	strbuf_addf(sb, "tool\t%s\t%s\n", words->data[0],
		    file_stamp(program_path(r->work_dir, words->data[0])));
}

static void add_contents(struct strbuf *sb, const struct recipe *r)
{
	strbuf_addf(sb, "work_dir\t%s\n", r->work_dir);
	strbuf_addf(sb, "objtool_on_whole\t%d\n", r->objtool_on_whole);
	for (size_t i = 0; i < LISTS; i++) {
		const word_list *words = list_of((struct recipe *)r, i);

		strbuf_add(sb, lists[i].key);
		for (size_t j = 0; j < words->len; j++)
			strbuf_addf(sb, "\t%s", words->data[j]);
		strbuf_addc(sb, '\n');
	}
	strbuf_add(sb, "names");
	for (size_t i = 0; i < r->name_offsets.len; i++)
		strbuf_addf(sb, "\t%ld", r->name_offsets.data[i]);
	strbuf_addc(sb, '\n');
	add_tool(sb, r, &r->script_compile);
	add_tool(sb, r, &r->script_cc1);
	add_tool(sb, r, &r->objtool);
	add_tool(sb, r, &r->link);
}

int recipe_write(const struct recipe *r)
{
	struct strbuf sb = {0};

	add_contents(&sb, r);
	for (const char *const *file = recipe_files; *file; file++) {
		const char *found = hash_file_contents(arena_printf("%s/%s", r->dir, *file));

		if (found)
			strbuf_addf(&sb, "file\t%s\t%s\n", *file, found);
	}
	return sealed_write(arena_printf("%s/manifest", r->dir), &sb);
}

/* ---- reading ----------------------------------------------------------------------------- */

static char *next_field(char **line)
{
	return strsep(line, "\t");
}

/* The same word must still find the same program, and that be as it was. */
static const char *check_tool(struct recipe *r, char *stamp)
{
	const char *word = next_field(&stamp);

	if (!stamp)
		return "its manifest is damaged";
	vec_push(&r->tools, stamp);
	if (!strcmp(stamp, file_stamp(program_path(r->work_dir, word))))
		return NULL;
	return arena_printf("%.*s is another one now", (int)strcspn(stamp, "\t"), stamp);
}

static const char *check_file(struct recipe *r, char *fields)
{
	const char *name = next_field(&fields), *found;

	if (!name || !fields)
		return "its manifest is damaged";
	found = hash_file_contents(arena_printf("%s/%s", r->dir, name));
	r->has_common |= !strcmp(name, RECIPE_COMMON);
	return found && !strcmp(found, fields) ? NULL : arena_printf("its %s is damaged", name);
}

static bool read_list(struct recipe *r, const char *key, char *fields)
{
	for (size_t i = 0; i < LISTS; i++) {
		if (strcmp(key, lists[i].key))
			continue;
		for (char *word; (word = next_field(&fields)); )
			vec_push(list_of(r, i), word);
		return true;
	}
	return false;
}

/* Returns what is wrong, or NULL. */
static const char *read_line(struct recipe *r, char *line)
{
	const char *key = next_field(&line);

	if (read_list(r, key, line))
		return NULL;
	if (!line)
		return "its manifest is damaged";
	if (!strcmp(key, "work_dir"))
		r->work_dir = line;
	else if (!strcmp(key, "objtool_on_whole"))
		r->objtool_on_whole = *line == '1';
	else if (!strcmp(key, "tool"))
		return check_tool(r, line);
	else if (!strcmp(key, "file"))
		return check_file(r, line);
	else if (!strcmp(key, "names"))
		for (char *word; (word = next_field(&line)); )
			vec_push(&r->name_offsets, strtol(word, NULL, 10));
	return NULL;
}

const struct recipe *recipe_read(const char *dir, const char **why)
{
	struct recipe *r = arena_new(struct recipe);
	char *text = sealed_read(arena_printf("%s/manifest", dir), why), *save = NULL;

	r->dir = dir;
	if (!text) {
		*why = *why ? *why : "there is none yet";
		return NULL;
	}
	for (char *line = strtok_r(text, "\n", &save); line && !*why; line = strtok_r(NULL, "\n", &save))
		*why = read_line(r, line);
	return *why ? NULL : r;
}
