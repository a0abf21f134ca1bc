/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text work behind the string functions of the library.  Quoting decides while it
 * goes where a cut would have to be: it remembers the last place where both the
 * escaped text so far and the closing `"...` fit, so no byte is looked at twice.
 */
#include "text.h"

int text_find(const char *text, const char *part)
{
	for (int i = 0;; i++) {
		int n = 0;

		while (part[n] && text[i + n] == part[n])
			n++;
		if (!part[n])
			return i;
		if (!text[i])
			return -1;
	}
}

/* Letter after the backslash, or 0: not one of the short escapes. */
static char short_escape(unsigned char c)
{
	static const char letters[] = "abtnvfr";

	if (c >= '\a' && c <= '\r')
		return letters[c - '\a'];
	return c == '"' || c == '\\' ? (char)c : 0;
}

/* Write the shown form of one byte; returns its length, at most 4. */
static unsigned escape(char *to, unsigned char c)
{
	char letter = short_escape(c);

	if (letter) {
		to[0] = '\\';
		to[1] = letter;
		return 2;
	}
	if (c >= ' ' && c <= '~') {
		to[0] = (char)c;
		return 1;
	}
	to[0] = '\\';
	to[1] = (char)('0' + (c >> 6));
	to[2] = (char)('0' + (c >> 3 & 7));
	to[3] = (char)('0' + (c & 7));
	return 4;
}

static const char cut_mark[] = "\"...";
#define CUT_MARK_LENGTH (sizeof(cut_mark) - 1)

void quote_begin(struct quote *q, char *to, unsigned size, struct quoting how)
{
	unsigned limit = how.limit && how.limit < size ? how.limit : size - 1;

	if (how.quotes && limit < 1 + CUT_MARK_LENGTH)
		limit = 1 + CUT_MARK_LENGTH;
	*q = (struct quote){ .to = to, .limit = limit, .quotes = how.quotes };
	if (how.quotes)
		to[q->len++] = '"';
	q->cut_at = q->len;
	q->room = how.quotes ? limit - 1 : limit;
}

bool quote_add(struct quote *q, const char *bytes, unsigned n)
{
	for (unsigned i = 0; i < n && !q->cut; i++) {
		char shown[4];
		unsigned width = escape(shown, (unsigned char)bytes[i]);

		if (q->len + width > q->room) {
			q->cut = true;
			break;
		}
		for (unsigned k = 0; k < width; k++)
			q->to[q->len++] = shown[k];
		if (q->len + CUT_MARK_LENGTH <= q->limit)
			q->cut_at = q->len;
	}
	return !q->cut;
}

static void put(struct quote *q, const char *text)
{
	while (*text)
		q->to[q->len++] = *text++;
}

unsigned quote_end(struct quote *q, bool more)
{
	if (q->quotes && (q->cut || more)) {
		q->len = q->cut_at;
		put(q, cut_mark);
	} else if (q->quotes) {
		put(q, "\"");
	}
	q->to[q->len] = 0;
	return q->len;
}

unsigned text_quote(char *to, unsigned size, const char *bytes, unsigned n, struct quoting how)
{
	struct quote q;

	quote_begin(&q, to, size, how);
	quote_add(&q, bytes, n);
	return quote_end(&q, false);
}

bool text_add_utf8(char *to, unsigned *len, unsigned size, u32 code)
{
	unsigned more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };
	char *at = to + *len;

	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || *len + more + 1 >= size)
		return false;
	*at++ = (char)(lead[more] | code >> (6 * more));
	for (unsigned left = more; left > 0; left--)
		*at++ = (char)(0x80 | (code >> (6 * (left - 1)) & 0x3f));
	*len += more + 1;
	*at = 0;
	return true;
}

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 10;
	return 255;
}

static const char *skip_prefix(const char *text, s64 *base)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && digit_value(text[2]) < 16;

	if (*base == 0)
		*base = hex ? 16 : text[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? text + 2 : text;
}

s64 text_to_number(const char *text, s64 base)
{
	bool negative = *text == '-';
	u64 value = 0;

	if (*text == '-' || *text == '+')
		text++;
	text = skip_prefix(text, &base);
	if (base < 2 || base > 36)
		return 0;
	for (; digit_value(*text) < (unsigned)base; text++)
		value = value * (u64)base + digit_value(*text);
	return (s64)(negative ? 0 - value : value);
}
