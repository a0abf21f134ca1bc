/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of a compile.  Nothing is freed before the process exits (or, in
 * fuzzers and tests, before arena_reset()): every node, name and text of a
 * session lives in one obstack, but for what is scratch.  Allocation failure ends the process.
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
 * What is allocated between these two lasts until the second of them, but for names.  For long rows of small
 * tasks that leave nothing else behind.  Not nested.
 */
void arena_scratch_begin(void);
void arena_scratch_end(void);

/* Memory that lasts even when it is asked for between them: one piece, or all between these two, of which the first
 * returns what the second is to be given. */
void *arena_alloc_lasting(size_t size);
bool arena_lasting_begin(void);
void arena_lasting_end(bool was_scratch);

/* Forget everything; pointers and interned names become invalid. */
void arena_reset(void);

#define arena_new(type) ((type *)arena_alloc(sizeof(type)))

#endif
