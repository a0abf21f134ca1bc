/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options are one table.  It drives getopt_long(), the text of --help and the
 * search for the nearest name of an unknown option.  An option that others of this
 * name know and that we do not implement has a row as well: it is refused by name,
 * never ignored.
 */
#include "option_table.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "option_check.h"
#include "session.h"

#define NONE no_argument
#define NEEDED required_argument
#define MAYBE optional_argument
#define AT(member) offsetof(struct options, member)

static bool wrong(const struct option_row *row, const char *value, const char *expected)
{
	if (row->name)
		diag_report(DIAG_usage, NULL, "--%s: '%s' is not %s", row->name, value, expected);
	else
		diag_report(DIAG_usage, NULL, "-%c: '%s' is not %s", row->letter, value, expected);
	return false;
}

static void *member(struct reading *r, const struct option_row *row)
{
	return (char *)r->o + row->target;
}

/* ---- handlers ----------------------------------------------------------------------- */

static bool set_flag(struct reading *r, const struct option_row *row, const char *value)
{
	(void)value;
	*(bool *)member(r, row) = true;
	return true;
}

static bool set_text(struct reading *r, const struct option_row *row, const char *value)
{
	if (!*value)
		return wrong(row, value, "usable: it is empty");
	*(const char **)member(r, row) = value;
	return true;
}

static bool add_text(struct reading *r, const struct option_row *row, const char *value)
{
	text_vec *list = member(r, row);

	if (!*value)
		return wrong(row, value, "usable: it is empty");
	vec_push(list, value);
	return true;
}

static bool set_script(struct reading *r, const struct option_row *row, const char *value)
{
	(void)row;
	if (r->o->script_text) {
		diag_report(DIAG_usage, NULL, "only one script can be given by -e; -E adds more");
		return false;
	}
	r->o->script_text = value;
	return true;
}

static bool add_script(struct reading *r, const struct option_row *row, const char *value)
{
	(void)row;
	vec_push(&r->o->extra_scripts, value);
	return true;
}

static bool set_listing(struct reading *r, const struct option_row *row, const char *value)
{
	if (r->o->listing != LISTING_NONE) {
		diag_report(DIAG_usage, NULL, "only one of -l, -L and the --dump options can be given");
		return false;
	}
	r->o->listing = row->number;
	r->o->list_pattern = value;
	if (r->o->listing == LISTING_VARIABLES)
		r->o->unoptimized = r->o->suppress_warnings = true;
	return true;
}

static bool set_pass(struct reading *r, const struct option_row *row, const char *value)
{
	long pass;

	if (!read_number(value, 10, 1, 5, &pass))
		return wrong(row, value, "a pass number, 1 to 5");
	r->o->last_pass = pass;
	return true;
}

static bool more_verbose(struct reading *r, const struct option_row *row, const char *value)
{
	(void)row, (void)value;
	for (int pass = 0; pass <= 5; pass++)
		r->o->verbose[pass]++;
	return true;
}

static bool more_verbose_by_pass(struct reading *r, const struct option_row *row, const char *value)
{
	size_t len = strspn(value, "0123456789");

	if (!len || value[len] || len > 5)
		return wrong(row, value, "1 to 5 digits");
	for (size_t pass = 1; pass <= len; pass++)
		r->o->verbose[pass] += value[pass - 1] - '0';
	return true;
}

/* Functions of kernel and modules have names in every run; programs have not. */
static bool add_symbols(struct reading *r, const struct option_row *row, const char *value)
{
	if (!strchr(value, '/') || access(value, R_OK) == 0)
		return add_text(r, row, value);
	diag_report(DIAG_usage, NULL, "-d %s: %s", value, error_text(errno));
	return false;
}

static bool set_buffer(struct reading *r, const struct option_row *row, const char *value)
{
	long size;

	if (!read_number(value, 10, 1, 4095, &size))
		return wrong(row, value, "a number of megabytes, 1 to 4095");
	r->o->buffer_mb = size;
	return true;
}

static bool set_pid(struct reading *r, const struct option_row *row, const char *value)
{
	long pid;

	if (!read_number(value, 10, 1, 4194304, &pid))
		return wrong(row, value, "a process id");
	*(int *)member(r, row) = pid;
	return true;
}

static bool set_timeout(struct reading *r, const struct option_row *row, const char *value)
{
	return read_seconds(value, &r->o->timeout) || wrong(row, value, "a positive number of seconds");
}

static bool set_rotation(struct reading *r, const struct option_row *row, const char *value)
{
	char *size = arena_strdup(value), *comma = strchr(size, ',');
	long number;

	if (comma)
		*comma = 0;
	if (!read_number(size, 10, 1, 1 << 20, &number) ||
	    (comma && !read_number(comma + 1, 10, 1, 1 << 20, &number)))
		return wrong(row, value, "a size in megabytes, or SIZE,COUNT");
	r->o->rotate = value;
	return true;
}

static bool add_macro(struct reading *r, const struct option_row *row, const char *value)
{
	const char *wanted = is_macro_definition(value) ? limit_problem(value) : "a macro definition NAME or NAME=VALUE";

	return wanted ? wrong(row, value, wanted) : add_text(r, row, value);
}

static bool add_global(struct reading *r, const struct option_row *row, const char *value)
{
	return is_global_setting(value) ? add_text(r, row, value)
					: wrong(row, value, "a setting NAME=VALUE of letters, digits and _.-");
}

static bool add_module_info(struct reading *r, const struct option_row *row, const char *value)
{
	return is_module_info(value) ? add_text(r, row, value) : wrong(row, value, "a setting NAME=VALUE");
}

static bool set_module_name(struct reading *r, const struct option_row *row, const char *value)
{
	char *name = arena_strdup(value);
	size_t len = strlen(name);

	if (len > 3 && !strcmp(name + len - 3, ".ko")) {
		name[len - 3] = 0;
		fprintf(stderr, "Truncating module name to '%s'\n", name);
	}
	if (!is_module_name(name))
		return wrong(row, value, "a module name of a-z, 0-9 and _, at most 55 characters");
	r->o->module_name = name;
	return true;
}

static bool set_privilege(struct reading *r, const struct option_row *row, const char *value)
{
	static const char *const names[] = { "stapusr", "stapsys", "stapdev" };

	for (int i = 0; i < 3; i++) {
		if (!value || !strcmp(value, names[i])) {
			r->o->privilege = i;
			return true;
		}
	}
	return wrong(row, value, "stapusr, stapsys or stapdev");
}

static bool set_runtime(struct reading *r, const struct option_row *row, const char *value)
{
	if (!strcmp(value, "kernel"))
		r->o->runtime = RUNTIME_KERNEL;
	else if (!strcmp(value, "user"))
		r->o->runtime = RUNTIME_USER;
	else if (!strcmp(value, "bpf") || !strcmp(value, "dyninst"))
		return wrong(row, value, "supported by this version; use kernel or user");
	else
		return wrong(row, value, "kernel or user");
	return true;
}

static bool set_colour(struct reading *r, const struct option_row *row, const char *value)
{
	if (!value || !strcmp(value, "always"))
		r->o->diag.colour = DIAG_COLOUR_ALWAYS;
	else if (!strcmp(value, "never"))
		r->o->diag.colour = DIAG_COLOUR_NEVER;
	else if (!strcmp(value, "auto"))
		r->o->diag.colour = DIAG_COLOUR_AUTO;
	else
		return wrong(row, value, "always, never or auto");
	return true;
}

static bool set_diagnostics(struct reading *r, const struct option_row *row, const char *value)
{
	if (!strcmp(value, "json"))
		r->o->diag.json = true;
	else if (!strcmp(value, "text"))
		r->o->diag.json = false;
	else
		return wrong(row, value, "text or json");
	return true;
}

static bool set_vm(struct reading *r, const struct option_row *row, const char *value)
{
	(void)row;
	r->o->vm = true;
	r->o->vm_release = value;
	if (value)
		r->o->release = value;
	return true;
}

static bool set_compatible(struct reading *r, const struct option_row *row, const char *value)
{
	unsigned major, minor;
	char rest;

	if (sscanf(value, "%u.%u%c", &major, &minor, &rest) != 2 || major > 1000 || minor > 1000)
		return wrong(row, value, "a version like " STAP_COMPATIBLE_VERSION);
	if (strverscmp(value, STAP_COMPATIBLE_VERSION) > 0)
		return wrong(row, value, "at most " STAP_COMPATIBLE_VERSION ", the version of this stap");
	r->o->compatible = value;
	return true;
}

static bool suppress_limits(struct reading *r, const struct option_row *row, const char *value)
{
	(void)row, (void)value;
	if (!r->o->guru) {
		diag_report(DIAG_usage, NULL, "--suppress-time-limits needs -g before it");
		return false;
	}
	r->o->suppress_time_limits = true;
	return true;
}

static bool set_debug(struct reading *r, const struct option_row *row, const char *value)
{
	(void)row, (void)value;
	r->o->save_intermediates = r->o->keep_temp = true;
	return true;
}

static bool set_rlimit(struct reading *r, const struct option_row *row, const char *value)
{
	struct rlimit limit;
	long number;

	(void)r;
	if (!read_number(value, 10, 0, 1L << 62, &number))
		return wrong(row, value, "a number");
	limit.rlim_cur = limit.rlim_max = number;
	if (setrlimit(row->number, &limit) == 0)
		return true;
	diag_report(DIAG_environment, NULL, "--%s=%s: %s", row->name, value, error_text(errno));
	return false;
}

static bool ask_help(struct reading *r, const struct option_row *row, const char *value)
{
	(void)row, (void)value;
	return r->help = true;
}

static bool ask_version(struct reading *r, const struct option_row *row, const char *value)
{
	(void)row, (void)value;
	return r->version = true;
}

static bool refuse(struct reading *r, const struct option_row *row, const char *value)
{
	(void)r, (void)value;
	if (row->name)
		diag_report(DIAG_usage, NULL, "--%s is not supported by this version", row->name);
	else
		diag_report(DIAG_usage, NULL, "-%c is not supported by this version", row->letter);
	return false;
}

/* What other versions need and this one has nothing to do for; scripts are started with it. */
static bool accept(struct reading *r, const struct option_row *row, const char *value)
{
	(void)r, (void)row, (void)value;
	return true;
}

static bool check_searching(struct reading *r, const struct option_row *row, const char *value)
{
	(void)r;
	if (!value || !strcmp(value, "always") || !strcmp(value, "never") || !strcmp(value, "auto"))
		return true;
	return wrong(row, value, "always, never or auto");
}

static bool check_architecture(struct reading *r, const struct option_row *row, const char *value)
{
	struct utsname own;

	(void)r, (void)row;
	if (uname(&own) == 0 && strcmp(own.machine, value) == 0)
		return true;
	diag_report(DIAG_usage, NULL, "-a %s: only kernels of this machine's own architecture are supported", value);
	return false;
}

/* ---- the table ------------------------------------------------------------------------ */

#define HEADING(text) { .help = text }
#define REFUSED(letter, name, has_arg) { letter, name, has_arg, NULL, NULL, refuse, 0, 0 }

const struct option_row option_table[] = {
	HEADING("Script"),
	{ 'e', NULL, NEEDED, "SCRIPT", "script text instead of a file", set_script, 0, 0 },
	{ 'E', NULL, NEEDED, "SCRIPT", "additional script text, repeatable", add_script, 0, 0 },
	{ 'I', NULL, NEEDED, "DIR", "additional tapset directory, repeatable", add_text, AT(tapset_dirs), 0 },
	{ 'D', NULL, NEEDED, "NAME[=VALUE]", "macro for the generated C code", add_macro, AT(macros), 0 },
	{ 'G', NULL, NEEDED, "NAME=VALUE", "set a scalar global at start", add_global, AT(globals), 0 },
	{ 'g', NULL, NONE, NULL, "guru mode: embedded C, writing to the kernel", set_flag, AT(guru), 0 },
	{ 'u', NULL, NONE, NULL, "no optimisation", set_flag, AT(unoptimized), 0 },
	{ 0, "compatible", NEEDED, "VERSION", "behave like an older version", set_compatible, 0, 0 },
	{ 0, "skip-badvars", NONE, NULL, "context variables that cannot be read are 0", set_flag,
	  AT(skip_badvars), 0 },
	{ 0, "suppress-handler-errors", NONE, NULL, "errors of handlers do not end the run", set_flag,
	  AT(suppress_handler_errors), 0 },
	{ 0, "suppress-time-limits", NONE, NULL, "no limits of statements and locks (after -g)",
	  suppress_limits, 0, 0 },
	{ 0, "no-global-var-display", NONE, NULL, "do not print globals that are only written", set_flag,
	  AT(no_global_display), 0 },
	{ 0, "sysroot", NEEDED, "DIR", "root of the target's files", set_text, AT(sysroot), 0 },
	{ 0, "privilege", NEEDED, "GROUP", "only what stapusr, stapsys or stapdev may do", set_privilege, 0, 0 },
	{ 0, "unprivileged", NONE, NULL, "the same as --privilege=stapusr", set_privilege, 0, 0 },

	HEADING("Listing"),
	{ 'l', NULL, NEEDED, "PROBE", "list matching probe points", set_listing, 0, LISTING_PROBES },
	{ 'L', NULL, NEEDED, "PROBE", "list them with their variables", set_listing, 0, LISTING_VARIABLES },
	{ 0, "plan", NONE, NULL, "tell where each probe goes, how, and what a hit costs; run nothing", set_flag,
	  AT(plan), 0 },
	{ 0, "dump-probe-types", NONE, NULL, "all kinds of probe points", set_listing, 0, LISTING_PROBE_TYPES },
	{ 0, "dump-probe-aliases", NONE, NULL, "all probe aliases of the library", set_listing, 0,
	  LISTING_ALIASES },
	{ 0, "dump-functions", NONE, NULL, "all functions of the library", set_listing, 0, LISTING_FUNCTIONS },
	{ 0, "dump-index", NEEDED, "DIR", "the index of a tapset directory", set_text, AT(index_folder), 0 },

	HEADING("Examples"),
	{ 0, "example", NONE, NULL, "FILE is the name of an example", set_flag, AT(example), 0 },
	{ 0, "examples", NONE, NULL, "list the examples; arguments are words to look for", set_flag,
	  AT(list_examples), 0 },

	HEADING("Target"),
	{ 'r', NULL, NEEDED, "RELEASE|DIR", "kernel release or build tree", set_text, AT(release), 0 },
	{ 'c', NULL, NEEDED, "COMMAND", "run a command as target, end when it ends", set_text, AT(command), 0 },
	{ 'x', NULL, NEEDED, "PID", "process id for target()", set_pid, AT(target_pid), 0 },
	{ 0, "target-namespaces", NEEDED, "PID", "process whose namespaces ns_pid() and the like count in", set_pid,
	  AT(namespaces_pid), 0 },
	{ 'd', NULL, NEEDED, "FILE|MODULE", "symbols and frames of a program or library (the kernel's are there)",
	  add_symbols, AT(symbol_modules), 0 },
	{ 0, "ldd", NONE, NULL, "symbols of the libraries of these programs, too", set_flag,
	  AT(library_symbols), 0 },
	{ 0, "all-modules", NONE, NULL, "symbols of all modules (they are always there)", set_flag,
	  AT(all_modules), 0 },
	{ 0, "runtime", NEEDED, "KIND", "kernel module, or user: an ordinary process", set_runtime, 0, 0 },
	{ 0, "vm", MAYBE, "RELEASE", "run in a throwaway virtual machine", set_vm, 0, 0 },

	HEADING("Module"),
	{ 'm', NULL, NEEDED, "NAME", "name of the module, kept in the current directory", set_module_name, 0, 0 },
	{ 'R', NULL, NEEDED, "DIR", "directory of the runtime's sources", set_text, AT(runtime_dir), 0 },
	{ 0, "modinfo", NEEDED, "NAME=VALUE", "additional module information", add_module_info,
	  AT(module_info), 0 },
	{ 0, "disable-cache", NONE, NULL, "neither read nor write the cache", set_flag, AT(disable_cache), 0 },
	{ 0, "poison-cache", NONE, NULL, "write the cache, do not read it", set_flag, AT(poison_cache), 0 },
	{ 0, "clean-cache", NONE, NULL, "remove old entries of the cache, and exit", set_flag,
	  AT(clean_cache), 0 },
	{ 0, "tmpdir", NEEDED, "DIR", "place of temporary files", set_text, AT(tmpdir), 0 },
	{ 'k', NULL, NONE, NULL, "keep the temporary directory", set_flag, AT(keep_temp), 0 },
	{ 0, "debug", NONE, NULL, "keep intermediate files and debug information", set_debug, 0, 0 },

	HEADING("Run"),
	{ 'o', NULL, NEEDED, "FILE", "output file, with strftime patterns", set_text, AT(output_file), 0 },
	{ 'S', NULL, NEEDED, "SIZE[,N]", "switch output files at SIZE megabytes, keep N", set_rotation, 0, 0 },
	{ 's', NULL, NEEDED, "MB", "size of the output buffers, 1 to 4095", set_buffer, 0, 0 },
	{ 'b', NULL, NONE, NULL, "bulk mode: an output file for each CPU", set_flag, AT(bulk), 0 },
	{ 'F', NULL, NONE, NULL, "flight recorder: go on in the background", set_flag, AT(flight_recorder), 0 },
	{ 'T', NULL, NEEDED, "SECONDS", "end after a time", set_timeout, 0, 0 },
	{ 't', NULL, NONE, NULL, "timing of probes at the end", set_flag, AT(timing), 0 },

	HEADING("This program"),
	{ 'p', NULL, NEEDED, "PASS", "stop after pass 1 to 5: parse, elaborate, translate, compile, run",
	  set_pass, 0, 0 },
	{ 'v', NULL, NONE, NULL, "more verbose, repeatable", more_verbose, 0, 0 },
	{ 0, "vp", NEEDED, "ABCDE", "more verbose by pass: one digit for each", more_verbose_by_pass, 0, 0 },
	{ 'w', NULL, NONE, NULL, "no warnings", set_flag, AT(suppress_warnings), 0 },
	{ 'W', NULL, NONE, NULL, "warnings are errors", set_flag, AT(warnings_are_errors), 0 },
	{ 0, "color", MAYBE, "WHEN", "coloured messages: always, never, auto", set_colour, 0, 0 },
	{ 0, "colour", MAYBE, "WHEN", NULL, set_colour, 0, 0 },
	{ 0, "diagnostics", NEEDED, "FORM", "messages as text, or as one json object a line",
	  set_diagnostics, 0, 0 },
	{ 0, "semantic-keep-going", NONE, NULL, "show all errors of pass 2, and a list of them for programs", set_flag,
	  AT(diag.catalogue), 0 },
	{ 0, "rlimit-as", NEEDED, "N", "limit of this program's address space", set_rlimit, 0, RLIMIT_AS },
	{ 0, "rlimit-cpu", NEEDED, "N", "limit of its processor time", set_rlimit, 0, RLIMIT_CPU },
	{ 0, "rlimit-nproc", NEEDED, "N", "limit of its processes", set_rlimit, 0, RLIMIT_NPROC },
	{ 0, "rlimit-stack", NEEDED, "N", "limit of its stack", set_rlimit, 0, RLIMIT_STACK },
	{ 0, "rlimit-fsize", NEEDED, "N", "limit of the files it writes", set_rlimit, 0, RLIMIT_FSIZE },
	{ 'V', "version", NONE, NULL, "version and features", ask_version, 0, 0 },
	{ 'h', "help", NONE, NULL, "this text", ask_help, 0, 0 },

	HEADING("Accepted without effect"),
	{ 'a', NULL, NEEDED, "ARCH", "architecture: only this machine's", check_architecture, 0, 0 },
	{ 'P', NULL, NONE, NULL, "search for the end of prologues (never needed)", accept, 0, 0 },
	{ 0, "prologue-searching", MAYBE, "WHEN", "the same", check_searching, 0, 0 },
	{ 0, "download-debuginfo", MAYBE, "WHEN", "debuginfod is asked when DEBUGINFOD_URLS is set", accept, 0, 0 },
	{ 0, "use-server-on-error", MAYBE, "YESNO", "there are no compile servers", accept, 0, 0 },
	{ 0, "check-version", NONE, NULL, "nothing depends on a version", accept, 0, 0 },
	{ 0, "save-uprobes", NONE, NULL, "there is no uprobes module", accept, 0, 0 },

	REFUSED('i', "interactive", NONE),
	REFUSED('B', NULL, NEEDED),
	REFUSED('q', NULL, NONE),
	REFUSED(0, "dyninst", NONE),
	REFUSED(0, "bpf", NONE),
	REFUSED(0, "remote", NEEDED),
	REFUSED(0, "remote-prefix", NONE),
	REFUSED(0, "sysenv", NEEDED),
	REFUSED(0, "use-server", MAYBE),
	REFUSED(0, "list-servers", MAYBE),
	REFUSED(0, "trust-servers", MAYBE),
	REFUSED(0, "use-http-server", NEEDED),
	REFUSED(0, "sign-module", MAYBE),
	REFUSED(0, "client-options", NONE),
	REFUSED(0, "monitor", MAYBE),
	REFUSED(0, "language-server", NONE),
	REFUSED(0, "build-as", MAYBE),
};

const size_t option_count = sizeof option_table / sizeof option_table[0];
