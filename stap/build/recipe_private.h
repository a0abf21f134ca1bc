/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a recipe, and its form on disk. */
#ifndef STAP_BUILD_RECIPE_PRIVATE_H
#define STAP_BUILD_RECIPE_PRIVATE_H

#include "recipe.h"

/* Run kbuild and fill a new folder `dir` with the recipe's files.  False after reporting. */
bool recipe_make(struct session *s, struct kernel *k, const char *dir);

/*
 * Make a recipe in the new folder `dir` that is `base` with the units added (members of
 * base->own_units).  False after reporting.
 */
bool recipe_grow(struct session *s, const struct recipe *base, const word_list *units, const char *dir);

/* Take over what kbuild (or modpost) made: an object with the module's description, and
 * which symbols its log says that nobody defines. */
bool recipe_take_description(struct session *s, struct recipe *r, const char *object);
void recipe_take_missing(const char *log, word_list *missing);

/* Put objects (paths, or names in `folder`) into the recipe's archive. */
bool recipe_archive(struct session *s, const struct recipe *r, const char *folder, const word_list *objects);

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
