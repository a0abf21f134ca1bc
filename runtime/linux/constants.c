/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of this kernel that a translated script needs.  Compiled to assembly only; every
 * DEFINE(NAME, value) leaves a line "->NAME $value text" from which the recipe makes
 * constants.h ("#define NAME value").
 */
#include <linux/kbuild.h>
#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/kprobes.h>
#include <asm/ptrace.h>
#include "compat.h"

/* The contract of script_regs: checked here once, relied on everywhere. */
_Static_assert(offsetof(struct pt_regs, di) == 14 * 8, "pt_regs.di");
_Static_assert(offsetof(struct pt_regs, sp) == 19 * 8, "pt_regs.sp");

int main(void);

int main(void)
{
	DEFINE(STAP_HZ, HZ);
	DEFINE(STAP_PAGE_SIZE, PAGE_SIZE);
	DEFINE(STAP_TASK_PID, offsetof(struct task_struct, pid));
	DEFINE(STAP_TASK_TGID, offsetof(struct task_struct, tgid));
	DEFINE(STAP_TASK_COMM, offsetof(struct task_struct, comm));
	DEFINE(STAP_TASK_COMM_LEN, TASK_COMM_LEN);
	DEFINE(STAP_TASK_MM, offsetof(struct task_struct, mm));
	DEFINE(STAP_TASK_CRED, offsetof(struct task_struct, cred));
	DEFINE(STAP_TIF_SIGPENDING, TIF_SIGPENDING);
	DEFINE(STAP_TASK_REAL_PARENT, offsetof(struct task_struct, real_parent));
	DEFINE(STAP_TASK_GROUP_LEADER, offsetof(struct task_struct, group_leader));
	DEFINE(STAP_CRED_UID, offsetof(struct cred, uid));
	DEFINE(STAP_CRED_GID, offsetof(struct cred, gid));
	DEFINE(STAP_CRED_EUID, offsetof(struct cred, euid));
	DEFINE(STAP_CRED_EGID, offsetof(struct cred, egid));
	DEFINE(STAP_RETURN_INSTANCE_DATA, offsetof(struct kretprobe_instance, data));
	DEFINE(STAP_RETURN_ADDRESS, COMPAT_RETURN_ADDRESS);
	DEFINE(STAP_EXTABLE_TYPED, COMPAT_EXTABLE_TYPED);
	DEFINE(STAP_EXTABLE_DEFAULT, COMPAT_EXTABLE_DEFAULT);
	DEFINE(STAP_PREEMPT_COUNT, IS_ENABLED(CONFIG_PREEMPT_COUNT));
	DEFINE(STAP_PCPU_HOT, COMPAT_PCPU_HOT);
	DEFINE(STAP_PCPU_HOT_PREEMPT, COMPAT_PCPU_HOT_OFFSET(preempt_count));
	DEFINE(STAP_PCPU_HOT_CURRENT, COMPAT_PCPU_HOT_OFFSET(current_task));
	DEFINE(STAP_PCPU_HOT_CPU, COMPAT_PCPU_HOT_OFFSET(cpu_number));
	return 0;
}
