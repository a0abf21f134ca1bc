/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * staprun's own story: insert the module, start the session, wait for a reason to end
 * it, end it, remove the module.
 *
 * Reasons are signals, the end of the target command or of our parent, and events of the relay thread.
 * All of them arrive in one poll(), in a thread of its own: begin and end probes run in our
 * first thread, as their scripts expect (pid() == tid(), and @this1 set in begin is there in
 * end), and both take as long as they like.  From the third interrupt on we leave at once: the
 * module ends by itself when its control file is closed.
 */
#include "staprun.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

enum outcome { OUTCOME_STOP, OUTCOME_DETACH, OUTCOME_GONE };

static int signal_fd = -1, relay_fd = -1, parent_fd = -1;
static int interrupts;
static enum outcome session_outcome;	/* valid once session_ends was posted */
static sem_t session_ends;

/* ---- signals ------------------------------------------------------------------------- */

static bool signals_open(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR2, SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigaddset(&set, numbers[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (signal_fd < 0)
		message_error("signalfd: %s", message_errno(errno));
	return signal_fd >= 0;
}

/* The next signal that has come, waited for. */
static int signal_next(void)
{
	struct signalfd_siginfo info;

	return read(signal_fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

static void interrupt(void)
{
	if (++interrupts > 2)
		_exit(1);
}

/* true: a reason to end, in *outcome. */
static bool signal_handle(enum outcome *outcome)
{
	*outcome = OUTCOME_STOP;
	switch (signal_next()) {
	case 0:
		return false;
	case SIGCHLD:
		return command_reap();
	case SIGUSR2:
		relay_switch_output();
		return false;
	case SIGQUIT:
		*outcome = OUTCOME_DETACH;
		return true;
	default:
		interrupt();
		return true;
	}
}

/* ---- waiting ---------------------------------------------------------------------------- */

static unsigned relay_events(void)
{
	uint64_t events = 0;

	return read(relay_fd, &events, sizeof events) == sizeof events ? (unsigned)events : 0;
}

/* true: an event that ends the session, in *outcome. */
static bool events_handle(enum outcome *outcome)
{
	unsigned events = relay_events();

	*outcome = events & RELAY_GONE ? OUTCOME_GONE : OUTCOME_STOP;
	return events != 0;
}

/*
 * The death of the parent (-P) shows here.  A signal for it (PR_SET_PDEATHSIG) would be lost
 * when a setuid program changes its user.
 */
static bool parent_open(void)
{
	if (!settings.parent_pid)
		return true;
	parent_fd = syscall(SYS_pidfd_open, settings.parent_pid, 0);
	if (parent_fd >= 0 && getppid() == settings.parent_pid)
		return true;
	message_error("process %d (-P) is not there, or not our parent", settings.parent_pid);
	return false;
}

/* Until something ends the session. */
static enum outcome wait_for_end(void)
{
	struct pollfd fds[] = {
		{ .fd = signal_fd, .events = POLLIN },
		{ .fd = relay_fd, .events = POLLIN },
		{ .fd = parent_fd, .events = POLLIN },	/* ignored where it is -1 */
	};
	enum outcome outcome;

	for (;;) {
		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[2].revents)
			return OUTCOME_STOP;
		if (fds[0].revents && signal_handle(&outcome))
			return outcome;
		if (fds[1].revents && events_handle(&outcome))
			return outcome;
	}
}

static bool is_interrupt(int signal)
{
	return signal == SIGINT || signal == SIGTERM || signal == SIGHUP;
}

/* Never ends: interrupts count while the end probes run, too. */
static void *watch_main(void *unused)
{
	session_outcome = wait_for_end();
	/* A start under way, of begin probes or thousands of others, ends early. */
	if (session_outcome == OUTCOME_STOP)
		session_command("end");
	sem_post(&session_ends);
	for (;;)
		if (is_interrupt(signal_next()))
			interrupt();
	return unused;
}

static bool session_is_ending(void)
{
	int posted;

	return sem_getvalue(&session_ends, &posted) == 0 && posted;
}

static bool watch_start(void)
{
	pthread_t thread;
	int error;

	sem_init(&session_ends, 0, 0);
	error = pthread_create(&thread, NULL, watch_main, NULL);
	if (error)
		message_error("cannot watch the session: %s", message_errno(error));
	else
		pthread_detach(thread);
	return !error;
}

/* ---- the session ---------------------------------------------------------------------------- */

/* In a virtual machine our output goes on through processes of its own, whose pids it gives us. */
static int carriers_send(void)
{
	const char *pids = getenv("STAPRUN_CARRIERS");
	int error = 0, first, second;

	if (!pids || sscanf(pids, "%d %d", &first, &second) != 2)
		return 0;
	error = session_command("carrier %d", first);
	return error ? error : session_command("carrier %d", second);
}

static bool send_settings(void)
{
	int error = 0;

	for (char **word = settings.assignments; *word; word++) {
		error = session_command("set %s", *word);
		if (error) {
			message_error("cannot set %s: %s", *word, message_errno(-error));
			return false;
		}
	}
	if (settings.buffer_mb)
		error = session_command("buffer %d", settings.buffer_mb * 1024);
	if (!error && settings.target_pid)
		error = session_command("target %d", settings.target_pid);
	if (!error)
		error = carriers_send();
	if (!error)
		error = facts_send();
	if (error)
		message_error("cannot set up the session: %s", message_errno(-error));
	return !error;
}

static bool start_target(void)
{
	if (!settings.command && settings.target_pid && !settings.namespaces_pid &&
	    kill(settings.target_pid, 0) < 0 && errno == ESRCH) {
		message_error("no process %d (-x)", settings.target_pid);
		return false;
	}
	if (!settings.command)
		return true;
	settings.target_pid = command_start(settings.command);
	return settings.target_pid > 0;
}

/* A failing start has said why through the control file, and ended the session. */
static void start_session(void)
{
	if (!settings.attach && session_command("start") < 0) {
		relay_tell(RELAY_FAILED);
		return;
	}
	input_start();
	if (settings.command && !session_is_ending())
		command_release();
}

/* -L: nobody reads what the session prints until somebody attaches. */
static bool start_and_leave(void)
{
	int error = session_command("start");

	if (!error)
		error = session_command("detach");
	if (error)
		message_error("cannot start the session: %s", message_errno(-error));
	return !error;
}

static void end_session(enum outcome outcome)
{
	if (outcome == OUTCOME_DETACH) {
		session_command("detach");
		relay_cancel();
		return;
	}
	command_kill();
	if (outcome == OUTCOME_STOP)
		session_command("stop");
	relay_join();
}

/* How the session ended; OUTCOME_STOP also where it could not start. */
static enum outcome run(bool *good)
{
	*good = start_target() && send_settings();
	if (*good && settings.load_only) {
		*good = start_and_leave();
		return *good ? OUTCOME_DETACH : OUTCOME_STOP;
	}
	if (*good)
		*good = (relay_fd = relay_start()) >= 0 && watch_start();
	if (!*good) {
		command_kill();
		return OUTCOME_STOP;
	}
	start_session();
	while (sem_wait(&session_ends) < 0)
		;
	end_session(session_outcome);
	command_wait();
	return session_outcome;
}

/* ---- the end --------------------------------------------------------------------------------- */

/* What one hit prints is lost as a whole, whether it is a line, several or less. */
static void report_losses(const struct relay_totals *t)
{
	if (t->lines_lost == t->dropped)
		message_warning("There were %llu transport failures.", t->dropped);
	else
		message_warning("There were %llu transport failures. %llu lines of output were lost.", t->dropped,
				t->lines_lost);
}

static int report(void)
{
	const struct relay_totals *t = &relay_totals;

	if (t->errors || t->skipped)
		message_warning("Number of errors: %u, skipped probes: %u", t->errors, t->skipped);
	if (t->dropped)
		report_losses(t);
	return t->status || t->dropped || command_failed || output_failed;
}

static bool go_background(void)
{
	if (!settings.daemon)
		return true;
	if (daemon(1, 0) == 0)
		return true;
	message_error("cannot go to the background: %s", message_errno(errno));
	return false;
}

/* The module is in the kernel: run, and take it out again.  Scripts leave out what stapio does, which is who carries
 * their output, runs their begin and end probes and starts -c's command. */
static bool run_and_remove(void)
{
	enum outcome outcome = OUTCOME_STOP;
	bool good = session_open() && go_background();

	prctl(PR_SET_NAME, "stapio");

	if (good)
		outcome = run(&good);
	session_close();
	if (outcome != OUTCOME_DETACH)
		return module_remove_own() && good;
	message_verbose(0, "Disconnected from the session; \"staprun -A %s\" attaches again",
			module_name);
	return good;
}

static int run_session(void)
{
	bool good;

	if (!signals_open() || !parent_open())
		return 1;
	if (settings.attach ? !module_attach(settings.module) : !module_insert())
		return 1;
	good = run_and_remove();
	return report() || !good;
}

/* Descriptors 0 to 2 that the caller closed would become files of ours: writing to /dev/null fails instead. */
static void keep_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	keep_standard_streams();
	options_parse(argc, argv);
	if (!privilege_init())
		return 1;
	if (settings.delete)
		return module_delete(settings.module) ? 0 : 1;
	return run_session();
}
