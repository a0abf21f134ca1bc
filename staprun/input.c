/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard input for scripts with input probes: a thread writes it to the session's
 * __stdin file, one character a write, as those probes expect.  It is never waited for: it may
 * sleep in read() when we leave.
 */
#include "staprun.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#define INPUT_FILE "__stdin"

static int input_fd = -1;

static void *input_main(void *unused)
{
	char text[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, text, sizeof text)) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (text[i] && pwrite(input_fd, &text[i], 1, 0) < 0)
				return unused;
	return unused;
}

void input_start(void)
{
	pthread_t thread;
	int error;

	input_fd = session_file(INPUT_FILE, O_WRONLY);
	if (input_fd < 0) {
		if (settings.forward_input)
			message_warning("the script has no input probes");
		return;
	}
	error = pthread_create(&thread, NULL, input_main, NULL);
	if (error)
		message_warning("standard input is not forwarded: %s", message_errno(error));
	else
		pthread_detach(thread);
}
