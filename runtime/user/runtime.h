/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to the user runtime: what its files offer to each other.  Every file includes
 * this first.
 */
#ifndef USER_RUNTIME_H
#define USER_RUNTIME_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#ifndef SCRIPT_USER
#define SCRIPT_USER
#endif
#ifndef SCRIPT_LIBC_HEADERS
#define SCRIPT_LIBC_HEADERS
#endif
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "../script.h"

/* What the command line asks for (options.c). */
struct user_options {
	const char *program;		/* argv[0] */
	const char *output;		/* -o FILE */
	const char *command;		/* -c CMD */
	s64 target_pid;			/* -x PID */
	u64 rotate_bytes;		/* -S: size of one file, 0 none */
	unsigned rotate_files;		/* -S: files kept, 0 all */
	bool no_warnings;		/* -w */
	bool verbose;			/* -v */
	bool colours;
};
extern struct user_options user_options;

/* Fill user_options and the script's globals.  false: usage error, reported. */
bool options_parse(int argc, char **argv);

/* How a handler gets attached.  `session`: run by the session itself, at its events. */
struct script_mechanism {
	const char *name;
	bool session;
	void (*arm)(struct script_probe *probe);
	void (*disarm)(struct script_probe *probe);
};

/* ---- context.c: the context, hits --------------------------------------------------- */

/* false: out of memory. */
bool context_init(void);
void context_release(void);

/* One hit of a handler.  `probe` may be NULL (display of globals). */
void context_run(struct script_probe *probe, void (*handler)(struct context *c));

/* ---- error.c: run-time errors, skipped hits, lines on stderr -------------------------- */

extern unsigned error_count, skip_count;

/* c->error is set: report and count it. */
void error_report(struct context *c);

/* Lines that name each probe whose errors were suppressed. */
void error_report_skips(void);

/* "ERROR: text" or "WARNING: text"; -w silences warnings. */
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- output.c: where prints go ----------------------------------------------------------- */

/* false: the -o file cannot be opened, reported. */
bool output_open(void);

/* Write all of it.  A reader that went away ends the session. */
void output_write(const char *text, size_t len);
extern bool output_failed;

/* ---- command.c: -c CMD and system() --------------------------------------------------------- */

/* Start CMD, held back.  false: reported. */
bool command_start(const char *command);
void command_release(void);		/* let it go */
void command_end(void);			/* at the end: stop what still runs, wait for system() */

/* After SIGCHLD: has CMD ended?  Ends the session. */
void command_reap(void);
extern bool command_failed;

/* Queue a shell command; started when the handler is over. */
void system_queue(const char *command);
void system_start_queued(void);

/* ---- timer.c ----------------------------------------------------------------------------------- */

/* Nanoseconds of script_ktime_ns() at which the next timer is due; -1: none. */
s64 timer_next(void);

/* Run what is due. */
void timer_run_due(void);

/* ---- report.c: -t ---------------------------------------------------------------------------------- */

bool report_init(void);			/* false: out of memory */
s64 report_now(void);		/* cycles, or nanoseconds; 0 without -t */
void report_hit(const struct script_probe *probe, s64 taken);
void report_print(void);

/* ---- session.c ------------------------------------------------------------------------------------ */

/* begin probes ... end probes; returns the exit status. */
int session_run(void);
void session_end_request(enum script_state state);

#endif
