/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What belongs to a whole run: our own files, the temporary folder, the target
 * kernel.  The temporary folder goes away however the run ends: at exit, and on
 * signals, also when nobody reads our output any more.  The signal handler cannot walk a
 * folder safely, so it lets rm do it; if we are killed outright, a child that outlives us does.
 */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "debuginfo/debuginfo.h"
#include "layout.h"

extern char **environ;

/* What the signal handler needs. */
static char temp_path[4096];		/* "" when there is none, or it is to be kept */
static pid_t temp_owner;		/* children that exit() must leave it alone */
static pid_t heir;			/* removes the folder when we are killed; 0: there is none */
static pid_t unshared_group;
static volatile pid_t *tool_group = &unshared_group;	/* process group of the tool that runs; the heir sees it */

static void dismiss_heir(void)
{
	if (heir > 0 && kill(heir, SIGKILL) == 0)
		waitpid(heir, NULL, 0);
	heir = 0;
}

static void remove_temp_by_tool(void)
{
	char *argv[] = { "rm", "-rf", temp_path, NULL };
	pid_t pid = fork();

	if (pid == 0) {
		execve("/bin/rm", argv, environ);
		_exit(1);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void end_tools(void)
{
	if (*tool_group > 0) {
		kill(-*tool_group, SIGKILL);
		waitpid(*tool_group, NULL, 0);
	}
}

static void end_by_signal(int signal)
{
	(void)signal;
	if (getpid() != temp_owner)
		_exit(1);
	end_tools();
	dismiss_heir();
	if (temp_path[0])
		remove_temp_by_tool();
	_exit(1);
}

static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU };
	struct sigaction action = { .sa_handler = end_by_signal }, old;

	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		sigaction(signals[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)	/* nohup */
			sigaction(signals[i], &action, NULL);
	}
	sigaction(SIGPIPE, &action, NULL);
	signal(SIGXFSZ, SIG_IGN);	/* EFBIG is a message */
}

void session_tool_runs(pid_t group)
{
	*tool_group = group;
}

static const char *make_cache_dir(const char *data_dir)
{
	const char *dir;

	if (!data_dir)
		return NULL;
	dir = arena_printf("%s/cache", data_dir);
	return dir_make(dir, 0700) == 0 && access(dir, W_OK) == 0 ? dir : NULL;
}

void session_init(struct session *s)
{
	temp_owner = getpid();
	catch_signals();
	layout_find(s);
	arena_dir_set(s->options.tmpdir);
	if (!s->options.disable_cache)
		s->cache_dir = make_cache_dir(s->data_dir);
	s->argument_used = arena_alloc(s->options.arguments.len + 1);
}

/* ---- the temporary folder ------------------------------------------------------ */

static const char *temp_parent(const struct session *s)
{
	const char *dir = getenv("TMPDIR");

	if (s->options.tmpdir)
		return s->options.tmpdir;
	return dir && *dir ? dir : "/tmp";
}

#define HEIR_PATIENCE_MS 5000	/* tools that are being killed may still write */

/* Until `life`, a pipe that nobody else reads, is closed: by our death or with the heir. */
static _Noreturn void heir_main(int life)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char byte;

	setsid();
	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	if (life > 3)
		close_range(3, life - 1, 0);
	close_range(life + 1, ~0u, 0);
	while (read(life, &byte, 1) < 0)
		;
	end_tools();
	for (int ms = 0; ms < HEIR_PATIENCE_MS && dir_remove(temp_path); ms += 50)
		usleep(50000);
	_exit(0);
}

static void appoint_heir(void)
{
	void *shared = mmap(NULL, sizeof *tool_group, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int life[2];

	if (shared != MAP_FAILED)
		tool_group = shared;
	if (pipe2(life, O_CLOEXEC) < 0)
		return;
	heir = fork();
	if (heir == 0) {
		close(life[1]);
		heir_main(life[0]);
	}
	close(life[0]);	/* the other end stays open as long as we live */
}

static void remove_temp(void)
{
	if (temp_path[0] && getpid() == temp_owner) {
		dismiss_heir();
		dir_remove(temp_path);
	}
	temp_path[0] = 0;
}

static char *absolute(const char *path)
{
	char *full = realpath(path, NULL), *copy;

	copy = arena_strdup(full ? full : path);
	free(full);
	return copy;
}

const char *session_temp_dir(struct session *s)
{
	if (s->temp_dir)
		return s->temp_dir;
	const char *parent = temp_parent(s);
	char *path = arena_printf("%s/stapXXXXXX", absolute(parent));

	if (strlen(path) >= sizeof temp_path || !mkdtemp(path)) {
		struct diag *d = diag_report(DIAG_environment, NULL,
					     "cannot make a temporary folder in %s: %s", parent,
					     error_text(errno));

		diag_hint(d, "--tmpdir=DIR or $TMPDIR chooses another place");
		return NULL;
	}
	s->temp_dir = path;
	if (!s->options.keep_temp) {
		memcpy(temp_path, path, strlen(path) + 1);
		atexit(remove_temp);
		appoint_heir();
	}
	return s->temp_dir;
}

void session_release(struct session *s)
{
	if (s->temp_dir && s->options.keep_temp)
		fprintf(stderr, "Keeping temporary directory \"%s\"\n", s->temp_dir);
	remove_temp();
	s->temp_dir = NULL;
}

/* ---- the rest ------------------------------------------------------------------- */

struct kernel *session_kernel(struct session *s)
{
	const char *why = NULL;

	if (s->kernel)
		return s->kernel;
	kernel_root_set(s->options.sysroot);
	s->kernel = kernel_open(s->options.release, &why);
	if (!s->kernel)
		diag_report(DIAG_kernel_missing, NULL, "%s", why ? why : "no such kernel");
	return s->kernel;
}

struct source *session_add_source(struct session *s, const char *name, const char *text, size_t len)
{
	struct source *source = arena_new(struct source);

	source->name = name;
	source->text = text;
	source->len = len;
	source->order = s->sources.len;
	vec_push(&s->sources, source);
	return source;
}

void session_depends_on(struct session *s, const char *path)
{
	for (size_t i = 0; i < s->dependencies.len; i++)
		if (!strcmp(s->dependencies.data[i], path))
			return;
	vec_push(&s->dependencies, path);
}

const char *session_macro(const struct session *s, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = s->options.macros.len; i-- > 0; ) {
		const char *macro = s->options.macros.data[i];

		if (strncmp(macro, name, len))
			continue;
		if (macro[len] == '=')
			return macro + len + 1;
		if (!macro[len])
			return "";
	}
	return NULL;
}
