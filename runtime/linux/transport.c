/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a session: /proc/systemtap/MODULE/trace0 ... traceN, through which the
 * rings are read, and the folder that control.c and procfs probes put theirs in.
 *
 * All modules share /proc/systemtap: who comes first makes it, who leaves last removes
 * it.  procfs has no way to do that atomically, so modules take a lock that every kernel
 * has and hardly anything uses: the one of built-in parameters.
 */
#include "runtime.h"

#include <linux/fs.h>
#include <linux/moduleparam.h>
#include <linux/namei.h>
#include <linux/proc_fs.h>
#include <linux/stat.h>
#include <linux/uaccess.h>

struct proc_dir_entry *transport_directory;
static bool shared_directory_used;

/* ---- the shared folder ----------------------------------------------------------------- */

/* Number of sub-folders of /proc/systemtap, or -errno (-ENOENT: it is not there). */
static int shared_directory_count(void)
{
	struct kstat stat;
	struct path path;
	int error = kern_path("/proc/" WIRE_DIRECTORY, LOOKUP_FOLLOW, &path);

	if (error)
		return error;
	error = vfs_getattr(&path, &stat, STATX_NLINK, AT_STATX_SYNC_AS_STAT);
	path_put(&path);
	return error ? error : (int)stat.nlink - 2;
}

static int shared_directory_enter(void)
{
	char path[sizeof(WIRE_DIRECTORY) + MODULE_NAME_LEN + 1];
	int count;

	snprintf(path, sizeof(path), WIRE_DIRECTORY "/%s", THIS_MODULE->name);
	kernel_param_lock(NULL);
	count = shared_directory_count();
	if (count == -ENOENT)
		count = proc_mkdir(WIRE_DIRECTORY, NULL) ? 0 : -ENOMEM;
	if (count >= 0)
		transport_directory = proc_mkdir(path, NULL);
	kernel_param_unlock(NULL);
	return count < 0 ? count : transport_directory ? 0 : -ENOMEM;
}

static void shared_directory_leave(void)
{
	kernel_param_lock(NULL);
	proc_remove(transport_directory);
	transport_directory = NULL;
	if (shared_directory_count() == 0)
		remove_proc_entry(WIRE_DIRECTORY, NULL);
	kernel_param_unlock(NULL);
}

/* ---- the files of the rings ---------------------------------------------------------------- */

static unsigned trace_cpu(struct file *file)
{
	return (unsigned long)compat_pde_data(file_inode(file));
}

static ssize_t trace_read(struct file *file, char __user *buffer, size_t size, loff_t *at)
{
	const char *data;
	size_t length;

	if (!READ_ONCE(control_output_open))
		return 0;
	length = ring_peek(trace_cpu(file), size, &data);
	if (length && copy_to_user(buffer, data, length))
		return -EFAULT;
	ring_consume(trace_cpu(file), length);
	return length;
}

static const struct proc_ops trace_operations = {
	.proc_read = trace_read,
};

static int trace_files_make(void)
{
	char name[16];
	unsigned long cpu;

	for_each_possible_cpu(cpu) {
		snprintf(name, sizeof(name), WIRE_TRACE "%lu", cpu);
		if (!proc_create_data(name, 0400, transport_directory, &trace_operations,
				      (void *)cpu))
			return -ENOMEM;
	}
	return 0;
}

int transport_init(void)
{
	int error = shared_directory_enter();

	if (error)
		return error;
	shared_directory_used = true;
	return trace_files_make();
}

void transport_release(void)
{
	if (shared_directory_used)
		shared_directory_leave();
	shared_directory_used = false;
}
