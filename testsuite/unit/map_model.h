/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A map whose keys are a number and a string, beside a slow and simple model of it.  Random
 * operations are applied to both; after each they must agree.  Shared by the unit test and the fuzzer.
 */
#ifndef UNIT_MAP_MODEL_H
#define UNIT_MAP_MODEL_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_LIBC_HEADERS
#include <stdbool.h>
#include <stddef.h>
#define MAXSTRINGLEN 20
#include "../../runtime/core/map.h"
#include "../../runtime/core/str.h"
#include "check.h"

#define MAP_NAME both
#define MAP_KEY_FIELDS s64 k0; char k1[MAXSTRINGLEN];
#define MAP_PARAMS s64 k0, const char *k1
#define MAP_ARGS k0, k1
#define MAP_HASH MAP_HASH_LONG(k0) MAP_HASH_STRING(k1)
#define MAP_EQUAL MAP_EQUAL_LONG(k0) && MAP_EQUAL_STRING(k1)
#define MAP_STORE MAP_STORE_LONG(k0) MAP_STORE_STRING(k1)
#define MAP_VALUE s64 value
#include "../../runtime/core/map_template.h"

#define MODEL_CAPACITY 40

struct model_entry { s64 number; const char *text; s64 value; };

/* In order of insertion. */
struct model {
	struct model_entry entries[MODEL_CAPACITY];
	unsigned count, capacity;
	bool wrap;
};

void *script_alloc(size_t size)
{
	return calloc(1, size ? size : 1);
}

void script_free(void *memory)
{
	free(memory);
}

static int model_find(const struct model *m, s64 number, const char *text)
{
	for (unsigned i = 0; i < m->count; i++)
		if (m->entries[i].number == number && !strcmp(m->entries[i].text, text))
			return (int)i;
	return -1;
}

static void model_remove(struct model *m, unsigned at)
{
	m->count--;
	memmove(&m->entries[at], &m->entries[at + 1], (m->count - at) * sizeof(*m->entries));
}

/* NULL: full. */
static struct model_entry *model_add(struct model *m, s64 number, const char *text)
{
	int at = model_find(m, number, text);

	if (at >= 0)
		return &m->entries[at];
	if (m->count == m->capacity && !(m->wrap && m->count))
		return NULL;
	if (m->count == m->capacity)
		model_remove(m, 0);
	m->entries[m->count] = (struct model_entry){ number, text, 0 };
	return &m->entries[m->count++];
}

static void model_compare(const struct model *model, const struct map *map)
{
	const struct map_node *n = map->first;

	CHECK(map->count == model->count);
	for (unsigned i = 0; i < model->count; i++, n = map_next(map, n)) {
		const struct both_node *node = (const struct both_node *)n;

		CHECK(node);
		CHECK(node->k0 == model->entries[i].number);
		CHECK(!strcmp(node->k1, model->entries[i].text));
		CHECK(node->value == model->entries[i].value);
		CHECK(n->next || map->last == n);
	}
	CHECK(!n || !model->count);
}

/* By value, descending or ascending. */
static int compare_values(const struct map_node *a, const struct map_node *b, const void *data)
{
	s64 x = ((const struct both_node *)a)->value, y = ((const struct both_node *)b)->value;
	int order = (x > y) - (x < y);

	return data ? -order : order;
}

/* Stable insertion sort of the model's entries. */
static void model_sort(struct model *m, bool descending)
{
	for (unsigned i = 1; i < m->count; i++) {
		struct model_entry e = m->entries[i];
		unsigned at = i;

		while (at && (descending ? m->entries[at - 1].value < e.value : m->entries[at - 1].value > e.value)) {
			m->entries[at] = m->entries[at - 1];
			at--;
		}
		m->entries[at] = e;
	}
}

static void model_compare_sorted(const struct model *model, struct map *map, unsigned limit, bool descending)
{
	struct map_node *order[MODEL_CAPACITY + 1], *scratch[MODEL_CAPACITY + 1];
	struct model sorted = *model;
	u32 n = map_sort(map, order, scratch, MODEL_CAPACITY, limit, compare_values, descending ? "" : NULL);

	CHECK(n == (limit < model->count ? limit : model->count));
	model_sort(&sorted, descending);
	for (unsigned i = 0; i < n; i++) {
		const struct both_node *node = (const struct both_node *)order[i];

		CHECK(node->k0 == sorted.entries[i].number);
		CHECK(!strcmp(node->k1, sorted.entries[i].text));
	}
}

static void model_update(struct model *model, struct map *map, s64 number, const char *text, int change)
{
	struct both_node *node = both_add(map, number, text);
	struct model_entry *entry = model_add(model, number, text);

	CHECK(!node == !entry);
	if (!node)
		return;
	node->value += change;
	entry->value += change;
}

static void model_delete(struct model *model, struct map *map, s64 number, const char *text)
{
	int at = model_find(model, number, text);

	CHECK(both_delete(map, number, text) == (at >= 0));
	if (at >= 0)
		model_remove(model, (unsigned)at);
}

/* One operation, chosen by three bytes. */
static void model_step(struct model *model, struct map *map, const uint8_t bytes[3])
{
	static const char *const texts[] = { "", "a", "abcdefgh", "abcdefghi", "abcdefghijklmnopqrs" };
	const char *text = texts[bytes[1] % 5];
	s64 number = (s64)(bytes[1] / 5) << bytes[2] % 50;

	switch (bytes[0] % 16) {
	case 0:
		model_delete(model, map, number, text);
		break;
	case 1:
		CHECK((both_find(map, number, text) != NULL) == (model_find(model, number, text) >= 0));
		break;
	case 2:
		model_compare_sorted(model, map, bytes[1] % 4 ? ~0U : bytes[2] % 10, bytes[2] & 1);
		break;
	case 3:
		if (bytes[1] < 20) {
			map_clear(map);
			model->count = 0;
		}
		break;
	default:
		model_update(model, map, number, text, bytes[0] / 16 - 8);
	}
	model_compare(model, map);
}

#endif
