/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trees back to script text.  The text parses to the same tree again: operators
 * are parenthesized by their strength, and blocks always have braces so that no
 * else finds another if.  Nodes that elaboration made have no spelling in the
 * language; they are shown as @-words that only a reader understands.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "../base/intern.h"
#include "../base/strbuf.h"
#include "syntax.h"

/* Strengths around those of op.def, for the forms that are no infix operators. */
enum {
	STRENGTH_ASSIGN = -1, STRENGTH_TERNARY = 0, STRENGTH_IN = 10, STRENGTH_REGEX = 11,
	STRENGTH_UNARY = 16, STRENGTH_VALUE = 20,
};

static void print_strong(struct strbuf *sb, const struct expr *e, int least);

/* ---- literals -------------------------------------------------------------------------- */

static void print_char(struct strbuf *sb, unsigned char c)
{
	if (c == '"' || c == '\\')
		strbuf_addf(sb, "\\%c", c);
	else if (c == '\n')
		strbuf_add(sb, "\\n");
	else if (c == '\t')
		strbuf_add(sb, "\\t");
	else if (c < ' ' || c >= 0x7f)
		strbuf_addf(sb, "\\%03o", c);
	else
		strbuf_addc(sb, c);
}

static void print_quoted(struct strbuf *sb, const char *text)
{
	strbuf_addc(sb, '"');
	for (; *text; text++)
		print_char(sb, *text);
	strbuf_addc(sb, '"');
}

/* In an expression "-5" would be an operator and its operand. */
static void print_number(struct strbuf *sb, int64_t number)
{
	if (number < 0)
		strbuf_addf(sb, "0x%" PRIx64, (uint64_t)number);
	else
		strbuf_addf(sb, "%" PRId64, number);
}

/* ---- lists and paths --------------------------------------------------------------------- */

static void print_list(struct strbuf *sb, const expr_vec *list)
{
	for (size_t i = 0; i < list->len; i++) {
		strbuf_add(sb, i ? ", " : "");
		print_expr(sb, list->data[i]);
	}
}

static void print_keys(struct strbuf *sb, const expr_vec *keys)
{
	strbuf_addc(sb, '[');
	print_list(sb, keys);
	strbuf_addc(sb, ']');
}

static void print_step(struct strbuf *sb, const struct access *step)
{
	switch (step->kind) {
	case ACCESS_MEMBER: strbuf_addf(sb, "->%s", step->member); break;
	case ACCESS_INDEX:
		strbuf_addc(sb, '[');
		print_expr(sb, step->index);
		strbuf_addc(sb, ']');
		break;
	case ACCESS_PRETTY: strbuf_addc(sb, '$'); break;
	case ACCESS_PRETTY_DEEP: strbuf_add(sb, "$$"); break;
	}
}

static void print_strings(struct strbuf *sb, const char *first, const char *second)
{
	if (first)
		print_quoted(sb, first);
	if (second) {
		strbuf_add(sb, ", ");
		print_quoted(sb, second);
	}
	strbuf_addc(sb, ')');
}

/* The operand of an autocast; a plain name before "[" would be an array. */
static void print_autocast_operand(struct strbuf *sb, const struct expr *e)
{
	const struct expr *operand = e->target.operand;
	const access_vec *path = &e->target.path;
	bool pretty = path->len && path->data[0].kind >= ACCESS_PRETTY;
	bool bracket = path->len && path->data[0].kind == ACCESS_INDEX;
	bool parens = operand->kind == E_TARGET ||
		      (operand->kind == E_NAME && (pretty || (bracket && !(e->target.address_of && path->len == 1))));

	strbuf_add(sb, parens ? "(" : "");
	print_strong(sb, operand, parens ? STRENGTH_ASSIGN : STRENGTH_VALUE);
	strbuf_add(sb, parens ? ")" : "");
}

static void print_target(struct strbuf *sb, const struct expr *e)
{
	strbuf_add(sb, e->target.address_of ? "&" : "");
	switch (e->target.base) {
	case TARGET_NAME: strbuf_add(sb, e->target.name); break;
	case TARGET_VAR:
		strbuf_add(sb, "@var(");
		print_strings(sb, e->target.name, e->target.module);
		break;
	case TARGET_CAST:
		strbuf_add(sb, "@cast(");
		print_expr(sb, e->target.operand);
		strbuf_add(sb, ", ");
		print_strings(sb, e->target.cast_type, e->target.module);
		break;
	case TARGET_AUTOCAST: print_autocast_operand(sb, e); break;
	}
	vec_each(&e->target.path, const struct access, step)
		print_step(sb, step);
}

/* ---- operators ------------------------------------------------------------------------------ */

static void print_binary(struct strbuf *sb, const struct expr *e)
{
	int strength = op_precedence(e->binary.op);

	print_strong(sb, e->binary.left, strength);
	strbuf_addf(sb, " %s ", op_text(e->binary.op));
	print_strong(sb, e->binary.right, strength + 1);
}

/* A unary operand of a unary operator gets parentheses: "- -x" must not become "--x". */
static void print_unary(struct strbuf *sb, const struct expr *e)
{
	strbuf_add(sb, op_text(e->binary.op));
	print_strong(sb, e->binary.left, STRENGTH_UNARY + 1);
}

static void print_assign(struct strbuf *sb, const struct expr *e)
{
	print_strong(sb, e->assign.left, STRENGTH_VALUE);
	if (e->assign.post) {
		strbuf_add(sb, e->assign.op == OP_ADD ? "++" : "--");
		return;
	}
	strbuf_addf(sb, " %s%s ", op_text(e->assign.op), e->assign.op == OP_AGGREGATE ? "" : "=");
	print_strong(sb, e->assign.right, STRENGTH_ASSIGN);
}

static void print_ternary(struct strbuf *sb, const struct expr *e)
{
	print_strong(sb, e->ternary.cond, STRENGTH_TERNARY + 1);
	strbuf_add(sb, " ? ");
	print_strong(sb, e->ternary.yes, STRENGTH_ASSIGN);
	strbuf_add(sb, " : ");
	print_strong(sb, e->ternary.no, STRENGTH_TERNARY);
}

static void print_membership(struct strbuf *sb, const struct expr *e)
{
	print_keys(sb, &e->index.keys);
	strbuf_add(sb, " in ");
	print_expr(sb, e->index.base);
}

static void print_regex(struct strbuf *sb, const struct expr *e)
{
	print_strong(sb, e->regex.left, STRENGTH_REGEX);
	strbuf_add(sb, e->regex.negated ? " !~ " : " =~ ");
	print_quoted(sb, e->regex.pattern);
}

/* ---- calls and @-words ------------------------------------------------------------------------ */

static void print_call(struct strbuf *sb, const struct expr *e)
{
	strbuf_addf(sb, "%s(", e->call.name);
	print_list(sb, &e->call.args);
	strbuf_addc(sb, ')');
}

static void print_print(struct strbuf *sb, const struct print *print)
{
	strbuf_addf(sb, "%s(", print->name);
	if (print->literal)
		print_quoted(sb, print->literal);
	if (print->literal && print->args.len)
		strbuf_add(sb, ", ");
	print_list(sb, &print->args);
	strbuf_addc(sb, ')');
}

static void print_extractor(struct strbuf *sb, const struct expr *e)
{
	strbuf_addf(sb, "%s(", stat_op_text(e->stat.op));
	print_expr(sb, e->stat.value);
	if (e->stat.shift)
		strbuf_addf(sb, ", %d", e->stat.shift);
	strbuf_addc(sb, ')');
}

static void print_histogram(struct strbuf *sb, const struct expr *e)
{
	const struct hist_shape *shape = &e->hist.shape;

	strbuf_add(sb, shape->kind == HIST_LOG ? "@hist_log(" : "@hist_linear(");
	print_expr(sb, e->hist.value);
	if (shape->kind == HIST_LINEAR)
		strbuf_addf(sb, ", %" PRId64 ", %" PRId64 ", %" PRId64,
			    shape->low, shape->high, shape->width);
	strbuf_addc(sb, ')');
	if (e->hist.bucket) {
		strbuf_addc(sb, '[');
		print_expr(sb, e->hist.bucket);
		strbuf_addc(sb, ']');
	}
}

static const char *const at_words[] = {
	[E_DEFINED] = "@defined", [E_ENTRY] = "@entry", [E_PERF] = "@perf",
	[E_PROBEWRITE] = "@probewrite", [E_CONST] = "@const", [E_ENUM] = "@enum",
	[E_ENUMNAME] = "@enumname", [E_KREGISTER] = "@kregister", [E_UREGISTER] = "@uregister",
	[E_KDEREF] = "@kderef", [E_UDEREF] = "@uderef",
};

static void print_operand(struct strbuf *sb, const struct expr *e)
{
	strbuf_addf(sb, "%s(", at_words[e->kind]);
	print_expr(sb, e->operand);
	strbuf_addc(sb, ')');
}

static void print_builtin(struct strbuf *sb, const struct expr *e)
{
	strbuf_addf(sb, "%s(", at_words[e->kind]);
	if (e->builtin.arg)
		print_expr(sb, e->builtin.arg);
	if (e->builtin.arg && (e->builtin.arg2 || e->builtin.text))
		strbuf_add(sb, ", ");
	if (e->builtin.arg2)
		print_expr(sb, e->builtin.arg2);
	print_strings(sb, e->builtin.text, e->builtin.text2);
}

/* ---- what elaboration made ---------------------------------------------------------------------- */

static void print_load(struct strbuf *sb, const struct expr *e)
{
	strbuf_addf(sb, "@%s%s%u(", e->load.user ? "user_" : "", e->load.is_signed ? "int" : "uint",
		    e->load.size * 8);
	print_expr(sb, e->load.address);
	if (e->load.bit_size)
		strbuf_addf(sb, ", bits %u+%u", e->load.bit_offset, e->load.bit_size);
	strbuf_addc(sb, ')');
}

static void print_text(struct strbuf *sb, const struct expr *e)
{
	strbuf_add(sb, "@text(");
	for (size_t i = 0; i < e->text.count; i++)
		strbuf_addf(sb, "%s%s", i ? ", " : "", e->text.list[i].name);
	strbuf_addc(sb, ')');
}

static void print_guarded(struct strbuf *sb, const struct expr *e)
{
	strbuf_add(sb, "@guarded(");
	print_expr(sb, e->guarded.operand);
	strbuf_add(sb, ", ");
	print_strings(sb, e->guarded.fallback, NULL);
}

/* ---- expressions ----------------------------------------------------------------------------------- */

static int strength_of(const struct expr *e)
{
	switch (e->kind) {
	case E_ASSIGN: return e->assign.post ? STRENGTH_UNARY + 1 : STRENGTH_ASSIGN;
	case E_TERNARY: return STRENGTH_TERNARY;
	case E_IN: return STRENGTH_IN;
	case E_REGEX: return STRENGTH_REGEX;
	case E_BINARY: return op_precedence(e->binary.op);
	case E_UNARY: return STRENGTH_UNARY;
	case E_TARGET: return e->target.address_of ? STRENGTH_UNARY + 1 : STRENGTH_VALUE;
	default: return STRENGTH_VALUE;
	}
}

static void print_strong(struct strbuf *sb, const struct expr *e, int least)
{
	bool parens = strength_of(e) < least;

	strbuf_add(sb, parens ? "(" : "");
	print_expr(sb, e);
	strbuf_add(sb, parens ? ")" : "");
}

void print_expr(struct strbuf *sb, const struct expr *e)
{
	switch (e->kind) {
	case E_NUMBER: print_number(sb, e->number); break;
	case E_STRING: print_quoted(sb, e->string.text); break;
	case E_NAME: strbuf_add(sb, e->name.name); break;
	case E_INDEX:
		print_expr(sb, e->index.base);
		print_keys(sb, &e->index.keys);
		break;
	case E_WILDCARD: strbuf_addc(sb, '*'); break;
	case E_IN: print_membership(sb, e); break;
	case E_CALL: print_call(sb, e); break;
	case E_BINARY: print_binary(sb, e); break;
	case E_UNARY: print_unary(sb, e); break;
	case E_REGEX: print_regex(sb, e); break;
	case E_ASSIGN: print_assign(sb, e); break;
	case E_TERNARY: print_ternary(sb, e); break;
	case E_STAT: print_extractor(sb, e); break;
	case E_HIST: print_histogram(sb, e); break;
	case E_PRINT: print_print(sb, &e->print); break;
	case E_TARGET: print_target(sb, e); break;
	case E_DEFINED: case E_ENTRY: print_operand(sb, e); break;
	case E_PERF: case E_PROBEWRITE: case E_CONST: case E_ENUM: case E_ENUMNAME:
	case E_KREGISTER: case E_UREGISTER: case E_KDEREF: case E_UDEREF: print_builtin(sb, e); break;
	case E_EMBEDDED: strbuf_addf(sb, "%%{%s%%}", e->embedded.code); break;
	case E_LOAD: print_load(sb, e); break;
	case E_REGISTER: strbuf_addf(sb, "@register(%d)", e->reg.number); break;
	case E_ARGUMENT: strbuf_addf(sb, "@argument(%d)", e->argument.number); break;
	case E_SAVED: strbuf_addf(sb, "@saved(%d)", e->saved.slot); break;
	case E_CVALUE: strbuf_addf(sb, "%%{%s%%}", e->cvalue.code); break;
	case E_PARTS: strbuf_addf(sb, "@parts(%zu)", e->parts.count); break;
	case E_TEXT: print_text(sb, e); break;
	case E_GUARDED: print_guarded(sb, e); break;
	}
}

/* ---- statements --------------------------------------------------------------------------------------- */

static void print_indent(struct strbuf *sb, int indent)
{
	for (int i = 0; i < indent; i++)
		strbuf_addc(sb, '\t');
}

/* " {" statements "}" without a line end, whether or not `s` is a block. */
static void print_body(struct strbuf *sb, const struct stmt *s, int indent)
{
	strbuf_add(sb, "{\n");
	if (s->kind == S_BLOCK)
		vec_each(&s->block, struct stmt *, child)
			print_stmt(sb, *child, indent + 1);
	else
		print_stmt(sb, s, indent + 1);
	print_indent(sb, indent);
	strbuf_addc(sb, '}');
}

/*
 * The statement that an if or a loop governs.  A block shows its braces; anything
 * else stands alone on its line, so that it is no block after parsing either.
 */
static void print_governed(struct strbuf *sb, const struct stmt *s, int indent)
{
	if (s->kind == S_BLOCK) {
		strbuf_addc(sb, ' ');
		print_body(sb, s, indent);
		strbuf_addc(sb, '\n');
	} else {
		strbuf_addc(sb, '\n');
		print_stmt(sb, s, indent + 1);
	}
}

/* Would an else after this statement belong to an if inside it? */
static bool ends_in_open_if(const struct stmt *s)
{
	for (;;)
		switch (s->kind) {
		case S_IF:
			if (!s->if_.no)
				return true;
			s = s->if_.no;
			break;
		case S_LOOP: s = s->loop.body; break;
		case S_FOREACH: s = s->foreach.body; break;
		default: return false;
		}
}

static void print_if(struct strbuf *sb, const struct stmt *s, int indent)
{
	bool braces = s->if_.no && ends_in_open_if(s->if_.yes);

	strbuf_add(sb, "if (");
	print_expr(sb, s->if_.cond);
	strbuf_addc(sb, ')');
	if (braces) {
		strbuf_addc(sb, ' ');
		print_body(sb, s->if_.yes, indent);
		strbuf_addc(sb, '\n');
	} else {
		print_governed(sb, s->if_.yes, indent);
	}
	if (s->if_.no) {
		print_indent(sb, indent);
		strbuf_add(sb, "else");
		if (s->if_.no->kind == S_IF) {
			strbuf_addc(sb, ' ');
			print_if(sb, s->if_.no, indent);
		} else {
			print_governed(sb, s->if_.no, indent);
		}
	}
}

static void print_optional(struct strbuf *sb, const struct expr *e)
{
	if (e)
		print_expr(sb, e);
}

static void print_loop(struct strbuf *sb, const struct stmt *s, int indent)
{
	if (s->loop.cond && !s->loop.init && !s->loop.step) {
		strbuf_add(sb, "while (");
		print_expr(sb, s->loop.cond);
	} else {
		strbuf_add(sb, "for (");
		print_optional(sb, s->loop.init);
		strbuf_add(sb, "; ");
		print_optional(sb, s->loop.cond);
		strbuf_add(sb, "; ");
		print_optional(sb, s->loop.step);
	}
	strbuf_addc(sb, ')');
	print_governed(sb, s->loop.body, indent);
}

static const char *mark_text(const struct stmt *s)
{
	return s->foreach.direction > 0 ? "+" : "-";
}

static void print_loop_keys(struct strbuf *sb, const struct stmt *s)
{
	strbuf_addc(sb, '[');
	for (size_t i = 0; i < s->foreach.keys.len; i++) {
		strbuf_addf(sb, "%s%s", i ? ", " : "", s->foreach.keys.data[i]->name.name);
		if (s->foreach.sort == SORT_KEY && s->foreach.sort_key == (int)i)
			strbuf_add(sb, mark_text(s));
	}
	strbuf_addc(sb, ']');
}

static void print_loop_array(struct strbuf *sb, const struct stmt *s)
{
	print_expr(sb, s->foreach.array);
	if (s->foreach.slice.len)
		print_keys(sb, &s->foreach.slice);
	if (s->foreach.sort == SORT_VALUE && s->foreach.sort_stat)
		strbuf_addf(sb, " %s", stat_op_text(s->foreach.sort_stat));
	if (s->foreach.sort == SORT_VALUE)
		strbuf_addf(sb, " %s", mark_text(s));
}

static void print_foreach(struct strbuf *sb, const struct stmt *s, int indent)
{
	strbuf_add(sb, "foreach (");
	if (s->foreach.value)
		strbuf_addf(sb, "%s = ", s->foreach.value->name.name);
	print_loop_keys(sb, s);
	strbuf_add(sb, " in ");
	print_loop_array(sb, s);
	if (s->foreach.limit) {
		strbuf_add(sb, " limit ");
		print_expr(sb, s->foreach.limit);
	}
	strbuf_addc(sb, ')');
	print_governed(sb, s->foreach.body, indent);
}

static void print_try(struct strbuf *sb, const struct stmt *s, int indent)
{
	strbuf_add(sb, "try ");
	print_body(sb, s->try_.body, indent);
	strbuf_add(sb, " catch ");
	if (s->try_.variable)
		strbuf_addf(sb, "(%s) ", s->try_.variable->name.name);
	print_body(sb, s->try_.handler, indent);
	strbuf_addc(sb, '\n');
}

static void print_simple(struct strbuf *sb, const char *word, const struct expr *e)
{
	strbuf_add(sb, word);
	strbuf_add(sb, *word && e ? " " : "");
	print_optional(sb, e);
	strbuf_add(sb, ";\n");
}

void print_stmt(struct strbuf *sb, const struct stmt *s, int indent)
{
	print_indent(sb, indent);
	switch (s->kind) {
	case S_EXPR: print_simple(sb, "", s->expr); break;
	case S_BLOCK:
		print_body(sb, s, indent);
		strbuf_addc(sb, '\n');
		break;
	case S_IF: print_if(sb, s, indent); break;
	case S_LOOP: print_loop(sb, s, indent); break;
	case S_FOREACH: print_foreach(sb, s, indent); break;
	case S_BREAK: print_simple(sb, "break", NULL); break;
	case S_CONTINUE: print_simple(sb, "continue", NULL); break;
	case S_NEXT: print_simple(sb, "next", NULL); break;
	case S_RETURN: print_simple(sb, "return", s->expr); break;
	case S_DELETE: print_simple(sb, "delete", s->expr); break;
	case S_TRY: print_try(sb, s, indent); break;
	}
}

/* ---- declarations --------------------------------------------------------------------------------------- */

/* Where the grammar wants a literal, its minus sign is part of it. */
static void print_literal(struct strbuf *sb, const struct expr *e)
{
	if (e->kind == E_NUMBER)
		strbuf_addf(sb, "%" PRId64, e->number);
	else
		print_expr(sb, e);
}

static void print_component(struct strbuf *sb, const struct component *c)
{
	strbuf_add(sb, c->name);
	if (!c->arg)
		return;
	strbuf_addc(sb, '(');
	print_literal(sb, c->arg);
	strbuf_addc(sb, ')');
}

static void print_point(struct strbuf *sb, const struct probe_point *point)
{
	for (size_t i = 0; i < point->components.len; i++) {
		strbuf_add(sb, i ? "." : "");
		print_component(sb, &point->components.data[i]);
	}
	strbuf_add(sb, point->optional ? "?" : point->sufficient ? "!" : "");
	if (point->condition) {
		strbuf_add(sb, " if (");
		print_expr(sb, point->condition);
		strbuf_addc(sb, ')');
	}
}

const char *probe_point_text(const struct probe_point *point)
{
	struct strbuf sb = {0};

	print_point(&sb, point);
	const char *text = intern(strbuf_text(&sb));

	strbuf_release(&sb);
	return text;
}

static void print_points(struct strbuf *sb, const point_vec *points, const char *between)
{
	for (size_t i = 0; i < points->len; i++) {
		strbuf_add(sb, i ? between : "");
		print_point(sb, points->data[i]);
	}
}

static void print_probe(struct strbuf *sb, const struct probe_decl *probe)
{
	strbuf_add(sb, "probe ");
	if (probe->alias_names.len) {
		print_points(sb, &probe->alias_names, " = ");
		strbuf_add(sb, probe->epilogue_only ? " += " : " = ");
	}
	print_points(sb, &probe->points, ", ");
	strbuf_addc(sb, ' ');
	if (probe->body)
		print_body(sb, probe->body, 0);
	if (probe->epilogue) {
		strbuf_add(sb, probe->body ? ", " : "");
		print_body(sb, probe->epilogue, 0);
	}
	strbuf_add(sb, "\n");
}

static void print_global(struct strbuf *sb, const struct var *v)
{
	strbuf_addf(sb, "%sglobal %s%s", v->is_private ? "private " : "", v->name, v->wrap ? "%" : "");
	if (v->max_entries)
		strbuf_addf(sb, "[%" PRId64 "]", v->max_entries);
	if (v->init) {
		strbuf_add(sb, " = ");
		print_literal(sb, v->init);
	}
	strbuf_addc(sb, '\n');
}

static void print_type(struct strbuf *sb, enum type type)
{
	if (type != TYPE_UNKNOWN)
		strbuf_addf(sb, ":%s", type_name(type));
}

static void print_function(struct strbuf *sb, const struct function *f)
{
	strbuf_addf(sb, "%sfunction %s", f->is_private ? "private " : "", f->name);
	if (f->type_declared)
		print_type(sb, f->type);
	strbuf_addc(sb, '(');
	for (size_t i = 0; i < f->params.len; i++) {
		strbuf_addf(sb, "%s%s", i ? ", " : "", f->params.data[i]->name);
		print_type(sb, f->params.data[i]->type);
	}
	strbuf_addc(sb, ')');
	if (f->priority)
		strbuf_addf(sb, " :%" PRId64, f->priority);
	strbuf_addc(sb, ' ');
	if (f->body)
		print_body(sb, f->body, 0);
	else
		strbuf_addf(sb, "%%{%s%%}", f->code);
	strbuf_addc(sb, '\n');
}

void print_file(struct strbuf *sb, const struct file *f)
{
	vec_each(&f->embeds, struct embed_decl *, embed)
		strbuf_addf(sb, "%%{%s%%}\n", (*embed)->code);
	vec_each(&f->globals, struct var *, v)
		print_global(sb, *v);
	vec_each(&f->functions, struct function *, function)
		print_function(sb, *function);
	vec_each(&f->aliases, struct probe_decl *, alias)
		print_probe(sb, *alias);
	vec_each(&f->probes, struct probe_decl *, probe)
		print_probe(sb, *probe);
}
