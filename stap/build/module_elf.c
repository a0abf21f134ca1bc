/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be known of ELF.
 *
 * A module's name stands in two places of its object: in .modinfo and in struct module.
 * The recipe's object has a placeholder of full length there; their offsets in the file
 * make naming a module two writes.
 *
 * The constants for scripts are a section of text in the object of one unit.
 *
 * A kernel refuses a module that uses a symbol it does not export with "No such file".
 * The recipe knows which symbols of the runtime are of that kind on this kernel; finding
 * one in a finished module gives a better message.
 */
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "recipe_private.h"

static bool tells_name(const char *section)
{
	return !strcmp(section, ".modinfo") || !strcmp(section, ".gnu.linkonce.this_module");
}

static void find_in_section(const char *file, size_t size, const GElf_Shdr *header, const char *name,
			    offset_list *offsets)
{
	size_t len = strlen(name);
	const char *p, *end;

	if (header->sh_type == SHT_NOBITS || header->sh_offset + header->sh_size > size)
		return;
	p = file + header->sh_offset;
	end = p + header->sh_size;
	while ((p = memmem(p, end - p, name, len))) {
		vec_push(offsets, p - file);
		p += len;
	}
}

/* Calls visit() for each section; false when the file cannot be read as ELF. */
static bool each_section(const char *path, void (*visit)(Elf *elf, Elf_Scn *section, void *data), void *data)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	elf_version(EV_CURRENT);
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);

	for (Elf_Scn *section = NULL; elf && (section = elf_nextscn(elf, section)); )
		visit(elf, section, data);
	bool ok = elf != NULL;

	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return ok;
}

struct name_search {
	const char *name;
	offset_list *offsets;
};

static void find_name(Elf *elf, Elf_Scn *section, void *data)
{
	struct name_search *search = data;
	GElf_Shdr header;
	size_t names, size;
	const char *file = elf_rawfile(elf, &size), *own_name;

	if (!file || elf_getshdrstrndx(elf, &names) || !gelf_getshdr(section, &header))
		return;
	own_name = elf_strptr(elf, names, header.sh_name);
	if (own_name && tells_name(own_name))
		find_in_section(file, size, &header, search->name, search->offsets);
}

bool find_module_name(const char *object, const char *name, offset_list *offsets)
{
	struct name_search search = { name, offsets };

	return each_section(object, find_name, &search) && offsets->len >= 2;
}

/* ---- symbols ------------------------------------------------------------------------- */

static void add_undefined(Elf *elf, Elf_Scn *section, void *data)
{
	GElf_Shdr header;
	GElf_Sym symbol;
	Elf_Data *table;

	if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB)
		return;
	table = elf_getdata(section, NULL);
	for (int i = 1; table && gelf_getsym(table, i, &symbol); i++) {
		const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);

		if (name && symbol.st_shndx == SHN_UNDEF && GELF_ST_BIND(symbol.st_info) != STB_WEAK)
			vec_push((word_list *)data, arena_strdup(name));
	}
}

bool undefined_symbols(const char *object, word_list *names)
{
	return each_section(object, add_undefined, names);
}

/* ---- sections -------------------------------------------------------------------------- */

struct section_search {
	const char *name;
	char *text;
};

static void take_text(Elf *elf, Elf_Scn *section, void *data)
{
	struct section_search *search = data;
	Elf_Data *contents = elf_getdata(section, NULL);
	GElf_Shdr header;
	size_t names;
	const char *name;

	if (elf_getshdrstrndx(elf, &names) || !gelf_getshdr(section, &header))
		return;
	name = elf_strptr(elf, names, header.sh_name);
	if (name && contents && contents->d_buf && !strcmp(name, search->name))
		search->text = arena_strndup(contents->d_buf, contents->d_size);
}

char *section_text(const char *object, const char *section)
{
	struct section_search search = { .name = section };

	each_section(object, take_text, &search);
	return search.text;
}
