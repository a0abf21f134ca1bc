/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 5 on this machine: staprun as a child, and why that may be impossible.
 *
 * A Ctrl-C of the terminal reaches the child by itself, because it is in our process
 * group; a signal sent to us alone is passed on.  If we are killed outright, the
 * child gets SIGTERM and ends in order.
 */
#include "local.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/diag.h"
#include "../base/file.h"
#include "run.h"

/* ---- obstacles -------------------------------------------------------------------------- */

#define CAPABILITY_SYS_MODULE 16

static bool file_contains(const char *path, const char *text)
{
	char *content;

	return file_read(path, &content, NULL) == 0 && strstr(content, text);
}

/* Our effective capabilities, from /proc/self/status. */
static uint64_t capabilities(void)
{
	char *status, *line;

	if (file_read("/proc/self/status", &status, NULL) != 0)
		return 0;
	line = strstr(status, "\nCapEff:");
	return line ? strtoull(line + strlen("\nCapEff:"), NULL, 16) : 0;
}

static bool in_group(const char *name)
{
	struct group *group = getgrnam(name);
	int count = getgroups(0, NULL);
	gid_t *list = arena_alloc((count > 0 ? count : 1) * sizeof *list);

	count = group ? getgroups(count, list) : 0;
	for (int i = 0; i < count; i++)
		if (list[i] == group->gr_gid)
			return true;
	return group && getegid() == group->gr_gid;
}

/* Those staprun, which is setuid, will decide about. */
static bool in_stap_group(void)
{
	return in_group("stapdev") || in_group("stapsys") || in_group("stapusr");
}

const char *run_local_obstacle(void)
{
	if (access("/proc/modules", F_OK) != 0)
		return "the running kernel cannot load modules (it has no CONFIG_MODULES)";
	if (file_contains("/proc/sys/kernel/modules_disabled", "1"))
		return "loading modules was switched off (kernel.modules_disabled is 1)";
	if (file_contains("/sys/kernel/security/lockdown", "[integrity]") ||
	    file_contains("/sys/kernel/security/lockdown", "[confidentiality]"))
		return "the running kernel is locked down and takes only signed modules";
	if (geteuid() != 0 && !in_stap_group())
		return "you are neither root nor a member of the group stapdev";
	if (geteuid() == 0 && !(capabilities() >> CAPABILITY_SYS_MODULE & 1))
		return "root of this container has no right to load modules (no CAP_SYS_MODULE)";
	return NULL;
}

/* ---- the child -------------------------------------------------------------------------------- */

static _Noreturn void become(char *const *words, const sigset_t *mask, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execv(words[0], words);
	fprintf(stderr, "ERROR: cannot run %s: %s\n", words[0], error_text(errno));
	_exit(1);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Milliseconds for poll() until `when` (0: never comes). */
static int milliseconds_to(double when)
{
	double left = (when - now()) * 1000 + 1;

	return !when ? -1 : left < 0 ? 0 : left > 1e9 ? 1000000000 : (int)left;
}

static void pass_signal(int signals, pid_t child)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof info) != sizeof info || info.ssi_signo == SIGCHLD)
		return;
	if (info.ssi_code != SI_KERNEL)
		kill(child, info.ssi_signo);
}

static int wait_for(pid_t child, int signals, double deadline)
{
	struct pollfd poll_signals = { signals, POLLIN, 0 };
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		int ready = poll(&poll_signals, 1, milliseconds_to(deadline));

		if (ready > 0) {
			pass_signal(signals, child);
		} else if (ready == 0) {
			kill(child, SIGINT);
			deadline = 0;
		}
	}
	return status;
}

int run_locally(char *const *words, double timeout)
{
	static const int passed[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR2, SIGCHLD };
	sigset_t set, before;
	int signals, status;
	pid_t parent = getpid(), child;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++)
		sigaddset(&set, passed[i]);
	sigprocmask(SIG_BLOCK, &set, &before);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	child = signals < 0 ? -1 : fork();
	if (child == 0)
		become(words, &before, parent);
	if (child < 0) {
		diag_report(DIAG_environment, NULL, "cannot start %s: %s", words[0], error_text(errno));
		return 1;
	}
	status = wait_for(child, signals, timeout > 0 ? now() + timeout : 0);
	close(signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (WIFSIGNALED(status))
		diag_report(DIAG_run, NULL, "%s was killed by signal %d (%s)", words[0],
			    WTERMSIG(status), strsignal(WTERMSIG(status)));
	return status ? 1 : 0;
}
