/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From text to tokens; command-line arguments ($1, @1, $#, @#) are already pasted in. */
#ifndef STAP_SYNTAX_LEXER_H
#define STAP_SYNTAX_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/diag.h"

struct session;

enum token_kind {
	TOKEN_EOF,
	TOKEN_IDENTIFIER,	/* with a leading $ for target variables */
	TOKEN_KEYWORD,
	TOKEN_AT_WORD,		/* @name: an operator, a macro, a macro parameter */
	TOKEN_NUMBER,		/* not yet checked: see token_number() */
	TOKEN_STRING,
	TOKEN_OPERATOR,
	TOKEN_EMBEDDED,		/* C text between %{ and %} */
	TOKEN_MISSING,		/* $N or @N beyond the arguments: an error where it is used */
};

enum token_code {
	CODE_NONE,
#define KEYWORD(name, spelling) KEY_##name,
#include "token.def"
#define OPERATOR(name, spelling) TOK_##name,
#include "token.def"
};

/* Which text a token stands in, and the macro call that it came through. */
struct origin {
	const struct source *source;
	const struct place *via;	/* or NULL */
	const char *via_name;
};

struct token {
	enum token_kind kind : 8;
	enum token_code code : 8;	/* of keywords and operators */
	bool touches;			/* nothing between it and the token before */
	bool first_on_line;
	unsigned line, column, length;	/* in the source, from 1; length in bytes */
	unsigned doc;			/* comment block directly in front: index in docs, 0 none */
	unsigned len;			/* bytes of text */
	const char *text;		/* interned; strings: escapes decoded; NUL-terminated */
	const struct origin *origin;
};

/* For heap_push(): tokens are many, and gone when the file is parsed. */
struct token_list {
	struct token *data;
	unsigned len, cap;
};

/* A comment block, as a range of the source's text. */
struct doc { unsigned first, len; };
struct doc_list {
	struct doc *data;
	unsigned len, cap;
};

struct lexed {
	struct token_list tokens;	/* ends with TOKEN_EOF */
	struct doc_list docs;		/* element 0 is unused */
	unsigned errors;		/* reported */
	unsigned broken_line;		/* where something was not closed, 0: nowhere */
	bool damaged;			/* tokens are missing: not worth parsing */
};

/* Cut a source into tokens.  The caller releases with lexed_release(). */
void lex(struct session *s, const struct source *source, struct lexed *out);
void lexed_release(struct lexed *lexed);

/* A place for messages and tree nodes, in the arena. */
const struct place *token_place(const struct token *token);

/*
 * Where `len` bytes from `first` on of the text of a string literal stand in its source, which may spell them with
 * escapes or in several literals next to each other; the whole literal's place when its spelling is elsewhere.
 */
const struct place *string_part_place(const struct place *literal, const char *text, size_t first, size_t len);

/* Value of a TOKEN_NUMBER; false if it is malformed or above 2^64-1. */
bool token_number(const struct token *token, int64_t *value);

/* Does this source have the features that came with language version `version`? */
bool source_has_version(const struct session *s, const struct source *source,
			const char *version);

/* Spelling of an operator or keyword. */
const char *token_code_text(enum token_code code);

#endif
