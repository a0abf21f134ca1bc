/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Macros: their tables, their definitions, and the library of .stpm files. */
#ifndef STAP_SYNTAX_MACROS_H
#define STAP_SYNTAX_MACROS_H

#include "../base/vec.h"
#include "lexer.h"

struct macro;
struct nearest;

/* Macros by name, in the arena.  Zero-initialised. */
struct macro_table { struct macro *first; };

struct token_range { const struct token *first, *end; };

/* What a use of a macro needs to know. */
struct macro_body {
	const char *name;		/* "@name", interned */
	const struct place *at;
	VEC(const char *) params;	/* "@param", interned */
	bool has_params;		/* even if there are none: @name() */
	bool library;
	struct token_range body;
};

/* The macro of that (interned) name, or NULL. */
const struct macro_body *macro_find(const struct macro_table *table, const char *name);

/* Add a macro unless the name is taken; then the older one is returned, else NULL. */
const struct macro_body *macro_add(struct macro_table *table, const struct macro_body *macro);

void macro_table_offer(const struct macro_table *table, struct nearest *n);

/* The macros of the library; reads the .stpm files on first use. */
const struct macro_table *library_macros(struct session *s);

#endif
