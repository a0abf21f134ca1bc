/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Getting at the ELF file inside whatever a distribution ships: vmlinux as it is,
 * x86 bzImage (the setup header says where the payload is), other self-extracting
 * images (the payload is found by its magic), modules packed as .ko.gz/.xz/.zst.
 */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/unpack.h"

static bool is_elf(const uint8_t *data, size_t size)
{
	return size > SELFMAG && memcmp(data, ELFMAG, SELFMAG) == 0;
}

static int map_fd(int fd, const uint8_t **data, size_t *size)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return -ENOEXEC;
	p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	*data = p;
	*size = st.st_size;
	return 0;
}

/* Unpack the stream at `data`; the result must be an ELF file. */
static int unpack_elf(struct image *img, const uint8_t *data, size_t size, const char *temp_dir)
{
	int fd = file_temporary(temp_dir), rc;

	if (fd < 0)
		fd = memfd_create("stap-image", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = unpack(data, size, fd, true);
	if (rc == 0)
		rc = map_fd(fd, &img->data, &img->size);
	close(fd);
	if (rc == 0 && !is_elf(img->data, img->size)) {
		munmap((void *)img->data, img->size);
		rc = -ENOEXEC;
	}
	return rc;
}

/* Where an x86 boot protocol header says that the payload lies. */
static bool bzimage_payload(const uint8_t *data, size_t size, size_t *offset, size_t *length)
{
	uint32_t start, len;
	size_t setup;

	if (size < 0x250 || memcmp(data + 0x202, "HdrS", 4) != 0 || data[0x207] < 2 ||
	    (data[0x207] == 2 && data[0x206] < 8))
		return false;
	memcpy(&start, data + 0x248, 4);
	memcpy(&len, data + 0x24c, 4);
	setup = (data[0x1f1] ? data[0x1f1] + 1 : 5) * 512ul;
	if (setup + start >= size || len > size - setup - start)
		return false;
	*offset = setup + start;
	*length = len;
	return true;
}

/* Every magic may be a coincidence: try one after the other until an ELF file comes out. */
static int unpack_any(struct image *img, const uint8_t *data, size_t size, const char *temp_dir)
{
	size_t at = 0;
	int rc;

	while ((at = unpack_find(data, size, at)) < size) {
		rc = unpack_elf(img, data + at, size - at, temp_dir);
		if (rc == 0 || rc == -ENOSPC || rc == -ENOMEM)
			return rc;
		at++;
	}
	return -ENOTSUP;
}

static int unpack_image(struct image *img, const uint8_t *data, size_t size, const char *temp_dir)
{
	size_t offset, length;

	if (bzimage_payload(data, size, &offset, &length)) {
		int rc = unpack_elf(img, data + offset, length, temp_dir);

		if (rc == 0 || rc == -ENOSPC || rc == -ENOMEM)
			return rc;
	}
	return unpack_any(img, data, size, temp_dir);
}

int image_open(struct image *img, const char *path, const char *temp_dir)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	memset(img, 0, sizeof *img);
	if (fd < 0)
		return -errno;
	rc = map_fd(fd, &img->data, &img->size);
	close(fd);
	if (rc < 0)
		return rc;
	if (!is_elf(img->data, img->size)) {
		const uint8_t *packed = img->data;
		size_t size = img->size;

		rc = unpack_image(img, packed, size, temp_dir);
		munmap((void *)packed, size);
		if (rc < 0)
			return rc;
	}
	elf_version(EV_CURRENT);
	img->elf = elf_memory((char *)img->data, img->size);
	if (img->elf && elf_kind(img->elf) == ELF_K_ELF)
		return 0;
	image_close(img);
	return -ENOEXEC;
}

void image_close(struct image *img)
{
	if (img->elf)
		elf_end(img->elf);
	if (img->data)
		munmap((void *)img->data, img->size);
	memset(img, 0, sizeof *img);
}

void image_forget(const struct image *img)
{
	madvise((void *)img->data, img->size, MADV_DONTNEED);
}

const struct image *image_kept(const char *path, const char *temp_dir, int *error)
{
	static struct image image;
	static char *open_path;

	*error = 0;
	if (open_path && strcmp(open_path, path) == 0)
		return &image;
	if (open_path)
		image_close(&image);
	free(open_path);
	open_path = NULL;
	*error = image_open(&image, path, temp_dir);
	if (*error)
		return NULL;
	open_path = strdup(path);
	return &image;
}

void image_rest(struct image *img)
{
	if (img->elf)
		elf_end(img->elf);
	img->elf = NULL;
	if (img->data)
		image_forget(img);
}

void image_wake(struct image *img)
{
	if (img->data && !img->elf)
		img->elf = elf_memory((char *)img->data, img->size);
}

static bool in_file(const struct image *img, uint64_t offset, uint64_t size)
{
	return offset <= img->size && size <= img->size - offset;
}

const void *image_section(const struct image *img, const char *name, size_t *size, GElf_Shdr *out)
{
	GElf_Shdr shdr;
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(img->elf, &names) < 0)
		return NULL;
	while ((scn = elf_nextscn(img->elf, scn))) {
		const char *found;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS)
			continue;
		found = elf_strptr(img->elf, names, shdr.sh_name);
		if (!found || strcmp(found, name) != 0 || !in_file(img, shdr.sh_offset, shdr.sh_size))
			continue;
		*size = shdr.sh_size;
		if (out)
			*out = shdr;
		return img->data + shdr.sh_offset;
	}
	return NULL;
}

const void *image_at(const struct image *img, uint64_t address, size_t *left)
{
	size_t count;
	GElf_Phdr ph;

	if (elf_getphdrnum(img->elf, &count) < 0)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(img->elf, i, &ph) || ph.p_type != PT_LOAD)
			continue;
		if (address < ph.p_vaddr || address - ph.p_vaddr >= ph.p_filesz ||
		    !in_file(img, ph.p_offset, ph.p_filesz))
			continue;
		*left = ph.p_filesz - (address - ph.p_vaddr);
		return img->data + ph.p_offset + (address - ph.p_vaddr);
	}
	return NULL;
}

static const char *hex_text(const uint8_t *bytes, size_t count)
{
	char *text = arena_alloc(2 * count + 1);

	for (size_t i = 0; i < count; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

const char *notes_build_id(const void *notes, size_t size)
{
	const uint8_t *p = notes, *end = p + size;
	Elf64_Nhdr n;

	while ((size_t)(end - p) >= sizeof n) {
		size_t left = end - p - sizeof n;

		memcpy(&n, p, sizeof n);
		if (padded(n.n_namesz) > left || padded(n.n_descsz) > left - padded(n.n_namesz))
			return NULL;
		p += sizeof n;
		if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 && memcmp(p, "GNU", 4) == 0)
			return hex_text(p + 4, n.n_descsz);
		p += padded(n.n_namesz) + padded(n.n_descsz);
	}
	return NULL;
}

const char *image_build_id(const struct image *img)
{
	static const char *const sections[] = { ".notes", ".note.gnu.build-id" };

	for (size_t i = 0; i < 2; i++) {
		size_t size;
		const void *notes = image_section(img, sections[i], &size, NULL);
		const char *id = notes ? notes_build_id(notes, size) : NULL;

		if (id)
			return id;
	}
	return NULL;
}
