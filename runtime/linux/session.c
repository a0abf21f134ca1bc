/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a session:
 *
 *	STARTING   begin probes, by priority; then all other probes are armed
 *	RUNNING    hits are served
 *	STOPPING   exit() or a request from outside: disarm, end probes, globals are displayed
 *	ERROR      too many errors: disarm, error probes
 *	STOPPED    nothing runs any more
 *
 * Handlers only change script_state and ask for session_stop(); staprun calls it with
 * "stop", a work item does when nobody is attached, module exit does in any case.
 */
#include "probes/mechanism.h"

#include <linux/mutex.h>
#include <linux/sched/signal.h>

int script_state = SCRIPT_STARTING;
s64 script_target_pid;
static DEFINE_MUTEX(life_mutex);	/* starting and stopping */
static DEFINE_MUTEX(session_mutex);	/* arming and disarming */
static bool session_armed, session_over;

/* ---- changes of state ------------------------------------------------------------------- */

static bool state_change(enum script_state from, enum script_state to)
{
	return cmpxchg(&script_state, (int)from, (int)to) == (int)from;
}

void session_end_request(enum script_state state)
{
	if (state_change(SCRIPT_RUNNING, state) || state_change(SCRIPT_STARTING, state) ||
	    (state == SCRIPT_ERROR && state_change(SCRIPT_STOPPING, state)))
		irq_work_queue(&script_this_context()->runtime->wake);
}

void script_exit_request(void)
{
	session_end_request(SCRIPT_STOPPING);
}

/* ---- begin, end and error probes ------------------------------------------------------------ */

/* The next one after `last` in order of priority and index. */
static struct script_probe *probe_next(const struct script_mechanism *mechanism,
				       const struct script_probe *last)
{
	struct script_probe *p, *best = NULL;
	unsigned i;

	for (i = 0; i < script_probe_count; i++) {
		p = &script_probes[i];
		if (p->mechanism != mechanism)
			continue;
		if (last && (begin_priority(p) < begin_priority(last) ||
			     (begin_priority(p) == begin_priority(last) && p <= last)))
			continue;
		if (!best || begin_priority(p) < begin_priority(best))
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

	while (READ_ONCE(script_state) == state && (p = probe_next(mechanism, p)))
		if (is_true(p))
			context_run(p, p->handler);
}

/* ---- arming ---------------------------------------------------------------------------------- */

/* For its module, or, where that is loaded and its init functions are gone, for it to come again. */
static bool row_waits(const struct script_probe *p)
{
	return row_error(p) == -ENOENT && row_module(p);
}

/* Wildcards reach many functions that cannot be probed: so many get a line each. */
#define FAILURES_SHOWN 5

/* Tell which of the rows that `concerns` (NULL: all) could not be armed. */
static void report_failures(bool (*concerns)(const struct script_probe *p, const char *module),
			    const char *module)
{
	struct script_probe *p;
	unsigned failures = 0;

	if (!session_goes_on())
		return;
	for_each_row(p) {
		if (!row_error(p) || row_waits(p) || (concerns && !concerns(p, module)))
			continue;
		if (++failures <= FAILURES_SHOWN)
			control_line("warning probe %s (%s) could not be registered: %s, %pe\n",
				     p->name, p->place, p->mechanism->name,
				     ERR_PTR(row_error(p)));
	}
	if (failures > FAILURES_SHOWN)
		control_line("warning %u more probes could not be registered\n",
			     failures - FAILURES_SHOWN);
}

/* Arm all rows.  -ENOENT: there are probes to arm, but none could be. */
static int arm_all(void)
{
	unsigned tried = 0, good = 0;
	struct script_probe *p;

	for_each_row(p)
		p->armed = !p->mechanism->session && is_true(p);
	rows_apply();
	report_failures(NULL, NULL);
	for_each_row(p) {
		tried += !p->mechanism->session;
		good += !p->mechanism->session && (!row_error(p) || row_waits(p));
	}
	return tried && !good ? -ENOENT : 0;
}

static void disarm_all(void)
{
	struct script_probe *p;

	for_each_row(p)
		p->armed = false;
	rows_apply();
}

/* ---- modules that come and go --------------------------------------------------------------------- */

static bool row_is_of(const struct script_probe *p, const char *module)
{
	const char *own = row_module(p);

	return own && !strcmp(own, module);
}

static void module_rows(const char *module, bool coming)
{
	struct script_probe *p;

	for_each_row(p)
		if (row_is_of(p, module))
			p->armed = coming && is_true(p);
	rows_apply();
	if (coming)
		report_failures(row_is_of, module);
}

static void module_event(const struct module *module, bool coming)
{
	mutex_lock(&session_mutex);
	if (coming)
		symbols_of_module(module->name, true);
	if (session_armed)
		module_rows(module->name, coming);
	if (!coming)
		symbols_of_module(module->name, false);
	mutex_unlock(&session_mutex);
}

static int module_comes(struct notifier_block *block, unsigned long event, void *data)
{
	if (event == MODULE_STATE_COMING)
		module_event(data, true);
	return NOTIFY_DONE;
}

static int module_goes(struct notifier_block *block, unsigned long event, void *data)
{
	if (event == MODULE_STATE_GOING)
		module_event(data, false);
	return NOTIFY_DONE;
}

/* The kernel's own users of a module's text and tracepoints see it come before us, and expect us to have
 * gone when it goes. */
static struct notifier_block module_arrivals = { .notifier_call = module_comes, .priority = -10 };
static struct notifier_block module_departures = { .notifier_call = module_goes, .priority = 10 };

/* ---- conditions ------------------------------------------------------------------------------------- */

/* Rows that could not be registered are not tried again. */
static void conditions_work(struct work_struct *work)
{
	struct script_probe *p;

	mutex_lock(&session_mutex);
	if (session_armed) {
		for_each_row(p)
			if (p->condition && !p->mechanism->session && !row_error(p))
				p->armed = p->condition();
		rows_apply();
	}
	mutex_unlock(&session_mutex);
}

static DECLARE_WORK(conditions, conditions_work);
static void conditions_queue(struct irq_work *work)
{
	schedule_work(&conditions);
}
static struct irq_work conditions_irq = { .func = conditions_queue };

void script_probe_want(struct script_probe *probe, bool armed)
{
	if (READ_ONCE(script_state) == SCRIPT_RUNNING && READ_ONCE(probe->registered) != armed)
		irq_work_queue(&conditions_irq);
}

/* ---- start and stop ----------------------------------------------------------------------------------- */

static int start_probes(void)
{
	int error;

	mutex_lock(&session_mutex);
	error = arm_all();
	session_armed = true;
	mutex_unlock(&session_mutex);
	if (error && session_goes_on()) {
		control_line("error no probe could be registered\n");
		session_end_request(SCRIPT_ERROR);
		return error;
	}
	state_change(SCRIPT_STARTING, SCRIPT_RUNNING);
	return 0;
}

bool session_goes_on(void)
{
	int state = READ_ONCE(script_state);

	return (state == SCRIPT_STARTING || state == SCRIPT_RUNNING) &&
	       !fatal_signal_pending(current);
}

static void report_memory(void)
{
	control_line("memory %u %zu %zu %zu\n", num_possible_cpus(), rings_memory() >> 10,
		     script_memory() >> 10, contexts_memory() >> 10);
}

int session_start(void)
{
	static bool started;
	int error = -EALREADY;

	mutex_lock(&life_mutex);
	if (!started && !session_over) {
		started = true;
		error = 0;
		register_module_notifier(&module_arrivals);
		register_module_notifier(&module_departures);
		symbols_attach();
		report_memory();
		run_in_order(&script_mech_begin, SCRIPT_STARTING);
		if (session_goes_on())
			error = start_probes();
	}
	mutex_unlock(&life_mutex);
	return error;
}

static void finish_handlers(void)
{
	run_in_order(&script_mech_end, SCRIPT_STOPPING);
	if (script_state == SCRIPT_STOPPING)
		context_run(NULL, script_display_globals);
	run_in_order(&script_mech_error, SCRIPT_ERROR);
	if (script_config.timing)
		context_run(NULL, timing_report);
}

static void report_end(int state)
{
	unsigned errors = script_error_count(), skipped = script_skip_count();
	u64 records, text_lines;

	rings_losses(&records, &text_lines);
	script_report_skips();
	control_line("ended %d %u %u %llu %llu\n", state == SCRIPT_ERROR, errors, skipped, records,
		     text_lines);
}

static void stop_now(void)
{
	int state;

	session_over = true;
	unregister_module_notifier(&module_departures);
	unregister_module_notifier(&module_arrivals);
	mutex_lock(&session_mutex);
	session_armed = false;
	disarm_all();
	mutex_unlock(&session_mutex);
	irq_work_sync(&conditions_irq);
	cancel_work_sync(&conditions);
	finish_handlers();
	state = script_state;
	WRITE_ONCE(script_state, SCRIPT_STOPPED);
	report_end(state);
}

void session_stop(void)
{
	/* Also ends a start that is under way. */
	session_end_request(SCRIPT_STOPPING);
	mutex_lock(&life_mutex);
	if (!session_over)
		stop_now();
	mutex_unlock(&life_mutex);
}

s64 (script_target)(void)
{
	return script_target_pid;
}

void script_target_set_pid(s64 pid)
{
	script_target_pid = pid;
}

const char *script_module_name(void)
{
	return THIS_MODULE->name;
}
