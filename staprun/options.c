/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#include "staprun.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings settings = { .wake_ms = 200, .color = -1 };

static const char usage_text[] =
	"Usage: staprun [options] MODULE [NAME=VALUE...]\n"
	"  MODULE   a path, NAME.ko in this folder, or the name of an installed script\n"
	"  -v       more messages\n"
	"  -V, -h   show the version, this help\n"
	"  -w       no warnings\n"
	"  -c CMD   run CMD as the target, end with it\n"
	"  -x PID   the target process\n"
	"  -o FILE  write the output there; strftime patterns are expanded\n"
	"  -S SIZE[,N]  start another output file every SIZE MB, keep N\n"
	"  -b MB    size of the buffers of each CPU\n"
	"  -T MS    how long output may wait, 200 by default\n"
	"  -i       forward standard input to the script\n"
	"  -L       load, start, and leave the session running\n"
	"  -A       attach to such a session\n"
	"  -d       remove the module; \"*\": all that nobody is attached to\n"
	"  -D       go to the background; needs -o\n"
	"  -R       insert the module under a name of its own\n"
	"  -P PID   end when that process, which must be our parent, has ended\n"
	"  -C WHEN  colours: auto, always, never\n";

static _Noreturn void print_usage(void)
{
	fputs(usage_text, stdout);
	exit(0);
}

static _Noreturn void wrong(const char *text)
{
	message_error("%s; staprun -h shows the usage", text);
	exit(1);
}

/* What getopt() does not know, or what has no value. */
static _Noreturn void wrong_option(const char *what)
{
	message_error("%s '-%c'; staprun -h shows the usage", what, optopt);
	exit(1);
}

static long number(const char *text, long low, long high, const char *what)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (!*text || *end || value < low || value > high) {
		message_error("%s must be a number from %ld to %ld, not '%s'", what, low, high, text);
		exit(1);
	}
	return value;
}

/* SIZE[,N] */
static void parse_rotation(char *text)
{
	char *comma = strchr(text, ',');

	if (comma) {
		*comma = 0;
		settings.rotate_keep = number(comma + 1, 1, 1000000, "the number of files (-S)");
	}
	settings.rotate_mb = number(text, 1, 1 << 20, "the size of a file (-S)");
}

static void parse_color(const char *when)
{
	if (!strcmp(when, "always"))
		settings.color = 1;
	else if (!strcmp(when, "never"))
		settings.color = 0;
	else if (strcmp(when, "auto"))
		wrong("-C takes auto, always or never");
}

static void print_version(void)
{
	printf("staprun (stap) version " STAPRUN_VERSION "\n");
	exit(0);
}

/* Options without an argument: letter and flag. */
static const struct { char letter; bool *flag; } flags[] = {
	{ 'w', &settings.no_warnings }, { 'i', &settings.forward_input },
	{ 'L', &settings.load_only }, { 'A', &settings.attach }, { 'd', &settings.delete },
	{ 'D', &settings.daemon }, { 'R', &settings.rename },
};

static bool parse_flag(int letter)
{
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (flags[i].letter == letter)
			return *flags[i].flag = true;
	return false;
}

static void parse_value(int letter)
{
	switch (letter) {
	case 'v': settings.verbose++; break;
	case 'V': print_version(); break;
	case 'h': print_usage();
	case 'c': settings.command = optarg; break;
	case 't':
	case 'x': settings.target_pid = number(optarg, 1, 1 << 22, "a process id (-x)"); break;
	case 'N': settings.namespaces_pid = number(optarg, 1, 1 << 22, "a process id (-N)"); break;
	case 'P': settings.parent_pid = number(optarg, 1, 1 << 22, "a process id (-P)"); break;
	case 'r': settings.remote = optarg; break;
	case 'o': settings.output = optarg; break;
	case 'b': settings.buffer_mb = number(optarg, 1, 4095, "the buffer size (-b)"); break;
	case 'T': settings.wake_ms = number(optarg, 1, 100000, "the waiting time (-T)"); break;
	case 'S': parse_rotation(optarg); break;
	case 'C': parse_color(optarg); break;
	case 'u':		/* uprobes have long been part of the kernel */
	case 'F': break;	/* the relay folder is found by name */
	case ':': wrong_option("a value is missing after");
	default: wrong_option("unknown option");
	}
}

static void check_combinations(void)
{
	const struct settings *s = &settings;

	if (s->attach && (s->load_only || s->buffer_mb || s->command || s->target_pid))
		wrong("-A cannot be used with -L, -b, -c or -x");
	if (s->command && s->target_pid)
		wrong("-c and -x exclude each other");
	if (s->daemon && (s->load_only || s->delete || s->command))
		wrong("-D cannot be used with -L, -d or -c");
	if (s->daemon && !s->output)
		wrong("-D needs an output file (-o)");
	if (s->rotate_mb && !s->output)
		wrong("-S needs an output file (-o)");
}

static void check_assignments(void)
{
	for (char **word = settings.assignments; *word; word++)
		if (!strchr(*word, '=')) {
			message_error("'%s' is not NAME=VALUE", *word);
			exit(1);
		}
}

void options_parse(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, ":u::vVhwc:x:t:N:P:o:b:iLAdDRr:S:T:C:F:")) != -1)
		if (!parse_flag(letter))
			parse_value(letter);
	if (optind == argc)
		wrong("a module is needed");
	settings.module = argv[optind];
	settings.assignments = argv + optind + 1;
	check_assignments();
	check_combinations();
}
