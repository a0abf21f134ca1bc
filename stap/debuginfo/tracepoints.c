/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracepoints from BTF.  The kernel has for each a function __traceiter_NAME, whose
 * prototype names the arguments after a hidden first one, and, for those that are
 * trace events, a typedef btf_trace_NAME of the same shape.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "private.h"

static const char iterator_prefix[] = "__traceiter_", typedef_prefix[] = "btf_trace_";

struct match {
	struct session *session;
	const char *system, *pattern;
	void (*visit)(const struct ctracepoint *t, void *data);
	void *data;
	int visited;
};

/* The tracepoint a type stands for, or NULL. */
static const char *tracepoint_of(struct btf_blob *b, const struct btf_type *t)
{
	const char *prefix, *name;

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_FUNC:
		prefix = iterator_prefix;
		break;
	case BTF_KIND_TYPEDEF:
		prefix = typedef_prefix;
		break;
	default:
		return NULL;
	}
	name = btf_name(b, t);
	return strncmp(name, prefix, strlen(prefix)) == 0 ? name + strlen(prefix) : NULL;
}

/* The prototype of a tracepoint: names come with the iterator only. */
static const struct btf_type *prototype(struct btf_blob *b, const char *name)
{
	uint32_t id = btf_find_first(b, arena_printf("%s%s", iterator_prefix, name), BTF_BIT(FUNC));
	const struct btf_type *t = btf_type(b, id);

	if (!id) {
		id = btf_find_first(b, arena_printf("%s%s", typedef_prefix, name),
				    BTF_BIT(TYPEDEF));
		t = btf_type(b, btf_strip(b, id));
	}
	t = t ? btf_type(b, t->type) : NULL;
	return t && BTF_INFO_KIND(t->info) == BTF_KIND_FUNC_PROTO ? t : NULL;
}

static void set_params(struct ctracepoint *tp, struct btf_blob *b,
		       const struct btf_type *proto)
{
	const struct btf_param *p = (const void *)(proto + 1);
	unsigned count = BTF_INFO_VLEN(proto->info);
	struct cparam *params = arena_alloc((count + 1) * sizeof *params);

	for (unsigned i = 1; i < count; i++)
		params[i - 1] = (struct cparam){ intern(btf_string(b, p[i].name_off)),
						 btf_ctype(b, p[i].type) };
	tp->params = params;
	tp->param_count = count ? count - 1 : 0;
}

static void visit_tracepoint(struct match *m, struct btf_blob *b, const char *name)
{
	const char *system = tracepoint_system(m->session, b->module, name);
	const struct btf_type *proto;
	struct ctracepoint *tp;

	if (m->system && fnmatch(m->system, system, 0) != 0)
		return;
	proto = prototype(b, name);
	if (!proto)
		return;
	tp = arena_new(struct ctracepoint);
	tp->name = intern(name);
	tp->system = intern(system);
	tp->module = b->module;
	set_params(tp, b, proto);
	m->visited++;
	m->visit(tp, m->data);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All names that match, sorted; a name comes twice when it has both an iterator and a typedef. */
static void match_glob(struct match *m, struct btf_blob *b)
{
	VEC(const char *) names = { 0 };

	for (uint32_t id = b->first_id; id < b->end_id; id++) {
		const char *name = tracepoint_of(b, btf_type(b, id));

		if (name && fnmatch(m->pattern, name, 0) == 0)
			vec_push(&names, name);
	}
	if (names.len)
		qsort(names.data, names.len, sizeof *names.data, by_text);
	for (size_t i = 0; i < names.len; i++)
		if (i == 0 || strcmp(names.data[i], names.data[i - 1]) != 0)
			visit_tracepoint(m, b, names.data[i]);
}

static void match_target(const struct target *t, void *data)
{
	struct match *m = data;

	if (t->btf && is_glob(m->pattern))
		match_glob(m, t->btf);
	else if (t->btf)
		visit_tracepoint(m, t->btf, m->pattern);
}

int tracepoints_match(struct session *s, const char *module, const char *system,
		      const char *pattern, void (*visit)(const struct ctracepoint *t, void *data),
		      void *data)
{
	struct match m = { .session = s, .system = system, .pattern = pattern, .visit = visit,
			   .data = data };

	targets_visit(s, module, TARGET_BTF, match_target, &m);
	return m.visited;
}

void tracepoints_offer(struct session *s, struct nearest *near)
{
	struct btf_blob *b = kernel_btf(s);

	for (uint32_t id = b ? b->first_id : 0; b && id < b->end_id; id++) {
		const char *name = tracepoint_of(b, btf_type(b, id));

		if (name)
			nearest_offer(near, name);
	}
}
