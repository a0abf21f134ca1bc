/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom .process and .process("PATH") of perf probes mean. */
#ifndef LINUX_PROBES_PROGRAM_H
#define LINUX_PROBES_PROGRAM_H

#include <linux/fs.h>
#include <linux/path.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

/*
 * Does a task run the program?  Its mm must stay: it is current, not there yet, or locked.  With it stays the file's
 * structure until RCU has seen us leave.
 */
static inline bool task_runs_program(const struct task_struct *task, const struct path *program)
{
	struct mm_struct *mm = task->mm;
	struct file *file = mm && !(task->flags & PF_KTHREAD) ? rcu_dereference_raw(mm->exe_file) : NULL;

	return file && file_inode(file) == d_inode(program->dentry);
}

/* The process of -c or -x with a reference, or NULL.  Process context, in the name space of staprun. */
static inline struct task_struct *target_task(void)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(find_vpid(script_target_pid), PIDTYPE_PID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

#endif
