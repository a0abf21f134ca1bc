/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Library functions about tasks and the machine that fields of structs cannot answer: ids in
 * name spaces, finding a task, clocks of other CPUs.
 */
#include "../runtime.h"

#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/loadavg.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>
#include "../../tapset/tapset.h"

s64 tapset_pgrp(void)
{
	return task_pgrp_nr_ns(current, &init_pid_ns);
}

s64 tapset_sid(void)
{
	return task_session_nr_ns(current, &init_pid_ns);
}

bool tapset_is_myproc(void)
{
	return script_uid() == script_facts.user_id;
}

s64 tapset_cpu_time(bool system)
{
	return system ? current->stime : current->utime;
}

void tapset_parent_execname(char *to, unsigned size)
{
	rcu_read_lock();
	strscpy(to, rcu_dereference(current->real_parent)->comm, size);
	rcu_read_unlock();
}

static struct task_struct *find_task(s64 tid)
{
	return pid_task(find_pid_ns((int)tid, &init_pid_ns), PIDTYPE_PID);
}

s64 tapset_find_task(struct context *c, s64 tid)
{
	struct task_struct *task;

	(void)c;
	rcu_read_lock();
	task = find_task(tid);
	rcu_read_unlock();
	return (s64)(unsigned long)task;
}

/* ---- name spaces ----------------------------------------------------------------------- */

struct target_spaces {
	struct pid_namespace *pids;
	struct user_namespace *users;
};

/* Those of the process that --target-namespaces named, else the loader's.  Under RCU. */
static struct target_spaces target_spaces(void)
{
	s64 pid = script_facts.namespaces_pid ? : script_facts.loader_pid;
	struct task_struct *task = pid ? find_task(pid) : NULL;
	struct pid_namespace *pids = task ? task_active_pid_ns(task) : NULL;

	return (struct target_spaces){
		.pids = pids ? : &init_pid_ns,
		.users = task ? task_cred_xxx(task, user_ns) : &init_user_ns,
	};
}

static s64 id_in(struct task_struct *task, struct target_spaces in, enum tapset_id which)
{
	const struct cred *cred = rcu_dereference(task->real_cred);

	switch (which) {
	case TAPSET_PID:
		return task_tgid_nr_ns(task, in.pids);
	case TAPSET_TID:
		return task_pid_nr_ns(task, in.pids);
	case TAPSET_PPID:
		return task_tgid_nr_ns(rcu_dereference(task->real_parent), in.pids);
	case TAPSET_PGRP:
		return task_pgrp_nr_ns(task, in.pids);
	case TAPSET_SID:
		return task_session_nr_ns(task, in.pids);
	case TAPSET_UID:
		return from_kuid_munged(in.users, cred->uid);
	case TAPSET_EUID:
		return from_kuid_munged(in.users, cred->euid);
	case TAPSET_GID:
		return from_kgid_munged(in.users, cred->gid);
	default:
		return from_kgid_munged(in.users, cred->egid);
	}
}

/* The task at an address if there really is one, else NULL. Under RCU. */
static struct task_struct *checked_task(s64 address)
{
	struct task_struct *task = (struct task_struct *)(unsigned long)address;
	pid_t tid;

	if (!script_copy_kernel(&tid, (u64)(unsigned long)&task->pid, sizeof(tid)))
		return NULL;
	return find_task(tid) == task ? task : NULL;
}

s64 tapset_namespace_id(struct context *c, s64 address, enum tapset_id which)
{
	struct task_struct *task;
	s64 id = 0;

	rcu_read_lock();
	task = address ? checked_task(address) : current;
	if (task)
		id = id_in(task, target_spaces(), which);
	else
		script_error(c, "no task at 0x%llx", address);
	rcu_read_unlock();
	return id;
}

/* ---- the machine ------------------------------------------------------------------------- */

s64 tapset_cpu_clock(s64 cpu)
{
	if (cpu < 0 || cpu >= nr_cpu_ids || !cpu_possible((unsigned int)cpu))
		return 0;
	return (s64)cpu_clock((int)cpu);
}

s64 tapset_page_size(void)
{
	return PAGE_SIZE;
}

s64 tapset_load_average(s64 index)
{
	return (s64)READ_ONCE(avenrun[index]);
}

s64 tapset_memory_node(struct context *c, s64 address)
{
	void *at = (void *)(unsigned long)address;

	if (!virt_addr_valid(at)) {
		script_error(c, "addr_to_node: 0x%llx is no address of ordinary memory", address);
		return 0;
	}
	return page_to_nid(virt_to_page(at));
}

s64 tapset_module_address(struct context *c)
{
	(void)c;
	return (s64)(unsigned long)THIS_MODULE;
}
