/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that grows by doubling in malloc'd memory. */
#include "strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oom.h"

#define FIRST_CAPACITY 64

/* Room for `more` bytes and the NUL. */
static void strbuf_reserve(struct strbuf *sb, size_t more)
{
	size_t wanted = sb->len + more + 1;

	if (wanted <= sb->cap)
		return;
	size_t cap = sb->cap ? sb->cap * 2 : FIRST_CAPACITY;

	sb->cap = cap > wanted ? cap : wanted;
	sb->text = checked_realloc(sb->text, sb->cap);
}

void strbuf_addn(struct strbuf *sb, const char *text, size_t len)
{
	strbuf_reserve(sb, len);
	if (len)
		memcpy(sb->text + sb->len, text, len);
	sb->len += len;
	sb->text[sb->len] = '\0';
}

void strbuf_add(struct strbuf *sb, const char *text)
{
	strbuf_addn(sb, text, strlen(text));
}

void strbuf_addc(struct strbuf *sb, char c)
{
	strbuf_addn(sb, &c, 1);
}

void strbuf_vaddf(struct strbuf *sb, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		out_of_memory(0);
	strbuf_reserve(sb, len);
	vsnprintf(sb->text + sb->len, (size_t)len + 1, format, args);
	sb->len += len;
}

void strbuf_addf(struct strbuf *sb, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strbuf_vaddf(sb, format, args);
	va_end(args);
}

const char *strbuf_text(const struct strbuf *sb)
{
	return sb->text ? sb->text : "";
}

char *strbuf_detach(struct strbuf *sb)
{
	char *text = checked_realloc(sb->text, sb->len + 1);

	text[sb->len] = '\0';
	*sb = (struct strbuf){0};
	return text;
}

void strbuf_release(struct strbuf *sb)
{
	free(sb->text);
	*sb = (struct strbuf){0};
}
