/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What inference learns of a variable, an index or a function is kept there; a second
 * opinion is reported with the place of the first.
 */
#include "unify.h"

const char *type_words(enum type t)
{
	return t == TYPE_STATS ? "a statistic" : t == TYPE_STRING ? "a string" : t == TYPE_LONG ? "a long" : "unknown";
}

/* ---- who says so --------------------------------------------------------------------------------- */

struct demand var_demand(const struct var *v)
{
	return (struct demand){ .type = v->type, .at = v->type_at, .name = v->name };
}

struct demand key_demand(const struct var *v, size_t i)
{
	return (struct demand){ .type = v->key_types[i], .at = v->key_at[i], .name = v->name, .index = i + 1 };
}

struct demand function_demand(const struct function *f)
{
	return (struct demand){ .type = f->type, .at = f->type_at, .name = f->name };
}

struct demand expr_origin(const struct expr *e)
{
	const struct expr *base = e->kind == E_INDEX ? e->index.base : e;

	if (base->kind == E_NAME && base->name.var)
		return var_demand(base->name.var);
	if (e->kind == E_CALL && e->call.function)
		return function_demand(e->call.function);
	return (struct demand){ .type = e->type };
}

void note_demand(struct diag *d, const struct demand *demand)
{
	if (!demand->at)
		return;
	if (demand->piece)
		diag_note(d, print_directive_place(demand->print, demand->piece), "needed here");
	else if (demand->index)
		diag_note(d, demand->at, "index %zu of '%s' became %s here", demand->index, demand->name,
			  type_words(demand->type));
	else if (demand->name)
		diag_note(d, demand->at, "'%s' became %s here", demand->name, type_words(demand->type));
	else
		diag_note(d, demand->at, "needed here");
}

void note_origin(struct diag *d, const struct expr *e)
{
	struct demand origin = expr_origin(e);

	if (origin.type == e->type)
		note_demand(d, &origin);
}

/* A variable that got its type right there tells nothing by that. */
static void note_elsewhere(struct diag *d, const struct demand *demand, const struct place *at)
{
	if (demand->at != at)
		note_demand(d, demand);
}

struct diag *report_mismatch(const struct place *at, const struct demand *is, const struct demand *want)
{
	struct diag *d = diag_report(DIAG_type_mismatch, at, "type mismatch: this is %s, but %s is needed",
				     type_words(is->type), type_words(want->type));

	note_elsewhere(d, is, at);
	note_elsewhere(d, want, at);
	return d;
}

bool refuse_statistics(const struct expr *e, const char *why)
{
	if (e->type != TYPE_STATS)
		return false;
	note_origin(diag_report(DIAG_statistics, e->at, "statistics %s; use @count, @sum, @avg ...", why), e);
	return true;
}

/* ---- learning ------------------------------------------------------------------------------------ */

void unify_var(struct elaboration *el, struct var *v, const struct demand *want, const struct place *at)
{
	struct demand is = var_demand(v);

	if (want->type == TYPE_UNKNOWN || v->type == want->type)
		return;
	if (v->type == TYPE_UNKNOWN) {
		v->type = want->type;
		v->type_at = at;
		el->changed = true;
		return;
	}
	if (!v->conflicting)		/* one message tells it; the other uses follow from it */
		report_mismatch(at, &is, want);
	v->conflicting = true;
}

void unify_key(struct elaboration *el, struct var *v, size_t i, const struct expr *key)
{
	struct demand is = key_demand(v, i);
	struct diag *d;

	if (key->type == TYPE_UNKNOWN || refuse_statistics(key, "cannot be a key") || is.type == key->type)
		return;
	if (is.type == TYPE_UNKNOWN) {
		v->key_types[i] = key->type;
		v->key_at[i] = key->at;
		el->changed = true;
		return;
	}
	if (v->conflicting)
		return;
	v->conflicting = true;
	d = diag_report(DIAG_type_mismatch, key->at, "type mismatch: index %zu of '%s' is %s, not %s", i + 1, v->name,
			type_words(is.type), type_words(key->type));
	note_demand(d, &is);
	note_origin(d, key);
}

void unify_function(struct elaboration *el, struct function *f, const struct demand *want, const struct place *at)
{
	struct demand is = function_demand(f);

	if (want->type == TYPE_UNKNOWN || f->type == want->type)
		return;
	if (f->type == TYPE_UNKNOWN) {
		f->type = want->type;
		f->type_at = at;
		el->changed = true;
		return;
	}
	report_mismatch(at, &is, want);
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
