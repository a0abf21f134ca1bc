/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Examples are looked for in the folders of examples_dir.  The head of each, the comment it begins
 * with, has lines "# key: value"; here `purpose`, `use` and `also` count, testsuite/examples reads more.
 */
#include "examples.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/nearest.h"
#include "session.h"

#define NAME_COLUMNS 22

struct example {
	const char *folder, *name, *path;
	const char *purpose, *use;	/* "" where the head has none */
	const char *also;		/* other names, separated by blanks */
};

typedef VEC(struct example) example_vec;

/* The order of the words is that of the index. */
static const struct { const char *word, *title; } uses[] = {
	{ "performance", "Performance analysis" },
	{ "debugging", "Debugging" },
	{ "exploration", "Exploring the kernel" },
	{ "security", "Security monitoring" },
	{ "monitoring", "Monitoring and auditing a system" },
	{ "tracing", "Tracing an application" },
};

/* ---- reading --------------------------------------------------------------------------- */

/* The value of "# key: value" in the comment that a text begins with. */
static const char *head_value(const char *text, const char *key)
{
	const char *mark = arena_printf("# %s: ", key);
	const char *line = text;

	for (; line && *line == '#'; line = strchr(line, '\n'), line += line != NULL)
		if (!strncmp(line, mark, strlen(mark)))
			return arena_strndup(line + strlen(mark), strcspn(line, "\n") - strlen(mark));
	return "";
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Length of a script's name without ".stp"; 0: no script. */
static size_t script_name_length(const char *file)
{
	size_t len = strlen(file);

	return len > 4 && !strcmp(file + len - 4, ".stp") ? len - 4 : 0;
}

static void add_folder(example_vec *all, const char *dir, const char *folder)
{
	struct dirent **entries;
	int count = scandir(arena_printf("%s/%s", dir, folder), &entries, is_visible, alphasort);

	for (int i = 0; i < count; i++) {
		const char *file = entries[i]->d_name;
		size_t len = script_name_length(file);
		struct example e = { .folder = folder, .name = arena_strndup(file, len) };
		char *text;

		e.path = arena_printf("%s/%s/%s", dir, folder, file);
		if (len && file_read(e.path, &text, NULL) == 0) {
			e.purpose = head_value(text, "purpose");
			e.use = head_value(text, "use");
			e.also = head_value(text, "also");
			vec_push(all, e);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* All examples, sorted by folder and name; false after reporting that there is no place of examples. */
static bool read_examples(const struct session *s, example_vec *all)
{
	struct dirent **folders;
	int count = scandir(s->examples_dir, &folders, is_visible, alphasort);

	if (count < 0) {
		diag_report(DIAG_environment, NULL, "cannot read the examples in %s: %s", s->examples_dir,
			    error_text(errno));
		return false;
	}
	for (int i = 0; i < count; i++) {
		add_folder(all, s->examples_dir, arena_strdup(folders[i]->d_name));
		free(folders[i]);
	}
	free(folders);
	return true;
}

/* ---- finding ------------------------------------------------------------------------------ */

static bool has_word(const char *words, const char *wanted)
{
	return strstr(arena_printf(" %s ", words), arena_printf(" %s ", wanted));
}

static bool is_called(const struct example *e, const char *wanted)
{
	const char *full = arena_printf("%s/%s", e->folder, e->name);
	size_t len = script_name_length(wanted);

	wanted = arena_strndup(wanted, len ? len : strlen(wanted));
	return !strcmp(wanted, e->name) || !strcmp(wanted, full) || has_word(e->also, wanted);
}

bool examples_find(struct session *s)
{
	const char *wanted = s->options.script_file;
	example_vec all = { 0 };
	struct nearest near;

	if (!read_examples(s, &all))
		return false;
	nearest_init(&near, wanted);
	vec_each(&all, struct example, e) {
		if (is_called(e, wanted)) {
			s->options.script_file = e->path;
			return true;
		}
		nearest_offer(&near, e->name);
	}
	if (near.count)
		diag_report(DIAG_usage, NULL, "there is no example '%s'; did you mean %s?", wanted,
			    nearest_text(&near));
	else
		diag_report(DIAG_usage, NULL, "there is no example '%s'; stap --examples lists them", wanted);
	return false;
}

/* ---- listing ------------------------------------------------------------------------------- */

static bool has_words(const struct example *e, const text_vec *words)
{
	const char *text = arena_printf("%s/%s %s %s %s", e->folder, e->name, e->also, e->purpose, e->use);

	vec_each(words, const char *, word)
		if (!strcasestr(text, *word))
			return false;
	return true;
}

static void print_by_folder(const example_vec *list, FILE *out)
{
	const char *folder = NULL;

	vec_each(list, struct example, e) {
		if (e->folder != folder)
			fprintf(out, "%s%s\n", folder ? "\n" : "", e->folder);
		folder = e->folder;
		fprintf(out, "  %-*s %s\n", NAME_COLUMNS, e->name, e->purpose);
	}
}

/* Names of examples of one use, in lines of 80 columns. */
static void print_use(const example_vec *list, const char *use, FILE *out)
{
	size_t column = 0;

	vec_each(list, struct example, e) {
		if (!strstr(e->use, use))
			continue;
		if (column && column + 1 + strlen(e->name) > 78) {
			fputc('\n', out);
			column = 0;
		}
		column += fprintf(out, "%s%s", column ? " " : "  ", e->name);
	}
	fputc('\n', out);
}

static void print_by_use(const example_vec *list, FILE *out)
{
	for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
		fprintf(out, "\n%s\n", uses[i].title);
		print_use(list, uses[i].word, out);
	}
}

int examples_list(const struct session *s, FILE *out)
{
	const text_vec *words = &s->options.arguments;
	example_vec all = { 0 }, chosen = { 0 };

	if (!read_examples(s, &all))
		return 1;
	vec_each(&all, struct example, e)
		if (has_words(e, words))
			vec_push(&chosen, *e);
	if (!chosen.len) {
		diag_report(DIAG_usage, NULL, "no example has these words; stap --examples lists all");
		return 1;
	}
	fprintf(out, "%u example%s; stap --example NAME runs one\n\n", chosen.len, chosen.len == 1 ? "" : "s");
	print_by_folder(&chosen, out);
	if (!words->len)
		print_by_use(&chosen, out);
	return 0;
}
