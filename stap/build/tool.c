/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tools are started by posix_spawn(), which does not copy our page tables, those that run at
 * once in a process group of their own: when stap is ended by a signal the whole group goes too,
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
#include "../base/strbuf.h"
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

bool words_have(const word_list *list, const char *word)
{
	for (size_t i = 0; i < list->len; i++)
		if (!strcmp(list->data[i], word))
			return true;
	return false;
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

/* Tools that run now; all are of the group of the first. */
static unsigned running;
static pid_t running_group;

static int spawn_alone(struct session *s, const struct tool *t, int output, pid_t *pids)
{
	return spawn(s, t, (struct streams){ -1, output, output }, running_group, &pids[0]);
}

/* The reader begins first, so that it is ready when there is something to read. */
static int spawn_pair(struct session *s, const struct tool *t, int output, pid_t *pids)
{
	int ends[2], err;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	err = spawn(s, t->into, (struct streams){ ends[0], output, output }, running_group, &pids[0]);
	if (!err)
		err = spawn(s, t, (struct streams){ -1, ends[1], output }, running_group ? running_group : pids[0], &pids[1]);
	close(ends[0]);
	close(ends[1]);
	return err;
}

/* A signal between the start and session_tool_runs() would forget the tool: none may come. */
static int spawn_group(struct session *s, struct tool *t, int output)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	err = t->into ? spawn_pair(s, t, output, t->pids) : spawn_alone(s, t, output, t->pids);
	if (t->pids[0] > 0 && !running++) {
		running_group = t->pids[0];
		session_tool_runs(running_group);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

static int wait_for_group(struct tool *t)
{
	int status = 0;

	for (int i = 1; i >= 0; i--) {
		int ended = t->pids[i] > 0 ? wait_for(t->pids[i]) : 0;

		status = status ? status : ended;
	}
	if (t->pids[0] > 0 && !--running) {
		session_tool_runs(0);
		running_group = 0;
	}
	return status;
}

/* execve() wants a NULL after the words. */
static void end_words(word_list *words)
{
	vec_push(words, NULL);
	words->len--;
}

/* Where the tool is to write; who watches reads it from a pipe.  -errno, or 0. */
static int open_output(struct tool *t, int *writing)
{
	int ends[2];

	if (t->watch) {
		if (pipe2(ends, O_CLOEXEC) < 0)
			return -errno;
		t->output_fd = ends[0];
		*writing = ends[1];
		return 0;
	}
	t->output_fd = *writing = memfd_create("output", MFD_CLOEXEC);
	return *writing < 0 || fcntl(*writing, F_SETFL, O_APPEND) < 0 ? -errno : 0;
}

int tool_start(struct session *s, struct tool *t)
{
	int writing = -1, err;

	if (!session_temp_dir(s))
		return -ENOENT;
	tool_show(s, t);
	end_words(&t->words);
	if (t->into)
		end_words(&t->into->words);
	t->output = arena_strdup("");
	t->pids[0] = t->pids[1] = 0;
	err = open_output(t, &writing);
	if (err)
		return err;
	err = spawn_group(s, t, writing);
	if (t->watch)
		close(writing);
	if (err) {
		wait_for_group(t);
		close(t->output_fd);
	}
	return err;
}

/* Until all who write it have ended. */
static void read_watched(struct tool *t)
{
	struct strbuf sb = {0};
	char piece[4096];
	ssize_t len;

	while ((len = read(t->output_fd, piece, sizeof piece)) > 0 || (len < 0 && errno == EINTR)) {
		if (len < 0)
			continue;
		strbuf_addn(&sb, piece, (size_t)len);
		t->watch(strbuf_text(&sb), t->watch_data);
	}
	t->output = arena_strdup(strbuf_text(&sb));
	strbuf_release(&sb);
}

int tool_wait(struct session *s, struct tool *t)
{
	int status;

	(void)s;
	if (t->watch)
		read_watched(t);
	status = wait_for_group(t);
	if (!t->watch)
		file_read(arena_printf("/proc/self/fd/%d", t->output_fd), &t->output, NULL);
	close(t->output_fd);
	return status;
}

int tool_run(struct session *s, struct tool *t)
{
	int err = tool_start(s, t);

	return err ? err : tool_wait(s, t);
}

/* ---- several at once ------------------------------------------------------------------ */

#define MOST_PROCESSORS 8	/* each compiler takes 100 MB */

unsigned tool_processors(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus < 1 ? 1 : cpus > MOST_PROCESSORS ? MOST_PROCESSORS : (unsigned)cpus;
}

void tool_queue_add(struct tool_queue *q, struct tool *t, const char *what)
{
	vec_push(&q->tools, ((struct queued_tool){ .tool = t, .what = what }));
}

static void take_status(struct tool_queue *q, const struct queued_tool *queued)
{
	if (queued->status && !q->failed)
		tool_report(queued->tool, queued->status, queued->what);
	q->failed |= queued->status != 0;
}

void tool_queue_start(struct tool_queue *q)
{
	while (!q->failed && q->started < q->tools.len && running < tool_processors()) {
		struct queued_tool *next = &q->tools.data[q->started++];

		next->status = tool_start(q->s, next->tool);
		if (next->status) {
			take_status(q, next);
			next->tool = NULL;
		}
	}
}

/* The oldest is waited for, though another may end before it: the longest come first. */
bool tool_queue_finish(struct tool_queue *q)
{
	for (;;) {
		tool_queue_start(q);
		if (q->ended == q->started)
			return !q->failed;
		struct queued_tool *oldest = &q->tools.data[q->ended++];

		if (!oldest->tool)
			continue;
		oldest->status = tool_wait(q->s, oldest->tool);
		take_status(q, oldest);
	}
}

bool tool_queue_abandon(struct tool_queue *q)
{
	bool full = false;

	q->failed = true;
	tool_queue_finish(q);
	for (size_t i = 0; i < q->ended; i++)
		full |= q->tools.data[i].tool && tool_met_full_disk(q->tools.data[i].tool);
	return full;
}

/* ---- messages ------------------------------------------------------------------------ */

#define SHOWN_LINES 8

static bool is_error_line(const char *line)
{
	if (strstr(line, "WARNING: "))
		return false;
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

struct diag *tool_report_full_disk(const char *what)
{
	struct diag *d = diag_report(DIAG_environment, NULL, "%s failed: ENOSPC (No space left on device)", what);

	diag_hint(d, "--tmpdir=DIR or $TMPDIR chooses another place for temporary files");
	return d;
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
		d = tool_report_full_disk(what);
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
