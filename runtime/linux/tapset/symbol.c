/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of addresses.  The kernel's come from kallsyms, as the kernel prints them itself:
 * "name+0x10/0x2b0 [module]".  A program's address is shown by the tables that pass 3 made of its
 * symbols, else as the file mapped there and the offset in it.
 */
#include "../runtime.h"

#include <linux/elf.h>
#include <linux/kallsyms.h>
#include "../../tapset/tapset.h"
#include "mapping.h"

/* ---- kernel -------------------------------------------------------------------------------- */

struct symbol_text {
	char text[KSYM_SYMBOL_LEN];
	char *offset, *size, *module;	/* "0x10", "0x2b0", "ext4"; offset NULL: unknown address */
};

/* Cut a text at a character; returns what follows, or NULL. */
static char *cut(char *text, char at)
{
	char *found = text ? strchr(text, at) : NULL;

	if (!found)
		return NULL;
	*found = 0;
	return found + 1;
}

static void find_symbol(struct symbol_text *symbol, u64 address)
{
	sprint_symbol(symbol->text, (unsigned long)address);
	symbol->module = cut(symbol->text, '[');
	cut(symbol->module, ']');
	cut(symbol->text, ' ');
	symbol->offset = cut(symbol->text, '+');
	symbol->size = cut(symbol->offset, '/');
}

static void show_hex(struct sink *out, u64 address)
{
	sink_address(out, address);
}

static void show_symbol(struct sink *out, const struct symbol_text *symbol, bool size)
{
	sink_string_add(out, symbol->text);
	sink_char(out, '+');
	sink_string_add(out, symbol->offset);
	if (size) {
		sink_char(out, '/');
		sink_string_add(out, symbol->size);
	}
	sink_string_add(out, " [");
	sink_string_add(out, symbol->module ? : "kernel");
	sink_char(out, ']');
}

static void show_kernel_address(struct sink *out, u64 address, enum tapset_style style)
{
	struct symbol_text symbol;

	find_symbol(&symbol, address);
	if (!symbol.offset)
		show_hex(out, address);
	else if (style == TAPSET_NAME)
		sink_string_add(out, symbol.text);
	else
		show_symbol(out, &symbol, style != TAPSET_BRIEF);
}

/* ---- programs -------------------------------------------------------------------------------- */

/* The last symbol at or before an offset in the file, unless it ends before that. */
static const struct script_program_symbol *find_program_symbol(const struct script_program *p, u64 offset)
{
	unsigned low = 0, high = p->count, middle;
	const struct script_program_symbol *found;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (p->symbols[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	found = &p->symbols[low - 1];
	return found->size && offset - found->offset >= found->size ? NULL : found;
}

static bool show_program_symbol(struct sink *out, const struct mapping *map, u64 address,
				enum tapset_style style)
{
	const struct script_program *p = mapping_program(map);
	const struct script_program_symbol *symbol = p ? find_program_symbol(p, address - map->start) : NULL;

	if (!symbol)
		return false;
	sink_string_add(out, p->names + symbol->name);
	if (style == TAPSET_NAME)
		return true;
	sink_char(out, '+');
	show_hex(out, address - map->start - symbol->offset);
	if (style != TAPSET_BRIEF) {
		sink_char(out, '/');
		show_hex(out, symbol->size);
	}
	sink_string_add(out, " [");
	sink_string_add(out, p->path);
	sink_char(out, ']');
	return true;
}

static void show_user_address(struct sink *out, u64 address, enum tapset_style style)
{
	struct mapping map;
	bool mapped = mapping_find(&map, address);

	if (mapped && show_program_symbol(out, &map, address, style))
		return;
	show_hex(out, address);
	if (style == TAPSET_NAME || !mapped)
		return;
	sink_string_add(out, " [");
	sink_string_add(out, map.name);
	sink_char(out, '+');
	show_hex(out, address - map.start);
	sink_char(out, ']');
}

/* ---- both -------------------------------------------------------------------------------------- */

void tapset_show_address(struct sink *out, enum tapset_space space, u64 address,
			 enum tapset_style style)
{
	if (style == TAPSET_ADDRESS) {
		show_hex(out, address);
		return;
	}
	if (style == TAPSET_FULL) {
		sink_char(out, ' ');
		show_hex(out, address);
		sink_string_add(out, " : ");
	}
	if (space == TAPSET_KERNEL)
		show_kernel_address(out, address, style);
	else
		show_user_address(out, address, style);
	if (style == TAPSET_FULL || style == TAPSET_BRIEF)
		sink_char(out, '\n');
}

void tapset_module_of(struct context *c, char *to, unsigned size, enum tapset_space space, u64 address)
{
	struct symbol_text symbol;
	struct mapping map;

	to[0] = 0;
	if (space == TAPSET_USER) {
		if (mapping_find(&map, address))
			strscpy(to, map.name, size);
		else
			script_error(c, "user module not found for address 0x%llx", address);
		return;
	}
	find_symbol(&symbol, address);
	if (symbol.offset)
		strscpy(to, symbol.module ? : "kernel", size);
	else
		script_error(c, "kernel module not found for address 0x%llx", address);
}

s64 tapset_mapping_offset(struct context *c, u64 address)
{
	struct mapping map;

	if (mapping_find(&map, address))
		return (s64)(address - map.start);
	script_error(c, "user module not found for address 0x%llx", address);
	return 0;
}

/* ---- build id: in the notes of the ELF file that is mapped ------------------------------------------ */

#define MOST_SEGMENTS 32
#define BUILD_ID_NOTE 3

/* Look through the notes at an address for the build id; its place and length. */
static bool find_build_id(u64 at, u64 end, u64 *id, u32 *length)
{
	Elf64_Nhdr note;
	char owner[4];

	while (at + sizeof(note) < end && script_copy_user(&note, at, sizeof(note))) {
		at += sizeof(note);
		if (note.n_type == BUILD_ID_NOTE && note.n_namesz == sizeof(owner) &&
		    script_copy_user(owner, at, sizeof(owner)) && !memcmp(owner, "GNU", 4)) {
			*id = at + sizeof(owner);
			*length = note.n_descsz;
			return true;
		}
		at += ALIGN((u64)note.n_namesz, 4) + ALIGN((u64)note.n_descsz, 4);
	}
	return false;
}

static bool find_mapped_build_id(u64 start, u64 *id, u32 *length)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	unsigned i;

	if (!script_copy_user(&header, start, sizeof(header)) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS64)
		return false;
	for (i = 0; i < header.e_phnum && i < MOST_SEGMENTS; i++) {
		if (!script_copy_user(&segment, start + header.e_phoff + i * sizeof(segment),
				      sizeof(segment)))
			return false;
		if (segment.p_type == PT_NOTE &&
		    find_build_id(start + segment.p_offset, start + segment.p_offset + segment.p_filesz,
				  id, length))
			return true;
	}
	return false;
}

void tapset_mapping_build_id(struct context *c, char *to, unsigned size, u64 address)
{
	struct sink out = sink_string(to, size);
	struct mapping map;
	u32 length = 0;
	u64 id = 0;
	u8 byte;

	to[0] = 0;
	if (!mapping_find(&map, address) || !find_mapped_build_id(map.start, &id, &length)) {
		script_error(c, "no build id found for address 0x%llx", address);
		return;
	}
	for (; length > 0 && script_copy_user(&byte, id++, 1); length--)
		sink_number(&out, 'x', FORMAT_ZERO, 2, -1, byte);
	sink_finish(&out);
}
