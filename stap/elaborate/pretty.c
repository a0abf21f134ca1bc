/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of C values: $x$ shows one level of a structure, $x$$ all; $$vars and its family
 * list several.  The text is made by one sprintf over loads of the leaves; a fault
 * anywhere gives "ERROR".
 */
#include "elaborate.h"

#include <string.h>

#define MAX_LEAVES 32
#define MAX_ELEMENTS 5

struct pretty {
	struct scope *sc;
	struct print *print;		/* of which pieces and arguments are malloc'd until it is whole */
	const struct place *at;
	int leaves;
	bool deep;
};

static void add_text(struct pretty *p, const char *text)
{
	heap_push(&p->print->pieces, ((struct format_piece){ .text = text, .len = strlen(text) }));
}

static void add_value(struct pretty *p, char conversion, char flag, struct expr *value)
{
	heap_push(&p->print->pieces, ((struct format_piece){ .conversion = conversion, .flag = flag }));
	heap_push(&p->print->args, value);
	p->leaves++;
}

static void show(struct pretty *p, const struct cvalue *v, int depth);

static bool is_char(const struct ctype *t)
{
	return t->kind == CTYPE_INT && t->is_char;
}

/* A call to the library's quoting string reader; of an array not beyond its end. */
static void show_string(struct pretty *p, struct expr *address, unsigned limit, bool user)
{
	struct expr *call = expr_new(E_CALL, p->at);

	vec_push(&call->call.args, address);
	if (limit) {
		call->call.name = intern("__char_array_quoted");
		vec_push(&call->call.args, expr_number(limit, p->at));
		vec_push(&call->call.args, expr_number(user, p->at));
	} else {
		call->call.name = intern(user ? "user_string_quoted" : "kernel_string_quoted");
	}
	add_value(p, 's', 0, call);
}

/* One leaf; false when the value is nowhere. */
static bool show_number(struct pretty *p, char conversion, char flag, const struct cvalue *v)
{
	struct expr *value = cvalue_read(v, p->at);

	if (value)
		add_value(p, conversion, flag, value);
	else
		add_text(p, "?");
	return value != NULL;
}

static void show_integer(struct pretty *p, const struct cvalue *v)
{
	if (is_char(v->type) && v->type->size == 1) {
		add_text(p, "'");
		show_number(p, 'c', '#', v);
		add_text(p, "'");
		return;
	}
	show_number(p, v->type->is_signed ? 'i' : 'u', 0, v);
}

static void show_pointer(struct pretty *p, const struct cvalue *v)
{
	struct expr *value = is_char(v->type->target) ? cvalue_read(v, p->at) : NULL;

	if (value)
		show_string(p, value, 0, v->user);
	else
		show_number(p, 'x', '#', v);
}

static void show_member(struct pretty *p, const struct cvalue *whole, const struct cmember *m, int depth)
{
	struct cvalue v = cvalue_member(whole, m, p->at);

	if (*m->name)
		add_text(p, arena_printf(".%s=", m->name));
	else
		add_text(p, m->type->kind == CTYPE_UNION ? "<union>=" : "<class>=");
	show(p, &v, depth + 1);
}

static void show_aggregate(struct pretty *p, const struct cvalue *v, int depth)
{
	const struct cmember *members;
	size_t count = 0;

	if (!p->deep && depth > 0) {
		add_text(p, "{...}");
		return;
	}
	members = ctype_members(ctype_complete(v->type), &count);
	add_text(p, "{");
	for (size_t i = 0; i < count; i++) {
		if (i)
			add_text(p, ", ");
		if (p->leaves >= MAX_LEAVES) {
			add_text(p, "...");
			break;
		}
		show_member(p, v, &members[i], depth);
	}
	add_text(p, "}");
}

static void show_array(struct pretty *p, const struct cvalue *v, int depth)
{
	const struct ctype *element = ctype_complete(v->type->target);

	if (is_char(element) && v->address) {
		show_string(p, expr_copy(v->address), v->type->count, v->user);
		return;
	}
	if (!p->deep && depth > 0) {
		add_text(p, "[...]");
		return;
	}
	add_text(p, "[");
	for (unsigned i = 0; i < v->type->count; i++) {
		struct cvalue one;

		if (i)
			add_text(p, ", ");
		if (i >= MAX_ELEMENTS || p->leaves >= MAX_LEAVES) {
			add_text(p, "...");
			break;
		}
		cvalue_element(v, expr_number(i, p->at), &one, p->at);
		show(p, &one, depth + 1);
	}
	add_text(p, "]");
}

static void show(struct pretty *p, const struct cvalue *v, int depth)
{
	if (!v->type) {
		add_value(p, 'i', 0, cvalue_read(v, p->at));
		return;
	}
	switch (v->type->kind) {
	case CTYPE_INT:
		show_integer(p, v);
		break;
	case CTYPE_ENUM:
		show_number(p, v->type->is_signed ? 'i' : 'u', 0, v);
		break;
	case CTYPE_POINTER:
		show_pointer(p, v);
		break;
	case CTYPE_STRUCT: case CTYPE_UNION:
		show_aggregate(p, v, depth);
		break;
	case CTYPE_ARRAY:
		show_array(p, v, depth);
		break;
	case CTYPE_FUNCTION:
		add_text(p, "<function>:");
		add_value(p, 'x', '#', expr_copy(v->address));
		break;
	case CTYPE_FLOAT: case CTYPE_VOID:
		add_text(p, "?");
		break;
	}
}

static struct expr *new_text(struct pretty *p)
{
	struct expr *e = expr_new(E_PRINT, p->at);

	e->print.to_string = true;
	e->print.name = "sprintf";
	e->type = TYPE_STRING;
	p->print = &e->print;
	return e;
}

/* Nothing is added any more. */
static void end_text(struct expr *text)
{
	struct print *print = &text->print;

	vec_settle(&print->pieces);
	vec_settle(&print->args);
}

static struct expr *guarded(struct expr *operand, const struct place *at)
{
	struct expr *e = expr_new(E_GUARDED, at);

	e->guarded.operand = operand;
	e->guarded.fallback = "ERROR";
	e->type = TYPE_STRING;
	return e;
}

/* What a pointer leads to is shown itself when it is an aggregate, as in $task$ of a struct task_struct *, or a
 * function. */
static struct cvalue pointed_whole(const struct cvalue *v, const struct place *at)
{
	const struct ctype *t = v->type;

	if (t && t->kind == CTYPE_POINTER) {
		const struct ctype *target = ctype_complete(t->target);

		if (target->kind == CTYPE_STRUCT || target->kind == CTYPE_UNION || target->kind == CTYPE_FUNCTION)
			return cvalue_target(v, at);
	}
	return *v;
}

struct expr *pretty_text(struct scope *sc, const struct cvalue *v, bool deep, const struct place *at)
{
	struct pretty p = { .sc = sc, .at = at, .deep = deep };
	struct expr *text = new_text(&p);
	struct cvalue whole = pointed_whole(v, at);

	show(&p, &whole, 0);
	end_text(text);
	text = guarded(text, at);
	if (sc)
		resolve_expr(sc, &text);
	return text;
}

static bool see_load(struct ast_walker *w, struct expr **e)
{
	bool *found = w->data;

	*found |= (*e)->kind == E_LOAD;
	return !*found;
}

static bool may_fault(struct expr *e)
{
	bool found = false;
	struct ast_walker w = { .enter_expr = see_load, .data = &found };

	ast_walk_expr(&w, &e);
	return found;
}

/* A fault in one variable is no reason to hide the others. */
static void add_guarded(struct pretty *p, void (*add)(struct pretty *p, const struct cvalue *v),
			const struct cvalue *v)
{
	struct pretty own = *p;
	struct expr *text = new_text(&own);

	own.leaves = 0;
	add(&own, v);
	end_text(text);
	if (may_fault(text)) {
		add_value(p, 's', 0, guarded(text, p->at));
		return;
	}
	vec_each(&own.print->pieces, struct format_piece, piece)
		heap_push(&p->print->pieces, *piece);
	vec_each(&own.print->args, struct expr *, arg)
		heap_push(&p->print->args, *arg);
}

static void add_hexadecimal(struct pretty *p, const struct cvalue *v)
{
	bool is_aggregate = v->type && (v->type->kind == CTYPE_STRUCT || v->type->kind == CTYPE_UNION);

	if (is_aggregate)
		add_text(p, "?");
	else
		show_number(p, 'x', '#', v);
}

static void add_pretty(struct pretty *p, const struct cvalue *v)
{
	struct cvalue whole = pointed_whole(v, p->at);

	show(p, &whole, 0);
}

static void show_named(struct pretty *p, const struct named_value *n, int level)
{
	struct cvalue v;

	add_text(p, arena_printf("%s=", n->name));
	if (!n->value) {
		add_text(p, "?");
		return;
	}
	v = cvalue_of(n->value);
	add_guarded(p, level == 0 ? add_hexadecimal : add_pretty, &v);
}

struct expr *named_values_text(struct named_value *list, size_t count, int level, const struct place *at)
{
	struct expr *e = expr_new(E_TEXT, at);

	e->text.list = list;
	e->text.count = (unsigned)count;
	e->text.level = level;
	e->type = TYPE_STRING;
	return e;
}

/* The sprintf of it, without types. */
static struct expr *written_out(const struct expr *e)
{
	struct pretty p = { .at = e->at, .deep = e->text.level > 1 };
	struct expr *text = new_text(&p);

	for (size_t i = 0; i < e->text.count; i++) {
		if (i)
			add_text(&p, " ");
		show_named(&p, &e->text.list[i], e->text.level);
	}
	end_text(text);
	return text;
}

int pretty_level(const struct expr *target)
{
	if (!target->target.path.len)
		return 0;
	return target->target.path.data[0].kind == ACCESS_PRETTY_DEEP ? 2 : 1;
}

/* ---- texts that are made late ---------------------------------------------------------------- */

/* What means the same whenever it is looked at, and calls nothing. */
static bool see_other(struct ast_walker *w, struct expr **e)
{
	bool *found = w->data;

	switch ((*e)->kind) {
	case E_NUMBER: case E_ARGUMENT: case E_REGISTER: case E_SAVED: case E_CVALUE: case E_LOAD: case E_BINARY:
	case E_UNARY: case E_PARTS:
		break;
	default:
		*found = true;
	}
	return !*found;
}

static bool may_wait(const struct scope *sc, const struct expr *e)
{
	bool found = !sc->probe || sc->function || sc->el->session->options.unoptimized, any = false;
	struct ast_walker w = { .enter_expr = see_other, .data = &found };

	for (size_t i = 0; i < e->text.count; i++) {
		ast_walk_expr(&w, &e->text.list[i].value);
		any |= e->text.list[i].value != NULL;
	}
	return any && !found;
}

struct readers_search { const char *names[3]; size_t args[3], count; };

static bool see_reader(struct ast_walker *w, struct expr **e)
{
	struct readers_search *s = w->data;
	size_t i = 0;

	if ((*e)->kind != E_CALL)
		return true;
	while (i < s->count && s->names[i] != (*e)->call.name)
		i++;
	if (i == s->count) {
		s->names[s->count] = (*e)->call.name;
		s->args[s->count++] = (*e)->call.args.len;
	}
	return true;
}

/* The number of the call of that name among all, made when there is none. */
static size_t reader_number(struct scope *sc, const char *name, size_t args, const struct place *at)
{
	struct expr *call;
	size_t i = 0;

	while (i < sc->el->readers.len && sc->el->readers.data[i]->call.name != name)
		i++;
	if (i < sc->el->readers.len)
		return i;
	call = expr_new(E_CALL, at);
	call->call.name = name;
	while (args--)
		vec_push(&call->call.args, expr_number(0, at));
	resolve_expr(sc, &call);
	vec_push(&sc->el->readers, call);
	return i;
}

static expr_vec *reader_list(struct elaboration *el, unsigned mask)
{
	expr_vec *list = el->reader_lists[mask];

	if (list)
		return list;
	list = el->reader_lists[mask] = arena_alloc(sizeof *list);
	for (size_t i = 0; i < el->readers.len; i++)
		if (mask >> i & 1)
			vec_push(list, el->readers.data[i]);
	return list;
}

/* NULL: one of them is this probe's own, or unknown. */
static expr_vec *readers_of(struct scope *sc, const struct expr *e)
{
	struct readers_search search = {0};
	struct ast_walker w = { .enter_expr = see_reader, .data = &search };
	struct expr *text;
	unsigned mask = 0;

	arena_scratch_begin();
	text = written_out(e);
	ast_walk_expr(&w, &text);
	arena_scratch_end();
	for (size_t i = 0; i < search.count; i++) {
		size_t number = reader_number(sc, search.names[i], search.args[i], e->at);
		const struct function *f = sc->el->readers.data[number]->call.function;

		if (!f || f->specialised_for)
			return NULL;
		mask |= 1u << number;
	}
	return reader_list(sc->el, mask);
}

void resolve_text(struct scope *sc, struct expr **e)
{
	if ((*e)->text.calls)
		return;
	if (may_wait(sc, *e))
		(*e)->text.calls = readers_of(sc, *e);
	if ((*e)->text.calls)
		return;
	*e = written_out(*e);
	resolve_expr(sc, e);
}

/* ---- making them ------------------------------------------------------------------------------- */

static struct function *reader_named(const expr_vec *calls, const char *name)
{
	for (size_t i = 0; i < calls->len; i++)
		if (calls->data[i]->call.name == name)
			return calls->data[i]->call.function;
	BUG("no reader %s", name);
}

/* What elaboration does to trees that it meets early. */
static void finish(struct ast_walker *w, struct expr **pe)
{
	struct expr *e = *pe;

	if (e->kind == E_CALL && !e->call.function)
		e->call.function = reader_named(w->data, e->call.name);
	if (e->kind == E_CALL)
		e->type = e->call.function->type;
	else if (e->type == TYPE_UNKNOWN)
		e->type = TYPE_LONG;
	if (e->kind != E_BINARY && e->kind != E_UNARY)
		return;
	fold_expr(pe);
	(*pe)->type = TYPE_LONG;
}

struct expr *text_made(const struct expr *text)
{
	struct expr *e = written_out(text);
	struct ast_walker w = { .leave_expr = finish, .data = text->text.calls };

	ast_walk_expr(&w, &e);
	return e;
}

static bool see_text(struct ast_walker *w, struct expr **e)
{
	bool *found = w->data;

	*found |= (*e)->kind == E_TEXT;
	return !*found;
}

static bool make_text(struct ast_walker *w, struct expr **e)
{
	(void)w;
	if ((*e)->kind != E_TEXT)
		return true;
	*e = text_made(*e);
	return false;
}

static struct ast_walker text_maker = { .enter_expr = make_text };

struct stmt *stmt_with_texts(struct stmt *s)
{
	bool found = false;
	struct ast_walker w = { .enter_expr = see_text, .data = &found };

	ast_walk_stmt(&w, &s);
	if (found) {
		s = stmt_copy(s);
		ast_walk_stmt(&text_maker, &s);
	}
	return s;
}

struct expr *expr_with_texts(struct expr *e)
{
	bool found = false;
	struct ast_walker w = { .enter_expr = see_text, .data = &found };

	ast_walk_expr(&w, &e);
	if (found) {
		e = expr_copy(e);
		ast_walk_expr(&text_maker, &e);
	}
	return e;
}
