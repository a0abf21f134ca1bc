/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions a call may reach: its candidates by name, number of arguments, visibility and
 * priority.  One that asks for something of the probe that runs it ($name, @entry), itself or through what
 * it calls, is copied for each probe that calls it.
 */
#include "elaborate.h"

#include <string.h>

/* ---- candidates ----------------------------------------------------------------------- */

static bool see_next(struct ast_walker *w, struct stmt **s)
{
	bool *found = w->data;

	*found |= (*s)->kind == S_NEXT;
	return !*found;
}

static bool stmt_has_next(struct stmt *body)
{
	bool found = false;
	struct ast_walker w = { .enter_stmt = see_next, .data = &found };

	if (body)
		ast_walk_stmt(&w, &body);
	return found;
}

static bool function_visible(const struct function *f, const struct source *from)
{
	if (f->is_private)
		return f->source == from;
	return !from->library || f->source->library;
}

static int64_t effective_priority(const struct function *f)
{
	return f->priority ? f->priority : f->source->library;
}

typedef VEC(struct function *) function_vec;

/* Of the same priority, what is a file's own comes first there; else the order is that of the declarations. */
static bool comes_before(const struct function *f, const struct function *earlier)
{
	int64_t mine = effective_priority(f), its = effective_priority(earlier);

	return mine != its ? mine < its : f->is_private && earlier->source != f->source;
}

static void insert_by_priority(function_vec *list, struct function *f)
{
	size_t i;

	vec_push(list, f);
	for (i = list->len - 1; i > 0 && comes_before(f, list->data[i - 1]); i--)
		list->data[i] = list->data[i - 1];
	list->data[i] = f;
}

/* May a call go on to what is declared elsewhere? */
static bool function_leaves_more(const struct function *f)
{
	return stmt_has_next(f->body) || (f->code && strstr(f->code, "STAP_NEXT"));
}

/*
 * The library calls its own functions, whatever a script names its functions, except for those that
 * it has in files of their own, *-default.stp, for scripts to replace.
 */
static bool function_replaceable(const struct symbol *sym, size_t arity)
{
	static const char ending[] = "-default.stp";
	const size_t n = sizeof ending - 1;

	vec_each(&sym->functions, struct function *, f) {
		const char *file = (*f)->source->name;
		size_t len = strlen(file);

		if ((*f)->source->library && (*f)->params.len == arity && len > n && !strcmp(file + len - n, ending))
			return true;
	}
	return false;
}

static bool collect_candidates(struct elaboration *el, const char *name, size_t arity,
			       const struct source *from, function_vec *out)
{
	struct symbol *sym = symbol_find(el, name);
	bool replaceable;

	out->len = 0;
	if (!sym)
		return false;
	replaceable = function_replaceable(sym, arity);
	vec_each(&sym->functions, struct function *, f) {
		bool open = replaceable && !(*f)->is_private;

		if ((*f)->params.len != arity || (!open && !function_visible(*f, from)))
			continue;
		insert_by_priority(out, *f);
	}
	return out->len && !function_leaves_more(out->data[out->len - 1]);
}

/* All functions that a call may reach, best first.  Empty: nobody declares it. */
static function_vec candidates(struct elaboration *el, const char *name, size_t arity, const struct source *from)
{
	function_vec list = {0};

	if (!collect_candidates(el, name, arity, from, &list) && load_library(el, LIBRARY_FUNCTION, name))
		collect_candidates(el, name, arity, from, &list);
	return list;
}

/* ---- functions that ask the probe ------------------------------------------------------- */

/* Does a body, or what it calls, ask for anything of the probe that runs it? */
struct context_search {
	struct elaboration *el;
	bool in_module;			/* the probe is: that is where names without a module are looked up */
	function_vec visited;		/* marked, so that none is looked into twice */
	bool found;
};

static bool probe_is_in_module(const struct probe *p)
{
	return p && p->family->module && p->family->module(p);
}

/* The library means the kernel's. */
static bool expr_names_no_module(const struct expr *e)
{
	if (e->at->source->library)
		return false;
	return e->kind == E_ENUM || (e->kind == E_ENUMNAME && !e->builtin.text2) ||
	       (e->kind == E_TARGET && (e->target.base == TARGET_CAST || e->target.base == TARGET_VAR) && !e->target.module);
}

static bool expr_needs_probe(const struct expr *e, bool in_module)
{
	switch (e->kind) {
	case E_TARGET:
		return e->target.base == TARGET_NAME || (in_module && expr_names_no_module(e));
	case E_ENTRY: case E_PROBEWRITE:
		return true;
	default:
		return in_module && expr_names_no_module(e);
	}
}

static void search_function(struct ast_walker *w, struct function *f);

static bool search_expr(struct ast_walker *w, struct expr **e)
{
	struct context_search *search = w->data;

	if (expr_needs_probe(*e, search->in_module))
		search->found = true;
	if ((*e)->kind == E_CALL && !search->found) {
		function_vec list = candidates(search->el, (*e)->call.name, (*e)->call.args.len, (*e)->at->source);

		for (size_t i = 0; i < list.len && !search->found; i++)
			search_function(w, list.data[i]);
	}
	return !search->found;
}

/* When something was found, all on the way to it ask for it. */
static void search_function(struct ast_walker *w, struct function *f)
{
	struct context_search *search = w->data;
	bool in_module = search->in_module;

	search->found |= f->contextual[in_module] == CONTEXTUAL_YES;
	/* what is deeper than that becomes an error */
	if (f->contextual[in_module] != CONTEXTUAL_UNKNOWN || !f->body || search->el->call_depth == DEEPEST_CALL)
		return;
	f->contextual[in_module] = CONTEXTUAL_VISITED;
	vec_push(&search->visited, f);
	search->el->call_depth++;
	ast_walk_stmt(w, &f->body);
	search->el->call_depth--;
	if (search->found)
		f->contextual[in_module] = CONTEXTUAL_YES;
}

/*
 * Nothing found means that no function met asks for anything.  After a find, those met on other ways stay
 * open: they may call back one that does.
 */
static bool function_is_contextual(struct elaboration *el, struct function *f, bool in_module)
{
	struct context_search search = { .el = el, .in_module = in_module };
	struct ast_walker w = { .enter_expr = search_expr, .data = &search };

	search_function(&w, f);
	vec_each(&search.visited, struct function *, met)
		if ((*met)->contextual[in_module] == CONTEXTUAL_VISITED)
			(*met)->contextual[in_module] = search.found ? CONTEXTUAL_UNKNOWN : CONTEXTUAL_NO;
	return search.found;
}

/* ---- instances ------------------------------------------------------------------------ */

static struct function *function_clone(const struct function *origin, const struct probe *p)
{
	struct function *f = arena_new(struct function);

	*f = *origin;
	f->name = origin->name;
	f->specialised_for = p;
	f->body = stmt_copy(origin->body);
	f->params.data = NULL;
	f->params.len = f->params.cap = 0;
	vec_each(&origin->params, struct var *, v) {
		struct var *copy = arena_new(struct var);

		*copy = **v;
		vec_push(&f->params, copy);
	}
	return f;
}

static struct instance *instance_new(struct elaboration *el, const struct instance_key *key, struct function *f)
{
	enum arena_area before = arena_use(ARENA_LASTING);
	struct instance *in = arena_new(struct instance);

	in->key = *key;
	in->function = f;
	HASH_ADD(hh, el->instances, key, sizeof in->key, in);
	vec_push(&el->program->functions, in->function);
	arena_use(before);
	return in;
}

static struct function *function_instance(struct elaboration *el, struct function *origin, struct probe *p, bool at_entry)
{
	bool contextual = function_is_contextual(el, origin, probe_is_in_module(p));
	struct instance *in;
	struct instance_key key = { origin, contextual ? p : NULL, contextual && at_entry };

	HASH_FIND(hh, el->instances, &key, sizeof key, in);
	if (in)
		return in->function;
	origin->called = true;
	in = instance_new(el, &key, contextual ? function_clone(origin, p) : origin);
	if (contextual)
		resolve_function_body(el, in->function, p, at_entry);
	else
		vec_push(&el->pending, in->function);
	return in->function;
}

/* -u: nobody calls them, but they are checked and translated. */
void resolve_unused_functions(struct elaboration *el)
{
	for (size_t i = 0; i < el->session->user_file_count; i++)
		vec_each(&el->session->files.data[i]->functions, struct function *, f)
			if (!(*f)->called && !function_is_contextual(el, *f, false))
				vec_push(&el->uncalled, function_instance(el, *f, NULL, false));
	resolve_pending_functions(el);
}

void resolve_pending_functions(struct elaboration *el)
{
	for (size_t i = 0; i < el->pending.len; i++)
		resolve_function_body(el, el->pending.data[i], NULL, false);
	el->pending.len = 0;
}

/* ---- calls ---------------------------------------------------------------------------- */

static void offer_functions(struct elaboration *el, struct nearest *near)
{
	struct symbol *sym, *next;

	HASH_ITER(hh, el->symbols, sym, next)
		if (sym->functions.len)
			nearest_offer(near, sym->name);
	tapsets_offer(el->session, LIBRARY_FUNCTION, near);
	offer_print_names(near);
}

/* "f takes 2 arguments, not 1" or "unknown function, did you mean" */
static void report_call(struct scope *sc, const struct expr *e)
{
	struct symbol *sym = symbol_find(sc->el, e->call.name);
	struct strbuf arities = {0};
	struct nearest near;
	struct diag *d;

	if (sym && sym->functions.len) {
		vec_each(&sym->functions, struct function *, f)
			strbuf_addf(&arities, "%s%u", arities.len ? ", " : "", (*f)->params.len);
		d = diag_report(DIAG_arity, e->at, "function '%s' is called with %u argument%s, but takes %s",
				e->call.name, e->call.args.len, e->call.args.len == 1 ? "" : "s",
				strbuf_text(&arities));
		diag_note(d, sym->functions.data[0]->at, "declared here");
		strbuf_release(&arities);
		return;
	}
	d = diag_report(DIAG_unknown_function, e->at, "unresolved function '%s'", e->call.name);
	nearest_init(&near, e->call.name);
	offer_functions(sc->el, &near);
	diag_nearest(d, &near);
}

static void check_guru_call(struct scope *sc, const struct expr *e, const struct function *f)
{
	if (!f->code || !f->source->library || sc->el->session->options.guru || e->at->source->library)
		return;
	if (strstr(f->code, "/* guru */"))
		diag_report(DIAG_privilege, e->at, "function '%s' may be called only in guru mode (-g)", f->name);
}

/*
 * Members of stapusr: only what says that it shows nothing of others; what reads a program's memory
 * asks first whose the program is.
 */
static void check_unprivileged_call(struct scope *sc, const struct expr *e, struct function *f)
{
	static const char question[] =
		"extern bool tapset_is_myproc(void);\n"
		"if (!tapset_is_myproc())\n"
		"STAP_ERROR(\"the current process belongs to another user\");\n";

	if (!f->code || sc->el->session->options.privilege != PRIVILEGE_STAPUSR)
		return;
	if (strstr(f->code, "/* unprivileged */"))
		return;
	if (!strstr(f->code, "/* myproc-unprivileged */"))
		diag_report(DIAG_privilege, e->at, "function '%s' may not be used with --privilege=stapusr", f->name);
	else if (strncmp(f->code, question, sizeof question - 1))
		f->code = arena_printf("%s%s", question, f->code);
}

void resolve_callee(struct scope *sc, struct expr *e)
{
	function_vec list;
	struct function *previous = NULL;

	if (e->call.function)
		return;
	list = candidates(sc->el, e->call.name, e->call.args.len, e->at->source);
	if (!list.len) {
		report_call(sc, e);
		return;
	}
	for (size_t i = 0; i < list.len; i++) {
		struct function *f = function_instance(sc->el, list.data[i], sc->probe, sc->at_entry);

		if (f->specialised_for && sc->probe)
			sc->probe->specific = true;
		check_unprivileged_call(sc, e, f);
		if (previous)
			previous->next_overload = f;
		else
			e->call.function = f;
		previous = f;
	}
	check_guru_call(sc, e, list.data[0]);
}
