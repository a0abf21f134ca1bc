/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics: collected, never thrown.  A function that can fail reports
 * through diag_*() with a place in a source text and returns an error value;
 * the pass ends with failure if any error was reported.
 *
 * Every message has a tag from diag.def (for --diagnostics=json, for tests and
 * for manual pages).  What is printed:
 *
 *	parse error: expected ')'
 *		saw: identifier 'foo' at net.stp:3:14
 *	 source: probe begin (foo
 *	                      ^~~
 *	   hint: ...
 */
#ifndef STAP_BASE_DIAG_H
#define STAP_BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One input text: a script, a tapset file, a macro library. */
struct source {
	const char *name;	/* as shown in messages: path, "<input>", "<input1>" */
	const char *text;	/* NUL-terminated after `len` bytes; may hold NULs */
	size_t len;
	bool library;		/* from a tapset folder, not written by the user */
	bool builtin_library;	/* from the first (own) tapset folder */
	int order;		/* position among the sources of the session */
};

/* A place: a range in one line, and how it got there. */
struct place {
	const struct source *source;	/* NULL: no place (command line, environment) */
	unsigned line, column;		/* both from 1 */
	unsigned length;		/* bytes under the caret, at least 1 */
	const char *kind;		/* token kind for messages ("identifier", ...) or NULL */
	const char *token;		/* token text for messages, or NULL */
	const struct place *via;	/* the macro call or alias use it was expanded from */
	const char *via_name;		/* name of that macro or alias, or NULL */
};

/* The line of a place: its first byte, length in *len (without line end). */
const char *place_line(const struct place *at, size_t *len);

enum diag_severity { DIAG_WARNING, DIAG_ERROR };

enum diag_tag {
#define DIAG(tag, severity, class) DIAG_##tag,
#include "diag.def"
#undef DIAG
	DIAG_TAG_COUNT
};

struct diag;

/*
 * Report.  `at` may be NULL.  Returns the message so that notes can be added to
 * it; the pointer is valid until the next diag_flush().  Identical messages at the
 * same place are counted, not repeated.  Severity and the words before the colon
 * ("parse error", "semantic error", "WARNING") come from diag.def.
 */
struct diag *diag_report(enum diag_tag tag, const struct place *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A message that nobody will see: for callers that must return one to add hints to. */
struct diag *diag_discarded(void);

/* A second place that belongs to the message ("first used here"). */
void diag_note(struct diag *d, const struct place *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* One line of advice.  A NULL format argument list is not allowed; see diag_nearest(). */
void diag_hint(struct diag *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

struct nearest;
/* Hint "did you mean: a, b" if the collector found something. */
void diag_nearest(struct diag *d, const struct nearest *n);

/* Errors reported so far (printed or not, held-back ones excluded). */
unsigned diag_errors(void);

/* Warnings reported so far, unless suppressed: what a cached result would fail to repeat. */
unsigned diag_warnings(void);

/*
 * Speculation: what is reported between hold and release is kept aside, for
 * optional probe points and @defined().  release(true) reports it after all,
 * release(false) drops it, except what was made firm.  Nests.  diag_held_errors()
 * counts errors since the innermost hold (0 outside one).
 */
void diag_hold(void);

/* Is anything being tried at the moment? */
bool diag_holding(void);
unsigned diag_held_errors(void);
void diag_release(bool keep);

/* Is it of a kind that the caller looks for? */
typedef bool (*diag_filter)(enum diag_tag tag, const struct place *at);

/*
 * Where the list of messages ends now; and make those reported since firm that the
 * filter takes: no speculation decides about them.
 */
size_t diag_mark(void);
void diag_make_firm(size_t mark, diag_filter filter);

/* Drop what was reported since the mark and is of the tag and place of what was reported before: somebody looked
   at the same thing again. */
void diag_drop_repeated(size_t mark);

/* The first error in the innermost hold that the filter takes, or NULL; and report one after all
   that a release dropped. */
struct diag *diag_held_first(diag_filter filter);
void diag_report_again(struct diag *d);

/* Report after all what was held, but as warnings: faults of a file that is left out. */
void diag_release_as_warnings(void);

enum diag_colour { DIAG_COLOUR_AUTO, DIAG_COLOUR_ALWAYS, DIAG_COLOUR_NEVER };

struct diag_options {
	enum diag_colour colour;	/* AUTO: terminal, and NO_COLOR unset */
	bool json;			/* one object a line */
	bool suppress_warnings;		/* -w */
	bool warnings_are_errors;	/* -W */
	bool verbose;			/* repeat what would be counted */
	unsigned max_errors;		/* printed before the rest is only counted; 0 = 20 */
	bool catalogue;			/* print all, and a list of the semantic errors for programs */
};
void diag_configure(const struct diag_options *options);

/* Print what was collected, in order of report, to `out`.  Called at the end of each pass. */
void diag_flush(FILE *out);

/* Forget everything (tests, fuzzers). */
void diag_reset(void);

/* An error of the compiler itself: says where and ends the process with status 1. */
#define BUG(...) bug_report(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void bug_report(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
