/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The current task's system call: number and arguments as its registers hold them, x86_64. */
#include "../runtime.h"

#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <asm/syscall.h>
#include "../../syscall/entry.h"

/* The first of the 32-bit calls whose times have 64 bits. */
#define FIRST_TIME64 403

/* Where arguments lie, in the order of the calling conventions of 64-bit and 32-bit calls. */
static const unsigned char native_place[] = {
	offsetof(struct pt_regs, di), offsetof(struct pt_regs, si), offsetof(struct pt_regs, dx),
	offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r8), offsetof(struct pt_regs, r9),
};
static const unsigned char compat_place[] = {
	offsetof(struct pt_regs, bx), offsetof(struct pt_regs, cx), offsetof(struct pt_regs, dx),
	offsetof(struct pt_regs, si), offsetof(struct pt_regs, di), offsetof(struct pt_regs, bp),
};

/* Returns of compat calls find the status still set: it is cleared on the way to user space. */
bool syscall_is_compat(void)
{
#ifdef CONFIG_IA32_EMULATION
	return current_thread_info()->status & TS_COMPAT;
#else
	return false;
#endif
}

static void *argument_register(unsigned n, bool compat)
{
	char *regs = (char *)task_pt_regs(current);

	if (n - 1 >= ARRAY_SIZE(native_place) || !current->mm)
		return NULL;
	return regs + (compat ? compat_place[n - 1] : native_place[n - 1]);
}

u64 syscall_argument(unsigned n)
{
	bool compat = syscall_is_compat();
	void *place = argument_register(n, compat);

	if (!place)
		return 0;
	return compat ? *(u32 *)place : *(u64 *)place;
}

void syscall_set_argument(unsigned n, u64 value)
{
	u64 *place = argument_register(n, syscall_is_compat());

	if (place)
		*place = value;
}

/* Aliases of system calls stand at functions whose only C argument is the registers. */
bool syscall_is_probed(const struct context *c)
{
	const char *name = c->probe->name;

	return strcmp(script_probe_alias(c->probe), name) &&
	       (strstr(name, "(\"__x64_sys_") || strstr(name, "(\"__ia32_") ||
		strstr(name, "raw_syscalls:sys_"));
}

s64 syscall_number(void)
{
	return current->mm ? (s32)task_pt_regs(current)->orig_ax : -1;
}

bool syscall_time32(void)
{
	return syscall_is_compat() && syscall_number() < FIRST_TIME64;
}
