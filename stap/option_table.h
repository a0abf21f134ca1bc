/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of options, private to options.c, and what each row does. */
#ifndef STAP_OPTION_TABLE_H
#define STAP_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct options;
struct option_row;

/* What is being read, and what to do when it is over. */
struct reading {
	struct options *o;
	bool help, version;
};

/* Returns false after reporting that the value is wrong. */
typedef bool option_handler(struct reading *r, const struct option_row *row, const char *value);

struct option_row {
	char letter;		/* 0: none */
	const char *name;	/* long name, or NULL */
	int has_arg;		/* getopt's no_argument ... */
	const char *arg;	/* as --help shows it */
	const char *help;	/* NULL: not shown */
	option_handler *handle;	/* NULL: a heading of --help */
	size_t target;		/* offset in struct options */
	long number;		/* the handler's own */
};

extern const struct option_row option_table[];
extern const size_t option_count;

#endif
