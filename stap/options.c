/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading the rc file and the command line by the table of option_table.c; --help;
 * and what is said of options that are not in the table.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/nearest.h"
#include "option_check.h"
#include "option_table.h"
#include "option_words.h"
#include "run/vm.h"
#include "session.h"
#include "version.h"

/* ---- --help ------------------------------------------------------------------------------ */

/* "  -e SCRIPT", "  --vm[=RELEASE]", "  -P, --prologue-searching[=WHEN]" */
static const char *usage_of(const struct option_row *row)
{
	const char *separator = row->name ? "=" : " ", *text = "";

	if (row->letter)
		text = arena_printf("-%c%s", row->letter, row->name ? ", " : "");
	if (row->name)
		text = arena_printf("%s--%s", text, row->name);
	if (row->has_arg == required_argument)
		return arena_printf("%s%s%s", text, separator, row->arg);
	if (row->has_arg == optional_argument)
		return arena_printf("%s[=%s]", text, row->arg);
	return text;
}

static bool is_heading(const struct option_row *row)
{
	return !row->handle;
}

static void print_help(void)
{
	printf("Usage: stap [options] FILE [arguments]\n"
	       "   or: stap [options] - [arguments]            script from standard input\n"
	       "   or: stap [options] -e SCRIPT [arguments]\n"
	       "   or: stap [options] -l|-L PROBE\n"
	       "   or: stap [options] --example NAME [arguments]\n"
	       "   or: stap --examples [WORD...]\n");
	for (size_t i = 0; i < option_count; i++) {
		if (is_heading(&option_table[i]))
			printf("\n%s:\n", option_table[i].help);
		else if (option_table[i].help)
			printf("  %-32s %s\n", usage_of(&option_table[i]), option_table[i].help);
	}
	printf("\nstap(1) is the manual; stap -l 'kernel.function(\"vfs_*\")' is a first step.\n");
}

/* ---- getopt ------------------------------------------------------------------------------- */

static char *letters(void)
{
	char *text = arena_alloc(option_count * 3 + 2), *end = text;

	*end++ = ':';	/* options may also follow the script, as in `stap f.stp 1 -c ls`; `--` ends them */
	for (size_t i = 0; i < option_count; i++) {
		/* `-P always` is no way to write it: letters take no optional value */
		if (!option_table[i].letter)
			continue;
		*end++ = option_table[i].letter;
		if (option_table[i].has_arg == required_argument)
			*end++ = ':';
	}
	return text;
}

/* Long options; val is the row number plus 256, above all letters. */
static struct option *long_options(void)
{
	struct option *list = arena_alloc((option_count + 1) * sizeof *list);
	size_t count = 0;

	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].name)
			list[count++] = (struct option){ option_table[i].name, option_table[i].has_arg, NULL, 256 + i };
	return list;
}

static const struct option_row *row_of(int code)
{
	if (code >= 256)
		return &option_table[code - 256];
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].letter && option_table[i].letter == code)
			return &option_table[i];
	return NULL;
}

static bool unknown_long(const char *word)
{
	const char *name = arena_strndup(word + 2, strcspn(word + 2, "="));
	struct nearest near;

	nearest_init(&near, name);
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].name)
			nearest_offer(&near, option_table[i].name);
	if (near.count)
		diag_report(DIAG_usage, NULL, "unknown option '--%s'; did you mean '--%s'?", name,
			    near.best[0].name);
	else
		diag_report(DIAG_usage, NULL, "unknown option '--%s'; stap --help lists all", name);
	return false;
}

static bool unknown_letter(char letter)
{
	char other = letter ^ 0x20;	/* the same letter in the other case */

	if (row_of(other))
		diag_report(DIAG_usage, NULL, "unknown option '-%c'; did you mean '-%c'?", letter, other);
	else
		diag_report(DIAG_usage, NULL, "unknown option '-%c'; stap --help lists all", letter);
	return false;
}

/* Why getopt_long() returned '?'. */
static bool bad_option(char **argv, const struct option *list)
{
	const char *word = argv[optind - 1], *names = "";
	size_t len = strcspn(word + 2, "=");
	int matches = 0;

	if (strncmp(word, "--", 2))
		return unknown_letter(optopt);
	for (const struct option *o = list; o->name; o++)
		if (!strncmp(o->name, word + 2, len))
			names = arena_printf("%s%s--%s", names, matches++ ? ", " : "", o->name);
	if (matches > 1)
		diag_report(DIAG_usage, NULL, "option '%s' is ambiguous: it may be %s", word, names);
	else if (matches == 1)
		diag_report(DIAG_usage, NULL, "option '%.*s' takes no value", (int)len + 2, word);
	else
		return unknown_long(word);
	return false;
}

static bool missing_value(char **argv, int code)
{
	const struct option_row *row = row_of(code);

	if (row && !strncmp(argv[optind - 1], "--", 2))
		diag_report(DIAG_usage, NULL, "option '--%s' needs a value", row->name);
	else
		diag_report(DIAG_usage, NULL, "option '-%c' needs a value", code);
	return false;
}

/* Moves what is no option to the end, and leaves optind there. */
static bool read_words(struct reading *r, int argc, char **argv)
{
	const struct option *list = long_options();
	const char *short_list = letters();
	bool ok = true;
	int code;

	opterr = 0;
	optind = 0;	/* begin anew, also after the rc file */
	while ((code = getopt_long(argc, argv, short_list, list, NULL)) != -1) {
		if (code == '?')
			ok = bad_option(argv, list);
		else if (code == ':')
			ok = missing_value(argv, optopt);
		else
			ok = row_of(code)->handle(r, row_of(code), optarg) && ok;
		if (!ok || r->help || r->version)
			return ok;
	}
	return ok;
}

static bool read_rc(struct reading *r, const char *path)
{
	char **words, *text;
	int count;

	if (!path || file_read(path, &text, NULL))
		return true;
	if (!split_words(text, &words, &count)) {
		diag_report(DIAG_usage, NULL, "%s: a quotation does not end", path);
		return false;
	}
	if (!read_words(r, count, words)) {
		diag_report(DIAG_usage, NULL, "the option is in %s", path);
		return false;
	}
	if (optind < count) {
		diag_report(DIAG_usage, NULL, "%s: '%s' is not an option", path, words[optind]);
		return false;
	}
	return true;
}

/* The script, unless it came by an option, and its arguments. */
static void take_rest(struct options *o, int argc, char **argv)
{
	int i = optind;

	if (i < argc && !o->script_text && !o->list_pattern && !o->list_examples)
		o->script_file = argv[i++];
	for (; i < argc; i++)
		vec_push(&o->arguments, argv[i]);
}

static const char *rc_path(void)
{
	const char *dir = getenv("SYSTEMTAP_DIR"), *home = getenv("HOME");

	if (dir && *dir)
		return arena_printf("%s/rc", dir);
	return home && *home ? arena_printf("%s/.systemtap/rc", home) : NULL;
}

static void set_defaults(struct options *o)
{
	o->privilege = PRIVILEGE_STAPDEV;
	o->compatible = STAP_COMPATIBLE_VERSION;
}

/* NULL: the running kernel. */
static const char *default_release(const struct options *o)
{
	const char *release = getenv("SYSTEMTAP_RELEASE");

	if (release && *release)
		return release;
	return o->vm ? vm_default_release() : NULL;
}

static void set_derived(struct options *o)
{
	o->diag.suppress_warnings = o->suppress_warnings;
	o->diag.warnings_are_errors = o->warnings_are_errors;
	o->diag.verbose = o->verbose[0] > 0;
	if (!o->release && o->runtime == RUNTIME_KERNEL)
		o->release = default_release(o);
	if (o->plan)
		o->last_pass = 3;
	if (!o->last_pass)
		o->last_pass = o->release && !o->vm && is_other_kernel(o->release) ? 4 : 5;
	if (o->module_name)
		o->disable_cache = true;
}

int options_parse(struct session *s, int argc, char **argv)
{
	struct options *o = &s->options;
	struct reading r = { .o = o };
	bool ok;

	set_defaults(o);
	ok = read_rc(&r, rc_path());
	if (ok) {
		unpack_interpreter_line(&argc, &argv);
		ok = read_words(&r, argc, argv);
	}
	if (ok && r.help)
		print_help();
	if (ok && r.version)
		print_version(stdout);
	if (ok && (r.help || r.version))
		return 0;
	if (ok) {
		take_rest(o, argc, argv);
		ok = options_agree(o, o->clean_cache || o->index_folder || o->list_examples);
	}
	set_derived(o);
	diag_configure(&o->diag);
	return ok ? OPTIONS_GO_ON : 1;
}
