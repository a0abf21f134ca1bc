/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run-time errors and hits that could not be served.  An error is text in the context
 * until the handler has unwound; then it becomes a record for staprun and is counted
 * against MAXERRORS.  Skipped hits are counted per probe and reason and reported at
 * the end.
 */
#include "runtime.h"

#include <linux/vmalloc.h>

struct probe_skips {
	atomic_t by_reason[SKIP_REASONS];
};

static struct probe_skips *skips;	/* by probe index */
static atomic_t error_count = ATOMIC_INIT(0);
static atomic_t skip_count = ATOMIC_INIT(0);

static const char *const skip_texts[SKIP_REASONS] = {
	[SKIP_REENTRY] = "another handler was running on the same CPU",
	[SKIP_LOCK] = "a global variable stayed locked",
	[SKIP_STACK] = "the stack had less room than MINSTACKSPACE",
	[SKIP_NO_ENTRY] = "their function was entered before the script started",
	[SKIP_NO_INSTANCE] = "too many calls were under way (see .maxactive)",
	[SKIP_ERROR] = "the handler raised an error",
};

int errors_init(void)
{
	skips = vzalloc(max(script_probe_count, 1u) * sizeof(*skips));
	return skips ? 0 : -ENOMEM;
}

void errors_release(void)
{
	vfree(skips);
	skips = NULL;
}

unsigned script_error_count(void)
{
	return atomic_read(&error_count);
}

unsigned script_skip_count(void)
{
	return atomic_read(&skip_count);
}

/* ---- raising -------------------------------------------------------------------------- */

void script_error(struct context *c, const char *format, ...)
{
	va_list args;

	if (c->error)
		return;
	va_start(args, format);
	vsnprintf(c->message, sizeof(c->message), format, args);
	va_end(args);
	c->error = SCRIPT_ERROR_RAISED;
	c->trace[0] = 0;
}

void script_read_fault(struct context *c, u64 address, unsigned size)
{
	script_error(c, "read fault [man error::fault] at 0x%llx", address);
}

void script_write_fault(struct context *c, u64 address, unsigned size)
{
	script_error(c, "write fault [man error::fault] at 0x%llx", address);
}

void script_action_overrun(struct context *c)
{
	if (c->error)
		return;
	script_error(c, "MAXACTION exceeded");
	c->error = SCRIPT_ERROR_FATAL;
}

void script_abort(struct context *c)
{
	c->error = SCRIPT_ERROR_ABORT;
}

void script_error_site(struct context *c, const char *site)
{
	str_trace_add(c->trace, site, sizeof(c->trace));
}

/* ---- reporting ---------------------------------------------------------------------------- */

static void report_text(struct context *c)
{
	/* The print buffer was sent just before; it is free for the line. */
	char *line = c->out.text;
	int length;

	if (!c->trace[0] && c->site)
		script_error_site(c, c->site);
	length = scnprintf(line, c->out.size, "%s%s in probe %s", c->message, c->trace,
			   c->probe ? c->probe->name : "end");
	ring_write(c->cpu, WIRE_ERROR, line, length);
}

static void report_error(struct context *c)
{
	unsigned count = atomic_inc_return(&error_count);

	if (script_config.suppress_errors) {
		script_skip(c->probe, SKIP_ERROR);
		return;
	}
	report_text(c);
	if (count > script_config.max_errors)
		session_end_request(SCRIPT_ERROR);
}

void script_report(struct context *c)
{
	switch (c->error) {
	case SCRIPT_ERROR_SKIP:
		script_skip(c->probe, SKIP_LOCK);
		break;
	case SCRIPT_ERROR_NO_ENTRY:
		script_skip(c->probe, SKIP_NO_ENTRY);
		break;
	case SCRIPT_ERROR_ABORT:
		script_exit_request();
		break;
	default:
		report_error(c);
	}
}

void script_report_overload(struct context *c, s64 busy, s64 interval)
{
	char line[160];
	int length = scnprintf(line, sizeof(line), "probe overhead (%lld cycles) exceeded threshold "
			       "(%lld cycles) in last %lld cycles", busy,
			       script_config.overload_threshold, interval);

	ring_write(c->cpu, WIRE_ERROR, line, length);
	session_end_request(SCRIPT_ERROR);
}

/* ---- skipped hits ------------------------------------------------------------------------------ */

/* Only what the language counts as skipped ends a session; re-entry and a shortage of
 * return instances are merely reported. */
void script_skip(const struct script_probe *probe, enum script_skip reason)
{
	if (probe)
		atomic_inc(&skips[probe->index].by_reason[reason]);
	if (reason != SKIP_LOCK && reason != SKIP_STACK)
		return;
	if (atomic_inc_return(&skip_count) > script_config.max_skipped &&
	    !script_config.suppress_errors)
		session_end_request(SCRIPT_ERROR);
}

#define SKIPS_SHOWN 10

/* The largest count that is left; *probe and *reason say whose it is. */
static unsigned most_skips(unsigned *probe, unsigned *reason)
{
	unsigned i, r, hits, most = 0;

	for (i = 0; i < script_probe_count; i++)
		for (r = 0; r < SKIP_REASONS; r++) {
			hits = atomic_read(&skips[i].by_reason[r]);
			if (hits > most) {
				most = hits;
				*probe = i;
				*reason = r;
			}
		}
	return most;
}

static u64 skips_left(void)
{
	unsigned i, r;
	u64 sum = 0;

	for (i = 0; i < script_probe_count; i++)
		for (r = 0; r < SKIP_REASONS; r++)
			sum += (unsigned)atomic_read(&skips[i].by_reason[r]);
	return sum;
}

/* Wildcards may have skipped hits of thousands of probes: the worst get a line each. */
void script_report_skips(void)
{
	unsigned shown, probe, reason, hits;

	for (shown = 0; shown < SKIPS_SHOWN; shown++) {
		hits = most_skips(&probe, &reason);
		if (!hits)
			return;
		control_line("warning %u %s of probe %s %s: %s\n", hits, hits == 1 ? "hit" : "hits",
			     script_probes[probe].name, hits == 1 ? "was skipped" : "were skipped",
			     skip_texts[reason]);
		atomic_set(&skips[probe].by_reason[reason], 0);
	}
	if (skips_left())
		control_line("warning %llu hits of other probes were skipped, too\n", skips_left());
}
