/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An input that is read a number at a time; past its end all are 0. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct input { const uint8_t *data; size_t len; };

static inline uint64_t take(struct input *in, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes && in->len; i++, in->len--)
		value = value << 8 | *in->data++;
	return value;
}

#endif
