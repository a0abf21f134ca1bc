/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of how frames of programs are found, made by the compiler from call frame information
 * (stap/debuginfo/program_frames.c) and used by the kernel's side (runtime/linux/tapset/user_stack.c).
 */
#ifndef CORE_USER_FRAME_H
#define CORE_USER_FRAME_H

#include "types.h"

/* How a frame's end, the value of sp before the call, is found. */
enum user_frame_rule {
	FRAME_UNKNOWN,
	FRAME_OUTERMOST,		/* nobody called */
	FRAME_FROM_SP, FRAME_FROM_BP,	/* that register + end */
	FRAME_JUMP_TABLE,		/* entries of 16 bytes: sp + 8, and 8 more from byte `end` of an entry on */
	FRAME_SIGNAL,			/* sp is at the ucontext of a signal */
};

struct user_frame {
	u32 offset;			/* in the file: from here to the next row's */
	s32 end;
	s16 saved_bp;			/* where the caller's bp is, from the frame's end; 0: still in bp */
	u8 rule;			/* enum user_frame_rule */
};

/* The row of a place in the file, or NULL; rows are sorted by offset. */
static inline const struct user_frame *user_frame_find(const struct user_frame *rows, unsigned count, u32 offset)
{
	unsigned low = 0, high = count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (rows[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &rows[low - 1] : NULL;
}

#endif
