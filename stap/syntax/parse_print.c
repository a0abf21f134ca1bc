/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The print family.  Whatever the spelling, the result is a list of pieces:
 * literal text and directives; print(a, b) is two directives that take the type
 * of their argument, println adds a literal newline.  So one translation serves all.
 */
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "parser.h"

#define MAX_ARGUMENTS 32

static const struct print_name {
	const char *name;
	enum { LIST, DELIMITED, FORMATTED, CHARACTER } form;
	bool to_string, newline;
	size_t least;		/* values */
} names[] = {
	{ "print", LIST, false, false, 1 }, { "println", LIST, false, true, 0 },
	{ "printf", FORMATTED, false, false, 0 },
	{ "printd", DELIMITED, false, false, 2 }, { "printdln", DELIMITED, false, true, 2 },
	{ "print_char", CHARACTER, false, false, 1 },
	{ "sprint", LIST, true, false, 1 }, { "sprintln", LIST, true, true, 0 },
	{ "sprintf", FORMATTED, true, false, 0 },
	{ "sprintd", DELIMITED, true, false, 2 }, { "sprintdln", DELIMITED, true, true, 2 },
};

static const struct print_name *find_name(const char *name)
{
	if (name[0] != 'p' && name[0] != 's')
		return NULL;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!strcmp(names[i].name, name))
			return &names[i];
	return NULL;
}

void offer_print_names(struct nearest *near)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		nearest_offer(near, names[i].name);
}

bool is_print_name(const char *name)
{
	return find_name(name);
}

/* ---- pieces -------------------------------------------------------------------------- */

static void add_literal(struct print *print, const char *text, size_t len)
{
	if (len)
		vec_push(&print->pieces, ((struct format_piece){
			.text = arena_strndup(text, len), .len = len,
		}));
}

static void add_value(struct print *print, char conversion)
{
	vec_push(&print->pieces, ((struct format_piece){ .conversion = conversion }));
}

/* Pieces of the forms without a format: values, and the delimiter between them. */
static void make_pieces(struct print *print, const struct print_name *name)
{
	for (size_t i = 0; i < print->args.len; i++) {
		if (i && print->literal)
			add_literal(print, print->literal, strlen(print->literal));
		add_value(print, name->form == CHARACTER ? 'c' : 'v');
	}
	if (name->newline)
		add_literal(print, "\n", 1);
}

/* ---- formats ---------------------------------------------------------------------------- */

struct format {
	struct parser *parser;
	const struct place *place;
	const char *text, *at;
	bool failed;
	struct strbuf literal;
};

static void bad_format(struct format *f, const char *first, const char *why)
{
	size_t len = strcspn(first + 1, " \t\n%") + 1;

	f->failed = true;
	parse_complaint(f->parser, DIAG_bad_format, string_part_place(f->place, f->text, first - f->text, len),
			"format directive '%.*s': %s", (int)(len > 20 ? 20 : len), first, why);
}

/* Digits, or "*" for an argument; returns whether anything was there. */
static bool scan_size(struct format *f, int *value, bool *is_arg)
{
	const char *first = f->at;

	if (*f->at == '*') {
		f->at++;
		return *is_arg = true;
	}
	for (; isdigit((unsigned char)*f->at); f->at++)
		*value = *value > INT_MAX / 100 ? INT_MAX / 10 : *value * 10 + (*f->at - '0');
	return f->at > first;
}

/* directive = "%" flag? width? ("." precision?)? "l"? conversion */
static struct format_piece scan_directive(struct format *f)
{
	struct format_piece piece = {0};
	const char *first = f->at++;

	if (*f->at && strchr("0+- #", *f->at))
		piece.flag = *f->at++;
	piece.has_width = scan_size(f, &piece.width, &piece.width_is_arg);
	if (*f->at == '.') {
		f->at++;
		piece.has_precision = true;
		scan_size(f, &piece.precision, &piece.precision_is_arg);
	}
	if (*f->at == 'l')
		f->at++;
	if (!*f->at)
		bad_format(f, first, "ends too early");
	else if (!strchr("diuoxXpcsmMb", *f->at))
		bad_format(f, first, strchr("+-# 0", *f->at) ? "at most one flag is possible" :
			   *f->at == 'l' ? "all numbers are long: use %d" : "no such conversion");
	else
		piece.conversion = *f->at++;
	piece.first = first - f->text;
	piece.bytes = f->at - first;
	return piece;
}

const struct place *print_directive_place(const struct print *print, const struct format_piece *piece)
{
	struct place *at = (struct place *)string_part_place(print->literal_at, print->literal, piece->first, piece->bytes);

	if (at != print->literal_at)
		at->kind = "directive";
	return at;
}

static void flush_literal(struct format *f, struct print *print)
{
	add_literal(print, strbuf_text(&f->literal), f->literal.len);
	f->literal.len = 0;
}

static void scan_format(struct format *f, struct print *print)
{
	while (*f->at && !f->failed) {
		if (*f->at != '%') {
			size_t len = strcspn(f->at, "%");

			strbuf_addn(&f->literal, f->at, len);
			f->at += len;
		} else if (f->at[1] == '%') {
			strbuf_addc(&f->literal, '%');
			f->at += 2;
		} else {
			flush_literal(f, print);
			vec_push(&print->pieces, scan_directive(f));
		}
	}
	flush_literal(f, print);
	strbuf_release(&f->literal);
}

static size_t wanted_arguments(const struct print *print)
{
	size_t count = 0;

	vec_each(&print->pieces, struct format_piece, piece)
		count += (piece->conversion != 0) + piece->width_is_arg + piece->precision_is_arg;
	return count;
}

static void check_count(struct parser *p, const struct print *print, const struct token *at)
{
	size_t wanted = wanted_arguments(print);

	if (wanted != print->args.len)
		parse_complaint(p, DIAG_bad_format, token_place(at),
				"the format takes %zu argument%s, %u given",
				wanted, wanted == 1 ? "" : "s", print->args.len);
}

/* ---- the call ------------------------------------------------------------------------------ */

#define LOOK_AHEAD 1000		/* tokens: keeps rubbish from costing quadratic time */

/* Index of the token after the parenthesis that is closed. */
static size_t after_parentheses(const struct parser *p, size_t open)
{
	int nesting = 0;
	size_t i = open;

	do {
		enum token_code code = peek_at(p, i)->code;

		nesting += (code == TOK_OPEN_PAREN) - (code == TOK_CLOSE_PAREN);
	} while (peek_at(p, i++)->kind != TOKEN_EOF && nesting > 0 && i < LOOK_AHEAD);
	return i;
}

/* A histogram alone, as in print(@hist_log(x)). */
static bool at_whole_histogram(const struct parser *p)
{
	return at_histogram(p) && peek_at(p, after_parentheses(p, 1))->code == TOK_CLOSE_PAREN;
}

static void parse_values(struct parser *p, struct print *print, const struct print_name *name,
			 bool first)
{
	if (at_code(p, TOK_CLOSE_PAREN))
		return;
	if (first && name->form == LIST && at_whole_histogram(p)) {
		vec_push(&print->args, parse_histogram(p));
		return;
	}
	if (!first)
		expect_code(p, TOK_COMMA);
	do
		vec_push(&print->args, parse_expression(p));
	while (accept_code(p, TOK_COMMA));
}

static void check_values(struct parser *p, const struct print *print,
			 const struct print_name *name, const struct token *at)
{
	if (p->panic)
		return;
	if (print->args.len > MAX_ARGUMENTS)
		parse_complaint(p, DIAG_limit, token_place(at), "%s takes at most %d values",
				name->name, MAX_ARGUMENTS);
	if (print->args.len < name->least)
		parse_complaint(p, DIAG_bad_format, token_place(at), "%s needs at least %zu value%s",
				name->name, name->least, name->least == 1 ? "" : "s");
	if (name->form == CHARACTER && print->args.len > 1)
		parse_complaint(p, DIAG_bad_format, token_place(at), "print_char takes one value");
}

static void parse_literal_argument(struct parser *p, struct print *print,
				   const struct print_name *name)
{
	const struct token *t = peek(p);

	print->literal = "";
	print->literal_at = token_place(t);
	if (t->kind == TOKEN_STRING)
		print->literal = expect_string(p, "string");
	else
		diag_hint(parse_error(p, DIAG_bad_format, t, "expected a %s as string literal",
				      name->form == FORMATTED ? "format" : "delimiter"),
			  "print() and println() take values without a format");
}

/* print = NAME "(" (literal ",")? (histogram | values)? ")" */
struct expr *parse_print(struct parser *p)
{
	const struct token *t = take(p), *open = take(p);
	const struct print_name *name = find_name(t->text);
	struct expr *e = expr_new(E_PRINT, token_place(t));
	struct print *print = &e->print;
	bool has_literal = name->form == FORMATTED || name->form == DELIMITED;

	print->name = intern(name->name);
	print->to_string = name->to_string;
	print->newline = name->newline;
	if (has_literal)
		parse_literal_argument(p, print, name);
	parse_values(p, print, name, !has_literal);
	expect_close(p, TOK_CLOSE_PAREN, open);
	check_values(p, print, name, t);
	if (name->form == FORMATTED && !p->panic) {
		struct format format = { .parser = p, .place = print->literal_at, .text = print->literal,
					 .at = print->literal };

		scan_format(&format, print);
		if (!format.failed)
			check_count(p, print, t);
	} else {
		make_pieces(print, name);
	}
	vec_each(&print->args, struct expr *, arg)
		with_height(p, e, *arg, NULL);
	return e;
}
