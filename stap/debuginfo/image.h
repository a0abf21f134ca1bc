/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel or module file, seen as a plain ELF file in memory: bzImage and
 * compressed modules are unpacked into an unlinked temporary file that is mapped,
 * so that only the pages that are looked at cost memory.
 */
#ifndef STAP_DEBUGINFO_IMAGE_H
#define STAP_DEBUGINFO_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gelf.h>

struct image {
	const uint8_t *data;		/* the whole ELF file */
	size_t size;
	Elf *elf;
};

/*
 * Open a vmlinux, bzImage or module.  `temp_dir` holds the unpacked file, NULL:
 * /var/tmp or /tmp.  Returns 0 or -errno; -ENOEXEC: no ELF file was found inside;
 * -ENOTSUP: packed in a way that is not known.
 */
int image_open(struct image *img, const char *path, const char *temp_dir);
void image_close(struct image *img);

/* The same for one of which many questions are asked, one by one: the last one stays open, as to unpack a kernel takes
 * long; image_forget() after each.  NULL: *error tells why. */
const struct image *image_kept(const char *path, const char *temp_dir, int *error);

/* Let go of the pages read so far; they come back when they are looked at.  Page caches map files
 * in large pieces, so a long reader should do so now and then. */
void image_forget(const struct image *img);

/* The same, and of what libelf keeps; after image_wake() sections and the build id can be asked for again.  Contents
 * of sections stay valid. */
void image_rest(struct image *img);
void image_wake(struct image *img);

/* Contents of a section, NULL when there is none (or none with contents). `shdr` may be NULL. */
const void *image_section(const struct image *img, const char *name, size_t *size,
			  GElf_Shdr *shdr);

/* Contents at a virtual address, up to *left bytes of it; NULL when not in the file. */
const void *image_at(const struct image *img, uint64_t address, size_t *left);

/* The build id of a block of ELF notes, lower-case hex in the arena, or NULL. */
const char *notes_build_id(const void *notes, size_t size);

/* The build id of an image, or NULL. */
const char *image_build_id(const struct image *img);

#endif
