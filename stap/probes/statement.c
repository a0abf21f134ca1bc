/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places inside functions, by debug information: kernel.statement("FUNC@FILE:LINE"), labels,
 * and inlined instances of functions (which kernel.function finds).
 */
#include "statement.h"

#include <errno.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "../debuginfo/dwarf.h"
#include "families.h"
#include "location.h"

enum { STATEMENT, NEAREST, LABEL };

#define FORMS(prefix)									\
	{ prefix ".statement(string)", STATEMENT }, { prefix ".statement(string).nearest", NEAREST },	\
	{ prefix ".function(string).label(string)", LABEL }

static const struct probe_spelling spellings[] = {
	FORMS("kernel"), FORMS("module(string)"),
	{ NULL, 0 },
};

/* family_data */
struct statement_probe {
	struct cstatement place;
	const char *module;
};

struct request {
	struct probe_sink *sink;
	const struct matched_point *m;
	const char *module;
	size_t found;
};

static const char *owner_text(const char *module)
{
	return module ? arena_printf("module(\"%s\")", module) : "kernel";
}

static void add_place(struct request *r, const struct cstatement *st, const char *name)
{
	struct statement_probe *sp;

	r->found++;
	if (!st->symbol)
		return;
	sp = arena_new(struct statement_probe);
	sp->place = *st;
	sp->module = r->module;
	probe_add_simple(r->sink, &family_statement, r->m, name, sp);
}

static void add_statement(const struct cstatement *st, void *data)
{
	struct request *r = data;

	add_place(r, st, intern_printf("%s.statement(\"%s@%s:%u\")", owner_text(r->module),
				       st->function->name, st->file, st->line));
}

static void add_label(const struct cstatement *st, const char *label, void *data)
{
	struct request *r = data;

	add_place(r, st, intern_printf("%s.function(\"%s@%s:%u\").label(\"%s\")", owner_text(r->module),
				       st->function->name, st->file, st->line, label));
}

bool statement_add_inlined(struct probe_sink *sink, const struct matched_point *m, const struct cfunction *f,
			   const char *name)
{
	struct request r = { .sink = sink, .m = m, .module = f->module };
	struct cstatement st;
	bool exact;

	if (!statement_at(sink->session, f->module, f->address, &st, &exact) || !st.symbol)
		return false;
	st.function = f;
	add_place(&r, &st, name);
	return true;
}

/* ---- derivation ------------------------------------------------------------------------------- */

static void report_none(struct request *r, const char *text, const unsigned close[2])
{
	struct diag *d = diag_report(DIAG_unknown_probe, r->m->point->at, "no statement matches '%s'", text);

	if (close[0] && close[1])
		diag_hint(d, "the closest lines with code are %u and %u", close[0], close[1]);
	else if (close[0] || close[1])
		diag_hint(d, "the closest line with code is %u", close[0] + close[1]);
}

static void report_missing(struct request *r)
{
	struct diag *d = diag_report(DIAG_debuginfo, r->m->point->at,
				     "statements and labels are only known with full debug information");

	diag_hint(d, "%s", debuginfo_missing_text(r->sink->session, r->module));
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct request r = { .sink = sink, .m = m };
	struct point_pattern pattern;
	unsigned close[2] = { 0, 0 };
	const char *text;
	int next = 0, result;

	if (!session_kernel(sink->session))
		return;
	if (strncmp(m->spelling->pattern, "module", 6) == 0)
		r.module = m->args[next++]->string.text;
	text = m->args[next++]->string.text;
	if (!point_pattern_parse(text, &pattern)) {
		diag_report(DIAG_unknown_probe, m->point->at, "'%s' is not FUNCTION@FILE:LINE", text);
		return;
	}
	if (m->spelling->variant == LABEL)
		result = labels_match(sink->session, r.module, &pattern, m->args[next]->string.text, add_label, &r);
	else
		result = statements_match(sink->session, r.module, &pattern, m->spelling->variant == NEAREST, close,
					  add_statement, &r);
	if (result == -ENODATA)
		report_missing(&r);
	else if (!r.found)
		report_none(&r, text, close);
}

/* ---- variables ----------------------------------------------------------------------------------- */

static struct expr *variable(struct session *s, struct probe *p, const struct expr *target, bool at_entry,
			     struct nearest *near)
{
	const struct statement_probe *sp = p->family_data;
	const char *name = target->target.name;
	unsigned shown = strcmp(name, "$$vars") == 0 ? SHOW_PARAMETERS | SHOW_LOCALS
			 : strcmp(name, "$$parms") == 0 ? SHOW_PARAMETERS : strcmp(name, "$$locals") == 0 ? SHOW_LOCALS : 0;

	(void)at_entry;
	if (shown)
		return located_text(s, sp->place.function, sp->place.address, shown, target);
	if (strcmp(name, "$$return") == 0)
		return expr_string("", target->at);
	return located_variable(s, sp->place.function, sp->place.address, target, near);
}

static void list(struct session *s, struct probe *p, listed_vec *out)
{
	const struct statement_probe *sp = p->family_data;

	located_list(s, sp->place.function, sp->place.address, out);
}

/* ---- C text ---------------------------------------------------------------------------------------- */

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct statement_probe *sp = p->family_data;

	(void)handler;
	(void)entry_handler;
	strbuf_addf(out, "static const struct script_spec_kprobe probe_%d_spec = {\n\t.at = { ", p->index);
	if (sp->module)
		strbuf_addf(out, ".module = \"%s\", ", sp->module);
	strbuf_addf(out, ".symbol = \"%s\", .offset = 0x%llxULL } };\n", sp->place.symbol,
		    (unsigned long long)sp->place.offset);
}

static void initializer(struct strbuf *out, const struct probe *p)
{
	strbuf_addf(out, ".mechanism = &script_mech_kprobe, .spec = &probe_%d_spec,", p->index);
}

const struct probe_family family_statement = {
	.name = "kernel.statement, kernel.function.label",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.derive = derive,
	.variable = variable,
	.list = list,
	.declare = declare,
	.initializer = initializer,
};
