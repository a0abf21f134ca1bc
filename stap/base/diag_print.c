/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics for people: message, place, the source line with a caret, where it
 * came from, notes and hints.  A line is shown through a window, because scripts
 * may hold lines of a megabyte; bytes that would disturb a terminal are not sent.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag_private.h"

#define WINDOW 100	/* bytes of a source line that are shown */
#define MAX_VIA 8	/* levels of macro expansion that are shown */
#define MAX_TOKEN 60	/* bytes of a token that are shown */

enum paint { PAINT_ERROR, PAINT_WARNING, PAINT_SOURCE, PAINT_CARET, PAINT_TOKEN, PAINT_COUNT };

struct diag_palette {
	char codes[PAINT_COUNT][16];
};

static const char *const paint_names[] = { "error", "warning", "source", "caret", "token" };

/* Overrides from $SYSTEMTAP_COLORS: "error=01;31:caret=01". */
static void palette_override(struct diag_palette *palette, const char *settings)
{
	for (const char *s = settings; *s; s += strcspn(s, ":"), s += *s == ':') {
		size_t name = strcspn(s, "=:"), end = strcspn(s, ":");

		for (int i = 0; s[name] == '=' && i < PAINT_COUNT; i++)
			if (strlen(paint_names[i]) == name && !strncmp(s, paint_names[i], name) &&
			    end - name - 1 < sizeof palette->codes[i])
				snprintf(palette->codes[i], sizeof palette->codes[i], "%.*s",
					 (int)(end - name - 1), s + name + 1);
	}
}

static bool wants_colour(FILE *out, enum diag_colour when)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	const char *settings = getenv("SYSTEMTAP_COLORS");

	if (settings && !*settings)
		return false;
	if (when != DIAG_COLOUR_AUTO)
		return when == DIAG_COLOUR_ALWAYS;
	return !(no_colour && *no_colour) && term && strcmp(term, "dumb") && isatty(fileno(out));
}

const struct diag_palette *diag_palette_for(FILE *out, enum diag_colour when)
{
	static struct diag_palette palette;
	const char *settings = getenv("SYSTEMTAP_COLORS");

	if (!wants_colour(out, when))
		return NULL;
	palette = (struct diag_palette){{ "01;31", "00;33", "00;34", "01", "01" }};
	if (settings)
		palette_override(&palette, settings);
	return &palette;
}

static void paint_on(const struct diag_palette *palette, enum paint paint, FILE *out)
{
	if (palette)
		fprintf(out, "\033[%sm\033[K", palette->codes[paint]);
}

static void paint_off(const struct diag_palette *palette, FILE *out)
{
	if (palette)
		fputs("\033[m\033[K", out);
}

/* Text without control characters. */
static void put_clean(const char *text, size_t len, FILE *out)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = text[i];

		fputc((c < ' ' && c != '\t') || c == 127 ? '?' : c, out);
	}
}

static void put_cut(const char *text, FILE *out)
{
	size_t len = strlen(text);

	put_clean(text, len < MAX_TOKEN ? len : MAX_TOKEN, out);
	if (len > MAX_TOKEN)
		fputs("...", out);
}

/* "identifier 'foo' at f.stp:3:14"; the file is left out when it is `known`. */
static void put_place(const struct place *at, const struct source *known,
		      const struct diag_palette *palette, FILE *out)
{
	if (at->kind) {
		fprintf(out, "%s ", at->kind);
		if (at->token) {
			fputc('\'', out);
			paint_on(palette, PAINT_TOKEN, out);
			put_cut(at->token, out);
			paint_off(palette, out);
			fputs("' ", out);
		}
	}
	fprintf(out, "at %s:%u:%u", at->source == known ? "" : at->source->name,
		at->line, at->column);
}

const char *place_line(const struct place *at, size_t *len)
{
	const char *text = at->source->text, *end = text + at->source->len;

	for (unsigned line = 1; line < at->line; line++) {
		const char *newline = memchr(text, '\n', end - text);

		if (!newline)
			break;
		text = newline + 1;
	}
	const char *newline = memchr(text, '\n', end - text);

	*len = (newline ? newline : end) - text;
	while (*len && text[*len - 1] == '\r')
		--*len;
	return text;
}

static void put_caret(const char *line, size_t len, size_t column, unsigned length, FILE *out)
{
	size_t room = column < len ? len - column : 0;

	for (size_t i = 0; i < column; i++)
		fputc(i < len && line[i] == '\t' ? '\t' : ' ', out);
	fputc('^', out);
	for (unsigned i = 1; i < length && i < room; i++)
		fputc('~', out);
}

/* The line of `at` and the caret below it, cut to a window around the caret. */
static void put_source(const struct place *at, const struct diag_palette *palette, FILE *out)
{
	size_t len, column = at->column - 1, first = 0;
	const char *line = place_line(at, &len);

	if (column > len)
		column = len;
	if (column > WINDOW * 3 / 4)
		first = column - WINDOW / 2;
	size_t shown = len - first > WINDOW ? WINDOW : len - first;

	fputs(" source: ", out);
	paint_on(palette, PAINT_SOURCE, out);
	put_clean(line + first, shown, out);
	paint_off(palette, out);
	fputs("\n         ", out);
	paint_on(palette, PAINT_CARET, out);
	put_caret(line + first, shown, column - first, at->length, out);
	paint_off(palette, out);
	fputc('\n', out);
}

/* The macro calls or alias uses that led to a place. */
static void put_via(const struct place *at, const struct diag_palette *palette, FILE *out)
{
	const struct place *last = at;

	for (int depth = 0; last->via && depth < MAX_VIA; depth++, last = last->via) {
		if (last->via->line == last->line && last->via->column == last->column &&
		    last->via->source == last->source)	/* a macro that calls itself */
			continue;
		fprintf(out, "   from: use of '%s' ", last->via_name ? last->via_name : "?");
		const struct place bare = {
			.source = last->via->source, .line = last->via->line,
			.column = last->via->column,
		};
		put_place(&bare, at->source, palette, out);
		fputc('\n', out);
		put_source(last->via, palette, out);
	}
}

static bool shows_saw(const struct diag *d)
{
	return d->at->kind && !strcmp(diag_class(d->tag), "parse error");
}

static void put_head(const struct diag *d, const struct diag_palette *palette, FILE *out)
{
	paint_on(palette, d->severity == DIAG_ERROR ? PAINT_ERROR : PAINT_WARNING, out);
	fprintf(out, "%s:", diag_class(d->tag));
	paint_off(palette, out);
	fprintf(out, " %s", d->message);
	if (!d->at || !d->at->source) {
		fputc('\n', out);
		return;
	}
	fputs(shows_saw(d) ? "\n\tsaw: " : d->at->kind ? ": " : " ", out);
	put_place(d->at, NULL, palette, out);
	fputc('\n', out);
	put_source(d->at, palette, out);
	put_via(d->at, palette, out);
}

static void put_note(const struct diag_remark *note, const struct source *known,
		     const struct diag_palette *palette, FILE *out)
{
	fprintf(out, "   note: %s", note->text);
	if (note->at && note->at->source) {
		fputs(": ", out);
		put_place(note->at, known, palette, out);
		fputc('\n', out);
		put_source(note->at, palette, out);
	} else {
		fputc('\n', out);
	}
}

void diag_print_text(const struct diag *d, const struct diag_palette *palette, FILE *out)
{
	put_head(d, palette, out);
	vec_each(&d->notes, const struct diag_remark, note)
		put_note(note, d->at ? d->at->source : NULL, palette, out);
	vec_each(&d->hints, const struct diag_remark, hint)
		fprintf(out, "   hint: %s\n", hint->text);
}

static void put_word(const char *word, FILE *out)
{
	fputc('\t', out);
	for (; *word; word++)
		fputc((unsigned char)*word < ' ' ? ' ' : *word, out);
}

void diag_print_row(const struct diag *d, const char *mark, FILE *out)
{
	const struct place none = {0}, *at = d->at ? d->at : &none;

	fputs(mark, out);
	put_word(at->source ? at->source->name : "", out);
	fprintf(out, "\t%u\t%u", at->line, at->column);
	put_word(at->token ? at->token : "", out);
	put_word(d->message, out);
	fputc('\n', out);
}
