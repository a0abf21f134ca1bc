/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs: make, the compiler, objtool, the linker. */
#ifndef STAP_BUILD_TOOL_H
#define STAP_BUILD_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "../base/vec.h"

struct session;

typedef VEC(const char *) word_list;

/* Append words up to a NULL argument. */
void words_add(word_list *list, ...) __attribute__((sentinel));

bool words_have(const word_list *list, const char *word);

struct tool {
	word_list words;	/* program (looked up in $PATH) and its arguments */
	const char *dir;	/* where it runs, NULL: here */
	const word_list *environment;	/* NAME=VALUE in addition, or NULL */
	struct tool *into;	/* a tool that reads its standard output, or NULL */
	void (*watch)(const char *output, void *data);	/* called with all output so far whenever there is more, or NULL */
	void *watch_data;
	char *output;		/* set: what it wrote to standard error, and output if nobody reads that */
	int output_fd;		/* while it runs */
	pid_t pids[2];
};

/*
 * Run to the end, without a shell (a reading tool is run, too, at the same time).  Its temporary files go to the session's temporary
 * folder, its messages are not translated, and it ends when stap is ended by a signal.
 * Returns the first exit status that is not 0 (128 + n for signal n), 0 if all is well,
 * or -errno when something could not be started.
 */
int tool_run(struct session *s, struct tool *t);

/* The same in two steps, with other tools in between: tool_wait() must follow each tool_start() that returned 0. */
int tool_start(struct session *s, struct tool *t);
int tool_wait(struct session *s, struct tool *t);

/* Report what tool_run() returned, with the first error lines of the output, as the failure of `what`. */
struct diag;
struct diag *tool_report(const struct tool *t, int status, const char *what);

/* Its output tells of a full disk: what else it says does not matter. */
bool tool_met_full_disk(const struct tool *t);
struct diag *tool_report_full_disk(const char *what);

/* Run; when that fails report `what` with the first error lines of its output. */
bool tool_run_or_report(struct session *s, struct tool *t, const char *what);

struct queued_tool {
	struct tool *tool;
	const char *what;	/* it does, for the report of a failure */
	int status;
};

/* Tools that do not wait for one another; with others that run, there are as many at once as processors. */
struct tool_queue {
	struct session *s;
	VEC(struct queued_tool) tools;
	size_t started, ended;
	bool failed;
};

void tool_queue_add(struct tool_queue *q, struct tool *t, const char *what);

/* Start those for which a processor is free. */
void tool_queue_start(struct tool_queue *q);

/* Run all to the end.  False after reporting the first failure; what had not been started then is not. */
bool tool_queue_finish(struct tool_queue *q);

/* Wait for what runs and start nothing more, without reports: something else went wrong.  Did one meet a full disk? */
bool tool_queue_abandon(struct tool_queue *q);

/* Processors that this machine has for tools. */
unsigned tool_processors(void);

/* Write a text that a tool is to read; false after reporting. */
bool tool_write_input(const char *path, const char *text);

/* With -vvv: show the command on stderr, as a shell would take it. */
void tool_show(const struct session *s, const struct tool *t);

#endif
