/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Learn a type, pointer type or number of indexes.  Nothing happens when it is known already or TYPE_UNKNOWN is
 * offered; el->changed is set when it is news; a conflict is reported.
 */
#ifndef STAP_ELABORATE_UNIFY_H
#define STAP_ELABORATE_UNIFY_H

#include "elaborate.h"

/* A type that something should have, and the place that asks for it. */
struct demand {
	enum type type;
	const struct place *at;			/* an operator, a keyword, ...; NULL: nobody knows */
	const char *name;			/* or where what this names became of that type, */
	size_t index;				/* or this index of it, counted from 1 */
	const struct print *print;		/* or a format, */
	const struct format_piece *piece;	/* and the directive in it */
};

#define NO_DEMAND (&(struct demand){ .type = TYPE_UNKNOWN })
#define DEMAND(wanted, place) (&(struct demand){ .type = (wanted), .at = (place) })

/* "a long" ... */
const char *type_words(enum type t);

/* What variables, their indexes and the results of functions are known to be. */
struct demand var_demand(const struct var *v);
struct demand key_demand(const struct var *v, size_t i);
struct demand function_demand(const struct function *f);

/* The same for an expression that is one of these; else `at` is NULL. */
struct demand expr_origin(const struct expr *e);

/* Says that an expression, or what it names, is of the type that `is` tells, and that another is needed. */
struct diag *report_mismatch(const struct place *at, const struct demand *is, const struct demand *want);

/* Tells who demanded a type: "'x' became a statistic here". */
void note_demand(struct diag *d, const struct demand *demand);

/* Reports a statistic where only numbers and strings can be, with the reason, and says so by true. */
bool refuse_statistics(const struct expr *e, const char *why);

/* Adds where what an expression names got its type. */
void note_origin(struct diag *d, const struct expr *e);

void unify_var(struct elaboration *el, struct var *v, const struct demand *want, const struct place *at);

/* Index i (from 0) of an array whose arity is known. */
void unify_key(struct elaboration *el, struct var *v, size_t i, const struct expr *key);

/* The result of a function. */
void unify_function(struct elaboration *el, struct function *f, const struct demand *want, const struct place *at);

/* Only pointers are learnt, and only the first. */
void learn_ctype(struct elaboration *el, const struct ctype **to, const struct ctype *from);

/* 0: a scalar. */
void learn_arity(struct elaboration *el, struct var *v, int arity, const struct place *at);

#endif
