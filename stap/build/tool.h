/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs: make, the compiler, objtool, the linker. */
#ifndef STAP_BUILD_TOOL_H
#define STAP_BUILD_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/vec.h"

struct session;

typedef VEC(const char *) word_list;

/* Append words up to a NULL argument. */
void words_add(word_list *list, ...) __attribute__((sentinel));

struct tool {
	word_list words;	/* program (looked up in $PATH) and its arguments */
	const char *dir;	/* where it runs, NULL: here */
	const word_list *environment;	/* NAME=VALUE in addition, or NULL */
	struct tool *into;	/* a tool that reads its standard output, or NULL */
	char *output;		/* set: what it wrote to standard error, and output if nobody reads that */
};

/*
 * Run to the end, without a shell (a reading tool is run, too, at the same time).  Its temporary files go to the session's temporary
 * folder, its messages are not translated, and it ends when stap is ended by a signal.
 * Returns the first exit status that is not 0 (128 + n for signal n), 0 if all is well,
 * or -errno when something could not be started.
 */
int tool_run(struct session *s, struct tool *t);

/* Report what tool_run() returned, with the first error lines of the output, as the failure of `what`. */
struct diag;
struct diag *tool_report(const struct tool *t, int status, const char *what);

/* Its output tells of a full disk: what else it says does not matter. */
bool tool_met_full_disk(const struct tool *t);

/* Run; when that fails report `what` with the first error lines of its output. */
bool tool_run_or_report(struct session *s, struct tool *t, const char *what);

/* Write a text that a tool is to read; false after reporting. */
bool tool_write_input(const char *path, const char *text);

/* With -vvv: show the command on stderr, as a shell would take it. */
void tool_show(const struct session *s, const struct tool *t);

#endif
