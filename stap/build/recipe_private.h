/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a recipe, and its form on disk. */
#ifndef STAP_BUILD_RECIPE_PRIVATE_H
#define STAP_BUILD_RECIPE_PRIVATE_H

#include "recipe.h"

/* Run kbuild and fill a new folder `dir` with a recipe that has these units.  False after reporting. */
bool recipe_make(struct session *s, struct kernel *k, const word_list *units, const char *dir);

/* Make a recipe in the new folder `dir` that is `base` with the units added.  False after reporting. */
bool recipe_grow(struct session *s, const struct recipe *base, const word_list *units, const char *dir);

/* Take over an object with the module's description, which kbuild (or modpost) made. */
bool recipe_take_description(struct session *s, struct recipe *r, const char *object);

/* Put units that have been compiled into the recipe's archive, and have them described. */
struct units_build;
bool recipe_add_units(const struct units_build *b, struct recipe *r);

/* Files of a recipe besides its manifest; ends with NULL.  RECIPE_COMMON may be missing. */
extern const char *const recipe_files[];

/* Write `dir`/manifest: the commands, and stamps and digests to check everything by.
 * Returns 0 or -errno. */
int recipe_write(const struct recipe *r);

/* Read `dir`/manifest; NULL when it is missing, damaged or out of date, with the reason in *why. */
const struct recipe *recipe_read(const char *dir, const char **why);

/* Names of all symbols that an object uses and does not define, weak ones excepted; false if it cannot be read. */
bool undefined_symbols(const char *object, word_list *names);

/* The contents of a section as text, or NULL. */
char *section_text(const char *object, const char *section);

/* Where `name` stands in the sections of an object that tell the module's name. */
bool find_module_name(const char *object, const char *name, offset_list *offsets);

#endif
