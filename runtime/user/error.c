/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run-time errors: raised by handlers, reported when the handler has unwound, counted
 * against MAXERRORS.  And the lines that go to stderr.
 */
#include "runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

unsigned error_count, skip_count;

/* ---- lines ----------------------------------------------------------------------------- */

static void print_line(const char *word, const char *colour, const char *format, va_list args)
{
	bool on = user_options.colours;

	flockfile(stderr);
	fprintf(stderr, "%s%s:%s ", on ? colour : "", word, on ? "\033[0m" : "");
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	fflush(stderr);
	funlockfile(stderr);
}

void print_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line("ERROR", "\033[01;31m", format, args);
	va_end(args);
}

void print_warning(const char *format, ...)
{
	va_list args;

	if (user_options.no_warnings)
		return;
	va_start(args, format);
	print_line("WARNING", "\033[00;33m", format, args);
	va_end(args);
}

/* ---- raising ------------------------------------------------------------------------------ */

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
	(void)size;
	script_error(c, "read fault [man error::fault] at 0x%llx", address);
}

void script_write_fault(struct context *c, u64 address, unsigned size)
{
	(void)size;
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

/* ---- reporting -------------------------------------------------------------------------------- */

static void report_raised(struct context *c)
{
	error_count++;
	if (script_config.suppress_errors) {
		if (c->probe)
			script_probes[c->probe->index].skipped++;
		return;
	}
	if (!c->trace[0] && c->site)
		script_error_site(c, c->site);
	print_error("%s%s in probe %s", c->message, c->trace, c->probe ? c->probe->name : "end");
	if (error_count > script_config.max_errors)
		session_end_request(SCRIPT_ERROR);
}

void error_report_skips(void)
{
	for (unsigned i = 0; i < script_probe_count; i++) {
		const struct script_probe *p = &script_probes[i];

		if (p->skipped)
			print_warning("%lld %s of probe %s %s: the handler raised an error", (long long)p->skipped,
				      p->skipped == 1 ? "hit" : "hits", p->name,
				      p->skipped == 1 ? "was skipped" : "were skipped");
	}
}

static void count_skip(void)
{
	skip_count++;
	if (skip_count > script_config.max_skipped && !script_config.suppress_errors)
		session_end_request(SCRIPT_ERROR);
}

void error_report(struct context *c)
{
	switch (c->error) {
	case SCRIPT_ERROR_SKIP:
		count_skip();
		break;
	case SCRIPT_ERROR_ABORT:
		script_exit_request();
		break;
	default:
		report_raised(c);
	}
}

/* ---- warn(), log(), system() ------------------------------------------------------------------- */

void script_warn(struct context *c, const char *text)
{
	size_t len = strlen(text);

	(void)c;
	if (len && text[len - 1] == '\n')
		len--;
	print_warning("%.*s", (int)len, text);
}

void script_log(struct context *c, const char *text)
{
	sink_string_add(&c->out, text);
	sink_char(&c->out, '\n');
}

void script_system(struct context *c, const char *command)
{
	(void)c;
	system_queue(command);
}
