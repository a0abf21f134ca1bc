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
#include "function.h"
#include "location.h"
#include "missing.h"

enum { STATEMENT, NEAREST, LABEL };

#define FORMS(prefix)									\
	{ prefix ".statement(string)", STATEMENT }, { prefix ".statement(string).nearest", NEAREST },	\
	{ prefix ".function(string).label(string)", LABEL },				\
	{ prefix ".statement(number)", STATEMENT }, { prefix ".statement(number).nearest", NEAREST }

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
	bool wildcard;			/* reaches what nobody named */
	size_t found, barred;
	const char *barred_name, *why;	/* one that cannot be probed */
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
	sp->module = st->function->module;
	probe_add_simple(r->sink, &family_statement, r->m, name, sp);
}

/* Counts a place that the kernel, or good sense, keeps probes out of. */
static bool is_barred(struct request *r, const struct cstatement *st)
{
	struct session *s = r->sink->session;
	const char *why = st->function->module ? NULL : address_unprobeable(s, st->address);

	if (!why && r->wildcard && !st->function->module)
		why = address_untraced(s, st->address);
	if (!why)
		return false;
	r->found++;
	r->barred++;
	r->barred_name = st->function->name;
	r->why = why;
	return true;
}

static void add_statement(const struct cstatement *st, void *data)
{
	struct request *r = data;

	if (is_barred(r, st))
		return;
	add_place(r, st, intern_printf("%s.statement(\"%s@%s:%u\")", owner_text(st->function->module),
				       st->function->name, st->file, st->line));
}

static void add_label(const struct cstatement *st, const char *label, void *data)
{
	struct request *r = data;

	if (is_barred(r, st))
		return;
	add_place(r, st, intern_printf("%s.function(\"%s@%s:%u\").label(\"%s\")", owner_text(st->function->module),
				       st->function->name, st->file, st->line, label));
}

bool statement_add_inlined(struct probe_sink *sink, const struct matched_point *m, const struct cfunction *f,
			   const char *name)
{
	struct request r = { .sink = sink, .m = m, .module = f->module };
	struct cstatement st;

	if (!statement_of(sink->session, f, &st) || !st.symbol)
		return false;
	add_place(&r, &st, name);
	return true;
}

/* ---- derivation ------------------------------------------------------------------------------- */

static void report_no_statement(struct request *r, const char *text, const struct point_pattern *pattern,
				const unsigned close[2])
{
	const char *sign = pattern->lines == LINES_RELATIVE ? "+" : "";
	struct diag *d;

	if (!close[0] && !close[1] && report_missing_place(r->sink->session, r->m->point, r->module, pattern->function,
							   pattern->file))
		return;
	d = diag_report(DIAG_unknown_probe, component_place(r->m->point, "statement"), "no statement matches '%s'", text);
	if (close[0] && close[1])
		diag_hint(d, "the closest lines with code are %s%u and %s%u", sign, close[0], sign, close[1]);
	else if (close[0] || close[1])
		diag_hint(d, "the closest line with code is %s%u", sign, close[0] + close[1]);
}

static void offer_label(const struct cstatement *st, const char *label, void *data)
{
	(void)st;
	nearest_offer(data, label);
}

/* Few functions have labels, so all are named when none is close. */
static void list_label(const struct cstatement *st, const char *label, void *data)
{
	const char **list = data;

	(void)st;
	if (strlen(*list) < 200)
		*list = arena_printf("%s%s%s", *list, **list ? ", " : "", label);
}

static void report_no_label(struct request *r, const char *text, const struct point_pattern *pattern,
			    const char *label)
{
	struct session *s = r->sink->session;
	const char *list = "";
	struct nearest near;
	struct diag *d;

	if (report_missing_place(s, r->m->point, r->module, pattern->function, pattern->file))
		return;
	d = diag_report(DIAG_unknown_probe, component_place(r->m->point, "label"), "no label '%s' is in '%s'", label, text);
	nearest_init(&near, label);
	labels_match(s, r->module, pattern, "*", offer_label, &near);
	labels_match(s, r->module, pattern, "*", list_label, &list);
	if (near.count)
		diag_nearest(d, &near);
	else
		diag_hint(d, *list ? "its labels are: %s" : "the compiler left no label in it%s", list);
}

/* ---- by address ------------------------------------------------------------------------------- */

static void take_function(const struct cfunction *f, void *data)
{
	struct cstatement *st = data;

	if (f->address == st->address - st->offset)
		st->function = f;
}

/* Without debug information any instruction will do: the kernel refuses what is none. */
static bool statement_by_symbol(struct request *r, uint64_t address, struct cstatement *st)
{
	struct session *s = r->sink->session;
	const struct csymbol *symbol = function_around(s, r->m, r->module, address);

	if (!symbol)
		return false;
	*st = (struct cstatement){ .address = address, .symbol = symbol->name, .offset = address - symbol->address };
	functions_match(s, r->module, intern_n(symbol->name, strcspn(symbol->name, ".")), NULL, FUNCTION_CALLS,
			take_function, st);
	return true;
}

static void report_inexact(struct request *r, uint64_t address, const struct cstatement *st)
{
	struct diag *d = diag_report(DIAG_unknown_probe, component_place(r->m->point, "statement"), "no statement starts at address 0x%llx",
				     (unsigned long long)address);

	diag_hint(d, "%s:%u starts at 0x%llx; .nearest takes it", st->file, st->line, (unsigned long long)st->address);
}

static void derive_address(struct request *r, uint64_t address)
{
	struct session *s = r->sink->session;
	const char *name = intern_printf("%s.statement(0x%llx)%s", owner_text(r->module), (unsigned long long)address,
					 r->m->spelling->variant == NEAREST ? ".nearest" : ""), *why;
	struct cstatement st;
	struct probe *p;
	bool exact;

	if (!statement_at(s, r->module, address, &st, &exact)) {
		if (!statement_by_symbol(r, address, &st))
			return;
	} else if (!exact && r->m->spelling->variant != NEAREST) {
		report_inexact(r, address, &st);
		return;
	}
	why = r->module ? NULL : address_unprobeable(s, st.address);
	if (why) {
		report_barred_function(r->m->point, st.symbol ? st.symbol : name, why);
	} else if (!st.offset && st.function && !st.function->inlined) {
		p = function_probe_new(r->sink, r->m, st.function, name, false);
		r->sink->add(r->sink, p);
	} else {
		add_place(r, &st, name);
	}
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
	if (m->args[next]->kind == E_NUMBER) {
		derive_address(&r, (uint64_t)m->args[next]->number);
		return;
	}
	text = m->args[next++]->string.text;
	if (!point_pattern_parse(text, &pattern)) {
		diag_report(DIAG_unknown_probe, component_place(m->point, m->spelling->variant == LABEL ? "function" : "statement"), "'%s' is not FUNCTION@FILE:LINE", text);
		return;
	}
	r.wildcard = strpbrk(text, "*?[") != NULL;
	if (m->spelling->variant == LABEL)
		result = labels_match(sink->session, r.module, &pattern, m->args[next]->string.text, add_label, &r);
	else
		result = statements_match(sink->session, r.module, &pattern, m->spelling->variant == NEAREST, close,
					  add_statement, &r);
	if (result == -ENODATA)
		report_needs_dwarf(sink->session, m->point, r.module,
				   "statements and labels are only known with full debug information");
	else if (!r.found && m->spelling->variant == LABEL)
		report_no_label(&r, text, &pattern, m->args[next]->string.text);
	else if (!r.found)
		report_no_statement(&r, text, &pattern, close);
	else if (r.barred)
		report_barred(m->point, "statements", r.barred, r.found, r.barred_name, r.why);
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
	if (!sp->place.function)
		return shown ? expr_string("", target->at) : NULL;
	if (shown)
		return located_text(s, sp->place.function, sp->place.address, shown, target);
	if (strcmp(name, "$$return") == 0)
		return expr_string("", target->at);
	return located_variable(s, sp->place.function, sp->place.address, target, near);
}

static const char *module_of(const struct probe *p)
{
	return ((const struct statement_probe *)p->family_data)->module;
}

static void list(struct session *s, struct probe *p, listed_vec *out)
{
	const struct statement_probe *sp = p->family_data;

	if (sp->place.function)
		located_list(s, sp->place.function, sp->place.address, p->at, out);
}

/* ---- C text ---------------------------------------------------------------------------------------- */

void statement_declare(struct strbuf *out, const struct probe *p, const char *module, const char *symbol,
		       uint64_t offset, const char *handler)
{
	if (!p->crowded)
		strbuf_addf(out, "SCRIPT_KPROBE_TRAMPOLINE(probe_%d_hit, %d, %s)\n", p->index, p->index, handler);
	strbuf_addf(out, "static const struct script_spec_kprobe probe_%d_spec = {\n\t.at = { ", p->index);
	if (module)
		strbuf_addf(out, ".module = \"%s\", ", module);
	if (symbol)
		strbuf_addf(out, ".symbol = \"%s\", ", symbol);
	strbuf_addf(out, ".offset = 0x%llxULL }", (unsigned long long)offset);
	if (!p->crowded)
		strbuf_addf(out, ",\n\t.hit = probe_%d_hit", p->index);
	strbuf_add(out, " };\n");
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct statement_probe *sp = p->family_data;

	(void)entry_handler;
	statement_declare(out, p, sp->module, sp->place.symbol, sp->place.offset, handler);
}

static void attach(const struct probe *p, struct attachment *out)
{
	const struct statement_probe *sp = p->family_data;

	out->mechanism = "kprobe";
	out->module = sp->module;
	out->symbol = sp->place.symbol;
	out->offset = sp->place.offset;
}

const struct probe_family family_statement = {
	.name = "kernel.statement, kernel.function.label",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_KPROBES",
	.derive = derive,
	.variable = variable,
	.module = module_of,
	.list = list,
	.declare = declare,
	.attach = attach,
};
