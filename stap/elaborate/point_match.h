/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe points against spellings and aliases. */
#ifndef STAP_ELABORATE_POINT_MATCH_H
#define STAP_ELABORATE_POINT_MATCH_H

#include "elaborate.h"

/* Is there a wildcard in the name of a component? */
bool point_has_wildcard(const struct probe_point *p);

/* The aliases among which it may find its own. */
const alias_vec *alias_candidates(struct elaboration *el, const struct probe_point *p);

/* Glob over a dotted name: * stays within a component, ** does not. */
bool dotted_match(const char *pattern, const char *text);

/* The first components' names with dots between them, interned. */
const char *dotted_name(const struct probe_point *p, size_t count);

/* Does the point name the alias, perhaps followed by a suffix?  Returns the number of
 * components used, 0: no. */
size_t alias_match(const struct probe_point *p, const struct probe_point *alias);

/* How many of its components, from the first, a spelling has too. */
size_t spelling_common(const struct probe_point *p, const struct probe_spelling *spelling);

/* The same, but any argument will do. */
size_t spelling_names_common(const struct probe_point *p, const struct probe_spelling *spelling);

/* Does it match a spelling?  Then *m has its literals. */
bool spelling_match(const struct probe_point *p, const struct probe_spelling *spelling,
		    struct matched_point *m);

/* Nothing has this point.  True: it is known to be SystemTap's, which says why it has no probes. */
bool report_unknown_point(struct elaboration *el, const struct probe_point *p);

#endif
