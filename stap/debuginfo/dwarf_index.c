/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names to DIEs.  DWARF has no usable index of its own: .debug_pubnames is mostly left out, and
 * nothing names what was inlined everywhere.  So the top level of every unit is read
 * once (seconds for a kernel, nested DIEs are skipped) and kept in the store.
 *
 * The copies of one function that many units have (those of headers, above all) are one
 * entry with many instances.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "dwarf_private.h"

enum { PART_FUNCTIONS, PART_INSTANCES, PART_VARIABLES, PART_TYPES, PART_UNITS, PART_TEXTS };

/* Open addressing from a hash to 1 + an index that the caller compares by. */
struct table { uint32_t *slots; size_t size, used; };

struct builder {
	struct debug_file *file;
	VEC(struct index_function) functions;
	VEC(struct index_instance) instances;
	VEC(struct index_name) variables;
	VEC(struct index_name) types;
	VEC(struct index_unit) units;
	VEC(char) texts;
	struct table text_table, function_table, type_table;
	const char **names;			/* files of the unit at hand */
	uint32_t *name_texts;			/* where they are in texts, 0: not yet */
	size_t name_count, name_cap;
};

/* ---- hashes --------------------------------------------------------------------------- */

static uint32_t mix(uint32_t h, uint32_t value)
{
	h = (h ^ value) * 0x9e3779b1u;
	return h ^ h >> 15;
}

static uint32_t text_hash(const char *text)
{
	uint32_t h = 2166136261u;

	while (*text)
		h = (h ^ (uint8_t)*text++) * 16777619u;
	return mix(h, 0);
}

/* Rehash by the hash of each element, which only its owner can compute. */
static void table_grow(struct table *t, const struct builder *w,
		       uint32_t (*hash)(const struct builder *w, uint32_t i))
{
	struct table old = *t;

	t->size = old.size ? 2 * old.size : 65536;
	t->slots = calloc(t->size, sizeof *t->slots);
	if (!t->slots)
		BUG("out of memory");
	for (size_t i = 0; i < old.size; i++) {
		uint32_t at;

		if (!old.slots[i])
			continue;
		at = hash(w, old.slots[i] - 1) & (t->size - 1);
		while (t->slots[at])
			at = (at + 1) & (t->size - 1);
		t->slots[at] = old.slots[i];
	}
	free(old.slots);
}

static uint32_t hash_of_text(const struct builder *w, uint32_t i)
{
	return text_hash(w->texts.data + i);
}

static uint32_t add_text(struct builder *w, const char *text)
{
	struct table *t = &w->text_table;
	uint32_t at, start;

	if (2 * t->used >= t->size)
		table_grow(t, w, hash_of_text);
	at = text_hash(text) & (t->size - 1);
	while (t->slots[at]) {
		if (strcmp(w->texts.data + t->slots[at] - 1, text) == 0)
			return t->slots[at] - 1;
		at = (at + 1) & (t->size - 1);
	}
	start = w->texts.len;
	do
		heap_push(&w->texts, *text);
	while (*text++);
	t->slots[at] = start + 1;
	t->used++;
	return start;
}

static uint32_t function_hash(const struct index_function *f)
{
	return mix(mix(mix(f->flags, f->name), f->file), f->line);
}

static uint32_t hash_of_function(const struct builder *w, uint32_t i)
{
	return function_hash(&w->functions.data[i]);
}

static struct index_function *add_function(struct builder *w, struct index_function *key)
{
	struct table *t = &w->function_table;
	uint32_t at;

	if (2 * t->used >= t->size)
		table_grow(t, w, hash_of_function);
	at = function_hash(key) & (t->size - 1);
	while (t->slots[at]) {
		struct index_function *f = &w->functions.data[t->slots[at] - 1];

		if (f->name == key->name && f->file == key->file && f->line == key->line &&
		    f->flags == key->flags)
			return f;
		at = (at + 1) & (t->size - 1);
	}
	heap_push(&w->functions, *key);
	t->slots[at] = w->functions.len;
	t->used++;
	return &w->functions.data[w->functions.len - 1];
}

static uint32_t hash_of_type(const struct builder *w, uint32_t i)
{
	return mix(w->types.data[i].tag, w->types.data[i].name);
}

/* The first of a name and tag is kept. */
static void add_type(struct builder *w, struct index_name type)
{
	struct table *t = &w->type_table;
	uint32_t at;

	if (2 * t->used >= t->size)
		table_grow(t, w, hash_of_type);
	at = mix(type.tag, type.name) & (t->size - 1);
	while (t->slots[at]) {
		const struct index_name *n = &w->types.data[t->slots[at] - 1];

		if (n->name == type.name && n->tag == type.tag)
			return;
		at = (at + 1) & (t->size - 1);
	}
	heap_push(&w->types, type);
	t->slots[at] = w->types.len;
	t->used++;
}

/* ---- reading -------------------------------------------------------------------------------- */

static uint32_t attr_number(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute a;
	Dwarf_Word value;

	if (dwarf_attr_integrate(die, name, &a) && dwarf_formudata(&a, &value) == 0)
		return value;
	return 0;
}

static bool has_flag(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute a;
	bool flag;

	return dwarf_attr(die, name, &a) && dwarf_formflag(&a, &flag) == 0 && flag;
}

static uint32_t decl_file(struct builder *w, Dwarf_Die *die)
{
	uint32_t i = attr_number(die, DW_AT_decl_file);

	if (i >= w->name_count)
		return 0;
	if (!w->name_texts[i])
		w->name_texts[i] = add_text(w, w->names[i]);
	return w->name_texts[i];
}

static void read_function(struct builder *w, Dwarf_Die *die)
{
	struct index_function key = { 0 }, *f;
	struct index_instance one = { .die = dwarf_dieoffset(die) };
	Dwarf_Addr start;
	bool has_code = entry_of(die, &start);
	const char *name;

	if (!has_code && !dwarf_hasattr(die, DW_AT_inline))
		return;
	name = dwarf_diename(die);
	if (!name)
		return;
	key.name = add_text(w, name);
	key.file = decl_file(w, die);
	key.line = attr_number(die, DW_AT_decl_line);
	key.flags = has_code ? 0 : INDEX_INLINE;
	one.address = has_code ? start : 0;
	f = add_function(w, &key);
	one.next = f->first;
	heap_push(&w->instances, one);
	f->first = w->instances.len;
	f->count++;
}

static void read_variable(struct builder *w, Dwarf_Die *die)
{
	const char *name;
	struct index_name v = { .die = dwarf_dieoffset(die), .tag = DW_TAG_variable };

	bool placed = dwarf_hasattr(die, DW_AT_location) ||
		      dwarf_hasattr(die, DW_AT_const_value);

	if (!placed && !has_flag(die, DW_AT_declaration))
		return;
	name = dwarf_diename(die);
	if (!name)
		return;
	v.name = add_text(w, name);
	if (!placed) {		/* one declaration tells the type of what only has a symbol */
		add_type(w, v);
		return;
	}
	v.file = decl_file(w, die);
	heap_push(&w->variables, v);
}

static void read_type(struct builder *w, Dwarf_Die *die, int tag)
{
	const char *name = dwarf_diename(die);
	struct index_name t = { .die = dwarf_dieoffset(die) };

	if (!name || has_flag(die, DW_AT_declaration))
		return;
	t.name = add_text(w, name);
	t.tag = tag == DW_TAG_class_type ? DW_TAG_structure_type : tag;
	add_type(w, t);
}

static void read_children(struct builder *w, Dwarf_Die *parent)
{
	Dwarf_Die die;

	if (dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);

		switch (tag) {
		case DW_TAG_subprogram:
			read_function(w, &die);
			break;
		case DW_TAG_variable:
			read_variable(w, &die);
			break;
		case DW_TAG_structure_type:
		case DW_TAG_union_type:
		case DW_TAG_class_type:
		case DW_TAG_enumeration_type:
		case DW_TAG_typedef:
		case DW_TAG_base_type:
			read_type(w, &die, tag);
			break;
		case DW_TAG_namespace:
			read_children(w, &die);
			break;
		}
	} while (dwarf_siblingof(&die, &die) == 0);
}

static void read_unit(struct builder *w, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	struct index_unit unit = { .die = dwarf_dieoffset(die) };

	w->name_count = unit_files(w->file, die, &w->names);
	if (w->name_count > w->name_cap) {
		w->name_cap = 2 * w->name_count;
		w->name_texts = realloc(w->name_texts, w->name_cap * sizeof *w->name_texts);
		if (!w->name_texts)
			BUG("out of memory");
	}
	memset(w->name_texts, 0, w->name_count * sizeof *w->name_texts);
	unit.name = name ? add_text(w, plain_path("", name)) : 0;
	heap_push(&w->units, unit);
	read_children(w, die);
}

/* ---- finishing ----------------------------------------------------------------------------------- */

static const char *sorted_texts;	/* qsort() has no argument for it */

static int by_place(const void *a, const void *b)
{
	const struct index_function *x = a, *y = b;
	int order = x->name == y->name ? 0 : strcmp(sorted_texts + x->name, sorted_texts + y->name);

	if (!order && x->file != y->file)
		order = strcmp(sorted_texts + x->file, sorted_texts + y->file);
	if (!order)
		order = x->line < y->line ? -1 : x->line > y->line;
	return order ? order : (int)x->flags - (int)y->flags;
}

static int by_name(const void *a, const void *b)
{
	const struct index_name *x = a, *y = b;
	int order = x->name == y->name ? 0 : strcmp(sorted_texts + x->name, sorted_texts + y->name);

	return order ? order : x->die < y->die ? -1 : x->die > y->die;
}

/* Lay out the instances in the order of the functions. */
static struct index_instance *lay_out(struct builder *w)
{
	struct index_instance *out = malloc((w->instances.len + 1) * sizeof *out);
	uint32_t at = 0;

	if (!out)
		BUG("out of memory");
	for (size_t i = 0; i < w->functions.len; i++) {
		struct index_function *f = &w->functions.data[i];
		uint32_t next = f->first;

		f->first = at;
		for (uint32_t n = f->count; n > 0; n--) {	/* chained last first */
			out[at + n - 1] = w->instances.data[next - 1];
			next = out[at + n - 1].next;
		}
		at += f->count;
	}
	return out;
}

static void finish(struct builder *w, struct dwarf_index *ix)
{
	sorted_texts = w->texts.data;
	if (w->functions.len)
		qsort(w->functions.data, w->functions.len, sizeof *w->functions.data, by_place);
	if (w->variables.len)
		qsort(w->variables.data, w->variables.len, sizeof *w->variables.data, by_name);
	if (w->types.len)
		qsort(w->types.data, w->types.len, sizeof *w->types.data, by_name);
	*ix = (struct dwarf_index){
		.functions = w->functions.data, .function_count = w->functions.len,
		.instances = lay_out(w), .instance_count = w->instances.len,
		.variables = w->variables.data, .variable_count = w->variables.len,
		.types = w->types.data, .type_count = w->types.len,
		.units = w->units.data, .unit_count = w->units.len,
		.texts = w->texts.data, .texts_size = w->texts.len,
	};
	free(w->instances.data);
	free(w->text_table.slots);
	free(w->function_table.slots);
	free(w->type_table.slots);
	free(w->name_texts);
}

static void build(struct debug_file *f, struct dwarf_index *ix)
{
	struct builder w = { .file = f };
	struct long_walk walk = { .file = f };
	Dwarf_Die unit;

	add_text(&w, "");
	while (long_walk_next(&walk, &unit))
		read_unit(&w, &unit);
	finish(&w, ix);
}

/* ---- keeping ----------------------------------------------------------------------------------------- */

static void to_store(const struct dwarf_index *ix, struct store *st)
{
	const struct store_part parts[] = {
		[PART_FUNCTIONS] = { ix->functions, ix->function_count * sizeof *ix->functions },
		[PART_INSTANCES] = { ix->instances, ix->instance_count * sizeof *ix->instances },
		[PART_VARIABLES] = { ix->variables, ix->variable_count * sizeof *ix->variables },
		[PART_TYPES] = { ix->types, ix->type_count * sizeof *ix->types },
		[PART_UNITS] = { ix->units, ix->unit_count * sizeof *ix->units },
		[PART_TEXTS] = { ix->texts, ix->texts_size },
	};

	memcpy(st->part, parts, sizeof parts);
}

static void from_store(struct dwarf_index *ix, const struct store *st)
{
	const struct store_part *p = st->part;

	*ix = (struct dwarf_index){
		.functions = p[PART_FUNCTIONS].data,
		.function_count = p[PART_FUNCTIONS].size / sizeof *ix->functions,
		.instances = p[PART_INSTANCES].data,
		.instance_count = p[PART_INSTANCES].size / sizeof *ix->instances,
		.variables = p[PART_VARIABLES].data,
		.variable_count = p[PART_VARIABLES].size / sizeof *ix->variables,
		.types = p[PART_TYPES].data,
		.type_count = p[PART_TYPES].size / sizeof *ix->types,
		.units = p[PART_UNITS].data,
		.unit_count = p[PART_UNITS].size / sizeof *ix->units,
		.texts = p[PART_TEXTS].data,
		.texts_size = p[PART_TEXTS].size,
	};
}

static void release(struct dwarf_index *ix)
{
	free((void *)ix->functions);
	free((void *)ix->instances);
	free((void *)ix->variables);
	free((void *)ix->types);
	free((void *)ix->units);
	free((void *)ix->texts);
}

const struct dwarf_index *dwarf_index_of(struct debug_file *f)
{
	struct dwarf_index *ix;
	struct store st = { 0 };
	const char *key;

	if (f->index_tried)
		return f->index;
	f->index_tried = true;
	ix = arena_new(struct dwarf_index);
	key = store_file_key(f->path);
	if (store_load(&st, f->session->cache_dir, "dwarf", key)) {
		from_store(ix, &st);
		return f->index = ix;
	}
	if (!debug_file_open(f))
		return NULL;
	build(f, ix);
	to_store(ix, &st);
	if (store_save(&st, f->session->cache_dir, "dwarf", key) == 0 &&
	    store_load(&st, f->session->cache_dir, "dwarf", key)) {
		release(ix);
		from_store(ix, &st);
	}
	return f->index = ix;
}

/* ---- asking ------------------------------------------------------------------------------------------- */

/* First position in 0..count for which name_at() is not below `name`. */
static size_t lower_bound(const struct dwarf_index *ix, const void *all, size_t size, size_t count,
			  const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const uint32_t *text = (const void *)((const char *)all + middle * size);

		if (strcmp(ix->texts + *text, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t index_functions_named(const struct dwarf_index *ix, const char *name, size_t *first)
{
	size_t n = 0;

	*first = lower_bound(ix, ix->functions, sizeof *ix->functions, ix->function_count, name);
	while (*first + n < ix->function_count &&
	       strcmp(ix->texts + ix->functions[*first + n].name, name) == 0)
		n++;
	return n;
}

size_t index_names_find(const struct dwarf_index *ix, const struct index_name *all, size_t count,
			const char *name, size_t *first)
{
	size_t n = 0;

	*first = lower_bound(ix, all, sizeof *all, count, name);
	while (*first + n < count && strcmp(ix->texts + all[*first + n].name, name) == 0)
		n++;
	return n;
}
