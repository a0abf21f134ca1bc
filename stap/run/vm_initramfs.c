/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The initramfs of the throwaway VM, written into memory: our first process, the
 * kernel modules it must insert before it can see anything else, and the records
 * that tell it what to do.  The format is cpio's "newc", as the kernel documents it in
 * Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/diag.h"
#include "../base/file.h"
#include "../base/strbuf.h"
#include "../base/unpack.h"
#include "../base/vec.h"
#include "vm_private.h"

typedef VEC(const char *) path_vec;

static const char *const needed_modules[] = {
	"virtio_pci", "virtio_console", "virtiofs", "overlay",
};

static int failed(const char *path)
{
	diag_report(DIAG_environment, NULL, "cannot read %s: %s", path, strerror(errno));
	return -1;
}

/* ---- the archive ------------------------------------------------------------------ */

static void pad(struct strbuf *sb)
{
	while (sb->len % 4)
		strbuf_addc(sb, '\0');
}

static void add_entry(struct strbuf *sb, const char *name, unsigned mode, const char *data, size_t len)
{
	static unsigned inode;

	strbuf_addf(sb, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		    ++inode, mode, 0, 0, 1, 0, (unsigned)len, 0, 0, 0, 0, (unsigned)strlen(name) + 1, 0);
	strbuf_addn(sb, name, strlen(name) + 1);
	pad(sb);
	if (len)
		strbuf_addn(sb, data, len);
	pad(sb);
}

/* ---- files -------------------------------------------------------------------------- */

static int add_content(struct strbuf *sb, int fd)
{
	char block[65536];
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	while ((n = read(fd, block, sizeof block)) > 0)
		strbuf_addn(sb, block, n);
	return n < 0 ? -errno : 0;
}

/* Kernel modules come packed on many systems. */
static int add_unpacked(struct strbuf *sb, const char *data, size_t len)
{
	int fd = memfd_create("unpacked", MFD_CLOEXEC), error;

	if (fd < 0)
		return -errno;
	error = unpack((const uint8_t *)data, len, fd, false);
	if (error == -ENOTSUP) {
		strbuf_addn(sb, data, len);
		error = 0;
	} else if (!error) {
		error = add_content(sb, fd);
	}
	close(fd);
	return error;
}

static int read_file(const char *path, struct strbuf *sb)
{
	char *data;
	size_t len;
	int error = file_read(path, &data, &len);

	if (!error)
		error = add_unpacked(sb, data, len);
	if (!error && !sb->len)
		error = -ENODATA;
	errno = -error;
	return error ? failed(path) : 0;
}

static int add_file(struct strbuf *archive, const char *name, const char *path)
{
	struct strbuf content = { 0 };

	if (read_file(path, &content) < 0)
		return -1;
	add_entry(archive, name, S_IFREG | 0755, content.text, content.len);
	strbuf_release(&content);
	return 0;
}

/* ---- modules -------------------------------------------------------------------------- */

/* Does this path name the module ("kernel/fs/fuse/fuse.ko.xz", "fuse")? */
static bool is_module(const char *path, size_t len, const char *name)
{
	const char *base = memrchr(path, '/', len);
	size_t name_len = strlen(name);

	base = base ? base + 1 : path;
	len -= base - path;
	if (len < name_len + 3 || strncmp(base + name_len, ".ko", 3))
		return false;
	for (size_t i = 0; i < name_len; i++)
		if (base[i] != name[i] && !(base[i] == '-' && name[i] == '_'))
			return false;
	return true;
}

static bool is_builtin(const char *list, const char *name)
{
	for (const char *line = list; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (is_module(line, strcspn(line, "\n"), name))
			return true;
	return false;
}

/* The line of modules.dep about a module: "PATH: PATH PATH...", or NULL. */
static char *dependency_line(const char *list, const char *name)
{
	for (const char *line = list; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (is_module(line, strcspn(line, ":\n"), name))
			return arena_strndup(line, strcspn(line, "\n"));
	return NULL;
}

static void add_path(path_vec *paths, const char *path)
{
	vec_each(paths, const char *, p)
		if (!strcmp(*p, path))
			return;
	vec_push(paths, path);
}

/* What a module needs stands behind it on the line, nearest first: insert from the end. */
static void add_line(path_vec *paths, char *line)
{
	path_vec words = { 0 };
	char *save;

	for (char *w = strtok_r(line, ": ", &save); w; w = strtok_r(NULL, ": ", &save))
		vec_push(&words, w);
	while (words.len)
		add_path(paths, words.data[--words.len]);
}

static int resolve_modules(const char *dir, path_vec *paths)
{
	struct strbuf dep = { 0 }, builtin = { 0 };

	if (read_file(arena_printf("%s/modules.dep", dir), &dep) < 0 ||
	    read_file(arena_printf("%s/modules.builtin", dir), &builtin) < 0)
		return -1;
	for (size_t i = 0; i < sizeof needed_modules / sizeof *needed_modules; i++) {
		char *line = dependency_line(strbuf_text(&dep), needed_modules[i]);

		if (line) {
			add_line(paths, line);
		} else if (!is_builtin(strbuf_text(&builtin), needed_modules[i])) {
			diag_report(DIAG_environment, NULL,
				    "the kernel of %s has no %s driver, so it cannot run in the virtual machine",
				    dir, needed_modules[i]);
			return -1;
		}
	}
	strbuf_release(&dep);
	strbuf_release(&builtin);
	return 0;
}

/* ---- records --------------------------------------------------------------------------- */

static void add_record(struct strbuf *sb, const char *key, const char *value)
{
	strbuf_addf(sb, "%s=%s", key, value);
	strbuf_addc(sb, '\0');
}

static void add_host_records(struct strbuf *sb)
{
	char name[256];
	char *cwd = getcwd(NULL, 0);

	if (!gethostname(name, sizeof name))
		add_record(sb, VM_KEY_HOSTNAME, name);
	add_record(sb, VM_KEY_CWD, cwd ? cwd : "/");
	free(cwd);
}

static bool usual_place(const char *modules_dir)
{
	return !strncmp(modules_dir, "/lib/modules/", 13) || !strncmp(modules_dir, "/usr/lib/modules/", 17);
}

static void add_command_records(struct strbuf *sb, const struct vm_machine *m)
{
	const struct vm_config *c = m->config;

	add_record(sb, VM_KEY_TOKEN, m->token);
	if (!usual_place(c->modules_dir))
		add_record(sb, VM_KEY_BIND, c->modules_dir);
	if (c->output_dir)
		add_record(sb, VM_KEY_OUTPUT, c->output_dir);
	if (geteuid() != 0)
		add_record(sb, VM_KEY_PLAIN, "");
	if (c->holds_signals)
		add_record(sb, VM_KEY_HELD, "");
	if (c->required_pid)
		add_record(sb, VM_KEY_PID, arena_printf("%d", c->required_pid));
	for (char *const *p = c->arguments; *p; p++)
		add_record(sb, VM_KEY_ARGUMENT, *p);
	for (char *const *p = c->environment ? c->environment : environ; *p; p++)
		add_record(sb, VM_KEY_VARIABLE, *p);
}

/* ---- together --------------------------------------------------------------------------- */

static int add_modules(struct strbuf *archive, struct strbuf *records, const char *dir)
{
	path_vec paths = { 0 };

	if (resolve_modules(dir, &paths) < 0)
		return -1;
	for (size_t i = 0; i < paths.len; i++) {
		const char *name = arena_printf("m%zu.ko", i);

		if (add_file(archive, name, arena_printf("%s/%s", dir, paths.data[i])) < 0)
			return -1;
		add_record(records, VM_KEY_MODULE, arena_printf("/%s", name));
	}
	return 0;
}

static int into_memory(const struct strbuf *archive)
{
	int fd = memfd_create("initramfs", MFD_CLOEXEC);
	size_t done = 0;

	while (fd >= 0 && done < archive->len) {
		ssize_t n = write(fd, archive->text + done, archive->len - done);

		if (n < 0) {
			close(fd);
			fd = -1;
		} else {
			done += n;
		}
	}
	if (fd < 0)
		diag_report(DIAG_environment, NULL, "no memory for the initramfs: %s", strerror(errno));
	return fd;
}

int vm_initramfs(const struct vm_machine *m)
{
	const char *init = m->config->init_path ? m->config->init_path : vm_find_init();
	struct strbuf archive = { 0 }, records = { 0 };
	int fd = -1;

	if (!init) {
		diag_report(DIAG_environment, NULL, "the virtual machine's vm-init is not installed");
		return -1;
	}
	add_entry(&archive, "dev", S_IFDIR | 0755, NULL, 0);
	if (add_file(&archive, "init", init) == 0 &&
	    add_modules(&archive, &records, m->config->modules_dir) == 0) {
		add_host_records(&records);
		add_command_records(&records, m);
		add_entry(&archive, &VM_RECORDS_FILE[1], S_IFREG | 0600, records.text, records.len);
		add_entry(&archive, "TRAILER!!!", 0, NULL, 0);
		fd = into_memory(&archive);
	}
	strbuf_release(&archive);
	strbuf_release(&records);
	return fd;
}
