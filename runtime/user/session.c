/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a session, as in the kernel (runtime/linux/session.c):
 *
 *	STARTING   begin probes, by priority; then the timers are armed
 *	RUNNING    sleep, serve timers, watch the command
 *	STOPPING   exit() or a signal: end probes run, globals are displayed
 *	ERROR      too many errors: error probes run
 */
#include "runtime.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

int script_state = SCRIPT_STARTING;

const struct script_mechanism script_mech_begin = { .name = "begin", .session = true };
const struct script_mechanism script_mech_end = { .name = "end", .session = true };
const struct script_mechanism script_mech_error = { .name = "error", .session = true };
const struct script_mechanism script_mech_never = { .name = "never", .session = true };

/* An error is worse than an end; nothing follows an error. */
void session_end_request(enum script_state state)
{
	if (script_state == SCRIPT_STARTING || script_state == SCRIPT_RUNNING ||
	    (script_state == SCRIPT_STOPPING && state == SCRIPT_ERROR))
		script_state = state;
}

void script_exit_request(void)
{
	session_end_request(SCRIPT_STOPPING);
}

/* ---- begin, end and error probes ---------------------------------------------------------- */

static s64 priority(const struct script_probe *p)
{
	return ((const struct script_spec_begin *)p->spec)->priority;
}

static bool comes_after(const struct script_probe *p, const struct script_probe *last)
{
	return !last || priority(p) > priority(last) || (priority(p) == priority(last) && p > last);
}

/* The next one after `last` in order of priority and place in the table. */
static struct script_probe *probe_next(const struct script_mechanism *mechanism,
				       const struct script_probe *last)
{
	struct script_probe *best = NULL;

	for (unsigned i = 0; i < script_probe_count; i++) {
		struct script_probe *p = &script_probes[i];

		if (p->mechanism == mechanism && comes_after(p, last) &&
		    (!best || priority(p) < priority(best)))
			best = p;
	}
	return best;
}

static bool is_true(const struct script_probe *p)
{
	return !p->condition || p->condition();
}

/* Run the probes of a session event as long as the state stays. */
static void run_in_order(const struct script_mechanism *mechanism, int state)
{
	struct script_probe *p = NULL;

	while (script_state == state && (p = probe_next(mechanism, p)))
		if (is_true(p))
			context_run(p, p->handler);
}

/* ---- arming --------------------------------------------------------------------------------- */

static void probe_set(struct script_probe *p, bool armed)
{
	if (p->mechanism->session || p->armed == armed)
		return;
	if (armed)
		p->mechanism->arm(p);
	else
		p->mechanism->disarm(p);
}

static void arm_all(void)
{
	for (unsigned i = 0; i < script_probe_count; i++) {
		struct script_probe *p = &script_probes[i];

		probe_set(p, is_true(p));
	}
}

void script_probe_want(struct script_probe *probe, bool armed)
{
	if (script_state == SCRIPT_RUNNING)
		probe_set(probe, armed);
}

/* ---- signals ---------------------------------------------------------------------------------- */

#define LAST_WARNING 3		/* so many interrupts end the process at once */

static volatile sig_atomic_t interrupts;

static void on_interrupt(int signal)
{
	(void)signal;
	if (++interrupts >= LAST_WARNING)
		_exit(1);
}

/* Only wakes ppoll(). */
static void on_child(int signal)
{
	(void)signal;
}

static void catch(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	sigaction(number, &action, NULL);
}

static void catch_signals(void)
{
	catch(SIGINT, on_interrupt);
	catch(SIGTERM, on_interrupt);
	catch(SIGHUP, on_interrupt);
	catch(SIGQUIT, on_interrupt);
	catch(SIGCHLD, on_child);
	catch(SIGPIPE, SIG_IGN);
}

/* ---- running ------------------------------------------------------------------------------------ */

static struct timespec time_until(s64 due)
{
	s64 left = due - script_ktime_ns();

	if (left < 0)
		left = 0;
	return (struct timespec){ left / 1000000000, left % 1000000000 };
}

/* Until a timer is due or a signal comes.  Signals wait while we look whether there was one. */
static void sleep_until_event(void)
{
	sigset_t all, before;
	s64 due = timer_next();
	struct timespec timeout = time_until(due);

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	command_reap();
	if (interrupts)
		script_exit_request();
	if (script_state == SCRIPT_RUNNING)
		ppoll(NULL, 0, due < 0 ? NULL : &timeout, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void serve(void)
{
	while (script_state == SCRIPT_RUNNING) {
		sleep_until_event();
		timer_run_due();
	}
}

static void start(void)
{
	run_in_order(&script_mech_begin, SCRIPT_STARTING);
	if (interrupts)
		script_exit_request();
	if (script_state != SCRIPT_STARTING)
		return;
	script_state = SCRIPT_RUNNING;
	arm_all();
	command_release();
}

static void finish(void)
{
	run_in_order(&script_mech_end, SCRIPT_STOPPING);
	if (script_state == SCRIPT_STOPPING)
		context_run(NULL, script_display_globals);
	run_in_order(&script_mech_error, SCRIPT_ERROR);
	report_print();
}

int session_run(void)
{
	bool failed;

	catch_signals();
	prctl(PR_SET_TIMERSLACK, 1UL);
	start();
	serve();
	finish();
	failed = script_state == SCRIPT_ERROR;
	script_state = SCRIPT_STOPPED;
	command_end();
	error_report_skips();
	if (error_count || skip_count)
		print_warning("Number of errors: %u, skipped probes: %u", error_count, skip_count);
	return failed || command_failed || output_failed;
}
