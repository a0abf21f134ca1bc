/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What runtime/linux/compat.h must know of a kernel, asked of the kernel itself. */
#ifndef STAP_BUILD_FEATURES_H
#define STAP_BUILD_FEATURES_H

struct session;
struct strbuf;

/*
 * The table's answers for the session's kernel as C text, one line each: "#define
 * KERNEL_HAS_NAME 1", or 0.
 */
void features_write(struct session *s, struct strbuf *out);

#endif
