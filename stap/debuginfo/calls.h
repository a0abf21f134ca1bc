/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions a function calls. */
#ifndef STAP_DEBUGINFO_CALLS_H
#define STAP_DEBUGINFO_CALLS_H

#include "debuginfo.h"

/*
 * The functions that `caller` calls directly and whose names match the glob, each once: by DWARF,
 * which also knows what was inlined into it, else by its code.  Returns the number visited or
 * -errno: neither could be read.
 */
int called_functions(struct session *s, const struct cfunction *caller, const char *pattern,
		     void (*visit)(const struct cfunction *f, void *data), void *data);

#endif
