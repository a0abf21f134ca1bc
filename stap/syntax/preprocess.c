/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "preprocess.h"
#include "at_words.h"
unsigned preprocess(struct session *s, const struct source *source, struct token_list *tokens)
{ (void)s; (void)source; (void)tokens; return 0; }
void offer_macros(struct session *s, const struct source *source, struct nearest *n)
{ (void)s; (void)source; (void)n; }
