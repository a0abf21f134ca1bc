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
	[E_NUMBER] = END_OF(struct expr, number), [E_STRING] = END_OF(struct expr, string),
	[E_NAME] = END_OF(struct expr, name), [E_INDEX] = END_OF(struct expr, index),
	[E_WILDCARD] = END_OF(struct expr, ctype), [E_IN] = END_OF(struct expr, index),
	[E_CALL] = END_OF(struct expr, call), [E_BINARY] = END_OF(struct expr, binary),
	[E_UNARY] = END_OF(struct expr, binary), [E_REGEX] = END_OF(struct expr, regex),
	[E_ASSIGN] = END_OF(struct expr, assign), [E_TERNARY] = END_OF(struct expr, ternary),
	[E_STAT] = END_OF(struct expr, stat), [E_HIST] = END_OF(struct expr, hist),
	[E_PRINT] = END_OF(struct expr, print), [E_TARGET] = END_OF(struct expr, target),
	[E_DEFINED] = END_OF(struct expr, operand), [E_ENTRY] = END_OF(struct expr, operand),
	[E_PERF] = END_OF(struct expr, builtin), [E_PROBEWRITE] = END_OF(struct expr, builtin),
	[E_CONST] = END_OF(struct expr, builtin), [E_ENUM] = END_OF(struct expr, builtin),
	[E_ENUMNAME] = END_OF(struct expr, builtin), [E_KREGISTER] = END_OF(struct expr, builtin),
	[E_UREGISTER] = END_OF(struct expr, builtin), [E_KDEREF] = END_OF(struct expr, builtin),
	[E_UDEREF] = END_OF(struct expr, builtin), [E_EMBEDDED] = END_OF(struct expr, embedded),
	[E_LOAD] = END_OF(struct expr, load), [E_REGISTER] = END_OF(struct expr, reg),
	[E_ARGUMENT] = END_OF(struct expr, argument), [E_SAVED] = END_OF(struct expr, saved),
	[E_CVALUE] = END_OF(struct expr, cvalue), [E_PARTS] = END_OF(struct expr, parts),
	[E_GUARDED] = END_OF(struct expr, guarded),
};

static const unsigned char stmt_sizes[] = {
	[S_EXPR] = END_OF(struct stmt, expr), [S_BLOCK] = END_OF(struct stmt, block),
	[S_IF] = END_OF(struct stmt, if_), [S_LOOP] = END_OF(struct stmt, loop),
	[S_FOREACH] = END_OF(struct stmt, foreach), [S_BREAK] = END_OF(struct stmt, at),
	[S_CONTINUE] = END_OF(struct stmt, at), [S_NEXT] = END_OF(struct stmt, at),
	[S_RETURN] = END_OF(struct stmt, expr), [S_DELETE] = END_OF(struct stmt, expr),
	[S_TRY] = END_OF(struct stmt, try_),
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
