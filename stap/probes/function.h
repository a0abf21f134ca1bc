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

/* Where a handler goes; module NULL: the kernel. */
struct function_place {
	const char *module, *symbol;
	uint64_t offset;
	bool is_return;
	unsigned max_active;
};

/* C text of the specification and trampoline, and the row's members. */
void function_declare(struct strbuf *out, const struct probe *p, const struct function_place *where,
		      const char *handler);
void function_initializer(struct strbuf *out, const struct probe *p, bool is_return);

#endif
