/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fakes and the short way through pass 1 that the tests of the syntax share. */
#include "script_fixture.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "debuginfo/debuginfo.h"
#include "syntax/syntax.h"

unsigned fixture_kernel_asked;

static char *messages;		/* malloc'd */

/* ---- fakes: the real ones have the command line behind them ------------------------ */

struct source *session_add_source(struct session *s, const char *name, const char *text, size_t len)
{
	struct source *source = arena_new(struct source);

	*source = (struct source){ .name = name, .text = text, .len = len,
				   .order = (int)s->sources.len };
	vec_push(&s->sources, source);
	return source;
}

struct kernel *session_kernel(struct session *s)
{
	static struct kernel kernel = {
		.release = "6.1.0-56-cloud-amd64", .version = "6.1.0", .arch = "x86_64",
	};

	fixture_kernel_asked++;
	return s->kernel = &kernel;
}

const char *kernel_config(struct kernel *k, const char *name)
{
	(void)k;
	return !strcmp(name, "CONFIG_HZ") ? "250" : !strcmp(name, "CONFIG_SMP") ? "y" : "";
}

/* ---- runs ----------------------------------------------------------------------------- */

struct session *fixture_new(void)
{
	static struct session session;

	arena_reset();
	diag_reset();
	fixture_kernel_asked = 0;
	session = (struct session){0};
	return &session;
}

static char *flushed(bool json)
{
	struct diag_options options = { .json = json, .verbose = true, .max_errors = 1000 };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	diag_configure(&options);
	diag_flush(out);
	fclose(out);
	return text;
}

static void add_tag(struct strbuf *errors, struct strbuf *warnings, const char *line)
{
	json_object *message = json_tokener_parse(line), *tag, *severity;

	json_object_object_get_ex(message, "tag", &tag);
	json_object_object_get_ex(message, "severity", &severity);
	bool error = !strcmp(json_object_get_string(severity), "error");

	strbuf_addf(error ? errors : warnings, "%s%s", error ? errors->len ? " " : "!" : " ?",
		    json_object_get_string(tag));
	json_object_put(message);
}

static void collect_tags(struct strbuf *errors, struct strbuf *warnings)
{
	char *rest = messages, *line;

	while ((line = strsep(&rest, "\n")))
		if (*line)
			add_tag(errors, warnings, line);
}

static void add_dump(struct strbuf *result, const struct session *s)
{
	for (size_t i = 0; i < s->user_file_count; i++)
		print_file(result, s->files.data[i]);
}

const char *fixture_pass_1(struct session *s)
{
	struct strbuf result = {0}, warnings = {0};
	int failed = pass_1(s);
	const char *text;

	free(messages);
	messages = flushed(true);
	char *copy = strdup(messages);

	collect_tags(&result, &warnings);
	free(messages);
	messages = copy;
	if (!failed)
		add_dump(&result, s);
	strbuf_add(&result, strbuf_text(&warnings));
	text = arena_strdup(strbuf_text(&result));
	strbuf_release(&result);
	strbuf_release(&warnings);
	return text;
}

const char *fixture_parse(const char *script)
{
	struct session *s = fixture_new();

	s->options.script_text = script;
	s->options.guru = true;
	return fixture_pass_1(s);
}

const char *fixture_messages(void)
{
	return messages ? messages : "";
}
