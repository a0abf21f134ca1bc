/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How globals are stored, and their declarations.
 *
 * What a lock is for decides which lock it is.  begin and end probes run while nothing
 * else does; a global that only they write needs no lock.  One that others only add
 * to, in handlers that do not look at it, is a counter per CPU, and an array a map of counters
 * per CPU.  Statistics are always per CPU.  The rest has a reader/writer lock.
 */
#include <inttypes.h>
#include <string.h>

#include "unit.h"

/* ---- classification -------------------------------------------------------------------- */

static void note_condition_use(struct usage_visitor *v, struct var *global, use_mask mask)
{
	(void)mask;
	global_of(v->data, global)->in_condition = true;
}

static void ignore_call(struct usage_visitor *v, const struct expr *call)
{
	(void)v;
	(void)call;
}

static void collect_use(struct unit *u)
{
	struct usage_visitor v = { .use = note_condition_use, .call = ignore_call, .data = u };

	for (size_t i = 0; i < u->program->owners.len; i++)
		if (owner_at(u->program, i)->condition)
			usage_of_expr(&v, owner_at(u->program, i)->condition);
	for (size_t i = 0; i < u->globals.len; i++) {
		struct global *g = &u->globals.data[i];

		each_handler(u, h)
			*(h->alone ? &g->alone : &g->shared) |= h->use[i];
	}
}

/* A handler that adds and looks would see its own additions, but not those of others in order. */
static bool adds_and_looks(const struct unit *u, size_t index)
{
	each_handler(u, h)
		if (!h->alone && (h->use[index] & USE_ADD) && (h->use[index] & USE_READ))
			return true;
	return false;
}

static bool can_be_counter(const struct unit *u, size_t index)
{
	const struct global *g = &u->globals.data[index];

	return g->var->type == TYPE_LONG && g->var->arity == 0 && !g->in_condition &&
	       (g->shared & USE_ADD) && !(g->shared & USE_WRITE) &&
	       !((g->shared | g->alone) & USE_CODE) && !adds_and_looks(u, index);
}

/* Reports look at all elements, or come now and then; others would search every CPU's part on every hit. */
static bool looks_rarely(const struct handler *h, use_mask use)
{
	const char *name = h->probe->name;

	return !(use & USE_READ) || (use & USE_ITERATE) || strncmp(name, "timer.", 6) == 0 ||
	       strncmp(name, "procfs", 6) == 0;
}

static bool all_look_rarely(const struct unit *u, size_t index)
{
	each_handler(u, h)
		if (!h->alone && !looks_rarely(h, h->use[index]))
			return false;
	/* Callers of functions do not expect that looking fails. */
	each_function(u, info)
		if (info->use[index] & USE_READ)
			return false;
	return true;
}

/* An array with a size of its own counts the elements of all CPUs. */
static bool can_be_tally(const struct unit *u, size_t index)
{
	const struct global *g = &u->globals.data[index];

	return g->var->type == TYPE_LONG && g->var->arity > 0 && !g->in_condition && !g->var->wrap &&
	       !g->var->max_entries && (g->shared & USE_ADD) &&
	       !((g->shared | g->alone) & (USE_CODE | USE_ASSIGN)) && !adds_and_looks(u, index) &&
	       all_look_rarely(u, index) && !u->session->options.unoptimized;
}

static enum storage storage_of(const struct unit *u, size_t index)
{
	const struct global *g = &u->globals.data[index];

	if (g->var->type == TYPE_STATS)
		return STORAGE_AGGREGATE;
	if (can_be_counter(u, index))
		return STORAGE_COUNTER;
	if (can_be_tally(u, index))
		return STORAGE_TALLY;
	return g->shared & (USE_WRITE | USE_ADD) ? STORAGE_LOCKED : STORAGE_PLAIN;
}

/* "s64"/"s" for each key and the value: equal shapes share one set of functions. */
static const char *shape_name(const struct var *v)
{
	struct strbuf sb = {0};

	strbuf_add(&sb, "map_");
	for (int i = 0; i < v->arity; i++)
		strbuf_addc(&sb, v->key_types[i] == TYPE_STRING ? 's' : 'l');
	if (v->type == TYPE_STATS)
		strbuf_addf(&sb, "_a%u", stat_buckets(v));
	else
		strbuf_add(&sb, v->type == TYPE_STRING ? "_s" : "_l");
	return text_taken(&sb);
}

static bool name_is_taken(const struct unit *u, const char *name)
{
	vec_each(&u->globals, struct global, g)
		if (strcmp(g->name, name) == 0)
			return true;
	return false;
}

/* Private globals may have twins in other files, and '$' becomes '_'. */
static const char *global_name(const struct unit *u, const struct var *v, size_t index)
{
	const char *name = c_identifier(v->name);

	return v->file_scope || v->is_private || strchr(v->name, '$') || name_is_taken(u, name)
		? arena_printf("%zu_%s", index, name) : name;
}

static void globals_create(struct unit *u)
{
	const struct program *p = u->program;

	for (size_t i = 0; i < p->globals.len; i++) {
		struct var *v = p->globals.data[i];
		struct global g = { .var = v, .name = global_name(u, v, i) };

		if (v->arity > 0)
			g.shape = shape_name(v);
		vec_push(&u->globals, g);
	}
	vec_each(&u->globals, struct global, g)
		g->var->translate_data = g;
}

use_mask *use_masks(const struct unit *u)
{
	return arena_alloc((u->globals.len + 1) * sizeof(use_mask));
}

void globals_begin(struct unit *u)
{
	globals_create(u);
}

void globals_classify(struct unit *u)
{
	collect_use(u);
	for (size_t i = 0; i < u->globals.len; i++) {
		struct global *g = &u->globals.data[i];
		use_mask all = g->shared | g->alone;

		g->storage = storage_of(u, i);
		g->merged = in_parts(g) && g->shape && (all & USE_ITERATE);
		g->sorted = (all & USE_SORT) != 0;
		if (!in_parts(g))
			continue;
		g->guarded = g->shape ? (g->shared & ~(USE_AGGREGATE | USE_ADD)) != 0
				      : (g->shared & USE_WRITE) != 0;
	}
}

enum lock_mode global_lock_mode(const struct global *g, use_mask use)
{
	if (in_parts(g) && g->guarded && (use & USE_WRITE))
		return LOCK_HOLD;
	if ((use & USE_SORT) || (in_parts(g) && (use & USE_ITERATE)))
		return LOCK_WRITE;
	if (g->storage != STORAGE_LOCKED || !use)
		return LOCK_NONE;
	return use & (USE_WRITE | USE_ADD) ? LOCK_WRITE : LOCK_READ;
}

static bool has_lock(const struct global *g)
{
	switch (global_lock_mode(g, g->shared)) {
	case LOCK_NONE:
		return false;
	case LOCK_HOLD:
		return (g->shared & USE_ITERATE) != 0;	/* of the merged array */
	default:
		return true;
	}
}

/* ---- pieces of declarations ---------------------------------------------------------------- */

/* One text per key: "s64 k0, const char *k1". */
static const char *key_texts(const struct var *v, const char *const format[2], const char *separator)
{
	struct strbuf sb = {0};

	for (int i = 0; i < v->arity; i++)
		strbuf_addf(&sb, "%s%s%d%s", i ? separator : "", format[v->key_types[i] == TYPE_STRING], i,
			    strchr(format[0], '(') ? ")" : "");
	return text_taken(&sb);
}

const char *key_parameters(const struct var *v)
{
	static const char *const format[] = { "s64 k", "const char *k" };

	return key_texts(v, format, ", ");
}

const char *key_arguments(const struct var *v)
{
	static const char *const format[] = { "k", "k" };

	return key_texts(v, format, ", ");
}

const char *array_capacity(const struct var *v)
{
	return v->max_entries ? arena_printf("%" PRId64, v->max_entries) : "MAXMAPENTRIES";
}

const char *array_overflow(const struct var *v)
{
	if (v->max_entries)
		return arena_printf("\"Array overflow, check size limit (%" PRId64 ")\"", v->max_entries);
	return "\"Array overflow, check MAXMAPENTRIES\"";
}

/* ---- shapes of maps ---------------------------------------------------------------------------- */

static void add_key_fields(struct strbuf *sb, const struct var *v)
{
	strbuf_add(sb, "#define MAP_KEY_FIELDS");
	for (int i = 0; i < v->arity; i++)
		strbuf_addf(sb, v->key_types[i] == TYPE_STRING ? " char k%d[MAXSTRINGLEN];" : " s64 k%d;", i);
	strbuf_addc(sb, '\n');
}

static void add_value_field(struct strbuf *sb, const struct var *v)
{
	if (v->type == TYPE_STRING)
		strbuf_add(sb, "#define MAP_VALUE char value[MAXSTRINGLEN]\n");
	else if (v->type == TYPE_LONG)
		strbuf_add(sb, "#define MAP_VALUE s64 value\n");
	else if (stat_buckets(v))
		strbuf_addf(sb, "#define MAP_VALUE struct aggregate value; s64 buckets[%u]\n", stat_buckets(v));
	else
		strbuf_add(sb, "#define MAP_VALUE struct aggregate value\n");
}

static void add_shape(struct strbuf *sb, const struct global *g)
{
	static const char *const hash[] = { "MAP_HASH_LONG(k", "MAP_HASH_STRING(k" };
	static const char *const equal[] = { "MAP_EQUAL_LONG(k", "MAP_EQUAL_STRING(k" };
	static const char *const store[] = { "MAP_STORE_LONG(k", "MAP_STORE_STRING(k" };

	strbuf_addf(sb, "#define MAP_NAME %s\n", g->shape);
	add_key_fields(sb, g->var);
	strbuf_addf(sb, "#define MAP_PARAMS %s\n", key_parameters(g->var));
	strbuf_addf(sb, "#define MAP_ARGS %s\n", key_arguments(g->var));
	strbuf_addf(sb, "#define MAP_HASH %s\n", key_texts(g->var, hash, " "));
	strbuf_addf(sb, "#define MAP_EQUAL %s\n", key_texts(g->var, equal, " && "));
	strbuf_addf(sb, "#define MAP_STORE %s\n", key_texts(g->var, store, " "));
	add_value_field(sb, g->var);
	strbuf_add(sb, "#include \"core/map_template.h\"\n\n");
}

static bool shape_is_declared(const struct unit *u, const struct global *g)
{
	for (const struct global *before = u->globals.data; before < g; before++)
		if (before->shape && strcmp(before->shape, g->shape) == 0)
			return true;
	return false;
}

/* ---- scalars and plain arrays ------------------------------------------------------------------------ */

static void declare_scalar(struct unit *u, struct strbuf *sb, const struct global *g)
{
	const struct expr *init = g->var->init;

	if (g->var->type == TYPE_STRING) {
		strbuf_addf(sb, "static char global_%s[MAXSTRINGLEN]", g->name);
		if (init)
			strbuf_addf(sb, " = %s", c_string(init->string.text, init->string.len,
							  (size_t)u->max_string - 1));
	} else {
		strbuf_addf(sb, "static s64 global_%s", g->name);
		if (init)
			strbuf_addf(sb, " = %s", c_number(init->number));
	}
	strbuf_add(sb, ";\n");
}

static void declare_counter(struct strbuf *sb, const struct global *g)
{
	use_mask use = g->shared | g->alone;

	if (use & USE_READ)
		strbuf_addf(sb,
			    "static inline s64 counter_%s(void)\n"
			    "{\n"
			    "\treturn global_%s + percpu_counter_sum(offsetof(struct script_percpu, own_%s));\n"
			    "}\n\n", g->name, g->name, g->name);
	if (use & USE_WRITE)
		strbuf_addf(sb,
			    "static inline void counter_set_%s(s64 value)\n"
			    "{\n"
			    "\tpercpu_counter_clear(offsetof(struct script_percpu, own_%s));\n"
			    "\tglobal_%s = value;\n"
			    "}\n\n", g->name, g->name, g->name);
}

static void declare_array(struct unit *u, struct strbuf *sb, const struct global *g)
{
	bool text = g->var->type == TYPE_STRING;

	strbuf_addf(sb,
		    "static struct map global_%s;\n\n"
		    "static inline %sget_%s(%s)\n"
		    "{\n"
		    "\tstruct %s_node *n = %s_find(&global_%s, %s);\n\n"
		    "\treturn n ? n->value : %s;\n"
		    "}\n\n", g->name, text ? "const char *" : "s64 ", g->name, key_parameters(g->var), g->shape,
		    g->shape, g->name, key_arguments(g->var), text ? "\"\"" : "0");
	strbuf_addf(sb,
		    "static inline bool has_%s(%s)\n"
		    "{\n"
		    "\treturn %s_find(&global_%s, %s) != NULL;\n"
		    "}\n\n", g->name, key_parameters(g->var), g->shape, g->name, key_arguments(g->var));
	strbuf_addf(&u->init, "\tif (map_init(&global_%s, %s, sizeof(struct %s_node), %s))\n\t\treturn -12;\n",
		    g->name, array_capacity(g->var), g->shape, g->var->wrap ? "true" : "false");
	strbuf_addf(&u->exit, "\tmap_release(&global_%s);\n", g->name);
}

/* Sorting needs room beside the order itself. */
static void declare_scratch(struct unit *u, struct strbuf *sb, const struct global *g)
{
	strbuf_addf(sb, "static struct map_node **scratch_%s;\n", g->name);
	strbuf_addf(&u->init, "\tscratch_%s = script_alloc(%s * sizeof(*scratch_%s));\n"
		    "\tif (!scratch_%s)\n\t\treturn -12;\n", g->name, array_capacity(g->var), g->name, g->name);
	strbuf_addf(&u->exit, "\tscript_free(scratch_%s);\n", g->name);
}

/* ---- all of them --------------------------------------------------------------------------------------- */

static void declare_percpu(const struct unit *u, struct strbuf *sb)
{
	strbuf_add(sb, "struct script_percpu {\n");
	vec_each(&u->globals, struct global, g) {
		if (g->storage == STORAGE_COUNTER)
			strbuf_addf(sb, "\ts64 own_%s;\n", g->name);
		else if (in_parts(g))
			aggregate_percpu_member(sb, g);
	}
	if (u->captures)
		strbuf_add(sb, "\tchar match_text[MAXSTRINGLEN];\n\tu16 match_marks[REGEX_MARKS];\n");
	strbuf_add(sb, "\tchar none;\n};\n\n");
}

static void declare_storage(struct unit *u, struct strbuf *sb, const struct global *g)
{
	if (has_lock(g))
		strbuf_addf(sb, "static struct script_lock lock_%s;\n", g->name);
	if (g->sorted)
		declare_scratch(u, sb, g);
	if (in_parts(g))
		aggregate_declare(u, sb, g);
	else if (g->shape)
		declare_array(u, sb, g);
	else
		declare_scalar(u, sb, g);
	if (g->storage == STORAGE_COUNTER)
		declare_counter(sb, g);
}

void globals_declare(struct unit *u, struct strbuf *sb)
{
	vec_each(&u->globals, struct global, g)
		if (g->shape && !shape_is_declared(u, g))
			add_shape(sb, g);
	declare_percpu(u, sb);
	vec_each(&u->globals, struct global, g)
		declare_storage(u, sb, g);
	strbuf_addc(sb, '\n');
}

/* Scalars that -G and staprun NAME=VALUE may set. */
void globals_table(struct unit *u, struct strbuf *sb)
{
	size_t count = 0;

	strbuf_add(sb, "const struct script_global script_globals[] = {\n");
	vec_each(&u->globals, struct global, g) {
		const struct var *v = g->var;

		if (v->arity != 0 || v->type == TYPE_STATS || v->is_private || v->file_scope)
			continue;
		strbuf_addf(sb, "\t{ .name = \"%s\", .%s = %sglobal_%s },\n", v->name,
			    v->type == TYPE_STRING ? "string" : "number",
			    v->type == TYPE_STRING ? "" : "&", g->name);
		count++;
	}
	if (!count)
		strbuf_add(sb, "\t{ .name = NULL },\n");
	strbuf_addf(sb, "};\nconst unsigned script_global_count = %zu;\n\n", count);
}
