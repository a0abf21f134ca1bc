/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What -p1 prints of a script parses to the same tree: every script of the project is parsed and
 * printed, and its print parsed and printed again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "script_fixture.h"
#include "syntax/syntax.h"

/* Arguments that fit where scripts want a number, and where they want a name or a probe point. */
struct arguments {
	const char *first, *others;
};

static const struct arguments arguments[] = { { "1", "1" }, { "begin", "begin" }, { "begin", "1" } };

static char *library;		/* its macros are known */

static char *path_of(const char *folder)
{
	const char *top = getenv("srcdir");
	char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", top ? top : ".", folder) > 0);
	return path;
}

/* Text of the tree, malloc'd; NULL if it does not parse. */
static char *printed(const char *script, size_t len, const struct arguments *a)
{
	struct session *s = fixture_new();
	struct strbuf out = {0};
	const struct file *file;

	s->options.guru = true;
	s->tapset_dir = library;
	s->argument_used = calloc(9, sizeof *s->argument_used);
	for (int i = 0; a && i < 9; i++)
		vec_push(&s->options.arguments, i ? a->others : a->first);
	file = parse_source(s, session_add_source(s, "script", script, len));
	free(s->argument_used);
	if (!file)
		return NULL;
	print_file(&out, file);
	strbuf_addc(&out, '\n');
	return out.text;
}

static char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;
	ssize_t got = f ? getdelim(&text, &room, EOF, f) : -1;

	if (f)
		fclose(f);
	*len = got > 0 ? (size_t)got : 0;
	return text;
}

/* Returns whether the script parses. */
static bool check_file(const char *path)
{
	size_t len;
	char *script = read_file(path, &len), *one = NULL, *two;

	for (size_t i = 0; script && !one && i < sizeof arguments / sizeof *arguments; i++)
		one = printed(script, len, &arguments[i]);
	free(script);
	if (!one)
		return false;
	two = printed(one, strlen(one), NULL);
	if (!two || strcmp(one, two))
		fail_msg("%s: what -p1 prints %s", path, two ? "parses to another tree" : "does not parse");
	free(one);
	free(two);
	return true;
}

static bool is_script(const FTSENT *e)
{
	const char *dot = strrchr(e->fts_name, '.');

	return e->fts_info == FTS_F && dot && !strcmp(dot, ".stp");
}

/* `broken`: some are there because they do not parse. */
static unsigned check_folder(const char *folder, bool broken)
{
	char *path = path_of(folder);
	unsigned count = 0;
	FTS *tree;

	tree = fts_open((char *[]){ path, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	assert_non_null(tree);
	for (FTSENT *e; (e = fts_read(tree));) {
		if (!is_script(e))
			continue;
		if (check_file(e->fts_path))
			count++;
		else if (!broken)
			fail_msg("%s does not parse", e->fts_path);
	}
	fts_close(tree);
	free(path);
	return count;
}

static void library_and_examples(void **state)
{
	(void)state;
	assert_true(check_folder("tapsets", false) > 100);
	assert_true(check_folder("examples", false) > 10);
}

static void scripts_of_tests(void **state)
{
	(void)state;
	assert_true(check_folder("testsuite/lang", true) > 400);
	assert_true(check_folder("testsuite/vm", false) > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(library_and_examples),
		cmocka_unit_test(scripts_of_tests),
	};

	library = path_of("tapsets");
	return cmocka_run_group_tests_name("printer", tests, NULL, NULL);
}
