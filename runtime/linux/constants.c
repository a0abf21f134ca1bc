/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of this kernel that a translated script needs.  Each CONSTANT(NAME, value) leaves a line of constants.h in a
 * section that the recipe copies out of the object and that no module has.
 */
#include "runtime.h"

#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/kprobes.h>
#include <asm/ptrace.h>

/* The contract of script_regs: checked here once, relied on everywhere. */
_Static_assert(offsetof(struct pt_regs, di) == 14 * 8, "pt_regs.di");
_Static_assert(offsetof(struct pt_regs, sp) == 19 * 8, "pt_regs.sp");

/* %c: as an immediate, without the assembler's mark of one. */
#define CONSTANT(name, value)									\
	asm volatile(".pushsection .discard.stap_constants\n\t"					\
		     ".ascii \"#define " #name " (%c0)\\n\"\n\t"					\
		     ".popsection" : : "i" ((long)(value)))

static void __attribute__((used)) leave_constants(void)
{
	CONSTANT(STAP_HZ, HZ);
	CONSTANT(STAP_PAGE_SIZE, PAGE_SIZE);
	CONSTANT(STAP_TASK_PID, offsetof(struct task_struct, pid));
	CONSTANT(STAP_TASK_TGID, offsetof(struct task_struct, tgid));
	CONSTANT(STAP_TASK_COMM, offsetof(struct task_struct, comm));
	CONSTANT(STAP_TASK_COMM_LEN, TASK_COMM_LEN);
	CONSTANT(STAP_TASK_MM, offsetof(struct task_struct, mm));
	CONSTANT(STAP_TASK_CRED, offsetof(struct task_struct, cred));
	CONSTANT(STAP_TIF_SIGPENDING, TIF_SIGPENDING);
	CONSTANT(STAP_TASK_REAL_PARENT, offsetof(struct task_struct, real_parent));
	CONSTANT(STAP_TASK_GROUP_LEADER, offsetof(struct task_struct, group_leader));
	CONSTANT(STAP_CRED_UID, offsetof(struct cred, uid));
	CONSTANT(STAP_CRED_GID, offsetof(struct cred, gid));
	CONSTANT(STAP_CRED_EUID, offsetof(struct cred, euid));
	CONSTANT(STAP_CRED_EGID, offsetof(struct cred, egid));
	CONSTANT(STAP_RETURN_INSTANCE_DATA, offsetof(struct kretprobe_instance, data));
	CONSTANT(STAP_RETURN_ADDRESS, COMPAT_RETURN_ADDRESS);
	CONSTANT(STAP_EXTABLE_TYPED, COMPAT_EXTABLE_TYPED);
	CONSTANT(STAP_EXTABLE_DEFAULT, COMPAT_EXTABLE_DEFAULT);
	CONSTANT(STAP_PREEMPT_COUNT, IS_ENABLED(CONFIG_PREEMPT_COUNT));
	CONSTANT(STAP_PCPU_HOT, COMPAT_PCPU_HOT);
	CONSTANT(STAP_PCPU_HOT_PREEMPT, COMPAT_PCPU_HOT_OFFSET(preempt_count));
	CONSTANT(STAP_PCPU_HOT_CURRENT, COMPAT_PCPU_HOT_OFFSET(current_task));
	CONSTANT(STAP_PCPU_HOT_CPU, COMPAT_PCPU_HOT_OFFSET(cpu_number));
}
