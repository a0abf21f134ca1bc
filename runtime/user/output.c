/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where prints go: stdout, or the -o file, which -S splits into numbered pieces.
 */
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool output_failed;

static int output_fd = STDOUT_FILENO;
static char base_name[4096];		/* of the file, times filled in */
static unsigned file_number;
static u64 written;			/* to this file */

static bool open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0) {
		print_error("cannot open %s: %s", path, strerror(errno));
		return false;
	}
	if (output_fd != STDOUT_FILENO)
		close(output_fd);
	output_fd = fd;
	written = 0;
	return true;
}

/* The next piece; the oldest goes when there are too many. */
static bool open_piece(void)
{
	char path[sizeof(base_name) + 16];

	if (user_options.rotate_files && file_number >= user_options.rotate_files) {
		snprintf(path, sizeof(path), "%s.%u", base_name, file_number - user_options.rotate_files);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s.%u", base_name, file_number++);
	return open_file(path);
}

bool output_open(void)
{
	time_t now = time(NULL);

	if (!user_options.output)
		return true;
	if (!strftime(base_name, sizeof(base_name), user_options.output, localtime(&now))) {
		print_error("the name of the output file is too long");
		return false;
	}
	return user_options.rotate_bytes ? open_piece() : open_file(base_name);
}

static void fail(void)
{
	if (errno != EPIPE)
		print_error("cannot write the output: %s", strerror(errno));
	output_failed = errno != EPIPE;
	output_fd = -1;
	session_end_request(SCRIPT_STOPPING);
}

void output_write(const char *text, size_t len)
{
	if (user_options.rotate_bytes && written && written + len > user_options.rotate_bytes && !open_piece())
		fail();
	while (len && output_fd >= 0) {
		ssize_t n = write(output_fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			fail();
			return;
		}
		text += n;
		len -= (size_t)n;
		written += (u64)n;
	}
}
