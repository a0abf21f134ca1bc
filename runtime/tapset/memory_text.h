/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that lies in kernel or user memory: shown with escapes, or converted from UTF-16
 * and UTF-32.  All return false when an address faults; the result is then undefined.
 */
#ifndef TAPSET_MEMORY_TEXT_H
#define TAPSET_MEMORY_TEXT_H

#include "../core/access.h"
#include "text.h"

enum memory_space { MEMORY_KERNEL, MEMORY_USER };

/* A NUL-terminated string; at most `most` of its bytes (0: all), and then shown as cut. */
bool memory_quote_string(char *to, unsigned size, enum memory_space space, u64 address, s64 most,
			 struct quoting how);

/* A char array of n bytes, which may be full of text without a NUL. */
bool memory_quote_array(char *to, unsigned size, enum memory_space space, u64 address, s64 n,
			struct quoting how);

/* Exactly n bytes. */
bool memory_quote_buffer(char *to, unsigned size, enum memory_space space, u64 address, s64 n,
			 struct quoting how);

/* A string of units of 2 or 4 bytes ending in a zero unit, as UTF-8.  Also false, with *invalid
 * set, when it is no valid UTF-16 or UTF-32. */
bool memory_wide_string(char *to, unsigned size, enum memory_space space, u64 address,
			unsigned unit, bool *invalid);

/* The address itself, as 0x..., for when nothing can be read there. */
void memory_show_address(char *to, unsigned size, u64 address);

#endif
