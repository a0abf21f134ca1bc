/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks.  The kernel's are walked by its own unwinder: from the probed registers at a
 * function's entry or inside it; in a return probe, where the return address has been replaced, from here on,
 * past the frames below the caller, or from the caller's registers where that would end on the way; otherwise
 * from here, past the frames of this module.
 */
#include "../runtime.h"

#include <linux/sched.h>
#include <asm/unwind.h>
#include "../stack_memory.h"
#include "../../tapset/probe_name.h"
#include "../../tapset/tapset.h"

static unsigned collect(struct unwind_state *state, struct stack_note *note, bool skip_own, u64 *frames,
			unsigned most)
{
	unsigned count = 0;
	unsigned long address;

	for (; !unwind_done(state) && count < most; unwind_next_frame(state)) {
		address = unwind_get_return_address(state);
		if (!address)
			break;
		skip_own = skip_own && within_module(address, THIS_MODULE);
		stack_note_frame(note, state, address, skip_own);
		if (!skip_own)
			frames[count++] = address;
	}
	stack_note_end(note, state);
	return count;
}

/* From here on.  Not inlined: where it begins to walk is the same each time. */
static noinline unsigned stack_from_here(struct context *c, u64 *frames, unsigned most)
{
	u64 here = (u64)stack_from_here, sp = (u64)__builtin_frame_address(0);
	struct unwind_state state;
	struct stack_note note;
	unsigned count;

	if (stack_recall(c, here, sp, frames, most, &count))
		return count;
	stack_note_begin(&note, c, here, sp);
	unwind_start(&state, current, NULL, NULL);
	return collect(&state, &note, true, frames, most);
}

/* Of the probed function's caller, when the function has returned. */
static unsigned stack_after_return(struct pt_regs *regs, u64 *frames, unsigned most)
{
	struct stack_note note = { .walk = NULL };
	struct unwind_state state;

	unwind_start(&state, current, NULL, (unsigned long *)regs->sp - 1);
	return collect(&state, &note, false, frames, most);
}

static unsigned stack_of_callers(struct context *c, struct pt_regs *regs, u64 *frames, unsigned most)
{
	struct unwind_state state;
	struct stack_note note;
	unsigned count;

	if (stack_recall(c, regs->ip, regs->sp, frames, most, &count))
		return count;
	stack_note_begin(&note, c, regs->ip, regs->sp);
	unwind_start(&state, current, regs, NULL);	/* at the caller's frame */
	return collect(&state, &note, false, frames, most);
}

static unsigned kernel_stack(struct context *c, u64 *frames, unsigned most)
{
	struct pt_regs *regs = (struct pt_regs *)c->regs;

	if (!regs)
		return stack_from_here(c, frames, most);
	if (user_mode(regs))
		return 0;
	if (probe_name_is_return(c->probe->name) && COMPAT_UNWINDS_RETURNS)
		return stack_after_return(regs, frames, most);
	if (!most)
		return 0;
	frames[0] = probe_name_is_return(c->probe->name) ? regs->ip : script_probed_ip(c);
	return 1 + stack_of_callers(c, regs, frames + 1, most - 1);
}

unsigned tapset_stack(struct context *c, enum tapset_space space, u64 *frames, unsigned most)
{
	const struct script_regs *regs;

	if (space == TAPSET_KERNEL)
		return kernel_stack(c, frames, most);
	regs = tapset_user_mode(c) ? c->regs : script_user_regs();
	return regs ? tapset_user_stack_from(regs->ip, regs->sp, regs->bp, frames, most) : 0;
}
