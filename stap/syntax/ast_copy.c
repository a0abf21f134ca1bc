/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deep copies.  A node is copied whole, then its children are replaced by their
 * copies; what is no child (names, places, bound variables, C types) stays shared.
 */
#include "../base/arena.h"
#include "ast.h"

static void copy_child(struct expr **e)
{
	*e = expr_copy(*e);
}

static void copy_list(expr_vec *list)
{
	struct expr **data = list->len ? arena_alloc(list->len * sizeof *data) : NULL;

	for (size_t i = 0; i < list->len; i++)
		data[i] = expr_copy(list->data[i]);
	list->data = data;
	list->cap = list->len;
}

static void copy_path(access_vec *path)
{
	struct access *data = path->len ? arena_alloc(path->len * sizeof *data) : NULL;

	for (size_t i = 0; i < path->len; i++) {
		data[i] = path->data[i];
		copy_child(&data[i].index);
	}
	path->data = data;
	path->cap = path->len;
}

/* Its pieces are what the script says, whatever becomes of the arguments. */
static void copy_print(struct print *print)
{
	copy_list(&print->args);
}

static void copy_parts(struct expr *e)
{
	struct value_part *list = arena_alloc(e->parts.count * sizeof *list);

	for (size_t i = 0; i < e->parts.count; i++) {
		list[i] = e->parts.list[i];
		copy_child(&list[i].value);
	}
	e->parts.list = list;
	copy_child(&e->parts.target);
}

static void copy_text(struct expr *e)
{
	struct named_value *list = arena_alloc(e->text.count * sizeof *list);

	for (size_t i = 0; i < e->text.count; i++)
		list[i] = (struct named_value){ e->text.list[i].name, expr_copy(e->text.list[i].value) };
	e->text.list = list;
}

static void copy_expr_children(struct expr *e)
{
	switch (e->kind) {
	case E_INDEX: case E_IN:
		copy_child(&e->index.base);
		copy_list(&e->index.keys);
		break;
	case E_CALL: copy_list(&e->call.args); break;
	case E_BINARY: case E_UNARY:
		copy_child(&e->binary.left);
		copy_child(&e->binary.right);
		break;
	case E_REGEX: copy_child(&e->regex.left); break;
	case E_ASSIGN:
		copy_child(&e->assign.left);
		copy_child(&e->assign.right);
		break;
	case E_TERNARY:
		copy_child(&e->ternary.cond);
		copy_child(&e->ternary.yes);
		copy_child(&e->ternary.no);
		break;
	case E_STAT: copy_child(&e->stat.value); break;
	case E_HIST:
		copy_child(&e->hist.value);
		copy_child(&e->hist.bucket);
		break;
	case E_PRINT: copy_print(&e->print); break;
	case E_TARGET:
		copy_child(&e->target.operand);
		copy_path(&e->target.path);
		break;
	case E_DEFINED: case E_ENTRY: copy_child(&e->operand); break;
	case E_PERF: case E_PROBEWRITE: case E_CONST: case E_ENUM: case E_ENUMNAME:
	case E_KREGISTER: case E_UREGISTER: case E_KDEREF: case E_UDEREF:
		copy_child(&e->builtin.arg);
		copy_child(&e->builtin.arg2);
		break;
	case E_LOAD: copy_child(&e->load.address); break;
	case E_PARTS: copy_parts(e); break;
	case E_TEXT: copy_text(e); break;
	case E_GUARDED: copy_child(&e->guarded.operand); break;
	case E_NUMBER: case E_STRING: case E_NAME: case E_WILDCARD: case E_EMBEDDED:
	case E_REGISTER: case E_ARGUMENT: case E_SAVED: case E_CVALUE:
		break;
	}
}

/* $name: replaced by what it means, never changed. */
static bool is_bare_target(const struct expr *e)
{
	if (e->kind != E_TARGET || e->target.base != TARGET_NAME || e->target.operand)
		return false;
	for (size_t i = 0; i < e->target.path.len; i++)
		if (e->target.path.data[i].index)
			return false;
	return true;
}

struct expr *expr_copy(const struct expr *e)
{
	struct expr *copy;

	if (!e || is_bare_target(e))
		return (struct expr *)e;
	copy = expr_duplicate(e);
	copy_expr_children(copy);
	return copy;
}

static void copy_body(struct stmt **s)
{
	*s = stmt_copy(*s);
}

static void copy_block(stmt_vec *block)
{
	struct stmt **data = block->len ? arena_alloc(block->len * sizeof *data) : NULL;

	for (size_t i = 0; i < block->len; i++)
		data[i] = stmt_copy(block->data[i]);
	block->data = data;
	block->cap = block->len;
}

static void copy_foreach(struct stmt *s)
{
	copy_child(&s->foreach.value);
	copy_list(&s->foreach.keys);
	copy_child(&s->foreach.array);
	copy_list(&s->foreach.slice);
	copy_child(&s->foreach.limit);
	copy_body(&s->foreach.body);
}

static void copy_stmt_children(struct stmt *s)
{
	switch (s->kind) {
	case S_EXPR: case S_RETURN: case S_DELETE: copy_child(&s->expr); break;
	case S_BLOCK: copy_block(&s->block); break;
	case S_IF:
		copy_child(&s->if_.cond);
		copy_body(&s->if_.yes);
		copy_body(&s->if_.no);
		break;
	case S_LOOP:
		copy_child(&s->loop.init);
		copy_child(&s->loop.cond);
		copy_child(&s->loop.step);
		copy_body(&s->loop.body);
		break;
	case S_FOREACH: copy_foreach(s); break;
	case S_TRY:
		copy_body(&s->try_.body);
		copy_child(&s->try_.variable);
		copy_body(&s->try_.handler);
		break;
	case S_BREAK: case S_CONTINUE: case S_NEXT:
		break;
	}
}

struct stmt *stmt_copy(const struct stmt *s)
{
	struct stmt *copy;

	if (!s)
		return NULL;
	copy = stmt_duplicate(s);
	copy_stmt_children(copy);
	return copy;
}
