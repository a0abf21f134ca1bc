/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Type information in the kernel's compact format (BTF), read in place.
 *
 * A blob is one .BTF section: the kernel's, or a module's, whose type ids and
 * strings continue those of its base.  What a literal look-up needs (offset of each type,
 * hash of names) is made once and kept in the store beside the raw bytes; then opening
 * is mapping.
 */
#ifndef STAP_DEBUGINFO_BTF_H
#define STAP_DEBUGINFO_BTF_H

#include <linux/btf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store.h"

struct ctype;
struct cparam;

/* Names to types: chains of entries, heads indexed by hash. */
struct btf_entry {
	uint32_t id;		/* type that has the name, or the enum of an enumerator */
	uint32_t sub;		/* 0, or 1 + index of the enumerator */
	uint32_t next;		/* 1 + index of the next entry of the chain, 0: last */
};

struct btf_blob {
	struct btf_blob *base;		/* what split BTF continues, or NULL */
	struct btf_blob *full;		/* of a base that only sketches the kernel's types: the kernel's */
	const char *module;		/* NULL: the kernel */
	const uint8_t *types;
	void *copy;			/* of the section, when it was not aligned */
	const char *strings;
	uint32_t types_size, strings_size;
	uint32_t first_id, end_id;	/* own ids: first_id <= id < end_id */
	uint32_t strings_start;		/* string offsets below are the base's */
	const uint32_t *offsets;	/* of own types in `types` */
	const uint32_t *heads;		/* NULL: not indexed, look-ups walk */
	const struct btf_entry *entries;
	uint32_t head_count, entry_count;
	bool pinned;			/* types were made that refer to it */
	const struct ctype **ctypes;	/* made so far, by own id (0: void, base only) */
	const struct cparam **params;	/* of prototypes, made so far, by own id; or NULL */
};

/* Store parts that a blob is kept in. */
enum { BTF_PART_RAW, BTF_PART_OFFSETS, BTF_PART_HEADS, BTF_PART_ENTRIES, BTF_PART_BUILD_ID };

/*
 * Read a raw .BTF section.  The data must stay.  Every type is checked to lie
 * inside the section, so later reading needs no care; references between types may still be
 * wrong and are checked when followed.  Returns NULL and says why when it is damaged.
 */
struct btf_blob *btf_open(const void *data, size_t size, struct btf_blob *base,
			  const char **why);

/* Give back what btf_open() and btf_index() took.  Not for a pinned blob. */
void btf_close(struct btf_blob *b);

/* Give back what can be made again. */
void btf_rest(struct btf_blob *b);

/* Make the hash of names (worth it for the kernel's blob only). */
void btf_index(struct btf_blob *b);

/* To and from the store.  The store's parts point into the blob and back. */
void btf_to_store(const struct btf_blob *b, struct store *st);
struct btf_blob *btf_from_store(const struct store *st);

/* Where to look for a name after `b`: its base, then what that base sketches. */
struct btf_blob *btf_next(const struct btf_blob *b);

/* A type by id, own or of the base; NULL for void and for ids that do not exist. */
const struct btf_type *btf_type(const struct btf_blob *b, uint32_t id);

/* A string by offset, "" when out of range. */
const char *btf_string(const struct btf_blob *b, uint32_t offset);
const char *btf_name(const struct btf_blob *b, const struct btf_type *t);

/* The bits of kinds, for btf_find(). */
#define BTF_BIT(kind) (1u << BTF_KIND_##kind)

/*
 * Own types named `name` of one of `kinds`, one after the other: start with *cursor 0;
 * returns the id, 0 when there is no more.
 */
uint32_t btf_find(const struct btf_blob *b, const char *name, uint32_t kinds, uint32_t *cursor);

/* The first, or 0. */
uint32_t btf_find_first(const struct btf_blob *b, const char *name, uint32_t kinds);

/* An own enumerator by name; false when there is none. */
bool btf_find_enumerator(const struct btf_blob *b, const char *name, int64_t *value);

/* The value of an enumerator of an ENUM or ENUM64, and its name. */
int64_t btf_enumerator(const struct btf_blob *b, const struct btf_type *t, uint32_t index,
		       const char **name);

/* The type as the compiler sees it; made once per id.  Void for what does not exist. */
const struct ctype *btf_ctype(struct btf_blob *b, uint32_t id);

/* The parameters of a FUNC_PROTO, without the dots of a variadic one; also
 * in different blobs, functions of the same parameters have the same list. */
const struct cparam *btf_parameters(struct btf_blob *b, const struct btf_type *proto, unsigned *count);

/* Forget the lists: before arena_reset(). */
void btf_params_reset(void);

/* Follow typedefs and qualifiers. 0 for void. */
uint32_t btf_strip(const struct btf_blob *b, uint32_t id);

#endif
