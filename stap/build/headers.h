/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of C headers, for @cast(x, "type", "<header.h>"). */
#ifndef STAP_BUILD_HEADERS_H
#define STAP_BUILD_HEADERS_H

struct session;

/*
 * The path (interned) of an object with debug information of all types in "<a.h><b.h>", as programs see
 * these headers, or in "kernel<a.h>...", as the target kernel's modules do.  Compiled on first use; NULL:
 * they cannot be compiled here.
 */
const char *headers_compile(struct session *s, const char *names);

#endif
