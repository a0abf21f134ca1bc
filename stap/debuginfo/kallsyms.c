/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbol table that a kernel carries for itself.  Images that are shipped have no
 * .symtab, but in .rodata lie the tables behind /proc/kallsyms:
 *
 *	num_syms	how many
 *	names		for each a length and that many tokens
 *	markers		offset of every 256th name
 *	token_table	256 texts; token_index: their offsets
 *	offsets		of the symbols, from relative_base
 *
 * Nothing says where they are.  Names may contain every digit, and a character that occurs
 * in names is its own token, so "0" to "9" follow each other in token_table: that finds
 * it.  token_index lies behind it and gives its start.  num_syms and names are
 * found by trying: only the right place decodes to what the markers say.  offsets are
 * before num_syms up to kernel 6.3 and after token_index since; the newest have no base, each offset
 * counts from its own place.  Of the candidates that one is right in which _text gets the
 * address that the ELF header gives it.
 */
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

enum { MIN_SYMBOLS = 1000, MAX_SYMBOLS = 4000000, MARKER_STEP = 256 };

struct tables {
	const uint8_t *start, *end;	/* .rodata */
	uint64_t address;		/* where the kernel has it */
	const uint8_t *tokens;		/* token_table */
	const uint8_t *index_end;	/* end of token_index */
	uint16_t index[256];
	unsigned alignment;		/* of every table: 8, and 4 since there is no base */
	const uint8_t *count_at;	/* num_syms */
	const uint8_t *names;
	uint32_t count;
};

static const uint8_t *aligned(const struct tables *t, const uint8_t *p)
{
	return p + (-(p - t->start) & (t->alignment - 1));
}

static uint32_t word(const uint8_t *p)
{
	uint32_t w;

	memcpy(&w, p, 4);
	return w;
}

/* ---- finding -------------------------------------------------------------------- */

/* With the token "0" at `zero`: are these the token tables? */
static bool tokens_at(struct tables *t, const uint8_t *zero)
{
	const uint8_t *p = zero;

	for (int i = '0'; i < 256; i++) {
		p = memchr(p, '\0', t->end - p);
		if (!p)
			return false;
		p++;
	}
	p = aligned(t, p);
	if ((size_t)(t->end - p) < sizeof t->index)
		return false;
	memcpy(t->index, p, sizeof t->index);
	if (t->index[0] != 0 || t->index['0'] > zero - t->start)
		return false;
	t->tokens = zero - t->index['0'];
	t->index_end = p + sizeof t->index;
	for (int i = 1; i < 256; i++)
		if (t->index[i] <= t->index[i - 1] || t->tokens[t->index[i] - 1] != '\0' ||
		    t->tokens + t->index[i] >= p)
			return false;
	return true;
}

static bool find_tokens(struct tables *t)
{
	static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
	const uint8_t *p = t->start;

	while ((p = memmem(p, t->end - p, digits, sizeof digits))) {
		if (tokens_at(t, p))
			return true;
		p++;
	}
	return false;
}

/* Length of the name at p in tokens, and where they start.  NULL when it runs out. */
static const uint8_t *name_tokens(const uint8_t *p, const uint8_t *end, uint32_t *len)
{
	if (p >= end)
		return NULL;
	*len = *p++;
	if (*len & 0x80 && p < end)
		*len = (*len & 0x7f) | *p++ << 7;
	return *len && *len <= (uint32_t)(end - p) ? p : NULL;
}

/* Do `count` names start at p, followed by markers that agree with them? */
static bool names_at(const struct tables *t, const uint8_t *p, uint32_t count)
{
	const uint8_t *names = p, *end = t->tokens;
	uint32_t second = 0, len;

	for (uint32_t i = 0; i < count; i++) {
		if (i == MARKER_STEP)
			second = p - names;
		p = name_tokens(p, end, &len);
		if (!p)
			return false;
		p += len;
	}
	p = aligned(t, p);
	return end - p >= 8 && word(p) == 0 && word(p + 4) == second;
}

static bool find_names(struct tables *t)
{
	const uint8_t *p = aligned(t, t->tokens) - t->alignment;

	for (; p >= t->start; p -= t->alignment) {
		uint32_t count = word(p);

		if (count < MIN_SYMBOLS || count > MAX_SYMBOLS ||
		    (t->alignment == 8 && word(p + 4) != 0) ||
		    !names_at(t, p + t->alignment, count))
			continue;
		t->count_at = p;
		t->names = p + t->alignment;
		t->count = count;
		return true;
	}
	return false;
}

/* ---- addresses -------------------------------------------------------------------- */

/* One reading of the offsets. */
struct addresses {
	const uint8_t *offsets;
	uint64_t base;
	enum {
		FROM_BASE,		/* base + offset */
		FROM_BASE_OR_ABSOLUTE,	/* the same below 0; addresses themselves from 0 up */
		FROM_PLACE,		/* from where the offset itself is; base is that of the first */
	} mode;
};

static uint64_t address(const struct addresses *a, uint32_t i)
{
	int32_t offset = word(a->offsets + 4ul * i);

	switch (a->mode) {
	case FROM_BASE:
		return a->base + (uint32_t)offset;
	case FROM_BASE_OR_ABSOLUTE:
		return offset >= 0 ? (uint64_t)offset : a->base - 1 - (int64_t)offset;
	default:
		return a->base + 4ul * i + (int64_t)offset;
	}
}

static bool addresses_fit(const struct tables *t, const struct addresses *a, uint32_t text,
			  uint64_t text_address)
{
	if (a->offsets < t->start || (size_t)(t->end - a->offsets) < 4ul * t->count)
		return false;
	return address(a, text) == text_address;
}

/* Offsets with a base beside them, the way of kernels before 7. */
static bool find_based(const struct tables *t, uint32_t text, uint64_t text_address,
		       struct addresses *out)
{
	size_t size = (4ul * t->count + t->alignment - 1) & -(size_t)t->alignment;
	const uint8_t *after = aligned(t, t->index_end);
	const struct { const uint8_t *offsets, *base; } layouts[] = {
		{ t->count_at - 8 - size, t->count_at - 8 },
		{ after, after + size },
	};

	for (int i = 0; i < 4; i++) {
		out->offsets = layouts[i / 2].offsets;
		out->mode = i % 2 ? FROM_BASE : FROM_BASE_OR_ABSOLUTE;
		if (layouts[i / 2].base < t->start || layouts[i / 2].base + 8 > t->end)
			continue;
		memcpy(&out->base, layouts[i / 2].base, 8);
		if (addresses_fit(t, out, text, text_address))
			return true;
	}
	return false;
}

static bool find_addresses(const struct tables *t, uint32_t text, uint64_t text_address,
			   struct addresses *out)
{
	if (find_based(t, text, text_address, out))
		return true;
	out->offsets = aligned(t, t->index_end);
	out->mode = FROM_BASE;
	out->base = text_address;
	if (addresses_fit(t, out, text, text_address))
		return true;
	out->mode = FROM_PLACE;
	out->base = t->address + (out->offsets - t->start);
	return addresses_fit(t, out, text, text_address);
}

/* ---- names --------------------------------------------------------------------------- */

/* Expand a name (its letter first) into `out`; returns its length. */
static size_t expand(const struct tables *t, const uint8_t *tokens, uint32_t len, char *out,
		     size_t size)
{
	size_t n = 0;

	for (uint32_t i = 0; i < len; i++)
		for (const uint8_t *c = t->tokens + t->index[tokens[i]]; *c && n + 1 < size; c++)
			out[n++] = *c;
	out[n] = '\0';
	return n;
}

enum { NAME_SIZE = 1024 };

static bool find_symbol(const struct tables *t, const char *wanted, uint32_t *found)
{
	const uint8_t *p = t->names;
	char name[NAME_SIZE];
	uint32_t len = 0;

	for (uint32_t i = 0; i < t->count; i++, p += len) {
		p = name_tokens(p, t->tokens, &len);
		expand(t, p, len, name, sizeof name);
		if (strcmp(name + 1, wanted) == 0) {
			*found = i;
			return true;
		}
	}
	return false;
}

static void add_all(struct symbols_builder *w, const struct tables *t, const struct addresses *a)
{
	const uint8_t *p = t->names;
	char name[NAME_SIZE];
	uint32_t len = 0;

	for (uint32_t i = 0; i < t->count; i++, p += len) {
		size_t n;

		p = name_tokens(p, t->tokens, &len);
		n = expand(t, p, len, name, sizeof name);
		if (n > 1)
			symbols_add(w, address(a, i), name[0], name + 1, n - 1);
	}
}

/* Where token_index lies may agree with both alignments: only all of the tables tell. */
static bool find_tables(struct tables *t, uint64_t text_address, struct addresses *a)
{
	uint32_t first;

	for (t->alignment = 8; t->alignment >= 4; t->alignment /= 2)
		if (find_tokens(t) && find_names(t) && find_symbol(t, "_text", &first) &&
		    find_addresses(t, first, text_address, a))
			return true;
	return false;
}

bool symbols_from_kallsyms(struct symbols_builder *w, const struct image *img)
{
	struct tables t;
	struct addresses a;
	GElf_Shdr text, rodata;
	size_t size;

	t.start = image_section(img, ".rodata", &size, &rodata);
	if (!t.start || !image_section(img, ".text", &(size_t){ 0 }, &text))
		return false;
	t.end = t.start + size;
	t.address = rodata.sh_addr;
	if (!find_tables(&t, text.sh_addr, &a))
		return false;
	add_all(w, &t, &a);
	return true;
}
