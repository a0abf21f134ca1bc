/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Elements that were already looked up.  Scripts test, read and delete one element in a
 * row; the node found first serves them all:
 *
 *	if (tid() in start) { s <<< now - start[tid()]; delete start[tid()] }
 *
 * An entry holds as long as the array cannot have changed: it is forgotten at
 * the end of its C block, at any write to the array, at calls that write globals, at
 * the borders of loops and locked sections, and, when a key is a variable, at any
 * assignment to a variable.
 */
#include <string.h>

#include "unit.h"

/* ---- which arrays are worth it -------------------------------------------------------------- */

struct counting {
	const struct unit *unit;
	unsigned char *mentions;
};

static bool count_mention(struct ast_walker *w, struct expr **e)
{
	struct counting *c = w->data;
	const struct var *v = (*e)->kind == E_NAME ? (*e)->name.var : NULL;

	if (v && v->scope == VAR_GLOBAL) {
		unsigned char *n = &c->mentions[global_of(c->unit, v) - c->unit->globals.data];

		*n += *n < 2;
	}
	return true;
}

/* Is the array named more than once in this body? */
static bool is_named_again(struct body *b, const struct global *g)
{
	struct counting c = { .unit = b->unit };
	struct ast_walker w = { .enter_expr = count_mention, .data = &c };
	struct stmt *root = (struct stmt *)b->root;

	if (!root)
		return false;
	if (!b->mentions) {
		c.mentions = b->mentions = arena_alloc(b->unit->globals.len);
		ast_walk_stmt(&w, &root);
	}
	return b->mentions[g - b->unit->globals.data] > 1;
}

/* ---- entries ----------------------------------------------------------------------------------- */

static void forget_if(struct body *b, bool (*unwanted)(const struct found_node *, const void *), const void *what)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->found.len; i++)
		if (!unwanted(&b->found.data[i], what))
			b->found.data[kept++] = b->found.data[i];
	b->found.len = kept;
}

static bool is_of_array(const struct found_node *f, const void *global)
{
	return f->global == global;
}

static bool is_inside(const struct found_node *f, const void *scope)
{
	return f->scope > *(const int *)scope;
}

static bool has_variable_keys(const struct found_node *f, const void *unused)
{
	(void)unused;
	return !f->constant;
}

void lookups_forget_array(struct body *b, const struct global *g)
{
	forget_if(b, is_of_array, g);
}

void lookups_forget_scope(struct body *b)
{
	forget_if(b, is_inside, &b->scope);
}

void lookups_variable_changed(struct body *b)
{
	forget_if(b, has_variable_keys, NULL);
}

void lookups_forget_all(struct body *b)
{
	b->found.len = 0;
}

/* ---- looking up --------------------------------------------------------------------------------- */

/* A string buffer that is used again by the next statement. */
static bool is_scratch(struct value v)
{
	return strncmp(v.text, "f->t[", 5) == 0;
}

static bool all_simple(const struct value *keys, size_t n, bool *constant)
{
	*constant = true;
	for (size_t i = 0; i < n; i++) {
		*constant &= keys[i].constant;
		if (is_scratch(keys[i]) || !(keys[i].simple || keys[i].constant))
			return false;
	}
	return true;
}

const struct found_node *lookup_known(const struct body *b, const struct global *g, const char *keys)
{
	for (size_t i = b->found.len; i-- > 0;)
		if (b->found.data[i].global == g && strcmp(b->found.data[i].keys, keys) == 0)
			return &b->found.data[i];
	return NULL;
}

void lookup_remember(struct body *b, const struct global *g, const struct value *keys, size_t n,
		     const char *node, bool exists)
{
	struct found_node f = { .global = g, .keys = key_list(keys, n), .node = node, .exists = exists,
				.scope = b->scope };

	if (all_simple(keys, n, &f.constant) && is_named_again(b, g))
		vec_push(&b->found, f);
}

const struct found_node *lookup_element(struct body *b, const struct global *g, const struct value *keys,
					size_t n)
{
	const char *list = key_list(keys, n), *node;
	const struct found_node *known = lookup_known(b, g, list);
	bool constant;

	if (known || !all_simple(keys, n, &constant) || !is_named_again(b, g))
		return known;
	node = new_temp(b);
	line(b, "struct %s_node *%s = %s_find(&global_%s, %s);", g->shape, node, g->shape, g->name, list);
	lookup_remember(b, g, keys, n, node, false);
	return lookup_known(b, g, list);
}
