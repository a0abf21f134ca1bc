/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 4: C to a loadable module, by the recipe of the kernel; and the caches. */
#ifndef STAP_BUILD_BUILD_H
#define STAP_BUILD_BUILD_H

#include <stdbool.h>
#include <stdio.h>
struct session;

/*
 * Requires: session.c_text, session.module_name, a kernel with headers (or
 * --runtime=user).  Provides: session.module_path.  Returns 0, or 1 after reporting errors.
 */
int pass_4(struct session *s);
void pass_4_dump(const struct session *s, FILE *out);

/*
 * Short cut through passes 2 to 4: when this very script, with these options and
 * library files and for this kernel, was built before, set session.module_path and
 * from_cache and return true.  Called before pass 2.
 */
bool build_cache_lookup(struct session *s);

/* --clean-cache. Returns the exit status. */
int build_cache_clean(struct session *s);

#endif
