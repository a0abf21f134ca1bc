/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a probe point name a spelling of a family, or an alias?  Components are matched one by one,
 * with wildcards in both names and strings; ** spans dots.
 */
#include "point_match.h"

#include <fnmatch.h>
#include <string.h>

static bool has_wildcard(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

bool point_has_wildcard(const struct probe_point *p)
{
	vec_each(&p->components, struct component, c)
		if (has_wildcard(c->name))
			return true;
	return false;
}

static bool point_has_literal(const struct probe_point *p)
{
	vec_each(&p->components, struct component, c)
		if (c->arg)
			return true;
	return false;
}

static bool point_spans_dots(const struct probe_point *p)
{
	vec_each(&p->components, struct component, c)
		if (strstr(c->name, "**"))
			return true;
	return false;
}

bool dotted_match(const char *pattern, const char *text)
{
	for (; *pattern; pattern++, text++) {
		if (*pattern == '*') {
			bool span = pattern[1] == '*';
			const char *rest = pattern + (span ? 2 : 1);

			for (;; text++) {
				if (dotted_match(rest, text))
					return true;
				if (!*text || (*text == '.' && !span))
					return false;
			}
		}
		if (!*text || (*pattern == '?' ? *text == '.' : *pattern != *text))
			return false;
	}
	return !*text;
}

static bool component_match(const struct component *pattern, const char *name)
{
	return pattern->name == name || strcmp(pattern->name, name) == 0	/* a spelling's is not interned */
	       || (has_wildcard(pattern->name) && fnmatch(pattern->name, name, 0) == 0);
}

const char *dotted_name(const struct probe_point *p, size_t count)
{
	struct strbuf sb = {0};
	const char *name;

	for (size_t i = 0; i < count; i++) {
		if (i)
			strbuf_addc(&sb, '.');
		strbuf_add(&sb, p->components.data[i].name);
	}
	name = intern(strbuf_text(&sb));
	strbuf_release(&sb);
	return name;
}

static bool same_arg(const struct expr *a, const struct expr *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind)
		return false;
	if (a->kind == E_NUMBER)
		return a->number == b->number;
	return strcmp(a->string.text, b->string.text) == 0;
}

static bool alias_component_match(const struct component *pattern, const struct component *name)
{
	if (!component_match(pattern, name->name))
		return false;
	if (same_arg(pattern->arg, name->arg))
		return true;
	return pattern->arg && name->arg && pattern->arg->kind == E_STRING && name->arg->kind == E_STRING
	       && fnmatch(pattern->arg->string.text, name->arg->string.text, 0) == 0;
}

/* Without wildcards: names are interned, and most aliases begin with another one. */
static bool plainly_different(const struct probe_point *p, const struct probe_point *alias)
{
	const struct component *mine = p->components.data, *its = alias->components.data;

	for (size_t i = 0; i < alias->components.len && i < p->components.len; i++)
		if (mine[i].name != its[i].name)
			return !has_wildcard(mine[i].name);
	return false;
}

const alias_vec *alias_candidates(struct elaboration *el, const struct probe_point *p)
{
	const char *first = p->components.data[0].name;

	return has_wildcard(first) ? &el->aliases : &symbol_get(el, first)->aliases;
}

size_t alias_match(const struct probe_point *p, const struct probe_point *alias)
{
	size_t n = alias->components.len;
	const char *first = p->components.data[0].name;

	if (plainly_different(p, alias) && !point_spans_dots(p))
		return 0;
	/* Wildcards leave out what the library has for itself. */
	if (strncmp(alias->components.data[0].name, "__", 2) == 0 && strncmp(first, "__", 2) != 0)
		return 0;
	if (point_spans_dots(p))
		return !point_has_literal(p) && dotted_match(dotted_name(p, p->components.len), dotted_name(alias, n))
		       ? p->components.len : 0;
	if (n > p->components.len)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!alias_component_match(&p->components.data[i], &alias->components.data[i]))
			return 0;
	return n;
}

/* Read one component of a spelling: "function(string)". */
struct spelled { char name[64]; enum { ARG_NONE, ARG_NUMBER, ARG_STRING } arg; };

static const char *next_spelled(const char *p, struct spelled *out)
{
	size_t n = strcspn(p, ".(");

	memcpy(out->name, p, n);
	out->name[n] = 0;
	out->arg = ARG_NONE;
	p += n;
	if (*p == '(') {
		out->arg = p[1] == 'n' ? ARG_NUMBER : ARG_STRING;
		p = strchr(p, ')') + 1;
	}
	return *p == '.' ? p + 1 : p;
}

static bool arg_fits(const struct expr *arg, int wanted)
{
	if (!arg)
		return wanted == ARG_NONE;
	return arg->kind == (wanted == ARG_NUMBER ? E_NUMBER : E_STRING) && wanted != ARG_NONE;
}

static size_t common_components(const struct probe_point *p, const struct probe_spelling *spelling, bool any_arg)
{
	const char *text = spelling->pattern;
	struct spelled part;
	size_t n = 0;

	vec_each(&p->components, struct component, c) {
		text = *text ? next_spelled(text, &part) : NULL;
		if (!text || !component_match(c, part.name) || !(any_arg || arg_fits(c->arg, part.arg)))
			break;
		n++;
	}
	return n;
}

size_t spelling_common(const struct probe_point *p, const struct probe_spelling *spelling)
{
	return common_components(p, spelling, false);
}

size_t spelling_names_common(const struct probe_point *p, const struct probe_spelling *spelling)
{
	return common_components(p, spelling, true);
}

bool spelling_match(const struct probe_point *p, const struct probe_spelling *spelling,
		    struct matched_point *m)
{
	const char *text = spelling->pattern;
	struct spelled part;

	*m = (struct matched_point){ .point = p, .spelling = spelling };
	if (point_spans_dots(p))
		return !strchr(text, '(') && !point_has_literal(p) && dotted_match(dotted_name(p, p->components.len), text);
	vec_each(&p->components, struct component, c) {
		if (!*text)
			return false;
		text = next_spelled(text, &part);
		if (!component_match(c, part.name) || !arg_fits(c->arg, part.arg))
			return false;
		if (c->arg)
			m->args[m->arg_count++] = c->arg;
	}
	return !*text;
}

const struct place *component_place(const struct probe_point *point, const char *name)
{
	vec_each(&point->components, struct component, c)
		if (fnmatch(c->name, name, 0) == 0)
			return c->arg && c->arg->at ? c->arg->at : c->at ? c->at : point->at;
	return point->at;
}

const struct place *literal_place(const struct matched_point *m, int arg)
{
	return arg < m->arg_count && m->args[arg]->at ? m->args[arg]->at : m->point->at;
}

const char *matched_point_text(const struct matched_point *m)
{
	const char *text = m->spelling->pattern, *rest;
	struct strbuf sb = {0};
	struct spelled part;
	int next = 0;

	for (; *text; text = rest) {
		const struct expr *arg;

		rest = next_spelled(text, &part);
		strbuf_addf(&sb, "%s%s", text == m->spelling->pattern ? "" : ".", part.name);
		if (part.arg == ARG_NONE)
			continue;
		arg = m->args[next++];
		if (arg->kind == E_STRING)
			strbuf_addf(&sb, "(\"%s\")", arg->string.text);
		else
			strbuf_addf(&sb, "(%lld)", (long long)arg->number);
	}
	text = intern(strbuf_text(&sb));
	strbuf_release(&sb);
	return text;
}
