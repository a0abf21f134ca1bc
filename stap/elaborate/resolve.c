/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and target variables of one body.
 *
 * The walk goes in evaluation order and decides conditions as soon as they are
 * constant: what stands in a branch that is never taken (typically behind
 * @defined) is dropped before its names are looked up.
 */
#include "elaborate.h"

#include <string.h>

/* ---- variables --------------------------------------------------------------------- */

struct local_name {
	const char *name;		/* key */
	struct var *var;
	UT_hash_handle hh;
};

struct var *local_find(struct scope *sc, const char *name)
{
	struct local_name *l;

	HASH_FIND_PTR(sc->names, &name, l);
	return l ? l->var : NULL;
}

static void local_remember(struct scope *sc, struct var *v)
{
	struct local_name *l = arena_new(struct local_name);

	l->name = v->name;
	l->var = v;
	HASH_ADD_PTR(sc->names, name, l);
}

static struct var *local_create(struct scope *sc, const char *name, const struct place *at)
{
	struct var *v = arena_new(struct var);

	v->name = name;
	v->at = at;
	v->scope = VAR_LOCAL;
	v->index = (int)sc->locals->len;
	v->from_library = at->source && at->source->library;
	vec_push(sc->locals, v);
	local_remember(sc, v);
	return v;
}

/* parameter, then global as its file sees it, then local */
static struct var *variable_of(struct scope *sc, const struct expr *e)
{
	const char *name = e->name.name;
	struct var *local = local_find(sc, name), *global;

	if (local && local->scope == VAR_PARAMETER)
		return local;
	global = global_find(sc->el, e->at->source, name);
	if (global)
		return global;
	return local ? local : local_create(sc, name, e->at);
}

static void resolve_name(struct scope *sc, struct expr *e)
{
	if (!e->name.var)
		e->name.var = variable_of(sc, e);
}

static void resolve_all(struct scope *sc, expr_vec *list)
{
	for (size_t i = 0; i < list->len; i++)
		resolve_expr(sc, &list->data[i]);
}

/* name[...] is an array when the name is global, else an index on a pointer */
static void resolve_index(struct scope *sc, struct expr **e)
{
	struct expr *base = (*e)->index.base;

	resolve_expr(sc, &(*e)->index.base);
	resolve_all(sc, &(*e)->index.keys);
	if (base->kind != E_NAME || base->name.var->scope == VAR_GLOBAL || (*e)->index.keys.len != 1)
		return;
	struct expr *t = expr_new(E_TARGET, (*e)->at);

	t->target.base = TARGET_AUTOCAST;
	t->target.operand = base;
	vec_push(&t->target.path, ((struct access){ .kind = ACCESS_INDEX, .index = (*e)->index.keys.data[0],
						    .at = (*e)->at }));
	*e = t;
}

/* ---- functions ----------------------------------------------------------------------- */

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

static void insert_by_priority(function_vec *list, struct function *f)
{
	size_t i;

	vec_push(list, f);
	for (i = list->len - 1; i > 0 && effective_priority(list->data[i - 1]) > effective_priority(f); i--)
		list->data[i] = list->data[i - 1];
	list->data[i] = f;
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
	bool needs_more = true, replaceable;

	out->len = 0;
	if (!sym)
		return false;
	replaceable = function_replaceable(sym, arity);
	vec_each(&sym->functions, struct function *, f) {
		bool open = replaceable && !(*f)->is_private;

		if ((*f)->params.len != arity || (!open && !function_visible(*f, from)))
			continue;
		insert_by_priority(out, *f);
		needs_more = stmt_has_next((*f)->body) || ((*f)->code && strstr((*f)->code, "STAP_NEXT"));
	}
	return out->len && !needs_more;
}

/* All functions that a call may reach, best first.  Empty: nobody declares it. */
static function_vec candidates(struct elaboration *el, const char *name, size_t arity, const struct source *from)
{
	function_vec list = {0};

	if (!collect_candidates(el, name, arity, from, &list) && load_library(el, LIBRARY_FUNCTION, name))
		collect_candidates(el, name, arity, from, &list);
	return list;
}

/* Does a body ask for anything of the probe that runs it? */
struct context_search { struct elaboration *el; bool found; };

static bool function_is_contextual(struct elaboration *el, struct function *f);

static bool expr_needs_probe(const struct expr *e)
{
	switch (e->kind) {
	case E_TARGET:
		return e->target.base == TARGET_NAME;
	case E_ENTRY: case E_PERF: case E_PROBEWRITE:
		return true;
	default:
		return false;
	}
}

static bool search_expr(struct ast_walker *w, struct expr **e)
{
	struct context_search *search = w->data;

	if (expr_needs_probe(*e))
		search->found = true;
	if ((*e)->kind == E_CALL && !search->found) {
		function_vec list = candidates(search->el, (*e)->call.name, (*e)->call.args.len, (*e)->at->source);

		vec_each(&list, struct function *, f)
			search->found |= function_is_contextual(search->el, *f);
	}
	return !search->found;
}

static bool function_is_contextual(struct elaboration *el, struct function *f)
{
	struct context_search search = { .el = el };
	struct ast_walker w = { .enter_expr = search_expr, .data = &search };

	/* what is deeper than that becomes an error */
	if (f->contextual == CONTEXTUAL_UNKNOWN && el->call_depth < DEEPEST_CALL) {
		f->contextual = CONTEXTUAL_NO;		/* recursion adds nothing */
		el->call_depth++;
		if (f->body)
			ast_walk_stmt(&w, &f->body);
		el->call_depth--;
		f->contextual = search.found ? CONTEXTUAL_YES : CONTEXTUAL_NO;
	}
	return f->contextual == CONTEXTUAL_YES;
}

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

static void resolve_function(struct elaboration *el, struct function *f, struct probe *p)
{
	struct scope sc = { .el = el, .probe = p, .function = f, .locals = &f->locals };

	if (!f->body)
		return;
	vec_each(&f->params, struct var *, v)
		local_remember(&sc, *v);
	resolve_stmt(&sc, &f->body);
	HASH_CLEAR(hh, sc.names);
}

struct function *function_instance(struct elaboration *el, struct function *origin, struct probe *p)
{
	bool contextual = function_is_contextual(el, origin);
	struct instance *in;
	struct { const struct function *origin; const struct probe *probe; } key = { origin, contextual ? p : NULL };

	HASH_FIND(hh, el->instances, &key, sizeof key, in);
	if (in)
		return in->function;
	origin->called = true;
	in = arena_new(struct instance);
	in->key.origin = key.origin;
	in->key.probe = key.probe;
	in->function = contextual ? function_clone(origin, p) : origin;
	HASH_ADD(hh, el->instances, key, sizeof in->key, in);
	vec_push(&el->program->functions, in->function);
	if (contextual)
		resolve_function(el, in->function, p);
	else
		vec_push(&el->pending, in->function);
	return in->function;
}

/* -u: nobody calls them, but they are checked and translated. */
void resolve_unused_functions(struct elaboration *el)
{
	for (size_t i = 0; i < el->session->user_file_count; i++)
		vec_each(&el->session->files.data[i]->functions, struct function *, f)
			if (!(*f)->called && !function_is_contextual(el, *f))
				vec_push(&el->uncalled, function_instance(el, *f, NULL));
	resolve_pending_functions(el);
}

void resolve_pending_functions(struct elaboration *el)
{
	for (size_t i = 0; i < el->pending.len; i++)
		resolve_function(el, el->pending.data[i], NULL);
	el->pending.len = 0;
}

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
			strbuf_addf(&arities, "%s%zu", arities.len ? ", " : "", (*f)->params.len);
		d = diag_report(DIAG_arity, e->at, "function '%s' is called with %zu argument%s, but takes %s",
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

static void resolve_call(struct scope *sc, struct expr *e)
{
	function_vec list;
	struct function *previous = NULL;

	resolve_all(sc, &e->call.args);
	if (e->call.function)
		return;
	list = candidates(sc->el, e->call.name, e->call.args.len, e->at->source);
	if (!list.len) {
		report_call(sc, e);
		return;
	}
	for (size_t i = 0; i < list.len; i++) {
		struct function *f = function_instance(sc->el, list.data[i], sc->probe);

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

/* ---- the probe's own ------------------------------------------------------------------ */

static void resolve_defined(struct scope *sc, struct expr **e)
{
	bool known = true;
	bool defined = target_is_defined(sc, (*e)->operand, false, &known);

	if (known)
		*e = expr_number(defined, (*e)->at);
}

static void resolve_entry(struct scope *sc, struct expr **e)
{
	struct scope inner = *sc;
	const struct place *at = (*e)->at;

	if (!sc->probe || !sc->probe->family->has_entry || !sc->probe->family->has_entry(sc->probe)) {
		diag_report(DIAG_misplaced, at, "@entry is only valid in .return probes");
		*e = expr_number(0, at);
		return;
	}
	inner.at_entry = true;
	resolve_expr(&inner, &(*e)->operand);
	sc->names = inner.names;
	sc->probe->specific = true;
	*e = saved_value(sc->probe, (*e)->operand, at);
}

struct write_search { const char *wanted; bool found; };

static bool see_write(struct ast_walker *w, struct expr **e)
{
	struct write_search *search = w->data;

	if ((*e)->kind == E_ASSIGN && (*e)->assign.left->kind == E_NAME)
		search->found |= (*e)->assign.left->name.name == search->wanted;
	return true;
}

static void resolve_probewrite(struct scope *sc, struct expr **e)
{
	const struct expr *arg = (*e)->builtin.arg;
	struct write_search search = {
		.wanted = arg && arg->kind == E_NAME ? arg->name.name
			  : intern((*e)->builtin.text ? (*e)->builtin.text : ""),
	};
	struct ast_walker w = { .enter_expr = see_write, .data = &search };

	if (sc->probe && sc->probe->user_body)
		ast_walk_stmt(&w, &sc->probe->user_body);
	if (sc->probe)
		sc->probe->specific = true;
	*e = expr_number(search.found, (*e)->at);
}

static void resolve_target_expr(struct scope *sc, struct expr **e)
{
	struct expr *t = *e;

	if (t->target.operand)
		resolve_expr(sc, &t->target.operand);
	for (size_t i = 0; i < t->target.path.len; i++)
		if (t->target.path.data[i].index)
			resolve_expr(sc, &t->target.path.data[i].index);
	resolve_target(sc, e, false);
}

/* ---- expressions ------------------------------------------------------------------------ */

static bool find_question(struct ast_walker *w, struct expr **e)
{
	bool *found = w->data;

	*found |= (*e)->kind == E_DEFINED || (*e)->kind == E_PROBEWRITE;
	return !*found;
}

/* May what is constant be decided here?  -u leaves it, unless it asks what the probe point has:
 * then the other branch may not even resolve. */
static bool may_decide(const struct scope *sc, struct expr **e)
{
	bool found = !sc->el->session->options.unoptimized;
	struct ast_walker w = { .enter_expr = find_question, .data = &found };

	if (!found)
		ast_walk_expr(&w, e);
	return found;
}

static void fold(struct scope *sc, struct expr **e)
{
	struct expr *before = *e;

	fold_expr(e);
	if (*e != before)
		tell_optimized(sc->el, before->at, "folded to", *e);
}

/* && and || decide on their left side first; the right may never be looked at. */
static void resolve_logical(struct scope *sc, struct expr **e, bool decide)
{
	int64_t left;

	resolve_expr(sc, &(*e)->binary.left);
	if (decide && expr_is_constant((*e)->binary.left, &left) && !left == ((*e)->binary.op == OP_LAND)) {
		*e = expr_number((*e)->binary.op == OP_LOR, (*e)->at);
		tell_optimized(sc->el, (*e)->at, "decided by its left side:", *e);
		return;
	}
	resolve_expr(sc, &(*e)->binary.right);
	if (decide)
		fold(sc, e);
}

static void resolve_ternary(struct scope *sc, struct expr **e)
{
	bool decide = may_decide(sc, &(*e)->ternary.cond);
	int64_t cond;

	resolve_expr(sc, &(*e)->ternary.cond);
	if (decide && expr_is_constant((*e)->ternary.cond, &cond)) {
		tell_optimized(sc->el, (*e)->at, "the condition is always", (*e)->ternary.cond);
		*e = cond ? (*e)->ternary.yes : (*e)->ternary.no;
		resolve_expr(sc, e);
		return;
	}
	resolve_expr(sc, &(*e)->ternary.yes);
	resolve_expr(sc, &(*e)->ternary.no);
}

static void resolve_binary(struct scope *sc, struct expr **e)
{
	bool decide = may_decide(sc, e);

	if ((*e)->binary.op == OP_LAND || (*e)->binary.op == OP_LOR) {
		resolve_logical(sc, e, decide);
		return;
	}
	resolve_expr(sc, &(*e)->binary.left);
	resolve_expr(sc, &(*e)->binary.right);
	if (decide)
		fold(sc, e);
}

static void resolve_unary(struct scope *sc, struct expr **e)
{
	bool decide = may_decide(sc, e);

	resolve_expr(sc, &(*e)->binary.left);
	if (decide)
		fold(sc, e);
}

static void resolve_in(struct scope *sc, struct expr *e)
{
	resolve_all(sc, &e->index.keys);
	resolve_expr(sc, &e->index.base);
}

void resolve_expr(struct scope *sc, struct expr **e)
{
	if (!*e)
		return;
	switch ((*e)->kind) {
	case E_NAME:
		resolve_name(sc, *e);
		break;
	case E_INDEX:
		resolve_index(sc, e);
		break;
	case E_IN:
		resolve_in(sc, *e);
		break;
	case E_CALL:
		resolve_call(sc, *e);
		break;
	case E_BINARY:
		resolve_binary(sc, e);
		break;
	case E_UNARY:
		resolve_unary(sc, e);
		break;
	case E_REGEX:
		resolve_expr(sc, &(*e)->regex.left);
		break;
	case E_ASSIGN:
		resolve_expr(sc, &(*e)->assign.left);
		resolve_expr(sc, &(*e)->assign.right);
		break;
	case E_TERNARY:
		resolve_ternary(sc, e);
		break;
	case E_STAT:
		resolve_expr(sc, &(*e)->stat.value);
		break;
	case E_HIST:
		resolve_expr(sc, &(*e)->hist.value);
		resolve_expr(sc, &(*e)->hist.bucket);
		break;
	case E_PRINT:
		resolve_all(sc, &(*e)->print.args);
		break;
	case E_TARGET:
		resolve_target_expr(sc, e);
		break;
	case E_DEFINED:
		resolve_defined(sc, e);
		break;
	case E_ENTRY:
		resolve_entry(sc, e);
		break;
	case E_PROBEWRITE:
		resolve_probewrite(sc, e);
		break;
	case E_PERF: case E_ENUM: case E_ENUMNAME: case E_KREGISTER: case E_UREGISTER:
	case E_KDEREF: case E_UDEREF: case E_CONST:
		resolve_expr(sc, &(*e)->builtin.arg);
		resolve_expr(sc, &(*e)->builtin.arg2);
		resolve_builtin(sc, e);
		break;
	case E_LOAD:
		resolve_expr(sc, &(*e)->load.address);
		break;
	case E_PARTS:
		for (size_t i = 0; i < (*e)->parts.count; i++)
			resolve_expr(sc, &(*e)->parts.list[i].value);
		resolve_expr(sc, &(*e)->parts.target);
		break;
	case E_GUARDED:
		resolve_expr(sc, &(*e)->guarded.operand);
		break;
	case E_NUMBER: case E_STRING: case E_WILDCARD: case E_EMBEDDED: case E_REGISTER:
	case E_ARGUMENT: case E_SAVED: case E_CVALUE:
		break;
	}
}

/* ---- statements ----------------------------------------------------------------------------- */

static void resolve_if(struct scope *sc, struct stmt **s)
{
	bool decide = may_decide(sc, &(*s)->if_.cond);
	int64_t cond;

	resolve_expr(sc, &(*s)->if_.cond);
	if (decide && expr_is_constant((*s)->if_.cond, &cond)) {
		tell_optimized(sc->el, (*s)->at, "the condition is always", (*s)->if_.cond);
		struct stmt *taken = cond ? (*s)->if_.yes : (*s)->if_.no;

		*s = taken ? taken : stmt_new(S_BLOCK, (*s)->at);
		resolve_stmt(sc, s);
		return;
	}
	resolve_stmt(sc, &(*s)->if_.yes);
	resolve_stmt(sc, &(*s)->if_.no);
}

static void resolve_foreach(struct scope *sc, struct stmt *s)
{
	resolve_expr(sc, &s->foreach.value);
	resolve_all(sc, &s->foreach.keys);
	resolve_expr(sc, &s->foreach.array);
	resolve_all(sc, &s->foreach.slice);
	resolve_expr(sc, &s->foreach.limit);
	resolve_stmt(sc, &s->foreach.body);
}

void resolve_stmt(struct scope *sc, struct stmt **s)
{
	if (!*s)
		return;
	switch ((*s)->kind) {
	case S_EXPR: case S_RETURN: case S_DELETE:
		resolve_expr(sc, &(*s)->expr);
		break;
	case S_BLOCK:
		for (size_t i = 0; i < (*s)->block.len; i++)
			resolve_stmt(sc, &(*s)->block.data[i]);
		break;
	case S_IF:
		resolve_if(sc, s);
		break;
	case S_LOOP:
		resolve_expr(sc, &(*s)->loop.init);
		resolve_expr(sc, &(*s)->loop.cond);
		resolve_stmt(sc, &(*s)->loop.body);
		resolve_expr(sc, &(*s)->loop.step);
		break;
	case S_FOREACH:
		resolve_foreach(sc, *s);
		break;
	case S_TRY:
		resolve_stmt(sc, &(*s)->try_.body);
		resolve_expr(sc, &(*s)->try_.variable);
		resolve_stmt(sc, &(*s)->try_.handler);
		break;
	case S_BREAK: case S_CONTINUE: case S_NEXT:
		break;
	}
}

bool resolve_probe(struct elaboration *el, struct probe *p)
{
	struct scope sc = { .el = el, .probe = p, .locals = p->locals };
	unsigned errors = diag_errors() + diag_held_errors();

	resolve_stmt(&sc, &p->body);
	if (p->condition)
		resolve_expr(&sc, &p->condition);
	HASH_CLEAR(hh, sc.names);
	return diag_errors() + diag_held_errors() == errors;
}

bool resolve_condition(struct elaboration *el, struct probe *p)
{
	struct scope sc = { .el = el, .probe = p, .locals = p->locals };
	unsigned errors = diag_errors() + diag_held_errors();

	if (p->condition)
		resolve_expr(&sc, &p->condition);
	HASH_CLEAR(hh, sc.names);
	return diag_errors() + diag_held_errors() == errors;
}
