/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of C text: identifiers, literals, and the script's lines as comments. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "unit.h"

const char *text_taken(struct strbuf *sb)
{
	const char *text = arena_strndup(strbuf_text(sb), sb->len);

	strbuf_release(sb);
	return text;
}

/* '$' may stand in script names but has a meaning to assemblers. */
const char *c_identifier(const char *name)
{
	char *copy = arena_strdup(name);

	for (char *p = copy; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return copy;
}

static void add_escaped(struct strbuf *sb, unsigned char c, unsigned char before)
{
	if (c == '\n')
		strbuf_add(sb, "\\n");
	else if (c == '\t')
		strbuf_add(sb, "\\t");
	else if (c == '"' || c == '\\')
		strbuf_addf(sb, "\\%c", c);
	else if (c < 32 || c > 126 || (c == '?' && before == '?'))	/* no trigraphs */
		strbuf_addf(sb, "\\%03o", c);
	else
		strbuf_addc(sb, (char)c);
}

void c_string_add(struct strbuf *sb, const char *text, size_t len, size_t limit)
{
	strbuf_addc(sb, '"');
	for (size_t i = 0; i < len && i < limit; i++)
		add_escaped(sb, (unsigned char)text[i], i ? (unsigned char)text[i - 1] : 0);
	strbuf_addc(sb, '"');
}

const char *c_string(const char *text, size_t len, size_t limit)
{
	struct strbuf sb = {0};

	c_string_add(&sb, text, len, limit);
	return text_taken(&sb);
}

const char *c_number(int64_t value)
{
	if (value == INT64_MIN)
		return "(-9223372036854775807LL - 1)";
	if (value >= -INT32_MAX && value <= INT32_MAX)
		return arena_printf("%" PRId64, value);
	return arena_printf("%" PRId64 "LL", value);
}

const char *c_site(const struct place *at)
{
	const char *text;

	if (!at || !at->source)
		return "\"unknown place\"";
	text = arena_printf("%s '%s' at %s:%u:%u", at->kind ? at->kind : "token",
			    at->token ? at->token : "", at->source->name, at->line, at->column);
	return c_string(text, strlen(text), SIZE_MAX);
}

/* ---- comments ------------------------------------------------------------------------- */

/* Start of a line.  Places mostly come in rising order: the search goes on from the last one. */
static const char *line_start(struct line_cursor *cursor, const struct place *at)
{
	const char *end = at->source->text + at->source->len;

	if (cursor->source != at->source || cursor->line > at->line)
		*cursor = (struct line_cursor){ at->source, 1, at->source->text };
	while (cursor->line < at->line && cursor->text < end) {
		const char *newline = memchr(cursor->text, '\n', (size_t)(end - cursor->text));

		cursor->text = newline ? newline + 1 : end;
		cursor->line++;
	}
	return cursor->text;
}

/* Start and length of a line of the source, without blanks around it. */
static const char *source_line(struct line_cursor *cursor, const struct place *at, size_t *len)
{
	const char *end = at->source->text + at->source->len, *p = line_start(cursor, at), *stop;

	stop = memchr(p, '\n', (size_t)(end - p));
	if (!stop)
		stop = end;
	while (p < stop && isspace((unsigned char)*p))
		p++;
	while (stop > p && isspace((unsigned char)stop[-1]))
		stop--;
	*len = (size_t)(stop - p);
	return p;
}

#define COMMENT_MAX 100

/* Comment signs inside would end or nest the comment. */
static void add_comment_text(struct strbuf *sb, const char *text, size_t len)
{
	for (size_t i = 0; i < len && i < COMMENT_MAX; i++) {
		if (i && ((text[i] == '/' && text[i - 1] == '*') || (text[i] == '*' && text[i - 1] == '/')))
			strbuf_addc(sb, ' ');
		strbuf_addc(sb, isprint((unsigned char)text[i]) ? text[i] : ' ');
	}
	if (len > COMMENT_MAX)
		strbuf_add(sb, "...");
}

void comment_line(struct unit *u, struct strbuf *sb, const struct place *at, int depth)
{
	size_t len;
	const char *text;

	if (!at || !at->source || !at->source->text)
		return;
	text = source_line(&u->cursor, at, &len);
	while (depth-- > 0)
		strbuf_addc(sb, '\t');
	strbuf_addf(sb, "/* %u: ", at->line);
	add_comment_text(sb, text, len);
	strbuf_add(sb, " */\n");
}
