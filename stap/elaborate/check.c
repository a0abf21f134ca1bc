/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the grammar allows and the language does not: jumps without a loop, loops
 * that change the array they walk over, conditions that do more than look at globals, patterns that are none.
 */
#include "elaborate.h"
#include "../regex/regex.h"

struct checker {
	struct elaboration *el;
	bool in_function;
	int loops;
	VEC(struct var *) iterated;	/* arrays of the enclosing foreach loops */
	VEC(struct function *) calls;	/* functions being looked into for modifications */
};

static void check_stmt(struct checker *c, struct stmt *s);

/* ---- modification of an array inside its own loop ---------------------------------------- */

static bool is_iterated(const struct checker *c, const struct var *v)
{
	for (size_t i = 0; i < c->iterated.len; i++)
		if (c->iterated.data[i] == v)
			return true;
	return false;
}

static void report_modification(const struct var *v, const struct place *at)
{
	struct diag *d = diag_report(DIAG_loop_modifies_array, at, "variable '%s' modified during 'foreach' iteration",
				     v->name);

	diag_hint(d, "collect the keys in another array and change '%s' after the loop", v->name);
}

static void check_target(struct checker *c, const struct expr *left)
{
	if (left->kind == E_INDEX && left->index.base->kind == E_NAME && is_iterated(c, left->index.base->name.var))
		report_modification(left->index.base->name.var, left->at);
}

static bool look_at_expr(struct ast_walker *w, struct expr **e)
{
	struct checker *c = w->data;

	if ((*e)->kind == E_ASSIGN)
		check_target(c, (*e)->assign.left);
	if ((*e)->kind != E_CALL)
		return true;
	for (struct function *f = (*e)->call.function; f; f = f->next_overload) {
		bool known = false;

		for (size_t i = 0; i < c->calls.len; i++)
			known |= c->calls.data[i] == f;
		if (known || !f->body)
			continue;
		vec_push(&c->calls, f);
		ast_walk_stmt(w, &f->body);
	}
	return true;
}

static bool look_at_stmt(struct ast_walker *w, struct stmt **s)
{
	if ((*s)->kind == S_DELETE && (*s)->expr->kind == E_INDEX)
		check_target(w->data, (*s)->expr);
	return true;
}

static void check_iteration(struct checker *c, struct stmt *s)
{
	struct ast_walker w = { .enter_expr = look_at_expr, .enter_stmt = look_at_stmt, .data = c };

	c->calls.len = 0;
	ast_walk_stmt(&w, &s->foreach.body);
}

/* ---- jumps ----------------------------------------------------------------------------------- */

static void check_loop_body(struct checker *c, struct stmt *body)
{
	c->loops++;
	check_stmt(c, body);
	c->loops--;
}

static void check_foreach(struct checker *c, struct stmt *s)
{
	bool array = s->foreach.array->kind == E_NAME;

	if (array)
		vec_push(&c->iterated, s->foreach.array->name.var);
	if (array && s->foreach.body)
		check_iteration(c, s);
	check_loop_body(c, s->foreach.body);
	if (array)
		c->iterated.len--;
}

static void check_stmt(struct checker *c, struct stmt *s)
{
	if (!s)
		return;
	switch (s->kind) {
	case S_BLOCK:
		for (size_t i = 0; i < s->block.len; i++)
			check_stmt(c, s->block.data[i]);
		break;
	case S_IF:
		check_stmt(c, s->if_.yes);
		check_stmt(c, s->if_.no);
		break;
	case S_LOOP:
		check_loop_body(c, s->loop.body);
		break;
	case S_FOREACH:
		check_foreach(c, s);
		break;
	case S_TRY:
		check_stmt(c, s->try_.body);
		check_stmt(c, s->try_.handler);
		break;
	case S_BREAK: case S_CONTINUE:
		if (!c->loops)
			diag_report(DIAG_misplaced, s->at, "'%s' is only possible inside a loop",
				    s->kind == S_BREAK ? "break" : "continue");
		break;
	case S_RETURN:
		if (!c->in_function)
			diag_report(DIAG_misplaced, s->at, "found 'return' not in function context");
		break;
	case S_EXPR: case S_DELETE: case S_NEXT:
		break;
	}
}

/* ---- conditions -------------------------------------------------------------------------------- */

static bool look_at_condition(struct ast_walker *w, struct expr **e)
{
	(void)w;
	switch ((*e)->kind) {
	case E_NAME:
		if ((*e)->name.var && (*e)->name.var->scope != VAR_GLOBAL)
			diag_report(DIAG_unknown_variable, (*e)->at, "a probe condition can only use globals; '%s' is none",
				    (*e)->name.name);
		break;
	case E_CALL: case E_ASSIGN: case E_PRINT: case E_TEXT:
		diag_report(DIAG_misplaced, (*e)->at, "a probe condition only reads globals: no %s",
			    (*e)->kind == E_CALL ? "function calls" : (*e)->kind == E_ASSIGN ? "assignments" : "printing");
		break;
	default:
		break;
	}
	return true;
}

static void check_condition(struct probe *p)
{
	struct ast_walker w = { .enter_expr = look_at_condition };

	if (p->condition)
		ast_walk_expr(&w, &p->condition);
}

/* ---- globals ---------------------------------------------------------------------------------- */

static void check_global(struct var *v)
{
	if (v->wrap && v->arity == 0)
		diag_report(DIAG_arity, v->at, "wrapping ('%%') is only possible for arrays; '%s' is a scalar", v->name);
	if (v->type == TYPE_STATS && v->init)
		diag_report(DIAG_statistics, v->at, "statistics cannot have an initial value");
}

/* Read, but nothing ever gives it a value: probably a misspelt name. */
static void warn_never_assigned(struct elaboration *el, const struct var *v, const var_vec *locals)
{
	struct nearest near;
	struct diag *d;

	if (!v->is_read || v->is_written || v->from_library || v->init || v->scope == VAR_PARAMETER)
		return;
	d = diag_report(DIAG_never_assigned, v->at, "never-assigned %s variable '%s'",
			v->scope == VAR_GLOBAL ? "global" : "local", v->name);
	nearest_init(&near, v->name);
	globals_offer(el, &near);
	for (size_t i = 0; locals && i < locals->len; i++)
		if (locals->data[i] != v)
			nearest_offer(&near, locals->data[i]->name);
	diag_nearest(d, &near);
}

static void warn_locals(struct elaboration *el, const var_vec *locals)
{
	for (size_t i = 0; i < locals->len; i++)
		warn_never_assigned(el, locals->data[i], locals);
}

static void warn_unused_functions(const struct elaboration *el, const struct file *file)
{
	vec_each(&file->functions, struct function *, f) {
		if ((*f)->called || (*f)->at->source->library)
			continue;
		diag_report(DIAG_unused_function, (*f)->at, "eliding unused function '%s'", (*f)->name);
		tell_optimized(el, (*f)->at, "removed a function that nothing calls", NULL);
	}
}

/* ---- values --------------------------------------------------------------------------------- */

/* Of members of stapusr. */
static void check_load(const struct checker *c, const struct expr *e)
{
	if (!e->load.user && c->el->session->options.privilege == PRIVILEGE_STAPUSR)
		diag_report(DIAG_privilege, e->at, "kernel memory may not be read with --privilege=stapusr");
}

static void check_pattern(const struct expr *e)
{
	const char *error;
	size_t offset;

	if (!regex_check_syntax(e->regex.pattern, &error, &offset))
		diag_report(DIAG_regex, e->regex.pattern_at, "%s (byte %zu of the pattern)", error, offset + 1);
}

static bool check_value(struct ast_walker *w, struct expr **e)
{
	if ((*e)->kind == E_LOAD)
		check_load(w->data, *e);
	else if ((*e)->kind == E_REGEX)
		check_pattern(*e);
	return true;
}

static void check_body(struct checker *c, struct stmt *body)
{
	struct ast_walker w = { .enter_expr = check_value, .data = c };

	if (!body)
		return;
	check_stmt(c, body);
	ast_walk_stmt(&w, &body);
}

void warn_program(struct elaboration *el)
{
	struct program *pr = el->program;

	for (size_t i = 0; i < el->session->files.len && !el->session->options.unoptimized; i++)
		warn_unused_functions(el, el->session->files.data[i]);
	vec_each(&pr->globals, struct var *, v)
		warn_never_assigned(el, *v, NULL);
	for (size_t i = 0; i < pr->functions.len; i++)
		warn_locals(el, &function_at(pr, i)->locals);
	for (size_t i = 0; i < pr->owners.len; i++) {
		const struct probe *p = owner_at(pr, i);

		if (!p->repeats)
			warn_locals(el, p->locals);
	}
}

void check_program(struct elaboration *el)
{
	struct program *pr = el->program;
	struct checker c = { .el = el };

	vec_each(&pr->globals, struct var *, v)
		check_global(*v);
	c.in_function = true;
	for (size_t i = 0; i < pr->functions.len; i++)
		check_body(&c, function_at(pr, i)->body);
	c.in_function = false;
	for (size_t i = 0; i < pr->owners.len; i++) {
		struct probe *p = owner_at(pr, i);

		if (!p->repeats)
			check_body(&c, p->body);
		check_condition(p);
	}
}
