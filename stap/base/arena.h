/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of a compile.  Nothing is freed before the process exits (or, in
 * fuzzers and tests, before arena_reset()): every node, name and text of a
 * session lives in one obstack, but for what is scratch or was put aside.  Allocation failure ends the process.
 */
#ifndef STAP_BASE_ARENA_H
#define STAP_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Zeroed memory, aligned for pointers and 64-bit numbers, valid until arena_reset(). */
void *arena_alloc(size_t size);

/* Make what was allocated last, `size` bytes (a multiple of 8), so many bytes longer where it is.  False: it was not
 * the last, or there is no room. */
bool arena_extend(void *last, size_t size, size_t more);

/* NUL-terminated copies. */
char *arena_strdup(const char *text);
char *arena_strndup(const char *text, size_t len);

/* Formatted text in the arena. */
char *arena_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *arena_vprintf(const char *format, va_list args);

/*
 * Where memory is taken from until the next call; returns where it was before.
 *
 * ARENA_LASTING	as said above
 * ARENA_ASIDE		the same for what there may be very much of, each piece looked at in its turn: when it gets
 *			much it is in a file without a name, of which only what was looked at lately takes memory
 * ARENA_SCRATCH	between arena_scratch_begin() and arena_scratch_end() only
 */
enum arena_area { ARENA_LASTING, ARENA_ASIDE, ARENA_SCRATCH };
enum arena_area arena_use(enum arena_area area);

/*
 * What is allocated between these two lasts until the second of them, but for names.  For long rows of small
 * tasks that leave nothing else behind.  Not nested; the second goes back to the area of before.
 */
void arena_scratch_begin(void);
void arena_scratch_end(void);

/* Memory that lasts whatever the area. */
void *arena_alloc_lasting(size_t size);

/* In long rows, once for each: a good moment to take no memory for what was put aside. */
void arena_rest(void);

/* --tmpdir: where the file is made, NULL: where temporary files belong. */
void arena_dir_set(const char *dir);

/* Forget everything; pointers and interned names become invalid. */
void arena_reset(void);

#define arena_new(type) ((type *)arena_alloc(sizeof(type)))

#endif
