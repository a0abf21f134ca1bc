/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One obstack for everything a compile keeps.  A compile allocates small things
 * by the hundred thousand and frees none of them, which is what an obstack does
 * with a pointer bump; chunks are large so that a common script needs few of them.
 */
#include "arena.h"

#include <obstack.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aside.h"
#include "intern.h"
#include "oom.h"

#define CHUNK_SIZE (64 * 1024 - 64)	/* room for malloc's own header in 64 KiB */
#define ALIGNMENT 8			/* no type here needs the 16 of malloc */
#define LARGEST (1024u * 1024 * 1024)	/* glibc's obstacks count in int */

/* glibc's macros align by counting from a null pointer, which clang's sanitizer minds. */
#ifdef __clang__
#define USES_OBSTACK __attribute__((no_sanitize("pointer-overflow")))
#else
#define USES_OBSTACK
#endif

static struct area {
	struct obstack stack;
	bool ready;
} areas[ARENA_SCRATCH + 1];
static enum arena_area current, before_scratch;
static void *scratch_start;		/* what is allocated from here on goes */

void out_of_memory(size_t wanted)
{
	fprintf(stderr, "ERROR: out of memory (%zu bytes wanted)\n", wanted);
	exit(1);
}

void *checked_realloc(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);

	if (!memory)
		out_of_memory(size);
	return memory;
}

static void *chunk_alloc(size_t size)
{
	return current == ARENA_ASIDE ? aside_alloc(size) : checked_realloc(NULL, size);
}

static void chunk_free(void *chunk)
{
	if (!aside_has(chunk))
		free(chunk);
}

#define obstack_chunk_alloc chunk_alloc
#define obstack_chunk_free chunk_free

static struct obstack *area_get(enum arena_area which, size_t size)
{
	struct area *area = &areas[which];

	if (size >= LARGEST)
		out_of_memory(size);
	if (!area->ready) {
		obstack_begin(&area->stack, CHUNK_SIZE);
		obstack_alignment_mask(&area->stack) = ALIGNMENT - 1;
		area->ready = true;
	}
	return &area->stack;
}

static struct obstack *arena_get(size_t size)
{
	return area_get(current, size);
}

enum arena_area arena_use(enum arena_area area)
{
	enum arena_area before = current;

	current = area;
	return before;
}

USES_OBSTACK void *arena_alloc(size_t size)
{
	return memset(obstack_alloc(arena_get(size), size), 0, size);
}

void *arena_alloc_lasting(size_t size)
{
	enum arena_area before = arena_use(ARENA_LASTING);
	void *memory = arena_alloc(size);

	arena_use(before);
	return memory;
}

USES_OBSTACK void arena_scratch_begin(void)
{
	before_scratch = arena_use(ARENA_SCRATCH);
	scratch_start = obstack_alloc(arena_get(0), 0);
}

USES_OBSTACK void arena_scratch_end(void)
{
	obstack_free(&areas[ARENA_SCRATCH].stack, scratch_start);
	current = before_scratch;
}

USES_OBSTACK bool arena_extend(void *last, size_t size, size_t more)
{
	struct obstack *stack = arena_get(more);

	if (!last || (char *)last + size != obstack_next_free(stack) || more > obstack_room(stack))
		return false;
	memset(obstack_alloc(stack, more), 0, more);
	return true;
}

USES_OBSTACK char *arena_strndup(const char *text, size_t len)
{
	return obstack_copy0(arena_get(len), text, len);
}

char *arena_strdup(const char *text)
{
	return arena_strndup(text, strlen(text));
}

USES_OBSTACK char *arena_vprintf(const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		out_of_memory(0);

	char *text = obstack_alloc(arena_get(len), len + 1);

	vsnprintf(text, len + 1, format, args);
	return text;
}

char *arena_printf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = arena_vprintf(format, args);
	va_end(args);
	return text;
}

static void area_reset(struct area *area)
{
	if (area->ready)
		obstack_free(&area->stack, NULL);
	area->ready = false;
}

void arena_reset(void)
{
	intern_reset();
	for (enum arena_area a = ARENA_LASTING; a <= ARENA_SCRATCH; a++)
		area_reset(&areas[a]);
	aside_reset();
	current = ARENA_LASTING;
}
