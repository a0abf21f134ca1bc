/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has no effect goes: values nobody takes, assignments to variables nobody
 * reads (an alias sets a dozen of them for a script that prints one), branches whose
 * condition is known, probes whose handler is empty after that.  -u keeps everything.
 */
#include "elaborate.h"

#include <stdlib.h>
#include <string.h>

#include "../base/oom.h"

static const struct elaboration *elaboration;
static bool changed;
static bool decided;		/* a condition of this handler is known */
static bool quiet;		/* in the handler of an alias: scripts use only some of its variables */

void tell_optimized(const struct elaboration *el, const struct place *at, const char *what, const struct expr *value)
{
	struct strbuf text = {0};

	if (el->session->options.verbose[2] < 2 || !at || diag_held_errors())
		return;
	if (value)
		print_expr(&text, value);
	fprintf(stderr, "optimizer: %s:%u:%u: '%s': %s%s%s\n", at->source->name, at->line, at->column,
		at->token ? at->token : "", what, value ? " " : "", strbuf_text(&text));
	strbuf_release(&text);
}

static void tell(const struct place *at, const char *what)
{
	tell_optimized(elaboration, at, what, NULL);
}

static bool is_library(const struct place *at)
{
	return at && at->source && at->source->library;
}

static struct stmt *nothing(const struct place *at)
{
	return stmt_new(S_BLOCK, at);
}

static bool is_empty(const struct stmt *s)
{
	if (!s)
		return true;
	if (s->kind != S_BLOCK)
		return false;
	for (size_t i = 0; i < s->block.len; i++)
		if (!is_empty(s->block.data[i]))
			return false;
	return true;
}

/* A variable that is written and never read, and not shown at the end of the script. */
static bool is_dead(const struct var *v)
{
	return !v->is_read && v->scope != VAR_PARAMETER && (v->scope == VAR_LOCAL || v->from_library);
}

static bool assigns_dead_variable(const struct expr *e)
{
	const struct expr *l;

	if (e->kind != E_ASSIGN)
		return false;
	l = e->assign.left;
	if (l->kind == E_INDEX && l->index.base->kind == E_NAME) {
		for (size_t i = 0; i < l->index.keys.len; i++)
			if (expr_has_effects(l->index.keys.data[i]))
				return false;
		return is_dead(l->index.base->name.var);
	}
	return l->kind == E_NAME && is_dead(l->name.var);
}

static void warn_unused(const struct expr *e)
{
	const struct expr *l = e->assign.left;

	if (!quiet && !is_library(e->at) && l->kind == E_NAME && l->name.var->scope == VAR_LOCAL)
		diag_report(DIAG_unused_variable, l->at, "eliding assignment to '%s': its value is never used",
			    l->name.name);
}

static struct stmt *optimize_value(struct stmt *s)
{
	struct expr *e = s->expr;

	if (assigns_dead_variable(e)) {
		warn_unused(e);
		tell(e->assign.left->at, "removed an assignment whose value is never used");
		changed = true;
		s->expr = e->assign.right;
		return expr_has_effects(s->expr) ? s : nothing(s->at);
	}
	if (expr_has_effects(e))
		return s;
	if (!is_library(e->at))
		diag_report(DIAG_unused_value, e->at, "eliding side-effect-free expression");
	tell(e->at, "removed an expression without effect");
	changed = true;
	return nothing(s->at);
}

static void drop_empty(struct stmt *block)
{
	size_t kept = 0;

	for (size_t i = 0; i < block->block.len; i++)
		if (!is_empty(block->block.data[i]))
			block->block.data[kept++] = block->block.data[i];
	block->block.len = kept;
}

static struct stmt *optimize_if(struct stmt *s)
{
	if (s->if_.cond->kind == E_NUMBER) {
		struct stmt *chosen = s->if_.cond->number ? s->if_.yes : s->if_.no;

		tell_optimized(elaboration, s->at, "the condition is always", s->if_.cond);
		changed = decided = true;
		return chosen ? chosen : nothing(s->at);
	}
	if (!is_empty(s->if_.yes) || !is_empty(s->if_.no))
		return s;
	changed = true;
	tell(s->at, "removed an if with nothing to do");
	if (!expr_has_effects(s->if_.cond))
		return nothing(s->at);
	struct stmt *value = stmt_new(S_EXPR, s->at);

	value->expr = s->if_.cond;
	return value;
}

/* Only its condition was to be asked, and that once. */
static struct stmt *optimize_loop(struct stmt *s)
{
	struct stmt *init;
	int64_t value;

	if (!s->loop.cond || !expr_is_constant(s->loop.cond, &value) || value)
		return s;
	tell_optimized(elaboration, s->at, "the condition is always", s->loop.cond);
	changed = decided = true;
	if (!s->loop.init)
		return nothing(s->at);
	init = stmt_new(S_EXPR, s->at);
	init->expr = s->loop.init;
	return init;
}

static bool is_needed(const struct expr *name)
{
	return !is_dead(name->name.var);
}

static bool any_of(const expr_vec *list, bool (*is)(const struct expr *e))
{
	for (size_t i = 0; i < list->len; i++)
		if (is(list->data[i]))
			return true;
	return false;
}

/* An empty loop still leaves the last key in its variables. */
static struct stmt *optimize_foreach(struct stmt *s)
{
	if (!is_empty(s->foreach.body) || any_of(&s->foreach.keys, is_needed) ||
	    (s->foreach.value && is_needed(s->foreach.value)) || any_of(&s->foreach.slice, expr_has_effects) ||
	    (s->foreach.limit && expr_has_effects(s->foreach.limit)))
		return s;
	tell(s->at, "removed a loop with nothing to do");
	changed = true;
	return nothing(s->at);
}

static struct stmt *optimize_try(struct stmt *s)
{
	if (!is_empty(s->try_.body))
		return s;
	tell(s->at, "removed a try with nothing to do");
	changed = true;
	return nothing(s->at);
}

static bool is_exit(const struct stmt *s)
{
	return s->kind == S_BREAK || s->kind == S_CONTINUE || s->kind == S_NEXT || s->kind == S_RETURN;
}

/* What a known condition left is nobody's mistake. */
static void drop_unreachable(struct stmt *block)
{
	for (size_t i = 0; i + 1 < block->block.len; i++) {
		if (!is_exit(block->block.data[i]))
			continue;
		if (!decided && !is_library(block->block.data[i + 1]->at))
			diag_report(DIAG_unreachable, block->block.data[i + 1]->at, "statement will never be reached");
		tell(block->block.data[i + 1]->at, "removed what is never reached");
		block->block.len = i + 1;
	}
}

static void leave_stmt(struct ast_walker *w, struct stmt **s)
{
	(void)w;
	switch ((*s)->kind) {
	case S_EXPR:
		*s = optimize_value(*s);
		break;
	case S_BLOCK:
		drop_unreachable(*s);
		drop_empty(*s);
		break;
	case S_IF:
		*s = optimize_if(*s);
		break;
	case S_LOOP:
		*s = optimize_loop(*s);
		break;
	case S_FOREACH:
		*s = optimize_foreach(*s);
		break;
	case S_TRY:
		*s = optimize_try(*s);
		break;
	default:
		break;
	}
}

static void optimize_body(struct stmt **body)
{
	struct ast_walker w = { .leave_stmt = leave_stmt };

	if (!*body)
		return;
	if (!diag_errors())		/* what was told of a variable would be told of its values again */
		changed |= propagate_literals(elaboration, body);
	ast_walk_stmt(&w, body);
}

static void optimize_bodies(struct elaboration *el)
{
	struct program *pr = el->program;

	for (size_t i = 0; i < pr->functions.len; i++)
		optimize_body(&function_at(pr, i)->body);
	for (size_t i = 0; i < pr->owners.len; i++) {
		struct probe *p = owner_at(pr, i);

		if (p->repeats)		/* what is shared is a block, and stays this one */
			continue;
		quiet = p->from_alias;
		decided = false;
		optimize_body(&p->body);
		p->decided |= decided;
		quiet = false;
	}
}

/* As a whole handler.  `next` is something: { next } is how one asks for a probe that is only hit. */
static bool does_nothing(const struct stmt *s)
{
	if (!s)
		return true;
	if (s->kind == S_IF)
		return !expr_has_effects(s->if_.cond) && does_nothing(s->if_.yes) && does_nothing(s->if_.no);
	if (s->kind != S_BLOCK)
		return false;
	for (size_t i = 0; i < s->block.len; i++)
		if (!does_nothing(s->block.data[i]))
			return false;
	return true;
}

/* One warning for all that a pattern found. */
static void report_elided(const struct program *pr, size_t first, size_t all)
{
	const struct probe *p = probe_at(pr, first);
	size_t count = 1;

	if (first && probe_at(pr, first - 1)->body == p->body)
		return;
	while (first + count < all && probe_at(pr, first + count)->body == p->body)
		count++;
	if (count == 1)
		diag_report(DIAG_elided_probe, p->at, "probe '%s' has been elided: its handler does nothing", p->name);
	else
		diag_report(DIAG_elided_probe, p->at,
			    "%zu probes ('%s' and others) have been elided: their handler does nothing", count, p->name);
}

enum fate { FATE_RUNS, FATE_EMPTY, FATE_DECIDED };

/* Of each body; NULL: all run. */
static unsigned char *find_empty(const struct program *pr)
{
	unsigned char *fates = NULL;

	for (size_t i = 0; i < pr->owners.len; i++) {
		const struct probe *p = owner_at(pr, i);

		if (p->repeats || !does_nothing(p->body))
			continue;
		if (!fates)
			fates = memset(checked_realloc(NULL, (size_t)pr->bodies), FATE_RUNS, (size_t)pr->bodies);
		fates[p->body_index] = p->decided ? FATE_DECIDED : FATE_EMPTY;
	}
	return fates;
}

static void drop_empty_probes(struct elaboration *el)
{
	struct program *pr = el->program;
	unsigned char *fates = find_empty(pr);
	size_t count = fates ? pr->probes.len : 0;

	if (fates)
		pr->probes.len = pr->owners.len = 0;
	for (size_t i = 0; i < count; i++) {
		struct probe *p = probe_at(pr, i);
		enum fate fate = p->works_alone ? FATE_RUNS : fates[p->body_index];

		if (fate == FATE_EMPTY && !p->source->library)
			report_elided(pr, i, count);
		if (fate == FATE_RUNS)
			program_add_probe(pr, p);
		else
			tell(p->at, "removed a probe with nothing to do");
	}
	free(fates);
}

/* ---- variables that nothing mentions any more ------------------------------------------- */

static void drop_unused(var_vec *locals)
{
	size_t kept = 0;

	for (size_t i = 0; i < locals->len; i++)
		if (locals->data[i]->is_read || locals->data[i]->is_written)
			locals->data[kept++] = locals->data[i];
	locals->len = kept;
}

static void drop_unused_locals(struct elaboration *el)
{
	struct program *pr = el->program;

	for (size_t i = 0; i < pr->functions.len; i++)
		drop_unused(&function_at(pr, i)->locals);
	for (size_t i = 0; i < pr->owners.len; i++) {
		struct probe *p = owner_at(pr, i);

		if (!p->repeats)
			drop_unused(p->locals);
	}
}

void optimize_program(struct elaboration *el)
{
	if (el->listing || el->session->options.unoptimized)
		return;
	elaboration = el;
	do {
		changed = false;
		mark_needs(el);
		optimize_bodies(el);
	} while (changed);
	drop_unused_locals(el);
	drop_empty_probes(el);
	keep_reached_functions(el);
}
