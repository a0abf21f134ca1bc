/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of single threads: what @perf reads of perf....process("PATH").counter("NAME").
 *
 * Each thread that runs the program has a perf event of its own.  Those that are there when the row is armed get it then.
 * Later ones are seen by tracepoints (exec, fork), where nothing may sleep: they leave the thread a task work, which it
 * does before the program's first instruction.  When the thread exits, or runs something else, it
 * is no longer found at once; a work item releases what it had.
 *
 * A handler finds the event of its thread in a hash, without a lock, in any context.  All memory but the events' own is
 * taken when the row is armed; threads that find no room are told of.
 */
#include "mechanism.h"

#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/perf_event.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/static_call.h>
#include <linux/task_work.h>
#include <linux/tracepoint.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include "event_count.h"
#include "program.h"

#define THREADS_MAX 2048
#define BUCKET_BITS 9

/* Who opens the event of a thread, and is not done yet: its structure stays. */
enum opener { OPENER_NONE, OPENER_ARMING, OPENER_THREAD };

struct thread {
	struct hlist_node node;		/* in a bucket, under RCU */
	struct list_head list;		/* in one of the lists of its counting */
	struct callback_head work;
	struct counting *counting;
	struct task_struct *task;	/* with a reference */
	struct perf_event *event;	/* NULL: not yet, or there is an error */
	int error;
	enum opener opener;
	bool left;
};

enum seen { SEEN_EXEC, SEEN_FORK, SEEN_EXIT, SEEN_KINDS };

struct counting {
	struct script_probe *probe;
	struct perf_event_attr attr;
	struct path program;		/* dentry NULL: it is the target and what that starts */
	pid_t target;
	struct perf_event *keeper;	/* counts nothing: the kernel need not prepare itself for each first thread */
	struct tracepoint *tracepoints[SEEN_KINDS];	/* NULL: not registered */
	struct work_struct release;
	atomic_t opening;		/* threads with an opener */
	atomic_t refused, failed;	/* threads without room, and those whose event could not be opened */
	int error;			/* why not, the last time */
	atomic_t unread;		/* 0 read for one of these */
	raw_spinlock_t lock;		/* of all that follows */
	bool closing;
	struct list_head unused, present, leaving;
	struct hlist_head buckets[1 << BUCKET_BITS];
	struct thread threads[THREADS_MAX];
};

static struct counting *countings[SCRIPT_COUNTERS_MAX];

/* ---- task works, which are not exported ------------------------------------------------------ */

static int no_work_add(struct task_struct *task, struct callback_head *work, enum task_work_notify_mode notify)
{
	return -ENOSYS;
}

static struct callback_head *no_work_cancel COMPAT_TASK_WORK_CANCEL_ARGS(task, which, data)
{
	return NULL;
}

/* As in symbol.c: an indirect call may be refused. */
DEFINE_STATIC_CALL(script_task_work_add, no_work_add);
DEFINE_STATIC_CALL(script_task_work_cancel, no_work_cancel);

static int task_works_prepare(void)
{
	unsigned long add = symbol_address("task_work_add"), cancel = symbol_address(COMPAT_TASK_WORK_CANCEL);

	if (!add || !cancel)
		return -ENOSYS;
	static_call_update(script_task_work_add, (typeof(&no_work_add))add);
	static_call_update(script_task_work_cancel, (typeof(&no_work_cancel))cancel);
	return 0;
}

/* A task that has done its work is on its way out of this module's text. */
static bool task_works_ran;

/* ---- threads that are counted ----------------------------------------------------------------- */

static struct hlist_head *bucket_of(struct counting *counting, const struct task_struct *task)
{
	return &counting->buckets[hash_ptr(task, BUCKET_BITS)];
}

/* Under RCU or the lock. */
static struct thread *thread_find(struct counting *counting, const struct task_struct *task)
{
	struct thread *thread;

	hlist_for_each_entry_rcu(thread, bucket_of(counting, task), node, true)
		if (thread->task == task)
			return thread;
	return NULL;
}

/* It is counted from now on; NULL: it is already, or there is no room. */
static struct thread *thread_add(struct counting *counting, struct task_struct *task, enum opener opener)
{
	struct thread *thread = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&counting->lock, flags);
	if (!thread_find(counting, task)) {
		thread = list_first_entry_or_null(&counting->unused, struct thread, list);
		if (!thread)
			atomic_inc(&counting->refused);
	}
	if (thread) {
		thread->task = get_task_struct(task);
		thread->event = NULL;
		thread->error = 0;
		thread->left = false;
		thread->opener = opener;
		atomic_inc(&counting->opening);
		list_move_tail(&thread->list, &counting->present);
		hlist_add_head_rcu(&thread->node, bucket_of(counting, task));
	}
	raw_spin_unlock_irqrestore(&counting->lock, flags);
	return thread;
}

static void release_soon(struct counting *counting)
{
	if (!counting->closing)
		schedule_work(&counting->release);
}

/* It is counted no more.  Was it? */
static bool thread_remove(struct counting *counting, const struct task_struct *task)
{
	struct thread *thread;
	unsigned long flags;

	raw_spin_lock_irqsave(&counting->lock, flags);
	thread = thread_find(counting, task);
	if (thread) {
		hlist_del_rcu(&thread->node);
		list_move_tail(&thread->list, &counting->leaving);
		WRITE_ONCE(thread->left, true);
		if (thread->opener == OPENER_NONE)
			release_soon(counting);
	}
	raw_spin_unlock_irqrestore(&counting->lock, flags);
	return thread;
}

/* The opener is done with it.  After the last one `counting` may be gone. */
static void thread_opened(struct thread *thread, int error)
{
	struct counting *counting = thread->counting;
	unsigned long flags;

	raw_spin_lock_irqsave(&counting->lock, flags);
	if (error && error != -ESRCH && !thread->left) {	/* ESRCH: it is about to exit */
		WRITE_ONCE(thread->error, error);
		counting->error = error;
		atomic_inc(&counting->failed);
	}
	thread->opener = OPENER_NONE;
	if (thread->left)
		release_soon(counting);
	raw_spin_unlock_irqrestore(&counting->lock, flags);
	if (atomic_dec_and_test(&counting->opening))
		wake_up_var(&counting->opening);
}

static void thread_open(struct thread *thread)
{
	struct perf_event *event = NULL;

	if (!READ_ONCE(thread->left))
		event = perf_event_create_kernel_counter(&thread->counting->attr, -1, thread->task, NULL, NULL);
	if (!IS_ERR(event))
		smp_store_release(&thread->event, event);
	thread_opened(thread, PTR_ERR_OR_ZERO(event));
}

static void thread_opens_its_own(struct callback_head *work)
{
	WRITE_ONCE(task_works_ran, true);
	thread_open(container_of(work, struct thread, work));
}

/* Those that left and that nobody opens any more; may sleep. */
static void threads_release(struct counting *counting)
{
	struct thread *thread, *next;
	LIST_HEAD(released);

	raw_spin_lock_irq(&counting->lock);
	list_for_each_entry_safe(thread, next, &counting->leaving, list)
		if (thread->opener == OPENER_NONE)
			list_move_tail(&thread->list, &released);
	raw_spin_unlock_irq(&counting->lock);
	if (list_empty(&released))
		return;
	synchronize_rcu();
	list_for_each_entry(thread, &released, list) {
		if (thread->event)
			perf_event_release_kernel(thread->event);
		put_task_struct(thread->task);
	}
	raw_spin_lock_irq(&counting->lock);
	list_splice_tail(&released, &counting->unused);
	raw_spin_unlock_irq(&counting->lock);
}

static void release_work(struct work_struct *work)
{
	threads_release(container_of(work, struct counting, release));
}

/* ---- threads come and go --------------------------------------------------------------------------- */

/* current, or one that is not there yet. */
static void thread_comes(struct counting *counting, struct task_struct *task)
{
	struct thread *thread = thread_add(counting, task, OPENER_THREAD);
	int error;

	if (!thread)
		return;
	init_task_work(&thread->work, thread_opens_its_own);
	error = static_call(script_task_work_add)(task, &thread->work, TWA_RESUME);
	if (error)
		thread_opened(thread, error);
}

/* What it ran before is over. */
static void saw_exec(void *data, struct task_struct *task, pid_t old_pid, struct linux_binprm *program)
{
	struct counting *counting = data;
	bool was_counted = thread_remove(counting, task);

	if (counting->program.dentry ? task_runs_program(task, &counting->program) :
	    was_counted || task->tgid == counting->target)
		thread_comes(counting, task);
}

static bool is_counted(struct counting *counting, const struct task_struct *task)
{
	bool found;

	rcu_read_lock();
	found = thread_find(counting, task);
	rcu_read_unlock();
	return found;
}

static void saw_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	struct counting *counting = data;

	if (counting->program.dentry ? task_runs_program(child, &counting->program) :
	    is_counted(counting, parent) || parent->tgid == counting->target)
		thread_comes(counting, child);
}

static void saw_exit COMPAT_TRACE_EXIT_ARGS(data, task)
{
	thread_remove(data, task);
}

/* At the end of a thread the script's handlers come first: its count can still be read. */
static const struct { const char *name; void *function; int priority; } tracepoints[SEEN_KINDS] = {
	[SEEN_EXEC] = { "sched_process_exec", saw_exec, TRACEPOINT_DEFAULT_PRIO + 1 },
	[SEEN_FORK] = { "sched_process_fork", saw_fork, TRACEPOINT_DEFAULT_PRIO },
	[SEEN_EXIT] = { "sched_process_exit", saw_exit, TRACEPOINT_DEFAULT_PRIO - 1 },
};

static int tracepoints_register(struct counting *counting)
{
	struct tracepoint *found;
	int i, error;

	for (i = 0; i < SEEN_KINDS; i++) {
		found = tracepoint_find(tracepoints[i].name);
		error = found ? tracepoint_probe_register_prio(found, tracepoints[i].function, counting,
							       tracepoints[i].priority) : -ENOENT;
		if (error)
			return error;
		counting->tracepoints[i] = found;
	}
	return 0;
}

static void tracepoints_unregister(struct counting *counting)
{
	int i;

	for (i = 0; i < SEEN_KINDS; i++)
		if (counting->tracepoints[i])
			tracepoint_probe_unregister(counting->tracepoints[i], tracepoints[i].function, counting);
	tracepoint_synchronize_unregister();
}

/* ---- threads that are there --------------------------------------------------------------------- */

static bool is_concerned(struct counting *counting, struct task_struct *task)
{
	bool yes;

	if (!counting->program.dentry)
		return task->tgid == counting->target && !(task->flags & PF_EXITING);
	task_lock(task);
	yes = task_runs_program(task, &counting->program) && !(task->flags & PF_EXITING);
	task_unlock(task);
	return yes;
}

/* One that left before it was added was not seen by the tracepoints: so it is looked at again. */
static void threads_add_all(struct counting *counting)
{
	struct task_struct *process, *task;

	rcu_read_lock();
	for_each_process_thread(process, task)
		if (is_concerned(counting, task) && thread_add(counting, task, OPENER_ARMING) &&
		    !is_concerned(counting, task))
			thread_remove(counting, task);
	rcu_read_unlock();
}

static void threads_open_all(struct counting *counting)
{
	unsigned i;

	for (i = 0; i < THREADS_MAX; i++)
		if (READ_ONCE(counting->threads[i].opener) == OPENER_ARMING)
			thread_open(&counting->threads[i]);
}

/* ---- reading --------------------------------------------------------------------------------------- */

/* Should it have been counted, and is not? */
static bool is_missed(struct counting *counting, const struct thread *thread)
{
	if (thread)
		return READ_ONCE(thread->error);
	return atomic_read(&counting->refused) && counting->program.dentry &&
	       task_runs_program(current, &counting->program);
}

s64 script_thread_counter_read(unsigned number)
{
	struct counting *counting = READ_ONCE(countings[number]);
	struct thread *thread = counting ? thread_find(counting, current) : NULL;
	struct perf_event *event = thread ? smp_load_acquire(&thread->event) : NULL;

	if (event)
		return event_count(event);
	if (counting && is_missed(counting, thread))
		atomic_inc(&counting->unread);
	return 0;
}

/* ---- a row ---------------------------------------------------------------------------------------- */

static struct counting *counting_new(struct script_probe *probe)
{
	const struct script_spec_thread_counter *spec = probe->spec;
	struct counting *counting = kvzalloc(sizeof(*counting), GFP_KERNEL);
	unsigned i;

	if (!counting)
		return NULL;
	counting->probe = probe;
	counting->attr.size = sizeof(counting->attr);
	counting->attr.type = spec->type;
	counting->attr.config = spec->config;
	raw_spin_lock_init(&counting->lock);
	INIT_WORK(&counting->release, release_work);
	INIT_LIST_HEAD(&counting->unused);
	INIT_LIST_HEAD(&counting->present);
	INIT_LIST_HEAD(&counting->leaving);
	for (i = 0; i < THREADS_MAX; i++) {
		counting->threads[i].counting = counting;
		list_add_tail(&counting->threads[i].list, &counting->unused);
	}
	return counting;
}

static int find_target(struct counting *counting)
{
	struct task_struct *task = target_task();

	if (!task)
		return -ESRCH;
	counting->target = task->tgid;
	put_task_struct(task);
	return 0;
}

/* Also shows whether the kernel and the machine can count such events. */
static int keeper_open(struct counting *counting)
{
	struct perf_event_attr attr = counting->attr;
	struct perf_event *event;

	attr.disabled = 1;
	event = perf_event_create_kernel_counter(&attr, -1, current, NULL, NULL);
	if (IS_ERR(event))
		return PTR_ERR(event);
	counting->keeper = event;
	return 0;
}

static int counting_start(struct counting *counting, const char *program)
{
	int error = program ? kern_path(program, LOOKUP_FOLLOW, &counting->program) : find_target(counting);

	error = error ?: keeper_open(counting);
	error = error ?: task_works_prepare();
	error = error ?: tracepoints_register(counting);
	if (error)
		return error;
	threads_add_all(counting);
	threads_open_all(counting);
	return 0;
}

static bool __maybe_unused is_own_work(struct callback_head *work, void *counting)
{
	return work->func == thread_opens_its_own && container_of(work, struct thread, work)->counting == counting;
}

/* Works that wait in threads which do not run, as a debugger may stop them.  On Linux 5.10 these can be
 * another row's, which then counts the thread as failed. */
static void works_cancel(struct counting *counting)
{
	struct callback_head *work;
	struct thread *thread;
	unsigned i;

	for (i = 0; i < THREADS_MAX; i++) {
		thread = &counting->threads[i];
		while (READ_ONCE(thread->opener) == OPENER_THREAD &&
		       (work = compat_task_work_cancel(static_call(script_task_work_cancel), thread->task,
						       is_own_work, thread_opens_its_own, counting)))
			thread_opened(container_of(work, struct thread, work), -ECANCELED);
	}
}

static void report_missed(const struct counting *counting)
{
	unsigned refused = atomic_read(&counting->refused), failed = atomic_read(&counting->failed);
	unsigned unread = atomic_read(&counting->unread);
	const char *name = counting->probe->name;

	if (refused)
		control_line("warning %s: %u threads were not counted: more than %u at once\n", name, refused, THREADS_MAX);
	if (failed)
		control_line("warning %s: %u threads could not be counted: %pe\n", name, failed, ERR_PTR(counting->error));
	if (unread)
		control_line("warning %s: in threads without a counter 0 was read %u times\n", name, unread);
}

/* No handler reads it any more. */
static void counting_end(struct counting *counting)
{
	tracepoints_unregister(counting);
	raw_spin_lock_irq(&counting->lock);
	counting->closing = true;
	list_splice_tail_init(&counting->present, &counting->leaving);
	raw_spin_unlock_irq(&counting->lock);
	cancel_work_sync(&counting->release);
	report_missed(counting);
	works_cancel(counting);
	wait_var_event(&counting->opening, !atomic_read(&counting->opening));
	threads_release(counting);
	if (counting->keeper)
		perf_event_release_kernel(counting->keeper);
	path_put(&counting->program);
	kvfree(counting);
	if (xchg(&task_works_ran, false))
		synchronize_rcu_tasks();
}

static int thread_counter_arm(struct script_probe *probe)
{
	const struct script_spec_thread_counter *spec = probe->spec;
	struct counting *counting = counting_new(probe);
	int error = counting ? counting_start(counting, spec->program) : -ENOMEM;

	if (!error) {
		probe->state = counting;
		smp_store_release(&countings[spec->number], counting);
	} else if (counting)
		counting_end(counting);
	return error;
}

static void thread_counter_disarm(struct script_probe *probe)
{
	const struct script_spec_thread_counter *spec = probe->spec;

	WRITE_ONCE(countings[spec->number], NULL);
	synchronize_rcu();
	counting_end(probe->state);
	probe->state = NULL;
}

const struct script_mechanism script_mech_thread_counter = {
	.name = "thread_counter",
	.arm = thread_counter_arm,
	.disarm = thread_counter_disarm,
};
