/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making nodes, and the names of types and operators. */
#include "ast.h"

#include <stddef.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "syntax.h"

const char *type_name(enum type type)
{
	static const char *const names[] = {
		[TYPE_UNKNOWN] = "unknown", [TYPE_LONG] = "long", [TYPE_STRING] = "string",
		[TYPE_STATS] = "stats",
	};

	return names[type];
}

static const struct { const char *text; int precedence; } operators[] = {
#define OP(name, spelling, precedence) { spelling, precedence },
#include "op.def"
#undef OP
};

const char *op_text(enum op op)
{
	return operators[op].text;
}

int op_precedence(enum op op)
{
	return operators[op].precedence;
}

/* A node is as long as the members of its kind: most trees are names, numbers and operators. */
#define END_OF(type, member) (offsetof(type, member) + sizeof((type *)0)->member)

static const unsigned char expr_sizes[] = {
#define EXPR(kind, text, last) [E_##kind] = END_OF(struct expr, last),
#include "ast.def"
};

static const unsigned char stmt_sizes[] = {
#define STMT(kind, last) [S_##kind] = END_OF(struct stmt, last),
#include "ast.def"
};

struct expr *expr_duplicate(const struct expr *e)
{
	return memcpy(arena_alloc(expr_sizes[e->kind]), e, expr_sizes[e->kind]);
}

struct stmt *stmt_duplicate(const struct stmt *s)
{
	return memcpy(arena_alloc(stmt_sizes[s->kind]), s, stmt_sizes[s->kind]);
}

struct expr *expr_new(enum expr_kind kind, const struct place *at)
{
	struct expr *e = arena_alloc(expr_sizes[kind]);

	e->kind = kind;
	e->at = at;
	return e;
}

struct stmt *stmt_new(enum stmt_kind kind, const struct place *at)
{
	struct stmt *s = arena_alloc(stmt_sizes[kind]);

	s->kind = kind;
	s->at = at;
	return s;
}

struct expr *expr_number(int64_t value, const struct place *at)
{
	struct expr *e = expr_new(E_NUMBER, at);

	e->type = TYPE_LONG;
	e->number = value;
	return e;
}

struct expr *expr_string(const char *text, const struct place *at)
{
	struct expr *e = expr_new(E_STRING, at);

	e->type = TYPE_STRING;
	e->string.text = text;
	e->string.len = strlen(text);
	return e;
}

struct expr *expr_binary(enum op op, struct expr *l, struct expr *r, const struct place *at)
{
	struct expr *e = expr_new(E_BINARY, at);

	e->binary.op = op;
	e->binary.left = l;
	e->binary.right = r;
	return e;
}
