/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The raw format: a header, a section of types one after the other (a fixed part and
 * what its kind and count call for), a section of strings.  Ids are positions, so one
 * walk gives the offset of every type and checks that each lies inside.
 */
#include "btf.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"

enum { LAST_KIND = BTF_KIND_ENUM64 };

/* What follows the fixed part of a kind: bytes always, bytes for each of vlen. */
static const struct { uint8_t once, each; } tails[LAST_KIND + 1] = {
	[BTF_KIND_INT] = { 4, 0 },
	[BTF_KIND_ARRAY] = { sizeof(struct btf_array), 0 },
	[BTF_KIND_STRUCT] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { 0, sizeof(struct btf_enum) },
	[BTF_KIND_ENUM64] = { 0, sizeof(struct btf_enum64) },
	[BTF_KIND_FUNC_PROTO] = { 0, sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { sizeof(struct btf_var), 0 },
	[BTF_KIND_DATASEC] = { 0, sizeof(struct btf_var_secinfo) },
	[BTF_KIND_DECL_TAG] = { sizeof(struct btf_decl_tag), 0 },
};

/* Size of the type at `offset`, 0 when it is of no known kind or does not fit. */
static uint32_t whole_size(const struct btf_blob *b, uint32_t offset)
{
	const struct btf_type *t = (const void *)(b->types + offset);
	uint32_t left = b->types_size - offset, kind;
	uint64_t size;

	if (left < sizeof *t)
		return 0;
	kind = BTF_INFO_KIND(t->info);
	if (kind == BTF_KIND_UNKN || kind > LAST_KIND)
		return 0;
	size = sizeof *t + tails[kind].once +
	       (uint64_t)tails[kind].each * BTF_INFO_VLEN(t->info);
	return size <= left ? size : 0;
}

/* The part of the header that all kernels have; it has grown since. */
enum { HEADER_SIZE = offsetof(struct btf_header, str_len) + sizeof(uint32_t) };

/* Header to sections.  Returns what is wrong, or NULL. */
static const char *set_sections(struct btf_blob *b, const void *data, size_t size)
{
	struct btf_header h;

	if (size < HEADER_SIZE)
		return "it is too short";
	memcpy(&h, data, HEADER_SIZE);
	if (h.magic == 0x9feb)
		return "it is of the other byte order";
	if (h.magic != BTF_MAGIC || h.version != BTF_VERSION)
		return "it has no BTF header";
	if (h.hdr_len < HEADER_SIZE || h.hdr_len > size || h.type_off > size - h.hdr_len ||
	    h.type_len > size - h.hdr_len - h.type_off || h.str_off > size - h.hdr_len ||
	    h.str_len > size - h.hdr_len - h.str_off || h.type_off % 4 || h.hdr_len % 4)
		return "its sections lie outside";
	b->types = (const uint8_t *)data + h.hdr_len + h.type_off;
	b->types_size = h.type_len;
	b->strings = (const char *)data + h.hdr_len + h.str_off;
	b->strings_size = h.str_len;
	if (h.str_len && b->strings[h.str_len - 1] != '\0')
		return "its strings do not end";
	return NULL;
}

static const char *walk(struct btf_blob *b)
{
	uint32_t *offsets = malloc((b->types_size / sizeof(struct btf_type) + 1) * 4);
	uint32_t count = 0, size;

	if (!offsets)
		return "there is no memory";
	for (uint32_t at = 0; at < b->types_size; at += size) {
		size = whole_size(b, at);
		if (size == 0) {
			free(offsets);
			return "it has a type of an unknown kind";
		}
		offsets[count++] = at;
	}
	b->offsets = realloc(offsets, (count + 1) * 4);
	b->end_id = b->first_id + count;
	return NULL;
}

/* Untouched pages of a large calloc cost nothing, so the kernel's table may be as long as the ids; those of the modules
 * are looked at with their module only. */
static void make_ctype_table(struct btf_blob *b)
{
	enum arena_area before = arena_use(ARENA_ASIDE);

	if (b->base)
		b->ctypes = arena_alloc((b->end_id - b->first_id + 1) * sizeof *b->ctypes);
	else
		b->ctypes = calloc(b->end_id - b->first_id + 1, sizeof *b->ctypes);
	arena_use(before);
}

/* Sections of modules may start anywhere; ours must start where a word may. */
static const void *align(struct btf_blob *b, const void *data, size_t size)
{
	if ((uintptr_t)data % 4 == 0)
		return data;
	b->copy = malloc(size);
	return b->copy ? memcpy(b->copy, data, size) : data;
}

struct btf_blob *btf_open(const void *data, size_t size, struct btf_blob *base, const char **why)
{
	struct btf_blob *b = arena_new(struct btf_blob);

	b->base = base;
	b->first_id = base ? base->end_id : 1;
	b->strings_start = base ? base->strings_start + base->strings_size : 0;
	*why = set_sections(b, align(b, data, size), size);
	if (!*why)
		*why = walk(b);
	if (*why) {
		free(b->copy);
		return NULL;
	}
	make_ctype_table(b);
	return b;
}

void btf_close(struct btf_blob *b)
{
	free((void *)b->offsets);
	free((void *)b->heads);
	free((void *)b->entries);
	if (!b->base)
		free(b->ctypes);
	free(b->params);
	free(b->copy);
}

void btf_rest(struct btf_blob *b)
{
	free(b->params);
	b->params = NULL;
}

void btf_to_store(const struct btf_blob *b, struct store *st)
{
	uint32_t count = b->end_id - b->first_id;

	st->part[BTF_PART_OFFSETS] = (struct store_part){ b->offsets, count * 4ul };
	st->part[BTF_PART_HEADS] = (struct store_part){ b->heads, b->head_count * 4ul };
	st->part[BTF_PART_ENTRIES] =
		(struct store_part){ b->entries, b->entry_count * sizeof *b->entries };
}

struct btf_blob *btf_from_store(const struct store *st)
{
	struct btf_blob *b = arena_new(struct btf_blob);

	if (set_sections(b, st->part[BTF_PART_RAW].data, st->part[BTF_PART_RAW].size))
		return NULL;
	b->first_id = 1;
	b->end_id = 1 + st->part[BTF_PART_OFFSETS].size / 4;
	b->offsets = st->part[BTF_PART_OFFSETS].data;
	b->heads = st->part[BTF_PART_HEADS].data;
	b->head_count = st->part[BTF_PART_HEADS].size / 4;
	b->entries = st->part[BTF_PART_ENTRIES].data;
	b->entry_count = st->part[BTF_PART_ENTRIES].size / sizeof *b->entries;
	make_ctype_table(b);
	return b;
}

struct btf_blob *btf_next(const struct btf_blob *b)
{
	return b->base ? b->base : b->full;
}

const struct btf_type *btf_type(const struct btf_blob *b, uint32_t id)
{
	while (b && id < b->first_id)
		b = b->base;
	if (!b || id >= b->end_id)
		return NULL;
	return (const void *)(b->types + b->offsets[id - b->first_id]);
}

const char *btf_string(const struct btf_blob *b, uint32_t offset)
{
	while (b->base && offset < b->strings_start)
		b = b->base;
	offset -= b->strings_start;
	return offset < b->strings_size ? b->strings + offset : "";
}

const char *btf_name(const struct btf_blob *b, const struct btf_type *t)
{
	return btf_string(b, t->name_off);
}

int64_t btf_enumerator(const struct btf_blob *b, const struct btf_type *t, uint32_t index,
		       const char **name)
{
	bool is_signed = BTF_INFO_KFLAG(t->info);

	if (BTF_INFO_KIND(t->info) == BTF_KIND_ENUM64) {
		const struct btf_enum64 *e = (const struct btf_enum64 *)(t + 1) + index;

		*name = btf_string(b, e->name_off);
		return (int64_t)((uint64_t)e->val_hi32 << 32 | e->val_lo32);
	}
	const struct btf_enum *e = (const struct btf_enum *)(t + 1) + index;

	/* before there was the flag, all enums were taken as signed */
	*name = btf_string(b, e->name_off);
	return is_signed || e->val < 0 ? (int64_t)e->val : (int64_t)(uint32_t)e->val;
}

uint32_t btf_strip(const struct btf_blob *b, uint32_t id)
{
	const uint32_t through = BTF_BIT(TYPEDEF) | BTF_BIT(CONST) | BTF_BIT(VOLATILE) |
				 BTF_BIT(RESTRICT) | BTF_BIT(TYPE_TAG);

	for (int depth = 0; depth < 64; depth++) {
		const struct btf_type *t = btf_type(b, id);

		if (!t)
			return 0;
		if (!(through >> BTF_INFO_KIND(t->info) & 1))
			return id;
		id = t->type;
	}
	return 0;
}
