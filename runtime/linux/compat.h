/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Differences between kernels, and nowhere else.  Each group names what changed and
 * gives one spelling that works everywhere.  Which kernel is which tells features.h, that stap writes
 * from its table of features (stap/build/features.c) before the runtime is built.
 */
#ifndef LINUX_COMPAT_H
#define LINUX_COMPAT_H

#include "features.h"

/* Exception table entries carry a type (5.16); before, the address of a handler. */
#if KERNEL_HAS_EXTABLE_TYPES
#include <asm/extable_fixup_types.h>
#define COMPAT_EXTABLE_TYPED 1
#define COMPAT_EXTABLE_DEFAULT EX_TYPE_DEFAULT
#else
#define COMPAT_EXTABLE_TYPED 0
#define COMPAT_EXTABLE_DEFAULT 0
#endif

/* current, preempt_count and the CPU number lived in one per-CPU struct from 6.2 to 6.14. */
#if KERNEL_HAS_PCPU_HOT
#include <asm/current.h>
#define COMPAT_PCPU_HOT 1
#define COMPAT_PCPU_HOT_OFFSET(member) offsetof(struct pcpu_hot, member)
#else
#define COMPAT_PCPU_HOT 0
#define COMPAT_PCPU_HOT_OFFSET(member) 0
#endif

/* The fourth argument of a function tracer is a ftrace_regs (5.11); before, a pt_regs that
 * is only there on request. */
#if KERNEL_HAS_FTRACE_REGS
#define COMPAT_FTRACE_ARGS_FLAG 0
#else
#define COMPAT_FTRACE_ARGS_FLAG FTRACE_OPS_FL_SAVE_REGS
#endif

/* Many addresses at once can be set in a filter from 5.18 on.  Before, one that is in use should not be changed
 * by many: each means a look at all functions. */
#define COMPAT_FTRACE_MANY KERNEL_HAS_FTRACE_FILTER_IPS
#if COMPAT_FTRACE_MANY
#define compat_ftrace_set_filter_ips(ops, addresses, count, remove) \
	ftrace_set_filter_ips(ops, addresses, count, remove, 0)
#else
#define compat_ftrace_set_filter_ips(ops, addresses, count, remove)		\
	({									\
		int set_error = 0;						\
		unsigned set_i;							\
										\
		for (set_i = 0; set_i < (count) && !set_error; set_i++)		\
			set_error = ftrace_set_filter_ip(ops, (addresses)[set_i], remove, 0); \
		set_error;							\
	})
#endif

/* kallsyms_lookup_name() searches by name from 6.2 on; before, it goes through all symbols. */
#define COMPAT_LOOKUP_IS_FAST KERNEL_HAS_KALLSYMS_BY_NAME

/* kallsyms_on_each_symbol() callbacks lost their module argument in 6.4. */
#if KERNEL_HAS_KALLSYMS_MODULE
#define COMPAT_EACH_SYMBOL_ARGS(data, name, address) \
	(void *data, const char *name, struct module *unused, unsigned long address)
#else
#define COMPAT_EACH_SYMBOL_ARGS(data, name, address) \
	(void *data, const char *name, unsigned long address)
#endif

/* hrtimer_init() became hrtimer_setup() (6.13; hrtimer_init() left in 6.15). */
#if KERNEL_HAS_HRTIMER_SETUP
#define compat_hrtimer_setup(timer, function) \
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_REL)
#else
#define compat_hrtimer_setup(timer, callback)				\
	do {								\
		hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);	\
		(timer)->function = (callback);				\
	} while (0)
#endif

/* PDE_DATA() became pde_data() (5.17). */
#if KERNEL_HAS_PDE_DATA_FUNCTION
#define compat_pde_data(inode) PDE_DATA(inode)
#else
#define compat_pde_data(inode) pde_data(inode)
#endif

/* The kretprobe of an instance is asked for by a function (5.11). */
#if KERNEL_HAS_KRETPROBE_OWNER
#define compat_get_kretprobe(instance) ((instance)->rp)
#else
#define compat_get_kretprobe(instance) get_kretprobe(instance)
#endif

/* An instance knows itself where the call returns to, until rethook (5.18) came.  In the registers of a
 * return there was only the trampoline's address before 5.16. */
#if KERNEL_HAS_KRETPROBE_ADDRESS
#define COMPAT_RETURN_ADDRESS offsetof(struct kretprobe_instance, ret_addr)
#define compat_set_return(regs, instance) ((regs)->ip = (unsigned long)(instance)->ret_addr)
#else
#define COMPAT_RETURN_ADDRESS 0
#define compat_set_return(regs, instance) ((void)0)
#endif

/* The kernel's unwinder does not get past the trampoline of a kretprobe before 5.16. */
#define COMPAT_UNWINDS_RETURNS (!KERNEL_HAS_KRETPROBE_ADDRESS || KERNEL_HAS_KRETPROBE_FIND)

/* A module's memory became an array of kinds (6.4). */
#if KERNEL_HAS_MODULE_MEMORY_KINDS
#define compat_module_text(module) ((unsigned long)(module)->mem[MOD_TEXT].base)
#else
#define compat_module_text(module) ((unsigned long)(module)->core_layout.base)
#endif

/* Timers: del_timer_sync() became timer_delete_sync() (6.2; the old name left in 6.15). */
#if KERNEL_HAS_TIMER_DELETE_SYNC
#define compat_timer_delete_sync(timer) timer_delete_sync(timer)
#else
#define compat_timer_delete_sync(timer) del_timer_sync(timer)
#endif

/* A task's work can be looked for by a function of the caller's (5.13); before, by what it calls. */
#if KERNEL_HAS_TASK_WORK_MATCH
#define COMPAT_TASK_WORK_CANCEL "task_work_cancel_match"
#define COMPAT_TASK_WORK_CANCEL_ARGS(task, which, data) \
	(struct task_struct *task, bool (*which)(struct callback_head *work, void *data), void *data)
#define compat_task_work_cancel(call, task, match, function, data) call(task, match, data)
#else
#define COMPAT_TASK_WORK_CANCEL "task_work_cancel"
#define COMPAT_TASK_WORK_CANCEL_ARGS(task, which, data) (struct task_struct *task, task_work_func_t which)
#define compat_task_work_cancel(call, task, match, function, data) call(task, function)
#endif

/* The tracepoint sched_process_exit tells also whether the process is over (6.16). */
#if KERNEL_HAS_EXIT_TELLS_GROUP
#define COMPAT_TRACE_EXIT_ARGS(data, task) (void *data, struct task_struct *task, bool group_dead)
#else
#define COMPAT_TRACE_EXIT_ARGS(data, task) (void *data, struct task_struct *task)
#endif

#endif
