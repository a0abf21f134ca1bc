/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lexer makes one array of tokens out of one text, in one pass.
 *
 * Command-line arguments are a matter of text, not of syntax: $1 may stand for
 * half an expression.  So they are lexed right where they are met, and their tokens
 * carry the place of the $1.  An argument that was not given becomes TOKEN_MISSING,
 * which is an error only if it survives the preprocessor's conditionals.
 *
 * What cannot be a token is reported here and left out, so that the parser never
 * sees it; after a number of such errors the text is taken as rubbish.
 */
#include "lexer.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/oom.h"
#include "../session.h"

#define MAX_ERRORS 40
#define MAX_SOURCE (1u << 30)	/* places count in unsigned; the arena in int */

struct lexer {
	struct session *session;
	const struct source *source;
	struct origin *origin;
	struct lexed *out;
	const char *text, *end;		/* of the source, or of a pasted argument */
	const char *at;
	const char *line_start;
	unsigned line;
	bool gap;			/* white space or comment since the last token */
	bool new_line;			/* no token on this line yet */
	const struct token *pasted;	/* the $N whose argument is being lexed, or NULL */
	struct doc doc;			/* comment block that may belong to the next token */
	bool hex_escapes, private_is_keyword;
};

/* ---- tokens and their places ------------------------------------------------ */

void lexed_release(struct lexed *lexed)
{
	heap_release(&lexed->tokens);
	heap_release(&lexed->docs);
}

static const char *const kind_names[] = {
	[TOKEN_EOF] = "end of input", [TOKEN_IDENTIFIER] = "identifier",
	[TOKEN_KEYWORD] = "keyword", [TOKEN_AT_WORD] = "operator", [TOKEN_NUMBER] = "number",
	[TOKEN_STRING] = "string", [TOKEN_OPERATOR] = "operator",
	[TOKEN_EMBEDDED] = "embedded-code", [TOKEN_MISSING] = "argument",
};

const struct place *token_place(const struct token *token)
{
	struct place *at = arena_new(struct place);

	*at = (struct place){
		.source = token->origin->source, .line = token->line, .column = token->column,
		.length = token->length ? token->length : 1,
		.kind = kind_names[token->kind],
		.token = token->kind == TOKEN_EOF ? NULL : token->text,
		.via = token->origin->via, .via_name = token->origin->via_name,
	};
	return at;
}

bool token_number(const struct token *token, int64_t *value)
{
	char *end;

	errno = 0;
	*value = (int64_t)strtoull(token->text, &end, 0);
	return !*end && !errno;
}

bool source_has_version(const struct session *s, const struct source *source,
			const char *version)
{
	return source->builtin_library || !session_is_before(s, version);
}

/* ---- spellings ----------------------------------------------------------------- */

static const struct spelling { const char *text; unsigned char len; } spellings[] = {
	[CODE_NONE] = { "", 0 },
#define KEYWORD(name, spelling) [KEY_##name] = { spelling, sizeof spelling - 1 },
#include "token.def"
#define OPERATOR(name, spelling) [TOK_##name] = { spelling, sizeof spelling - 1 },
#include "token.def"
};

#define SPELLINGS (sizeof spellings / sizeof spellings[0])
#define FIRST_OPERATOR TOK_AGGREGATE

const char *token_code_text(enum token_code code)
{
	return spellings[code].text;
}

static enum token_code find_keyword(const struct lexer *l, const char *text, size_t len)
{
	for (int code = KEY_PROBE; code < FIRST_OPERATOR; code++)
		if (spellings[code].len == len && spellings[code].text[0] == text[0] &&
		    !memcmp(spellings[code].text, text, len))
			return code == KEY_PRIVATE && !l->private_is_keyword ? CODE_NONE : code;
	return CODE_NONE;
}

/* Index of the first operator that begins with each character. */
static const unsigned char *operator_index(void)
{
	static unsigned char index[UCHAR_MAX + 1];

	if (!index['<'])
		for (int code = SPELLINGS - 1; code >= FIRST_OPERATOR; code--)
			index[(unsigned char)spellings[code].text[0]] = code;
	return index;
}

static enum token_code find_operator(const char *text, size_t room)
{
	unsigned char first = text[0];

	for (unsigned code = operator_index()[first]; code && code < SPELLINGS; code++) {
		const struct spelling *s = &spellings[code];

		if (s->text[0] != (char)first)
			break;
		if (s->len <= room && !memcmp(s->text, text, s->len))
			return code;
	}
	return CODE_NONE;
}

/* ---- making tokens --------------------------------------------------------------- */

/* A token that begins at `first`; its place is the $N's inside a pasted argument. */
static struct token token_at(const struct lexer *l, const char *first, enum token_kind kind)
{
	struct token t = {
		.kind = kind, .origin = l->origin, .touches = !l->gap,
		.first_on_line = l->new_line, .line = l->line,
		.column = first - l->line_start + 1, .length = l->at - first,
	};
	if (l->pasted) {
		t.line = l->pasted->line;
		t.column = l->pasted->column;
		t.length = l->pasted->length;
	}
	return t;
}

/* Remember the comment block in front of the token that is about to be pushed. */
static unsigned take_doc(struct lexer *l)
{
	struct doc_list *docs = &l->out->docs;

	if (!l->doc.len || !l->source->library || l->pasted)
		return 0;
	if (!docs->len)
		heap_push(docs, (struct doc){0});
	heap_push(docs, l->doc);
	return docs->len - 1;
}

static void emit(struct lexer *l, struct token *t)
{
	t->doc = take_doc(l);
	heap_push(&l->out->tokens, *t);
	l->doc.len = 0;
	l->gap = l->new_line = false;
}

static void emit_text(struct lexer *l, const char *first, enum token_kind kind,
		      const char *text, size_t len)
{
	struct token t = token_at(l, first, kind);

	t.text = text;
	t.len = len;
	emit(l, &t);
}

static struct diag *lexical_error(struct lexer *l, enum diag_tag tag, const char *first,
				  const char *message)
{
	struct token t = token_at(l, first, TOKEN_EOF);
	struct place *at = (struct place *)token_place(&t);

	at->kind = NULL;
	l->out->errors++;
	if (tag == DIAG_unterminated)
		l->out->broken_line = at->line;
	return diag_report(tag, at, "%s", message);
}

/* ---- white space and comments ---------------------------------------------------- */

static void new_line(struct lexer *l)
{
	l->line++;
	l->line_start = l->at;
	l->new_line = true;
}

static bool at_text(const struct lexer *l, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(l->end - l->at) >= len && !memcmp(l->at, text, len);
}

static void skip_line_comment(struct lexer *l)
{
	const char *newline = memchr(l->at, '\n', l->end - l->at);

	l->at = newline ? newline : l->end;
}

static void skip_block_comment(struct lexer *l)
{
	struct lexer start = *l;

	for (l->at += 2; l->at < l->end && !at_text(l, "*/");)
		if (*l->at++ == '\n')
			new_line(l);
	if (l->at == l->end) {
		start.at += 2;
		lexical_error(&start, DIAG_unterminated, start.at - 2, "comment is not closed with '*/'");
		return;
	}
	l->at += 2;
}

static bool at_comment(const struct lexer *l)
{
	return *l->at == '#' || at_text(l, "//") || at_text(l, "/*");
}

/* A comment joins the block before it unless a blank line or a token is between. */
static void skip_comment(struct lexer *l)
{
	const char *first = l->at;

	if (at_text(l, "/*"))
		skip_block_comment(l);
	else
		skip_line_comment(l);
	if (!l->doc.len)
		l->doc.first = first - l->text;
	l->doc.len = l->at - l->text - l->doc.first;
}

static void skip_space(struct lexer *l)
{
	unsigned newlines = 0;

	for (; l->at < l->end; l->gap = true) {
		if (*l->at == '\n') {
			l->at++;
			new_line(l);
			if (++newlines > 1)
				l->doc.len = 0;
		} else if (isspace((unsigned char)*l->at)) {
			l->at++;
		} else if (at_comment(l)) {
			newlines = 0;
			skip_comment(l);
		} else {
			break;
		}
	}
}

/* ---- words and numbers ------------------------------------------------------------- */

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static void skip_word(struct lexer *l)
{
	while (l->at < l->end && is_word_char(*l->at))
		l->at++;
}

/*
 * The library's argc and argv read arguments in a file that pass 1 does not see;
 * a script that names them uses the arguments.
 */
static void note_argv(struct lexer *l, const char *word, size_t len)
{
	struct session *s = l->session;

	if (len < 4 || memcmp(word, "arg", 3) || (word[3] != 'c' && word[3] != 'v') ||
	    l->source->library || !s->argument_used)
		return;
	for (size_t i = 0; i < s->options.arguments.len; i++)
		s->argument_used[i] = true;
}

static void lex_word(struct lexer *l)
{
	const char *first = l->at;

	skip_word(l);
	size_t len = l->at - first;
	struct token t = token_at(l, first, TOKEN_IDENTIFIER);

	note_argv(l, first, len);
	t.code = find_keyword(l, first, len);
	if (t.code)
		t.kind = TOKEN_KEYWORD;
	t.text = intern_n(first, len);
	t.len = len;
	emit(l, &t);
}

static void lex_at_word(struct lexer *l)
{
	const char *first = l->at++;

	skip_word(l);
	emit_text(l, first, TOKEN_AT_WORD, intern_n(first, l->at - first), l->at - first);
}

static void lex_number(struct lexer *l)
{
	const char *first = l->at;

	while (l->at < l->end && isalnum((unsigned char)*l->at))
		l->at++;
	emit_text(l, first, TOKEN_NUMBER, intern_n(first, l->at - first), l->at - first);
}

/* ---- strings ------------------------------------------------------------------------ */

static int digit_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ?
	       tolower((unsigned char)c) - 'a' + 10 : 99;
}

/* Up to `most` digits of a base; leaves the cursor after them. */
static char lex_digits(struct lexer *l, int base, int most)
{
	unsigned value = 0;

	for (int n = 0; n < most && l->at < l->end && digit_value(*l->at) < base; n++)
		value = value * base + digit_value(*l->at++);
	return (char)value;
}

static char lex_escape(struct lexer *l)
{
	static const char names[] = "abtnvfr", values[] = "\a\b\t\n\v\f\r";
	char c = *l->at;
	const char *name = memchr(names, c, sizeof names - 1);

	if (c >= '0' && c <= '7')
		return lex_digits(l, 8, 3);
	l->at++;
	if (c == 'x' && l->hex_escapes && l->at < l->end && isxdigit((unsigned char)*l->at))
		return lex_digits(l, 16, 2);
	return name ? values[name - names] : c;
}

/* Strings and C end at a NUL for whoever reads them later. */
static void refuse_nul(const struct lexer *l, const char *nul)
{
	struct lexer here = *l;

	here.at = nul + 1;
	lexical_error(&here, DIAG_bad_token, nul, "NUL byte in the script");
}

static void lex_string(struct lexer *l)
{
	const char *first = l->at++;
	const char *quote = l->at;

	while (quote < l->end && *quote != '"' && *quote != '\n')
		quote += *quote == '\\' && quote + 1 < l->end && quote[1] != '\n' ? 2 : 1;

	if (memchr(first, 0, quote - first))
		refuse_nul(l, memchr(first, 0, quote - first));
	char *text = malloc(quote - l->at + 1);
	size_t len = 0;

	if (!text)
		out_of_memory(quote - l->at + 1);
	while (l->at < quote) {
		char c = *l->at++;

		text[len++] = c == '\\' && l->at < quote ? lex_escape(l) : c;
	}
	if (l->at < l->end && *l->at == '"')
		l->at++;
	else
		diag_hint(lexical_error(l, DIAG_unterminated, first, "string is not closed on its line"),
			  "write \\n for a line end; strings next to each other are joined");
	emit_text(l, first, TOKEN_STRING, intern_n(text, len), len);
	free(text);
}

/* Where the next byte of a literal is spelled, which may be in one that was glued to it; NULL: it is another byte. */
static const char *next_of_string(struct lexer *l, char byte)
{
	const char *spelling;
	char c;

	while (l->at < l->end && *l->at == '"') {
		l->at++;
		skip_space(l);
		if (l->at == l->end || *l->at++ != '"')
			return NULL;
	}
	if (l->at == l->end || *l->at == '\n')
		return NULL;
	spelling = l->at;
	c = *l->at++;
	if (c == '\\' && l->at < l->end)
		c = lex_escape(l);
	return c == byte ? spelling : NULL;
}

/* A lexer inside of a string literal, behind its quote.  False: the literal is not spelled where it stands. */
static bool enter_string(struct lexer *l, const struct place *literal)
{
	size_t len;

	l->source = literal->source;
	l->text = l->source->text;
	l->end = l->text + l->source->len;
	l->line = literal->line;
	l->line_start = place_line(literal, &len);
	l->at = l->line_start + literal->column - 1;
	return literal->column <= len && *l->at++ == '"';
}

const struct place *string_part_place(const struct place *literal, const char *text, size_t first, size_t len)
{
	struct lexed unused = {0};
	struct lexer l = { .out = &unused, .hex_escapes = true };
	struct place *part = arena_new(struct place);

	*part = *literal;
	part->token = arena_strndup(text + first, len);
	if (!enter_string(&l, literal))
		return literal;
	for (size_t i = 0; i < first + len; i++) {
		const char *spelling = next_of_string(&l, text[i]);

		if (!spelling)
			return literal;
		if (i == first) {
			part->line = l.line;
			part->column = spelling - l.line_start + 1;
		}
	}
	part->length = part->line == l.line ? l.at - l.line_start + 1 - part->column : 1;
	return part;
}

/* ---- embedded C ---------------------------------------------------------------------- */

/* C may end in "}%}", but a '}%' before anything else most likely swallows what comes after it. */
static void warn_typo(const struct lexer *typo)
{
	struct token t = token_at(typo, typo->at - 2, TOKEN_EMBEDDED);
	struct place *at = (struct place *)token_place(&t);

	at->kind = NULL;
	diag_hint(diag_report(DIAG_suspicious, at, "'}%%' does not end embedded C"), "'%%}' may have been meant");
}

static void lex_embedded(struct lexer *l)
{
	struct lexer start = *l, typo = { .at = NULL };

	for (l->at += 2; l->at < l->end && !at_text(l, "%}");) {
		if (!*l->at)
			refuse_nul(l, l->at);
		if (!typo.at && at_text(l, "}%") && !at_text(l, "}%}")) {
			typo = *l;
			typo.at += 2;
		}
		if (*l->at++ == '\n')
			new_line(l);
	}
	const char *code = start.at + 2;
	struct token t = token_at(&start, start.at, TOKEN_EMBEDDED);

	t.length = 2;
	t.len = l->at - code;
	t.text = arena_strndup(code, t.len);
	if (l->at == l->end) {
		start.at += 2;
		struct diag *d = lexical_error(&start, DIAG_unterminated, start.at - 2,
					       "embedded C is not closed with '%}'");
		if (typo.at)
			diag_hint(d, "it holds '}%%' where '%%}' may have been meant");
	} else {
		l->at += 2;
		if (typo.at)
			warn_typo(&typo);
	}
	emit(l, &t);
}

/* ---- command-line arguments ------------------------------------------------------------ */

static void lex_range(struct lexer *l);

/* Lex an argument (and what touches $N) in place of `$N`. */
static void paste_argument(struct lexer *l, const struct token *pasted, const char *argument,
			   const char *suffix, size_t suffix_len)
{
	size_t len = strlen(argument) + suffix_len;
	char *text = arena_printf("%s%.*s", argument, (int)suffix_len, suffix);
	struct lexer inner = *l;

	inner.text = inner.at = inner.line_start = text;
	inner.end = text + len;
	inner.pasted = pasted;
	lex_range(&inner);
	l->doc.len = 0;
	l->gap = inner.gap;
	l->new_line = inner.new_line;
}

static void lex_count(struct lexer *l)
{
	const char *first = l->at;
	const char *count = intern_printf("%u", l->session->options.arguments.len);

	l->at += 2;
	emit_text(l, first, *first == '$' ? TOKEN_NUMBER : TOKEN_STRING, count, strlen(count));
}

/* The N of $N or @N: 0 stands for one that no command line reaches. */
static size_t lex_argument_number(struct lexer *l)
{
	size_t number = 0;

	for (; l->at < l->end && isdigit((unsigned char)*l->at); l->at++)
		if (number < INT_MAX / 10)
			number = number * 10 + (*l->at - '0');
	return number > l->session->options.arguments.len ? 0 : number;
}

static void lex_argument(struct lexer *l)
{
	const char *first = l->at++;
	size_t number = lex_argument_number(l);
	struct token t = token_at(l, first, number ? TOKEN_STRING : TOKEN_MISSING);

	if (l->pasted) {
		lexical_error(l, DIAG_script_argument, first, "an argument names another argument");
		return;
	}
	if (!number) {
		emit_text(l, first, TOKEN_MISSING, intern_n(first, l->at - first), l->at - first);
		return;
	}
	const char *argument = l->session->options.arguments.data[number - 1];

	if (l->session->argument_used)
		l->session->argument_used[number - 1] = true;
	if (*first == '@') {
		emit_text(l, first, TOKEN_STRING, intern(argument), strlen(argument));
	} else {
		const char *suffix = l->at;

		skip_word(l);
		paste_argument(l, &t, argument, suffix, l->at - suffix);
	}
}

/* ---- everything else --------------------------------------------------------------------- */

static bool is_junk(char c)
{
	unsigned char u = c;

	return u >= 0x80 || (u < ' ' && !isspace(u)) || u == 0x7f;
}

static void lex_junk(struct lexer *l)
{
	const char *first = l->at;

	while (l->at < l->end && is_junk(*l->at))
		l->at++;
	struct diag *d = lexical_error(l, DIAG_bad_token, first,
				       *first ? "character is not part of the language" :
				       "NUL byte in the script");
	size_t len = l->at - first;

	if (len >= 3 && (!memcmp(first, "\xe2\x80\x9c", 3) || !memcmp(first, "\xe2\x80\x9d", 3)))
		diag_hint(d, "use plain double quotes: \"");
	else if (len >= 2 && !memcmp(first, "\xc2\xa0", 2))
		diag_hint(d, "this is a no-break space: use a plain one");
	l->gap = true;
}

static void lex_operator(struct lexer *l)
{
	const char *first = l->at;
	enum token_code code = find_operator(first, l->end - first);

	if (!code) {
		l->at++;
		lexical_error(l, DIAG_bad_token, first, "character is not part of the language");
		return;
	}
	l->at += spellings[code].len;

	struct token t = token_at(l, first, TOKEN_OPERATOR);

	t.code = code;
	t.text = spellings[code].text;
	t.len = spellings[code].len;
	emit(l, &t);
}

static void lex_one(struct lexer *l)
{
	unsigned char c = *l->at, next = l->at + 1 < l->end ? l->at[1] : 0;

	if ((c == '$' || c == '@') && isdigit(next))
		lex_argument(l);
	else if ((c == '$' || c == '@') && next == '#')
		lex_count(l);
	else if (isalpha(c) || c == '_' || c == '$')
		lex_word(l);
	else if (c == '@')
		lex_at_word(l);
	else if (isdigit(c))
		lex_number(l);
	else if (c == '"')
		lex_string(l);
	else if (c == '%' && next == '{')
		lex_embedded(l);
	else if (is_junk(c))
		lex_junk(l);
	else
		lex_operator(l);
}

static void lex_range(struct lexer *l)
{
	for (skip_space(l); l->at < l->end && l->out->errors < MAX_ERRORS; skip_space(l))
		lex_one(l);
}

void lex(struct session *s, const struct source *source, struct lexed *out)
{
	struct lexer l = {
		.session = s, .source = source, .out = out, .text = source->text,
		.at = source->text, .end = source->text + source->len,
		.line = 1, .line_start = source->text, .new_line = true, .gap = true,
		.origin = arena_new(struct origin), .hex_escapes = source_has_version(s, source, "2.3"),
		.private_is_keyword = source_has_version(s, source, "3.0"),
	};
	*out = (struct lexed){0};
	l.origin->source = source;
	if (source->len > MAX_SOURCE) {
		l.end = l.at;
		lexical_error(&l, DIAG_limit, l.at, "script is larger than 1 GiB");
	}
	if (at_text(&l, "\xef\xbb\xbf"))	/* byte order mark */
		l.at += 3;
	lex_range(&l);
	l.pasted = NULL;
	emit_text(&l, l.at, TOKEN_EOF, "", 0);
}
