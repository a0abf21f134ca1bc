/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 2 in order.  Each step reads as one line of pass_2(); what a step needs and
 * leaves is said in elaborate.h.
 */
#include "elaborate.h"
#include "../option_check.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static void settle_probes(struct program *pr)
{
	enum arena_area before = arena_use(ARENA_ASIDE);

	vec_settle(&pr->probes);
	vec_settle(&pr->owners);
	arena_use(before);
}

static void expand_new_files(struct elaboration *el)
{
	struct session *s = el->session;

	/* library files that are reached add their own probes, while this runs */
	while (el->expanded_files < s->files.len) {
		struct file *file = s->files.data[el->expanded_files++];

		vec_each(&file->probes, struct probe_decl *, decl)
			expand_probe_decl(el, *decl);
		resolve_pending_functions(el);
	}
}

void program_add_probe(struct program *program, struct probe *p)
{
	p->index = (int)program->probes.len;
	heap_push(&program->probes, p);
	if (!p->repeats || p->condition)
		heap_push(&program->owners, p);
}

/* -u keeps those of the script, too. */
static bool drop_unused_global(const struct elaboration *el, const struct var *v)
{
	if (v->is_read || v->is_written || (el->session->options.unoptimized && !v->from_library))
		return false;
	if (!v->from_library)
		diag_report(DIAG_unused_variable, v->at, "eliding unused variable '%s'", v->name);
	tell_optimized(el, v->at, "removed a global that nothing uses", NULL);
	return true;
}

/* Globals that nothing uses are left out; the rest get their final types and numbers. */
static void number_globals(struct elaboration *el)
{
	struct program *pr = el->program;
	size_t kept = 0;

	for (size_t i = 0; i < pr->globals.len; i++) {
		struct var *v = pr->globals.data[i];

		if (drop_unused_global(el, v))
			continue;
		if (v->type == TYPE_UNKNOWN)
			v->type = TYPE_LONG;
		if (v->arity == VAR_UNKNOWN_ARITY)
			v->arity = 0;
		for (int k = 0; k < v->arity; k++)
			if (v->key_types[k] == TYPE_UNKNOWN)
				v->key_types[k] = TYPE_LONG;
		v->index = (int)kept;
		pr->globals.data[kept++] = v;
	}
	pr->globals.len = kept;
}

static void number_locals(var_vec *locals)
{
	for (size_t i = 0; i < locals->len; i++) {
		locals->data[i]->index = (int)i;
		if (locals->data[i]->type == TYPE_UNKNOWN)
			locals->data[i]->type = TYPE_LONG;
	}
}

static void walk_bodies(struct program *pr, struct ast_walker *w)
{
	for (size_t i = 0; i < pr->owners.len; i++) {
		struct probe *p = owner_at(pr, i);

		if (!p->repeats)
			ast_walk_stmt(w, &p->body);
	}
}

/* ---- regular expressions ------------------------------------------------------------------ */

struct numbered {
	const char *pattern;		/* key, interned */
	int number;
	UT_hash_handle hh;
};

struct numbering { struct program *program; struct numbered *table; };

static int regex_number(struct numbering *n, const struct expr *e)
{
	struct numbered *known;

	HASH_FIND_PTR(n->table, &e->regex.pattern, known);
	if (known)
		return known->number;
	known = arena_new(struct numbered);
	known->pattern = e->regex.pattern;
	known->number = (int)n->program->regexes.len;
	HASH_ADD_PTR(n->table, pattern, known);
	vec_push(&n->program->regexes, ((struct regex){ e->regex.pattern, e->regex.pattern_at }));
	return known->number;
}

static bool number_regex(struct ast_walker *w, struct expr **e)
{
	if ((*e)->kind == E_REGEX)
		(*e)->regex.dfa = regex_number(w->data, *e);
	return true;
}

static void number_regexes(struct program *pr)
{
	struct numbering numbering = { .program = pr };
	struct ast_walker w = { .enter_expr = number_regex, .data = &numbering };

	for (size_t i = 0; i < pr->functions.len; i++)
		if (function_at(pr, i)->body)
			ast_walk_stmt(&w, &function_at(pr, i)->body);
	walk_bodies(pr, &w);
}

static bool is_users(const struct source *source)
{
	return !source->builtin_library;
}

static bool see_users_c(struct ast_walker *w, struct expr **e)
{
	struct program *pr = w->data;

	if ((*e)->kind == E_EMBEDDED && is_users((*e)->at->source))
		pr->uses_kernel_headers = true;
	return true;
}

static void find_users_c(struct program *pr)
{
	struct ast_walker w = { .enter_expr = see_users_c, .data = pr };

	for (size_t i = 0; i < pr->embeds.len; i++)
		pr->uses_kernel_headers |= is_users(pr->embeds.data[i]->source);
	for (size_t i = 0; i < pr->functions.len; i++) {
		if (function_at(pr, i)->code)
			pr->uses_kernel_headers |= is_users(function_at(pr, i)->source);
		else if (function_at(pr, i)->body)
			ast_walk_stmt(&w, &function_at(pr, i)->body);
	}
	walk_bodies(pr, &w);
}

static void finish_program(struct elaboration *el)
{
	struct program *pr = el->program;

	mark_usage(el);
	number_globals(el);
	for (size_t i = 0; i < pr->functions.len; i++)
		number_locals(&function_at(pr, i)->locals);
	for (size_t i = 0; i < pr->owners.len; i++) {
		struct probe *p = owner_at(pr, i);

		if (!p->repeats)
			number_locals(p->locals);
	}
	number_regexes(pr);
	find_users_c(pr);
}

static void check_setting(struct elaboration *el, const char *setting)
{
	const char *eq = strchr(setting, '=');
	const char *name = eq ? intern_n(setting, (size_t)(eq - setting)) : intern(setting);
	struct symbol *sym = symbol_find(el, name);

	if (!sym || !sym->globals.len) {
		struct nearest near;
		struct diag *d = diag_report(DIAG_unknown_variable, NULL, "-G %s: the script has no global '%s'",
					     setting, name);

		nearest_init(&near, name);
		globals_offer(el, &near);
		diag_nearest(d, &near);
	}
}

static void check_settings(struct elaboration *el)
{
	vec_each(&el->session->options.globals, const char *, g)
		check_setting(el, *g);
}

static bool is_number(const char *text)
{
	char *end;

	strtoull(text, &end, 0);
	return *text && !*end;
}

/* -D names that nothing asks for. */
static void check_macros(struct elaboration *el)
{
	vec_each(&el->session->options.macros, const char *, macro) {
		const char *eq = strchr(*macro, '=');
		int len = (int)(eq ? (size_t)(eq - *macro) : strlen(*macro));
		struct nearest near;

		if (macro_does_nothing(*macro))
			diag_report(DIAG_suspicious, NULL, "-D %.*s changes nothing in this version", len, *macro);
		else if (!el->program->uses_kernel_headers && macro_is_misspelt(*macro, &near))
			diag_nearest(diag_report(DIAG_suspicious, NULL, "-D %.*s: nothing has this name", len, *macro), &near);
	}
}

/* Types are known now.  The module would say only that it was refused. */
static void check_setting_values(struct elaboration *el)
{
	vec_each(&el->session->options.globals, const char *, setting) {
		const char *eq = strchr(*setting, '=');
		struct symbol *sym = symbol_find(el, intern_n(*setting, (size_t)(eq - *setting)));
		const struct var *v = sym->globals.data[0];

		if (v->arity > 0 || v->type == TYPE_STATS)
			diag_report(DIAG_misplaced, v->at, "-G %s: only scalars can be set", *setting);
		else if (v->type == TYPE_LONG && !is_number(eq + 1))
			diag_report(DIAG_type_mismatch, v->at, "-G %s: a long is needed, and '%s' is no number",
				    *setting, eq + 1);
	}
}

/* Names and probe points: what follows can tell more about a script with faults in these, but not what it lacks. */
static bool resolve_program(struct elaboration *el)
{
	declare_new_files(el);
	check_settings(el);
	expand_new_files(el);
	add_entry_probes(el);
	settle_probes(el->program);
	if (el->session->options.unoptimized)
		resolve_unused_functions(el);
	return !diag_errors();
}

static void type_program(struct elaboration *el)
{
	keep_reached_functions(el);
	infer_types(el);
	check_program(el);
}

/* Of a script with errors only these are told, and not of what goes. */
static void optimize_typed(struct elaboration *el)
{
	bool faulty = diag_errors() > 0;

	if (faulty)
		diag_hold();
	mark_usage(el);
	if (!el->listing)
		warn_program(el);
	optimize_program(el);
	if (faulty)
		diag_release(false);
}

int pass_2_for(struct session *s, bool listing)
{
	struct elaboration el = { .session = s, .listing = listing };
	bool resolved;

	s->program = el.program = arena_new(struct program);
	resolved = resolve_program(&el);
	type_program(&el);
	if (!resolved)
		return 1;
	check_setting_values(&el);
	check_counters(&el);
	optimize_typed(&el);
	infer_final(&el);
	if (diag_errors())
		return 1;
	if (!s->program->probes.len) {
		if (el.missed_point)
			diag_report_again(el.missed_point);
		diag_report(DIAG_no_probes, NULL, "no probes found");
		return 1;
	}
	finish_program(&el);
	check_macros(&el);
	return diag_errors() > 0;
}

int pass_2(struct session *s)
{
	int status = pass_2_for(s, false);

	debuginfo_forget();
	malloc_trim(0);		/* long lists were given back */
	return status;
}
