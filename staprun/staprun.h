/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * staprun: puts a script's module into the kernel, carries its output out, and takes it
 * out again.  This header is what its parts know of each other; runtime/linux/wire.h is what the
 * module and staprun know of each other.
 *
 * Two threads.  The main one has the signals, the target command and the commands to the
 * module; the relay one sleeps in the control file and carries what handlers print, also
 * while a command (begin or end probes) is under way in the main thread.
 */
#ifndef STAPRUN_STAPRUN_H
#define STAPRUN_STAPRUN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STAPRUN_VERSION "0.1"

/* ---- settings (options.c) ------------------------------------------------------------ */

struct settings {
	const char *module;		/* as given */
	char **assignments;		/* NAME=VALUE words, NULL-terminated */
	const char *command;		/* -c */
	int target_pid;			/* -x */
	int namespaces_pid;		/* -N */
	int parent_pid;			/* -P */
	const char *remote;		/* -r N:URI */
	const char *output;		/* -o */
	int verbose;
	int buffer_mb;			/* -b */
	int wake_ms;			/* -T */
	bool bulk;			/* the module's: a file for each CPU */
	bool load_only, attach, delete, daemon, rename, forward_input, no_warnings;
	long rotate_mb;			/* -S, 0: no rotation */
	int rotate_keep;		/* 0: all */
	int color;			/* -1 automatic, 0, 1 */
};
extern struct settings settings;

/* Fill `settings`; prints and exits on -h, -V and wrong usage. */
void options_parse(int argc, char **argv);

/* ---- what the script may ask about us (facts.c) ---------------------------------------------- */

/* Send it, before the session starts; 0 or -errno. */
int facts_send(void);

/* ---- messages (message.c) ------------------------------------------------------------------ */

void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_verbose(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "No such file or directory (ENOENT)"; static storage of the thread. */
const char *message_errno(int error);

/* ---- who may do what (privilege.c) ------------------------------------------------------------- */

/* Can we load modules at all?  Prints why not. */
bool privilege_init(void);

/* May the caller load this module file, or do what needs no file?  Prints why not. */
bool privilege_check(const char *path);
bool privilege_check_session(void);

/* Act as the caller for a while (opening files), and as root again. */
void privilege_drop(void);
void privilege_restore(void);

/* For good, in a child that executes something. */
void privilege_drop_forever(void);

/* ---- the module (module.c, image.c) ---------------------------------------------------------------- */

/* A module file in memory. */
struct image {
	char *data;
	size_t size;
};

/* Read a file.  false after a message. */
bool image_read(struct image *image, const char *path);
/* Value of a .modinfo key, or NULL. */
const char *image_info(const struct image *image, const char *key);
/* Give the module another name (-R).  false: no place for a name was found. */
bool image_rename(struct image *image, const char *name);

/* Insert the module of settings.module; sets module_name.  false after a message. */
bool module_insert(void);
/* Find the loaded module that settings.module names (-A); sets module_name. */
bool module_attach(const char *name);
/* Remove module_name, unless it is gone already.  false after a message. */
bool module_remove_own(void);
/* -d: one, or "*" all that nobody uses. */
bool module_delete(const char *name);
extern char module_name[64];

/* ---- the session's files (session.c) ------------------------------------------------------------------ */

/* Open .cmd of module_name.  false after a message. */
bool session_open(void);
/* Write a command; 0 or -errno. */
int session_command(const char *format, ...) __attribute__((format(printf, 1, 2)));
void session_close(void);
/* Open another file of the session, or -errno. */
int session_file(const char *name, int flags);
extern int session_fd;

/* ---- output (relay.c, merge.c, output.c) ------------------------------------------------------------------ */

enum relay_event {
	RELAY_EXIT = 1,			/* the script wants to end */
	RELAY_ENDED = 2,		/* the session is over, everything was written */
	RELAY_GONE = 4,			/* the module was removed by somebody else */
	RELAY_BROKEN = 8,		/* nobody reads our output any more */
	RELAY_FAILED = 16,		/* "start" failed */
};

/* Start the thread; events arrive as a bit mask in the eventfd that is returned, -1 after a message. */
int relay_start(void);
void relay_join(void);
/* Leave without waiting for the end (detaching). */
void relay_cancel(void);
/* Add an event; each kind at most once. */
void relay_tell(enum relay_event event);
/* Have the output file switched (USR2). */
void relay_switch_output(void);

/* Numbers of the "ended" line. */
struct relay_totals {
	int status;
	unsigned errors, skipped;
	unsigned long long dropped, lines_lost;
};
extern struct relay_totals relay_totals;

struct wire_record;

/* One CPU's stream of records, as it comes. */
struct stream {
	int fd;
	unsigned cpu;
	char *data;
	size_t begin, end, size;
	bool read_out;			/* nothing more in this round */
};

/* Open all trace files.  Their number, or -1 after a message. */
int streams_open(struct stream **streams);
void streams_close(struct stream *streams, int count);
/* The first record that was not released, read when it is needed; NULL: there is none in this round. */
const struct wire_record *stream_record(struct stream *s);
void stream_next(struct stream *s);

/* Outputs: one, or one per CPU in bulk mode.  false after a message. */
extern bool output_failed;		/* something could not be written, other than to a reader that left */
bool output_open(int count);
/* Append; false: the reader of our output is gone. */
bool output_write(unsigned index, const void *data, size_t length);
bool output_flush(void);
void output_switch(void);
void output_close(void);

/* ---- input (input.c) --------------------------------------------------------------------------------------- */

/* Forward standard input, if the script has probes for it; the session must have started. */
void input_start(void);

/* ---- processes (command.c) --------------------------------------------------------------------------------- */

/* Start the target, held.  Its pid, or -1 after a message. */
pid_t command_start(const char *text);
void command_release(void);
/* Kill it if it still runs, without comment. */
void command_kill(void);
/* A child ended: true when it was the target.  Warns if that failed. */
bool command_reap(void);
/* The target ended with failure. */
extern bool command_failed;
/* system(): run beside us. */
void command_system(const char *text);
/* Wait for what system() started. */
void command_wait(void);

#endif
