/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks of programs: by the tables that pass 3 made of the call frame information of the files that it
 * was told of, and along the frame pointers where there are none.
 */
#include "mapping.h"

#include <linux/signal_types.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include "../../tapset/tapset.h"

struct user_walk {
	u64 ip, sp, bp;
	bool interrupted;		/* ip is the next instruction, not what follows a call */
	struct mapping map;		/* of the last ip that was looked up, and its tables */
	const struct script_program *program;
};

/* The row for where the walk is, or NULL.  A call may be the last instruction of its function. */
static const struct user_frame *row_of(struct user_walk *w)
{
	u64 at = w->interrupted ? w->ip : w->ip - 1;

	if (!script_program_count)
		return NULL;
	if (at < w->map.start || at >= w->map.end) {
		if (!mapping_find(&w->map, at)) {
			w->map.end = 0;
			return NULL;
		}
		w->program = mapping_program(&w->map);
	}
	if (!w->program || !w->program->frame_count || at - w->map.start > U32_MAX)
		return NULL;
	return user_frame_find(w->program->frames, w->program->frame_count, (u32)(at - w->map.start));
}

/* Go to the caller whose frame begins at `end`. */
static bool leave_frame(struct user_walk *w, u64 end, s64 saved_bp)
{
	if (end <= w->sp || (end & 7) || !script_copy_user(&w->ip, end - 8, 8))
		return false;
	if (saved_bp && !script_copy_user(&w->bp, end + (u64)saved_bp, 8))
		return false;
	w->sp = end;
	w->interrupted = false;
	return w->ip != 0;
}

static bool follow_frame_pointer(struct user_walk *w)
{
	return w->bp >= w->sp && leave_frame(w, w->bp + 16, -16);
}

/* What a signal interrupted; its registers lie where the kernel put them for sigreturn. */
static bool leave_signal(struct user_walk *w)
{
	struct sigcontext_64 regs;

	if (!script_copy_user(&regs, w->sp + offsetof(struct ucontext, uc_mcontext), sizeof(regs)))
		return false;
	w->ip = regs.ip;
	w->sp = regs.sp;
	w->bp = regs.bp;
	w->interrupted = true;
	return w->ip != 0;
}

static bool go_to_caller(struct user_walk *w)
{
	const struct user_frame *row = row_of(w);

	switch (row ? row->rule : FRAME_UNKNOWN) {
	case FRAME_OUTERMOST:
		return false;
	case FRAME_FROM_SP:
		return leave_frame(w, w->sp + (u64)(s64)row->end, row->saved_bp);
	case FRAME_FROM_BP:
		return leave_frame(w, w->bp + (u64)(s64)row->end, row->saved_bp);
	case FRAME_JUMP_TABLE:
		return leave_frame(w, w->sp + 8 + ((w->ip & 15) >= (u64)row->end ? 8 : 0), 0);
	case FRAME_SIGNAL:
		return leave_signal(w);
	default:
		return follow_frame_pointer(w);
	}
}

unsigned tapset_user_stack_from(u64 ip, u64 sp, u64 bp, u64 *frames, unsigned most)
{
	struct user_walk w = { .ip = ip, .sp = sp, .bp = bp, .interrupted = true };
	unsigned count = 0;

	while (count < most) {
		frames[count++] = w.ip;
		if (!go_to_caller(&w))
			break;
	}
	return count;
}
