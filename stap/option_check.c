/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of option values; values that reach a compiler's command line or a module's
 * parameters may hold nothing but plain words. */
#include "option_check.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/nearest.h"
#include "session.h"

#define MODULE_NAME_MAX 55	/* MODULE_NAME_LEN of 64-bit kernels, without the NUL */

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Length of the C identifier that text begins with. */
static size_t identifier_length(const char *text)
{
	size_t len = 0;

	if (isdigit((unsigned char)*text))
		return 0;
	while (is_word_char(text[len]))
		len++;
	return len;
}

bool is_macro_definition(const char *text)
{
	size_t len = identifier_length(text);
	const char *value = text + len + 1;

	if (!len)
		return false;
	if (!text[len])
		return true;
	if (text[len] != '=')
		return false;
	value += *value == '-';
	if (!*value)
		return false;
	while (is_word_char(*value))
		value++;
	return !*value;
}

/* Limits of the runtime, and what they can be: buffers and tables need a size. */
static const struct { const char *name; long low, high; } limits[] = {
	{ "HIST_WIDTH", 1, 4096 },
	{ "KRETACTIVE", 0, 65535 },
	{ "MAXACTION", 0, LONG_MAX },
	{ "MAXACTION_INTERRUPTIBLE", 0, LONG_MAX },
	{ "MAXBACKTRACE", 1, INT_MAX },
	{ "MAXERRORS", 0, INT_MAX },
	{ "MAXMAPENTRIES", 1, INT_MAX },
	{ "MAXNESTING", 0, INT_MAX },
	{ "MAXSKIPPED", 0, INT_MAX },
	{ "MAXSTRINGLEN", 2, 1 << 24 },
	{ "MAXTRYLOCK", 0, INT_MAX },
	{ "MINSTACKSPACE", 0, INT_MAX },
	{ "STP_BUFFER_SIZE", 1, 1 << 30 },
	{ "STP_MAXMEMORY", 0, INT_MAX },
	{ "STP_PROCFS_BUFSIZE", 1, 1 << 20 },
	{ "TRYLOCKDELAY", 0, INT_MAX },
};

const char *limit_problem(const char *text)
{
	size_t len = identifier_length(text);
	long number;

	if (text[len] != '=')
		return NULL;
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		if (!strncmp(text, limits[i].name, len) && !limits[i].name[len] &&
		    !read_number(text + len + 1, 0, limits[i].low, limits[i].high, &number))
			return arena_printf("%s from %ld to %ld", limits[i].name, limits[i].low, limits[i].high);
	return NULL;
}

/* Other names that scripts are started with: with an effect, or about what this runtime has none of and nobody
 * would see. */
static const char *const switches[] = {
	"HIST_ELISION", "INTERRUPTIBLE", "STAP_CALLEE_MATCHALL", "STP_MAX_BUCKETS", "STP_NO_OVERLOAD",
	"STP_OVERLOAD_INTERVAL", "STP_OVERLOAD_THRESHOLD", "STP_TIMING_NSECS",
	"MAPHASHBIAS", "MAXUPROBES", "STP_FORCE_STDOUT_TTY", "STP_LEGACY_PRINT", "STP_NO_VERREL_CHECK",
};

bool macro_does_nothing(const char *text)
{
	static const char *const names[] = { "STP_ALIBI", "STP_EXECTRACE" };
	size_t len = identifier_length(text);

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!strncmp(text, names[i], len) && !names[i][len])
			return true;
	return !strncmp(text, "DEBUG_", 6);
}

bool macro_is_misspelt(const char *text, struct nearest *near)
{
	const char *name = arena_strndup(text, identifier_length(text));

	nearest_init(near, name);
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		if (!strcmp(name, limits[i].name))
			return false;
		nearest_offer(near, limits[i].name);
	}
	for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
		if (!strcmp(name, switches[i]))
			return false;
		nearest_offer(near, switches[i]);
	}
	return nearest_text(near) != NULL;
}

bool is_global_setting(const char *text)
{
	size_t len = identifier_length(text);

	if (!len || text[len] != '=' || !text[len + 1])
		return false;
	for (const char *c = text + len + 1; *c; c++)
		if (!is_word_char(*c) && *c != '.' && *c != '-')
			return false;
	return true;
}

bool is_module_info(const char *text)
{
	size_t len = identifier_length(text);

	return len && text[len] == '=' && text[len + 1] && !strpbrk(text, "\"\\\n");
}

bool is_module_name(const char *text)
{
	size_t len = 0;

	while (islower((unsigned char)text[len]) || isdigit((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len && !text[len] && len <= MODULE_NAME_MAX;
}

bool read_number(const char *text, int base, long low, long high, long *value)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*value = strtol(text, &end, base);
	return !*end && !errno && *value >= low && *value <= high;
}

bool read_seconds(const char *text, double *value)
{
	char *end;

	if (!isdigit((unsigned char)*text) && *text != '.')
		return false;
	*value = strtod(text, &end);
	return !*end && isfinite(*value) && *value > 0;
}

/* ---- combinations ---------------------------------------------------------------- */

static bool complain(const char *text)
{
	diag_report(DIAG_usage, NULL, "%s", text);
	return false;
}

static bool listing_agrees(const struct options *o, bool has_script)
{
	if (o->listing == LISTING_NONE)
		return true;
	if (has_script && !o->list_pattern)
		return complain("--dump options take no script");
	if (has_script)
		return complain("-l and -L take no script; -E adds one");
	if (o->last_pass)
		return complain("-p cannot be combined with -l, -L or --dump options");
	return true;
}

static bool has_script(const struct options *o)
{
	return o->script_file || o->script_text;
}

bool options_agree(const struct options *o, bool without_script)
{
	if (!listing_agrees(o, has_script(o)))
		return false;
	if (o->example && !o->script_file)
		return complain("--example needs the name of one; stap --examples lists them");
	if (o->listing == LISTING_NONE && !without_script && !has_script(o) && !o->extra_scripts.len)
		return complain("no script given; stap --help shows the usage");
	if (o->command && o->target_pid)
		return complain("-c and -x cannot be combined");
	if (o->rotate && !o->output_file)
		return complain("-S needs -o FILE");
	if (o->guru && o->privilege != PRIVILEGE_STAPDEV)
		return complain("-g cannot be combined with --privilege");
	if (o->runtime == RUNTIME_USER && o->vm)
		return complain("--vm cannot be combined with --runtime=user");
	if (o->runtime == RUNTIME_USER && o->release)
		return complain("-r cannot be combined with --runtime=user");
	return true;
}
