/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of what reads statistics, and whether all that read one variable agree. */
#include <inttypes.h>
#include <stdlib.h>

#include "infer.h"

static struct var *stat_variable(struct inference *in, struct expr **value, const struct place *by)
{
	struct var *v = assigned_variable(*value);

	if (!v || v->scope != VAR_GLOBAL) {
		diag_report(DIAG_statistics, (*value)->at, "statistics operators need a global variable or array element");
		return NULL;
	}
	infer(in, value, DEMAND(TYPE_STATS, by));
	return v;
}

static void learn_shift(struct var *v, const struct expr *e)
{
	if (!v->shift_at) {
		v->shift_at = e->at;
		v->stat_shift = e->stat.shift;
	} else if (v->stat_shift != e->stat.shift) {
		diag_note(diag_report(DIAG_statistics, e->at, "@variance of '%s' is used with two different bit shifts",
				      v->name), v->shift_at, "here it is %d", v->stat_shift);
	}
}

void infer_stat(struct inference *in, struct expr *e)
{
	struct var *v = stat_variable(in, &e->stat.value, e->at);

	e->type = TYPE_LONG;
	if (!v)
		return;
	if (e->stat.op == STAT_VARIANCE)
		learn_shift(v, e);
	v->stat_uses |= 1u << e->stat.op;
}

static bool same_shape(const struct hist_shape *a, const struct hist_shape *b)
{
	return a->kind == b->kind && a->low == b->low && a->high == b->high && a->width == b->width;
}

#define BUCKETS_MAX 128		/* unless -D STP_MAX_BUCKETS says otherwise */

static void check_linear(const struct inference *in, const struct expr *e)
{
	const struct hist_shape *h = &e->hist.shape;
	const char *set = session_macro(in->scope.el->session, "STP_MAX_BUCKETS");
	uint64_t most = set ? strtoull(set, NULL, 0) : BUCKETS_MAX, buckets;
	struct diag *d;

	if (h->kind != HIST_LINEAR)
		return;
	if (h->width < 1 || h->high < h->low) {
		diag_report(DIAG_statistics, e->at, "@hist_linear needs low <= high and a width of at least 1");
		return;
	}
	buckets = ((uint64_t)h->high - (uint64_t)h->low) / (uint64_t)h->width;
	if (buckets <= most && buckets + 3 <= most)
		return;
	d = diag_report(DIAG_statistics, e->at, "@hist_linear has more than %" PRIu64 " buckets", most);
	diag_hint(d, "(high - low) / width, and three more; -D STP_MAX_BUCKETS=N allows others");
}

void infer_hist(struct inference *in, struct expr *e)
{
	struct var *v = stat_variable(in, &e->hist.value, e->at);

	if (e->hist.bucket) {
		infer(in, &e->hist.bucket, DEMAND(TYPE_LONG, e->at));
		e->type = TYPE_LONG;
	}
	if (!v)
		return;
	check_linear(in, e);
	if (!v->hist_at) {
		v->hist_at = e->at;
		v->hist = e->hist.shape;
	} else if (!same_shape(&v->hist, &e->hist.shape)) {
		diag_note(diag_report(DIAG_statistics, e->at, "conflicting histogram shapes for '%s'", v->name),
			  v->hist_at, "it has another one here");
	}
	v->stat_uses |= 1u << STAT_HIST;
}
