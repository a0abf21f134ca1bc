/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions by name and pattern.  A literal is one look-up; a pattern passes
 * over the names of a blob once and sorts only what matched.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "private.h"

struct match {
	struct session *session;
	const char *pattern;
	bool literal;
	size_t prefix;			/* length of the text before the first wildcard */
	void (*visit)(const struct cfunction *f, void *data);
	void *data;
	int visited;
};

/* ---- one function ------------------------------------------------------------------ */

static const struct btf_type *prototype(struct btf_blob *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, id);

	t = t ? btf_type(b, t->type) : NULL;
	return t && BTF_INFO_KIND(t->info) == BTF_KIND_FUNC_PROTO ? t : NULL;
}

static void set_prototype(struct cfunction *f, struct btf_blob *b, const struct btf_type *proto)
{
	const struct btf_param *p = (const void *)(proto + 1);
	unsigned count = BTF_INFO_VLEN(proto->info);
	struct cparam *params;

	if (count && p[count - 1].type == 0)	/* the dots of a variadic function */
		count--;
	params = arena_alloc((count + 1) * sizeof *params);
	for (unsigned i = 0; i < count; i++)
		params[i] = (struct cparam){ intern(btf_string(b, p[i].name_off)),
					     btf_ctype(b, p[i].type) };
	f->has_prototype = true;
	f->params = params;
	f->param_count = count;
	f->result = btf_ctype(b, proto->type);
}

/* Two static functions of one name: parameters are known only if both agree. */
static bool prototypes_agree(const struct btf_type *one, const struct btf_type *other)
{
	const struct btf_param *a, *b;

	if (!one || !other || one == other)
		return one == other;
	if (BTF_INFO_VLEN(one->info) != BTF_INFO_VLEN(other->info) || one->type != other->type)
		return false;
	a = (const void *)(one + 1);
	b = (const void *)(other + 1);
	for (unsigned i = 0; i < BTF_INFO_VLEN(one->info); i++)
		if (a[i].type != b[i].type)
			return false;
	return true;
}

static void visit_function(struct match *m, struct btf_blob *b, uint32_t id, bool agreed)
{
	struct cfunction *f = arena_new(struct cfunction);
	const struct btf_type *proto = agreed ? prototype(b, id) : NULL;

	f->name = intern(btf_name(b, btf_type(b, id)));
	f->module = b->module;
	f->exported = kernel_exports(session_kernel(m->session), f->name);
	if (proto)
		set_prototype(f, b, proto);
	m->visited++;
	m->visit(f, m->data);
}

/* ---- matching ----------------------------------------------------------------------- */

static void match_literal(struct match *m, struct btf_blob *b)
{
	uint32_t cursor = 0, id, first = btf_find(b, m->pattern, BTF_BIT(FUNC), &cursor);
	bool agreed = true;

	if (!first)
		return;
	while ((id = btf_find(b, m->pattern, BTF_BIT(FUNC), &cursor)))
		agreed = agreed && prototypes_agree(prototype(b, first), prototype(b, id));
	visit_function(m, b, first, agreed);
}

struct named { const char *name; uint32_t id; };

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : x->id < y->id ? -1 : x->id > y->id;
}

static bool name_matches(const struct match *m, const char *name)
{
	return strncmp(name, m->pattern, m->prefix) == 0 && fnmatch(m->pattern, name, 0) == 0;
}

/* Names of functions that match, malloc'd and sorted. */
static struct named *collect(const struct match *m, struct btf_blob *b, size_t *count)
{
	struct named *all = NULL;
	size_t cap = 0;

	*count = 0;
	for (uint32_t id = b->first_id; id < b->end_id; id++) {
		const struct btf_type *t = btf_type(b, id);

		if (BTF_INFO_KIND(t->info) != BTF_KIND_FUNC || !name_matches(m, btf_name(b, t)))
			continue;
		if (*count == cap)
			all = realloc(all, (cap = cap ? 2 * cap : 256) * sizeof *all);
		if (!all)
			return NULL;
		all[(*count)++] = (struct named){ btf_name(b, t), id };
	}
	if (*count)
		qsort(all, *count, sizeof *all, by_name);
	return all;
}

static void match_glob(struct match *m, struct btf_blob *b)
{
	size_t count;
	struct named *all = collect(m, b, &count);

	for (size_t i = 0, next; all && i < count; i = next) {
		const struct btf_type *proto = prototype(b, all[i].id);
		bool agreed = true;

		for (next = i + 1; next < count && !strcmp(all[next].name, all[i].name); next++)
			agreed = agreed && prototypes_agree(proto, prototype(b, all[next].id));
		visit_function(m, b, all[i].id, agreed);
	}
	free(all);
}

static void match_blob(struct btf_blob *b, void *data)
{
	struct match *m = data;

	(m->literal ? match_literal : match_glob)(m, b);
}

int functions_match(struct session *s, const char *module, const char *pattern, const char *file,
		    unsigned wanted, void (*visit)(const struct cfunction *f, void *data), void *data)
{
	struct match m = { .session = s, .pattern = pattern, .visit = visit, .data = data };

	if (file || module_is_path(module))
		return -ENODATA;
	if (!(wanted & FUNCTION_CALLS))
		return 0;
	m.literal = !is_glob(pattern);
	m.prefix = strcspn(pattern, "*?[\\");
	blobs_visit(s, module, match_blob, &m);
	return m.visited;
}

static void offer_blob(struct btf_blob *b, void *data)
{
	for (uint32_t id = b->first_id; id < b->end_id; id++) {
		const struct btf_type *t = btf_type(b, id);

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC)
			nearest_offer(data, btf_name(b, t));
	}
}

void functions_offer(struct session *s, const char *module, struct nearest *near)
{
	blobs_visit(s, module, offer_blob, near);
}
