/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words that begin with '@': which are operators, which are macros. */
#ifndef STAP_SYNTAX_AT_WORDS_H
#define STAP_SYNTAX_AT_WORDS_H

#include <stdbool.h>

struct nearest;

/* Is "@name" an operator of the language (or @define)? */
bool is_at_operator(const char *word);

/* Offer every operator as a suggestion. */
void offer_at_operators(struct nearest *n);

#endif
