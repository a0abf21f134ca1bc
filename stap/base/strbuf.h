/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that grows; always NUL-terminated once something was added. */
#ifndef STAP_BASE_STRBUF_H
#define STAP_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

struct strbuf {
	char *text;	/* NULL while empty; use strbuf_text() to read */
	size_t len, cap;
};

void strbuf_add(struct strbuf *sb, const char *text);
void strbuf_addn(struct strbuf *sb, const char *text, size_t len);
void strbuf_addc(struct strbuf *sb, char c);
void strbuf_addf(struct strbuf *sb, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *sb, const char *format, va_list args)
	__attribute__((nonnull(2)));

/* The text so far, "" when empty.  Stays valid until the next addition. */
const char *strbuf_text(const struct strbuf *sb);

/* The storage itself, cut to size, for the caller to free(); the buffer is empty afterwards. */
char *strbuf_detach(struct strbuf *sb);

/* Release the storage (malloc'd, unlike the arena: these buffers get large). */
void strbuf_release(struct strbuf *sb);

#endif
