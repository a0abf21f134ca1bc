/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tools are started by posix_spawn(), which does not copy our page tables, each in a
 * process group of its own: when stap is ended by a signal the whole group goes too,
 * so that no compiler of a running make outlives it.  Their output is kept in memory: it is
 * needed most when a disk is full.
 */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../session.h"

extern char **environ;

void words_add(word_list *list, ...)
{
	const char *word;
	va_list args;

	va_start(args, list);
	while ((word = va_arg(args, const char *)))
		vec_push(list, word);
	va_end(args);
}

/* Variables that would change what a compiler or make does or says. */
static bool is_unwanted(const char *variable)
{
	static const char *const names[] = { "TMPDIR=", "LC_", "LANG", "MAKEFLAGS=", "MAKELEVEL=", "MFLAGS=",
					     "KBUILD_", "CROSS_COMPILE=", "V=", "M=", "O=" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!strncmp(variable, names[i], strlen(names[i])))
			return true;
	return false;
}

static char **tool_environment(struct session *s, const word_list *additional)
{
	VEC(char *) list = {0};
	const char *temp = session_temp_dir(s);

	for (char **e = environ; *e; e++)
		if (!is_unwanted(*e))
			vec_push(&list, *e);
	vec_push(&list, arena_strdup("LC_ALL=C"));
	if (temp)
		vec_push(&list, arena_printf("TMPDIR=%s", temp));
	for (size_t i = 0; additional && i < additional->len; i++)
		vec_push(&list, (char *)additional->data[i]);
	vec_push(&list, NULL);
	return list.data;
}

/* What a tool is connected to. */
struct streams {
	int input;	/* -1: /dev/null */
	int output, error;
};

static int spawn(struct session *s, const struct tool *t, struct streams io, pid_t group, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int err;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setpgroup(&attributes, group);
	posix_spawn_file_actions_init(&actions);
	if (io.input < 0)
		posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	else
		posix_spawn_file_actions_adddup2(&actions, io.input, 0);
	posix_spawn_file_actions_adddup2(&actions, io.output, 1);
	posix_spawn_file_actions_adddup2(&actions, io.error, 2);
	if (t->dir)
		posix_spawn_file_actions_addchdir_np(&actions, t->dir);
	err = posix_spawnp(pid, t->words.data[0], &actions, &attributes, (char **)t->words.data,
			   tool_environment(s, t->environment));
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return -err;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int spawn_alone(struct session *s, const struct tool *t, int output, pid_t *pids)
{
	return spawn(s, t, (struct streams){ -1, output, output }, 0, &pids[0]);
}

/* The reader begins first, so that it is ready when there is something to read. */
static int spawn_pair(struct session *s, const struct tool *t, int output, pid_t *pids)
{
	int ends[2], err;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	err = spawn(s, t->into, (struct streams){ ends[0], output, output }, 0, &pids[0]);
	if (!err)
		err = spawn(s, t, (struct streams){ -1, ends[1], output }, pids[0], &pids[1]);
	close(ends[0]);
	close(ends[1]);
	return err;
}

/* A signal between the start and session_tool_runs() would forget the tool: none may come. */
static int run_with_output(struct session *s, struct tool *t, int output)
{
	pid_t pids[2] = { 0, 0 };
	sigset_t all, before;
	int err, status = 0;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	err = t->into ? spawn_pair(s, t, output, pids) : spawn_alone(s, t, output, pids);
	session_tool_runs(pids[0]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	for (int i = 1; i >= 0; i--) {
		int ended = pids[i] > 0 ? wait_for(pids[i]) : 0;

		status = status ? status : ended;
	}
	session_tool_runs(0);
	return err ? err : status;
}

/* execve() wants a NULL after the words. */
static void end_words(word_list *words)
{
	vec_push(words, NULL);
	words->len--;
}

int tool_run(struct session *s, struct tool *t)
{
	int output, err;

	if (!session_temp_dir(s))
		return -ENOENT;
	tool_show(s, t);
	end_words(&t->words);
	if (t->into)
		end_words(&t->into->words);
	t->output = arena_strdup("");
	output = memfd_create("output", MFD_CLOEXEC);
	if (output < 0 || fcntl(output, F_SETFL, O_APPEND) < 0)
		return -errno;
	err = run_with_output(s, t, output);
	file_read(arena_printf("/proc/self/fd/%d", output), &t->output, NULL);
	close(output);
	return err;
}

/* ---- messages ------------------------------------------------------------------------ */

#define SHOWN_LINES 8

static bool is_error_line(const char *line)
{
	return strstr(line, "rror") || strstr(line, "***") || strstr(line, "undefined") ||
	       strstr(line, "No space left") || strstr(line, "not found");
}

/* The first lines that look like errors, or else the last ones, as notes. */
static void add_output(struct diag *d, const char *output)
{
	char *text = arena_strdup(output), *save = NULL;
	int shown = 0;
	const char *last = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		last = line;
		if (strlen(line) < 400 && is_error_line(line) && shown++ < SHOWN_LINES)
			diag_note(d, NULL, "%s", line);
	}
	if (!shown && last)
		diag_note(d, NULL, "%s", last);
}

bool tool_met_full_disk(const struct tool *t)
{
	return strstr(t->output, "No space left on device") != NULL;
}

struct diag *tool_report(const struct tool *t, int status, const char *what)
{
	const char *program = t->words.data[0];
	struct diag *d;

	if (status == -ENOENT) {
		d = diag_report(DIAG_build, NULL, "%s: cannot start %s: it is not installed", what, program);
		diag_hint(d, "on Debian: apt-get install build-essential");
	} else if (status < 0) {
		d = diag_report(DIAG_build, NULL, "%s: cannot start %s: %s", what, program, error_text(status));
	} else if (tool_met_full_disk(t)) {
		d = diag_report(DIAG_environment, NULL, "%s failed: ENOSPC (No space left on device)", what);
		diag_hint(d, "--tmpdir=DIR or $TMPDIR chooses another place for temporary files");
	} else {
		d = diag_report(DIAG_build, NULL, "%s failed (%s, status %d)", what, program, status);
		add_output(d, t->output);
	}
	return d;
}

bool tool_run_or_report(struct session *s, struct tool *t, const char *what)
{
	int status = tool_run(s, t);

	if (status)
		tool_report(t, status, what);
	return status == 0;
}

/* One word, quoted if a shell would need it. */
static const char *quoted(const char *word)
{
	if (*word && !strpbrk(word, " \t\n'\"\\$`*?[]|&;<>()#~"))
		return word;
	return arena_printf("'%s'", word);
}

static void show_words(const word_list *words)
{
	for (size_t i = 0; i < words->len; i++)
		fprintf(stderr, " %s", quoted(words->data[i]));
}

void tool_show(const struct session *s, const struct tool *t)
{
	if (s->options.verbose[4] < 3)
		return;
	if (t->dir)
		fprintf(stderr, "(cd %s;", t->dir);
	show_words(&t->words);
	if (t->into) {
		fprintf(stderr, " |");
		show_words(&t->into->words);
	}
	fprintf(stderr, "%s\n", t->dir ? ")" : "");
}

bool tool_write_input(const char *path, const char *text)
{
	int err = file_write(path, text, strlen(text));

	if (err)
		diag_report(DIAG_environment, NULL, "cannot write %s: %s", path, error_text(err));
	return !err;
}
