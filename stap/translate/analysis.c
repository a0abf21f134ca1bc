/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts about functions and handlers, with all that they call: which globals they
 * use, whether they can fail, whether the number of statements they run is bounded,
 * how deep their calls go.
 *
 * Facts that grow (use, fails, loops) are passed up the call graph until nothing changes.
 */
#include <string.h>

#include "unit.h"

struct function_info *function_info(const struct unit *u, const struct function *f)
{
	(void)u;
	return f->translate_data;
}

struct global *global_of(const struct unit *u, const struct var *v)
{
	(void)u;
	return v->translate_data;
}

/* ---- what one body does itself ------------------------------------------------------------ */

typedef VEC(struct function *) function_vec;

struct gathering {
	const struct unit *unit;
	use_mask *use;
	function_vec calls;
};

static void gather_use(struct usage_visitor *v, struct var *global, use_mask mask)
{
	struct gathering *g = v->data;

	g->use[global_of(g->unit, global) - g->unit->globals.data] |= mask;
}

static void add_call(function_vec *calls, struct function *f)
{
	for (size_t i = 0; i < calls->len; i++)
		if (calls->data[i] == f)
			return;
	vec_push(calls, f);
}

static void gather_call(struct usage_visitor *v, const struct expr *call)
{
	struct gathering *g = v->data;

	for (struct function *f = call->call.function; f; f = f->next_overload)
		add_call(&g->calls, f);
}

static void gather_stmt(struct gathering *g, const struct stmt *s)
{
	struct usage_visitor v = { .use = gather_use, .call = gather_call, .data = g };

	usage_of_stmt(&v, s);
}

/* ---- the kinds of statements and expressions in a body -------------------------------------- */

struct survey {
	const struct unit *unit;
	bool loops, fails, next;
};

static bool survey_expr(struct ast_walker *w, struct expr **e)
{
	struct survey *v = w->data;

	v->fails |= expr_fails(v->unit, *e);
	return false;
}

static bool survey_stmt(struct ast_walker *w, struct stmt **s)
{
	struct survey *v = w->data;
	enum stmt_kind kind = (*s)->kind;

	if (kind == S_LOOP || kind == S_FOREACH)
		v->loops = true;
	if (kind == S_NEXT)
		v->next = true;
	return true;
}

static struct survey survey_body(const struct unit *u, const struct stmt *s)
{
	struct survey v = { .unit = u };
	struct ast_walker w = { .enter_expr = survey_expr, .enter_stmt = survey_stmt, .data = &v };
	struct stmt *copy = (struct stmt *)s;

	if (copy)
		ast_walk_stmt(&w, &copy);
	v.fails |= v.loops && limits_apply(u);
	return v;
}

/* ---- embedded C --------------------------------------------------------------------------------- */

static void code_use(struct unit *u, const char *code, const struct source *from, const char *pragma,
		     use_mask mask, use_mask *use)
{
	char name[256];

	while (code_global(&code, pragma, name, sizeof(name))) {
		struct global *g = global_named(u, name, from);

		if (g)
			use[g - u->globals.data] |= mask;
	}
}

static bool code_fails(const char *code)
{
	static const char *const failing[] = {
		"STAP_ERROR", "STAP_GLOBAL_", "STAP_NEXT", "CONTEXT", "_stp_error", "CATCH_DEREF_FAULT", "deref_fault",
	};

	for (size_t i = 0; i < sizeof(failing) / sizeof(failing[0]); i++)
		if (strstr(code, failing[i]))
			return true;
	return code_sets_error(code);
}

static void survey_code(struct unit *u, struct function_info *info)
{
	const char *code = info->function->code;

	code_use(u, code, info->function->source, "pragma:read:", USE_READ | USE_CODE, info->use);
	code_use(u, code, info->function->source, "pragma:write:", USE_READ | USE_WRITE | USE_CODE,
		 info->use);
	info->fails = code_fails(code);
	info->uses_next = strstr(code, "STAP_NEXT") != NULL;
	if (info->uses_next && info->function->next_overload)
		vec_push(&info->calls, info->function->next_overload);
	info->foreign = is_foreign(u, info->function->source);
	u->captures |= code_has(code, "pragma:tagged_dfa");
	u->collects_stacks |= code_has(code, "pragma:unwind");
	u->walks_programs |= code_has(code, "pragma:vma") && code_has(code, "pragma:unwind");
	u->shows_programs |= code_has(code, "pragma:vma") && code_has(code, "pragma:symbols");
	/* what a user's C looks at is not known */
	u->all_registers |= info->foreign || code_has(code, "pragma:registers");
}

/* ---- functions ---------------------------------------------------------------------------------- */

static void function_survey(struct unit *u, struct function_info *info)
{
	struct gathering g = { .unit = u, .use = info->use };
	struct survey v;

	if (!info->function->body)
		return;
	mark_assigned(info->function->body);
	gather_stmt(&g, info->function->body);
	for (size_t i = 0; i < g.calls.len; i++)
		vec_push(&info->calls, g.calls.data[i]);
	v = survey_body(u, info->function->body);
	info->loops = v.loops;
	info->uses_next = v.next;
	if (v.next && info->function->next_overload)
		vec_push(&info->calls, info->function->next_overload);
	info->fails |= v.fails || (v.next && !info->function->next_overload);
}

static bool pass_up(const struct unit *u, struct function_info *info)
{
	bool changed = false;

	for (size_t c = 0; c < info->calls.len; c++) {
		const struct function_info *callee = function_info(u, info->calls.data[c]);

		changed |= (callee->fails && !info->fails) || (callee->loops && !info->loops);
		info->fails |= callee->fails;
		info->loops |= callee->loops;
		for (size_t i = 0; i < u->globals.len; i++) {
			changed |= (callee->use[i] & ~info->use[i]) != 0;
			info->use[i] |= callee->use[i];
		}
	}
	return changed;
}

/* Tarjan's walk: functions whose calls lead back to them are on its stack together. */
struct cycle_search {
	const struct unit *unit;
	VEC(struct function_info *) open;
	int visited;
};

static void set_recursive(struct function_info *info)
{
	info->recursive = info->fails = info->loops = true;
}

/* All above `info` on the stack call each other. */
static void close_cycle(struct cycle_search *s, struct function_info *info)
{
	bool alone = s->open.data[s->open.len - 1] == info;
	struct function_info *member;

	do {
		member = s->open.data[--s->open.len];
		member->open = false;
		if (!alone)
			set_recursive(member);
	} while (member != info);
}

/* Returns the earliest visited function that is still open and that this one leads to. */
static int search_cycle(struct cycle_search *s, struct function_info *info)
{
	int own = ++s->visited, earliest = own;

	info->visited = own;
	info->open = true;
	vec_push(&s->open, info);
	for (size_t c = 0; c < info->calls.len; c++) {
		struct function_info *callee = function_info(s->unit, info->calls.data[c]);
		int reached = own;

		if (callee == info)
			set_recursive(info);
		else if (!callee->visited)
			reached = search_cycle(s, callee);
		else if (callee->open)
			reached = callee->visited;
		earliest = reached < earliest ? reached : earliest;
	}
	if (earliest == own)
		close_cycle(s, info);
	return earliest;
}

static void find_recursion(struct unit *u)
{
	struct cycle_search s = { .unit = u };

	each_function(u, info)
		if (!info->visited)
			search_cycle(&s, info);
}

/* Every function is on a chain of calls at most this long, each recursive one counted once. */
static int chain_depth(const struct unit *u, struct function_info *info)
{
	int below = 0;

	if (info->depth)
		return info->depth;
	info->depth = 1;		/* meets itself in recursion */
	for (size_t c = 0; c < info->calls.len; c++) {
		int d = chain_depth(u, function_info(u, info->calls.data[c]));

		below = d > below ? d : below;
	}
	info->depth = below + 1;
	return info->depth;
}

#define UNCHECKED_DEPTH 8	/* calls that fit into MINSTACKSPACE */

/* Recursion, and long chains, look how much stack is left. */
static void find_deep(struct unit *u)
{
	each_function(u, info) {
		info->checks_stack = chain_depth(u, info) > UNCHECKED_DEPTH || info->recursive;
		info->fails |= info->checks_stack;
	}
}

static void pass_up_all(struct unit *u)
{
	bool changed = true;

	while (changed) {
		changed = false;
		each_function(u, info)
			changed |= pass_up(u, info);
	}
}

static void find_writers(struct unit *u)
{
	each_function(u, info)
		for (size_t i = 0; i < u->globals.len; i++)
			info->writes |= (info->use[i] & (USE_WRITE | USE_ADD | USE_AGGREGATE)) != 0;
}

static const char *function_name(const struct function *f, size_t index)
{
	return arena_printf("function_%s_%zu", c_identifier(f->name), index);
}

/* Foreign functions are called from here, and go on with the next overload there. */
static void find_shared(struct unit *u)
{
	each_function(u, info) {
		if (!info->foreign)
			continue;
		info->shared = true;
		if (info->uses_next && info->function->next_overload)
			function_info(u, info->function->next_overload)->shared = true;
	}
}

static void functions_analyse(struct unit *u)
{
	enum arena_area before = arena_use(ARENA_ASIDE);
	const struct program *p = u->program;

	for (size_t i = 0; i < p->functions.len; i++) {
		struct function *f = function_at(p, i);
		struct function_info info = { .function = f, .name = function_name(f, i),
					      .use = use_masks(u) };

		vec_push(&u->functions, info);
	}
	each_function(u, info)
		info->function->translate_data = info;
	each_function(u, info)	/* code first: callers ask it */
		if (info->function->code)
			survey_code(u, info);
	each_function(u, info)
		function_survey(u, info);
	find_recursion(u);
	find_deep(u);
	pass_up_all(u);
	find_writers(u);
	find_shared(u);
	arena_use(before);
}

/* ---- handlers ----------------------------------------------------------------------------------------- */

static void handler_create(struct unit *u, struct probe *probe)
{
	struct handler h = { .probe = probe, .use = use_masks(u), .alone = true,
			     .name = arena_printf("probe_%d", probe->body_index) };

	u->handlers.data[u->handlers.len++] = h;
	u->handler_of_body[probe->body_index] = (int)u->handlers.len;
}

struct handler *handler_of(const struct unit *u, const struct probe *p)
{
	return &u->handlers.data[u->handler_of_body[p->body_index] - 1];
}

/* begin, init, end and error probes run one after the other while no other probe is armed. */
static bool runs_alone(const struct probe *p)
{
	static const char *const words[] = { "begin", "init", "end", "error", "never" };
	size_t len = strcspn(p->name, "(.?!");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == len && strncmp(p->name, words[i], len) == 0)
			return true;
	return false;
}

static void handlers_create(struct unit *u)
{
	const struct program *p = u->program;
	int bodies = p->bodies;

	u->handler_of_body = arena_alloc((size_t)bodies * sizeof(int));
	u->handlers.data = arena_alloc((size_t)bodies * sizeof *u->handlers.data);
	u->handlers.cap = (unsigned)bodies;
	for (size_t i = 0; i < p->probes.len; i++) {
		struct probe *one = probe_at(p, i);

		if (!u->handler_of_body[one->body_index])
			handler_create(u, one);
		handler_of(u, one)->alone &= runs_alone(one);
		u->has_conditions |= one->condition != NULL;
	}
}

static void gather_saved(struct gathering *g, const struct probe *p)
{
	struct usage_visitor v = { .use = gather_use, .call = gather_call, .data = g };

	for (size_t i = 0; i < p->saved.len; i++)
		usage_of_expr(&v, p->saved.data[i].expr);
}

static void handler_survey(struct unit *u, struct handler *h)
{
	struct gathering g = { .unit = u, .use = h->use };

	mark_assigned(h->probe->body);
	gather_stmt(&g, h->probe->body);
	gather_saved(&g, h->probe);
	h->has_entry = h->probe->saved.len > 0;
	h->loops = survey_body(u, h->probe->body).loops;
	for (size_t i = 0; i < g.calls.len; i++) {
		const struct function_info *f = function_info(u, g.calls.data[i]);

		vec_push(&h->calls, g.calls.data[i]);
		h->loops |= f->loops;
		for (size_t k = 0; k < u->globals.len; k++)
			h->use[k] |= f->use[k];
	}
}

static void handlers_analyse(struct unit *u)
{
	enum arena_area before = arena_use(ARENA_ASIDE);

	handlers_create(u);
	each_handler(u, h)
		handler_survey(u, h);
	arena_use(before);
}

/* Globals are displayed when no handler runs any more. */
static void note_display(struct unit *u)
{
	struct gathering g = { .unit = u, .use = use_masks(u) };

	gather_stmt(&g, u->display);
	for (size_t i = 0; i < u->globals.len; i++)
		u->globals.data[i].alone |= g.use[i];
}

void usage_analyse(struct unit *u)
{
	functions_analyse(u);
	handlers_analyse(u);
	note_display(u);
}
