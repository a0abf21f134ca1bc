/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the providers of C types share: construction, spelling. */
#ifndef STAP_DEBUGINFO_TYPES_H
#define STAP_DEBUGINFO_TYPES_H

#include "debuginfo.h"

/* How a provider answers what is not known from the start. */
struct ctype_provider {
	void (*load_members)(const struct ctype *t, struct ctype_data *d);
	void (*load_enumerators)(const struct ctype *t, struct ctype_data *d);
	const struct ctype *(*complete)(const struct ctype *t);
};

struct ctype_data {
	const struct ctype_provider *provider;	/* NULL: everything is known */
	void *origin;				/* the provider's: blob or debug file */
	uint64_t where;				/* id or offset of the definition there */
	const struct ctype *definition;		/* without typedefs and qualifiers, or NULL: itself */
	const struct ctype *pointer;		/* to this spelling of the type, once asked for */
	unsigned hole;				/* where a declarator goes in `spelling` */
	bool members_loaded, enumerators_loaded;
	VEC(struct cmember) members;
	VEC(struct cenumerator) enumerators;
};

/* An empty type. */
struct ctype *ctype_new(enum ctype_kind kind, const struct ctype_provider *provider,
			void *origin, uint64_t where);

/* Set the spelling of a type that declarators follow. */
void ctype_spell(struct ctype *t, const char *spelling);

/* Derived types of a spelled type. */
struct ctype *ctype_pointer_new(const struct ctype *target, unsigned size);
struct ctype *ctype_array_new(const struct ctype *element, unsigned count);
struct ctype *ctype_qualified_new(const struct ctype *t, const char *qualifier);
struct ctype *ctype_typedef_new(const struct ctype *t, const char *name);
/* `params`: spelled parameters separated by ", ". */
struct ctype *ctype_function_new(const struct ctype *result, const char *params);

/* "struct", "union" or "enum" with the tag, "{...}" for none. */
void ctype_spell_tag(struct ctype *t);

/* The usual gcc spelling of a base type: "unsigned long" is "long unsigned int".  Returns the
 * text itself when it is no base type in another order. */
const char *base_type_name(const char *name);

#endif
