/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a function that a script names cannot be probed, and what to write instead. */
#ifndef STAP_PROBES_MISSING_H
#define STAP_PROBES_MISSING_H

#include <stdbool.h>
#include <stddef.h>

struct diag;
struct session;
struct probe_point;

/* Nothing matches the pattern in `module` (NULL: the kernel); says why, at the point. */
void report_missing_function(struct session *s, const struct probe_point *point, const char *module,
			     const char *pattern);

/*
 * FUNCTION[@FILE], the patterns of a statement: the function, or the file, is not there, or the function is in
 * another file.  False when all is there, and nothing was reported.
 */
bool report_missing_place(struct session *s, const struct probe_point *point, const char *module,
			  const char *function, const char *file);

/* To a message that may come of it: the kernel's symbols cannot be read, and why. */
void hint_unreadable(struct session *s, struct diag *d);

/* The module is not there; false when it is, and nothing was reported. */
bool report_missing_module(struct session *s, const struct probe_point *point, const char *module);

/* It is there, but the kernel forbids probes in it (`why`: a predicate). */
void report_barred_function(const struct probe_point *point, const char *name, const char *why);

/* Of `found` places ("functions", "statements") that a pattern reaches, some are left out: one line for all, an
 * error when none is left.  `name` is one of them. */
void report_barred(const struct probe_point *point, const char *what, size_t barred, size_t found, const char *name,
		   const char *why);

/* A question that only DWARF answers, and there is none for `module`. */
void report_needs_dwarf(struct session *s, const struct probe_point *point, const char *module, const char *what);

#endif
