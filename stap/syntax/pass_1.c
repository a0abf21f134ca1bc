/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 1: read the scripts that the user named, parse each, and tell unused arguments. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/oom.h"
#include "../base/strbuf.h"
#include "../session.h"
#include "syntax.h"

/* ---- reading ------------------------------------------------------------------------- */

#define SCRIPT_MAX (8 << 20)	/* more is data, a device that never ends, or a mistake */

/* The whole of an open file, unless it is too much for a script; 0 or -errno. */
static int read_all(int fd, struct strbuf *text)
{
	char buffer[64 * 1024];
	ssize_t n;

	while (text->len <= SCRIPT_MAX && (n = read(fd, buffer, sizeof buffer)) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			strbuf_addn(text, buffer, n);
	}
	return 0;
}

/* Text of a file or of standard input ("-"); NULL after reporting. */
static char *read_script(const char *name, size_t *len)
{
	struct strbuf text = {0};
	bool is_stdin = !strcmp(name, "-");
	int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : read_all(fd, &text);

	if (fd >= 0 && !is_stdin)
		close(fd);
	if (error) {
		diag_report(DIAG_unreadable, NULL, "cannot read script '%s': %s", name, error_text(error));
		strbuf_release(&text);
		return NULL;
	}
	char *copy = arena_strndup(strbuf_text(&text), text.len);

	*len = text.len;
	strbuf_release(&text);
	return copy;
}

/* Texts of any encoding have next to no control characters; a stray one is told at its place. */
static bool is_binary(const char *text, size_t len)
{
	size_t head = len < 4096 ? len : 4096, controls = 0;

	for (size_t i = 0; i < head; i++)
		controls += iscntrl((unsigned char)text[i]) && !isspace((unsigned char)text[i]);
	return controls > 1 + head / 32;
}

/* What is no script must not be searched for one: its errors would be many and mean nothing. */
static bool is_script(const char *name, const char *text, size_t len)
{
	if (len > SCRIPT_MAX)
		diag_report(DIAG_unreadable, NULL, "'%s' is larger than %d MB, too much for a script", name,
			    SCRIPT_MAX >> 20);
	else if (is_binary(text, len))
		diag_report(DIAG_unreadable, NULL, "'%s' is not a script: it holds binary data (NUL bytes or the like)", name);
	else
		return true;
	return false;
}

/* Library files are found by name; run as scripts they would be there twice. */
static bool is_tapset_file(const struct session *s, const char *name)
{
	char file[PATH_MAX], folder[PATH_MAX];

	if (!s->tapset_dir || !strcmp(name, "-") || !realpath(name, file) ||
	    !realpath(s->tapset_dir, folder))
		return false;
	size_t len = strlen(folder);

	return !strncmp(file, folder, len) && file[len] == '/';
}

/* A folder that is not there has nothing to offer; one that cannot be read hides what the script needs. */
static void check_tapset_dirs(const struct session *s)
{
	vec_each(&s->options.tapset_dirs, const char *, name) {
		DIR *dir = opendir(*name);

		if (dir)
			closedir(dir);
		else
			diag_report(errno == ENOENT ? DIAG_library_file : DIAG_unreadable, NULL,
				    "cannot read tapset directory '%s': %s", *name, error_text(errno));
	}
}

/* ---- parsing ---------------------------------------------------------------------------- */

static void add_text(struct session *s, const char *name, const char *text, size_t len)
{
	struct file *file = parse_source(s, session_add_source(s, name, text, len));

	if (file)
		vec_push(&s->files, file);
}

static void add_script_file(struct session *s, const char *name)
{
	size_t len;
	char *text;

	if (is_tapset_file(s, name)) {
		diag_report(DIAG_unreadable, NULL, "'%s' is a tapset file and cannot be the script", name);
		return;
	}
	text = read_script(name, &len);
	if (text && is_script(name, text, len))
		add_text(s, strcmp(name, "-") ? name : "<input>", text, len);
}

static void add_extra_scripts(struct session *s)
{
	for (size_t i = 0; i < s->options.extra_scripts.len; i++) {
		const char *text = s->options.extra_scripts.data[i];

		add_text(s, arena_printf("<input%zu>", i + 1), text, strlen(text));
	}
}

static void warn_unused_arguments(const struct session *s)
{
	for (size_t i = 0; i < s->options.arguments.len; i++)
		if (!s->argument_used[i])
			diag_report(DIAG_unused_argument, NULL, "unused command line option $%zu/@%zu",
				    i + 1, i + 1);
}

int pass_1(struct session *s)
{
	const struct options *options = &s->options;
	unsigned errors = diag_errors();

	check_tapset_dirs(s);
	if (options->arguments.len && !s->argument_used)
		s->argument_used = arena_alloc(options->arguments.len * sizeof *s->argument_used);
	if (options->script_text)
		add_text(s, "<input>", options->script_text, strlen(options->script_text));
	else if (options->script_file)
		add_script_file(s, options->script_file);
	add_extra_scripts(s);
	s->user_file_count = s->files.len;
	if (diag_errors() != errors)
		return 1;
	if (options->arguments.len)
		warn_unused_arguments(s);
	return 0;
}

void pass_1_dump(const struct session *s, FILE *out)
{
	struct strbuf text = {0};

	strbuf_add(&text, "# parse tree dump\n");
	for (size_t i = 0; i < s->user_file_count; i++) {
		const struct file *file = s->files.data[i];

		strbuf_addf(&text, "# file %s\n", file->source->name);
		print_file(&text, file);
	}
	fwrite(strbuf_text(&text), 1, text.len, out);
	strbuf_release(&text);
}
