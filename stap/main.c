/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stap: from a script to a running kernel.
 *
 *	options		the command line			options.c
 *	session		our own files, the temporary folder	session.c, layout.c
 *	pass 1		parse					syntax/
 *	pass 2		elaborate				elaborate/, probes/, debuginfo/
 *	pass 3		translate to C				translate/
 *	pass 4		compile to a module			build/
 *	pass 5		run					run/, ../staprun/
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>

#include "base/file.h"
#include "build/build.h"
#include "build/headers.h"
#include "elaborate/program.h"
#include "elaborate/tapsets.h"
#include "examples.h"
#include "options.h"
#include "passes.h"
#include "session.h"

static int write_index(const char *folder)
{
	int err = tapsets_write_index(folder, stdout);

	if (err)
		diag_report(DIAG_environment, NULL, "cannot read %s: %s", folder, error_text(err));
	return err ? 1 : 0;
}

static int do_work(struct session *s)
{
	if (s->options.clean_cache)
		return build_cache_clean(s);
	if (s->options.index_folder)
		return write_index(s->options.index_folder);
	if (s->options.list_examples)
		return examples_list(s, stdout);
	if (s->options.listing != LISTING_NONE)
		return list_probes(s, stdout);
	if (s->options.example && !examples_find(s))
		return 1;
	return passes_run(s);
}

/* Was all of standard output written? */
static bool output_done(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	diag_report(DIAG_environment, NULL, "cannot write the output: %s", error_text(errno));
	diag_flush(stderr);
	return false;
}

/* Long lists come and go, and glibc would keep their memory after the first of them: it raises this limit by itself. */
#define GIVEN_BACK_FROM (128 * 1024)

int main(int argc, char **argv)
{
	static struct session session;
	int status;

	mallopt(M_MMAP_THRESHOLD, GIVEN_BACK_FROM);
	keep_standard_streams();
	status = options_parse(&session, argc, argv);
	if (status == OPTIONS_GO_ON) {
		session_init(&session);
		session.compile_headers = headers_compile;
		status = do_work(&session);
		session_release(&session);
	}
	diag_flush(stderr);
	return output_done() ? status : 1;
}
