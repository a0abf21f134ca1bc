/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading aggregates: the parts of all CPUs are merged into a struct aggregate, on the stack
 * for the plain extractors, in the frame for histograms.
 */
#include "unit.h"

static const struct var *stat_variable(const struct expr *value)
{
	return value->kind == E_INDEX ? value->index.base->name.var : value->name.var;
}

/* Merge what `value` names into `to`, a struct aggregate pointer. */
static void emit_merge(struct body *b, const struct expr *value, const char *to, const char *spec)
{
	const struct global *g = global_of(b->unit, stat_variable(value));
	size_t n = value->kind == E_INDEX ? value->index.keys.len : 0;
	struct value *keys = new_values(n);
	const char *call;

	if (n)
		emit_operands(b, value->index.keys.data, n, keys);
	call = arena_printf("merge_%s(c, %s, %s%s%s)", g->name, to, spec, n ? ", " : "", key_list(keys, n));
	if (g->guarded)
		emit_raise(b, value->at, arena_printf("!%s", call), NULL);
	else
		line(b, "%s;", call);
}

static const char *plain_spec(const struct global *g)
{
	return arena_printf("&spec_%s%s", g->name, stat_buckets(g->var) ? "_plain" : "");
}

static const char *extracted(const struct expr *e, const char *t, const char *spec)
{
	switch (e->stat.op) {
	case STAT_COUNT:	return arena_printf("%s.count", t);
	case STAT_SUM:		return arena_printf("%s.sum", t);
	case STAT_MIN:		return arena_printf("%s.min", t);
	case STAT_MAX:		return arena_printf("%s.max", t);
	case STAT_AVG:		return arena_printf("stat_avg(&%s)", t);
	case STAT_VARIANCE:	return arena_printf("stat_variance(&%s, %s)", t, spec);
	case STAT_HIST:		break;
	}
	BUG("extractor %d", e->stat.op);
}

/* Since version 1.5 of the language the sum of nothing is 0. */
static bool needs_values(const struct unit *u, const struct expr *e)
{
	if (e->stat.op == STAT_SUM)
		return session_is_before(u->session, "1.5") && !e->at->source->builtin_library;
	return e->stat.op != STAT_COUNT;
}

/* The struct aggregate lives in a block of its own, so that several share their place on the stack. */
struct value emit_stat(struct body *b, const struct expr *e)
{
	const struct global *g = global_of(b->unit, stat_variable(e->stat.value));
	const char *result = new_temp(b), *t = new_temp(b), *spec = plain_spec(g);
	struct value v = value_simple(result, false);

	line(b, "s64 %s;", result);
	open_scope(b);
	line(b, "struct aggregate %s;", t);
	emit_merge(b, e->stat.value, arena_printf("&%s", t), spec);
	if (needs_values(b->unit, e))
		emit_raise(b, e->at, arena_printf("!%s.count", t), "\"empty aggregate\"");
	line(b, "%s = %s;", result, extracted(e, t, spec));
	close_block(b);
	v.constant = true;
	return v;
}

const char *emit_hist_merge(struct body *b, const struct expr *e)
{
	const struct var *v = stat_variable(e->hist.value);
	const char *t = new_temp(b), *stat = arena_printf("&f->%s.stat", t);

	frame_member(b, sizeof(int64_t) * (6 + stat_buckets(v)),
		     "struct { struct aggregate stat; s64 buckets[%u]; } %s", stat_buckets(v), t);
	emit_merge(b, e->hist.value, stat, arena_printf("&spec_%s", global_of(b->unit, v)->name));
	return stat;
}

const char *emit_hist_stat(struct body *b, const struct expr *e)
{
	const char *stat = emit_hist_merge(b, e);

	emit_raise(b, e->at, arena_printf("!(%s)->count", stat), "\"empty aggregate\"");
	return stat;
}

struct value emit_hist_bucket(struct body *b, const struct expr *e)
{
	const struct var *v = stat_variable(e->hist.value);
	struct value index = value_once(b, value_fixed(b, emit_value(b, e->hist.bucket))), result;
	const char *stat = emit_hist_stat(b, e);

	emit_raise(b, e->at, arena_printf("(u64)%s >= %u", operand_text(index), stat_buckets(v)),
		   "\"histogram index out of range\"");
	result = value_simple(arena_printf("(%s)->hist[%s]", stat, index.text), false);
	result.constant = true;
	return result;
}
