/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statements.  Semicolons are optional everywhere, so a statement ends where its
 * expression can go no further; that makes the beginning of a line the best
 * place to go on after an error.
 */
#include <string.h>

#include "../base/arena.h"
#include "../base/nearest.h"
#include "parser.h"

static const char *const statement_words[] = {
	"if", "else", "for", "foreach", "while", "break", "continue", "next", "return", "delete",
	"try", "catch", NULL
};

/* ---- recovery --------------------------------------------------------------------------- */

static bool is_statement_keyword(const struct token *t)
{
	switch (t->code) {
	case KEY_IF: case KEY_FOR: case KEY_FOREACH: case KEY_WHILE: case KEY_RETURN:
	case KEY_DELETE: case KEY_NEXT: case KEY_BREAK: case KEY_CONTINUE: case KEY_TRY:
		return true;
	default:
		return false;
	}
}

static bool may_begin_statement(const struct token *t)
{
	return is_statement_keyword(t) ||
	       (t->first_on_line && (t->kind == TOKEN_IDENTIFIER || t->kind == TOKEN_AT_WORD));
}

static int nesting_change(const struct token *t)
{
	switch (t->code) {
	case TOK_OPEN_PAREN: case TOK_OPEN_BRACKET: case TOK_OPEN_BRACE: return 1;
	case TOK_CLOSE_PAREN: case TOK_CLOSE_BRACKET: case TOK_CLOSE_BRACE: return -1;
	default: return 0;
	}
}

/* The ';' in the head of a `for` end no statement: to its ')', or what cannot be in it. */
static void skip_loop_head(struct parser *p, const struct token *from)
{
	int nesting = 0;

	if (from->code != KEY_FOR)
		return;
	for (const struct token *t = from; t < p->at; t++)
		nesting += nesting_change(t);
	for (; nesting > 0 && p->at < p->end && !at_declaration(p) && !may_begin_statement(p->at); p->at++) {
		if (at_code(p, TOK_OPEN_BRACE) || at_code(p, TOK_CLOSE_BRACE))
			return;
		nesting += nesting_change(p->at);
	}
}

/*
 * End a panic where the next statement may begin: after a ';', before the '}' of
 * the block, at a statement's keyword or at a name that begins a line.  `from` is
 * where the faulty statement began.
 */
static void skip_to_statement(struct parser *p, const struct token *from)
{
	int nesting = 0;

	p->panic = false;
	skip_loop_head(p, from);
	if (p->at == from && p->at->code != TOK_CLOSE_BRACE && p->at < p->end)
		nesting = nesting_change(p->at++);
	for (; p->at < p->end && !at_declaration(p); p->at++) {
		if (nesting <= 0 && (may_begin_statement(p->at) || at_code(p, TOK_CLOSE_BRACE)))
			return;
		if (nesting <= 0 && at_code(p, TOK_SEMICOLON)) {
			p->at++;
			return;
		}
		nesting += nesting_change(p->at);
		if (nesting < 0)
			nesting = 0;
	}
}

/* ---- blocks ------------------------------------------------------------------------------ */

static struct stmt *block_new(const struct token *at)
{
	return stmt_new(S_BLOCK, token_place(at));
}

static void parse_block_statement(struct parser *p, struct stmt *block)
{
	const struct token *from = p->at;
	unsigned depth = p->depth, loops = p->loops;
	struct stmt *s = parse_statement(p);

	if (!p->panic) {
		vec_push(&block->block, s);
	} else if (p->errors < MAX_PARSE_ERRORS && !p->too_deep) {
		skip_to_statement(p, from);
		p->depth = depth;
		p->loops = loops;
	}
}

static void close_block(struct parser *p, const struct token *open)
{
	if (!p->panic && at_declaration(p))
		diag_note(parse_error(p, DIAG_syntax, peek(p), "expected '}' before this"),
			  token_place(open), "to close this");
	else
		expect_close(p, TOK_CLOSE_BRACE, open);
}

/* block = "{" (statement | ";")* "}" */
struct stmt *parse_block(struct parser *p)
{
	const struct token *open = peek(p);
	struct stmt *block = block_new(open);

	if (!at_code(p, TOK_OPEN_BRACE)) {
		parse_error(p, DIAG_syntax, open, "expected '{'");
		return block;
	}
	take(p);
	while (!p->panic && !at_code(p, TOK_CLOSE_BRACE) && !at_kind(p, TOKEN_EOF) &&
	       !at_declaration(p))
		if (!accept_code(p, TOK_SEMICOLON))
			parse_block_statement(p, block);
	close_block(p, open);
	return block;
}

/* ---- simple statements ------------------------------------------------------------------- */

/* What people write who come from C, and what they find here. */
static const struct { const char *word, *hint; } words_of_c[] = {
	{ "switch", "there is no switch statement: use if and else" }, { "do", "there is no do loop: use while" },
	{ "elseif", "write 'else if'" }, { "elif", "write 'else if'" }, { "unless", "write 'if (!...)'" },
	{ "int", "variables need no declaration" }, { "char", "variables need no declaration" },
	{ "unsigned", "variables need no declaration" }, { "const", "variables need no declaration" },
	{ "var", "variables need no declaration" }, { "let", "variables need no declaration" },
	{ "local", "variables need no declaration" }, { "auto", "variables need no declaration" },
};

static const char *hint_for_word(const char *word)
{
	for (size_t i = 0; i < sizeof words_of_c / sizeof *words_of_c; i++)
		if (!strcmp(words_of_c[i].word, word))
			return words_of_c[i].hint;
	return NULL;
}

/*
 * "retrun x" is two expressions to the grammar, the first without effect.  Nobody
 * means that on one line.
 */
static void check_misspelt_keyword(struct parser *p, const struct expr *e)
{
	const struct token *next = peek(p);
	bool name = e->kind == E_NAME && next->code != TOK_SEMICOLON &&
		    next->code != TOK_CLOSE_BRACE && next->kind != TOKEN_EOF;
	bool call = e->kind == E_CALL && next->code == TOK_OPEN_BRACE;
	const char *word = name ? e->name.name : call ? e->call.name : NULL, *hint;
	struct nearest n;

	if (p->panic || !word || (next->first_on_line && next->code != TOK_OPEN_BRACE))
		return;
	nearest_init(&n, word);
	for (const char *const *w = statement_words; *w; w++)
		nearest_offer(&n, *w);
	hint = hint_for_word(word);
	if (hint)
		diag_hint(diag_report(DIAG_suspicious, e->at, call ? "this is a function call and a block" :
				      "this does nothing"), "%s", hint);
	else if (n.count && !next->first_on_line)
		diag_nearest(diag_report(DIAG_suspicious, e->at, "this does nothing"), &n);
}

static struct stmt *parse_expression_statement(struct parser *p)
{
	struct stmt *s = stmt_new(S_EXPR, token_place(peek(p)));

	s->expr = parse_expression(p);
	s->at = s->expr->at;
	check_misspelt_keyword(p, s->expr);
	accept_code(p, TOK_SEMICOLON);
	return s;
}

/* break, continue and next are their keyword and nothing else. */
static struct stmt *parse_jump(struct parser *p, enum stmt_kind kind)
{
	const struct token *t = take(p);
	struct stmt *s = stmt_new(kind, token_place(t));

	if (kind != S_NEXT && !p->loops)
		parse_complaint(p, DIAG_misplaced, s->at, "'%s' outside of a loop", t->text);
	accept_code(p, TOK_SEMICOLON);
	return s;
}

/* Is the token the last of its line, but for comments?  The text may hold NUL bytes. */
static bool ends_line(const struct place *at)
{
	const char *text = at->source->text, *end = text + at->source->len;

	for (unsigned line = 1; line < at->line && text; line++) {
		text = memchr(text, '\n', end - text);
		text = text ? text + 1 : NULL;
	}
	if (!text || (size_t)(end - text) < at->column - 1 + at->length)
		return false;
	text += at->column - 1 + at->length;
	text += strspn(text, " \t\r");
	return *text == '\n' || *text == '#' || !strncmp(text, "//", 2) || !strncmp(text, "/*", 2);
}

/* "return" alone on a line gives back what the next line says, which few expect. */
static void check_return_value(const struct token *value, const struct place *keyword)
{
	if (value->first_on_line && !keyword->via && ends_line(keyword))
		diag_hint(diag_report(DIAG_suspicious, token_place(value), "this is the value that the 'return' before it gives back"),
			  "write 'return;' to return no value, or put the value on its line");
}

/* return = "return" expression? */
static struct stmt *parse_return(struct parser *p)
{
	struct stmt *s = stmt_new(S_RETURN, token_place(take(p)));

	if (p->context != IN_FUNCTION)
		diag_hint(parse_complaint(p, DIAG_misplaced, s->at, "'return' outside of a function"),
			  "'next' ends a probe handler");
	if (!at_code(p, TOK_SEMICOLON) && !at_code(p, TOK_CLOSE_BRACE) &&
	    !is_statement_keyword(peek(p))) {
		check_return_value(peek(p), s->at);
		s->expr = parse_expression(p);
	}
	accept_code(p, TOK_SEMICOLON);
	return s;
}

/* A global's name and perhaps keys: NAME ("[" keys "]")?, where keys may be "*". */
static struct expr *parse_array_slice(struct parser *p, const char *what)
{
	struct expr *name = expr_new(E_NAME, token_place(peek(p))), *element;

	name->name.name = expect_name(p, what);
	if (!at_code(p, TOK_OPEN_BRACKET))
		return name;
	element = expr_new(E_INDEX, name->at);
	element->index.base = name;
	parse_keys(p, &element->index.keys, true);
	return element;
}

/* delete = "delete" slice */
static struct stmt *parse_delete(struct parser *p)
{
	struct stmt *s = stmt_new(S_DELETE, token_place(take(p)));

	s->expr = parse_array_slice(p, "an array, an array element or a variable");
	accept_code(p, TOK_SEMICOLON);
	return s;
}

/* ---- if, while, for ------------------------------------------------------------------------ */

/* A constant stored in a condition was meant to be compared. */
static void check_condition(struct parser *p, const struct expr *e, const struct token *open)
{
	if (p->panic || e->kind != E_ASSIGN || e->assign.op != OP_NONE ||
	    open[1].code == TOK_OPEN_PAREN)
		return;
	if (e->assign.right->kind == E_NUMBER || e->assign.right->kind == E_STRING)
		diag_hint(diag_report(DIAG_suspicious, e->at, "assignment used as a condition"),
			  "'==' compares; write ((a = b)) if the assignment is meant");
}

/* "(" expression ")" */
static struct expr *parse_condition(struct parser *p)
{
	const struct token *open = peek(p);
	struct expr *e;

	expect_code(p, TOK_OPEN_PAREN);
	e = parse_expression(p);
	check_condition(p, e, open);
	if (at_code(p, TOK_ASSIGN))
		diag_hint(parse_error(p, DIAG_syntax, peek(p), "expected ')'"), "'==' compares");
	expect_close(p, TOK_CLOSE_PAREN, open);
	return e;
}

static struct stmt *parse_loop_body(struct parser *p)
{
	struct stmt *body;

	p->loops++;
	body = parse_statement(p);
	p->loops--;
	return body;
}

/* if = "if" condition statement ("else" statement)? */
static struct stmt *parse_if(struct parser *p)
{
	struct stmt *s = stmt_new(S_IF, token_place(take(p)));

	s->if_.cond = parse_condition(p);
	s->if_.yes = parse_statement(p);
	if (accept_code(p, KEY_ELSE))
		s->if_.no = parse_statement(p);
	return s;
}

static struct stmt *parse_while(struct parser *p)
{
	struct stmt *s = stmt_new(S_LOOP, token_place(take(p)));

	s->loop.cond = parse_condition(p);
	s->loop.body = parse_loop_body(p);
	return s;
}

static struct expr *parse_optional_expression(struct parser *p, enum token_code end)
{
	return at_code(p, end) ? NULL : parse_expression(p);
}

/* for = "for" "(" expression? ";" expression? ";" expression? ")" statement */
static struct stmt *parse_for(struct parser *p)
{
	struct stmt *s = stmt_new(S_LOOP, token_place(take(p)));
	const struct token *open = peek(p);

	expect_code(p, TOK_OPEN_PAREN);
	s->loop.init = parse_optional_expression(p, TOK_SEMICOLON);
	if (s->loop.init && s->loop.init->kind == E_IN && at_code(p, TOK_CLOSE_PAREN))
		diag_hint(parse_error(p, DIAG_syntax, peek(p), "expected ';'"),
			  "'foreach' goes through an array");
	expect_code(p, TOK_SEMICOLON);
	s->loop.cond = parse_optional_expression(p, TOK_SEMICOLON);
	expect_code(p, TOK_SEMICOLON);
	s->loop.step = parse_optional_expression(p, TOK_CLOSE_PAREN);
	expect_close(p, TOK_CLOSE_PAREN, open);
	s->loop.body = parse_loop_body(p);
	return s;
}

/* ---- foreach --------------------------------------------------------------------------------- */

/* mark = "+" | "-", which may be glued to the '=' of "v- = k": 0 if there is none. */
static int parse_sort_mark(struct parser *p)
{
	if (accept_code(p, TOK_ADD))
		return 1;
	return accept_code(p, TOK_SUB) ? -1 : 0;
}

static void set_sort(struct parser *p, struct stmt *s, enum foreach_sort sort, int key)
{
	const struct token *mark = peek(p);
	int direction = parse_sort_mark(p);

	if (!direction)
		return;
	if (s->foreach.sort)
		parse_error(p, DIAG_syntax, mark, "a loop is sorted by one thing only");
	s->foreach.sort = sort;
	s->foreach.sort_key = key;
	s->foreach.direction = direction;
}

/* A variable that a statement sets: `what` it is for. */
static struct expr *parse_set_variable(struct parser *p, const char *what)
{
	struct expr *e = expr_new(E_NAME, token_place(peek(p)));

	e->name.name = expect_name(p, what);
	return e;
}

static void parse_loop_key(struct parser *p, struct stmt *s)
{
	int position = s->foreach.keys.len;

	vec_push(&s->foreach.keys, parse_set_variable(p, "name of a loop variable"));
	set_sort(p, s, SORT_KEY, position);
}

/* Does "NAME mark? =" come: the variable for the value? */
static bool at_value_variable(const struct parser *p)
{
	enum token_code one = peek_at(p, 1)->code, two = peek_at(p, 2)->code;

	return at_kind(p, TOKEN_IDENTIFIER) &&
	       (one == TOK_ASSIGN || ((one == TOK_ADD || one == TOK_SUB) && two == TOK_ASSIGN) ||
		one == TOK_ADD_ASSIGN || one == TOK_SUB_ASSIGN);
}

/* value = NAME mark? "=" ; "v-=k" was lexed as an operator and means the same */
static void parse_value_variable(struct parser *p, struct stmt *s)
{
	s->foreach.value = parse_set_variable(p, "name of a loop variable");
	if (at_code(p, TOK_ADD_ASSIGN) || at_code(p, TOK_SUB_ASSIGN)) {
		s->foreach.sort = SORT_VALUE;
		s->foreach.direction = take(p)->code == TOK_ADD_ASSIGN ? 1 : -1;
		return;
	}
	set_sort(p, s, SORT_VALUE, 0);
	expect_code(p, TOK_ASSIGN);
}

/* keys = NAME mark? | "[" NAME mark? ("," NAME mark?)* "]" */
static void parse_loop_keys(struct parser *p, struct stmt *s)
{
	const struct token *open = peek(p);

	if (!accept_code(p, TOK_OPEN_BRACKET)) {
		parse_loop_key(p, s);
		return;
	}
	do
		parse_loop_key(p, s);
	while (accept_code(p, TOK_COMMA));
	expect_close(p, TOK_CLOSE_BRACKET, open);
}

/* ("@count" | "@sum" | ...)? mark? */
static void parse_array_sort(struct parser *p, struct stmt *s)
{
	const struct token *t = peek(p);
	enum stat_op op = STAT_COUNT;
	bool has_op = t->kind == TOKEN_AT_WORD && find_stat_op(t->text, &op);

	if (has_op) {
		take(p);
		s->foreach.sort_stat = op;
		if (!at_code(p, TOK_ADD) && !at_code(p, TOK_SUB))
			parse_error(p, DIAG_syntax, peek(p), "expected '+' or '-' after '%s'", t->text);
	}
	set_sort(p, s, SORT_VALUE, 0);
}

/* array = (histogram | NAME slice?) (stat? mark)? */
static void parse_loop_array(struct parser *p, struct stmt *s)
{
	struct expr *array;

	if (at_histogram(p)) {
		s->foreach.array = parse_histogram(p);
		return;
	}
	array = parse_array_slice(p, "an array");
	if (array->kind == E_INDEX) {
		s->foreach.slice = array->index.keys;
		array = array->index.base;
	}
	s->foreach.array = array;
	parse_array_sort(p, s);
}

/* foreach = "foreach" "(" value? keys "in" array ("limit" expression)? ")" statement */
static struct stmt *parse_foreach(struct parser *p)
{
	struct stmt *s = stmt_new(S_FOREACH, token_place(take(p)));
	const struct token *open = peek(p);

	expect_code(p, TOK_OPEN_PAREN);
	if (at_value_variable(p))
		parse_value_variable(p, s);
	parse_loop_keys(p, s);
	expect_code(p, KEY_IN);
	parse_loop_array(p, s);
	if (accept_code(p, KEY_LIMIT))
		s->foreach.limit = parse_expression(p);
	expect_close(p, TOK_CLOSE_PAREN, open);
	s->foreach.body = parse_loop_body(p);
	return s;
}

/* ---- try ---------------------------------------------------------------------------------------- */

/* try = "try" block "catch" ("(" NAME ")")? block */
static struct stmt *parse_try(struct parser *p)
{
	struct stmt *s = stmt_new(S_TRY, token_place(take(p)));
	const struct token *open;

	s->try_.body = parse_block(p);
	expect_code(p, KEY_CATCH);
	open = peek(p);
	if (accept_code(p, TOK_OPEN_PAREN)) {
		s->try_.variable = parse_set_variable(p, "name of a variable for the message");
		expect_close(p, TOK_CLOSE_PAREN, open);
	}
	s->try_.handler = parse_block(p);
	return s;
}

/* ---- the whole ------------------------------------------------------------------------------------ */

static struct stmt *complain_statement(struct parser *p)
{
	const struct token *t = peek(p);

	if (t->code == KEY_ELSE)
		parse_error(p, DIAG_syntax, t, "'else' without an 'if' before it");
	else if (t->code == KEY_CATCH)
		parse_error(p, DIAG_syntax, t, "'catch' without a 'try' before it");
	else
		parse_error(p, DIAG_syntax, t, "expected a statement");
	return block_new(t);
}

static struct stmt *parse_statement_here(struct parser *p)
{
	const struct token *t = peek(p);

	switch (t->code) {
	case TOK_OPEN_BRACE: return parse_block(p);
	case TOK_SEMICOLON: return block_new(take(p));
	case KEY_IF: return parse_if(p);
	case KEY_WHILE: return parse_while(p);
	case KEY_FOR: return parse_for(p);
	case KEY_FOREACH: return parse_foreach(p);
	case KEY_BREAK: return parse_jump(p, S_BREAK);
	case KEY_CONTINUE: return parse_jump(p, S_CONTINUE);
	case KEY_NEXT: return parse_jump(p, S_NEXT);
	case KEY_RETURN: return parse_return(p);
	case KEY_DELETE: return parse_delete(p);
	case KEY_TRY: return parse_try(p);
	case KEY_ELSE: case KEY_CATCH: case TOK_CLOSE_BRACE: return complain_statement(p);
	default: return parse_expression_statement(p);
	}
}

/* statement = block | ";" | if | while | for | foreach | jump | return | delete | try | expression */
struct stmt *parse_statement(struct parser *p)
{
	struct stmt *s;

	if (!enter_level(p))
		return block_new(peek(p));
	s = parse_statement_here(p);
	leave_level(p);
	return s;
}
