/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the families that end at a function's entry or return share. */
#ifndef STAP_PROBES_FUNCTION_H
#define STAP_PROBES_FUNCTION_H

#include "family.h"

struct cfunction;

/* family_data of family_function */
struct function_probe {
	const struct cfunction *function;
	bool is_return;
	unsigned max_active;
};

/* C text of the specification and trampoline, and the row's members, for a function's entry
 * or return.  `module` NULL: the kernel. */
void function_declare(struct strbuf *out, const struct probe *p, const char *module, const char *symbol,
		      bool is_return, unsigned max_active, const char *handler);
void function_initializer(struct strbuf *out, const struct probe *p, bool is_return);

#endif
