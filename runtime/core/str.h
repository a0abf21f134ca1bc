/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Byte strings: NUL-terminated, cut silently at the capacity of the target. */
#ifndef CORE_STR_H
#define CORE_STR_H

#include "types.h"

/* Copy to a buffer of `size` bytes (including NUL); returns the length stored. */
unsigned str_copy(char *to, const char *from, unsigned size);

/* Append; returns the resulting length. */
unsigned str_append(char *to, const char *more, unsigned size);

/* <0, 0, >0 by bytes, unsigned. */
int str_compare(const char *a, const char *b);
bool str_equal(const char *a, const char *b);
unsigned str_length(const char *s);
unsigned str_hash(const char *s, unsigned seed);

#endif
