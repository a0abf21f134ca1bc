/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters.  Handlers often begin by asking whether this hit concerns them at all:
 *
 *	if (pid() == target() && $count > 4096) ...
 *	if (execname() != "sshd") next
 *
 * Such questions become a function of their own, HANDLER_filter(), which the trampoline asks before
 * it enters a hit.  A hit that is none costs a few instructions.  The handler asks again:
 * not every mechanism has a trampoline.
 *
 * A question can be moved when its answer depends on nothing but the current task, the arguments of
 * the probed code, locals computed from those, and globals that no running handler writes; and when
 * what stands before it neither changes anything nor can fail.  Where the filter itself meets
 * a failure (a bad address, a division by 0) it says yes, and the handler raises the error.
 */
#include <string.h>

#include "unit.h"

struct filter {
	struct unit *unit;
	struct body body;
	var_vec known;			/* locals that the filter has computed */
	bool decides;			/* some question was moved */
};

/* ---- what can be moved ------------------------------------------------------------------- */

static bool is_known(const struct filter *f, const struct var *v)
{
	for (size_t i = 0; i < f->known.len; i++)
		if (f->known.data[i] == v)
			return true;
	return false;
}

static bool all_can_move(const struct filter *f, const expr_vec *list);

/* The library's own C, which looks at its arguments and at the current task. */
static bool code_can_move(const struct unit *u, const struct function *f)
{
	return f->code && !f->next_overload && f->source->builtin_library && code_has(f->code, "pure") &&
	       !function_info(u, f)->fails && !strstr(f->code, "stap_context") && !strstr(f->code, "pragma:") &&
	       !is_foreign(u, f->source);
}

static const char *place_of(const struct function *f)
{
	static const char mark[] = "/* in place: ";
	const char *p = strstr(f->code, mark), *name = p ? p + sizeof(mark) - 1 : NULL;

	return name ? arena_printf("%.*s()", (int)strcspn(name, " "), name) : NULL;
}

struct value value_in_place(const struct function *f)
{
	struct value v = value_simple(place_of(f), true);

	v.constant = v.buffer = true;
	return v;
}

static bool call_can_move(const struct filter *f, const struct expr *e)
{
	const struct function *callee = e->call.function;

	if (!code_can_move(f->unit, callee) || !all_can_move(f, &e->call.args))
		return false;
	return callee->type == TYPE_LONG || (callee->type == TYPE_STRING && place_of(callee) &&
					     f->unit->max_string >= PLACE_SIZE);
}

static bool name_can_move(const struct filter *f, const struct var *v)
{
	if (v->scope != VAR_GLOBAL)
		return is_known(f, v);
	return v->arity == 0 && global_of(f->unit, v)->storage == STORAGE_PLAIN;
}

static bool element_can_move(const struct filter *f, const struct expr *e)
{
	const struct expr *base = e->index.base;

	return base->kind == E_NAME && base->name.var->scope == VAR_GLOBAL &&
	       global_of(f->unit, base->name.var)->storage == STORAGE_PLAIN && all_can_move(f, &e->index.keys);
}

/* The arguments of a tracepoint: they are there before the hit is entered. */
static bool is_arrival(const struct expr *e)
{
	return strncmp(e->cvalue.code, "((const s64 *)c->args)", 22) == 0;
}

static bool can_move(const struct filter *f, const struct expr *e)
{
	switch (e->kind) {
	case E_NUMBER: case E_STRING: case E_ARGUMENT:
		return true;
	case E_NAME:
		return name_can_move(f, e->name.var);
	case E_CALL:
		return call_can_move(f, e);
	case E_IN: case E_INDEX:
		return element_can_move(f, e);
	case E_CVALUE:
		return is_arrival(e);
	case E_LOAD:
		return !e->load.user && can_move(f, e->load.address);
	case E_UNARY:
		return can_move(f, e->binary.left);
	case E_BINARY:
		return e->binary.op != OP_CONCAT && can_move(f, e->binary.left) && can_move(f, e->binary.right);
	case E_TERNARY:
		return can_move(f, e->ternary.cond) && can_move(f, e->ternary.yes) && can_move(f, e->ternary.no);
	default:
		return false;
	}
}

static bool all_can_move(const struct filter *f, const expr_vec *list)
{
	for (size_t i = 0; i < list->len; i++)
		if (!can_move(f, list->data[i]))
			return false;
	return true;
}

/* ---- statements ------------------------------------------------------------------------------ */

/* The statements of a handler in a row, whatever blocks they stand in. */
static void flatten(const struct stmt *s, stmt_vec *out)
{
	if (!s)
		return;
	if (s->kind != S_BLOCK) {
		vec_push(out, (struct stmt *)s);
		return;
	}
	for (size_t i = 0; i < s->block.len; i++)
		flatten(s->block.data[i], out);
}

static bool is_next(const struct stmt *s)
{
	return s->kind == S_NEXT || (s->kind == S_BLOCK && s->block.len == 1 && is_next(s->block.data[0]));
}

static void forget(struct filter *f, const struct var *v)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->known.len; i++)
		if (f->known.data[i] != v)
			f->known.data[kept++] = f->known.data[i];
	f->known.len = kept;
}

static bool is_idle(const struct filter *f, const struct expr *e)
{
	return !expr_fails(f->unit, e) && !expr_writes(f->unit, e) && !expr_has_effects(e);
}

/* A local set from what the filter has.  It may change later: its C variable is made each time. */
static void compute_local(struct filter *f, const struct var *v, const struct expr *e)
{
	const char *value = emit_value(&f->body, e).text;

	line(&f->body, "%s%s = %s;", is_known(f, v) ? "" : "s64 ", local_name(v), value);
	if (!is_known(f, v))
		vec_push(&f->known, (struct var *)v);
}

/* What stands before a question.  false: the question may not pass it. */
static bool pass_expression(struct filter *f, const struct expr *e)
{
	const struct var *v;

	if (e->kind != E_ASSIGN)
		return is_idle(f, e);
	v = e->assign.left->kind == E_NAME ? e->assign.left->name.var : NULL;
	if (!v || v->scope != VAR_LOCAL || e->assign.op != OP_NONE)
		return false;
	if (v->type == TYPE_LONG && can_move(f, e->assign.right) && !expr_fails(f->unit, e->assign.right)) {
		compute_local(f, v, e->assign.right);
		return true;
	}
	if (!is_idle(f, e->assign.right))
		return false;
	forget(f, v);
	return true;
}

/* if (A) ... else if (B) ...: nothing is done unless one of them holds.  false: cannot be said. */
static bool chain_can_move(const struct filter *f, const struct stmt *s)
{
	for (; s && s->kind == S_IF; s = s->if_.no)
		if (!can_move(f, s->if_.cond))
			return false;
	return !s;
}

static void require_chain(struct filter *f, const struct stmt *s)
{
	const char *any = NULL, *cond;

	for (; s; s = s->if_.no) {
		cond = emit_condition(&f->body, s->if_.cond);
		any = any ? arena_printf("%s || (%s)", any, cond) : arena_printf("(%s)", cond);
	}
	line(&f->body, "if (!(%s))", any);
	line(&f->body, "\treturn false;");
	f->decides = true;
}

/* true: look at the next statement, too. */
static bool take_statement(struct filter *f, const struct stmt *s, bool last)
{
	if (s->kind == S_EXPR)
		return pass_expression(f, s->expr);
	if (s->kind != S_IF)
		return false;
	if (last && chain_can_move(f, s)) {
		require_chain(f, s);
		return false;
	}
	if (!is_next(s->if_.yes) || s->if_.no || !can_move(f, s->if_.cond))
		return false;
	line(&f->body, "if (%s)", emit_condition(&f->body, s->if_.cond));
	line(&f->body, "\treturn false;");
	f->decides = true;
	return true;
}

/* ---- the function ---------------------------------------------------------------------------------- */

/* With -t every hit is measured; without optimisation scripts are run as they stand. */
static bool wanted(const struct unit *u, const struct handler *h)
{
	const struct options *o = &u->session->options;

	return !h->alone && h->probe->body && !o->timing && !o->unoptimized && !u->captures;
}

static void collect(struct filter *f, const struct handler *h)
{
	stmt_vec all = {0};

	flatten(h->probe->body, &all);
	for (size_t i = 0; i < all.len; i++)
		if (!take_statement(f, all.data[i], i + 1 == all.len))
			break;
}

void filter_translate(struct unit *u, struct handler *h)
{
	struct filter f = { .unit = u };
	struct body *b = &f.body;

	body_init(b, u);
	b->no_context = true;
	if (wanted(u, h))
		collect(&f, h);
	h->filters = f.decides;
	if (f.decides) {
		strbuf_addf(&u->code, "static inline bool %s_filter(const struct script_arrival *c)\n{\n%s%s"
			    "\treturn true;\n}\n\n", h->name, strbuf_text(&b->text), b->out.used ? "out:\n" : "");
	} else {
		strbuf_addf(&u->code, "#define %s_filter(arrival) true\n\n", h->name);
	}
	strbuf_release(&b->text);
}
