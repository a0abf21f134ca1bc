/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other processes: the command of -c, which is started at once but held until the
 * begin probes are over, and the commands of system().
 */
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

bool command_failed;

static pid_t command_pid;		/* 0: none, or ended */
static int hold_fd = -1;		/* a byte lets the command go */

/* ---- -c CMD --------------------------------------------------------------------------------- */

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
}

/* Simple commands are executed directly; what needs a shell gets one. */
static void execute(const char *command)
{
	wordexp_t words;
	int error = wordexp(command, &words, WRDE_NOCMD | WRDE_UNDEF);

	if (error == 0 && words.we_wordc > 0)
		execvp(words.we_wordv[0], words.we_wordv);
	else
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	fprintf(stderr, "ERROR: cannot run %s: %s\n", command, strerror(errno));
	_exit(1);
}

bool command_start(const char *command)
{
	int ends[2];
	char go;

	if (pipe2(ends, O_CLOEXEC) < 0 || (command_pid = fork()) < 0) {
		print_error("cannot start %s: %s", command, strerror(errno));
		return false;
	}
	if (command_pid == 0) {
		reset_signals();
		close(ends[1]);
		if (read(ends[0], &go, 1) != 1)
			_exit(0);
		execute(command);
	}
	close(ends[0]);
	hold_fd = ends[1];
	script_target_set_pid(command_pid);
	return true;
}

static void drop_hold(void)
{
	if (hold_fd >= 0)
		close(hold_fd);
	hold_fd = -1;
}

void command_release(void)
{
	if (hold_fd >= 0 && write(hold_fd, "", 1) != 1)
		print_error("cannot let the command go: %s", strerror(errno));
	drop_hold();
}

static void judge(int status)
{
	if (WIFSIGNALED(status))
		print_warning("Child process exited with signal %d (%s)", WTERMSIG(status),
			      strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		print_warning("Child process exited with status %d", WEXITSTATUS(status));
	command_failed = status != 0;
}

void command_reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command_pid)
			continue;
		command_pid = 0;
		judge(status);
		session_end_request(SCRIPT_STOPPING);
	}
}

/* ---- system() ------------------------------------------------------------------------------------ */

struct queued {
	struct queued *next;
	char command[];
};

static struct queued *queue, **queue_end = &queue;

void system_queue(const char *command)
{
	struct queued *q = malloc(sizeof(*q) + strlen(command) + 1);

	if (!q) {
		print_error("out of memory for system(\"%s\")", command);
		return;
	}
	q->next = NULL;
	strcpy(q->command, command);
	*queue_end = q;
	queue_end = &q->next;
}

static void system_start(const char *command)
{
	pid_t pid = fork();

	if (pid < 0)
		print_error("cannot run %s: %s", command, strerror(errno));
	if (pid)
		return;
	reset_signals();
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

void system_start_queued(void)
{
	while (queue) {
		struct queued *q = queue;

		queue = q->next;
		if (!queue)
			queue_end = &queue;
		system_start(q->command);
		free(q);
	}
}

/* ---- the end ---------------------------------------------------------------------------------------- */

/* The command was ours to start, so it does not outlive us; commands of system() run to their end. */
void command_end(void)
{
	if (command_pid > 0 && hold_fd < 0)
		kill(command_pid, SIGTERM);
	drop_hold();
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		continue;
}
