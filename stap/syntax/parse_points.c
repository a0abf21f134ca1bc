/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probe points.  A brace group stands for several ways to go on, so a point that
 * holds groups is a product; it is multiplied out while it is read, and later
 * passes see plain dotted chains.
 */
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "parser.h"

#define MAX_PRODUCT 10000	/* points out of one written point */
#define MAX_PRODUCTS 1000000	/* points out of all groups of a file */
#define MAX_COMPONENTS 100

/* Wildcard pieces of a name touch each other; "?" is one only between two pieces. */
static bool continues_name(const struct token *t, const struct token *next)
{
	if (!t->touches)
		return false;
	if (t->code == TOK_QUESTION)
		return next->touches && next->code != KEY_IF && next->code != TOK_COMMA &&
		       (next->kind == TOKEN_IDENTIFIER || next->kind == TOKEN_KEYWORD ||
			next->kind == TOKEN_NUMBER || next->code == TOK_MUL);
	return t->kind == TOKEN_IDENTIFIER || t->kind == TOKEN_KEYWORD ||
	       t->kind == TOKEN_NUMBER || t->code == TOK_MUL;
}

static bool begins_name(const struct token *t)
{
	return t->kind == TOKEN_IDENTIFIER || t->kind == TOKEN_KEYWORD || t->code == TOK_MUL;
}

/* name = (IDENTIFIER | KEYWORD | NUMBER | "*" | "?")+ , all touching */
static const char *parse_component_name(struct parser *p)
{
	struct strbuf name = {0};

	if (!begins_name(peek(p))) {
		struct diag *d = parse_error(p, DIAG_syntax, peek(p), "expected a probe point");

		if (at_kind(p, TOKEN_STRING))
			diag_hint(d, "a string belongs in parentheses: function(\"name\")");
		return "";
	}
	do
		strbuf_add(&name, take(p)->text);
	while (continues_name(peek(p), peek_at(p, 1)));

	const char *text = intern_n(strbuf_text(&name), name.len);

	strbuf_release(&name);
	return text;
}

/* argument = "(" STRING | "-"? NUMBER ")" */
static struct expr *parse_component_argument(struct parser *p)
{
	const struct token *open = take(p), *t = peek(p);
	struct expr *arg;

	if (t->kind == TOKEN_STRING)
		arg = expr_string(expect_string(p, "string"), token_place(t));
	else
		arg = expr_number(expect_number(p, "a number or string literal"), token_place(t));
	expect_close(p, TOK_CLOSE_PAREN, open);
	return arg;
}

/* component = name argument? */
static struct component parse_component(struct parser *p)
{
	struct component c = { .at = token_place(peek(p)) };

	c.name = parse_component_name(p);
	if (at_code(p, TOK_OPEN_PAREN))
		c.arg = parse_component_argument(p);
	return c;
}

static struct probe_point *point_new(const struct place *at)
{
	struct probe_point *point = arena_new(struct probe_point);

	point->at = at;
	return point;
}

static void append_to_all(struct parser *p, point_vec *points, struct component c)
{
	if (points->len && points->data[0]->components.len >= MAX_COMPONENTS)
		parse_error(p, DIAG_limit, peek(p), "a probe point has at most %d components",
			    MAX_COMPONENTS);
	vec_each(points, struct probe_point *, point)
		vec_push(&(*point)->components, c);
}

/* left x right; the order is that of the left ones first. */
static void multiply(struct parser *p, point_vec *left, const point_vec *right)
{
	point_vec product = {0};

	p->products += left->len * right->len;
	if (left->len * right->len > MAX_PRODUCT || p->products > MAX_PRODUCTS) {
		parse_error(p, DIAG_limit, peek(p), "brace groups make too many probe points");
		return;
	}
	vec_each(left, struct probe_point *, l)
		vec_each(right, struct probe_point *, r) {
			struct probe_point *point = point_new((*l)->at);

			vec_each(&(*l)->components, struct component, c)
				vec_push(&point->components, *c);
			vec_each(&(*r)->components, struct component, c)
				vec_push(&point->components, *c);
			vec_push(&product, point);
		}
	*left = product;
}

static void parse_chain(struct parser *p, point_vec *points);

/* group = "{" chain ("," chain)* "}" */
static void parse_group(struct parser *p, point_vec *points)
{
	const struct token *open = take(p);
	point_vec choices = {0};

	do {
		point_vec choice = {0};

		parse_chain(p, &choice);
		vec_each(&choice, struct probe_point *, point)
			vec_push(&choices, *point);
	} while (accept_code(p, TOK_COMMA) && choices.len <= MAX_PRODUCT);
	if (at_code(p, TOK_QUESTION) || at_code(p, TOK_NOT) || at_code(p, KEY_IF))
		parse_error(p, DIAG_syntax, peek(p),
			    "only a whole probe point can be optional or conditional");
	expect_close(p, TOK_CLOSE_BRACE, open);
	multiply(p, points, &choices);
}

/* chain = (component | group) ("." (component | group))* */
static void parse_chain(struct parser *p, point_vec *points)
{
	if (!enter_level(p))
		return;
	vec_push(points, point_new(token_place(peek(p))));
	do {
		if (at_code(p, TOK_OPEN_BRACE))
			parse_group(p, points);
		else
			append_to_all(p, points, parse_component(p));
	} while (accept_code(p, TOK_DOT));
	leave_level(p);
}

static struct expr *parse_condition(struct parser *p)
{
	const struct token *open = peek(p);
	struct expr *condition;

	expect_code(p, TOK_OPEN_PAREN);
	condition = parse_expression(p);
	expect_close(p, TOK_CLOSE_PAREN, open);
	return condition;
}

/* Does this brace open a handler, and no group?  A declaration follows its end then, or nothing. */
static bool at_handler(const struct parser *p)
{
	struct parser after = *p;
	int nesting = 0;

	if (p->context != IN_FILE || !at_code(p, TOK_OPEN_BRACE))
		return false;
	do
		nesting += (after.at->code == TOK_OPEN_BRACE) - (after.at->code == TOK_CLOSE_BRACE);
	while (++after.at < after.end && nesting > 0);
	return at_kind(&after, TOKEN_EOF) || at_kind(&after, TOKEN_EMBEDDED) || at_declaration(&after);
}

/* point = chain ("?" | "!")? ("if" "(" expression ")")? */
static void parse_point(struct parser *p, point_vec *points)
{
	point_vec chain = {0};
	bool optional, sufficient;
	struct expr *condition = NULL;

	if (at_handler(p))
		parse_error(p, DIAG_syntax, peek(p), "expected a probe point before the handler");
	parse_chain(p, &chain);
	optional = accept_code(p, TOK_QUESTION);
	sufficient = !optional && accept_code(p, TOK_NOT);
	if (accept_code(p, KEY_IF))
		condition = parse_condition(p);
	vec_each(&chain, struct probe_point *, point) {
		(*point)->optional = optional;
		(*point)->sufficient = sufficient;
		(*point)->condition = condition;
		vec_push(points, *point);
	}
}

/* points = point ("," point)* */
void parse_points(struct parser *p, point_vec *points)
{
	do
		parse_point(p, points);
	while (accept_code(p, TOK_COMMA));
}
