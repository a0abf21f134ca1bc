/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns as tables in memory, for tests: no C compiler in between. */
#ifndef UNIT_REGEX_TABLE_H
#define UNIT_REGEX_TABLE_H

#include "../../stap/regex/private.h"

/* Sets of places even where the automata have room. */
extern bool regex_table_in_places;

/* NULL after filling *error.  Memory is the arena's. */
const struct regex_table *regex_table_make(const char *pattern, bool captures, struct regex_error *error);

#endif
