/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scripts that come with stap: finding and listing them by what their heads say. */
#ifndef STAP_EXAMPLES_H
#define STAP_EXAMPLES_H

#include <stdbool.h>
#include <stdio.h>

struct session;

/*
 * --example NAME: options.script_file becomes the path of the example of this name; the folder before
 * the name and .stp behind it may be left out.  False after reporting that there is none.
 */
bool examples_find(struct session *s);

/*
 * --examples [WORD...]: the examples that have all the words in their name, folder, purpose or use, by
 * folder; without a word also by use.  This is the index that make writes.  Returns an exit status.
 */
int examples_list(const struct session *s, FILE *out);

#endif
