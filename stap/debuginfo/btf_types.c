/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF types to C types, one maker per kind.  Members and enumerators wait until they
 * are asked for, so a pointer to task_struct costs two small objects.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/name_hash.h"
#include "../base/oom.h"
#include "../base/strbuf.h"
#include "btf.h"
#include "types.h"

/* Deeper nesting than any real declaration: damaged BTF may refer to itself. */
enum { MAX_DEPTH = 48 };
static int depth;

static void load_members(const struct ctype *t, struct ctype_data *d);
static void load_enumerators(const struct ctype *t, struct ctype_data *d);
static const struct ctype *complete(const struct ctype *t);

static const struct ctype_provider btf_types = { load_members, load_enumerators, complete };

static const struct ctype *make_int(struct btf_blob *b, uint32_t id,
				    const struct btf_type *t)
{
	struct ctype *c = ctype_new(CTYPE_INT, NULL, b, id);
	uint32_t bits = *(const uint32_t *)(t + 1);

	c->name = intern(btf_name(b, t));
	c->size = t->size;
	c->is_signed = BTF_INT_ENCODING(bits) & BTF_INT_SIGNED;
	c->is_bool = BTF_INT_ENCODING(bits) & BTF_INT_BOOL;
	c->is_char = t->size == 1 && strstr(c->name, "char");
	ctype_spell(c, c->is_bool ? "bool" : c->name);
	return c;
}

static const struct ctype *make_float(struct btf_blob *b, uint32_t id,
				      const struct btf_type *t)
{
	struct ctype *c = ctype_new(CTYPE_FLOAT, NULL, b, id);

	c->name = intern(btf_name(b, t));
	c->size = t->size;
	ctype_spell(c, c->name);
	return c;
}

static const struct ctype *make_pointer(struct btf_blob *b, uint32_t id,
					const struct btf_type *t)
{
	(void)id;
	return ctype_pointer_to(btf_ctype(b, t->type));
}

static const struct ctype *make_array(struct btf_blob *b, uint32_t id,
				      const struct btf_type *t)
{
	const struct btf_array *a = (const void *)(t + 1);

	(void)id;
	return ctype_array_new(btf_ctype(b, a->type), a->nelems);
}

static struct ctype *make_tagged(struct btf_blob *b, uint32_t id,
				 const struct btf_type *t, enum ctype_kind kind)
{
	struct ctype *c = ctype_new(kind, &btf_types, b, id);

	c->name = intern(btf_name(b, t));
	ctype_spell_tag(c);
	return c;
}

static const struct ctype *make_aggregate(struct btf_blob *b, uint32_t id,
					  const struct btf_type *t)
{
	bool is_union = BTF_INFO_KIND(t->info) == BTF_KIND_UNION;
	struct ctype *c = make_tagged(b, id, t, is_union ? CTYPE_UNION : CTYPE_STRUCT);

	c->size = t->size;
	return c;
}

static const struct ctype *make_forward(struct btf_blob *b, uint32_t id,
					const struct btf_type *t)
{
	bool is_union = BTF_INFO_KFLAG(t->info);
	struct ctype *c = make_tagged(b, id, t, is_union ? CTYPE_UNION : CTYPE_STRUCT);

	c->incomplete = true;
	return c;
}

/* A sign is stated by newer encoders; else an enumerator below zero tells. */
static bool enum_is_signed(struct btf_blob *b, const struct btf_type *t)
{
	const char *name;

	if (BTF_INFO_KFLAG(t->info))
		return true;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++)
		if (BTF_INFO_KIND(t->info) == BTF_KIND_ENUM && btf_enumerator(b, t, i, &name) < 0)
			return true;
	return false;
}

static const struct ctype *make_enum(struct btf_blob *b, uint32_t id,
				     const struct btf_type *t)
{
	struct ctype *c = make_tagged(b, id, t, CTYPE_ENUM);

	c->size = t->size;
	c->is_signed = enum_is_signed(b, t);
	return c;
}

static const struct ctype *make_typedef(struct btf_blob *b, uint32_t id,
					const struct btf_type *t)
{
	(void)id;
	return ctype_typedef_new(btf_ctype(b, t->type), btf_name(b, t));
}

static const struct ctype *make_qualified(struct btf_blob *b, uint32_t id,
					  const struct btf_type *t)
{
	static const char *const words[] = {
		[BTF_KIND_CONST] = "const",
		[BTF_KIND_VOLATILE] = "volatile",
		[BTF_KIND_RESTRICT] = "restrict",
	};

	(void)id;
	return ctype_qualified_new(btf_ctype(b, t->type), words[BTF_INFO_KIND(t->info)]);
}

static const struct ctype *make_function(struct btf_blob *b, uint32_t id,
					 const struct btf_type *t)
{
	const struct btf_param *p = (const void *)(t + 1);
	uint32_t count = BTF_INFO_VLEN(t->info);
	struct strbuf params = { 0 };
	struct ctype *c;

	(void)id;
	for (uint32_t i = 0; i < count; i++) {
		bool variadic = i + 1 == count && p[i].type == 0;

		strbuf_addf(&params, "%s%s", i ? ", " : "",
			    variadic ? "..." : btf_ctype(b, p[i].type)->spelling);
	}
	c = ctype_function_new(btf_ctype(b, t->type), count ? strbuf_text(&params) : "void");
	strbuf_release(&params);
	return c;
}

/* What only wraps a type: functions their prototype, variables and tags their type. */
static const struct ctype *make_through(struct btf_blob *b, uint32_t id,
					const struct btf_type *t)
{
	(void)id;
	return btf_ctype(b, t->type);
}

static const struct ctype *(*const makers[])(struct btf_blob *b, uint32_t id,
					     const struct btf_type *t) = {
	[BTF_KIND_INT] = make_int,
	[BTF_KIND_PTR] = make_pointer,
	[BTF_KIND_ARRAY] = make_array,
	[BTF_KIND_STRUCT] = make_aggregate,
	[BTF_KIND_UNION] = make_aggregate,
	[BTF_KIND_ENUM] = make_enum,
	[BTF_KIND_FWD] = make_forward,
	[BTF_KIND_TYPEDEF] = make_typedef,
	[BTF_KIND_VOLATILE] = make_qualified,
	[BTF_KIND_CONST] = make_qualified,
	[BTF_KIND_RESTRICT] = make_qualified,
	[BTF_KIND_FUNC] = make_through,
	[BTF_KIND_FUNC_PROTO] = make_function,
	[BTF_KIND_VAR] = make_through,
	[BTF_KIND_FLOAT] = make_float,
	[BTF_KIND_TYPE_TAG] = make_through,
	[BTF_KIND_ENUM64] = make_enum,
};

static const struct ctype *void_type(struct btf_blob *b)
{
	while (b->base)
		b = b->base;
	if (!b->ctypes[0]) {
		struct ctype *c = ctype_new(CTYPE_VOID, NULL, b, 0);

		c->name = "void";
		ctype_spell(c, "void");
		b->ctypes[0] = c;
	}
	return b->ctypes[0];
}

/* The types of the modules are more than the kernel's, and each is looked at with its module only. */
static enum arena_area area_of(const struct btf_blob *b)
{
	return b->base ? ARENA_ASIDE : ARENA_LASTING;
}

static const struct ctype *make_type(struct btf_blob *b, uint32_t id, const struct btf_type *t)
{
	enum arena_area before = arena_use(area_of(b));
	const struct ctype *made;

	depth++;
	made = makers[BTF_INFO_KIND(t->info)](b, id, t);
	depth--;
	arena_use(before);
	b->pinned = true;
	return made;
}

const struct ctype *btf_ctype(struct btf_blob *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, id);
	const struct ctype **slot;
	uint32_t kind = t ? BTF_INFO_KIND(t->info) : BTF_KIND_UNKN;

	if (!t || kind >= sizeof makers / sizeof *makers || !makers[kind] || depth >= MAX_DEPTH)
		return void_type(b);
	while (id < b->first_id)
		b = b->base;
	slot = &b->ctypes[id - b->first_id + 1];
	if (!*slot)
		*slot = make_type(b, id, t);
	return *slot;
}

/* ---- members ------------------------------------------------------------------ */

/* Width in bits that an integer type itself declares (old encoders put bit fields there). */
static void int_bits(const struct btf_blob *b, uint32_t type, uint32_t *offset, uint32_t *size)
{
	const struct btf_type *t = btf_type(b, btf_strip(b, type));
	uint32_t bits;

	if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_INT)
		return;
	bits = *(const uint32_t *)(t + 1);
	if (BTF_INT_BITS(bits) == 8 * t->size && BTF_INT_OFFSET(bits) == 0)
		return;
	*offset += BTF_INT_OFFSET(bits);
	*size = BTF_INT_BITS(bits);
}

/*
 * Place a bit field: at the start of the storage unit of its type when it lies in one,
 * else at its first byte.
 */
static void place_bits(struct cmember *m, uint32_t bit, uint32_t size)
{
	uint32_t unit = 8 * m->type->size;

	if (unit == 0 || bit / unit != (bit + size - 1) / unit)
		unit = 8;
	m->offset = bit / unit * (unit / 8);
	m->bit_offset = bit % unit;
	m->bit_size = size;
}

static void load_members(const struct ctype *c, struct ctype_data *d)
{
	struct btf_blob *b = d->origin;
	const struct btf_type *t = btf_type(b, d->where);
	const struct btf_member *raw = (const void *)(t + 1);
	uint32_t id;

	/* a sketch has name and size only */
	if (b->full && BTF_INFO_VLEN(t->info) == 0 &&
	    (id = btf_find_first(b->full, c->name, 1u << BTF_INFO_KIND(t->info)))) {
		b = b->full;
		t = btf_type(b, id);
		raw = (const void *)(t + 1);
	}
	if (c->incomplete)
		return;
	d->members.data = arena_alloc(BTF_INFO_VLEN(t->info) * sizeof *d->members.data);
	d->members.cap = BTF_INFO_VLEN(t->info);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		bool packed = BTF_INFO_KFLAG(t->info);
		uint32_t bit = packed ? BTF_MEMBER_BIT_OFFSET(raw[i].offset) : raw[i].offset;
		uint32_t size = packed ? BTF_MEMBER_BITFIELD_SIZE(raw[i].offset) : 0;
		struct cmember m = { .name = intern(btf_string(b, raw[i].name_off)),
				     .type = btf_ctype(b, raw[i].type) };

		if (size == 0)
			int_bits(b, raw[i].type, &bit, &size);
		if (size)
			place_bits(&m, bit, size);
		else
			m.offset = bit / 8;
		vec_push(&d->members, m);
	}
}

static void load_enumerators(const struct ctype *c, struct ctype_data *d)
{
	struct btf_blob *b = d->origin;
	const struct btf_type *t = btf_type(b, d->where);

	(void)c;
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		const char *name;
		int64_t value = btf_enumerator(b, t, i, &name);
		struct cenumerator e = { intern(name), value };

		vec_push(&d->enumerators, e);
	}
}

/* A definition may be in the blob itself or in one that it continues. */
static const struct ctype *complete(const struct ctype *c)
{
	uint32_t kind = c->kind == CTYPE_UNION ? BTF_BIT(UNION) : BTF_BIT(STRUCT);

	for (struct btf_blob *b = c->data->origin; b; b = btf_next(b)) {
		uint32_t id = btf_find_first(b, c->name, kind);

		if (id)
			return btf_ctype(b, id);
	}
	return NULL;
}

/* ---- parameters ------------------------------------------------------------------------ */

/* Lists of all blobs, so that equal ones are one. */
struct param_list {
	struct param_list *next;	/* of the same bucket */
	uint32_t hash;
	unsigned count;
	const struct cparam *params;
};

#define PARAM_BUCKETS 8192
static struct param_list **param_lists;	/* NULL: none */

void btf_params_reset(void)
{
	free(param_lists);
	param_lists = NULL;
}

static struct param_list **params_bucket(uint32_t hash)
{
	if (!param_lists)
		param_lists = memset(checked_realloc(NULL, PARAM_BUCKETS * sizeof *param_lists), 0,
				     PARAM_BUCKETS * sizeof *param_lists);
	return &param_lists[hash % PARAM_BUCKETS];
}

static const struct cparam *find_params(const struct cparam *params, unsigned count, uint32_t hash)
{
	for (const struct param_list *l = *params_bucket(hash); l; l = l->next)
		if (l->hash == hash && l->count == count && memcmp(l->params, params, count * sizeof *params) == 0)
			return l->params;
	return NULL;
}

/* `params` stays the caller's. */
static const struct cparam *keep_params(const struct btf_blob *b, const struct cparam *params, unsigned count, uint32_t hash)
{
	struct param_list *l = arena_alloc_lasting(sizeof *l), **bucket = params_bucket(hash);
	enum arena_area before = arena_use(area_of(b));
	struct cparam *copy = arena_alloc((count + 1) * sizeof *copy);

	arena_use(before);
	memcpy(copy, params, count * sizeof *copy);
	*l = (struct param_list){ *bucket, hash, count, copy };
	*bucket = l;
	return copy;
}

static const struct cparam *make_params(struct btf_blob *b, const struct btf_param *p, unsigned count)
{
	struct cparam *params = checked_realloc(NULL, (count + 1) * sizeof *params);
	const struct cparam *known;
	uint32_t hash;

	for (unsigned i = 0; i < count; i++)
		params[i] = (struct cparam){ intern(btf_string(b, p[i].name_off)), btf_ctype(b, p[i].type) };
	hash = name_hash_n((const char *)params, count * sizeof *params);
	known = find_params(params, count, hash);
	if (!known)
		known = keep_params(b, params, count, hash);
	free(params);
	return known;
}

/* The place of an own type among all, by where it is. */
static uint32_t position(const struct btf_blob *b, const struct btf_type *t)
{
	uint32_t offset = (uint32_t)((const uint8_t *)t - b->types), low = 0, high = b->end_id - b->first_id;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		*(b->offsets[middle] <= offset ? &low : &high) = middle;
	}
	return low;
}

static bool is_own(const struct btf_blob *b, const struct btf_type *t)
{
	return (uintptr_t)t >= (uintptr_t)b->types && (uintptr_t)t < (uintptr_t)b->types + b->types_size;
}

const struct cparam *btf_parameters(struct btf_blob *b, const struct btf_type *proto, unsigned *count)
{
	const struct btf_param *p = (const void *)(proto + 1);
	const struct cparam **slot;

	*count = BTF_INFO_VLEN(proto->info);
	if (*count && p[*count - 1].type == 0)
		--*count;
	while (!is_own(b, proto) && b->base)
		b = b->base;
	if (!b->params)
		b->params = calloc(b->end_id - b->first_id, sizeof *b->params);
	if (!b->params || !is_own(b, proto))
		return make_params(b, p, *count);
	slot = &b->params[position(b, proto)];
	if (!*slot)
		*slot = make_params(b, p, *count);
	return *slot;
}
