/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Declarations: probes and aliases, globals, functions, file-level embedded C. */
#include <limits.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "parser.h"

static const char *const declaration_words[] = { "probe", "global", "function", "private", NULL };

static bool is_name(const struct token *t)
{
	return t->kind == TOKEN_IDENTIFIER || t->kind == TOKEN_KEYWORD;
}

/*
 * probe, global, function and private begin a declaration, unless they are
 * components of a probe point ("kernel.function(...)") or members ("->global").
 */
bool at_declaration(const struct parser *p)
{
	const struct token *t = peek(p);
	enum token_code before = t > p->tokens && t != p->end ? t[-1].code : CODE_NONE;

	if (before == TOK_DOT || before == TOK_ARROW)
		return false;
	switch (t->code) {
	case KEY_PROBE: case KEY_GLOBAL: case KEY_PRIVATE: return true;
	case KEY_FUNCTION: return is_name(peek_at(p, 1));
	default: return false;
	}
}

/* The comment block in front of a library declaration. */
static const char *doc_text(const struct parser *p, const struct token *t)
{
	if (!t->doc || t->origin->source != p->source)
		return NULL;
	const struct doc *doc = &p->lexed->docs.data[t->doc];

	return arena_strndup(p->source->text + doc->first, doc->len);
}

/* type = "long" | "string" */
static enum type parse_type(struct parser *p)
{
	if (accept_code(p, KEY_LONG))
		return TYPE_LONG;
	if (accept_code(p, KEY_STRING))
		return TYPE_STRING;
	parse_error(p, DIAG_syntax, peek(p), "expected type 'string' or 'long'");
	return TYPE_UNKNOWN;
}

/* ---- globals ------------------------------------------------------------------------- */

/* literal = STRING | "-"? NUMBER */
static struct expr *parse_literal(struct parser *p)
{
	const struct token *t = peek(p);

	if (t->kind == TOKEN_STRING)
		return expr_string(expect_string(p, "string"), token_place(t));
	return expr_number(expect_number(p, "number or string literal"), token_place(t));
}

/* size = "[" NUMBER "]" */
static void parse_array_size(struct parser *p, struct var *v)
{
	const struct token *open = take(p), *number = peek(p);

	v->max_entries = expect_number(p, "size of the array");
	if (!p->panic && (v->max_entries < 1 || v->max_entries > INT_MAX))
		parse_complaint(p, DIAG_limit, token_place(number),
				"size of an array must be from 1 to %d", INT_MAX);
	expect_close(p, TOK_CLOSE_BRACKET, open);
}

static void parse_initialiser(struct parser *p, struct var *v)
{
	const struct token *equals = take(p);

	if (v->max_entries)
		parse_error(p, DIAG_syntax, equals, "only scalar globals can be initialized");
	v->init = parse_literal(p);
	v->arity = VAR_SCALAR_ARITY;
}

/* global = NAME "%"? size? ("=" literal)? */
static void parse_global(struct parser *p, bool is_private)
{
	struct var *v = arena_new(struct var);

	v->at = token_place(peek(p));
	v->name = expect_name(p, "name of a global variable");
	v->scope = VAR_GLOBAL;
	v->arity = VAR_UNKNOWN_ARITY;
	v->is_private = is_private;
	v->file_scope = is_private ? p->source->name : NULL;
	v->from_library = p->source->library;
	if (at_code(p, TOK_MOD_ASSIGN))
		diag_hint(parse_error(p, DIAG_syntax, peek(p), "expected ',' or '='"),
			  "'%%' makes an array drop old elements; arrays cannot be initialized");
	v->wrap = accept_code(p, TOK_MOD);
	if (at_code(p, TOK_OPEN_BRACKET))
		parse_array_size(p, v);
	if (at_code(p, TOK_ASSIGN))
		parse_initialiser(p, v);
	if (!p->panic)
		vec_push(&p->file->globals, v);
}

/* globals = global ("," global)* ";"? */
static void parse_globals(struct parser *p, bool is_private)
{
	do
		parse_global(p, is_private);
	while (accept_code(p, TOK_COMMA));
	accept_code(p, TOK_SEMICOLON);
}

/* ---- functions ------------------------------------------------------------------------- */

/* parameter = NAME (":" type)? */
static void parse_parameter(struct parser *p, struct function *f)
{
	struct var *v = arena_new(struct var);

	v->at = token_place(peek(p));
	v->name = expect_name(p, "name of a parameter");
	v->scope = VAR_PARAMETER;
	v->from_library = p->source->library;
	if (accept_code(p, TOK_COLON)) {
		v->type = parse_type(p);
		v->type_at = v->at;
	}
	vec_each(&f->params, struct var *, other)
		if ((*other)->name == v->name && !p->panic)
			diag_note(parse_complaint(p, DIAG_duplicate, v->at, "duplicate parameter name"),
				  (*other)->at, "first here");
	vec_push(&f->params, v);
}

/* parameters = "(" (parameter ("," parameter)*)? ")" */
static void parse_parameters(struct parser *p, struct function *f)
{
	const struct token *open = peek(p);

	expect_code(p, TOK_OPEN_PAREN);
	if (!at_code(p, TOK_CLOSE_PAREN))
		do
			parse_parameter(p, f);
		while (accept_code(p, TOK_COMMA));
	expect_close(p, TOK_CLOSE_PAREN, open);
}

static void parse_priority(struct parser *p, struct function *f)
{
	const struct token *number = peek(p);

	if (at_code(p, KEY_LONG) || at_code(p, KEY_STRING)) {
		diag_hint(parse_error(p, DIAG_syntax, number, "expected priority"),
			  "the type comes before the parameters: function %s:%s (...)", f->name, number->text);
		return;
	}
	f->priority = expect_number(p, "priority");
	if (!p->panic && f->priority < 1)
		parse_complaint(p, DIAG_limit, token_place(number), "priority must be at least 1");
}

static void parse_function_body(struct parser *p, struct function *f)
{
	if (!at_kind(p, TOKEN_EMBEDDED)) {
		p->context = IN_FUNCTION;
		f->body = parse_block(p);
		p->context = IN_FILE;
		return;
	}
	const struct token *code = take(p);

	require_guru(p, code, "embedded C");
	f->code = code->text;
}

/* Functions may be called "long" or "string", though nothing can call them then. */
static const char *parse_function_name(struct parser *p)
{
	if (at_code(p, KEY_LONG) || at_code(p, KEY_STRING))
		return take(p)->text;
	return expect_name(p, "name of a function");
}

/* function = "function" NAME (":" type)? parameters (":" NUMBER)? (block | EMBEDDED) */
static void parse_function(struct parser *p, const struct token *first, bool is_private)
{
	struct function *f = arena_new(struct function);

	take(p);
	f->at = token_place(peek(p));
	f->name = parse_function_name(p);
	f->source = p->source;
	f->is_private = is_private;
	f->doc = doc_text(p, first);
	if (accept_code(p, TOK_COLON)) {
		f->type = parse_type(p);
		f->type_at = f->at;
		f->type_declared = true;
	}
	parse_parameters(p, f);
	if (accept_code(p, TOK_COLON))
		parse_priority(p, f);
	parse_function_body(p, f);
	if (!p->panic)
		vec_push(&p->file->functions, f);
}

/* ---- probes and aliases ------------------------------------------------------------------ */

/* Names of an alias are plain: no condition, no '?' or '!', and one for each '='. */
static void check_alias_names(struct parser *p, const point_vec *names, size_t first)
{
	const struct probe_point *name = names->data[first];

	if (names->len - first > 1)
		parse_complaint(p, DIAG_syntax, names->data[first + 1]->at,
				"an alias is defined under one name at a time");
	if (name->optional || name->sufficient || name->condition)
		parse_complaint(p, DIAG_syntax, name->at,
				"the name of an alias cannot be optional or conditional");
}

/* names = point ("=" point)* ("=" | "+=") points */
static void parse_alias_names(struct parser *p, struct probe_decl *probe)
{
	while (at_code(p, TOK_ASSIGN) || at_code(p, TOK_ADD_ASSIGN)) {
		size_t first = probe->alias_names.len;

		probe->epilogue_only = take(p)->code == TOK_ADD_ASSIGN;
		vec_each(&probe->points, struct probe_point *, point)
			vec_push(&probe->alias_names, *point);
		check_alias_names(p, &probe->alias_names, first);
		probe->points = (point_vec){0};
		parse_points(p, &probe->points);
		if (probe->epilogue_only)
			break;
	}
}

/* probe = "probe" points block ; alias = "probe" names block ("," block)? */
static void parse_probe(struct parser *p)
{
	struct probe_decl *probe = arena_new(struct probe_decl);
	const struct token *first = take(p);

	probe->at = token_place(peek(p));
	probe->source = p->source;
	probe->doc = doc_text(p, first);
	parse_points(p, &probe->points);
	parse_alias_names(p, probe);
	p->context = IN_PROBE;

	struct stmt *body = parse_block(p);

	if (probe->epilogue_only)
		probe->epilogue = body;
	else
		probe->body = body;
	if (probe->alias_names.len && !probe->epilogue_only && accept_code(p, TOK_COMMA))
		probe->epilogue = parse_block(p);
	p->context = IN_FILE;
	if (p->panic)
		return;
	if (probe->alias_names.len)
		vec_push(&p->file->aliases, probe);
	else
		vec_push(&p->file->probes, probe);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static void parse_embed(struct parser *p)
{
	struct embed_decl *embed = arena_new(struct embed_decl);
	const struct token *code = take(p);

	require_guru(p, code, "embedded C");
	*embed = (struct embed_decl){
		.code = code->text, .at = token_place(code), .source = p->source,
	};
	vec_push(&p->file->embeds, embed);
}

/* private = "private" ("global"? globals | function) */
static void parse_private(struct parser *p)
{
	const struct token *first = take(p);

	if (at_code(p, KEY_FUNCTION)) {
		parse_function(p, first, true);
	} else {
		accept_code(p, KEY_GLOBAL);
		parse_globals(p, true);
	}
}

static void complain_declaration(struct parser *p, const struct token *t)
{
	struct diag *d = parse_error(p, DIAG_syntax, t, "expected 'probe', 'global', 'private', "
				     "'function' or embedded C");
	if (t->kind == TOKEN_IDENTIFIER)
		hint_keywords(d, t->text, declaration_words);
	else if (t->code == TOK_CLOSE_BRACE)
		diag_hint(d, "this brace closes nothing: one too many, or an earlier one is missing");
	else if (t->kind == TOKEN_KEYWORD)
		diag_hint(d, "statements belong into a probe or a function");
}

/* declaration = probe | alias | globals | private | function | EMBEDDED */
void parse_declaration(struct parser *p)
{
	const struct token *t = peek(p);

	p->context = IN_FILE;
	p->depth = p->loops = 0;
	switch (t->code) {
	case KEY_PROBE: parse_probe(p); break;
	case KEY_GLOBAL: take(p); parse_globals(p, false); break;
	case KEY_PRIVATE: parse_private(p); break;
	case KEY_FUNCTION: parse_function(p, t, false); break;
	default:
		if (t->kind == TOKEN_EMBEDDED)
			parse_embed(p);
		else
			complain_declaration(p, t);
	}
}
