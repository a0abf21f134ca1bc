/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which option values are acceptable. */
#ifndef STAP_OPTION_CHECK_H
#define STAP_OPTION_CHECK_H

#include <stdbool.h>

struct options;

/* NAME or NAME=VALUE of -D: a C identifier and a plain identifier or number. */
bool is_macro_definition(const char *text);

/* Is the macro one that SystemTap has and that changes nothing here, though its user would expect something to happen? */
bool macro_does_nothing(const char *text);

/* Is the macro unknown, but nearly one that is known (in *near)?  Embedded C may ask for any. */
struct nearest;
bool macro_is_misspelt(const char *text, struct nearest *near);

/* NAME=VALUE of -G. */
bool is_global_setting(const char *text);

/* NAME=TEXT of --modinfo. */
bool is_module_info(const char *text);

/* What -m accepts, without ".ko". */
bool is_module_name(const char *text);

/* What a NAME=VALUE of -D would have to be, NULL where it is that or no limit of ours. */
const char *limit_problem(const char *text);

/* A whole number in a range; base 0 knows 0x and 0. */
bool read_number(const char *text, int base, long low, long high, long *value);

/* A positive number with an optional fraction. */
bool read_seconds(const char *text, double *value);

/* Combinations of options that exclude each other, or a script that is missing:
 * reports and returns false. */
bool options_agree(const struct options *o, bool without_script);

#endif
