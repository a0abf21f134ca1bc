/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one answer to a failed malloc: say so and end the process. */
#ifndef STAP_BASE_OOM_H
#define STAP_BASE_OOM_H

#include <stddef.h>

_Noreturn void out_of_memory(size_t wanted);

/* realloc() that never returns NULL. */
void *checked_realloc(void *old, size_t size);

#endif
