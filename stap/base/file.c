/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading, writing and removing files.  Writing checks close() as well: on a full
 * disk some file systems say so only then.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"

/* Files like those in /proc report no size and are read in growing steps. */
static int read_all(int fd, size_t guess, char **text, size_t *len)
{
	size_t room = guess + 1, used = 0;
	char *data = arena_alloc(room + 1);
	ssize_t got;

	while ((got = read(fd, data + used, room - used)) > 0) {
		used += got;
		if (used < room)
			continue;
		char *bigger = arena_alloc(room * 2 + 1);

		memcpy(bigger, data, used);
		data = bigger;
		room *= 2;
	}
	if (got < 0)
		return -errno;
	data[used] = 0;
	*text = data;
	if (len)
		*len = used;
	return 0;
}

int file_read(const char *path, char **text, size_t *len)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else
		err = read_all(fd, st.st_size > 0 ? st.st_size : 4096, text, len);
	close(fd);
	return err;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		data += put;
		len -= put;
	}
	return 0;
}

static int write_and_close(int fd, const void *data, size_t len)
{
	int err = write_all(fd, data, len);

	if (close(fd) < 0 && !err)
		err = -errno;
	return err;
}

int file_write(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	int err = write_and_close(fd, data, len);

	if (err)
		unlink(path);
	return err;
}

int file_append(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : write_and_close(fd, data, len);
}

int file_temporary(const char *dir)
{
	const char *const dirs[] = { dir, getenv("TMPDIR"), "/var/tmp", "/tmp" };
	int fd = -ENOENT;

	for (size_t i = 0; i < sizeof dirs / sizeof *dirs && fd < 0; i++)
		if (dirs[i] && *dirs[i])
			fd = open(dirs[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

static int copy_contents(int from, int to)
{
	char buffer[65536];
	ssize_t got;

	while ((got = read(from, buffer, sizeof buffer)) > 0) {
		int err = write_all(to, buffer, got);

		if (err)
			return err;
	}
	return got < 0 ? -errno : 0;
}

int file_copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);

	if (in < 0)
		return -errno;
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int err = out < 0 ? -errno : copy_contents(in, out);

	if (out >= 0 && close(out) < 0 && !err)
		err = -errno;
	close(in);
	if (err && out >= 0)
		unlink(to);
	return err;
}

int dir_make(const char *path, mode_t mode)
{
	char *copy = arena_strdup(path);

	for (char *p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		mkdir(copy, mode);	/* what matters is whether the last one works */
		*p = '/';
	}
	return mkdir(copy, mode) < 0 && errno != EEXIST ? -errno : 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path) < 0 && errno != ENOENT ? -errno : 0;
}

int dir_remove(const char *path)
{
	int err = nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);

	if (err == -1)
		err = errno == ENOENT ? 0 : -errno;
	return err;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Reading gives the end of the file, writing fails: what was printed to a closed stream is not lost silently. */
void keep_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

const char *error_text(int error)
{
	const char *name;

	if (error < 0)
		error = -error;
	name = strerrorname_np(error);
	return arena_printf("%s (%s)", name ? name : "errno", strerror(error));
}
