/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names to types.  The kernel's blob has a hash of everything that has a name, made
 * in a few milliseconds and kept in the store; blobs of modules are small enough to be walked.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/name_hash.h"
#include "btf.h"

static bool is_enum(const struct btf_type *t)
{
	uint32_t kind = BTF_INFO_KIND(t->info);

	return kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64;
}

struct builder {
	struct btf_blob *blob;
	uint32_t *heads;
	struct btf_entry *entries;
	uint32_t count;
};

static void index_name(struct builder *w, const char *name, uint32_t id, uint32_t sub)
{
	uint32_t *head = &w->heads[name_hash(name) & (w->blob->head_count - 1)];

	w->entries[w->count] = (struct btf_entry){ id, sub, *head };
	*head = ++w->count;
}

static void index_enumerators(struct builder *w, uint32_t id, const struct btf_type *t)
{
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		const char *name;

		btf_enumerator(w->blob, t, i, &name);
		index_name(w, name, id, i + 1);
	}
}

static uint32_t count_names(const struct btf_blob *b)
{
	uint32_t count = 0;

	for (uint32_t id = b->first_id; id < b->end_id; id++) {
		const struct btf_type *t = btf_type(b, id);

		count += t->name_off != 0;
		if (is_enum(t))
			count += BTF_INFO_VLEN(t->info);
	}
	return count;
}

void btf_index(struct btf_blob *b)
{
	struct builder w = { .blob = b };
	uint32_t count = count_names(b);

	b->head_count = 1;
	while (b->head_count < count)
		b->head_count *= 2;
	w.heads = calloc(b->head_count, sizeof *w.heads);
	w.entries = malloc((count + 1) * sizeof *w.entries);
	if (!w.heads || !w.entries)
		return;
	/* backwards, so that a chain has lower ids first */
	for (uint32_t id = b->end_id; id-- > b->first_id; ) {
		const struct btf_type *t = btf_type(b, id);

		if (is_enum(t))
			index_enumerators(&w, id, t);
		if (t->name_off)
			index_name(&w, btf_name(b, t), id, 0);
	}
	b->heads = w.heads;
	b->entries = w.entries;
	b->entry_count = w.count;
}

/* First entry of the chain a name is in, as entries number themselves: from 1. */
static uint32_t chain(const struct btf_blob *b, const char *name)
{
	return b->heads[name_hash(name) & (b->head_count - 1)];
}

static bool is_named(const struct btf_blob *b, const struct btf_type *t, const char *name,
		     uint32_t kinds)
{
	return t && kinds >> BTF_INFO_KIND(t->info) & 1 && strcmp(btf_name(b, t), name) == 0;
}

static uint32_t find_in_index(const struct btf_blob *b, const char *name, uint32_t kinds,
			      uint32_t *cursor)
{
	uint32_t at = *cursor ? b->entries[*cursor - 1].next : chain(b, name);

	while (at && at <= b->entry_count) {
		const struct btf_entry *e = &b->entries[at - 1];

		if (e->sub == 0 && is_named(b, btf_type(b, e->id), name, kinds)) {
			*cursor = at;
			return e->id;
		}
		at = e->next;
	}
	return 0;
}

static uint32_t find_by_walk(const struct btf_blob *b, const char *name, uint32_t kinds,
			     uint32_t *cursor)
{
	for (uint32_t id = *cursor ? *cursor + 1 : b->first_id; id < b->end_id; id++)
		if (is_named(b, btf_type(b, id), name, kinds)) {
			*cursor = id;
			return id;
		}
	return 0;
}

uint32_t btf_find(const struct btf_blob *b, const char *name, uint32_t kinds, uint32_t *cursor)
{
	if (*name == '\0')
		return 0;
	return (b->heads ? find_in_index : find_by_walk)(b, name, kinds, cursor);
}

uint32_t btf_find_first(const struct btf_blob *b, const char *name, uint32_t kinds)
{
	uint32_t cursor = 0;

	return btf_find(b, name, kinds, &cursor);
}

static bool enumerator_is(const struct btf_blob *b, uint32_t id, uint32_t index,
			  const char *name, int64_t *value)
{
	const struct btf_type *t = btf_type(b, id);
	const char *found;

	if (!t || !is_enum(t) || index >= BTF_INFO_VLEN(t->info))
		return false;
	*value = btf_enumerator(b, t, index, &found);
	return strcmp(found, name) == 0;
}

static bool enumerator_by_walk(const struct btf_blob *b, const char *name, int64_t *value)
{
	for (uint32_t id = b->first_id; id < b->end_id; id++) {
		const struct btf_type *t = btf_type(b, id);

		for (uint32_t i = 0; is_enum(t) && i < BTF_INFO_VLEN(t->info); i++)
			if (enumerator_is(b, id, i, name, value))
				return true;
	}
	return false;
}

bool btf_find_enumerator(const struct btf_blob *b, const char *name, int64_t *value)
{
	if (!b->heads)
		return enumerator_by_walk(b, name, value);
	for (uint32_t at = chain(b, name); at && at <= b->entry_count;
	     at = b->entries[at - 1].next) {
		const struct btf_entry *e = &b->entries[at - 1];

		if (e->sub && enumerator_is(b, e->id, e->sub - 1, name, value))
			return true;
	}
	return false;
}
