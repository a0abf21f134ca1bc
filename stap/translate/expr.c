/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions.  What is pure and cannot fail stays a C expression; everything else
 * becomes statements that leave their result in a temporary.  The order is the script's:
 * when a later operand changes variables, an earlier one is put into a temporary first.
 */
#include <string.h>

#include "unit.h"

/* Longer texts go into a temporary: they would be copied again at each level. */
#define LONG_TEXT 160

struct value value_simple(const char *text, bool is_string)
{
	return (struct value){ .text = text, .simple = true, .is_string = is_string };
}

struct value value_long(const char *text)
{
	return (struct value){ .text = text };
}

static struct value value_constant(const char *text, bool is_string)
{
	return (struct value){ .text = text, .simple = true, .constant = true, .is_string = is_string };
}

const char *operand_text(struct value v)
{
	return v.simple || v.call ? v.text : arena_printf("(%s)", v.text);
}

static struct value to_temp(struct body *b, struct value v)
{
	const char *t = new_temp(b);

	line(b, "%s%s = %s;", v.is_string ? "const char *" : "s64 ", t, v.text);
	return (struct value){ .text = t, .simple = true, .constant = !v.is_string || v.constant,
			       .is_string = v.is_string };
}

struct value value_fixed(struct body *b, struct value v)
{
	const char *buffer;

	if (v.constant)
		return v;
	if (!v.is_string)
		return to_temp(b, v);
	buffer = new_string(b);
	line(b, "str_copy(%s, %s, MAXSTRINGLEN);", buffer, v.text);
	return value_constant(buffer, true);
}

struct value value_once(struct body *b, struct value v)
{
	return v.simple ? v : to_temp(b, v);
}

static struct value shorten(struct body *b, struct value v)
{
	return strlen(v.text) > LONG_TEXT && !v.simple ? to_temp(b, v) : v;
}

struct value *new_values(size_t n)
{
	return arena_alloc(n * sizeof(struct value));
}

void emit_operands(struct body *b, struct expr *const *e, size_t n, struct value *out)
{
	bool writes_later = false;
	bool *fix = arena_alloc(n * sizeof *fix);

	for (size_t i = n; i-- > 0;) {
		fix[i] = writes_later;
		writes_later |= expr_writes(b->unit, e[i]);
	}
	for (size_t i = 0; i < n; i++) {
		out[i] = emit_value(b, e[i]);
		if (fix[i])
			out[i] = value_fixed(b, out[i]);
	}
}

/* ---- leaves --------------------------------------------------------------------------- */

static struct value emit_number(struct body *b, const struct expr *e)
{
	struct value v = value_constant(c_number(e->number), false);

	(void)b;
	v.small = e->number >= -INT32_MAX && e->number <= INT32_MAX;
	v.simple = e->number >= 0;
	return v;
}

static struct value emit_string(struct body *b, const struct expr *e)
{
	size_t len = strnlen(e->string.text, e->string.len);

	return value_constant(c_string(e->string.text, len, (size_t)b->unit->max_string - 1), true);
}

const char *local_name(const struct var *v)
{
	if (strchr(v->name, '$'))
		return arena_printf("l%d_%s", v->index, c_identifier(v->name));
	return arena_printf("l_%s", v->name);
}

const char *variable_text(struct body *b, const struct var *v)
{
	const struct global *g;

	if (v->scope != VAR_GLOBAL) {
		bool in_frame = v->type == TYPE_STRING && (v->scope == VAR_LOCAL || var_is_assigned(v)) &&
			!b->no_context;

		return in_frame ? arena_printf("f->%s", local_name(v)) : local_name(v);
	}
	g = global_of(b->unit, v);
	return arena_printf(g->storage == STORAGE_COUNTER ? "counter_%s()" : "global_%s", g->name);
}

static struct value emit_name(struct body *b, const struct expr *e)
{
	const struct var *v = e->name.var;
	struct value value = value_simple(variable_text(b, v), v->type == TYPE_STRING);

	value.constant = v->scope == VAR_PARAMETER && !var_is_assigned(v);
	return value;
}

/* C text of the unit: may read what changes, so it is taken at once. */
static struct value emit_cvalue(struct body *b, const struct expr *e)
{
	struct value v = { .text = e->cvalue.code, .is_string = e->type == TYPE_STRING };

	return to_temp(b, v);
}

/* ---- lazy operators ------------------------------------------------------------------------ */

/* The right side needs statements: run them only when the left side asks for it. */
static struct value lazy_by_branch(struct body *b, bool is_and, const char *left, const char *right,
				   const char *statements)
{
	const char *t = new_temp(b);

	line(b, "bool %s = %s;", t, is_and ? "false" : "true");
	open_block(b, is_and ? "if (%s)" : "if (!(%s))", left);
	put_text(b, statements);
	line(b, "%s = %s;", t, right);
	close_block(b);
	struct value v = value_constant(t, false);

	v.small = true;
	return v;
}

static struct value emit_lazy(struct body *b, const struct expr *e)
{
	bool is_and = e->binary.op == OP_LAND;
	const char *left = emit_condition(b, e->binary.left), *right, *statements;
	struct capture cap;
	struct value v;

	if (strlen(left) > LONG_TEXT)
		left = to_temp(b, value_long(left)).text;
	capture_begin(b, &cap);
	right = emit_condition(b, e->binary.right);
	statements = capture_end(b, &cap);
	if (*statements)
		return lazy_by_branch(b, is_and, left, right, statements);
	v = value_long(arena_printf("(%s) %s (%s)", left, is_and ? "&&" : "||", right));
	v.small = true;
	return v;
}

static struct value ternary_by_branch(struct body *b, const struct expr *e, const char *cond,
				      const char *statements[2], const struct value branch[2])
{
	const char *t = new_temp(b);
	bool text = e->type == TYPE_STRING;

	line(b, "%s%s;", text ? "const char *" : "s64 ", t);
	open_block(b, "if (%s)", cond);
	put_text(b, statements[0]);
	line(b, "%s = %s;", t, branch[0].text);
	leave_block(b);
	open_else(b, NULL);
	put_text(b, statements[1]);
	line(b, "%s = %s;", t, branch[1].text);
	close_block(b);
	return (struct value){ .text = t, .simple = true, .is_string = text,
			       .constant = !text || (branch[0].constant && branch[1].constant) };
}

static struct value emit_choice(struct body *b, const struct expr *e)
{
	const char *cond = emit_condition(b, e->ternary.cond), *statements[2];
	struct expr *const sides[2] = { e->ternary.yes, e->ternary.no };
	struct value branch[2], v;
	struct capture cap;

	for (int i = 0; i < 2; i++) {
		capture_begin(b, &cap);
		branch[i] = emit_value(b, sides[i]);
		statements[i] = capture_end(b, &cap);
	}
	if (*statements[0] || *statements[1])
		return ternary_by_branch(b, e, cond, statements, branch);
	v = value_long(arena_printf("(%s) ? %s : %s", cond, operand_text(branch[0]), operand_text(branch[1])));
	v.is_string = e->type == TYPE_STRING;
	v.small = branch[0].small && branch[1].small;
	return v;
}

/* From this length on a ? x : b ? y : c ? z ... becomes one statement for each choice. */
#define LONG_CHAIN 4

static bool is_long_chain(const struct expr *e)
{
	int length = 0;

	while (e->kind == E_TERNARY && ++length < LONG_CHAIN)
		e = e->ternary.no;
	return length == LONG_CHAIN;
}

/* do { if (a) { t = x; break; } if (b) { t = y; break; } t = z; } while (0); */
static struct value emit_chain(struct body *b, const struct expr *e)
{
	struct value v, result = { .text = new_temp(b), .simple = true, .constant = true,
				   .is_string = e->type == TYPE_STRING };

	line(b, "%s%s;", result.is_string ? "const char *" : "s64 ", result.text);
	open_block(b, "do");
	for (; e->kind == E_TERNARY; e = e->ternary.no) {
		open_block(b, "if (%s)", emit_condition(b, e->ternary.cond));
		v = emit_value(b, e->ternary.yes);
		result.constant &= !v.is_string || v.constant;
		line(b, "%s = %s;", result.text, v.text);
		line(b, "break;");
		close_block(b);
	}
	v = emit_value(b, e);
	result.constant &= !v.is_string || v.constant;
	line(b, "%s = %s;", result.text, v.text);
	b->depth--;
	line(b, "} while (0);");
	b->depth++;
	leave_block(b);
	return result;
}

static struct value emit_ternary(struct body *b, const struct expr *e)
{
	if (is_long_chain(e))
		return emit_chain(b, e);
	return emit_choice(b, e);
}

/* ---- arithmetic and comparison ----------------------------------------------------------------- */

/* Two operands of C type int would be computed as int. */
static const char *wide(struct value l, struct value r)
{
	return l.small && r.small ? arena_printf("(s64)%s", operand_text(l)) : operand_text(l);
}

const char *binary_long(enum op op, struct value l, struct value r, bool *small)
{
	*small = false;
	switch (op) {
	case OP_SHL:
		return arena_printf("script_shl(%s, %s)", l.text, r.text);
	case OP_SHR:
		return arena_printf("script_shr(%s, %s)", l.text, r.text);
	case OP_LT: case OP_GT: case OP_LE: case OP_GE: case OP_EQ: case OP_NE:
		*small = true;
		return arena_printf("%s %s %s", operand_text(l), op_text(op), operand_text(r));
	case OP_AND: case OP_OR: case OP_XOR:
		*small = l.small && r.small;
		return arena_printf("%s %s %s", operand_text(l), op_text(op), operand_text(r));
	default:
		return arena_printf("%s %s %s", wide(l, r), op_text(op), operand_text(r));
	}
}

struct value emit_division(struct body *b, enum op op, struct value l, struct value r,
			   const struct expr *right, const struct place *at)
{
	const char *t;

	if (divisor_is_safe(right))
		return value_long(arena_printf("%s %s %s", wide(l, r), op_text(op), operand_text(r)));
	t = new_temp(b);
	line(b, "s64 %s;", t);
	emit_raise(b, at, arena_printf("!script_%s(%s, %s, &%s)", op == OP_DIV ? "div" : "mod", l.text, r.text, t),
		   "\"division by 0\"");
	return value_constant(t, false);
}

/* A short literal beside a buffer that is surely longer: the compiler makes a few comparisons
 * of words of it. */
static bool compares_in_place(const struct body *b, struct value l, const struct expr *literal)
{
	size_t limit = (size_t)b->unit->max_string < PLACE_SIZE ? (size_t)b->unit->max_string : PLACE_SIZE;

	return l.buffer && literal->kind == E_STRING && literal->string.len < limit &&
	       !memchr(literal->string.text, 0, literal->string.len);
}

/* Equality with "" looks at one byte. */
static const char *compare_strings(const struct body *b, const struct expr *e, struct value l, struct value r)
{
	enum op op = e->binary.op;

	if (op != OP_EQ && op != OP_NE)
		return arena_printf("str_compare(%s, %s) %s 0", l.text, r.text, op_text(op));
	if (strcmp(r.text, "\"\"") == 0)
		return arena_printf("%s[0] %s 0", operand_text(l), op_text(op));
	if (compares_in_place(b, l, e->binary.right))
		return arena_printf("__builtin_memcmp(%s, %s, sizeof(%s)) %s 0", l.text, r.text, r.text, op_text(op));
	return arena_printf("%sstr_equal(%s, %s)", op == OP_NE ? "!" : "", l.text, r.text);
}

static struct value emit_binary(struct body *b, const struct expr *e)
{
	struct expr *sides[2] = { e->binary.left, e->binary.right };
	struct value v[2], result;

	if (e->binary.op == OP_LAND || e->binary.op == OP_LOR)
		return emit_lazy(b, e);
	if (e->binary.op == OP_CONCAT)
		return emit_new_string(b, e);
	emit_operands(b, sides, 2, v);
	if (e->binary.op == OP_DIV || e->binary.op == OP_MOD)
		return emit_division(b, e->binary.op, v[0], v[1], sides[1], e->at);
	if (v[0].is_string) {
		result = value_long(compare_strings(b, e, v[0], v[1]));
		result.small = true;
	} else {
		result = value_long(NULL);
		result.text = binary_long(e->binary.op, v[0], v[1], &result.small);
	}
	result.constant = v[0].constant && v[1].constant;
	return result;
}

static struct value emit_unary(struct body *b, const struct expr *e)
{
	struct value v, result = {0};

	if (e->binary.op == OP_NOT) {
		result.text = arena_printf("!(%s)", emit_condition(b, e->binary.left));
		result.small = true;
		return result;
	}
	v = emit_value(b, e->binary.left);
	if (e->binary.op == OP_PLUS)
		return v;
	result.text = arena_printf("%s%s%s", op_text(e->binary.op), v.small ? "(s64)" : "", operand_text(v));
	result.constant = v.constant;
	return result;
}

/* ---- dispatch ------------------------------------------------------------------------------------- */

static struct value emit_printed_string(struct body *b, const struct expr *e)
{
	if (e->print.to_string)
		return emit_new_string(b, e);
	emit_print(b, e);
	return value_constant("0", false);
}

static struct value emit_hist(struct body *b, const struct expr *e)
{
	if (!e->hist.bucket)
		BUG("a whole histogram used as a value");
	return emit_hist_bucket(b, e);
}

static struct value emit_assign_value(struct body *b, const struct expr *e)
{
	return emit_assign(b, e, true);
}

static struct value emit_call_value(struct body *b, const struct expr *e)
{
	return emit_call(b, e, NULL, true);
}

static struct value (*const emitters[])(struct body *b, const struct expr *e) = {
	[E_NUMBER] = emit_number,	[E_STRING] = emit_string,	[E_NAME] = emit_name,
	[E_INDEX] = emit_element,	[E_IN] = emit_in,		[E_CALL] = emit_call_value,
	[E_BINARY] = emit_binary,	[E_UNARY] = emit_unary,		[E_REGEX] = emit_regex,
	[E_ASSIGN] = emit_assign_value,	[E_TERNARY] = emit_ternary,	[E_STAT] = emit_stat,
	[E_HIST] = emit_hist,		[E_PRINT] = emit_printed_string, [E_EMBEDDED] = emit_embedded,
	[E_LOAD] = emit_load,		[E_REGISTER] = emit_register,	[E_ARGUMENT] = emit_argument,
	[E_SAVED] = emit_saved,		[E_CVALUE] = emit_cvalue,	[E_GUARDED] = emit_guarded,
};

struct value emit_value(struct body *b, const struct expr *e)
{
	if ((size_t)e->kind >= sizeof(emitters) / sizeof(emitters[0]) || !emitters[e->kind])
		BUG("expression kind %d reached pass 3", e->kind);
	return shorten(b, emitters[e->kind](b, e));
}

void emit_effect(struct body *b, const struct expr *e)
{
	switch (e->kind) {
	case E_ASSIGN:
		emit_assign(b, e, false);
		break;
	case E_CALL:
		emit_call(b, e, NULL, false);
		break;
	default:
		emit_value(b, e);
	}
}

const char *emit_condition(struct body *b, const struct expr *e)
{
	struct value v = emit_value(b, e);

	return v.text;
}
