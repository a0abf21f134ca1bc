/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Macros and conditionals: from the tokens of a text to those that are parsed. */
#ifndef STAP_SYNTAX_PREPROCESS_H
#define STAP_SYNTAX_PREPROCESS_H

#include "lexer.h"

/*
 * Expand macros, decide conditionals and join neighbouring strings, in place.
 * Returns the number of errors reported.
 */
unsigned preprocess(struct session *s, const struct source *source, struct token_list *tokens);

#endif
