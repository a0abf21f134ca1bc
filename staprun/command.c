/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Child processes: the target (-c), which is started at once so that its pid is known,
 * and held until the probes are armed; and what scripts run with system().
 */
#include "staprun.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

bool command_failed;

static pid_t target;
static int gate = -1;			/* closed: the target stops waiting; a byte: it runs */
static bool released;
static pthread_mutex_t system_mutex = PTHREAD_MUTEX_INITIALIZER;
static int system_running;

/* ---- in the child -------------------------------------------------------------------------- */

static void child_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void execute(char *const *words, const char *text)
{
	child_signals();
	privilege_drop_forever();
	execvp(words[0], words);
	message_error("cannot run '%s': %s", text, message_errno(errno));
	_exit(127);
}

static bool needs_shell(const char *text)
{
	return strpbrk(text, "|&;<>(){}`\n") != NULL;
}

static _Noreturn void execute_command(const char *text)
{
	char *shell[] = { "sh", "-c", (char *)text, NULL };
	wordexp_t words;

	if (needs_shell(text) || wordexp(text, &words, WRDE_NOCMD | WRDE_UNDEF) ||
	    !words.we_wordc)
		execute(shell, text);
	execute(words.we_wordv, text);
}

/* ---- the target -------------------------------------------------------------------------------- */

/* Wait for the word; when we die first, the pipe is closed and the target never runs. */
static _Noreturn void target_main(int fd, const char *text)
{
	char go;

	if (read(fd, &go, 1) != 1)
		_exit(0);
	close(fd);
	execute_command(text);
}

pid_t command_start(const char *text)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == 0)
		target = fork();
	else
		target = -1;
	if (target < 0) {
		message_error("cannot start '%s': %s", text, message_errno(errno));
		return -1;
	}
	if (!target) {
		close(ends[1]);
		target_main(ends[0], text);
	}
	close(ends[0]);
	gate = ends[1];
	return target;
}

void command_release(void)
{
	released = write(gate, "", 1) == 1;
	close(gate);
	gate = -1;
}

void command_kill(void)
{
	if (!target)
		return;
	if (gate >= 0)
		close(gate);
	if (released)
		kill(target, SIGTERM);
	target = 0;
}

static void judge(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status))
		message_warning("Child process exited with status %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		message_warning("Child process exited with signal %d (%s)", WTERMSIG(status),
				strsignal(WTERMSIG(status)));
	command_failed = status != 0;
}

bool command_reap(void)
{
	bool was_target = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == target) {
			judge(status);
			target = 0;
			was_target = true;
			continue;
		}
		pthread_mutex_lock(&system_mutex);
		system_running--;
		pthread_mutex_unlock(&system_mutex);
	}
	return was_target;
}

/* ---- system() ------------------------------------------------------------------------------------ */

void command_system(const char *text)
{
	char *words[] = { "sh", "-c", (char *)text, NULL };
	pid_t pid;

	pthread_mutex_lock(&system_mutex);
	pid = fork();
	if (!pid)
		execute(words, text);
	if (pid > 0)
		system_running++;
	else
		message_error("cannot run '%s': %s", text, message_errno(errno));
	pthread_mutex_unlock(&system_mutex);
}

void command_wait(void)
{
	while (system_running > 0 && waitpid(-1, NULL, 0) > 0)
		system_running--;
}
