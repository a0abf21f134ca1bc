/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbol tables: address, letter as in nm(1), name; by name through a hash, by
 * address because they are in that order.  The kernel's is kept in the store.
 */
#ifndef STAP_DEBUGINFO_SYMBOLS_H
#define STAP_DEBUGINFO_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"
#include "store.h"

struct symbol {
	uint64_t address;
	uint32_t text;		/* offset in texts: a letter, then the name */
	uint32_t next;		/* 1 + index of the next of the same hash, 0: last */
};

struct symbols {
	const struct symbol *all;	/* by address */
	const char *texts;
	const uint32_t *heads;
	uint32_t count, texts_size, head_count;
};

enum { SYMBOLS_PART_ALL, SYMBOLS_PART_TEXTS, SYMBOLS_PART_HEADS, SYMBOLS_PART_BARRED,
       SYMBOLS_PART_FTRACE, SYMBOLS_PART_SYSTEMS, SYMBOLS_PART_SYSTEM_TEXTS };

/* Making a table: add in any order, then finish. */
struct symbols_builder {
	struct symbol *all;
	char *texts;
	uint32_t count, texts_size;
	size_t cap, texts_cap;
	bool failed;			/* out of memory */
};
void symbols_add(struct symbols_builder *w, uint64_t address, char letter, const char *name,
		 size_t len);
/* Sort and hash; the builder's memory goes to the table.  False: nothing was added. */
bool symbols_finish(struct symbols_builder *w, struct symbols *out);
void symbols_release(struct symbols *t);

void symbols_to_store(const struct symbols *t, struct store *st);
bool symbols_from_store(struct symbols *t, const struct store *st);

const char *symbol_name(const struct symbols *t, const struct symbol *s);
char symbol_letter(const struct symbols *t, const struct symbol *s);
bool symbol_is_text(const struct symbols *t, const struct symbol *s);

/* The next symbol of that name after `previous` (NULL: the first); NULL: no more. */
const struct symbol *symbols_find(const struct symbols *t, const char *name,
				  const struct symbol *previous);

/* The last symbol at or below an address, NULL when there is none. */
const struct symbol *symbols_at(const struct symbols *t, uint64_t address);

/* Address of a symbol, 0 when there is none. */
uint64_t symbols_address(const struct symbols *t, const char *name);

/* Fill a builder from an image: its .symtab, or the tables the kernel has for kallsyms.
 * False when it has neither. */
bool symbols_from_elf(struct symbols_builder *w, const struct image *img);
bool symbols_from_kallsyms(struct symbols_builder *w, const struct image *img);

#endif
