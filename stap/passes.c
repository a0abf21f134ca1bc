/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The passes are rows of one table; no pass calls another.  Each says in its header
 * what it requires and provides.  A pass that reported an error ends the run with a
 * trailer that names it.
 */
#include "passes.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/spool.h"
#include "build/build.h"
#include "elaborate/program.h"
#include "run/run.h"
#include "session.h"
#include "syntax/syntax.h"
#include "translate/translate.h"

struct pass {
	int number;
	const char *word;		/* "parse": for the trailer of a failure */
	int (*run)(struct session *s);
	void (*dump)(const struct session *s, FILE *out);	/* what -pN shows, or NULL */
	const char *(*summary)(const struct session *s);	/* for the line of -v */
};

static const char *plural(size_t n, const char *noun)
{
	return arena_printf("%zu %s%s", n, noun, n == 1 ? "" : "s");
}

static const char *summary_1(const struct session *s)
{
	return arena_printf("parsed user script and %s",
			    plural(s->files.len - s->user_file_count, "library script"));
}

static const char *summary_2(const struct session *s)
{
	const struct program *p = s->program;

	return arena_printf("analyzed script: %s, %s, %s, %s", plural(p->probes.len, "probe"),
			    plural(p->functions.len, "function"), plural(p->embeds.len, "embed"),
			    plural(p->globals.len, "global"));
}

static const char *summary_3(const struct session *s)
{
	return arena_printf("translated to C, %s,", plural(spool_length(s->c_text), "byte"));
}

static const char *summary_4(const struct session *s)
{
	return arena_printf(s->from_cache ? "using cached \"%s\"" : "compiled C into \"%s\"", s->module_path);
}

static const char *summary_5(const struct session *s)
{
	(void)s;
	return "run completed";
}

static const struct pass passes[] = {
	{ 1, "parse",		pass_1, pass_1_dump, summary_1 },
	{ 2, "analysis",	pass_2, pass_2_dump, summary_2 },
	{ 3, "translation",	pass_3, pass_3_dump, summary_3 },
	{ 4, "compilation",	pass_4, pass_4_dump, summary_4 },
	{ 5, "run",		pass_5, NULL,	     summary_5 },
};

/* ---- the line of -v --------------------------------------------------------------------- */

struct moment {
	long user_ms, system_ms, real_ms;
};

static long milliseconds(struct timeval a, struct timeval b)
{
	return (a.tv_sec + b.tv_sec) * 1000 + (a.tv_usec + b.tv_usec) / 1000;
}

static struct moment now(void)
{
	struct rusage own, tools;
	struct timespec time;

	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &tools);
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (struct moment){
		milliseconds(own.ru_utime, tools.ru_utime),
		milliseconds(own.ru_stime, tools.ru_stime),
		time.tv_sec * 1000 + time.tv_nsec / 1000000,
	};
}

static const char *memory_use(void)
{
	unsigned long size = 0, resident = 0, shared = 0, text, library, data = 0;
	unsigned long kb = sysconf(_SC_PAGESIZE) / 1024;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f) {
		if (fscanf(f, "%lu %lu %lu %lu %lu %lu", &size, &resident, &shared, &text,
			   &library, &data) != 6)
			size = resident = shared = data = 0;
		fclose(f);
	}
	return arena_printf("%luvirt/%lures/%lushr/%ludata kb", size * kb, resident * kb, shared * kb,
			    data * kb);
}

static void tell(const struct session *s, const struct pass *pass, struct moment before)
{
	struct moment after = now();

	fprintf(stderr, "Pass %d: %s using %s, in %ldusr/%ldsys/%ldreal ms.\n", pass->number,
		pass->summary(s), memory_use(), after.user_ms - before.user_ms,
		after.system_ms - before.system_ms, after.real_ms - before.real_ms);
}

/* ---- the loop ------------------------------------------------------------------------------ */

static int run_pass(struct session *s, const struct pass *pass)
{
	struct moment before = now();
	int verbose = s->options.verbose[pass->number];

	if (verbose && pass->number == 5)
		fprintf(stderr, "Pass 5: starting run.\n");
	int status = pass->run(s);

	if (diag_errors())
		status = 1;
	diag_flush(stderr);
	if (verbose && !status)
		tell(s, pass, before);
	if (status && !s->options.diag.json)	/* there, objects alone */
		fprintf(stderr, "Pass %d: %s failed.  [man error::pass%d]\n", pass->number, pass->word,
			pass->number);
	return status;
}

/* After pass 1 a script that was built before goes straight to the run. */
static bool is_skipped(const struct session *s, const struct pass *pass)
{
	return s->from_cache && pass->number >= 2 && pass->number <= 4;
}

static void look_into_cache(struct session *s)
{
	/* -vv wants to see what the passes between have to tell. */
	if (s->options.last_pass < 4 || s->options.verbose[3] > 1 || !build_cache_lookup(s))
		return;
	for (int pass = 2; pass <= 4; pass++)
		if (s->options.verbose[pass])
			fprintf(stderr, "Pass %d: using cached %s\n", pass, s->module_path);
}

/* What is wrong with the script is told first: it can be mended wherever it is to run. */
static bool cannot_run_here(struct session *s, const struct pass *pass)
{
	return pass->number == 2 && s->options.last_pass == 5 && run_check(s);
}

int passes_run(struct session *s)
{
	int last = s->options.last_pass;

	for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++) {
		const struct pass *pass = &passes[i];
		int status = 0;

		if (!is_skipped(s, pass))
			status = run_pass(s, pass);
		if (cannot_run_here(s, pass) || status)
			return 1;
		if (pass->number == last) {
			if (pass->dump)
				pass->dump(s, stdout);
			return 0;
		}
		if (pass->number == 1)
			look_into_cache(s);
	}
	return 0;
}
