/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreach.  Without a sort mark the array's own list is walked, in order of insertion.
 * With one the nodes are sorted into the order buffer of this loop, made at start; the
 * section holds the array's write lock meanwhile, so one buffer is enough.  What is per CPU
 * is merged first, and the merged array is walked.
 */
#include <inttypes.h>

#include "unit.h"

/* ---- order -------------------------------------------------------------------------------- */

static const char *stat_order(const struct stmt *s, const struct global *g, const char *node)
{
	switch (s->foreach.sort_stat) {
	case STAT_SUM:		return arena_printf("%s->value.sum", node);
	case STAT_MIN:		return arena_printf("%s->value.min", node);
	case STAT_MAX:		return arena_printf("%s->value.max", node);
	case STAT_AVG:		return arena_printf("stat_avg(&%s->value)", node);
	case STAT_VARIANCE:	return arena_printf("stat_variance(&%s->value, &spec_%s)", node, g->name);
	default:		return arena_printf("%s->value.count", node);
	}
}

static const char *sort_field(const struct stmt *s, const struct global *g, const char *node)
{
	if (s->foreach.sort == SORT_KEY)
		return arena_printf("%s->k%d", node, s->foreach.sort_key);
	if (g->var->type == TYPE_STATS)
		return stat_order(s, g, node);
	return arena_printf("%s->value", node);
}

/* `first` and `second` are swapped for a falling order; equal ones keep their order either way. */
static void declare_order(struct unit *u, const struct stmt *s, const struct global *g, int site)
{
	enum type type = s->foreach.sort == SORT_KEY ? g->var->key_types[s->foreach.sort_key] : g->var->type;
	bool rising = s->foreach.direction > 0;
	const char *first = sort_field(s, g, "a"), *second = sort_field(s, g, "b");

	strbuf_addf(&u->code.tail,
		    "static struct map_node **order_%d;\n\n"
		    "static int sort_%d(const struct map_node *%s, const struct map_node *%s, const void *data)\n"
		    "{\n"
		    "\tconst struct %s_node *a = (const struct %s_node *)x, *b = (const struct %s_node *)y;\n\n"
		    "\t(void)data;\n", site, site, rising ? "x" : "y", rising ? "y" : "x", g->shape, g->shape,
		    g->shape);
	if (type == TYPE_STRING)
		strbuf_addf(&u->code.tail, "\treturn str_compare(%s, %s);\n}\n\n", first, second);
	else
		strbuf_addf(&u->code.tail, "\treturn %s < %s ? -1 : %s > %s;\n}\n\n", first, second, first, second);
	strbuf_addf(&u->init, "\torder_%d = script_alloc(%s * sizeof(*order_%d));\n"
		    "\tif (!order_%d)\n\t\treturn -12;\n", site, array_capacity(g->var), site, site);
	strbuf_addf(&u->exit, "\tscript_free(order_%d);\n", site);
}

/* ---- the loop over an array --------------------------------------------------------------------- */

struct iteration {
	const struct stmt *s;
	const struct global *g;
	const char *map;		/* "global_a" or "merged_a" */
	const char *node;
	const char *left;		/* rounds left, or NULL */
	struct value *keys;		/* of the slice */
	bool clears;			/* the body may empty the array */
};

static void open_unsorted(struct body *b, const struct iteration *it)
{
	const char *i = new_temp(b);

	line(b, "struct map_node *%s;", i);
	open_block(b, "for (%s = %s.first; %s%s%s%s; %s = %s)", i, it->map, i, it->left ? " && " : "",
		   it->left ? it->left : "", it->left ? " > 0" : "", i,
		   it->clears ? arena_printf("map_next(&%s, %s)", it->map, i) : arena_printf("%s->next", i));
	line(b, "struct %s_node *%s = (struct %s_node *)%s;", it->g->shape, it->node, it->g->shape, i);
}

/* Without a slice the limit is the sort's business: it keeps the best few only. */
static void open_sorted(struct body *b, struct iteration *it)
{
	const char *i = new_temp(b), *count = new_temp(b), *limit = "~0u";
	int site = b->unit->next_site++;

	declare_order(b->unit, it->s, it->g, site);
	if (it->left && !it->s->foreach.slice.len) {
		limit = arena_printf("%s < 0 ? 0 : %s < %s.count ? (u32)%s : ~0u", it->left, it->left, it->map,
				     it->left);
		it->left = NULL;
	}
	line(b, "u32 %s, %s = map_sort(&%s, order_%d, scratch_%s, %s.capacity, %s, sort_%d, NULL);", i, count,
	     it->map, site, it->g->name, it->map, limit, site);
	open_block(b, "for (%s = 0; %s < %s%s%s%s; %s++)", i, i, count,
		   it->left ? arena_printf(" && %s > 0", it->left) : "",
		   it->clears ? " && " : "", it->clears ? arena_printf("%s.count", it->map) : "", i);
	line(b, "struct %s_node *%s = (struct %s_node *)order_%d[%s];", it->g->shape, it->node, it->g->shape, site,
	     i);
}

static void store_loop_variables(struct body *b, const struct iteration *it)
{
	const struct stmt *s = it->s;

	for (size_t i = 0; i < s->foreach.keys.len; i++)
		emit_store_variable(b, s->foreach.keys.data[i]->name.var, arena_printf("%s->k%zu", it->node, i));
	if (s->foreach.value)
		emit_store_variable(b, s->foreach.value->name.var, arena_printf("%s->value", it->node));
}

static void emit_body(struct body *b, const struct stmt *s, const struct global *array)
{
	struct loop loop = { .outer = b->loop, .array = array };

	b->loop = &loop;
	b->in_loop++;
	emit_stmt(b, s->foreach.body);
	b->in_loop--;
	b->loop = loop.outer;
}

static const char *emit_limit(struct body *b, const struct stmt *s)
{
	const char *left;

	if (!s->foreach.limit)
		return NULL;
	left = new_temp(b);
	line(b, "s64 %s = %s;", left, emit_value(b, s->foreach.limit).text);
	return left;
}

static void emit_array_loop(struct body *b, const struct stmt *s)
{
	struct iteration it = { .s = s, .g = global_of(b->unit, s->foreach.array->name.var) };
	bool merged = in_parts(it.g);
	const char *condition;

	it.map = arena_printf("%s_%s", merged ? "merged" : "global", it.g->name);
	it.node = new_temp(b);
	it.clears = it.g->storage != STORAGE_AGGREGATE && stmt_clears(b->unit, s->foreach.body, it.g->var);
	it.keys = new_values(s->foreach.slice.len);
	emit_slice_keys(b, s->foreach.slice.data, s->foreach.slice.len, it.keys);
	it.left = emit_limit(b, s);
	if (merged)
		emit_raise(b, s->at, arena_printf("!merge_all_%s(c)", it.g->name), NULL);
	if (s->foreach.sort == SORT_NONE)
		open_unsorted(b, &it);
	else
		open_sorted(b, &it);
	condition = slice_condition(it.g->var, it.keys, s->foreach.slice.data, s->foreach.slice.len, it.node);
	if (condition) {
		line(b, "if (!(%s))", condition);
		line(b, "\tcontinue;");
	}
	if (it.left)
		line(b, "%s--;", it.left);
	emit_iteration_check(b, s->at, 1 + stmt_fixed_cost(b->unit, s->foreach.body));
	store_loop_variables(b, &it);
	emit_body(b, s, it.g);
	close_block(b);
}

/* ---- the loop over a histogram's buckets ------------------------------------------------------------ */

static void emit_bucket_loop(struct body *b, const struct stmt *s)
{
	const struct expr *hist = s->foreach.array;
	const struct expr *value = hist->hist.value;
	const struct var *v = value->kind == E_INDEX ? value->index.base->name.var : value->name.var;
	const char *stat = emit_hist_merge(b, hist), *left = emit_limit(b, s), *i = new_temp(b);
	bool falling = s->foreach.sort != SORT_NONE && s->foreach.direction < 0;
	unsigned buckets = stat_buckets(v);

	line(b, "unsigned %s;", i);
	open_block(b, "for (%s = 0; %s < ((%s)->count ? %u : 0)%s; %s++)", i, i, stat, buckets,
		   left ? arena_printf(" && %s-- > 0", left) : "", i);
	emit_iteration_check(b, s->at, 1 + stmt_fixed_cost(b->unit, s->foreach.body));
	if (s->foreach.keys.len)
		emit_store_variable(b, s->foreach.keys.data[0]->name.var,
				    falling ? arena_printf("%u - %s", buckets - 1, i) : i);
	if (s->foreach.value)
		emit_store_variable(b, s->foreach.value->name.var, arena_printf("(%s)->hist[%s]", stat, i));
	emit_body(b, s, NULL);
	close_block(b);
}

void emit_foreach(struct body *b, const struct stmt *s)
{
	lookups_forget_all(b);
	open_scope(b);
	if (s->foreach.array->kind == E_HIST)
		emit_bucket_loop(b, s);
	else
		emit_array_loop(b, s);
	close_block(b);
	lookups_forget_all(b);
}
