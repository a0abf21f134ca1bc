/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files under /proc/systemtap/MODULE/ whose reading and writing are probes.  All rows of one
 * path share a file.  The read handler runs when reading starts at offset 0 and makes the
 * text that this opener then gets; a write runs the write handlers on what was written.
 */
#include "mechanism.h"

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

struct procfs_file {
	struct list_head list;
	const char *path;
	struct proc_dir_entry *entry;
	unsigned size;			/* of $value, with its NUL */
	unsigned users;			/* rows that are armed */
};

/* What one opener reads. */
struct procfs_reader {
	unsigned length;
	char text[];
};

struct procfs_folder {
	struct list_head list;
	struct proc_dir_entry *entry;
	char path[];
};

/* $value while a handler runs: c->args. */
struct procfs_value {
	char *text;
	unsigned size;
};

static LIST_HEAD(files);
static LIST_HEAD(folders);		/* inner ones first */

static const struct script_spec_procfs *procfs_spec(const struct script_probe *probe)
{
	return probe->spec;
}

char *script_procfs_value(struct context *c)
{
	return ((const struct procfs_value *)c->args)->text;
}

unsigned script_procfs_value_size(struct context *c)
{
	return ((const struct procfs_value *)c->args)->size;
}

/* ---- hits -------------------------------------------------------------------------------- */

static void procfs_hit(struct script_probe *probe, char *text, unsigned size)
{
	struct procfs_value value = { text, size };
	struct context *c;

	preempt_disable_notrace();
	c = script_enter(probe);
	if (c) {
		c->args = &value;
		probe->handler(c);
		c->args = NULL;
		script_leave(c);
	}
	preempt_enable_notrace();
}

/* Run the armed rows of a file for one direction. */
static void procfs_run(const struct procfs_file *file, bool write, char *text)
{
	struct script_probe *p;
	unsigned i;

	for (i = 0; i < script_probe_count; i++) {
		p = &script_probes[i];
		if (p->state == file && p->mechanism == &script_mech_procfs &&
		    procfs_spec(p)->write == write)
			procfs_hit(p, text, file->size);
	}
}

static int procfs_open(struct inode *inode, struct file *file)
{
	const struct procfs_file *f = compat_pde_data(inode);

	file->private_data = kvzalloc(sizeof(struct procfs_reader) + f->size, GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static int procfs_release(struct inode *inode, struct file *file)
{
	kvfree(file->private_data);
	return 0;
}

static ssize_t procfs_read(struct file *file, char __user *buffer, size_t size, loff_t *at)
{
	const struct procfs_file *f = compat_pde_data(file_inode(file));
	struct procfs_reader *reader = file->private_data;

	if (*at == 0) {
		reader->text[0] = 0;
		procfs_run(f, false, reader->text);
		reader->length = strnlen(reader->text, f->size);
	}
	return simple_read_from_buffer(buffer, size, at, reader->text, reader->length);
}

static ssize_t procfs_write(struct file *file, const char __user *buffer, size_t size,
			    loff_t *at)
{
	const struct procfs_file *f = compat_pde_data(file_inode(file));
	char *text = kvzalloc(f->size, GFP_KERNEL);
	size_t length = min_t(size_t, size, f->size - 1);

	if (!text)
		return -ENOMEM;
	if (copy_from_user(text, buffer, length)) {
		kvfree(text);
		return -EFAULT;
	}
	procfs_run(f, true, text);
	kvfree(text);
	return length;
}

static const struct proc_ops procfs_operations = {
	.proc_open = procfs_open,
	.proc_read = procfs_read,
	.proc_write = procfs_write,
	.proc_lseek = default_llseek,
	.proc_release = procfs_release,
};

/* ---- files and folders ------------------------------------------------------------------------ */

/* Mode and $value's size by all rows of a path. */
static umode_t procfs_mode(const char *path, unsigned *size)
{
	const struct script_spec_procfs *spec;
	umode_t wanted = 0, mask = 0;
	unsigned i;

	*size = 0;
	for (i = 0; i < script_probe_count; i++) {
		if (script_probes[i].mechanism != &script_mech_procfs)
			continue;
		spec = procfs_spec(&script_probes[i]);
		if (strcmp(spec->path, path))
			continue;
		wanted |= spec->write ? 0222 : 0444;
		mask |= spec->umask >= 0 ? spec->umask : spec->write ? 0022 : 0044;
		*size = max3(*size, spec->max_size, 2u);
		if (!spec->max_size)
			*size = max(*size, script_config.procfs_size);
	}
	return wanted & ~mask ?: S_ISVTX;	/* a mode of 0 is everybody's in procfs: it means the default there */
}

static struct proc_dir_entry *folder_find(const char *path, size_t length)
{
	struct procfs_folder *folder;

	list_for_each_entry(folder, &folders, list)
		if (strlen(folder->path) == length && !strncmp(folder->path, path, length))
			return folder->entry;
	return NULL;
}

static struct proc_dir_entry *folder_make(struct proc_dir_entry *parent, const char *path,
					  size_t length, size_t parent_length)
{
	struct procfs_folder *folder = kzalloc(sizeof(*folder) + length + 1, GFP_KERNEL);

	if (!folder)
		return NULL;
	memcpy(folder->path, path, length);
	folder->entry = proc_mkdir(folder->path + parent_length, parent);
	if (!folder->entry) {
		kfree(folder);
		return NULL;
	}
	list_add(&folder->list, &folders);
	return folder->entry;
}

/* The folder that a path's last component lives in; *name is that component. */
static struct proc_dir_entry *folder_of(const char *path, const char **name)
{
	struct proc_dir_entry *parent = transport_directory, *found;
	const char *slash;

	*name = path;
	while (parent && (slash = strchr(*name, '/'))) {
		found = folder_find(path, slash - path);
		parent = found ?: folder_make(parent, path, slash - path, *name - path);
		*name = slash + 1;
	}
	return parent;
}

static struct procfs_file *file_find(const char *path)
{
	struct procfs_file *file;

	list_for_each_entry(file, &files, list)
		if (!strcmp(file->path, path))
			return file;
	return NULL;
}

static struct procfs_file *file_make(const char *path)
{
	struct procfs_file *file = kzalloc(sizeof(*file), GFP_KERNEL);
	struct proc_dir_entry *parent;
	const char *name;
	umode_t mode;

	if (!file)
		return NULL;
	file->path = path;
	mode = procfs_mode(path, &file->size);
	parent = folder_of(path, &name);
	if (parent)
		file->entry = proc_create_data(name, mode, parent, &procfs_operations, file);
	if (!file->entry) {
		kfree(file);
		return NULL;
	}
	proc_set_user(file->entry, current_uid(), current_gid());
	list_add(&file->list, &files);
	return file;
}

static int procfs_arm(struct script_probe *probe)
{
	const char *path = procfs_spec(probe)->path;
	struct procfs_file *file = file_find(path) ?: file_make(path);

	if (!file)
		return -ENOMEM;
	file->users++;
	probe->state = file;
	return 0;
}

static void procfs_disarm(struct script_probe *probe)
{
	struct procfs_file *file = probe->state;

	if (--file->users == 0) {
		/* Waits for operations under way. */
		proc_remove(file->entry);
		list_del(&file->list);
		kfree(file);
	}
	probe->state = NULL;
}

/* Folders go when the last file has gone, the inner ones first. */
static void procfs_disarmed(void)
{
	struct procfs_folder *folder, *next;

	if (!list_empty(&files))
		return;
	list_for_each_entry_safe(folder, next, &folders, list) {
		proc_remove(folder->entry);
		list_del(&folder->list);
		kfree(folder);
	}
}

const struct script_mechanism script_mech_procfs = {
	.name = "procfs",
	.arm = procfs_arm,
	.disarm = procfs_disarm,
	.disarmed = procfs_disarmed,
};
