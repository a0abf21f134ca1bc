/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes at places inside functions. */
#ifndef STAP_PROBES_STATEMENT_H
#define STAP_PROBES_STATEMENT_H

#include "family.h"

struct cfunction;

/* Add a probe at the entry of an inlined instance; false when no symbol covers it. */
bool statement_add_inlined(struct probe_sink *sink, const struct matched_point *m, const struct cfunction *f,
			   const char *name);

/* What the kprobe mechanism needs to know of a probe; symbol NULL: the offset is an address. */
void statement_declare(struct strbuf *out, const struct probe *p, const char *module, const char *symbol,
		       uint64_t offset, const char *handler);

#endif
