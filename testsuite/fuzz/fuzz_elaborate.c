/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of passes 2 and 3, as --runtime=user has them: what parses is elaborated against the real
 * library and translated, and all that -p2 and -p3 print is printed.  The same script must give
 * the same C text twice.  A script whose last byte is no newline has its options there.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/spool.h"
#include "debuginfo/debuginfo.h"
#include "elaborate/program.h"
#include "session.h"
#include "syntax/syntax.h"
#include "translate/translate.h"

enum { GURU = 1, UNOPTIMIZED = 2, SETTINGS = 4, VERBOSE = 8, NO_TIME_LIMITS = 16, SKIP_BADVARS = 32, NO_DISPLAY = 64 };

static FILE *nowhere;

/* ---- fakes: no kernel, and no temporary folder ------------------------------------------------ */

struct source *session_add_source(struct session *s, const char *name, const char *text, size_t len)
{
	struct source *source = arena_new(struct source);

	*source = (struct source){ .name = name, .text = text, .len = len, .order = (int)s->sources.len };
	vec_push(&s->sources, source);
	return source;
}

struct kernel *session_kernel(struct session *s)
{
	(void)s;
	diag_report(DIAG_kernel_missing, NULL, "no kernel");
	return NULL;
}

const char *session_temp_dir(struct session *s)
{
	(void)s;
	diag_report(DIAG_environment, NULL, "no temporary folder");
	return NULL;
}

void session_depends_on(struct session *s, const char *path)
{
	(void)s;
	(void)path;
}

const char *session_macro(const struct session *s, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < s->options.macros.len; i++)
		if (!strncmp(s->options.macros.data[i], name, len) && s->options.macros.data[i][len] == '=')
			return s->options.macros.data[i] + len + 1;
	return NULL;
}

/* ---- one script -------------------------------------------------------------------------------- */

static struct session *session_for(const char *script, unsigned flags)
{
	static struct session session;
	struct options *o = &session.options;

	debuginfo_reset();
	arena_reset();
	diag_reset();
	diag_configure(&(struct diag_options){ .json = flags & VERBOSE });
	session = (struct session){0};
	*o = (struct options){
		.runtime = RUNTIME_USER, .compatible = STAP_COMPATIBLE_VERSION, .script_text = script, .last_pass = 3,
		.guru = flags & GURU, .unoptimized = flags & UNOPTIMIZED, .privilege = PRIVILEGE_STAPDEV,
		.suppress_time_limits = flags & NO_TIME_LIMITS, .skip_badvars = flags & SKIP_BADVARS,
		.no_global_display = flags & NO_DISPLAY,
	};
	if (flags & VERBOSE)
		o->verbose[2] = 2;
	if (flags & SETTINGS) {
		vec_push(&o->macros, "MAXSTRINGLEN=40");
		vec_push(&o->macros, "MAXMAPENTRIES=3");
		vec_push(&o->globals, "a=1");
		vec_push(&o->arguments, "1");
		vec_push(&o->arguments, "two words");
	}
	session.tapset_dir = FUZZ_TAPSETS;
	session.tapset_index = FUZZ_TAPSETS "/INDEX";
	return &session;
}

/* The C text, malloc'd; NULL if the script has errors. */
static char *translated(const char *script, unsigned flags)
{
	struct session *s = session_for(script, flags);
	char *text = NULL;

	if (pass_1(s) == 0 && pass_2(s) == 0) {
		pass_2_dump(s, nowhere);
		if (pass_3(s) == 0) {
			pass_3_dump(s, nowhere);
			text = spool_text(s->c_text);
		}
	}
	if (!text && !diag_errors())
		abort();	/* it failed and did not say why */
	diag_flush(nowhere);
	return text;
}

/* Tells where the texts part; never returns. */
static void report_difference(const char *one, const char *two)
{
	size_t line = 1, same = 0;

	if (two) {
		while (one[same] && one[same] == two[same])
			line += one[same++] == '\n';
		while (same && one[same - 1] != '\n')
			same--;
	}
	fprintf(stderr, "translated twice: line %zu is\n%.200s\nand then\n%.200s\n", line, one + same,
		two ? two + same : "(errors)");
	diag_flush(stderr);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned flags = size && data[size - 1] != '\n' ? data[size - 1] : 0;
	char *script = malloc(size + 1), *one, *two;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	memcpy(script, data, size);
	script[flags ? size - 1 : size] = 0;
	one = translated(script, flags);
	if (one && flags & VERBOSE) {
		two = translated(script, flags);
		if (!two || strcmp(one, two))
			report_difference(one, two);
		free(two);
	}
	free(one);
	free(script);
	return 0;
}
