/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/systemtap/MODULE/.cmd: staprun's hold on the session (wire.h says what is
 * written and read).  As long as it is open somebody attends; when it is closed, by
 * whatever end the process met, the session ends.
 *
 * Reading blocks inside the file operation rather than in poll(): procfs waits for
 * operations under way before a file goes, but knows nothing of sleepers on a wait
 * queue, which would be left in freed memory when the module is removed under them.
 */
#include "runtime.h"

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "../tapset/tapset.h"

struct line {
	struct list_head list;
	unsigned length;
	char text[];
};

static LIST_HEAD(lines);
static DEFINE_MUTEX(lines_mutex);
static DECLARE_WAIT_QUEUE_HEAD(reader_queue);
int control_reader_waits;
pid_t control_carriers[CONTROL_CARRIERS];
bool control_output_open = true;

static unsigned long attached;		/* bit 0: .cmd is open */
static bool detached;			/* closing does not end the session */
static bool closing;			/* the module is being removed */
static bool exit_told;
static bool poked;			/* the read shall return */

#define WAIT_MS 200

/* ---- lines for staprun ------------------------------------------------------------------- */

void control_line(const char *format, ...)
{
	struct line *line = kmalloc(sizeof(*line) + WIRE_LINE_MAX, GFP_KERNEL);
	va_list args;

	if (!line)
		return;
	va_start(args, format);
	line->length = vscnprintf(line->text, WIRE_LINE_MAX, format, args);
	va_end(args);
	if (line->length && line->text[line->length - 1] != '\n')
		line->text[line->length - 1] = '\n';
	mutex_lock(&lines_mutex);
	list_add_tail(&line->list, &lines);
	mutex_unlock(&lines_mutex);
	wake_up_interruptible(&reader_queue);
}

static struct line *line_take(size_t room)
{
	struct line *line;

	mutex_lock(&lines_mutex);
	line = list_first_entry_or_null(&lines, struct line, list);
	if (line && line->length > room)
		line = NULL;
	if (line)
		list_del(&line->list);
	mutex_unlock(&lines_mutex);
	return line;
}

/* ---- waking ---------------------------------------------------------------------------------- */

static void stop_unattended(struct work_struct *work)
{
	session_stop();
}

static DECLARE_WORK(stop_work, stop_unattended);

static bool end_wanted(void)
{
	int state = READ_ONCE(script_state);

	return state == SCRIPT_STOPPING || state == SCRIPT_ERROR;
}

void control_wake(void)
{
	WRITE_ONCE(control_reader_waits, 0);
	if (end_wanted() && !test_bit(0, &attached))
		schedule_work(&stop_work);
	wake_up_interruptible(&reader_queue);
}

/* Apart: once for each time that the reader waits, not for each hit. */
noinline void control_notify(void)
{
	WRITE_ONCE(control_reader_waits, 0);
	irq_work_queue(&script_this_context()->runtime->wake);
}

/* ---- reading ------------------------------------------------------------------------------------ */

static bool exit_is_news(void)
{
	return end_wanted() && !exit_told;
}

static bool reader_has_work(void)
{
	return !list_empty_careful(&lines) || exit_is_news() || rings_have_news() || closing;
}

/* Look again now and then: control_reader_waits is cleared by whoever wakes us first. */
static int wait_for_work(void)
{
	long left = 0;

	while (!left) {
		WRITE_ONCE(control_reader_waits, 1);
		smp_mb(); /* the writer publishes its record, then looks at control_reader_waits */
		left = wait_event_interruptible_timeout(reader_queue, reader_has_work() || poked,
							msecs_to_jiffies(WAIT_MS));
	}
	WRITE_ONCE(control_reader_waits, 0);
	WRITE_ONCE(control_output_open, reader_has_work());
	poked = false;
	return left < 0 ? left : 0;
}

static ssize_t give_text(char __user *buffer, const char *text, size_t length)
{
	return copy_to_user(buffer, text, length) ? -EFAULT : (ssize_t)length;
}

static ssize_t give_exit(char __user *buffer, size_t size)
{
	static const char text[] = "exit\n";

	if (!exit_is_news() || size < sizeof(text))
		return 0;
	exit_told = true;
	return give_text(buffer, text, sizeof(text) - 1);
}

/* The line is taken before the round begins: with "ended", the last one, everything has been stamped. */
static ssize_t control_read(struct file *file, char __user *buffer, size_t size, loff_t *at)
{
	struct line *line;
	ssize_t length;

	if (wait_for_work() < 0)
		return -EINTR;
	if (closing)
		return -ENODEV;
	line = line_take(size);
	rings_settle();
	if (!line)
		return give_exit(buffer, size);
	length = give_text(buffer, line->text, line->length);
	kfree(line);
	return length;
}

/* ---- commands --------------------------------------------------------------------------------------- */

static const struct script_global *global_find(const char *name)
{
	unsigned i;

	for (i = 0; i < script_global_count; i++)
		if (!strcmp(script_globals[i].name, name))
			return &script_globals[i];
	return NULL;
}

/* NAME=VALUE.  Unknown names are ignored, as the command line of staprun is documented. */
static int command_set(char *argument)
{
	const struct script_global *global;
	char *value = strchr(argument, '=');

	if (!value)
		return -EINVAL;
	*value++ = 0;
	global = global_find(argument);
	if (!global)
		return 0;
	if (global->string) {
		strscpy(global->string, value, script_config.max_string);
		return 0;
	}
	return kstrtoll(value, 0, global->number) ?
		kstrtoull(value, 0, (unsigned long long *)global->number) : 0;
}

static int command_buffer(char *argument)
{
	unsigned kb;

	return kstrtouint(argument, 10, &kb) ?: rings_resize(kb);
}

static int command_bulk(char *argument)
{
	return script_config.bulk ? 0 : -ENODATA;
}

static int command_target(char *argument)
{
	return kstrtoll(argument, 10, &script_target_pid);
}

/* The first is who opened the control file. */
static int command_carrier(char *argument)
{
	unsigned i = 1;

	while (i < CONTROL_CARRIERS && control_carriers[i])
		i++;
	return i < CONTROL_CARRIERS ? kstrtoint(argument, 10, &control_carriers[i]) : -ENOSPC;
}

static int command_fact(char *argument)
{
	char *value = strchr(argument, '=');

	if (!value)
		return -EINVAL;
	*value++ = 0;
	return script_fact_set(argument, value) ? 0 : -EINVAL;
}

static int command_start(char *argument)
{
	return session_start();
}

static int command_end(char *argument)
{
	session_end_request(SCRIPT_STOPPING);
	return 0;
}

static int command_stop(char *argument)
{
	session_stop();
	return 0;
}

static int command_poke(char *argument)
{
	poked = true;
	wake_up_interruptible(&reader_queue);
	return 0;
}

static int command_detach(char *argument)
{
	detached = true;
	return 0;
}

static const struct command {
	const char *name;
	int (*run)(char *argument);
} commands[] = {
	{ "set", command_set },
	{ "buffer", command_buffer },
	{ "bulk", command_bulk },
	{ "target", command_target },
	{ "carrier", command_carrier },
	{ "fact", command_fact },
	{ "start", command_start },
	{ "end", command_end },
	{ "stop", command_stop },
	{ "poke", command_poke },
	{ "detach", command_detach },
};

static int command_run(char *text)
{
	char *argument = strim(text), *name = strsep(&argument, " ");
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return commands[i].run(argument ? argument : "");
	return -EINVAL;
}

static ssize_t control_write(struct file *file, const char __user *buffer, size_t size,
			     loff_t *at)
{
	char *text;
	int error;

	if (size >= WIRE_LINE_MAX)
		return -E2BIG;
	text = memdup_user_nul(buffer, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	error = command_run(text);
	kfree(text);
	return error ? error : (ssize_t)size;
}

/* ---- attaching ------------------------------------------------------------------------------------------ */

static int control_open(struct inode *inode, struct file *file)
{
	if (test_and_set_bit(0, &attached))
		return -EBUSY;
	detached = false;
	exit_told = false;
	memset(control_carriers, 0, sizeof(control_carriers));
	control_carriers[0] = current->tgid;
	return 0;
}

static int control_close_file(struct inode *inode, struct file *file)
{
	clear_bit(0, &attached);
	if (!detached && !closing)
		schedule_work(&stop_work);
	return 0;
}

static const struct proc_ops control_operations = {
	.proc_open = control_open,
	.proc_read = control_read,
	.proc_write = control_write,
	.proc_release = control_close_file,
};

static struct proc_dir_entry *control_entry;

int control_init(void)
{
	control_entry = proc_create(WIRE_COMMAND, 0600, transport_directory, &control_operations);
	return control_entry ? 0 : -ENOMEM;
}

/* staprun should still get what the end probes printed, if it is there and reads. */
static void wait_for_reader(void)
{
	unsigned round;

	for (round = 0; round < 100; round++) {
		if (!test_bit(0, &attached) || (list_empty_careful(&lines) && !rings_have_data()))
			return;
		msleep(10);
	}
}

void control_close(void)
{
	wait_for_reader();
	closing = true;
	wake_up_interruptible(&reader_queue);
}

void control_release(void)
{
	struct line *line, *next;

	/* Waits for readers and writers. */
	proc_remove(control_entry);
	cancel_work_sync(&stop_work);
	list_for_each_entry_safe(line, next, &lines, list)
		kfree(line);
	INIT_LIST_HEAD(&lines);
}
