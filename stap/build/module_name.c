/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module's name stands in two places of its object: in .modinfo and in struct module.
 * The recipe's object has a placeholder of full length there; these are its offsets in
 * the file, so that naming a module is two writes.
 */
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

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

bool find_module_name(const char *object, const char *name, offset_list *offsets)
{
	int fd = open(object, O_RDONLY | O_CLOEXEC);
	size_t names, size;

	elf_version(EV_CURRENT);
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	const char *file = elf ? elf_rawfile(elf, &size) : NULL;

	if (file && elf_getshdrstrndx(elf, &names) == 0) {
		for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn)); ) {
			GElf_Shdr header;
			const char *section;

			if (!gelf_getshdr(scn, &header))
				continue;
			section = elf_strptr(elf, names, header.sh_name);
			if (section && tells_name(section))
				find_in_section(file, size, &header, name, offsets);
		}
	}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return offsets->len >= 2;
}
