/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters.  Handlers often begin by asking whether this hit concerns them at all:
 *
 *	if (pid() == target() && $count > 4096) ...
 *	if (execname() != "sshd") next
 *
 * Such questions become a function of their own, HANDLER_filter(), which is asked before a hit is
 * entered.  A hit that is none costs a few instructions.  The handler asks again: some mechanisms do
 * not ask.
 *
 * A question can be moved when its answer depends on nothing but the current task, the arguments of
 * the probed code, locals computed from those, and globals that no running handler writes; and when
 * what stands before it neither changes anything nor can fail.  Where the filter itself meets
 * a failure (a bad address, a division by 0) it says yes, and the handler raises the error.
 *
 * What a return probe asks is asked when the function returns.  Those of its questions whose
 * answer is known at the entry and cannot change any more (whose process is it?) are put to HANDLER_concerns()
 * there, so that calls of others are let go at once.  And the values that it saves at the entry (@entry) need no hit
 * for that, either, when all of them could be moved and none can fail: HANDLER_save() computes them.
 */
#include <string.h>

#include "unit.h"

/* A function that asks. */
struct asking {
	struct body body;
	bool at_entry;			/* HANDLER_concerns() */
	bool decides;			/* some question was moved */
	bool over;			/* what was left behind may do something: nothing may pass it */
};

struct filter {
	struct unit *unit;
	struct asking hit, entry;
	var_vec known;			/* locals that the filter has computed */
	var_vec declared;		/* those that it has ever computed */
};

/* ---- what can be moved ------------------------------------------------------------------- */

static bool is_among(const var_vec *list, const struct var *v)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->data[i] == v)
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
		return is_among(&f->known, v);
	return v->arity == 0 && global_of(f->unit, v)->storage == STORAGE_PLAIN;
}

static bool element_can_move(const struct filter *f, const struct expr *e)
{
	const struct expr *base = e->index.base;

	return base->kind == E_NAME && base->name.var->scope == VAR_GLOBAL &&
	       global_of(f->unit, base->name.var)->storage == STORAGE_PLAIN && all_can_move(f, &e->index.keys);
}

static bool can_move(const struct filter *f, const struct expr *e)
{
	switch (e->kind) {
	case E_NUMBER: case E_STRING: case E_ARGUMENT: case E_SAVED:
		return true;
	case E_NAME:
		return name_can_move(f, e->name.var);
	case E_CALL:
		return call_can_move(f, e);
	case E_IN: case E_INDEX:
		return element_can_move(f, e);
	case E_CVALUE:
		return e->cvalue.arrives;
	case E_LOAD:
		return !e->load.user && can_move(f, e->load.address);
	case E_UNARY:
		return can_move(f, e->binary.left);
	case E_REGEX:
		return can_move(f, e->regex.left);
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

/* ---- what a function's entry knows of its return ------------------------------------------------ */

static bool is_lasting(const struct filter *f, const struct expr *e);

static bool all_lasting(const struct filter *f, const expr_vec *list)
{
	for (size_t i = 0; i < list->len; i++)
		if (!is_lasting(f, list->data[i]))
			return false;
	return true;
}

/* An expression that can be moved: is its value at the entry that at the return, too? */
static bool is_lasting(const struct filter *f, const struct expr *e)
{
	switch (e->kind) {
	case E_NUMBER: case E_STRING:
		return true;
	case E_NAME:
		return e->name.var->scope == VAR_GLOBAL;
	case E_CALL:
		return code_has(e->call.function->code, "lasting") && all_lasting(f, &e->call.args);
	case E_IN: case E_INDEX:
		return all_lasting(f, &e->index.keys);
	case E_UNARY:
		return is_lasting(f, e->binary.left);
	case E_BINARY:
		return is_lasting(f, e->binary.left) && is_lasting(f, e->binary.right);
	default:
		return false;
	}
}

/* ---- questions ------------------------------------------------------------------------------------ */

static bool is_idle(const struct filter *f, const struct expr *e)
{
	return !expr_fails(f->unit, e) && !expr_writes(f->unit, e) && !expr_has_effects(e);
}

static bool can_ask(const struct filter *f, const struct asking *a, const struct expr *e)
{
	return can_move(f, e) && (!a->at_entry || (is_lasting(f, e) && !expr_fails(f->unit, e)));
}

static bool is_operation(const struct expr *e, enum expr_kind kind, enum op op)
{
	return e->kind == kind && e->binary.op == op;
}

/*
 * `e` not being as `wanted` ends the hit, and so does each part of a && that is false, or of a || that is
 * true.  A part that cannot be asked is left to the handler.
 */
static void ask(struct filter *f, struct asking *a, const struct expr *e, bool wanted)
{
	if (a->over)
		return;
	if (can_ask(f, a, e)) {
		line(&a->body, wanted ? "if (!(%s))" : "if (%s)", emit_condition(&a->body, e));
		line(&a->body, "\treturn false;");
		a->decides = true;
	} else if (is_operation(e, E_UNARY, OP_NOT)) {
		ask(f, a, e->binary.left, !wanted);
	} else if (is_operation(e, E_BINARY, wanted ? OP_LAND : OP_LOR)) {
		ask(f, a, e->binary.left, wanted);
		ask(f, a, e->binary.right, wanted);
	} else {
		a->over = !is_idle(f, e);
	}
}

static void ask_both(struct filter *f, const struct expr *e, bool wanted)
{
	ask(f, &f->hit, e, wanted);
	ask(f, &f->entry, e, wanted);
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

static void note(var_vec *list, const struct var *v)
{
	if (!is_among(list, v))
		vec_push(list, (struct var *)v);
}

/* A local set from what the filter has; it may be set more than once. */
static void compute_local(struct filter *f, const struct var *v, const struct expr *e)
{
	const char *type = v->type == TYPE_STRING ? "const char *" : "s64 ", *value = emit_value(&f->hit.body, e).text;

	line(&f->hit.body, "%s%s = %s;", is_among(&f->declared, v) ? "" : type, local_name(v), value);
	note(&f->declared, v);
	note(&f->known, v);
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
	if (can_move(f, e->assign.right) && !expr_fails(f->unit, e->assign.right)) {
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
	struct body *b = &f->hit.body;
	const char *any = NULL, *cond;

	for (; s; s = s->if_.no) {
		cond = emit_condition(b, s->if_.cond);
		any = any ? arena_printf("%s || (%s)", any, cond) : arena_printf("(%s)", cond);
	}
	line(b, "if (!(%s))", any);
	line(b, "\treturn false;");
	f->hit.decides = true;
}

/* true: look at the next statement, too. */
static bool take_statement(struct filter *f, const struct stmt *s, bool last)
{
	if (s->kind == S_EXPR)
		return pass_expression(f, s->expr);
	if (s->kind != S_IF)
		return false;
	if (s->if_.no) {
		if (last && chain_can_move(f, s))
			require_chain(f, s);
		return false;
	}
	if (is_next(s->if_.yes))
		ask_both(f, s->if_.cond, false);
	else if (last)
		ask_both(f, s->if_.cond, true);
	return is_next(s->if_.yes) && !f->hit.over;
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

/* The values saved at the entry are computed for every call, errors included, unless none is asked for. */
static bool entry_fails(const struct unit *u, const struct handler *h)
{
	for (size_t i = 0; i < h->probe->saved.len; i++)
		if (expr_fails(u, h->probe->saved.data[i].expr) || expr_writes(u, h->probe->saved.data[i].expr))
			return true;
	return false;
}

static void asking_init(struct filter *f, struct asking *a, const struct handler *h)
{
	body_init(&a->body, f->unit);
	a->body.no_context = true;
	a->body.saved = saved_name(h);
}

static void add_function(struct unit *u, struct asking *a, const char *head, const char *parameter, const char *none)
{
	struct body *b = &a->body;

	if (a->decides)
		strbuf_addf(&u->code.tail, "static inline bool %s(%s)\n{\n%s%s\treturn true;\n}\n\n", head, parameter,
			    strbuf_text(&b->text), b->out.used ? "out:\n" : "");
	else
		strbuf_addf(&u->code.tail, "#define %s(%s) true\n\n", head, none);
	strbuf_release(&b->text);
}

void filter_translate(struct unit *u, struct handler *h)
{
	struct filter f = { .unit = u, .entry = { .at_entry = true, .over = entry_fails(u, h) } };

	asking_init(&f, &f.hit, h);
	asking_init(&f, &f.entry, h);
	if (wanted(u, h))
		collect(&f, h);
	h->filters = f.hit.decides;
	add_function(u, &f.hit, arena_printf("%s_filter", h->name), "const struct script_arrival *c", "arrival");
	add_function(u, &f.entry, arena_printf("%s_concerns", h->name), "void", "");
}

/* ---- values saved at the entry ---------------------------------------------------------------------- */

static bool can_save(const struct filter *f, const struct handler *h)
{
	if (!h->has_entry || !wanted(f->unit, h) || entry_fails(f->unit, h))
		return false;
	for (size_t i = 0; i < h->probe->saved.len; i++)
		if (h->probe->saved.data[i].type != TYPE_LONG || !can_move(f, h->probe->saved.data[i].expr))
			return false;
	return true;
}

void save_translate(struct unit *u, const struct handler *h)
{
	struct filter f = { .unit = u };
	struct body *b = &f.entry.body;

	if (!can_save(&f, h)) {
		strbuf_addf(&u->code.tail, "#define %s_save(arrival, saved) false\n\n", h->name);
		return;
	}
	asking_init(&f, &f.entry, h);
	for (size_t i = 0; i < h->probe->saved.len; i++)
		line(b, "saved->v%zu = %s;", i, emit_value(b, h->probe->saved.data[i].expr).text);
	strbuf_addf(&u->code.tail, "static inline bool %s_save(const struct script_arrival *c, struct %s *saved)\n"
		    "{\n\t(void)c;\n%s\treturn true;\n}\n\n", h->name, saved_name(h), strbuf_text(&b->text));
	strbuf_release(&b->text);
}
