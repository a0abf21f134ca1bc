/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a probe point that no family and no alias has: where it goes wrong, and what there is. */
#include "point_match.h"

#include <string.h>

#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "../probes/families.h"

static void offer_spellings(struct nearest *near)
{
	for (const struct probe_family *const *f = probe_families; *f; f++)
		for (const struct probe_spelling *sp = (*f)->spellings; sp->pattern; sp++)
			nearest_offer(near, sp->pattern);
}

/* Its first components.  Spellings show (string) where the script has a text: compare like with like. */
static const char *point_shape(const struct probe_point *p, size_t count)
{
	struct strbuf sb = {0};
	const char *text;

	for (size_t i = 0; i < count; i++) {
		const struct component *c = &p->components.data[i];

		if (i)
			strbuf_addc(&sb, '.');
		strbuf_add(&sb, c->name);
		if (c->arg)
			strbuf_add(&sb, c->arg->kind == E_NUMBER ? "(number)" : "(string)");
	}
	text = intern(strbuf_text(&sb));
	strbuf_release(&sb);
	return text;
}

/* What SystemTap has and we have not, by the first component. */
static const struct { const char *first, *what; } unsupported[] = {
	{ "process", "probes in user programs are" }, { "debuginfod", "probes in user programs are" },
	{ "java", "probes in Java programs are" }, { "python2", "probes in Python programs are" },
	{ "python3", "probes in Python programs are" }, { "lsm", "BPF LSM probes are" },
};

static bool report_unsupported(const struct probe_point *p)
{
	for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++)
		if (strcmp(p->components.data[0].name, unsupported[i].first) == 0) {
			diag_report(DIAG_unsupported, p->at, "%s not supported by this version: '%s'",
				    unsupported[i].what, probe_point_text(p));
			return true;
		}
	return false;
}

/* The first component that no spelling goes on with. */
static const struct place *strange_place(const struct probe_point *p)
{
	size_t most = 0;

	for (const struct probe_family *const *f = probe_families; *f; f++)
		for (const struct probe_spelling *sp = (*f)->spellings; sp->pattern; sp++) {
			size_t n = spelling_common(p, sp);

			most = n > most ? n : most;
		}
	return most && most < p->components.len ? p->components.data[most].at : p->at;
}

static bool hint_near(struct elaboration *el, struct diag *d, const char *shape)
{
	struct nearest near;

	nearest_init(&near, shape);
	offer_spellings(&near);
	tapsets_offer(el->session, LIBRARY_ALIAS, &near);
	vec_each(&el->aliases, struct alias *, a)
		nearest_offer(&near, probe_point_text((*a)->name));
	diag_nearest(d, &near);
	return near.count > 0;
}

/* The spellings that share most with it, whatever their arguments are. */
static void hint_family(struct diag *d, const struct probe_point *p)
{
	struct strbuf sb = {0};
	size_t most = 1, shown = 0;

	for (const struct probe_family *const *f = probe_families; *f; f++)
		for (const struct probe_spelling *sp = (*f)->spellings; sp->pattern; sp++) {
			size_t n = spelling_names_common(p, sp);

			if (n > most) {
				most = n;
				shown = 0;
				sb.len = 0;
			}
			if (n == most && shown++ < NEAREST_MAX)
				strbuf_addf(&sb, "%s%s", sb.len ? ", " : "", sp->pattern);
		}
	if (shown)
		diag_hint(d, "there is: %s%s", strbuf_text(&sb), shown > NEAREST_MAX ? ", ..." : "");
	strbuf_release(&sb);
}

bool report_unknown_point(struct elaboration *el, const struct probe_point *p)
{
	struct diag *d;

	if (report_unsupported(p))
		return true;
	d = diag_report(DIAG_unknown_probe, strange_place(p), "no such probe point '%s'", probe_point_text(p));
	/* Aliases take suffixes: without them, the name may be near another one. */
	for (size_t count = p->components.len; count > 0; count--)
		if (hint_near(el, d, point_shape(p, count)))
			return false;
	hint_family(d, p);
	return false;
}
