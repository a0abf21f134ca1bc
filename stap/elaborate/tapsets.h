/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library's index: which file declares a function, global or alias.
 * A run parses only the files that the script reaches.
 */
#ifndef STAP_ELABORATE_TAPSETS_H
#define STAP_ELABORATE_TAPSETS_H

#include <stdbool.h>
#include <stdio.h>

#include "../base/vec.h"

struct session;
struct nearest;

enum library_item { LIBRARY_FUNCTION, LIBRARY_ALIAS, LIBRARY_GLOBAL, LIBRARY_MACRO };

/* One library file; parsed at most once. */
struct library_file {
	const char *path;
	bool builtin;		/* of the first, own folder */
	bool loaded;
};
typedef VEC(struct library_file *) library_file_vec;

/*
 * Files that declare `name` (interned; aliases by their dotted name without arguments).
 * Reads the index on first use.  The vector is empty when nobody does.
 */
library_file_vec *tapsets_find(struct session *s, enum library_item item, const char *name);

/* Visit every name of a kind with its files. */
void tapsets_each(struct session *s, enum library_item item,
		  void (*visit)(const char *name, library_file_vec *files, void *data), void *data);

/* Offer all names of a kind to a "did you mean" collector. */
void tapsets_offer(struct session *s, enum library_item item, struct nearest *near);

/*
 * Write the index of a folder (tapsets/INDEX; `stap --dump-index FOLDER`): one line a name,
 * "f|a|g|m NAME FILE", FILE relative to the folder.  Returns 0 or -errno.
 */
int tapsets_write_index(const char *folder, FILE *out);

#endif
