/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks that were walked before.  Unwinding costs hundreds of instructions a frame, and most hits
 * of a probe come by few ways.  So each CPU remembers where, counted from the stack pointer, a walk
 * found its return addresses.  If those places hold the same again, the walk would be the same:
 * the first place follows from where the walk begins; what it holds says which function the
 * next frame is of and how far the instruction there is from its own return address; and so on.
 *
 * Walks are kept that begin on the task's own stack, end at its bottom, and met nothing else than
 * return addresses that stand where the kernel's unwinder says: no replaced ones, no interrupted code.
 */
#include "runtime.h"

#include <linux/hash.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <asm/unwind.h>
#include "stack_memory.h"

#ifdef CONFIG_UNWINDER_ORC

#define WALKS_BITS 6
#define WALK_FRAMES 40

struct walk {
	u64 begin;			/* the instruction, 0: nothing is remembered */
	unsigned short depth;		/* words from the stack pointer to the bottom */
	unsigned char count, own;	/* return addresses; the first of them, which are of this module */
	unsigned short place[WALK_FRAMES];	/* words from the stack pointer */
	u64 address[WALK_FRAMES];
};

struct stack_memory {
	struct walk walks[1 << WALKS_BITS];
};

size_t stack_memory_size(void)
{
	return script_config.collects_stacks ? sizeof(struct stack_memory) : 0;
}

/* The walk that would be kept for one that begins here; NULL: none can. */
static struct walk *find_walk(struct context *c, u64 begin, u64 sp, unsigned *depth)
{
	u64 page = (u64)task_stack_page(current);

	if (!c->runtime->stacks || sp < page || sp >= page + THREAD_SIZE || sp & 7)
		return NULL;
	*depth = (page + THREAD_SIZE - sp) / 8;
	return &c->runtime->stacks->walks[hash_64(begin ^ *depth, WALKS_BITS)];
}

static bool is_same(const struct walk *w, u64 begin, unsigned depth, const u64 *stack)
{
	unsigned i;

	if (w->begin != begin || w->depth != depth)
		return false;
	for (i = 0; i < w->count; i++)
		if (READ_ONCE_NOCHECK(stack[w->place[i]]) != w->address[i])
			return false;
	return true;
}

bool stack_recall(struct context *c, u64 begin, u64 sp, u64 *frames, unsigned most, unsigned *count)
{
	unsigned depth;
	const struct walk *w = find_walk(c, begin, sp, &depth);

	if (!w || !is_same(w, begin, depth, (const u64 *)sp))
		return false;
	*count = min(most, (unsigned)w->count - w->own);
	memcpy(frames, w->address + w->own, *count * sizeof(*frames));
	return true;
}

void stack_note_begin(struct stack_note *note, struct context *c, u64 begin, u64 sp)
{
	unsigned depth;

	note->sp = sp;
	note->walk = find_walk(c, begin, sp, &depth);
	if (!note->walk)
		return;
	note->begin = begin;
	note->walk->begin = 0;
	note->walk->depth = depth;
	note->walk->count = note->walk->own = 0;
}

void stack_note_frame(struct stack_note *note, const struct unwind_state *state, u64 address, bool own)
{
	u64 place = state->sp - sizeof(u64);
	struct walk *w = note->walk;

	if (!w || place < note->sp)
		return;			/* of the walk's own calls */
	place = (place - note->sp) / 8;
	if (w->count == WALK_FRAMES || place >= w->depth || READ_ONCE_NOCHECK(((u64 *)note->sp)[place]) != address) {
		note->walk = NULL;
		return;
	}
	w->place[w->count] = place;
	w->address[w->count++] = address;
	w->own += own;
}

/* The bottom of a stack is where a program was left, or the end of what the unwinder knows. */
static bool at_bottom(const struct unwind_state *state)
{
	return (state->regs && user_mode(state->regs)) || unwind_done((struct unwind_state *)state);
}

void stack_note_end(struct stack_note *note, const struct unwind_state *state)
{
	if (note->walk && at_bottom(state) && !unwind_error((struct unwind_state *)state))
		note->walk->begin = note->begin;
}

#else

size_t stack_memory_size(void)
{
	return 0;
}

bool stack_recall(struct context *c, u64 begin, u64 sp, u64 *frames, unsigned most, unsigned *count)
{
	return false;
}

void stack_note_begin(struct stack_note *note, struct context *c, u64 begin, u64 sp)
{
}

void stack_note_frame(struct stack_note *note, const struct unwind_state *state, u64 address, bool own)
{
}

void stack_note_end(struct stack_note *note, const struct unwind_state *state)
{
}

#endif
