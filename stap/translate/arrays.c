/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading, testing and deleting array elements.  A `*` among the keys makes it a walk
 * over the whole array.
 */
#include <string.h>

#include "unit.h"

const char *key_list(const struct value *keys, size_t n)
{
	struct strbuf sb = {0};

	for (size_t i = 0; i < n; i++)
		strbuf_addf(&sb, "%s%s", i ? ", " : "", keys[i].text);
	return text_taken(&sb);
}

static const struct global *array_of(struct body *b, const struct expr *e)
{
	return global_of(b->unit, e->index.base->name.var);
}

static struct value value_of_node(const struct global *g, const struct found_node *f)
{
	bool text = g->var->type == TYPE_STRING;
	const char *value = arena_printf("%s->value", f->node);
	struct value v = value_simple(value, text);

	if (f->exists)
		return v;
	v.text = arena_printf("(%s ? %s : %s)", f->node, value, text ? "\"\"" : "0");
	return v;
}

static struct value tally_sum(struct body *b, const struct expr *e, const struct global *g,
			      const struct value *keys)
{
	const char *t = new_temp(b);
	struct value v = value_simple(t, false);

	line(b, "s64 %s = 0;", t);
	emit_raise(b, e->at, arena_printf("!sum_%s(c, &%s, %s)", g->name, t, key_list(keys, e->index.keys.len)),
		   NULL);
	v.constant = true;
	return v;
}

struct value emit_element(struct body *b, const struct expr *e)
{
	const struct global *g = array_of(b, e);
	const struct found_node *f;
	struct value *keys = new_values(e->index.keys.len), v;

	emit_operands(b, e->index.keys.data, e->index.keys.len, keys);
	if (g->storage == STORAGE_TALLY)
		return tally_sum(b, e, g, keys);
	f = lookup_element(b, g, keys, e->index.keys.len);
	if (f)
		return value_of_node(g, f);
	v = value_simple(arena_printf("get_%s(%s)", g->name, key_list(keys, e->index.keys.len)),
			 g->var->type == TYPE_STRING);
	v.simple = false;
	v.call = true;
	return v;
}

/* ---- slices -------------------------------------------------------------------------------- */

static bool has_wildcard(const expr_vec *keys)
{
	for (size_t i = 0; i < keys->len; i++)
		if (keys->data[i]->kind == E_WILDCARD)
			return true;
	return false;
}

static bool all_wildcards(const expr_vec *keys)
{
	for (size_t i = 0; i < keys->len; i++)
		if (keys->data[i]->kind != E_WILDCARD)
			return false;
	return true;
}

/* The keys that are given, each in something that lasts. */
void emit_slice_keys(struct body *b, struct expr *const *slice, size_t n, struct value *out)
{
	for (size_t i = 0; i < n; i++)
		if (slice[i]->kind != E_WILDCARD)
			out[i] = value_fixed(b, emit_value(b, slice[i]));
}

const char *slice_condition(const struct var *array, const struct value *keys,
			    struct expr *const *slice, size_t count, const char *node)
{
	struct strbuf sb = {0};

	for (size_t i = 0; i < count; i++) {
		const char *and = sb.len ? " && " : "";

		if (slice[i]->kind == E_WILDCARD)
			continue;
		if (array->key_types[i] == TYPE_STRING)
			strbuf_addf(&sb, "%sstr_equal(%s->k%zu, %s)", and, node, i, keys[i].text);
		else
			strbuf_addf(&sb, "%s%s->k%zu == %s", and, node, i, operand_text(keys[i]));
	}
	return sb.len ? text_taken(&sb) : NULL;
}

static void take_part(struct body *b, const struct global *g, const char *part)
{
	b->uses_cpu = true;
	emit_raise(b, g->var->at, arena_printf("!percpu_guard_take(c, &cpu->own_%s.guard, &%s->own_%s.guard)", g->name,
					       part, g->name), NULL);
}

/* Open loops that bring every node of the array to `node`; *depth says how many blocks to close.
 * The body may unlink the node. */
static const char *open_walk(struct body *b, const struct global *g, const char *node, int *depth)
{
	const char *i = new_temp(b), *next = new_temp(b), *map = arena_printf("global_%s", g->name);

	*depth = 1;
	line(b, "struct map_node *%s, *%s;", i, next);
	if (in_parts(g)) {
		const char *cpu = new_temp(b), *part = new_temp(b);

		line(b, "unsigned %s;", cpu);
		open_block(b, "for (%s = 0; %s < script_cpu_count; %s++)", cpu, cpu, cpu);
		line(b, "struct script_percpu *%s = script_percpu_of(%s);", part, cpu);
		map = arena_printf("%s->own_%s.map", part, g->name);
		*depth = 2;
		if (g->guarded)
			take_part(b, g, part);
		b->walk_part = part;
	}
	open_block(b, "for (%s = %s.first; %s; %s = %s)", i, map, i, i, next);
	line(b, "struct %s_node *%s = (struct %s_node *)%s;", g->shape, node, g->shape, i);
	line(b, "%s = %s->next;", next, i);
	return map;
}

static void close_walk(struct body *b, const struct global *g, int depth)
{
	close_block(b);
	if (depth < 2)
		return;
	if (g->guarded)
		line(b, "percpu_guard_give(&cpu->own_%s.guard, &%s->own_%s.guard);", g->name, b->walk_part, g->name);
	close_block(b);
}

static struct value any_match(struct body *b, const struct expr *e, const struct global *g)
{
	const char *found = new_temp(b), *node = new_temp(b), *condition;
	struct value *keys = new_values(e->index.keys.len), v = value_simple(found, false);
	int depth;

	emit_slice_keys(b, e->index.keys.data, e->index.keys.len, keys);
	condition = slice_condition(g->var, keys, e->index.keys.data, e->index.keys.len, node);
	line(b, "bool %s = false;", found);
	open_walk(b, g, node, &depth);
	line(b, "%s |= %s;", found, condition ? condition : "true");
	close_walk(b, g, depth);
	v.constant = v.small = true;
	return v;
}

static struct value aggregate_has(struct body *b, const struct expr *e, const struct global *g,
				  const struct value *keys)
{
	const char *found = new_temp(b);
	struct value v = value_simple(found, false);

	line(b, "bool %s = false;", found);
	emit_raise(b, e->at, arena_printf("!has_%s(c, &%s, %s)", g->name, found,
					  key_list(keys, e->index.keys.len)), NULL);
	v.constant = true;
	return v;
}

static struct value map_has(struct body *b, const struct expr *e, const struct global *g,
			    const struct value *keys)
{
	const struct found_node *f = lookup_element(b, g, keys, e->index.keys.len);
	struct value v = value_long(f ? arena_printf("%s != NULL", f->node)
				      : arena_printf("has_%s(%s)", g->name, key_list(keys, e->index.keys.len)));

	v.constant = f != NULL;
	return v;
}

struct value emit_in(struct body *b, const struct expr *e)
{
	const struct global *g = array_of(b, e);
	struct value *keys = new_values(e->index.keys.len), v;

	if (has_wildcard(&e->index.keys))
		return any_match(b, e, g);
	emit_operands(b, e->index.keys.data, e->index.keys.len, keys);
	v = in_parts(g) ? aggregate_has(b, e, g, keys) : map_has(b, e, g, keys);
	v.small = true;
	return v;
}

/* ---- delete ------------------------------------------------------------------------------------ */

/* A loop over numbers ends when its array is emptied; one over statistics goes on. */
static void clear_parts(struct body *b, const struct expr *e, const struct global *g)
{
	emit_raise(b, e->at, arena_printf("!clear_%s(c)", g->name), NULL);
	for (const struct loop *l = b->loop; l; l = l->outer)
		if (l->array == g && g->storage == STORAGE_TALLY) {
			line(b, "map_clear(&merged_%s);", g->name);
			break;
		}
}

static void clear_whole(struct body *b, const struct expr *e, const struct var *v)
{
	const struct global *g = v->scope == VAR_GLOBAL ? global_of(b->unit, v) : NULL;

	if (g && in_parts(g))
		clear_parts(b, e, g);
	else if (g && g->shape)
		line(b, "map_clear(&global_%s);", g->name);
	else
		emit_variable_clear(b, v);
	if (g)
		lookups_forget_array(b, g);
}

static void delete_slice(struct body *b, const struct expr *e, const struct global *g)
{
	const char *node = new_temp(b), *condition, *map;
	struct value *keys = new_values(e->index.keys.len);
	int depth;

	emit_slice_keys(b, e->index.keys.data, e->index.keys.len, keys);
	condition = slice_condition(g->var, keys, e->index.keys.data, e->index.keys.len, node);
	open_scope(b);
	map = open_walk(b, g, node, &depth);
	line(b, "if (%s)", condition);
	line(b, "\tmap_remove(&%s, &%s->node);", map, node);
	close_walk(b, g, depth);
	close_block(b);
	lookups_forget_array(b, g);
}

static void delete_element(struct body *b, const struct expr *e, const struct global *g)
{
	const struct found_node *f;
	struct value *keys = new_values(e->index.keys.len);
	const char *list;

	emit_operands(b, e->index.keys.data, e->index.keys.len, keys);
	list = key_list(keys, e->index.keys.len);
	f = lookup_known(b, g, list);
	if (in_parts(g)) {
		emit_raise(b, e->at, arena_printf("!delete_%s(c, %s)", g->name, list), NULL);
	} else if (f) {
		line(b, "if (%s)", f->node);
		line(b, "\tmap_remove(&global_%s, &%s->node);", g->name, f->node);
	} else {
		line(b, "%s_delete(&global_%s, %s);", g->shape, g->name, list);
	}
	lookups_forget_array(b, g);
}

void emit_delete(struct body *b, const struct stmt *s)
{
	const struct expr *e = s->expr;

	if (e->kind == E_NAME)
		clear_whole(b, e, e->name.var);
	else if (e->kind != E_INDEX)
		BUG("delete of expression kind %d", e->kind);
	else if (all_wildcards(&e->index.keys))
		clear_whole(b, e, e->index.base->name.var);
	else if (has_wildcard(&e->index.keys))
		delete_slice(b, e, array_of(b, e));
	else
		delete_element(b, e, array_of(b, e));
}
