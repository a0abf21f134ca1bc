/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of the file that the process lets go of stay in the page cache, where the kernel may write them to the
 * disk and take their memory, and come back when they are looked at.  Space is taken from the file system before it is
 * used, so a full disk is known then, not at a store; what finds no room is ordinary memory.
 */
#include "aside.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "oom.h"

#define LITTLE ((size_t)3 << 20)	/* that much is ordinary memory */
#define MOST ((size_t)4 << 30)		/* of the address space for the file */
#define PIECE ((size_t)1 << 20)		/* what the file grows by */
#define OFTEN 256			/* calls of arena_rest() for which pages are kept */

static struct {
	const char *dir;
	int file;			/* its descriptor and one, 0: there is none yet */
	char *start;			/* where it is mapped */
	size_t in_memory, used, size;	/* bytes: handed out as ordinary memory, of the file, and that the file has */
	bool full;			/* it takes no more */
	unsigned rests;
} aside;

void arena_dir_set(const char *dir)
{
	aside.dir = dir;
}

static bool map_file(void)
{
	int fd = file_temporary(aside.dir);
	void *start;

	if (fd < 0)
		return false;
	start = mmap(NULL, MOST, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	if (start == MAP_FAILED) {
		close(fd);
		return false;
	}
	aside.file = fd + 1;
	aside.start = start;
	return true;
}

static bool grow_file(size_t size)
{
	if (size > MOST || (!aside.file && !map_file()))
		return false;
	size = (size + PIECE - 1) / PIECE * PIECE;
	if (posix_fallocate(aside.file - 1, (off_t)aside.size, (off_t)(size - aside.size)) != 0)
		return false;
	aside.size = size;
	return true;
}

static void *ordinary(size_t size)
{
	aside.in_memory += size;
	return checked_realloc(NULL, size);
}

void *aside_alloc(size_t size)
{
	void *chunk;

	if (aside.full || aside.in_memory + size <= LITTLE)
		return ordinary(size);
	if (aside.used + size > aside.size && !grow_file(aside.used + size)) {
		aside.full = true;
		return ordinary(size);
	}
	chunk = aside.start + aside.used;
	aside.used += (size + 15) / 16 * 16;
	return chunk;
}

bool aside_has(const void *chunk)
{
	return aside.start && (uintptr_t)chunk - (uintptr_t)aside.start < MOST;
}

void arena_rest(void)
{
	if (aside.used && ++aside.rests % OFTEN == 0)
		madvise(aside.start, aside.used, MADV_DONTNEED);
}

void aside_reset(void)
{
	if (aside.file) {
		munmap(aside.start, MOST);
		close(aside.file - 1);
	}
	memset(&aside, 0, sizeof aside);
}
