/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text work behind the string functions of the library: searching, quoting for
 * display, UTF-8, numbers in text.  Everything cuts at the target's size and
 * terminates it; nothing needs a context.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include "types.h"

/* Offset of the first `part` in `text`, or -1.  An empty part is found at 0. */
int text_find(const char *text, const char *part);

/* How text_quote() shows bytes. */
struct quoting {
	unsigned limit;		/* most bytes of the result, quotes included; 0 or too large: size - 1 */
	bool quotes;		/* wrap in "", and end in "... when something was left out */
	bool more;		/* the source goes on after the bytes given */
};

/*
 * Escape n bytes as C text: printable ASCII as it is, \a \b \f \n \r \t \v \" \\,
 * others as three octal digits.  An escape is never cut in two.  Returns the length.
 */
unsigned text_quote(char *to, unsigned size, const char *bytes, unsigned n, struct quoting how);

/* Append one code point as UTF-8 when all of it fits below size - 1 bytes; false: it does not fit
 * or is not a code point. */
bool text_add_utf8(char *to, unsigned *len, unsigned size, u32 code);

/* A number with an optional sign, in a base of 2 to 36, or 0: 0x means 16, a leading 0 means 8.
 * Stops at the first character that does not belong to it; nothing usable is 0.  Wraps. */
s64 text_to_number(const char *text, s64 base);

#endif
