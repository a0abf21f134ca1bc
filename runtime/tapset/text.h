/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text work behind the string functions of the library: searching, quoting for
 * display, UTF-8, numbers in text.  Everything cuts at the target's size and
 * terminates it; nothing needs a context.
 */
#ifndef TAPSET_TEXT_H
#define TAPSET_TEXT_H

#include "../core/types.h"

/* Offset of the first `part` in `text`, or -1.  An empty part is found at 0. */
int text_find(const char *text, const char *part);

/* How bytes are shown. */
struct quoting {
	unsigned limit;		/* most bytes of the result, quotes included; 0 or too large: size - 1 */
	bool quotes;		/* wrap in "", and end in "... when something was left out */
};

/*
 * Escape bytes as C text: printable ASCII as it is, \a \b \f \n \r \t \v \" \\,
 * others as three octal digits.  An escape is never cut in two.
 *
 * In pieces: quote_begin(), quote_add() any number of times, quote_end() once.
 */
struct quote {
	char *to;
	unsigned len, room, limit;
	unsigned cut_at;	/* where a closing "... would still fit */
	bool quotes, cut;
};
void quote_begin(struct quote *q, char *to, unsigned size, struct quoting how);
/* false: something did not fit; further calls do nothing. */
bool quote_add(struct quote *q, const char *bytes, unsigned n);
/* Close and terminate.  `more`: the source goes on after what was added.  Returns the length. */
unsigned quote_end(struct quote *q, bool more);

/* All at once: n bytes, NULs included. */
unsigned text_quote(char *to, unsigned size, const char *bytes, unsigned n, struct quoting how);

/* Append one code point as UTF-8 when all of it fits below size - 1 bytes; false: it does not fit
 * or is not a code point. */
bool text_add_utf8(char *to, unsigned *len, unsigned size, u32 code);

/* A number with an optional sign, in a base of 2 to 36, or 0: 0x means 16, a leading 0 means 8.
 * Stops at the first character that does not belong to it; nothing usable is 0.  Wraps. */
s64 text_to_number(const char *text, s64 base);

#endif
