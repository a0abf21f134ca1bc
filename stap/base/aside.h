/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to arena.c: chunks for what is put aside.  The first ones are ordinary memory, the others parts of a file
 * without a name that is mapped.
 */
#ifndef STAP_BASE_ASIDE_H
#define STAP_BASE_ASIDE_H

#include <stdbool.h>
#include <stddef.h>

void *aside_alloc(size_t size);

/* Is it in the file? */
bool aside_has(const void *chunk);

void aside_reset(void);

#endif
