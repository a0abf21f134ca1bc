/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The @-operators.  Each is a row: its word, the node it makes, and the shape of
 * its parentheses.  Statistics, histograms and the two that begin a target
 * expression have rules of their own.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/nearest.h"
#include "at_words.h"
#include "parser.h"

#define MAX_VARIANCE_SHIFT 62

static const char *const stat_words[] = {
	[STAT_COUNT] = "@count", [STAT_SUM] = "@sum", [STAT_MIN] = "@min", [STAT_MAX] = "@max",
	[STAT_AVG] = "@avg", [STAT_VARIANCE] = "@variance",
};

const char *stat_op_text(enum stat_op op)
{
	return op == STAT_HIST ? NULL : stat_words[op];
}

bool find_stat_op(const char *word, enum stat_op *op)
{
	for (int i = STAT_COUNT; i <= STAT_VARIANCE; i++)
		if (!strcmp(stat_words[i], word)) {
			*op = i;
			return true;
		}
	return false;
}

/* ---- statistics ---------------------------------------------------------------------- */

/* A statistic is a global or an element of an array of them. */
static struct expr *parse_statistic(struct parser *p)
{
	const struct token *t = peek(p);
	struct expr *e = parse_expression(p);

	if (e->kind != E_NAME && e->kind != E_INDEX)
		parse_complaint(p, DIAG_statistics, token_place(t),
				"expected a statistic: a global or an array element");
	return e;
}

static void parse_shift(struct parser *p, struct expr *e)
{
	const struct token *t = peek(p);
	int64_t shift = expect_number(p, "a literal number of bits");

	if (!p->panic && (shift < 0 || shift > MAX_VARIANCE_SHIFT))
		parse_complaint(p, DIAG_statistics, token_place(t),
				"bits of @variance must be from 0 to %d", MAX_VARIANCE_SHIFT);
	e->stat.shift = (int)shift;
}

/* "@count" "(" statistic ")" ; "@variance" "(" statistic ("," NUMBER)? ")" */
static struct expr *parse_extractor(struct parser *p, enum stat_op op)
{
	struct expr *e = expr_new(E_STAT, token_place(take(p)));
	const struct token *open = peek(p);

	expect_code(p, TOK_OPEN_PAREN);
	e->stat.op = op;
	e->stat.value = parse_statistic(p);
	if (op == STAT_VARIANCE && accept_code(p, TOK_COMMA))
		parse_shift(p, e);
	expect_close(p, TOK_CLOSE_PAREN, open);
	return with_height(p, e, e->stat.value, NULL);
}

static bool is_histogram(const struct token *t)
{
	return t->kind == TOKEN_AT_WORD &&
	       (!strcmp(t->text, "@hist_log") || !strcmp(t->text, "@hist_linear"));
}

bool at_histogram(const struct parser *p)
{
	return is_histogram(peek(p));
}

static int64_t parse_hist_number(struct parser *p)
{
	expect_code(p, TOK_COMMA);
	return expect_number(p, "a literal number");
}

static void parse_linear_shape(struct parser *p, struct expr *e)
{
	struct hist_shape *shape = &e->hist.shape;

	shape->kind = HIST_LINEAR;
	shape->low = parse_hist_number(p);
	shape->high = parse_hist_number(p);
	shape->width = parse_hist_number(p);
}

/* "@hist_log" "(" statistic ")" ; "@hist_linear" "(" statistic "," LOW "," HIGH "," WIDTH ")" */
struct expr *parse_histogram(struct parser *p)
{
	const struct token *word = take(p), *open = peek(p);
	struct expr *e = expr_new(E_HIST, token_place(word));

	expect_code(p, TOK_OPEN_PAREN);
	e->hist.value = parse_statistic(p);
	e->hist.shape.kind = HIST_LOG;
	if (!strcmp(word->text, "@hist_linear"))
		parse_linear_shape(p, e);
	expect_close(p, TOK_CLOSE_PAREN, open);
	return with_height(p, e, e->hist.value, NULL);
}

/* histogram "[" expression "]" : the only form that has a value */
static struct expr *parse_bucket(struct parser *p)
{
	struct expr *e = parse_histogram(p);
	const struct token *open = peek(p);

	if (!accept_code(p, TOK_OPEN_BRACKET)) {
		diag_hint(parse_complaint(p, DIAG_misplaced, e->at, "a histogram is not a value"),
			  "print it alone, index it with [bucket], or use it in foreach");
		return e;
	}
	e->hist.bucket = parse_expression(p);
	expect_close(p, TOK_CLOSE_BRACKET, open);
	return with_height(p, e, e->hist.bucket, NULL);
}

/* ---- the others ------------------------------------------------------------------------ */

/*
 * Shapes, one letter an argument: e expression, s string, n name of a variable;
 * what follows '?' may be missing.
 */
static const struct at_operator {
	const char *word;
	enum expr_kind kind;
	const char *shape;
	bool guru;
} operators[] = {
	{ "@cast", E_TARGET, "es?s", false },
	{ "@const", E_CONST, "s", true },
	{ "@defined", E_DEFINED, "e", false },
	{ "@entry", E_ENTRY, "e", false },
	{ "@enum", E_ENUM, "s", false },
	{ "@enumname", E_ENUMNAME, "e?ss", false },
	{ "@kderef", E_KDEREF, "ee", true },
	{ "@kregister", E_KREGISTER, "e", true },
	{ "@perf", E_PERF, "s", false },
	{ "@probewrite", E_PROBEWRITE, "n", false },
	{ "@uderef", E_UDEREF, "ee", false },
	{ "@uregister", E_UREGISTER, "e", false },
	{ "@var", E_TARGET, "s?s", false },
};

#define OPERATORS (sizeof operators / sizeof operators[0])

static int compare_word(const void *word, const void *row)
{
	return strcmp(word, ((const struct at_operator *)row)->word);
}

static const struct at_operator *find_operator(const char *word)
{
	return bsearch(word, operators, OPERATORS, sizeof operators[0], compare_word);
}

/* What stood between the parentheses. */
struct arguments {
	struct expr *e[2];
	const char *s[2];
	int e_count, s_count;
};

static void parse_argument(struct parser *p, char shape, struct arguments *args)
{
	const struct token *t = peek(p);

	if (shape == 's') {
		args->s[args->s_count++] = expect_string(p, "a string literal");
	} else if (shape == 'e') {
		args->e[args->e_count++] = parse_expression(p);
	} else {
		struct expr *name = expr_new(E_NAME, token_place(t));

		name->name.name = expect_name(p, "name of a variable");
		args->e[args->e_count++] = name;
	}
}

static void parse_arguments(struct parser *p, const char *shape, struct arguments *args)
{
	const struct token *open = peek(p);
	bool optional = false;

	expect_code(p, TOK_OPEN_PAREN);
	for (const char *s = shape; *s; s++) {
		if (*s == '?') {
			optional = true;
			continue;
		}
		if (s != shape && optional && !at_code(p, TOK_COMMA))
			break;
		if (s != shape)
			expect_code(p, TOK_COMMA);
		parse_argument(p, *s, args);
	}
	expect_close(p, TOK_CLOSE_PAREN, open);
}

static void fill_target(struct expr *e, const struct arguments *args)
{
	if (args->e_count) {
		e->target.base = TARGET_CAST;
		e->target.operand = args->e[0];
		e->target.cast_type = args->s[0];
	} else {
		e->target.base = TARGET_VAR;
		e->target.name = args->s[0];
	}
	e->target.module = args->s[1];
}

static void fill_builtin(struct expr *e, const struct arguments *args)
{
	if (e->kind == E_DEFINED || e->kind == E_ENTRY) {
		e->operand = args->e[0];
		return;
	}
	e->builtin.text = args->s[0];
	e->builtin.text2 = args->s[1];
	e->builtin.arg = args->e[0];
	e->builtin.arg2 = args->e[1];
}

static struct expr *parse_operator(struct parser *p, const struct at_operator *row)
{
	const struct token *word = take(p);
	struct expr *e = expr_new(row->kind, token_place(word));
	struct arguments args = {0};

	if (row->guru)
		require_guru(p, word, row->word);
	parse_arguments(p, row->shape, &args);
	if (p->panic)
		return expr_number(0, e->at);
	if (row->kind == E_TARGET)
		fill_target(e, &args);
	else
		fill_builtin(e, &args);
	return with_height(p, e, args.e[0], args.e[1]);
}

bool is_at_operator(const char *word)
{
	enum stat_op op;

	return find_stat_op(word, &op) || find_operator(word) ||
	       !strcmp(word, "@hist_log") || !strcmp(word, "@hist_linear") ||
	       !strcmp(word, "@define");
}

void offer_at_operators(struct nearest *n)
{
	for (int i = STAT_COUNT; i <= STAT_VARIANCE; i++)
		nearest_offer(n, stat_words[i]);
	for (size_t i = 0; i < OPERATORS; i++)
		nearest_offer(n, operators[i].word);
	nearest_offer(n, "@hist_log");
	nearest_offer(n, "@hist_linear");
}

static struct expr *complain_at_word(struct parser *p, const struct token *t)
{
	struct nearest n;

	nearest_init(&n, t->text);
	offer_at_operators(&n);
	macro_table_offer(p->macros, &n);
	macro_table_offer(library_macros(p->session), &n);
	diag_nearest(parse_error(p, DIAG_syntax, t, "unknown operator or macro '%.60s'", t->text), &n);
	return expr_number(0, token_place(t));
}

struct expr *parse_at_word(struct parser *p)
{
	const struct token *t = peek(p);
	const struct at_operator *row = find_operator(t->text);
	enum stat_op op;

	if (find_stat_op(t->text, &op))
		return parse_extractor(p, op);
	if (is_histogram(t))
		return parse_bucket(p);
	return row ? parse_operator(p, row) : complain_at_word(p, t);
}
