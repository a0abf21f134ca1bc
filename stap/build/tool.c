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

static int spawn(struct session *s, struct tool *t, int output, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int err;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, t->input ? t->input : "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, output, 1);
	posix_spawn_file_actions_adddup2(&actions, output, 2);
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

/* A signal between the start and session_tool_runs() would forget the tool: none may come. */
static int run_with_output(struct session *s, struct tool *t, int output)
{
	sigset_t all, before;
	pid_t pid;
	int err;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	err = spawn(s, t, output, &pid);
	if (!err)
		session_tool_runs(pid);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (err)
		return err;
	err = wait_for(pid);
	session_tool_runs(0);
	return err;
}

int tool_run(struct session *s, struct tool *t)
{
	int output, err;

	if (!session_temp_dir(s))
		return -ENOENT;
	tool_show(s, t);
	vec_push(&t->words, NULL);
	t->words.len--;
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

bool tool_run_or_report(struct session *s, struct tool *t, const char *what)
{
	int status = tool_run(s, t);

	if (status == 0)
		return true;
	if (status == -ENOENT) {
		struct diag *d = diag_report(DIAG_build, NULL, "%s: cannot start %s: it is not installed", what,
					     t->words.data[0]);

		diag_hint(d, "on Debian: apt-get install build-essential");
	} else if (status < 0) {
		diag_report(DIAG_build, NULL, "%s: cannot start %s: %s", what, t->words.data[0],
			    error_text(status));
	} else {
		add_output(diag_report(DIAG_build, NULL, "%s failed (%s, status %d)", what, t->words.data[0],
				       status), t->output);
	}
	return false;
}

/* One word, quoted if a shell would need it. */
static const char *quoted(const char *word)
{
	if (*word && !strpbrk(word, " \t\n'\"\\$`*?[]|&;<>()#~"))
		return word;
	return arena_printf("'%s'", word);
}

void tool_show(const struct session *s, const struct tool *t)
{
	if (s->options.verbose[4] < 3)
		return;
	if (t->dir)
		fprintf(stderr, "(cd %s;", t->dir);
	for (size_t i = 0; i < t->words.len; i++)
		fprintf(stderr, " %s", quoted(t->words.data[i]));
	fprintf(stderr, "%s\n", t->dir ? ")" : "");
}
