/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols.h"

#include <stdlib.h>
#include <string.h>

#include "../base/name_hash.h"

/* ---- making ---------------------------------------------------------------------- */

static bool make_room(struct symbols_builder *w, size_t text)
{
	if (w->count == w->cap) {
		void *all = realloc(w->all, (w->cap = w->cap ? 2 * w->cap : 1024) * sizeof *w->all);

		w->failed |= !all;
		w->all = all ? all : w->all;
	}
	if (w->texts_size + text > w->texts_cap) {
		void *texts = realloc(w->texts, w->texts_cap = 2 * w->texts_cap + text + 65536);

		w->failed |= !texts;
		w->texts = texts ? texts : w->texts;
	}
	return !w->failed;
}

void symbols_add(struct symbols_builder *w, uint64_t address, char letter, const char *name,
		 size_t len)
{
	char *text;

	if (w->failed || !make_room(w, len + 2))
		return;
	text = w->texts + w->texts_size;
	text[0] = letter;
	memcpy(text + 1, name, len);
	text[len + 1] = '\0';
	w->all[w->count++] = (struct symbol){ .address = address, .text = w->texts_size };
	w->texts_size += len + 2;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->text < y->text ? -1 : x->text > y->text;
}

static bool in_order(const struct symbols_builder *w)
{
	for (uint32_t i = 1; i < w->count; i++)
		if (w->all[i].address < w->all[i - 1].address)
			return false;
	return true;
}

bool symbols_finish(struct symbols_builder *w, struct symbols *out)
{
	uint32_t *heads, size = 1;

	while (size < w->count)
		size *= 2;
	heads = calloc(size, sizeof *heads);
	if (w->failed || !w->count || !heads) {
		free(heads);
		free(w->all);
		free(w->texts);
		return false;
	}
	if (!in_order(w))
		qsort(w->all, w->count, sizeof *w->all, by_address);
	for (uint32_t i = w->count; i-- > 0; ) {	/* backwards: chains by address */
		uint32_t *head = &heads[name_hash(w->texts + w->all[i].text + 1) & (size - 1)];

		w->all[i].next = *head;
		*head = i + 1;
	}
	*out = (struct symbols){ .all = w->all, .texts = w->texts, .heads = heads,
				 .count = w->count, .texts_size = w->texts_size,
				 .head_count = size };
	return true;
}

void symbols_release(struct symbols *t)
{
	free((void *)t->all);
	free((void *)t->texts);
	free((void *)t->heads);
	memset(t, 0, sizeof *t);
}

void symbols_to_store(const struct symbols *t, struct store *st)
{
	st->part[SYMBOLS_PART_ALL] = (struct store_part){ t->all, t->count * sizeof *t->all };
	st->part[SYMBOLS_PART_TEXTS] = (struct store_part){ t->texts, t->texts_size };
	st->part[SYMBOLS_PART_HEADS] =
		(struct store_part){ t->heads, t->head_count * sizeof *t->heads };
}

bool symbols_from_store(struct symbols *t, const struct store *st)
{
	t->all = st->part[SYMBOLS_PART_ALL].data;
	t->count = st->part[SYMBOLS_PART_ALL].size / sizeof *t->all;
	t->texts = st->part[SYMBOLS_PART_TEXTS].data;
	t->texts_size = st->part[SYMBOLS_PART_TEXTS].size;
	t->heads = st->part[SYMBOLS_PART_HEADS].data;
	t->head_count = st->part[SYMBOLS_PART_HEADS].size / sizeof *t->heads;
	return t->count > 0;
}

/* ---- asking --------------------------------------------------------------------- */

const char *symbol_name(const struct symbols *t, const struct symbol *s)
{
	return t->texts + s->text + 1;
}

char symbol_letter(const struct symbols *t, const struct symbol *s)
{
	return t->texts[s->text];
}

bool symbol_is_text(const struct symbols *t, const struct symbol *s)
{
	return strchr("tTwW", symbol_letter(t, s)) != NULL;
}

const struct symbol *symbols_find(const struct symbols *t, const char *name,
				  const struct symbol *previous)
{
	uint32_t at;

	if (!t->count)
		return NULL;
	at = previous ? previous->next : t->heads[name_hash(name) & (t->head_count - 1)];
	for (; at; at = t->all[at - 1].next)
		if (strcmp(symbol_name(t, &t->all[at - 1]), name) == 0)
			return &t->all[at - 1];
	return NULL;
}

const struct symbol *symbols_at(const struct symbols *t, uint64_t address)
{
	uint32_t low = 0, high = t->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->all[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &t->all[low - 1] : NULL;
}

uint64_t symbols_address(const struct symbols *t, const char *name)
{
	const struct symbol *s = symbols_find(t, name, NULL);

	return s ? s->address : 0;
}

/* ---- from .symtab ------------------------------------------------------------------ */

static char letter_of(const struct image *img, const GElf_Sym *sym)
{
	GElf_Shdr shdr;
	Elf_Scn *scn = elf_getscn(img->elf, sym->st_shndx);
	bool global = GELF_ST_BIND(sym->st_info) != STB_LOCAL;
	char letter;

	if (GELF_ST_BIND(sym->st_info) == STB_WEAK)
		return 'W';
	if (!scn || !gelf_getshdr(scn, &shdr))
		return global ? 'A' : 'a';
	if (shdr.sh_flags & SHF_EXECINSTR)
		letter = 't';
	else if (shdr.sh_type == SHT_NOBITS)
		letter = 'b';
	else
		letter = shdr.sh_flags & SHF_WRITE ? 'd' : 'r';
	return global ? letter - 'a' + 'A' : letter;
}

/* In a relocatable file a symbol's value counts from its section; offsets in the file stand
 * in for addresses so that functions of different sections stay apart. */
static uint64_t address_of(const struct image *img, const GElf_Sym *sym, bool relocatable)
{
	GElf_Shdr shdr;
	Elf_Scn *scn = relocatable ? elf_getscn(img->elf, sym->st_shndx) : NULL;

	return sym->st_value + (scn && gelf_getshdr(scn, &shdr) ? shdr.sh_offset : 0);
}

static void add_elf_symbols(struct symbols_builder *w, const struct image *img, Elf_Scn *scn,
			    const GElf_Shdr *shdr)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	GElf_Ehdr ehdr;
	GElf_Sym sym;

	if (!data || !shdr->sh_entsize || !gelf_getehdr(img->elf, &ehdr))
		return;
	for (size_t i = 1; i < shdr->sh_size / shdr->sh_entsize; i++) {
		const char *name;

		if (!gelf_getsym(data, i, &sym) || sym.st_shndx == SHN_UNDEF ||
		    GELF_ST_TYPE(sym.st_info) > STT_FUNC)
			continue;
		name = elf_strptr(img->elf, shdr->sh_link, sym.st_name);
		if (name && *name)
			symbols_add(w, address_of(img, &sym, ehdr.e_type == ET_REL),
				    letter_of(img, &sym), name, strlen(name));
	}
}

static bool add_symbol_section(struct symbols_builder *w, const struct image *img, GElf_Word type)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr shdr;

	while ((scn = elf_nextscn(img->elf, scn)))
		if (gelf_getshdr(scn, &shdr) && shdr.sh_type == type) {
			add_elf_symbols(w, img, scn, &shdr);
			return w->count > 0;
		}
	return false;
}

bool symbols_from_elf(struct symbols_builder *w, const struct image *img)
{
	return add_symbol_section(w, img, SHT_SYMTAB) || add_symbol_section(w, img, SHT_DYNSYM);
}
