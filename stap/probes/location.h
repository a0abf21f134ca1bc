/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variables by debug information: from a location to an expression. */
#ifndef STAP_PROBES_LOCATION_H
#define STAP_PROBES_LOCATION_H

#include "family.h"

struct cfunction;
struct location;

/* The value of a type (NULL: unknown) that is at a location.  NULL: it cannot be had. */
struct expr *located_value(struct session *s, const struct location *where, const struct ctype *t,
			   const struct place *at);

/*
 * The variable `target` names at an address of a function (0: its entry).  NULL after
 * offering names, or after reporting that it is nowhere at this place.
 */
struct expr *located_variable(struct session *s, const struct cfunction *f, uint64_t address,
			      const struct expr *target, struct nearest *near);

/* A structure whose bytes are in several places. */
struct expr *parts_expr(struct value_part *list, size_t count, const struct ctype *t, const struct place *at);

/* Which of the variables a text like $$vars shows. */
enum shown { SHOW_PARAMETERS = 1, SHOW_LOCALS = 2 };

/* Those that are visible there, a NULL value for one that is nowhere. */
struct named_value *located_values(struct session *s, const struct cfunction *f, uint64_t address, unsigned shown,
				   const struct place *at, size_t *count);

/* "a=0x1 b=?" of what is visible there; pretty when the target ends in $ or $$. */
struct expr *located_text(struct session *s, const struct cfunction *f, uint64_t address, unsigned shown,
			  const struct expr *target);

/* For -L: those that have a value there. */
void located_list(struct session *s, const struct cfunction *f, uint64_t address, const struct place *at,
		  listed_vec *out);

#endif
