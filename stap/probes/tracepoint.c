/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.trace("group:name"), with the arguments of the tracepoint's prototype by name; and
 * kernel.tracepoint("name") and module("M").tracepoint("name"), with $arg1 ... by position.
 */
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "families.h"
#include "missing.h"

enum { NAMED, POSITIONAL };

static const struct probe_spelling spellings[] = {
	{ "kernel.trace(string)", NAMED },
	{ "kernel.tracepoint(string)", POSITIONAL },
	{ "module(string).tracepoint(string)", POSITIONAL },
	{ NULL, 0 },
};

struct request {
	struct probe_sink *sink;
	const struct matched_point *m;
	const char *module;
};

static const char *point_name(const struct request *r, const struct ctracepoint *t)
{
	if (r->m->spelling->variant == NAMED)
		return *t->system ? intern_printf("kernel.trace(\"%s:%s\")", t->system, t->name)
		       : intern_printf("kernel.trace(\"%s\")", t->name);
	if (r->module)
		return intern_printf("module(\"%s\").tracepoint(\"%s\")", t->module, t->name);
	return intern_printf("kernel.tracepoint(\"%s\")", t->name);
}

static void add_tracepoint(const struct ctracepoint *t, void *data)
{
	struct request *r = data;

	probe_add_simple(r->sink, &family_tracepoint, r->m, point_name(r, t), (void *)t);
}

static void report_none(struct request *r, const char *pattern)
{
	struct nearest near;
	struct diag *d = diag_report(DIAG_unknown_probe, literal_place(r->m, r->m->arg_count - 1), "no tracepoint matches '%s'", pattern);
	const char *colon = strchr(pattern, ':');

	nearest_init(&near, pattern);
	tracepoints_offer(r->sink->session, &near);
	if (!near.count && colon) {
		nearest_init(&near, colon + 1);
		tracepoints_offer(r->sink->session, &near);
	}
	diag_nearest(d, &near);
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct request r = { .sink = sink, .m = m };
	const char *text = m->args[m->arg_count - 1]->string.text, *colon = strchr(text, ':');
	const char *system = NULL, *name = text;

	if (!session_kernel(sink->session))
		return;
	if (m->arg_count > 1)
		r.module = m->args[0]->string.text;
	if (colon && m->spelling->variant == NAMED) {
		system = intern_n(text, (size_t)(colon - text));
		name = colon + 1;
	}
	if (r.module && report_missing_module(sink->session, m->point, r.module))
		return;
	if (tracepoints_match(sink->session, r.module, system, name, add_tracepoint, &r) > 0)
		return;
	/* What the kernel itself does not have may be in a module. */
	if (r.module || tracepoints_match(sink->session, "*", system, name, add_tracepoint, &r) <= 0)
		report_none(&r, text);
}

/* ---- variables ------------------------------------------------------------------------------ */

static bool fits_register(const struct ctype *t)
{
	return t->kind == CTYPE_INT || t->kind == CTYPE_POINTER || t->kind == CTYPE_ENUM;
}

static struct expr *argument(const struct ctracepoint *t, unsigned i, const struct place *at)
{
	struct expr *e;

	if (!fits_register(t->params[i].type))
		return NULL;
	e = expr_new(E_CVALUE, at);
	e->cvalue.code = arena_printf("((const s64 *)c->args)[%u]", i);
	e->cvalue.arrives = true;
	e->type = TYPE_LONG;
	e->ctype = t->params[i].type;
	return e;
}

static const char *argument_name(const struct probe *p, unsigned i)
{
	const struct ctracepoint *t = p->family_data;

	return p->variant == NAMED && *t->params[i].name ? t->params[i].name : intern_printf("arg%u", i + 1);
}

static struct expr *arguments_text(struct probe *p, const struct expr *target)
{
	const struct ctracepoint *t = p->family_data;
	struct named_value *values = arena_alloc((t->param_count + 1) * sizeof *values);

	for (unsigned i = 0; i < t->param_count; i++)
		values[i] = (struct named_value){ argument_name(p, i), argument(t, i, target->at) };
	return named_values_text(values, t->param_count, pretty_level(target), target->at);
}

static struct expr *variable(struct session *s, struct probe *p, const struct expr *target, bool at_entry,
			     struct nearest *near)
{
	const struct ctracepoint *t = p->family_data;
	const char *name = target->target.name + 1;

	(void)s;
	(void)at_entry;
	if (strcmp(name, "$vars") == 0 || strcmp(name, "$parms") == 0)
		return arguments_text(p, target);
	if (strcmp(name, "$name") == 0)
		return expr_string(t->name, target->at);
	if (strcmp(name, "$system") == 0)
		return expr_string(p->variant == NAMED ? t->system : "", target->at);
	for (unsigned i = 0; i < t->param_count; i++) {
		if (strcmp(argument_name(p, i), name) == 0)
			return argument(t, i, target->at);
		nearest_offer(near, intern_printf("$%s", argument_name(p, i)));
	}
	return NULL;
}

static void list(struct session *s, struct probe *p, listed_vec *out)
{
	const struct ctracepoint *t = p->family_data;

	(void)s;
	for (unsigned i = 0; i < t->param_count; i++)
		vec_push(out, ((struct listed_variable){ intern_printf("$%s", argument_name(p, i)),
							 t->params[i].type->spelling }));
}

/* ---- C text ------------------------------------------------------------------------------------ */

/* A C type that is passed like the parameter. */
static const char *passed_as(const struct probe *p, unsigned i, const struct ctype *t)
{
	static const char *const integers[2][9] = {
		{ [1] = "u8", [2] = "u16", [4] = "u32", [8] = "u64" },
		{ [1] = "s8", [2] = "s16", [4] = "s32", [8] = "s64" },
	};

	if (t->kind == CTYPE_POINTER)
		return "void *";
	if (fits_register(t) && t->size <= 8 && integers[t->is_signed][t->size])
		return t->is_bool ? "bool" : integers[t->is_signed][t->size];
	return arena_printf("probe_%d_a%u", p->index, i);
}

static void declare_structures(struct strbuf *out, const struct probe *p, const struct ctracepoint *t)
{
	for (unsigned i = 0; i < t->param_count; i++) {
		const struct ctype *type = t->params[i].type;

		if (!fits_register(type))
			strbuf_addf(out, "typedef struct { u%s v[%u]; } probe_%d_a%u;\n", type->size % 8 ? "8" : "64",
				    type->size % 8 ? type->size : type->size / 8, p->index, i);
	}
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct ctracepoint *t = p->family_data;

	(void)entry_handler;
	declare_structures(out, p, t);
	strbuf_addf(out, "static void probe_%d_enter(void *data", p->index);
	for (unsigned i = 0; i < t->param_count; i++)
		strbuf_addf(out, ", %s a%u", passed_as(p, i, t->params[i].type), i);
	strbuf_addf(out, ")\n{\n\t(void)data;\n\tSCRIPT_TRACEPOINT_HIT(%d, %s", p->index, handler);
	for (unsigned i = 0; i < t->param_count; i++) {
		if (fits_register(t->params[i].type))
			strbuf_addf(out, ", SCRIPT_ARG(a%u)", i);
		else
			strbuf_add(out, ", 0");
	}
	strbuf_addf(out, "%s);\n}\n", t->param_count ? "" : ", 0");
	strbuf_addf(out, "static const struct script_spec_tracepoint probe_%d_spec = {\n\t.name = \"%s\", ", p->index,
		    t->name);
	if (t->module)
		strbuf_addf(out, ".module = \"%s\", ", t->module);
	strbuf_addf(out, ".trampoline = (void *)probe_%d_enter };\n", p->index);
}

static void attach(const struct probe *p, struct attachment *out)
{
	const struct ctracepoint *t = p->family_data;

	out->mechanism = "tracepoint";
	out->module = t->module;
	out->symbol = intern_printf("__tracepoint_%s", t->name);
}

const struct probe_family family_tracepoint = {
	.name = "kernel.trace, kernel.tracepoint",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_TRACEPOINTS",
	.derive = derive,
	.variable = variable,
	.list = list,
	.declare = declare,
	.attach = attach,
};
