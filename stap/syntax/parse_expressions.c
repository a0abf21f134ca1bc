/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions: assignment and ?: by recursive descent, binary operators by
 * precedence climbing with the strengths of op.def, then unary operators,
 * and values with their ->member and [index] steps.
 */
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "parser.h"

#define IN_PRECEDENCE 10	/* between comparison and '&' */
#define REGEX_PRECEDENCE 11	/* that of comparison */
#define LOWEST_PRECEDENCE 1

static const unsigned char infix_ops[] = {
	[TOK_MUL] = OP_MUL, [TOK_DIV] = OP_DIV, [TOK_MOD] = OP_MOD, [TOK_ADD] = OP_ADD,
	[TOK_SUB] = OP_SUB, [TOK_DOT] = OP_CONCAT, [TOK_SHL] = OP_SHL, [TOK_SHR] = OP_SHR,
	[TOK_LT] = OP_LT, [TOK_GT] = OP_GT, [TOK_LE] = OP_LE, [TOK_GE] = OP_GE,
	[TOK_EQ] = OP_EQ, [TOK_NE] = OP_NE, [TOK_AND] = OP_AND, [TOK_XOR] = OP_XOR,
	[TOK_OR] = OP_OR, [TOK_LAND] = OP_LAND, [TOK_LOR] = OP_LOR, [TOK_QUOTE] = OP_NONE,
};

static const unsigned char assign_ops[] = {
	[TOK_AGGREGATE] = OP_AGGREGATE, [TOK_ADD_ASSIGN] = OP_ADD, [TOK_SUB_ASSIGN] = OP_SUB,
	[TOK_MUL_ASSIGN] = OP_MUL, [TOK_DIV_ASSIGN] = OP_DIV, [TOK_MOD_ASSIGN] = OP_MOD,
	[TOK_SHL_ASSIGN] = OP_SHL, [TOK_SHR_ASSIGN] = OP_SHR, [TOK_AND_ASSIGN] = OP_AND,
	[TOK_XOR_ASSIGN] = OP_XOR, [TOK_OR_ASSIGN] = OP_OR, [TOK_CONCAT_ASSIGN] = OP_CONCAT,
	[TOK_QUOTE] = OP_NONE,
};

static const unsigned char prefix_ops[] = {
	[TOK_ADD] = OP_PLUS, [TOK_SUB] = OP_NEG, [TOK_NOT] = OP_NOT, [TOK_COMPL] = OP_COMPL,
	[TOK_QUOTE] = OP_NONE,
};

struct expr *with_height(struct parser *p, struct expr *e, const struct expr *a,
			 const struct expr *b)
{
	if (a && a->height >= e->height)
		e->height = a->height + 1;
	if (b && b->height >= e->height)
		e->height = b->height + 1;
	if (e->height > MAX_DEPTH && !p->too_deep) {
		parse_error(p, DIAG_too_deep, peek(p), "expression is more than %d levels deep",
			    MAX_DEPTH);
		p->too_deep = true;
	}
	return e;
}

/* Something to return where no expression can be read; an error was reported. */
static struct expr *no_expression(const struct token *t)
{
	return expr_number(0, token_place(t));
}

/* ---- lists ----------------------------------------------------------------------------- */

static bool at_wildcard(const struct parser *p)
{
	enum token_code next = peek_at(p, 1)->code;

	return at_code(p, TOK_MUL) && (next == TOK_COMMA || next == TOK_CLOSE_BRACKET);
}

static struct expr *parse_key(struct parser *p, bool slice)
{
	if (!at_wildcard(p))
		return parse_expression(p);
	if (!slice)
		parse_complaint(p, DIAG_misplaced, token_place(peek(p)),
				"'*' is a key only in 'in', 'delete' and 'foreach'");
	return expr_new(E_WILDCARD, token_place(take(p)));
}

/* keys = "[" key ("," key)* "]" */
void parse_keys(struct parser *p, expr_vec *keys, bool slice)
{
	const struct token *open = take(p);

	do
		vec_push(keys, parse_key(p, slice));
	while (accept_code(p, TOK_COMMA));
	expect_close(p, TOK_CLOSE_BRACKET, open);
}

static struct expr *with_list_height(struct parser *p, struct expr *e, const expr_vec *list)
{
	vec_each(list, struct expr *, child)
		with_height(p, e, *child, NULL);
	return e;
}

/* ---- names, elements, calls -------------------------------------------------------------- */

/* call = NAME "(" (expression ("," expression)*)? ")" */
static struct expr *parse_call(struct parser *p)
{
	const struct token *name = take(p), *open = take(p);
	struct expr *e = expr_new(E_CALL, token_place(name));

	e->call.name = name->text;
	if (!at_code(p, TOK_CLOSE_PAREN))
		do
			vec_push(&e->call.args, parse_expression(p));
		while (accept_code(p, TOK_COMMA));
	expect_close(p, TOK_CLOSE_PAREN, open);
	return with_list_height(p, e, &e->call.args);
}

static struct expr *parse_plain_name(struct parser *p)
{
	const struct token *t = take(p);
	struct expr *e = expr_new(E_NAME, token_place(t));

	e->name.name = t->text;
	return e;
}

/* element = NAME keys */
static struct expr *parse_element(struct parser *p)
{
	struct expr *name = parse_plain_name(p), *e = expr_new(E_INDEX, name->at);

	e->index.base = name;
	parse_keys(p, &e->index.keys, false);
	return with_list_height(p, e, &e->index.keys);
}

/* ---- target variables ---------------------------------------------------------------------- */

/*
 * "$" may be part of a word, so the pretty-printing marks of $name$ and ->name$$
 * come inside the token.  Returns the word without them.
 */
static const char *split_pretty(struct parser *p, const struct token *t, struct expr *target)
{
	size_t begin = strspn(t->text, "$"), len = t->len;
	struct access mark = { .at = target->at };

	while (len > begin && t->text[len - 1] == '$')
		len--;
	size_t marks = t->len - len;

	if (begin == t->len || marks > 2 || begin > 2)
		parse_error(p, DIAG_syntax, t, "not a target variable or member");
	if (!marks)
		return t->text;
	mark.kind = marks == 1 ? ACCESS_PRETTY : ACCESS_PRETTY_DEEP;
	vec_push(&target->target.path, mark);
	return intern_n(t->text, len);
}

/* target = "$name" */
static struct expr *parse_target_name(struct parser *p)
{
	const struct token *t = take(p);
	struct expr *e = expr_new(E_TARGET, token_place(t));

	e->target.base = TARGET_NAME;
	e->target.name = split_pretty(p, t, e);
	if (at_code(p, TOK_OPEN_PAREN) && peek(p)->touches)
		parse_error(p, DIAG_syntax, peek(p), "a target variable cannot be called");
	return e;
}

/* member = "->" (IDENTIFIER | KEYWORD) */
static void parse_member(struct parser *p, struct expr *target)
{
	size_t place = target->target.path.len;
	struct access member = { .kind = ACCESS_MEMBER };
	const struct token *t;

	take(p);
	t = peek(p);
	if ((t->kind != TOKEN_IDENTIFIER && t->kind != TOKEN_KEYWORD) || t->text[0] == '$') {
		parse_error(p, DIAG_syntax, t, "expected name of a member");
		return;
	}
	member.at = token_place(take(p));
	vec_push(&target->target.path, member);
	const char *name = split_pretty(p, t, target);

	target->target.path.data[place].member = name;
}

/* index = "[" expression "]" */
static void parse_index(struct parser *p, struct expr *target)
{
	const struct token *open = take(p);
	struct access index = { .kind = ACCESS_INDEX, .at = token_place(open) };

	index.index = parse_expression(p);
	expect_close(p, TOK_CLOSE_BRACKET, open);
	vec_push(&target->target.path, index);
	with_height(p, target, index.index, NULL);
}

/* "$" or "$$" after "]" or ")" */
static bool at_pretty_mark(const struct parser *p)
{
	const struct token *t = peek(p);

	return t->kind == TOKEN_IDENTIFIER && t->text[0] == '$' &&
	       (!t->text[1] || (t->text[1] == '$' && !t->text[2]));
}

static void parse_pretty_mark(struct parser *p, struct expr *target)
{
	const struct token *t = take(p);

	vec_push(&target->target.path, ((struct access){
		.kind = t->len == 1 ? ACCESS_PRETTY : ACCESS_PRETTY_DEEP, .at = token_place(t),
	}));
}

static bool ends_pretty(const struct expr *target)
{
	const access_vec *path = &target->target.path;

	return path->len && path->data[path->len - 1].kind >= ACCESS_PRETTY;
}

/* path = (member | index | "$" | "$$")* */
void parse_path(struct parser *p, struct expr *target)
{
	for (;;) {
		const struct token *t = peek(p);
		bool pretty = ends_pretty(target);

		if (at_code(p, TOK_ARROW))
			parse_member(p, target);
		else if (at_code(p, TOK_OPEN_BRACKET))
			parse_index(p, target);
		else if (at_pretty_mark(p))
			parse_pretty_mark(p, target);
		else
			return;
		if (pretty)
			parse_error(p, DIAG_syntax, t, "'$' and '$$' must come last");
	}
}

static struct expr *autocast_new(struct parser *p, struct expr *operand, const struct place *at)
{
	struct expr *e = expr_new(E_TARGET, at);

	e->target.base = TARGET_AUTOCAST;
	e->target.operand = operand;
	return with_height(p, e, operand, NULL);
}

/* Literals and output have no members. */
static bool can_have_path(const struct expr *e)
{
	return e->kind != E_NUMBER && e->kind != E_STRING && e->kind != E_PRINT;
}

/* ---- values ---------------------------------------------------------------------------------- */

static struct expr *parse_number(struct parser *p)
{
	const struct token *t = peek(p);

	return expr_number(expect_number(p, "number"), token_place(t));
}

static struct expr *parse_string(struct parser *p)
{
	const struct token *t = peek(p);

	return expr_string(expect_string(p, "string"), token_place(t));
}

static struct expr *parse_word(struct parser *p)
{
	const struct token *t = peek(p);

	if (t->text[0] == '$')
		return parse_target_name(p);
	switch (peek_at(p, 1)->code) {
	case TOK_OPEN_PAREN: return is_print_name(t->text) ? parse_print(p) : parse_call(p);
	case TOK_OPEN_BRACKET: return parse_element(p);
	default: return parse_plain_name(p);
	}
}

/* "(" expression ")" */
static struct expr *parse_parenthesized(struct parser *p)
{
	const struct token *open = take(p);
	struct expr *e = parse_expression(p);

	expect_close(p, TOK_CLOSE_PAREN, open);
	return e;
}

static struct expr *parse_embedded_value(struct parser *p)
{
	const struct token *t = take(p);
	struct expr *e = expr_new(E_EMBEDDED, token_place(t));

	require_guru(p, t, "embedded C");
	e->embedded.code = t->text;
	return e;
}

static struct expr *complain_value(struct parser *p)
{
	const struct token *t = peek(p);
	struct diag *d = parse_error(p, DIAG_syntax, t, "expected an expression");

	if (t->kind == TOKEN_KEYWORD)
		diag_hint(d, "'%s' is a keyword and cannot be used as a name", t->text);
	else if (t->code == TOK_QUOTE)
		diag_hint(d, "strings are written in double quotes");
	else if (t->code == TOK_OPEN_BRACKET)
		diag_hint(d, "[a, b] is only possible before 'in'");
	else if (t->code == TOK_ASSIGN && t > p->tokens && t[-1].code == TOK_EQ)
		diag_hint(d, "'==' compares");
	return no_expression(t);
}

/* value = NUMBER | STRING | name... | @word... | "(" expression ")" | EMBEDDED */
static struct expr *parse_value(struct parser *p)
{
	const struct token *t = peek(p);

	switch (t->kind) {
	case TOKEN_NUMBER: return parse_number(p);
	case TOKEN_STRING: return parse_string(p);
	case TOKEN_IDENTIFIER: return parse_word(p);
	case TOKEN_AT_WORD: return parse_at_word(p);
	case TOKEN_EMBEDDED: return parse_embedded_value(p);
	default: return t->code == TOK_OPEN_PAREN ? parse_parenthesized(p) : complain_value(p);
	}
}

static bool at_path(const struct parser *p)
{
	return at_code(p, TOK_ARROW) || at_code(p, TOK_OPEN_BRACKET) || at_pretty_mark(p);
}

/* pointed = value path */
static struct expr *parse_pointed(struct parser *p)
{
	struct expr *e = parse_value(p);

	bool is_target = e->kind == E_TARGET && !e->target.address_of;

	if (!at_path(p) || !can_have_path(e))
		return e;
	if (!is_target)
		e = autocast_new(p, e, e->at);
	parse_path(p, e);
	return e;
}

/* NAME "[" expression "]" behind '&' points into memory, not into an array. */
static struct expr *element_to_target(struct parser *p, struct expr *e)
{
	struct expr *target = autocast_new(p, e->index.base, e->at);

	vec_push(&target->target.path, ((struct access){
		.kind = ACCESS_INDEX, .index = e->index.keys.data[0], .at = e->at,
	}));
	return with_height(p, target, e->index.keys.data[0], NULL);
}

/* address = "&" pointed */
static struct expr *parse_address(struct parser *p)
{
	const struct token *t = take(p);
	struct expr *e = parse_pointed(p);

	if (e->kind == E_INDEX && e->index.keys.len == 1)
		e = element_to_target(p, e);
	if (e->kind != E_TARGET || e->target.address_of)
		parse_error(p, DIAG_syntax, t, "'&' needs a target variable or a member of one");
	else if (ends_pretty(e))
		parse_error(p, DIAG_syntax, t, "the text made by '$' has no address");
	else
		e->target.address_of = true;
	return e;
}

/* ---- operators --------------------------------------------------------------------------------- */

static enum op lookup(const unsigned char *ops, const struct token *t)
{
	return t->kind == TOKEN_OPERATOR ? ops[t->code] : OP_NONE;
}

static void check_lvalue(struct parser *p, const struct expr *e, const struct token *op)
{
	if (e->kind == E_NAME || e->kind == E_INDEX || (e->kind == E_TARGET && !e->target.address_of))
		return;
	struct diag *d = parse_complaint(p, DIAG_not_assignable, token_place(op),
					 "left side of '%s' cannot be assigned to", op->text);
	if (op->code == TOK_ASSIGN)
		diag_hint(d, "'==' compares");
}

static struct expr *assign_new(struct parser *p, const struct token *t, enum op op,
			       struct expr *left, struct expr *right)
{
	struct expr *e = expr_new(E_ASSIGN, token_place(t));

	check_lvalue(p, left, t);
	e->assign.op = op;
	e->assign.left = left;
	e->assign.right = right;
	return with_height(p, e, left, right);
}

/* x++ is x += 1 with the value from before. */
static struct expr *increment_new(struct parser *p, const struct token *t, struct expr *left,
				  bool post)
{
	enum op op = t->code == TOK_INCREMENT ? OP_ADD : OP_SUB;
	struct expr *e = assign_new(p, t, op, left, expr_number(1, token_place(t)));

	e->assign.post = post;
	return e;
}

static bool at_increment(const struct parser *p)
{
	return at_code(p, TOK_INCREMENT) || at_code(p, TOK_DECREMENT);
}

/*
 * A "++" that begins a line belongs to what follows it.
 * increment = ("++" | "--") operand | operand ("++" | "--")? ; operand = address | pointed */
static struct expr *parse_increment(struct parser *p)
{
	const struct token *t = at_increment(p) ? take(p) : NULL;
	struct expr *e = at_code(p, TOK_AND) ? parse_address(p) : parse_pointed(p);

	if (t)
		return increment_new(p, t, e, false);
	return at_increment(p) && !peek(p)->first_on_line ? increment_new(p, take(p), e, true) : e;
}

/* unary = ("+" | "-" | "!" | "~") unary | increment */
static struct expr *parse_unary(struct parser *p)
{
	const struct token *t = peek(p);
	enum op op = lookup(prefix_ops, t);
	struct expr *e;

	if (!op)
		return parse_increment(p);
	if (!enter_level(p))
		return no_expression(t);
	take(p);
	e = expr_new(E_UNARY, token_place(t));
	e->binary.op = op;
	e->binary.left = parse_unary(p);
	leave_level(p);
	return with_height(p, e, e->binary.left, NULL);
}

/* "in" NAME, after the keys */
static struct expr *parse_membership(struct parser *p, struct expr *e)
{
	struct expr *array;

	e->at = token_place(peek(p));
	expect_code(p, KEY_IN);
	array = expr_new(E_NAME, token_place(peek(p)));
	array->name.name = expect_name(p, "name of an array");
	e->index.base = array;
	return with_list_height(p, e, &e->index.keys);
}

/* "[" key ("," key)* "]" "in" NAME */
static struct expr *parse_tuple_membership(struct parser *p)
{
	struct expr *e = expr_new(E_IN, NULL);

	parse_keys(p, &e->index.keys, true);
	return parse_membership(p, e);
}

static struct expr *parse_single_membership(struct parser *p, struct expr *key)
{
	struct expr *e = expr_new(E_IN, NULL);

	vec_push(&e->index.keys, key);
	return parse_membership(p, e);
}

/* ("=~" | "!~") STRING */
static struct expr *parse_regex(struct parser *p, struct expr *left)
{
	const struct token *t = take(p);
	struct expr *e = expr_new(E_REGEX, token_place(t));

	e->regex.left = left;
	e->regex.negated = t->code == TOK_NO_MATCH;
	e->regex.pattern_at = token_place(peek(p));
	e->regex.pattern = expect_string(p, "a string literal as pattern");
	if (at_code(p, TOK_DOT))
		parse_error(p, DIAG_syntax, peek(p), "the pattern must be one string literal");
	return with_height(p, e, left, NULL);
}

static int infix_precedence(struct parser *p, const struct token *t)
{
	switch (t->code) {
	case KEY_IN: return IN_PRECEDENCE;
	case TOK_MATCH: case TOK_NO_MATCH: return REGEX_PRECEDENCE;
	case TOK_SHR_UNSIGNED:
		parse_error(p, DIAG_syntax, t, "there is no '>>>' operator: '>>' keeps the sign");
		return 0;
	default: return op_precedence(lookup(infix_ops, t));
	}
}

static struct expr *parse_binary(struct parser *p, int lowest);

static struct expr *parse_infix(struct parser *p, struct expr *left, int precedence)
{
	const struct token *t = peek(p);
	struct expr *e;

	if (t->code == KEY_IN)
		return parse_single_membership(p, left);
	if (t->code == TOK_MATCH || t->code == TOK_NO_MATCH)
		return parse_regex(p, left);
	take(p);
	e = expr_new(E_BINARY, token_place(t));
	e->binary.op = lookup(infix_ops, t);
	e->binary.left = left;
	e->binary.right = parse_binary(p, precedence + 1);
	return with_height(p, e, left, e->binary.right);
}

/* Left-associative operators of at least the strength `lowest`. */
static struct expr *parse_binary(struct parser *p, int lowest)
{
	bool tuple = at_code(p, TOK_OPEN_BRACKET) && lowest <= IN_PRECEDENCE;
	struct expr *e = tuple ? parse_tuple_membership(p) : parse_unary(p);
	int strongest = tuple ? IN_PRECEDENCE - 1 : INT32_MAX;

	for (;;) {
		int precedence = infix_precedence(p, peek(p));

		if (precedence < lowest || !precedence || precedence > strongest)
			return e;
		strongest = peek(p)->code == KEY_IN ? IN_PRECEDENCE - 1 : precedence;
		e = parse_infix(p, e, precedence);
	}
}

/* ternary = binary ("?" expression ":" ternary)? */
struct expr *parse_ternary(struct parser *p)
{
	const struct token *t;
	struct expr *cond, *e;

	if (!enter_level(p))
		return no_expression(peek(p));
	cond = parse_binary(p, LOWEST_PRECEDENCE);
	t = peek(p);
	if (t->code == TOK_QUESTION) {
		take(p);
		e = expr_new(E_TERNARY, token_place(t));
		e->ternary.cond = cond;
		e->ternary.yes = parse_expression(p);
		expect_code(p, TOK_COLON);
		e->ternary.no = parse_ternary(p);
		with_height(p, e, e->ternary.yes, e->ternary.no);
		cond = with_height(p, e, cond, NULL);
	}
	leave_level(p);
	return cond;
}

static void check_aggregation(struct parser *p, const struct expr *e)
{
	const struct expr *right = e->assign.right;

	if (right->kind == E_ASSIGN && right->assign.op == OP_AGGREGATE)
		parse_complaint(p, DIAG_statistics, right->at, "'<<<' has no value");
}

/* expression = ternary (("=" | "<<<" | "+=" | ...) expression)? */
struct expr *parse_expression(struct parser *p)
{
	struct expr *left, *e;
	const struct token *t;
	enum op op;

	if (!enter_level(p))
		return no_expression(peek(p));
	left = parse_ternary(p);
	t = peek(p);
	op = lookup(assign_ops, t);
	if (op || t->code == TOK_ASSIGN) {
		take(p);
		e = assign_new(p, t, op, left, parse_expression(p));
		check_aggregation(p, e);
		left = e;
	}
	leave_level(p);
	return left;
}
