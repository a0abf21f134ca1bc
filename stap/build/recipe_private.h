/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a recipe, and its form on disk. */
#ifndef STAP_BUILD_RECIPE_PRIVATE_H
#define STAP_BUILD_RECIPE_PRIVATE_H

#include "recipe.h"

/* Run kbuild and fill a new folder `dir` with the recipe's files.  False after reporting. */
bool recipe_make(struct session *s, struct kernel *k, const char *dir);

/* Files of a recipe besides its manifest; ends with NULL.  RECIPE_COMMON may be missing. */
extern const char *const recipe_files[];

/* Write `dir`/manifest: the commands, and stamps and digests to check everything by.
 * Returns 0 or -errno. */
int recipe_write(const struct recipe *r);

/* Read `dir`/manifest; NULL when it is missing, damaged or out of date, with the reason in *why. */
const struct recipe *recipe_read(const char *dir, const char **why);

/* Where `name` stands in the sections of an object that tell the module's name. */
bool find_module_name(const char *object, const char *name, offset_list *offsets);

#endif
