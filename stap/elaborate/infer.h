/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that infer types share. */
#ifndef STAP_ELABORATE_INFER_H
#define STAP_ELABORATE_INFER_H

#include "elaborate.h"
#include "unify.h"

/* The body that is looked at. */
struct inference {
	struct scope scope;
	struct function *function;	/* whose returns these are, or NULL */
};

/* ---- infer_expr.c */

/* Learn the type of an expression, given what its surroundings want; a conflict is reported.  It may be replaced. */
void infer(struct inference *in, struct expr **e, const struct demand *want);

/* A value that goes to a parameter or becomes a result, whose type may be known by now.  True if the two can agree. */
bool infer_passed(struct inference *in, struct expr **e, const struct demand *want);

/* Indexes of an array, wildcards among them. */
void infer_keys(struct inference *in, struct var *v, expr_vec *keys);
bool arity_fits(const struct var *v, size_t keys);

/* The variable that an assignment to this expression changes, or NULL. */
struct var *assigned_variable(struct expr *left);

/* May a constant condition be decided?  -u leaves what is constant, but for an answer to @defined. */
bool may_decide(const struct inference *in, const struct expr *condition);

/* ---- infer_stats.c: @count(v) ..., @hist_log(v) ... */
void infer_stat(struct inference *in, struct expr *e);
void infer_hist(struct inference *in, struct expr *e);

#endif
