/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics, and arrays of numbers that are only added to.  Each CPU adds to its own part;
 * reading merges the parts.  For a scalar the part is a struct aggregate, for an array a map of them or of
 * numbers.  Guards (runtime/percpu.h) are there only when something other than adding happens
 * while probes run.
 *
 * For a global `a` the functions made here are, where they are needed:
 *
 *	add_a		one <<<, or one +=
 *	merge_a		all parts (of one element) into one struct aggregate
 *	sum_a		all parts of an element that is a number
 *	has_a, delete_a, clear_a
 *	merge_all_a	for foreach: all parts into the map merged_a
 */
#include <inttypes.h>

#include "unit.h"

unsigned stat_buckets(const struct var *v)
{
	const struct hist_shape *h = &v->hist;

	if (h->kind == HIST_LOG)
		return 128;
	if (h->kind == HIST_LINEAR)
		return (unsigned)(((uint64_t)h->high - (uint64_t)h->low) / (uint64_t)h->width) + 3;
	return 0;
}

void aggregate_percpu_member(struct strbuf *sb, const struct global *g)
{
	strbuf_add(sb, "\tstruct {\n");
	if (g->guarded)
		strbuf_add(sb, "\t\tstruct percpu_guard guard;\n");
	if (g->shape)
		strbuf_add(sb, "\t\tstruct map map;\n");
	else
		strbuf_add(sb, "\t\tstruct aggregate stat;\n");
	if (!g->shape && stat_buckets(g->var))
		strbuf_addf(sb, "\t\ts64 buckets[%u];\n", stat_buckets(g->var));
	strbuf_addf(sb, "\t} own_%s;\n", g->name);
}

/* ---- specifications --------------------------------------------------------------------- */

static const char *uses_text(const struct var *v)
{
	static const char *const names[] = {
		[STAT_COUNT] = "COUNT", [STAT_SUM] = "SUM", [STAT_MIN] = "MIN", [STAT_MAX] = "MAX",
		[STAT_AVG] = "AVG", [STAT_VARIANCE] = "VARIANCE", [STAT_HIST] = "HIST",
	};
	struct strbuf sb = {0};

	strbuf_add(&sb, "STAT_USES_COUNT");
	for (unsigned op = STAT_SUM; op <= STAT_HIST; op++)
		if (v->stat_uses & (1u << op))
			strbuf_addf(&sb, " | STAT_USES_%s", names[op]);
	return text_taken(&sb);
}

static void add_spec(struct strbuf *sb, const struct global *g, const char *suffix, bool with_hist)
{
	const struct var *v = g->var;

	strbuf_addf(sb, "static const struct stat_spec spec_%s%s = {\n\t.uses = %s, .shift = %d,\n", g->name,
		    suffix, uses_text(v), v->stat_shift);
	if (with_hist && v->hist.kind == HIST_LOG)
		strbuf_add(sb, "\t.hist = HIST_KIND_LOG, .buckets = HIST_LOG_BUCKETS,\n");
	if (with_hist && v->hist.kind == HIST_LINEAR)
		strbuf_addf(sb, "\t.hist = HIST_KIND_LINEAR, .low = %s, .high = %s, .width = %s, .buckets = %u,\n",
			    c_number(v->hist.low), c_number(v->hist.high), c_number(v->hist.width),
			    stat_buckets(v));
	strbuf_add(sb, "};\n");
}

/* The plain specification leaves out the histogram, for merging into a bare struct aggregate. */
static void declare_specs(struct strbuf *sb, const struct global *g)
{
	add_spec(sb, g, "", true);
	if (stat_buckets(g->var))
		add_spec(sb, g, "_plain", false);
	strbuf_addc(sb, '\n');
}

/* ---- functions ------------------------------------------------------------------------------ */

/* The text between braces: takes and gives the guard of `part` where there are guards. */
static const char *take(const struct global *g)
{
	if (!g->guarded)
		return "";
	return arena_printf("\tif (unlikely(!percpu_guard_take(c, &cpu->own_%s.guard, &part->own_%s.guard)))\n"
			    "\t\treturn false;\n", g->name, g->name);
}

static const char *take_in_loop(const struct global *g)
{
	if (!g->guarded)
		return "";
	return arena_printf("\t\tif (unlikely(!percpu_guard_take(c, &cpu->own_%s.guard, &part->own_%s.guard)))\n"
			    "\t\t\treturn false;\n", g->name, g->name);
}

static const char *give(const struct global *g, const char *indent)
{
	if (!g->guarded)
		return "";
	return arena_printf("%spercpu_guard_give(&cpu->own_%s.guard, &part->own_%s.guard);\n", indent, g->name, g->name);
}

/* "static bool NAME_g(struct context *c, EXTRA KEYS)" and the variables all of them have. */
static void open_function(struct strbuf *sb, const struct global *g, const char *name, const char *extra,
			  bool keys)
{
	strbuf_addf(sb, "static inline bool %s_%s(struct context *c%s%s%s%s)\n{\n"
		    "\tstruct script_percpu *cpu = c->percpu, *part;\n", name, g->name, *extra ? ", " : "", extra,
		    keys && g->shape ? ", " : "", keys && g->shape ? key_parameters(g->var) : "");
}

static void open_cpu_loop(struct strbuf *sb, const char *variables)
{
	strbuf_addf(sb, "%s\tunsigned i;\n\n\t(void)cpu;\n", variables);
}

static void each_cpu(struct strbuf *sb, const struct global *g, const char *body)
{
	strbuf_addf(sb, "\tfor (i = 0; i < script_cpu_count; i++) {\n"
		    "\t\tpart = script_percpu_of(i);\n%s%s%s\t}\n", take_in_loop(g), body, give(g, "\t\t"));
}

static void scalar_add(struct strbuf *sb, const struct global *g)
{
	open_function(sb, g, "add", "s64 value", false);
	strbuf_addf(sb, "\n\tpart = cpu;\n%s\tstat_add(&part->own_%s.stat, &spec_%s, value);\n%s\treturn true;\n}\n\n",
		    take(g), g->name, g->name, give(g, "\t"));
}

static void scalar_merge(struct strbuf *sb, const struct global *g)
{
	open_function(sb, g, "merge", "struct aggregate *to, const struct stat_spec *spec", false);
	open_cpu_loop(sb, "");
	strbuf_add(sb, "\tstat_clear(to, spec);\n");
	each_cpu(sb, g, arena_printf("\t\tstat_merge(to, &part->own_%s.stat, spec);\n", g->name));
	strbuf_add(sb, "\treturn true;\n}\n\n");
}

static void scalar_clear(struct strbuf *sb, const struct global *g)
{
	open_function(sb, g, "clear", "", false);
	open_cpu_loop(sb, "");
	each_cpu(sb, g, arena_printf("\t\tstat_clear(&part->own_%s.stat, &spec_%s);\n", g->name, g->name));
	strbuf_add(sb, "\treturn true;\n}\n\n");
}

static const char *node_variable(const struct global *g)
{
	return arena_printf("\tstruct %s_node *n;\n", g->shape);
}

static void element_add(struct strbuf *sb, const struct global *g)
{
	open_function(sb, g, "add", "s64 value", true);
	strbuf_addf(sb, "%s\n\tpart = cpu;\n%s\tn = %s_add(&part->own_%s.map, %s);\n"
		    "\tif (likely(n))\n\t\t%s;\n"
		    "\telse\n\t\tscript_error(c, %s);\n%s\treturn n != NULL;\n}\n\n", node_variable(g), take(g),
		    g->shape, g->name, key_arguments(g->var), g->storage == STORAGE_TALLY ? "n->value += value"
		    : arena_printf("stat_add(&n->value, &spec_%s, value)", g->name), array_overflow(g->var),
		    give(g, "\t"));
}

static void element_merge(struct strbuf *sb, const struct global *g)
{
	open_function(sb, g, "merge", "struct aggregate *to, const struct stat_spec *spec", true);
	open_cpu_loop(sb, node_variable(g));
	strbuf_add(sb, "\tstat_clear(to, spec);\n");
	each_cpu(sb, g, arena_printf("\t\tn = %s_find(&part->own_%s.map, %s);\n"
				     "\t\tif (n)\n\t\t\tstat_merge(to, &n->value, spec);\n",
				     g->shape, g->name, key_arguments(g->var)));
	strbuf_add(sb, "\treturn true;\n}\n\n");
}

static void element_sum(struct strbuf *sb, const struct global *g)
{
	open_function(sb, g, "sum", "s64 *sum", true);
	open_cpu_loop(sb, node_variable(g));
	each_cpu(sb, g, arena_printf("\t\tn = %s_find(&part->own_%s.map, %s);\n"
				     "\t\tif (n)\n\t\t\t*sum += n->value;\n",
				     g->shape, g->name, key_arguments(g->var)));
	strbuf_add(sb, "\treturn true;\n}\n\n");
}

static void element_has(struct strbuf *sb, const struct global *g)
{
	open_function(sb, g, "has", "bool *found", true);
	open_cpu_loop(sb, "");
	strbuf_add(sb, "\t*found = false;\n");
	each_cpu(sb, g, arena_printf("\t\t*found |= %s_find(&part->own_%s.map, %s) != NULL;\n", g->shape, g->name,
				     key_arguments(g->var)));
	strbuf_add(sb, "\treturn true;\n}\n\n");
}

static void element_delete(struct strbuf *sb, const struct global *g)
{
	open_function(sb, g, "delete", "", true);
	open_cpu_loop(sb, "");
	each_cpu(sb, g, arena_printf("\t\t%s_delete(&part->own_%s.map, %s);\n", g->shape, g->name,
				     key_arguments(g->var)));
	strbuf_add(sb, "\treturn true;\n}\n\n");

	open_function(sb, g, "clear", "", false);
	open_cpu_loop(sb, "");
	each_cpu(sb, g, arena_printf("\t\tmap_clear(&part->own_%s.map);\n", g->name));
	strbuf_add(sb, "\treturn true;\n}\n\n");
}

static const char *node_keys(const struct var *v)
{
	struct strbuf sb = {0};

	for (int i = 0; i < v->arity; i++)
		strbuf_addf(&sb, "%sn->k%d", i ? ", " : "", i);
	return text_taken(&sb);
}

/* One part into merged_a; false when that is full. */
static void merge_part_function(struct strbuf *sb, const struct global *g)
{
	strbuf_addf(sb,
		    "static struct map merged_%s;\n\n"
		    "static inline bool merge_part_%s(const struct map *part)\n{\n"
		    "\tstruct %s_node *n, *to;\n"
		    "\tstruct map_node *i;\n\n"
		    "\tfor (i = part->first; i; i = i->next) {\n"
		    "\t\tn = (struct %s_node *)i;\n"
		    "\t\tto = %s_add(&merged_%s, %s);\n"
		    "\t\tif (!to)\n\t\t\treturn false;\n"
		    "\t\t%s;\n"
		    "\t}\n\treturn true;\n}\n\n", g->name, g->name, g->shape, g->shape, g->shape, g->name,
		    node_keys(g->var), g->storage == STORAGE_TALLY ? "to->value += n->value"
		    : arena_printf("stat_merge(&to->value, &n->value, &spec_%s)", g->name));
}

static void merge_all_function(struct strbuf *sb, const struct global *g)
{
	merge_part_function(sb, g);
	open_function(sb, g, "merge_all", "", false);
	open_cpu_loop(sb, "\tbool fits = true;\n");
	strbuf_addf(sb, "\tmap_clear(&merged_%s);\n", g->name);
	each_cpu(sb, g, arena_printf("\t\tfits &= merge_part_%s(&part->own_%s.map);\n", g->name, g->name));
	strbuf_addf(sb, "\tif (unlikely(!fits))\n\t\tscript_error(c, \"aggregation overflow in %s\");\n"
		    "\treturn fits;\n}\n\n", g->var->name);
}

static void array_memory(struct unit *u, const struct global *g)
{
	strbuf_addf(&u->percpu_init, "\tif (map_init(&cpu->own_%s.map, %s, sizeof(struct %s_node), %s))\n"
		    "\t\treturn -12;\n", g->name, array_capacity(g->var), g->shape,
		    g->var->wrap ? "true" : "false");
	strbuf_addf(&u->percpu_exit, "\tmap_release(&cpu->own_%s.map);\n", g->name);
	if (!g->merged)
		return;
	strbuf_addf(&u->init, "\tif (map_init(&merged_%s, %s, sizeof(struct %s_node), %s))\n\t\treturn -12;\n",
		    g->name, array_capacity(g->var), g->shape, g->var->wrap ? "true" : "false");
	strbuf_addf(&u->exit, "\tmap_release(&merged_%s);\n", g->name);
}

static void declare_scalar(struct strbuf *sb, const struct global *g, use_mask use)
{
	if (use & USE_AGGREGATE)
		scalar_add(sb, g);
	if (use & USE_EXTRACT)
		scalar_merge(sb, g);
	if (use & USE_WRITE)
		scalar_clear(sb, g);
}

static void declare_array(struct strbuf *sb, const struct global *g, use_mask use)
{
	if (use & (USE_AGGREGATE | USE_ADD))
		element_add(sb, g);
	if (use & USE_EXTRACT)
		element_merge(sb, g);
	if (g->storage == STORAGE_TALLY && (use & USE_READ))
		element_sum(sb, g);
	if (use & USE_READ)
		element_has(sb, g);
	if (use & USE_WRITE)
		element_delete(sb, g);
	if (g->merged)
		merge_all_function(sb, g);
}

void aggregate_declare(struct unit *u, struct strbuf *sb, const struct global *g)
{
	use_mask use = g->alone | g->shared;

	if (g->storage == STORAGE_AGGREGATE)
		declare_specs(sb, g);
	if (use & USE_CODE)
		use |= USE_AGGREGATE;
	if (g->shape) {
		declare_array(sb, g, use);
		array_memory(u, g);
	} else {
		declare_scalar(sb, g, use);
	}
}
