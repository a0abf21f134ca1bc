/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Macros and conditionals: from the tokens of a text to those that are parsed. */
#ifndef STAP_SYNTAX_PREPROCESS_H
#define STAP_SYNTAX_PREPROCESS_H

#include "macros.h"

/*
 * Expand macros, decide conditionals and join neighbouring strings: replaces
 * lexed->tokens and adds to lexed->errors.  Definitions go to `macros`.
 */
void preprocess(struct session *s, struct lexed *lexed, struct macro_table *macros);

/* The same for a macro library, in which nothing may stand but definitions. */
void preprocess_library(struct session *s, struct lexed *lexed, struct macro_table *macros);

#endif
