/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to the parser: its state, the cursor over the tokens, and the rules
 * that one file of the parser calls in another.
 *
 * After an error the parser is in panic: the cursor reads as end of input and
 * further errors are not reported, so every rule runs to its end with harmless
 * values and no rule needs to check.  The loop over statements (or declarations)
 * ends the panic at a token where the next one may begin.
 */
#ifndef STAP_SYNTAX_PARSER_H
#define STAP_SYNTAX_PARSER_H

#include "ast.h"
#include "lexer.h"
#include "macros.h"

struct session;

#define MAX_DEPTH 1000		/* of nesting: later passes recurse over the tree */
#define MAX_PARSE_ERRORS 50	/* then the rest of the file is not looked at */

enum parse_context { IN_FILE, IN_PROBE, IN_FUNCTION };

struct parser {
	struct session *session;
	const struct source *source;
	const struct lexed *lexed;		/* for docs */
	const struct macro_table *macros;	/* of the file, for suggestions */
	const struct token *tokens, *at;	/* the last one is TOKEN_EOF */
	const struct token *end;		/* that TOKEN_EOF */
	struct file *file;
	bool guru;				/* embedded C is allowed */
	bool panic;
	const struct token *error_at;		/* the last panic's */
	bool too_deep;				/* the panic ends at the next declaration */
	unsigned errors;
	unsigned depth;
	size_t products;			/* probe points made by brace groups */
	unsigned loops;				/* around the current statement */
	enum parse_context context;
};

/* ---- cursor (parser.c) ---- */

/* The current token, and one further on.  In panic: end of input. */
const struct token *peek(const struct parser *p);
const struct token *peek_at(const struct parser *p, size_t ahead);

/* Step over the current token and return it. */
const struct token *take(struct parser *p);

bool at_code(const struct parser *p, enum token_code code);
bool at_kind(const struct parser *p, enum token_kind kind);
bool accept_code(struct parser *p, enum token_code code);

/* The current token must be `code`.  Says what it saw otherwise. */
void expect_code(struct parser *p, enum token_code code);

/* Close what `open` opened; the error shows both places. */
void expect_close(struct parser *p, enum token_code code, const struct token *open);

/* A name: identifier without leading $; "" after an error. `what` is for the message. */
const char *expect_name(struct parser *p, const char *what);
const char *expect_string(struct parser *p, const char *what);

/* A string token's text up to its first NUL: what the language sees of it. */
const char *token_string(const struct token *t);

/* A number literal, perhaps with a minus sign. */
int64_t expect_number(struct parser *p, const char *what);

/*
 * Report at a token and panic.  Never returns NULL, so hints can be added; in
 * panic already, the message is dropped.
 */
struct diag *parse_error(struct parser *p, enum diag_tag tag, const struct token *at,
			 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Report a rule that was broken by something well-formed: no panic follows. */
struct diag *parse_complaint(struct parser *p, enum diag_tag tag, const struct place *at,
			     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Go one level deeper; false after saying that this is too deep. */
bool enter_level(struct parser *p);
void leave_level(struct parser *p);

/* Names that a misspelt word may have meant. */
void hint_keywords(struct diag *d, const char *word, const char *const *words);

/* Embedded C was used at `at`: is that allowed here? */
void require_guru(struct parser *p, const struct token *at, const char *what);

/* ---- rules ---- */

void parse_declaration(struct parser *p);
bool at_declaration(const struct parser *p);

struct stmt *parse_statement(struct parser *p);
struct stmt *parse_block(struct parser *p);

struct expr *parse_expression(struct parser *p);
struct expr *parse_ternary(struct parser *p);
void parse_keys(struct parser *p, expr_vec *keys, bool slice);
struct expr *parse_at_word(struct parser *p);
struct expr *parse_histogram(struct parser *p);
bool at_histogram(const struct parser *p);
bool find_stat_op(const char *word, enum stat_op *op);
void parse_path(struct parser *p, struct expr *target);
struct expr *parse_print(struct parser *p);
bool is_print_name(const char *name);

/* Set the height of a node from its children; says so when it is too high. */
struct expr *with_height(struct parser *p, struct expr *e, const struct expr *a,
			 const struct expr *b);

/* A list of probe points, brace groups multiplied out. */
void parse_points(struct parser *p, point_vec *points);

#endif
