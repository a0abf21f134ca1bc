/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Did you mean": collects the candidates closest to a name by optimal string
 * alignment distance (Levenshtein plus transposition of neighbours).
 */
#ifndef STAP_BASE_NEAREST_H
#define STAP_BASE_NEAREST_H

#define NEAREST_MAX 5

struct nearest {
	const char *wanted;
	int count;
	struct { const char *name; int distance; } best[NEAREST_MAX];
};

void nearest_init(struct nearest *n, const char *wanted);

/* Offer one candidate; kept if close enough (a third of the name's length) and
 * among the best.  The name is copied: lists of modules are let go of one by one. */
void nearest_offer(struct nearest *n, const char *candidate);

/* "a, b, c" from closest to farthest, or NULL if nothing came close. */
const char *nearest_text(const struct nearest *n);

#endif
