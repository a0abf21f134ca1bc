/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer target for pass 1: lexer, preprocessor, parser and printer.  Two things
 * must hold beside memory being safe: a script that parses prints to one that parses,
 * and that one prints to itself.  A script whose last byte is no newline has its options there.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/script_fixture.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "syntax/syntax.h"

enum { GURU = 1, LIBRARY = 2, ARGUMENTS = 4, POINT = 8, JSON = 16 };

static struct session *session_for(unsigned flags)
{
	struct session *s = fixture_new();

	s->options.guru = flags & GURU;
	if (flags & ARGUMENTS) {
		vec_push(&s->options.arguments, "kernel.function(\"x\")");
		vec_push(&s->options.arguments, "1 \"%( @");
		s->argument_used = arena_alloc(2);
	}
	return s;
}

static void flush_messages(unsigned flags)
{
	static FILE *nowhere;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	diag_configure(&(struct diag_options){ .json = flags & JSON });
	diag_flush(nowhere);
}

/* Text of a parsed script, malloc'd; NULL if it does not parse. */
static char *printed(struct session *s, const char *text, size_t len, bool library)
{
	struct source *source = session_add_source(s, "fuzz", text, len);
	struct strbuf out = {0};

	source->library = library;
	const struct file *file = parse_source(s, source);

	if (!file)
		return NULL;
	print_file(&out, file);
	strbuf_addc(&out, '\n');
	return out.text;
}

static void fail(const char *why, const char *one, const char *two)
{
	fprintf(stderr, "%s\n--- first\n%s\n--- second\n%s\n", why, one, two ? two : "");
	abort();
}

static void check_script(const char *text, size_t len, unsigned flags)
{
	char *one = printed(session_for(flags), text, len, flags & LIBRARY), *two;

	flush_messages(flags);
	if (!one)
		return;
	two = printed(session_for(GURU), one, strlen(one), true);
	if (!two)
		fail("printed text does not parse", one, NULL);
	if (strcmp(one, two))
		fail("printed text changes", one, two);
	flush_messages(flags);
	free(one);
	free(two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned flags = size && data[size - 1] != '\n' ? data[size - 1] : 0;
	size_t len = flags ? size - 1 : size;
	char *text = malloc(len + 1);

	memcpy(text, data, len);
	text[len] = '\0';
	if (flags & POINT)
		parse_probe_point(session_for(flags), text);
	else
		check_script(text, len, flags);
	flush_messages(flags);
	free(text);
	return 0;
}
