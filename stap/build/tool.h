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
	const char *input;	/* file that becomes its standard input, NULL: /dev/null */
	char *output;		/* set: what it wrote to standard output and error */
};

/*
 * Run to the end, without a shell.  Its temporary files go to the session's temporary
 * folder, its messages are not translated, and it ends when stap is ended by a signal.
 * Returns the exit status (128 + n for signal n), or -errno when it could not be started.
 */
int tool_run(struct session *s, struct tool *t);

/* Run; when that fails report `what` with the first error lines of its output. */
bool tool_run_or_report(struct session *s, struct tool *t, const char *what);

/* With -vvv: show the command on stderr, as a shell would take it. */
void tool_show(const struct session *s, const struct tool *t);

#endif
