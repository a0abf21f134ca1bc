/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Assignments.  The keys of the target come first, then the right side, then the target
 * is read (for op=) and stored.  When the value of the assignment is not used, += and its
 * kin become the C operator; otherwise the result goes through a temporary.
 */
#include <string.h>

#include "unit.h"

static struct value simple_constant(const char *text)
{
	return (struct value){ .text = text, .simple = true, .constant = true };
}

static struct value named_temp(struct body *b, const char *text)
{
	const char *t = new_temp(b);

	line(b, "s64 %s = %s;", t, text);
	return simple_constant(t);
}

/* ---- storing in something that has a C name ---------------------------------------------- */

static const char *c_operator(enum op op)
{
	switch (op) {
	case OP_ADD:	return "+=";
	case OP_SUB:	return "-=";
	case OP_MUL:	return "*=";
	case OP_AND:	return "&=";
	case OP_OR:	return "|=";
	case OP_XOR:	return "^=";
	default:	return NULL;
	}
}

static bool is_one(struct value v)
{
	return strcmp(v.text, "1") == 0;
}

/* x op= right, its value not used */
static void store_quietly(struct body *b, const char *x, enum op op, struct value right)
{
	if (op == OP_NONE)
		line(b, "%s = %s;", x, right.text);
	else if (is_one(right) && (op == OP_ADD || op == OP_SUB))
		line(b, "%s%s;", x, op == OP_ADD ? "++" : "--");
	else
		line(b, "%s %s %s;", x, c_operator(op), right.text);
}

static const char *combined(struct body *b, const struct expr *e, const char *x, struct value right)
{
	enum op op = e->assign.op;
	struct value old = value_simple(x, false);
	bool small;

	if (op == OP_NONE)
		return right.text;
	if (op == OP_DIV || op == OP_MOD)
		return emit_division(b, op, old, right, e->assign.right, e->at).text;
	return binary_long(op, old, right, &small);
}

/* The old value when it is wanted, else the stored one. */
static struct value store_long(struct body *b, const struct expr *e, const char *x, struct value right,
			       bool wanted)
{
	struct value old;

	if (!wanted && (e->assign.op == OP_NONE || c_operator(e->assign.op))) {
		store_quietly(b, x, e->assign.op, right);
		return simple_constant("0");
	}
	if (wanted && e->assign.post) {
		old = named_temp(b, x);
		line(b, "%s = %s;", x, combined(b, e, old.text, right));
		return old;
	}
	line(b, "%s = %s;", x, combined(b, e, x, right));
	return value_simple(x, false);
}

static struct value store_string(struct body *b, const struct expr *e, const char *x, const char *size,
				 struct value right)
{
	line(b, "%s(%s, %s, %s);", e->assign.op == OP_CONCAT ? "str_append" : "str_copy", x, right.text, size);
	return value_simple(x, true);
}

/* ---- variables --------------------------------------------------------------------------------- */

/* May the right side be built in the variable's own buffer?  Then nobody must see it half made. */
static bool can_build_in(const struct body *b, const struct expr *e)
{
	const struct var *v = e->assign.left->name.var;
	enum expr_kind kind = e->assign.right->kind;

	if (kind != E_CALL && kind != E_PRINT && kind != E_BINARY && kind != E_GUARDED)
		return false;
	if (v->scope == VAR_GLOBAL)
		return !expr_touches(b->unit, e->assign.right, v) && !expr_fails(b->unit, e->assign.right);
	if (expr_mentions(e->assign.right, v))
		return false;
	return !b->in_try || !expr_fails(b->unit, e->assign.right);
}

static struct value assign_string_variable(struct body *b, const struct expr *e)
{
	const struct var *v = e->assign.left->name.var;
	const char *x = variable_text(b, v);
	struct value right;

	if (e->assign.op == OP_NONE && can_build_in(b, e)) {
		emit_string_to(b, e->assign.right, x);
		return value_simple(x, true);
	}
	right = emit_value(b, e->assign.right);
	if (!right.constant && expr_mentions(e->assign.right, v))
		right = value_fixed(b, right);
	return store_string(b, e, x, "MAXSTRINGLEN", right);
}

/* A counter that is assigned, or read while it changes: only where nothing else runs. */
static struct value assign_counter(struct body *b, const struct expr *e, const struct global *g,
				   struct value right, bool wanted)
{
	struct value old, result;

	if (!wanted && (e->assign.op == OP_ADD || e->assign.op == OP_SUB)) {
		b->uses_cpu = true;
		store_quietly(b, arena_printf("cpu->own_%s", g->name), e->assign.op, right);
		return simple_constant("0");
	}
	old = named_temp(b, arena_printf("counter_%s()", g->name));
	result = named_temp(b, combined(b, e, old.text, right));
	line(b, "counter_set_%s(%s);", g->name, result.text);
	return e->assign.post ? old : result;
}

static struct value assign_variable(struct body *b, const struct expr *e, bool wanted)
{
	const struct var *v = e->assign.left->name.var;
	const struct global *g = v->scope == VAR_GLOBAL ? global_of(b->unit, v) : NULL;
	struct value right;

	if (v->type == TYPE_STRING) {
		right = assign_string_variable(b, e);
		lookups_variable_changed(b);
		return right;
	}
	right = emit_value(b, e->assign.right);
	lookups_variable_changed(b);
	if (g && g->storage == STORAGE_COUNTER)
		return assign_counter(b, e, g, right, wanted);
	return store_long(b, e, variable_text(b, v), right, wanted);
}

void emit_store_variable(struct body *b, const struct var *v, const char *text)
{
	const struct global *g = v->scope == VAR_GLOBAL ? global_of(b->unit, v) : NULL;

	if (v->type == TYPE_STRING)
		line(b, "str_copy(%s, %s, MAXSTRINGLEN);", variable_text(b, v), text);
	else if (g && g->storage == STORAGE_COUNTER)
		line(b, "counter_set_%s(%s);", g->name, text);
	else
		line(b, "%s = %s;", variable_text(b, v), text);
	lookups_variable_changed(b);
}

void emit_variable_clear(struct body *b, const struct var *v)
{
	if (v->type == TYPE_STRING)
		line(b, "%s[0] = 0;", variable_text(b, v));
	else
		emit_store_variable(b, v, "0");
	lookups_variable_changed(b);
}

/* ---- array elements and aggregates ------------------------------------------------------------------ */

/* Values of the n keys, then of the right side. */
static struct value *element_operands(struct body *b, const struct expr *e, size_t *n)
{
	const struct expr *left = e->assign.left;
	struct value *values;
	expr_vec operands = {0};

	for (size_t i = 0; left->kind == E_INDEX && i < left->index.keys.len; i++)
		vec_push(&operands, left->index.keys.data[i]);
	*n = operands.len;
	vec_push(&operands, e->assign.right);
	values = new_values(operands.len);
	emit_operands(b, operands.data, operands.len, values);
	return values;
}

static const struct var *target_variable(const struct expr *left)
{
	return left->kind == E_INDEX ? left->index.base->name.var : left->name.var;
}

static struct value assign_aggregate(struct body *b, const struct expr *e)
{
	const struct global *g = global_of(b->unit, target_variable(e->assign.left));
	size_t n;
	struct value *v = element_operands(b, e, &n);
	const char *call = arena_printf("add_%s(c, %s%s%s)", g->name, v[n].text, n ? ", " : "", key_list(v, n));

	if (g->shape || g->guarded)
		emit_raise(b, e->at, arena_printf("!%s", call), NULL);
	else
		line(b, "%s;", call);
	return simple_constant("0");
}

/* += or -= in this CPU's part; nothing else is done to elements of a tally. */
static struct value assign_tally(struct body *b, const struct expr *e, const struct global *g)
{
	size_t n;
	struct value *v = element_operands(b, e, &n);

	emit_raise(b, e->assign.left->at,
		   arena_printf("!add_%s(c, %s%s, %s)", g->name, e->assign.op == OP_SUB ? "-" : "",
				e->assign.op == OP_SUB ? operand_text(v[n]) : v[n].text, key_list(v, n)), NULL);
	return simple_constant("0");
}

/* Dividing by zero is found before the element is made. */
static struct value check_divisor(struct body *b, const struct expr *e, struct value right)
{
	if ((e->assign.op != OP_DIV && e->assign.op != OP_MOD) || divisor_is_safe(e->assign.right))
		return right;
	right = value_once(b, right);
	emit_raise(b, e->at, arena_printf("%s == 0", operand_text(right)), "\"division by 0\"");
	return right;
}

/* The node of the element that is assigned, made if it is not there. */
static void make_element(struct body *b, const struct expr *e, const struct global *g, const struct value *keys,
			 size_t n, const char *node)
{
	const char *list = key_list(keys, n);
	const struct found_node *f = lookup_known(b, g, list);
	const char *known = f ? f->node : NULL;
	bool exists = f && f->exists;

	if (exists)
		line(b, "struct %s_node *%s = %s;", g->shape, node, known);
	else
		line(b, "struct %s_node *%s = %s%s%s_add(&global_%s, %s);", g->shape, node, f ? known : "",
		     f ? " ? : " : "", g->shape, g->name, list);
	if (exists)
		return;
	emit_raise(b, e->assign.left->at, arena_printf("!%s", node), array_overflow(g->var));
	lookups_forget_array(b, g);
	lookup_remember(b, g, keys, n, node, true);
}

static struct value assign_element(struct body *b, const struct expr *e, bool wanted)
{
	const struct global *g = global_of(b->unit, target_variable(e->assign.left));
	const char *node, *x;
	struct value *v;
	size_t n;

	if (g->storage == STORAGE_TALLY)
		return assign_tally(b, e, g);
	node = new_temp(b);
	x = arena_printf("%s->value", node);
	v = element_operands(b, e, &n);
	v[n] = check_divisor(b, e, v[n]);
	for (size_t i = 0; g->var->wrap && i <= n; i++)
		if (v[i].is_string)
			v[i] = value_fixed(b, v[i]);	/* it may be in the element that is dropped */
	if (e->assign.op == OP_CONCAT)
		v[n] = value_fixed(b, v[n]);		/* it may be this element */
	make_element(b, e, g, v, n, node);
	if (v[n].is_string)
		return store_string(b, e, x, "MAXSTRINGLEN", v[n]);
	return store_long(b, e, x, v[n], wanted);
}

/* ---- memory and C values -------------------------------------------------------------------------------- */

static struct value assign_memory(struct body *b, const struct expr *e)
{
	const struct expr *left = e->assign.left;
	struct expr *operands[] = { left->load.address, e->assign.right };
	struct value v[2], old = {0}, result;

	emit_operands(b, operands, 2, v);
	v[0] = value_once(b, v[0]);
	if (e->assign.op != OP_NONE)
		old = emit_load_at(b, left, v[0].text);
	result = named_temp(b, combined(b, e, old.text, v[1]));
	emit_memory_store(b, left, v[0].text, result.text);
	return e->assign.post && old.text ? old : result;
}

static struct value assign_register(struct body *b, const struct expr *e)
{
	const struct expr *left = e->assign.left;
	struct value right = emit_value(b, e->assign.right), old = {0}, result;

	if (e->assign.op != OP_NONE)
		old = emit_value(b, left);
	result = named_temp(b, combined(b, e, old.text, right));
	emit_register_store(b, left, result.text);
	return e->assign.post && old.text ? old : result;
}

/* $return is written through a function. */
static struct value assign_by_setter(struct body *b, const struct expr *e)
{
	const struct expr *left = e->assign.left;
	struct value right = emit_value(b, e->assign.right), old = {0}, result;

	if (e->assign.op != OP_NONE)
		old = named_temp(b, left->cvalue.code);
	result = named_temp(b, combined(b, e, old.text, right));
	line(b, "%s(c, %s);", left->cvalue.setter, result.text);
	return e->assign.post && old.text ? old : result;
}

/* $value of a procfs probe has a buffer of its own size. */
static struct value assign_cvalue(struct body *b, const struct expr *e, bool wanted)
{
	const struct expr *left = e->assign.left;
	struct value right;

	if (left->cvalue.setter)
		return assign_by_setter(b, e);
	right = emit_value(b, e->assign.right);
	if (left->type != TYPE_STRING)
		return store_long(b, e, left->cvalue.code, right, wanted);
	return store_string(b, e, left->cvalue.code, "script_procfs_value_size(c)", value_fixed(b, right));
}

struct value emit_assign(struct body *b, const struct expr *e, bool wanted)
{
	const struct expr *left = e->assign.left;

	if (e->assign.op == OP_AGGREGATE)
		return assign_aggregate(b, e);
	switch (left->kind) {
	case E_NAME:
		return assign_variable(b, e, wanted);
	case E_INDEX:
		return assign_element(b, e, wanted);
	case E_LOAD:
		return assign_memory(b, e);
	case E_CVALUE:
		return assign_cvalue(b, e, wanted);
	case E_REGISTER: case E_ARGUMENT:
		return assign_register(b, e);
	default:
		BUG("assignment to expression kind %d", left->kind);
	}
}
