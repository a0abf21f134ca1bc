/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of a script made with --runtime=user: the options of staprun that make sense
 * here, and NAME=VALUE for the script's globals.
 */
#include "runtime.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct user_options user_options;

static const char usage[] =
	"usage: %s [-v] [-w] [-c CMD | -x PID] [-o FILE [-S SIZE[,N]]] [-C WHEN] [NAME=VALUE ...]\n"
	"  -c CMD       run CMD after the begin probes, end when it ends\n"
	"  -x PID       set target()\n"
	"  -o FILE      write to FILE (strftime patterns are filled in)\n"
	"  -S SIZE[,N]  begin a new file every SIZE MiB, keep N\n"
	"  -w           no warnings\n"
	"  -C WHEN      colours: always, never or auto\n"
	"  -v           say what happens\n";

static bool complain(const char *what, const char *text)
{
	print_error("%s: %s", what, text);
	return false;
}

static bool parse_number(const char *text, s64 *value)
{
	char *end;

	errno = 0;
	*value = strtoll(text, &end, 0);
	if (errno == ERANGE)	/* 0xffffffffffffffff is a good number, too */
		*value = (s64)strtoull(text, &end, 0);
	return *text && !*end;
}

static bool parse_rotation(const char *text)
{
	char *end;
	unsigned long size = strtoul(text, &end, 10), files = 0;

	if (end != text && *end == ',')
		files = strtoul(end + 1, &end, 10);
	if (!size || *end)
		return complain("bad -S", text);
	user_options.rotate_bytes = (u64)size << 20;
	user_options.rotate_files = (unsigned)files;
	return true;
}

static bool parse_colours(const char *when)
{
	if (!strcmp(when, "always"))
		user_options.colours = true;
	else if (!strcmp(when, "never"))
		user_options.colours = false;
	else if (strcmp(when, "auto"))
		return complain("bad -C", when);
	return true;
}

static bool auto_colours(void)
{
	const char *colours = getenv("SYSTEMTAP_COLORS");

	return isatty(STDERR_FILENO) && !getenv("NO_COLOR") && !(colours && !*colours);
}

static bool parse_option(int option, const char *value)
{
	switch (option) {
	case 'c':
		user_options.command = value;
		return true;
	case 'x':
		return parse_number(value, &user_options.target_pid) || complain("bad process id", value);
	case 'o':
		user_options.output = value;
		return true;
	case 'S':
		return parse_rotation(value);
	case 'C':
		return parse_colours(value);
	case 'w':
		user_options.no_warnings = true;
		return true;
	case 'v':
		user_options.verbose = true;
		return true;
	default:
		return false;
	}
}

static const struct script_global *find_global(const char *name, size_t len)
{
	for (unsigned i = 0; i < script_global_count; i++)
		if (!strncmp(script_globals[i].name, name, len) && !script_globals[i].name[len])
			return &script_globals[i];
	return NULL;
}

/* A name that is no global of the script is ignored, as the kernel does. */
static bool set_global(const char *assignment)
{
	const char *equals = strchr(assignment, '=');
	const struct script_global *g;

	if (!equals)
		return complain("not an assignment to a global", assignment);
	g = find_global(assignment, (size_t)(equals - assignment));
	if (g && g->number)
		return parse_number(equals + 1, g->number) || complain("not a number", assignment);
	if (g)
		str_copy(g->string, equals + 1, script_config.max_string);
	return true;
}

static bool check_combination(void)
{
	if (user_options.command && user_options.target_pid)
		return complain("cannot use both", "-c and -x");
	if (user_options.rotate_bytes && !user_options.output)
		return complain("-S needs", "-o FILE");
	return true;
}

bool options_parse(int argc, char **argv)
{
	int option;

	user_options.program = argv[0];
	user_options.colours = auto_colours();
	while ((option = getopt(argc, argv, "c:x:o:S:C:wvh")) != -1) {
		if (option == 'h' || option == '?') {
			fprintf(option == 'h' ? stdout : stderr, usage, argv[0]);
			exit(option != 'h');
		}
		if (!parse_option(option, optarg))
			return false;
	}
	for (int i = optind; i < argc; i++)
		if (!set_global(argv[i]))
			return false;
	return check_combination();
}
