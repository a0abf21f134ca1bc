/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 3: the elaborated script to C. */
#ifndef STAP_TRANSLATE_TRANSLATE_H
#define STAP_TRANSLATE_TRANSLATE_H

#include <stdio.h>
struct session;

/*
 * Requires: session.program.  Provides: session.c_text (and c_text_kernel when the script
 * has embedded C of its own), session.module_name.  The text depends only on the
 * program, the options and the kernel release: equal input, equal text (the cache
 * hashes it).  Returns 0, or 1 after reporting errors.
 */
int pass_3(struct session *s);

void pass_3_dump(const struct session *s, FILE *out);

#endif
