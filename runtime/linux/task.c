/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The current task, as access.h asks for it.  Identities are those of the initial
 * name spaces.
 */
#include "runtime.h"

#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/uidgid.h>

s64 script_pid(void)
{
	return current->tgid;
}

s64 script_tid(void)
{
	return current->pid;
}

s64 script_ppid(void)
{
	s64 pid;

	rcu_read_lock();
	pid = rcu_dereference(current->real_parent)->tgid;
	rcu_read_unlock();
	return pid;
}

s64 script_uid(void)
{
	return from_kuid(&init_user_ns, current_uid());
}

s64 script_euid(void)
{
	return from_kuid(&init_user_ns, current_euid());
}

s64 script_gid(void)
{
	return from_kgid(&init_user_ns, current_gid());
}

s64 script_egid(void)
{
	return from_kgid(&init_user_ns, current_egid());
}

s64 script_cpu(void)
{
	return raw_smp_processor_id();
}

s64 script_current(void)
{
	return (s64)(unsigned long)current;
}

void script_execname(char *to, unsigned size)
{
	strscpy(to, current->comm, size);
}

struct script_regs *script_user_regs(void)
{
	return current->mm ? (struct script_regs *)task_pt_regs(current) : NULL;
}
