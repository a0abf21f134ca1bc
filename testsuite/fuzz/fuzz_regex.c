/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of patterns: the input is a pattern and a text, divided by a NUL.  The automata must
 * agree with a slow matcher that walks the pattern's tree, and groups must
 * lie inside the match.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/regex_table.h"
#include "../../stap/base/arena.h"

/* ---- a matcher on sets of places ---------------------------------------------------------- */

#define TEXT_MAX 60

typedef uint64_t places;		/* bit i: before byte i */

static const char *text;
static unsigned text_len;
static unsigned work;

/* Where the part can end if it begins at any of `from`. */
static places ends(const struct regex_tree *t, places from)
{
	places reached = 0, more;

	if (++work > 20000 || !from)
		return 0;
	switch (t->kind) {
	case TREE_EMPTY:
		return from;
	case TREE_SET:
		for (unsigned i = 0; i < text_len; i++)
			if (from >> i & 1 && byte_set_has(&t->set, (unsigned char)text[i]))
				reached |= 2ULL << i;
		return reached;
	case TREE_TEXT_START:
		return from & 1;
	case TREE_TEXT_END:
		return from & (1ULL << text_len);
	case TREE_GROUP:
		return ends(t->left, from);
	case TREE_CONCAT:
		return ends(t->right, ends(t->left, from));
	case TREE_CHOICE:
		return ends(t->left, from) | ends(t->right, from);
	case TREE_OPTION:
		return from | ends(t->left, from);
	case TREE_PLUS:
		for (more = ends(t->left, from); more & ~reached; more = ends(t->left, more))
			reached |= more;
		return reached;
	}
	return 0;
}

/* The leftmost-longest match. */
static bool slow_match(const struct regex_tree *t, int *start, int *end)
{
	for (unsigned i = 0; i <= text_len; i++) {
		places to = ends(t, 1ULL << i);

		if (!to)
			continue;
		*start = (int)i;
		*end = 63 - __builtin_clzll(to);
		return true;
	}
	return false;
}

/* ---- the comparison --------------------------------------------------------------------------- */

static void fail(const char *pattern, const char *what)
{
	fprintf(stderr, "/%s/ on \"%s\": %s\n", pattern, text, what);
	abort();
}

static void check_groups(const char *pattern, const struct regex_match *m)
{
	for (int i = 1; i < m->count; i++)
		if (m->start[i] != -1 && (m->start[i] < m->start[0] || m->start[i] > m->end[i] || m->end[i] > m->end[0]))
			fail(pattern, "a group lies outside");
}

static void compare(const char *pattern)
{
	struct regex_error error = {0};
	const struct regex_table *plain = regex_table_make(pattern, false, &error), *table;
	static u16 marks[REGEX_MARKS];
	struct regex_match m = { .marks = marks };
	int groups, start = -1, end = -1;
	const struct regex_tree *tree;
	bool expected;

	if (!plain)
		return;
	regex_table_in_places = text_len % 2;
	error = (struct regex_error){0};
	table = regex_table_make(pattern, true, &error);
	regex_table_in_places = false;
	work = 0;
	error = (struct regex_error){0};
	tree = regex_parse(pattern, &groups, &error);
	expected = slow_match(tree, &start, &end);
	if (work > 20000)
		return;
	if (regex_search(plain, text, NULL) != expected)
		fail(pattern, "the automaton is wrong");
	if (!table)
		return;
	if (regex_search(table, text, &m) != expected || m.count != (expected ? groups + 1 : 0))
		fail(pattern, "the automaton with groups is wrong");
	if (expected && (m.start[0] != start || m.end[0] != end))
		fail(pattern, "not leftmost and longest");
	check_groups(pattern, &m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *pattern = malloc(size + 1), *rest;
	char subject[TEXT_MAX + 1] = "";

	memcpy(pattern, data, size);
	pattern[size] = 0;
	rest = pattern + strlen(pattern) + 1;
	if (rest < pattern + size) {
		strncpy(subject, rest, TEXT_MAX);
		subject[TEXT_MAX] = 0;
	}
	text = subject;
	text_len = (unsigned)strlen(subject);
	compare(pattern);
	arena_reset();
	free(pattern);
	return 0;
}
