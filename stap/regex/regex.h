/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns of =~ and !~: checked, and compiled to tables for runtime/core/regex.c. */
#ifndef STAP_REGEX_H
#define STAP_REGEX_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

/*
 * Compile a pattern (language.md 6.2: POSIX ERE with C escapes).  `captures`: also make what
 * matched() needs.  Appends static const tables to c_text, the last of them
 * `static const struct regex_table NAME`.  false: *error says what is wrong (static
 * text) and *error_offset where in the pattern; c_text is unchanged.  Memory is the arena's.
 */
bool regex_compile(const char *pattern, bool captures, struct strbuf *c_text, const char *name,
		   const char **error, size_t *error_offset);

/* Only find out whether it is a pattern at all: quick, but its tables may yet turn out too large. */
bool regex_check_syntax(const char *pattern, const char **error, size_t *error_offset);

/* Only find out whether regex_compile() would succeed. */
bool regex_check(const char *pattern, bool captures, const char **error, size_t *error_offset);

#endif
