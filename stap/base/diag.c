/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The collector of diagnostics.  Messages wait in a list until the end of the
 * pass; a hold remembers where in the list it began, so that dropping what a
 * speculation said is cutting the list.  Repetitions are found when printing,
 * because a hold must count its own errors whatever was said before it.
 */
#include "diag.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag_private.h"
#include "nearest.h"

#define MAX_PENDING 2000	/* a script with more mistakes than that is not a script */
#define MAX_WARNINGS 1000	/* the rest is for errors */
#define DEFAULT_MAX_ERRORS 20

struct hold {
	size_t first;		/* index in pending */
	unsigned errors;	/* reported since */
};

static struct {
	VEC(struct diag *) pending;
	VEC(struct hold) holds;
	unsigned errors;
	unsigned warnings;	/* also those that a hold drops later */
	unsigned lost_errors, lost_warnings;	/* beyond MAX_PENDING and MAX_WARNINGS */
	struct diag_options options;
} state;

static const struct {
	const char *name, *class;
	enum diag_severity severity;
} catalogue[] = {
#define DIAG(tag, severity, class) { #tag, class, DIAG_##severity },
#include "diag.def"
#undef DIAG
};

const char *diag_class(enum diag_tag tag)
{
	return catalogue[tag].class;
}

const char *diag_tag_name(enum diag_tag tag)
{
	return catalogue[tag].name;
}

void diag_configure(const struct diag_options *options)
{
	state.options = *options;
}

static enum diag_severity severity_of(enum diag_tag tag)
{
	return state.options.warnings_are_errors ? DIAG_ERROR : catalogue[tag].severity;
}

static bool is_suppressed(enum diag_tag tag)
{
	return state.options.suppress_warnings && catalogue[tag].severity == DIAG_WARNING;
}

static void count_error(void)
{
	if (state.holds.len)
		state.holds.data[state.holds.len - 1].errors++;
	else
		state.errors++;
}

static void uncount_error(void)
{
	if (state.holds.len)
		state.holds.data[state.holds.len - 1].errors--;
	else
		state.errors--;
}

static void keep(struct diag *d)
{
	if (d->severity == DIAG_ERROR)
		count_error();
	else
		state.warnings++;
	if (state.pending.len < (d->severity == DIAG_ERROR ? MAX_PENDING : MAX_WARNINGS))
		vec_push(&state.pending, d);
	else if (d->severity == DIAG_ERROR)
		state.lost_errors++;
	else
		state.lost_warnings++;
}

struct diag *diag_report(enum diag_tag tag, const struct place *at, const char *format, ...)
{
	struct diag *d = arena_new(struct diag);
	va_list args;

	va_start(args, format);
	*d = (struct diag){
		.tag = tag, .severity = severity_of(tag), .at = at,
		.message = arena_vprintf(format, args),
	};
	va_end(args);
	if (!is_suppressed(tag))
		keep(d);
	return d;
}

struct diag *diag_discarded(void)
{
	return arena_new(struct diag);
}

void diag_note(struct diag *d, const struct place *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vec_push(&d->notes, ((struct diag_remark){ arena_vprintf(format, args), at }));
	va_end(args);
}

void diag_hint(struct diag *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vec_push(&d->hints, ((struct diag_remark){ arena_vprintf(format, args), NULL }));
	va_end(args);
}

void diag_nearest(struct diag *d, const struct nearest *n)
{
	const char *names = nearest_text(n);

	if (names)
		diag_hint(d, "did you mean: %s", names);
}

unsigned diag_warnings(void)
{
	return state.warnings;
}

unsigned diag_errors(void)
{
	return state.errors;
}

void diag_hold(void)
{
	vec_push(&state.holds, ((struct hold){ .first = state.pending.len }));
}

bool diag_holding(void)
{
	return state.holds.len > 0;
}

static struct hold *innermost_hold(void)
{
	if (!state.holds.len)
		BUG("no diagnostics are held");
	return &state.holds.data[state.holds.len - 1];
}

unsigned diag_held_errors(void)
{
	return state.holds.len ? innermost_hold()->errors : 0;
}

/* Returns the number of errors that stay. */
static unsigned drop_all_but_firm(size_t first)
{
	size_t kept = first;
	unsigned errors = 0;

	for (size_t i = first; i < state.pending.len; i++) {
		struct diag *d = state.pending.data[i];

		if (!d->firm)
			continue;
		errors += d->severity == DIAG_ERROR;
		state.pending.data[kept++] = d;
	}
	state.pending.len = kept;
	return errors;
}

void diag_release(bool keep_them)
{
	struct hold hold = *innermost_hold();

	state.holds.len--;
	if (!keep_them)
		hold.errors = drop_all_but_firm(hold.first);
	if (state.holds.len)
		innermost_hold()->errors += hold.errors;
	else
		state.errors += hold.errors;
}

size_t diag_mark(void)
{
	return state.pending.len;
}

void diag_make_firm(size_t mark, diag_filter filter)
{
	for (size_t i = mark; i < state.pending.len; i++) {
		struct diag *d = state.pending.data[i];

		d->firm |= filter(d->tag, d->at);
	}
}

struct diag *diag_held_first(diag_filter filter)
{
	for (size_t i = innermost_hold()->first; i < state.pending.len; i++) {
		struct diag *d = state.pending.data[i];

		if (d->severity == DIAG_ERROR && filter(d->tag, d->at))
			return d;
	}
	return NULL;
}

void diag_report_again(struct diag *d)
{
	keep(d);
}

void diag_release_as_warnings(void)
{
	struct hold *hold = innermost_hold();

	for (size_t i = hold->first; i < state.pending.len; i++)
		state.pending.data[i]->severity = severity_of(DIAG_library_file);
	hold->errors = state.options.warnings_are_errors ? hold->errors : 0;
	diag_release(!state.options.suppress_warnings);
}

static bool same_place(const struct place *a, const struct place *b)
{
	if (!a || !b)
		return a == b;
	return a->source == b->source && a->line == b->line && a->column == b->column;
}

static bool said_before(const struct diag *d, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		const struct diag *other = state.pending.data[i];

		if (other->tag == d->tag && same_place(other->at, d->at) &&
		    !strcmp(other->message, d->message))
			return true;
	}
	return false;
}

static bool told_before(const struct diag *d, size_t before)
{
	for (size_t i = 0; i < before; i++)
		if (state.pending.data[i]->tag == d->tag && same_place(state.pending.data[i]->at, d->at))
			return true;
	return false;
}

void diag_drop_repeated(size_t mark)
{
	size_t kept = mark;

	for (size_t i = mark; i < state.pending.len; i++) {
		struct diag *d = state.pending.data[i];

		if (!told_before(d, mark))
			state.pending.data[kept++] = d;
		else if (d->severity == DIAG_ERROR)
			uncount_error();
		else
			state.warnings--;
	}
	state.pending.len = kept;
}

static unsigned max_errors(void)
{
	if (state.options.catalogue)
		return UINT_MAX;
	return state.options.max_errors ? state.options.max_errors : DEFAULT_MAX_ERRORS;
}

static void print_one(const struct diag *d, const struct diag_palette *palette, FILE *out)
{
	if (state.options.json)
		diag_print_json(d, out);
	else
		diag_print_text(d, palette, out);
}

static void print_counts(unsigned repeated, unsigned further, FILE *out)
{
	if (state.options.json)
		return;
	if (repeated)
		fprintf(out, "Number of similar messages suppressed: %u.\n", repeated);
	if (further)
		fprintf(out, "Number of further errors not shown: %u.\n", further);
	if (state.lost_warnings)
		fprintf(out, "Number of further warnings not shown: %u.\n", state.lost_warnings);
}

static bool in_catalogue(size_t index)
{
	const struct diag *d = state.pending.data[index];

	return d->severity == DIAG_ERROR && !strcmp(diag_class(d->tag), "semantic error") && !said_before(d, index);
}

static void print_catalogue(FILE *out)
{
	unsigned count = 0;

	for (size_t i = 0; i < state.pending.len; i++)
		count += in_catalogue(i);
	if (!count)
		return;
	fprintf(out, "SEMANTIC_ERRORS: %u\n", count);
	for (size_t i = 0; i < state.pending.len; i++)
		if (in_catalogue(i))
			diag_print_row(state.pending.data[i], "SEMANTIC_ERROR", out);
	fputs("SEMANTIC_ERRORS_END\n", out);
}

void diag_flush(FILE *out)
{
	const struct diag_palette *palette = diag_palette_for(out, state.options.colour);
	unsigned repeated = 0, further = state.lost_errors, shown = 0;

	if (state.holds.len)
		BUG("diagnostics are still held at the end of a pass");
	for (size_t i = 0; i < state.pending.len; i++) {
		const struct diag *d = state.pending.data[i];
		bool over = d->severity == DIAG_ERROR && shown >= max_errors();

		if (over && !state.options.verbose) {
			further++;
		} else if (!state.options.verbose && said_before(d, i)) {
			repeated++;
		} else {
			print_one(d, palette, out);
			shown += d->severity == DIAG_ERROR;
		}
	}
	print_counts(repeated, further, out);
	if (state.options.catalogue && !state.options.json)	/* which is a list for programs */
		print_catalogue(out);
	state.pending.len = 0;
	state.lost_errors = state.lost_warnings = 0;
}

void diag_reset(void)
{
	memset(&state, 0, sizeof state);
}

void bug_report(const char *file, int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "INTERNAL ERROR: %s:%d: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nThis is a mistake in stap itself.  Please report it together with the script.\n");
	exit(1);
}
