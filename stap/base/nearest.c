/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Optimal string alignment with three rolling rows.  Most candidates are turned
 * away by their length alone, so offering all functions of a kernel is cheap.
 */
#include "nearest.h"

#include <string.h>
#include <strings.h>

#include "arena.h"

#define LONGEST 120

static int min3(int a, int b, int c)
{
	int least = a < b ? a : b;

	return least < c ? least : c;
}

/* One row of the table: distances of a[0..i] to every prefix of b. */
static void next_row(const char *a, int i, const char *b, int b_len,
		     const int *before, const int *above, int *row)
{
	row[0] = i + 1;
	for (int j = 0; j < b_len; j++) {
		row[j + 1] = min3(above[j + 1] + 1, row[j] + 1, above[j] + (a[i] != b[j]));
		if (i && j && a[i] == b[j - 1] && a[i - 1] == b[j] && before[j - 1] + 1 < row[j + 1])
			row[j + 1] = before[j - 1] + 1;
	}
}

static int distance(const char *a, int a_len, const char *b, int b_len)
{
	int rows[3][LONGEST + 1];

	for (int j = 0; j <= b_len; j++)
		rows[2][j] = j;
	for (int i = 0; i < a_len; i++)
		next_row(a, i, b, b_len, rows[(i + 1) % 3], rows[(i + 2) % 3], rows[i % 3]);
	return rows[(a_len + 2) % 3][b_len];
}

static int abs_difference(int a, int b)
{
	return a > b ? a - b : b - a;
}

/* Distance to the wanted name, or -1 if that is too far. */
static int closeness(const char *wanted, const char *candidate)
{
	size_t wanted_len = strlen(wanted), len = strlen(candidate);

	if (wanted_len > LONGEST || len > LONGEST)
		return -1;
	int limit = ((int)wanted_len + 1) / 3;

	if (!strcasecmp(wanted, candidate))
		return 1;
	if (abs_difference(wanted_len, len) > limit)
		return -1;
	int d = distance(wanted, wanted_len, candidate, len);

	return d <= limit ? d : -1;
}

void nearest_init(struct nearest *n, const char *wanted)
{
	*n = (struct nearest){ .wanted = wanted };
}

/* Order of the list: closer first, then by name so that the result is stable. */
static int belongs_before(const char *name, int d, const char *other, int other_d)
{
	return d != other_d ? d < other_d : strcmp(name, other) < 0;
}

void nearest_offer(struct nearest *n, const char *candidate)
{
	int d = closeness(n->wanted, candidate);
	int place = 0;

	if (d < 0 || !strcmp(n->wanted, candidate))
		return;
	for (int i = 0; i < n->count; i++)
		if (!strcmp(n->best[i].name, candidate))
			return;
	while (place < n->count &&
	       !belongs_before(candidate, d, n->best[place].name, n->best[place].distance))
		place++;
	if (place == NEAREST_MAX)
		return;
	if (n->count < NEAREST_MAX)
		n->count++;
	memmove(&n->best[place + 1], &n->best[place],
		(n->count - place - 1) * sizeof n->best[0]);
	n->best[place].name = arena_strdup(candidate);
	n->best[place].distance = d;
}

const char *nearest_text(const struct nearest *n)
{
	const char *text = NULL;

	for (int i = 0; i < n->count; i++)
		text = text ? arena_printf("%s, %s", text, n->best[i].name) : n->best[i].name;
	return text;
}
