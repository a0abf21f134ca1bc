/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inserting and removing modules.  Before a module goes in, it must have been made for
 * the kernel that runs: the same build id, or at least the same release.
 */
#include "staprun.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <dirent.h>
#include <unistd.h>

#include "../runtime/linux/wire.h"

char module_name[64];

/* ---- the kernel's identity ----------------------------------------------------------------- */

/* Build id of the running kernel in hex; "" when it is not told. */
static void running_build_id(char *hex, size_t size)
{
	char notes[4096];
	int fd = open("/sys/kernel/notes", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, notes, sizeof notes);

	*hex = 0;
	if (fd >= 0)
		close(fd);
	for (ssize_t at = 0; at + (ssize_t)sizeof(Elf64_Nhdr) <= length; ) {
		const Elf64_Nhdr *note = (const Elf64_Nhdr *)(notes + at);
		const char *name = (const char *)(note + 1);
		const unsigned char *id = (const unsigned char *)name + ((note->n_namesz + 3) & ~3u);

		at = (const char *)id + ((note->n_descsz + 3) & ~3u) - notes;
		if (at > length || note->n_type != NT_GNU_BUILD_ID || note->n_namesz != 4 ||
		    strcmp(name, "GNU") || note->n_descsz * 2 >= size)
			continue;
		for (unsigned i = 0; i < note->n_descsz; i++)
			sprintf(hex + 2 * i, "%02x", id[i]);
		return;
	}
}

static bool check_build_id(const struct image *image, const char *path)
{
	const char *made_for = image_info(image, WIRE_INFO_BUILD_ID);
	char running[129];

	running_build_id(running, sizeof running);
	if (!made_for || !*running || !strcmp(made_for, running))
		return true;
	message_error("%s was made for another kernel: its build id is %s, that of the running "
		      "kernel %s. Compile the script again for this kernel.", path, made_for, running);
	return false;
}

static bool check_release(const struct image *image, const char *path)
{
	const char *magic = image_info(image, "vermagic");
	struct utsname system;
	size_t length;

	uname(&system);
	length = strlen(system.release);
	if (!magic) {
		message_error("%s is not a kernel module", path);
		return false;
	}
	if (!strncmp(magic, system.release, length) && (magic[length] == ' ' || !magic[length]))
		return true;
	message_error("module release mismatch: %s was made for kernel %.*s, %s is running",
		      path, (int)strcspn(magic, " "), magic, system.release);
	return false;
}

/* ---- names ------------------------------------------------------------------------------------ */

static const char *module_path(const char *given)
{
	static char path[PATH_MAX];
	size_t length = strlen(given);
	struct utsname system;

	if (strchr(given, '/') || (length > 3 && !strcmp(given + length - 3, ".ko")))
		return given;
	uname(&system);
	snprintf(path, sizeof path, "/lib/modules/%s/systemtap/%s.ko", system.release, given);
	return path;
}

/* NAME of a path .../NAME.ko, with the kernel's underscores. */
static void name_from_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t length;

	snprintf(module_name, sizeof module_name, "%s", slash ? slash + 1 : path);
	length = strlen(module_name);
	if (length > 3 && !strcmp(module_name + length - 3, ".ko"))
		module_name[length - 3] = 0;
	for (char *p = module_name; *p; p++)
		if (*p == '-')
			*p = '_';
}

/* NAME_PID, cut so that it fits the kernel's 55 characters. */
static bool choose_fresh_name(struct image *image)
{
	char fresh[56];

	snprintf(fresh, sizeof fresh, "%.44s_%d", module_name, getpid());
	if (!image_rename(image, fresh)) {
		message_error("the module cannot be given another name");
		return false;
	}
	strcpy(module_name, fresh);
	return true;
}

/* ---- inserting and removing ---------------------------------------------------------------------- */

/* The folder /proc/systemtap is made and removed by modules that know nothing of each
 * other: one staprun at a time inserts or removes. */
static int lock_modules(void)
{
	int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		flock(fd, LOCK_EX);
	return fd;
}

static int insert(const struct image *image)
{
	int lock = lock_modules(), error;

	error = syscall(SYS_init_module, image->data, image->size, "") ? errno : 0;
	close(lock);
	return error;
}

static const char *insert_hint(int error)
{
	switch (error) {
	case EEXIST:
		return ": a module of that name is loaded already (staprun -d removes it, -R avoids it)";
	case EPERM:
		return ": the kernel admits no modules now (lockdown, modules_disabled, or a container)";
	case EKEYREJECTED:
	case ENOKEY:
		return ": the kernel admits only signed modules";
	case ENOEXEC:
	case EINVAL:
		return ": the kernel does not accept it; dmesg says more";
	case ENOMEM:
		return ": its buffers and arrays do not fit";
	case ENOSYS:
		return ": this kernel cannot load modules";
	default:
		return "";
	}
}

bool module_insert(void)
{
	const char *path = module_path(settings.module), *name;
	struct image image;
	bool good = false;
	int error;

	if (!privilege_check(path) || !image_read(&image, path))
		return false;
	name = image_info(&image, WIRE_INFO_NAME);
	name_from_path(name ? name : path);
	if (check_release(&image, path) && check_build_id(&image, path) &&
	    (!settings.rename || choose_fresh_name(&image))) {
		error = insert(&image);
		good = !error;
		if (error)
			message_error("cannot insert module %s: %s%s", path, message_errno(error),
				      insert_hint(error));
	}
	free(image.data);
	return good;
}

bool module_attach(const char *name)
{
	if (!privilege_check_session())
		return false;
	name_from_path(name);
	return true;
}

/* A module that is being left may be in use for a moment longer. */
static int remove_patiently(const char *name)
{
	int error = 0, lock;

	for (int round = 0; round < 100; round++) {
		lock = lock_modules();
		error = syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
		close(lock);
		if (error != EAGAIN && error != EWOULDBLOCK && error != EBUSY)
			break;
		usleep(20000);
	}
	return error;
}

static bool module_remove(bool must_exist)
{
	int error = remove_patiently(module_name);

	if (!error || (error == ENOENT && !must_exist))
		return true;
	message_error("cannot remove module %s: %s", module_name, message_errno(error));
	return false;
}

bool module_remove_own(void)
{
	return module_remove(false);
}

/* ---- -d ------------------------------------------------------------------------------------------ */

/* A session that somebody attends refuses a second opener. */
static bool is_attended(const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof path, "/proc/" WIRE_DIRECTORY "/%s/" WIRE_COMMAND, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EBUSY;
}

static bool delete_all(void)
{
	DIR *folder = opendir("/proc/" WIRE_DIRECTORY);
	struct dirent *entry;
	bool good = true;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.' && !is_attended(entry->d_name))
			good &= remove_patiently(entry->d_name) == 0;
	if (folder)
		closedir(folder);
	return good;
}

bool module_delete(const char *name)
{
	if (!privilege_check_session())
		return false;
	if (!strcmp(name, "*"))
		return delete_all();
	name_from_path(name);
	return module_remove(true);
}
