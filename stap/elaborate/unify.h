/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Learn a type, pointer type or number of indexes.  Nothing happens when it is known already or TYPE_UNKNOWN is
 * offered; el->changed is set when it is news; a conflict is reported.
 */
#ifndef STAP_ELABORATE_UNIFY_H
#define STAP_ELABORATE_UNIFY_H

#include "elaborate.h"

/* Says that what `what` names is of one type and used as another; `learnt`: where it got its type, or NULL. */
void report_mismatch(const struct place *at, enum type is, enum type want, const struct place *learnt,
		     const char *what);

void unify_var(struct elaboration *el, struct var *v, enum type t, const struct place *at);

/* Index i (from 0) of an array whose arity is known. */
void unify_key(struct elaboration *el, struct var *v, size_t i, enum type t, const struct place *at);

/* The result of a function. */
void unify_function(struct elaboration *el, struct function *f, enum type t, const struct place *at);

/* Only pointers are learnt, and only the first. */
void learn_ctype(struct elaboration *el, const struct ctype **to, const struct ctype *from);

/* 0: a scalar. */
void learn_arity(struct elaboration *el, struct var *v, int arity, const struct place *at);

#endif
