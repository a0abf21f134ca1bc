/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running =~ patterns.  Pass 3 (stap/translate/regex.c) makes a table from a pattern; this
 * runs it: unanchored, leftmost-longest, on bytes.  The struct is designed by the owner of the
 * two files; only the calls are fixed.
 */
#ifndef CORE_REGEX_H
#define CORE_REGEX_H

#include "types.h"

#define REGEX_MAX_GROUPS 16

struct regex_match {
	int count;				/* groups including group 0; 0: last match failed or none */
	int start[REGEX_MAX_GROUPS];		/* byte offsets, -1: group took no part */
	int end[REGEX_MAX_GROUPS];
};

struct regex_table;

/* Does the text contain a match?  Fills `match` when not NULL (slower; only scripts that use matched()). */
bool regex_search(const struct regex_table *table, const char *text, struct regex_match *match);

#endif
