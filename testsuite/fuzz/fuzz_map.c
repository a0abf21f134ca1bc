/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of maps: three bytes are an operation on a map and on its model, which must agree. */
#include "../unit/map_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct model model = {0};
	struct map map;

	if (size < 1)
		return 0;
	model.capacity = 1 + data[0] % MODEL_CAPACITY;
	model.wrap = data[0] & 128;
	CHECK(map_init(&map, model.capacity, sizeof(struct both_node), model.wrap) == 0);
	for (size_t i = 1; i + 3 <= size; i += 3)
		model_step(&model, &map, data + i);
	map_release(&map);
	return 0;
}
