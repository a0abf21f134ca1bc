/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the collector of diagnostics shares with its two printers. */
#ifndef STAP_BASE_DIAG_PRIVATE_H
#define STAP_BASE_DIAG_PRIVATE_H

#include "diag.h"
#include "vec.h"

struct diag_remark {
	const char *text;
	const struct place *at;		/* notes only */
};
typedef VEC(struct diag_remark) remark_vec;

struct diag {
	enum diag_tag tag;
	enum diag_severity severity;
	const char *message;
	const struct place *at;
	remark_vec notes, hints;
	bool firm;			/* not dropped with a hold */
};

/* The words before the colon, and the tag's name. */
const char *diag_class(enum diag_tag tag);
const char *diag_tag_name(enum diag_tag tag);

struct diag_palette;

/* Colours to use on `out`, NULL for none. */
const struct diag_palette *diag_palette_for(FILE *out, enum diag_colour when);

void diag_print_text(const struct diag *d, const struct diag_palette *palette, FILE *out);
void diag_print_json(const struct diag *d, FILE *out);

/* As a line of words with tabs between them: the mark, file, line, column, token, message. */
void diag_print_row(const struct diag *d, const char *mark, FILE *out);

#endif
