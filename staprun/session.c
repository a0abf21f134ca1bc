/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of the module's session, and its commands. */
#include "staprun.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../runtime/linux/wire.h"

int session_fd = -1;

int session_file(const char *name, int flags)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof path, "/proc/" WIRE_DIRECTORY "/%s/%s", module_name, name);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

bool session_open(void)
{
	session_fd = session_file(WIRE_COMMAND, O_RDWR);
	if (session_fd >= 0)
		return true;
	message_error("cannot attach to module %s: %s%s", module_name, message_errno(-session_fd),
		      session_fd == -EBUSY ? ": another staprun is attached to it" : "");
	return false;
}

int session_command(const char *format, ...)
{
	char text[WIRE_LINE_MAX];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (length >= (int)sizeof text)
		return -E2BIG;
	message_verbose(2, "command: %s", text);
	/* pwrite: write() would wait for the read of the relay thread. */
	while (pwrite(session_fd, text, length, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

void session_close(void)
{
	if (session_fd >= 0)
		close(session_fd);
	session_fd = -1;
}
