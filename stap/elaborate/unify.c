/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What inference learns of a variable, an index or a function is kept there; a second
 * opinion is reported with the place of the first.
 */
#include "unify.h"

void report_mismatch(const struct place *at, enum type is, enum type want, const struct place *learnt,
		     const char *what)
{
	struct diag *d = diag_report(DIAG_type_mismatch, at, "type mismatch: this is a %s, but a %s is needed",
				     type_name(is), type_name(want));

	if (learnt)
		diag_note(d, learnt, "'%s' became a %s here", what, type_name(is));
}

void unify_var(struct elaboration *el, struct var *v, enum type t, const struct place *at)
{
	if (t == TYPE_UNKNOWN || v->type == t)
		return;
	if (v->type == TYPE_UNKNOWN) {
		v->type = t;
		v->type_at = at;
		el->changed = true;
		return;
	}
	if (!v->conflicting)		/* one message tells it; the other uses follow from it */
		report_mismatch(at, v->type, t, v->type_at, v->name);
	v->conflicting = true;
}

void unify_key(struct elaboration *el, struct var *v, size_t i, enum type t, const struct place *at)
{
	if (t == TYPE_UNKNOWN || v->key_types[i] == t)
		return;
	if (v->key_types[i] == TYPE_UNKNOWN) {
		v->key_types[i] = t;
		v->key_at[i] = at;
		el->changed = true;
		return;
	}
	if (v->conflicting)
		return;
	v->conflicting = true;
	struct diag *d = diag_report(DIAG_type_mismatch, at, "type mismatch: index %zu of '%s' is a %s, not a %s",
				     i + 1, v->name, type_name(v->key_types[i]), type_name(t));

	diag_note(d, v->key_at[i], "index %zu of '%s' became a %s here", i + 1, v->name, type_name(v->key_types[i]));
}

void unify_function(struct elaboration *el, struct function *f, enum type t, const struct place *at)
{
	if (t == TYPE_UNKNOWN || f->type == t)
		return;
	if (f->type == TYPE_UNKNOWN) {
		f->type = t;
		f->type_at = at;
		el->changed = true;
		return;
	}
	report_mismatch(at, f->type, t, f->type_at, f->name);
}

void learn_ctype(struct elaboration *el, const struct ctype **to, const struct ctype *from)
{
	if (*to || !from || from->kind != CTYPE_POINTER)
		return;
	*to = from;
	el->changed = true;
}

void learn_arity(struct elaboration *el, struct var *v, int arity, const struct place *at)
{
	if (v->arity == arity)
		return;
	if (v->scope == VAR_GLOBAL && v->arity == VAR_UNKNOWN_ARITY) {
		v->arity = arity;
		v->arity_at = at;
		if (arity > 0) {
			v->key_types = arena_alloc((size_t)arity * sizeof *v->key_types);
			v->key_at = arena_alloc((size_t)arity * sizeof *v->key_at);
		}
		el->changed = true;
		return;
	}
	if (v->scope != VAR_GLOBAL) {
		diag_report(DIAG_arity, at, "'%s' is not an array: arrays must be declared global", v->name);
		return;
	}
	struct diag *d;

	if (v->arity <= 0)
		d = diag_report(DIAG_arity, at, "inconsistent use of '%s': a scalar, used as an array", v->name);
	else if (arity == 0)
		d = diag_report(DIAG_arity, at, "inconsistent use of '%s': an array, used without index", v->name);
	else
		d = diag_report(DIAG_arity, at, "inconsistent arity for '%s': %d ind%s, not %d", v->name, v->arity,
				v->arity == 1 ? "ex" : "ices", arity);
	if (v->arity > 0)
		diag_note(d, v->arity_at, "used with %d ind%s here", v->arity, v->arity == 1 ? "ex" : "ices");
	else if (v->arity_at)
		diag_note(d, v->arity_at, "used as a scalar here");
	else
		diag_note(d, v->at, "initialized here, which makes it a scalar");
}
