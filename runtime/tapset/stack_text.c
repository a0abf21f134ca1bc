/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks as text: what both runtimes do alike once they can collect the addresses. */
#include "../script.h"
#include "tapset.h"

#define MOST_FRAMES 64			/* 512 bytes of a kernel stack */

static unsigned frame_limit(s64 most)
{
	unsigned limit = script_config.max_backtrace < MOST_FRAMES ? script_config.max_backtrace : MOST_FRAMES;

	return most >= 0 && most < limit ? (unsigned)most : limit;
}

static void show_frames(struct sink *out, enum tapset_space space, const u64 *frames, unsigned count,
			enum tapset_style style)
{
	for (unsigned i = 0; i < count; i++) {
		if (i && style == TAPSET_ADDRESS)
			sink_char(out, ' ');
		tapset_show_address(out, space, frames[i], style);
	}
}

void tapset_show_stack(struct context *c, struct sink *out, enum tapset_space space,
		       enum tapset_style style, s64 most)
{
	u64 frames[MOST_FRAMES];
	unsigned count = tapset_stack(c, space, frames, frame_limit(most));

	show_frames(out, space, frames, count, style);
}

void tapset_show_user_stack_from(struct context *c, struct sink *out, u64 ip, u64 sp, u64 bp,
				 enum tapset_style style)
{
	u64 frames[MOST_FRAMES];
	unsigned count = tapset_user_stack_from(ip, sp, bp, frames, frame_limit(-1));

	(void)c;
	show_frames(out, TAPSET_USER, frames, count, style);
}

s64 tapset_stack_frame(struct context *c, enum tapset_space space, s64 index)
{
	u64 frames[MOST_FRAMES];
	unsigned limit = index >= 0 && index < MOST_FRAMES ? (unsigned)index + 1 : 0;

	return tapset_stack(c, space, frames, limit) > (u64)index ? (s64)frames[index] : 0;
}

static unsigned hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

void tapset_show_text(struct sink *out, enum tapset_space space, const char *addresses,
		      enum tapset_style style)
{
	while (*addresses) {
		u64 address = 0;

		if (*addresses == ' ') {
			addresses++;
			continue;
		}
		if (addresses[0] == '0' && addresses[1] == 'x')
			addresses += 2;
		for (; hex_digit(*addresses) < 16; addresses++)
			address = address << 4 | hex_digit(*addresses);
		tapset_show_address(out, space, address, style);
		while (*addresses && *addresses != ' ')
			addresses++;
	}
}
