/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps against a model, and the things a random walk rarely meets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_model.h"

static void walk(unsigned capacity, bool wrap, unsigned seed)
{
	struct model model = { .capacity = capacity, .wrap = wrap };
	struct map map;

	assert_int_equal(map_init(&map, capacity, sizeof(struct both_node), wrap), 0);
	for (int i = 0; i < 20000; i++) {
		uint8_t bytes[3];

		seed = seed * 1103515245 + 12345;
		bytes[0] = (uint8_t)(seed >> 8);
		bytes[1] = (uint8_t)(seed >> 16);
		bytes[2] = (uint8_t)(seed >> 24);
		model_step(&model, &map, bytes);
	}
	map_release(&map);
}

static void test_random(void **state)
{
	static const unsigned capacities[] = { 1, 2, 7, 40 };

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		walk(capacities[i / 2], i & 1, i + 1);
}

static void test_wrap_order(void **state)
{
	struct map map;

	(void)state;
	map_init(&map, 3, sizeof(struct both_node), true);
	both_add(&map, 1, "")->value = 1;
	both_add(&map, 2, "")->value = 2;
	both_add(&map, 3, "")->value = 3;
	both_add(&map, 1, "")->value = 10;	/* an update does not make it younger */
	assert_int_equal(both_add(&map, 4, "")->value, 0);
	assert_null(both_find(&map, 1, ""));
	assert_non_null(both_find(&map, 2, ""));
	map_release(&map);
}

static void test_overflow(void **state)
{
	struct map map;

	(void)state;
	map_init(&map, 2, sizeof(struct both_node), false);
	assert_non_null(both_add(&map, 1, "x"));
	assert_non_null(both_add(&map, 2, "x"));
	assert_null(both_add(&map, 3, "x"));
	assert_non_null(both_add(&map, 2, "x"));
	assert_true(both_delete(&map, 1, "x"));
	assert_non_null(both_add(&map, 3, "x"));
	map_release(&map);
}

/* Keys are cut like any string: two that agree up to the capacity are one. */
static void test_long_keys(void **state)
{
	struct map map;

	(void)state;
	map_init(&map, 5, sizeof(struct both_node), false);
	both_add(&map, 0, "1234567890123456789")->value = 5;
	assert_int_equal(both_find(&map, 0, "1234567890123456789")->value, 5);
	assert_null(both_find(&map, 0, "123456789012345678"));
	map_release(&map);
}

/* Emptying the map inside a loop over it ends the loop. */
static void test_clear_in_loop(void **state)
{
	struct map map;
	int rounds = 0;

	(void)state;
	map_init(&map, 5, sizeof(struct both_node), false);
	for (int i = 0; i < 5; i++)
		both_add(&map, i, "");
	for (struct map_node *n = map.first; n; n = map_next(&map, n)) {
		rounds++;
		map_clear(&map);
	}
	assert_int_equal(rounds, 1);
	assert_int_equal(map.count, 0);
	map_release(&map);
}

/* More elements than the limit up to which the best are selected while walking. */
static void test_sort_many(void **state)
{
	struct map_node *order[2000], *scratch[2000];
	struct map map;
	u32 n;

	(void)state;
	map_init(&map, 2000, sizeof(struct both_node), false);
	for (int i = 0; i < 2000; i++)
		both_add(&map, i, "")->value = i * 7919 % 500;
	n = map_sort(&map, order, scratch, 2000, ~0U, compare_values, NULL);
	assert_int_equal(n, 2000);
	for (u32 i = 1; i < n; i++) {
		const struct both_node *a = (struct both_node *)order[i - 1], *b = (struct both_node *)order[i];

		assert_true(a->value < b->value || (a->value == b->value && a->k0 < b->k0));
	}
	for (u32 limit = 0; limit < 130; limit += 10) {
		struct map_node *some[130];

		assert_int_equal(map_sort(&map, some, scratch, limit, limit, compare_values, NULL), limit);
		if (limit <= 64)
			assert_memory_equal(some, order, limit * sizeof(*some));
	}
	map_release(&map);
}

/* Keys that differ in few bits, low or high, must not share buckets. */
static void test_hash_spread(void **state)
{
	struct map map;
	u32 hash;

	(void)state;
	map_init(&map, 1, sizeof(struct both_node), false);
	for (int shift = 0; shift < 56; shift++) {
		unsigned used[2048] = {0}, most = 0;

		for (s64 i = 0; i < 256; i++) {
			unsigned bucket;

			both_lookup(&map, &hash, i << shift, "");
			bucket = hash & 2047;
			used[bucket]++;
			most = used[bucket] > most ? used[bucket] : most;
		}
		if (most > 6)
			fail_msg("shift %d: %u keys in one bucket", shift, most);
	}
	map_release(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_wrap_order),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_long_keys),
		cmocka_unit_test(test_clear_in_loop),
		cmocka_unit_test(test_sort_many),
		cmocka_unit_test(test_hash_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
