/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser's cursor, its way of reporting errors and of going on after them,
 * and the entry points.  The rules are in parse_*.c, from declarations down to
 * print formats: recursive descent over an array of tokens.
 */
#include "parser.h"

#include <stdarg.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../session.h"
#include "preprocess.h"
#include "syntax.h"

/* ---- cursor ------------------------------------------------------------------------ */

const struct token *peek_at(const struct parser *p, size_t ahead)
{
	return p->panic || ahead > (size_t)(p->end - p->at) ? p->end : p->at + ahead;
}

const struct token *peek(const struct parser *p)
{
	return peek_at(p, 0);
}

const struct token *take(struct parser *p)
{
	const struct token *t = peek(p);

	if (t != p->end)
		p->at++;
	return t;
}

bool at_code(const struct parser *p, enum token_code code)
{
	return peek(p)->code == code;
}

bool at_kind(const struct parser *p, enum token_kind kind)
{
	return peek(p)->kind == kind;
}

bool accept_code(struct parser *p, enum token_code code)
{
	if (!at_code(p, code))
		return false;
	take(p);
	return true;
}

void expect_code(struct parser *p, enum token_code code)
{
	if (!accept_code(p, code))
		parse_error(p, DIAG_syntax, peek(p), "expected '%s'", token_code_text(code));
}

void expect_close(struct parser *p, enum token_code code, const struct token *open)
{
	if (accept_code(p, code) || p->panic)
		return;
	diag_note(parse_error(p, DIAG_syntax, peek(p), "expected '%s'", token_code_text(code)),
		  token_place(open), "to close this");
}

/* The names of C and of other tracers that people try: hint at what to write here. */
static void hint_keyword_as_name(struct diag *d, const struct token *t)
{
	if (t->kind == TOKEN_KEYWORD)
		diag_hint(d, "'%s' is a keyword and cannot be used as a name", t->text);
}

const char *expect_name(struct parser *p, const char *what)
{
	const struct token *t = peek(p);

	if (t->kind == TOKEN_IDENTIFIER && t->text[0] != '$')
		return take(p)->text;
	hint_keyword_as_name(parse_error(p, DIAG_syntax, t, "expected %s", what), t);
	return "";
}

const char *token_string(const struct token *t)
{
	return strlen(t->text) == t->len ? t->text : intern(t->text);
}

const char *expect_string(struct parser *p, const char *what)
{
	if (at_kind(p, TOKEN_STRING))
		return token_string(take(p));
	parse_error(p, DIAG_syntax, peek(p), "expected %s", what);
	return "";
}

/* "1.5" would be two numbers and a concatenation. */
static void refuse_fraction(struct parser *p, const struct token *t)
{
	const struct token *dot = peek(p), *digits = peek_at(p, 1);

	if (dot->code != TOK_DOT || !dot->touches || digits->kind != TOKEN_NUMBER || !digits->touches)
		return;
	diag_hint(parse_complaint(p, DIAG_bad_number, token_place(t), "numbers are whole: no '%s.%s'", t->text, digits->text),
		  "count in smaller units");
	take(p);
	take(p);
}

int64_t expect_number(struct parser *p, const char *what)
{
	bool negative = at_code(p, TOK_SUB) && peek_at(p, 1)->kind == TOKEN_NUMBER &&
			accept_code(p, TOK_SUB);
	const struct token *t = peek(p);
	int64_t value;

	if (t->kind != TOKEN_NUMBER) {
		parse_error(p, DIAG_syntax, t, "expected %s", what);
		return 0;
	}
	take(p);
	refuse_fraction(p, t);
	if (!token_number(t, &value))
		parse_complaint(p, DIAG_bad_number, token_place(t), "number invalid or out of range");
	return negative ? (int64_t)-(uint64_t)value : value;
}

/* ---- errors ------------------------------------------------------------------------ */

static struct diag *report(struct parser *p, enum diag_tag tag, const struct place *at,
			   const char *format, va_list args)
{
	p->errors++;
	return diag_report(tag, at, "%s", arena_vprintf(format, args));
}

/* Where an error is shown: at the end of input that is behind the last token. */
static const struct place *error_place(const struct parser *p, const struct token *t)
{
	struct place *at = (struct place *)token_place(t);

	if (t == p->end && t > p->tokens && t->line > t[-1].line) {
		at->line = t[-1].line;
		at->column = t[-1].column + t[-1].length;
	}
	return at;
}

/*
 * What was swallowed by a string or comment without an end is missed after it:
 * on its line, at the next token, or at the end of input.
 */
static bool is_consequence(const struct parser *p, const struct token *at)
{
	unsigned line = p->lexed->broken_line;

	return line && (at->line == line || at == p->end ||
			(at > p->tokens && at[-1].line == line));
}

struct diag *parse_error(struct parser *p, enum diag_tag tag, const struct token *at,
			 const char *format, ...)
{
	struct diag *d;
	va_list args;

	if (p->panic)
		return diag_discarded();
	p->panic = true;
	if (is_consequence(p, at) || at == p->error_at)
		return diag_discarded();
	p->error_at = at;
	va_start(args, format);
	d = report(p, tag, error_place(p, at), format, args);
	va_end(args);
	return d;
}

struct diag *parse_complaint(struct parser *p, enum diag_tag tag, const struct place *at,
			     const char *format, ...)
{
	struct diag *d;
	va_list args;

	if (p->panic)
		return diag_discarded();
	va_start(args, format);
	d = report(p, tag, at, format, args);
	va_end(args);
	return d;
}

bool enter_level(struct parser *p)
{
	if (p->depth >= MAX_DEPTH) {
		parse_error(p, DIAG_too_deep, peek(p), "nested more than %d levels deep", MAX_DEPTH);
		p->too_deep = true;
		return false;
	}
	p->depth++;
	return true;
}

void leave_level(struct parser *p)
{
	p->depth--;
}

void hint_keywords(struct diag *d, const char *word, const char *const *words)
{
	struct nearest n;

	nearest_init(&n, word);
	for (; *words; words++)
		nearest_offer(&n, *words);
	diag_nearest(d, &n);
}

void require_guru(struct parser *p, const struct token *at, const char *what)
{
	/* the library's macros may, wherever they are used */
	if (!p->guru && !token_place(at)->source->library)
		diag_hint(parse_complaint(p, DIAG_guru_needed, token_place(at),
					  "%s needs guru mode", what),
			  "run stap with -g if you trust this script");
}

/* ---- recovery ------------------------------------------------------------------------ */

/* Skip to where the next declaration may begin. */
static void skip_to_declaration(struct parser *p, const struct token *from)
{
	p->panic = p->too_deep = false;
	if (p->at == from && p->at < p->end)
		p->at++;
	while (p->at < p->end && !at_declaration(p))
		p->at++;
}

static void parse_declarations(struct parser *p)
{
	while (p->at < p->end && p->errors < MAX_PARSE_ERRORS) {
		const struct token *from = p->at;

		parse_declaration(p);
		if (p->panic)
			skip_to_declaration(p, from);
	}
}

/* ---- entry points ---------------------------------------------------------------------- */

/* What is read before parsing, and given back after it. */
struct input {
	struct lexed lexed;
	struct macro_table macros;
};

static void input_read(struct session *s, const struct source *source, struct input *in)
{
	*in = (struct input){0};
	lex(s, source, &in->lexed);
	preprocess(s, &in->lexed, &in->macros);
}

static struct parser parser_for(struct session *s, const struct source *source,
				const struct input *in)
{
	const struct token_list *tokens = &in->lexed.tokens;
	struct file *file = arena_new(struct file);

	file->source = source;
	return (struct parser){
		.session = s, .source = source, .lexed = &in->lexed, .macros = &in->macros,
		.file = file, .tokens = tokens->data, .at = tokens->data,
		.end = tokens->data + tokens->len - 1,
		.guru = s->options.guru || source->library,
	};
}

struct file *parse_source(struct session *s, const struct source *source)
{
	struct input in;

	input_read(s, source, &in);
	struct parser p = parser_for(s, source, &in);

	if (p.at == p.end && !in.lexed.errors && !source->library)
		parse_error(&p, DIAG_empty_script, p.at, "script is empty");
	if (!in.lexed.damaged)
		parse_declarations(&p);

	bool failed = p.errors || in.lexed.errors;

	lexed_release(&in.lexed);
	return failed ? NULL : p.file;
}

struct file *parse_probe_point(struct session *s, const char *text)
{
	const struct source *source = session_add_source(s, "<input>", text, strlen(text));
	struct probe_decl *probe = arena_new(struct probe_decl);
	struct input in;

	input_read(s, source, &in);
	struct parser p = parser_for(s, source, &in);

	p.context = IN_PROBE;		/* no handler follows */
	probe->source = source;
	probe->at = token_place(p.at);
	probe->body = stmt_new(S_BLOCK, probe->at);
	parse_points(&p, &probe->points);
	if (!p.panic && p.at != p.end)
		parse_error(&p, DIAG_syntax, p.at, "expected ',' or the end of the probe point");
	vec_push(&p.file->probes, probe);

	bool failed = p.errors || in.lexed.errors;

	lexed_release(&in.lexed);
	return failed ? NULL : p.file;
}
