/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module file in memory: what it says about itself, and giving it another name.  The
 * file may come from anybody, so every offset is checked against its size.
 */
#include "staprun.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct area {
	char *begin;
	size_t size;
};

/* ---- reading --------------------------------------------------------------------------- */

static bool read_all(int fd, struct image *image)
{
	size_t done = 0;
	ssize_t n;

	while (done < image->size && (n = read(fd, image->data + done, image->size - done)) > 0)
		done += n;
	return done == image->size;
}

bool image_read(struct image *image, const char *path)
{
	struct stat st;
	int fd;

	privilege_drop();
	fd = open(path, O_RDONLY | O_CLOEXEC);
	privilege_restore();
	if (fd < 0 || fstat(fd, &st)) {
		message_error("cannot read the module %s: %s", path, message_errno(errno));
		return false;
	}
	image->size = st.st_size;
	image->data = malloc(image->size + 1);
	if (!image->data || !read_all(fd, image)) {
		message_error("cannot read the module %s", path);
		close(fd);
		return false;
	}
	image->data[image->size] = 0;
	close(fd);
	return true;
}

/* ---- sections ------------------------------------------------------------------------------ */

static bool inside(const struct image *image, uint64_t offset, uint64_t size)
{
	return offset <= image->size && size <= image->size - offset;
}

static const Elf64_Shdr *section_headers(const struct image *image, unsigned *count)
{
	const Elf64_Ehdr *head = (const Elf64_Ehdr *)image->data;

	if (image->size < sizeof *head || memcmp(head->e_ident, ELFMAG, SELFMAG) ||
	    head->e_shentsize != sizeof(Elf64_Shdr) || head->e_shstrndx >= head->e_shnum ||
	    !inside(image, head->e_shoff, (uint64_t)head->e_shnum * sizeof(Elf64_Shdr)))
		return NULL;
	*count = head->e_shnum;
	return (const Elf64_Shdr *)(image->data + head->e_shoff);
}

static struct area section_find(const struct image *image, const char *name)
{
	const Elf64_Ehdr *head = (const Elf64_Ehdr *)image->data;
	const Elf64_Shdr *sections, *names;
	unsigned count;

	sections = section_headers(image, &count);
	if (!sections || !inside(image, sections[head->e_shstrndx].sh_offset,
				 sections[head->e_shstrndx].sh_size))
		return (struct area){ 0 };
	names = &sections[head->e_shstrndx];
	for (unsigned i = 0; i < count; i++) {
		const Elf64_Shdr *s = &sections[i];
		size_t room = s->sh_name < names->sh_size ? names->sh_size - s->sh_name : 0;

		if (strnlen(image->data + names->sh_offset + s->sh_name, room) < room &&
		    !strcmp(image->data + names->sh_offset + s->sh_name, name) &&
		    inside(image, s->sh_offset, s->sh_size))
			return (struct area){ image->data + s->sh_offset, s->sh_size };
	}
	return (struct area){ 0 };
}

const char *image_info(const struct image *image, const char *key)
{
	struct area info = section_find(image, ".modinfo");
	size_t length = strlen(key), at = 0;

	while (at < info.size) {
		const char *entry = info.begin + at;
		size_t used = strnlen(entry, info.size - at);

		if (used == info.size - at)
			break;
		if (used > length && !strncmp(entry, key, length) && entry[length] == '=')
			return entry + length + 1;
		at += used + 1;
	}
	return NULL;
}

/* ---- renaming --------------------------------------------------------------------------------- */

/* The kernel takes the name from struct module; it is there as text in a field of 56 bytes. */
bool image_rename(struct image *image, const char *name)
{
	struct area module = section_find(image, ".gnu.linkonce.this_module");
	const char *old = image_info(image, "name");
	size_t length = old ? strlen(old) : 0;
	char *at;

	if (!length || !module.begin || strlen(name) >= sizeof module_name - sizeof(long))
		return false;
	at = memmem(module.begin, module.size, old, length + 1);
	if (!at)
		return false;
	memset(at, 0, length);
	memcpy(at, name, strlen(name) + 1);
	return true;
}
