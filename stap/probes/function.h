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

/* A probe of family_function, to be handed to sink->add(). */
struct probe *function_probe_new(struct probe_sink *sink, const struct matched_point *m, const struct cfunction *f,
				 const char *name, bool is_return);

/* The symbol of the function that an address of the image lies in; NULL after reporting that there is none. */
const struct csymbol *function_around(struct session *s, const struct matched_point *m, const char *module,
				      uint64_t address);

/* .maxactive(N): false after reporting that N is out of range. */
bool check_max_active(const struct matched_point *m, int64_t value);

/* How many returns may be outstanding, if the script does not say; 0 leaves it to the runtime. */
unsigned default_active(const char *function);

/* FUNC or, where that is known, FUNC@FILE:LINE. */
const char *function_place_text(const struct cfunction *f);

/* Where a handler goes; module NULL: the kernel. */
struct function_place {
	const char *module, *symbol;
	uint64_t offset;
	bool is_return;
	unsigned max_active;
};

/* C text of the specification and trampoline. */
void function_declare(struct strbuf *out, const struct probe *p, const struct function_place *where,
		      const char *handler, const char *entry_handler);

#endif
