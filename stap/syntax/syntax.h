/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 1: from text to tree. */
#ifndef STAP_SYNTAX_SYNTAX_H
#define STAP_SYNTAX_SYNTAX_H

#include "ast.h"

struct session;

/*
 * Pass 1.  Requires: session.scripts (the inputs), options.
 * Provides: session.files, one per user script, in order; macro libraries loaded.
 * Returns 0, or 1 after reporting errors.
 */
int pass_1(struct session *s);

/* Print the parse trees (-p1): parses back to the same tree. */
void pass_1_dump(const struct session *s, FILE *out);

/*
 * Parse one source (user script or library file) to a file.  Returns NULL after
 * reporting errors.  Library files are parsed with guru rights.
 */
struct file *parse_source(struct session *s, const struct source *source);

/* Parse one probe point list, as -l and -L give it ("kernel.function(\"x\"), y"). */
struct file *parse_probe_point(struct session *s, const char *text);

/* Where a directive of a format stands; the whole format if that is spelled elsewhere. */
const struct place *print_directive_place(const struct print *print, const struct format_piece *piece);

/* print, printf and the like: functions that no file declares. */
struct nearest;
void offer_print_names(struct nearest *near);

/* Script text of tree parts (printer.c); nested blocks are indented by `indent` tabs. */
struct strbuf;
void print_expr(struct strbuf *sb, const struct expr *e);
void print_stmt(struct strbuf *sb, const struct stmt *s, int indent);
void print_file(struct strbuf *sb, const struct file *f);

#endif
