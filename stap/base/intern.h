/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned names: equal texts give equal pointers, so names compare with ==.
 */
#ifndef STAP_BASE_INTERN_H
#define STAP_BASE_INTERN_H

#include <stddef.h>

const char *intern(const char *text);
const char *intern_n(const char *text, size_t len);
const char *intern_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Forget all names; arena_reset() calls it, since the texts live in the arena. */
void intern_reset(void);

#endif
