/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks that were walked before: what tapset/stack.c asks of stack_memory.c.  Inside a hit. */
#ifndef LINUX_STACK_MEMORY_H
#define LINUX_STACK_MEMORY_H

#include "../core/types.h"

struct context;
struct unwind_state;
struct walk;

/* A walk that is under way. */
struct stack_note {
	struct walk *walk;		/* NULL: it will not be kept */
	u64 begin, sp;
};

/*
 * The return addresses of a walk from the instruction `begin` with the stack pointer `sp`, without those of this
 * module at its beginning, if the same walk was made before.
 */
bool stack_recall(struct context *c, u64 begin, u64 sp, u64 *frames, unsigned most, unsigned *count);

/* Remember a walk: its beginning, each frame (`own`: it is still in this module), and that it is at its end. */
void stack_note_begin(struct stack_note *note, struct context *c, u64 begin, u64 sp);
void stack_note_frame(struct stack_note *note, const struct unwind_state *state, u64 address, bool own);
void stack_note_end(struct stack_note *note, const struct unwind_state *state);

#endif
