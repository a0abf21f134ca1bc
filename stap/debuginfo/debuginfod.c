/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug files of a kernel have hundreds of megabytes, so servers are asked only for what nothing else
 * answers, by us and not by libdwfl in passing: then there is something to look at while it takes
 * its time, Ctrl-C leaves no half of a file behind, and what went wrong can be told.  The client's
 * library is loaded when it is first needed: few runs do.
 */
#include "debuginfod.h"

#include <dlfcn.h>
#include <elfutils/debuginfod.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/intern.h"

static const char *held_urls;	/* while the environment has none */
static const char *trouble;

/* ---- the environment --------------------------------------------------------------------- */

static const char *server_urls(void)
{
	const char *urls = held_urls ? held_urls : getenv(DEBUGINFOD_URLS_ENV_VAR);

	return urls && urls[strspn(urls, " ")] ? urls : NULL;
}

bool debuginfod_configured(void)
{
	return server_urls() != NULL;
}

void debuginfod_hold(void)
{
	const char *urls = server_urls();

	held_urls = urls ? intern(urls) : NULL;
	unsetenv(DEBUGINFOD_URLS_ENV_VAR);
}

void debuginfod_release(void)
{
	if (held_urls)
		setenv(DEBUGINFOD_URLS_ENV_VAR, held_urls, 1);
	held_urls = NULL;
}

/* ---- the client's cache ------------------------------------------------------------------- */

static const char *cache_folder(void)
{
	const char *set = getenv(DEBUGINFOD_CACHE_PATH_ENV_VAR), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	const char *old = home ? arena_printf("%s/.debuginfod_client_cache", home) : NULL;

	if (set)
		return set;
	if (old && access(old, F_OK) == 0)
		return old;
	if (xdg)
		return arena_printf("%s/debuginfod_client", xdg);
	return home ? arena_printf("%s/.cache/debuginfod_client", home) : NULL;
}

const char *debuginfod_cached(const char *build_id)
{
	const char *folder = debuginfod_configured() ? cache_folder() : NULL;
	const char *path = folder ? arena_printf("%s/%s/debuginfo", folder, build_id) : NULL;

	/* an empty one remembers that servers had none */
	return path && access(path, R_OK) == 0 ? intern(path) : NULL;
}

/* ---- downloading --------------------------------------------------------------------------- */

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
enum { ENDING_SIGNALS = sizeof ending_signals / sizeof *ending_signals };

static volatile sig_atomic_t ended_by;
static bool progress_shown;

static void note_signal(int number)
{
	ended_by = number;
}

/* Called by the client now and then; not 0 ends the download. */
static int show_progress(debuginfod_client *client, long done, long total)
{
	(void)client;
	if (ended_by)
		return 1;
	if (!isatty(STDERR_FILENO))
		return 0;
	if (total > 0)
		fprintf(stderr, "\rdownloading debug information: %ld of %ld kB ", done / 1024, total / 1024);
	else if (!progress_shown)
		fprintf(stderr, "\rwaiting for debug information from %.200s ", server_urls());
	progress_shown = true;
	return 0;
}

static void end_progress(void)
{
	if (progress_shown)
		fprintf(stderr, "\r\033[K");
	progress_shown = false;
}

struct client {
	debuginfod_client *handle;
	typeof(&debuginfod_find_debuginfo) find;
	typeof(&debuginfod_end) end;
};

static bool open_client(struct client *c)
{
	void *lib = dlopen("libdebuginfod.so.1", RTLD_LAZY);
	typeof(&debuginfod_begin) begin = lib ? dlsym(lib, "debuginfod_begin") : NULL;
	typeof(&debuginfod_set_progressfn) progress = lib ? dlsym(lib, "debuginfod_set_progressfn") : NULL;

	c->find = lib ? dlsym(lib, "debuginfod_find_debuginfo") : NULL;
	c->end = lib ? dlsym(lib, "debuginfod_end") : NULL;
	c->handle = begin && progress && c->find && c->end ? begin() : NULL;
	if (c->handle)
		progress(c->handle, show_progress);
	return c->handle != NULL;
}

/* Clients take a download that was ended for a miss, and would not ask again for ten minutes. */
static void forget_miss(const char *build_id)
{
	const char *path = debuginfod_cached(build_id);
	struct stat st;

	if (path && stat(path, &st) == 0 && st.st_size == 0)
		unlink(path);
}

/* A signal ends the download first, and then us. */
static int download(struct client *c, const char *build_id, char **path)
{
	struct sigaction note = { .sa_handler = note_signal }, old[ENDING_SIGNALS];
	int fd;

	ended_by = 0;
	for (int i = 0; i < ENDING_SIGNALS; i++) {
		sigaction(ending_signals[i], &note, &old[i]);
		if (old[i].sa_handler == SIG_IGN)
			sigaction(ending_signals[i], &old[i], NULL);
	}
	fd = c->find(c->handle, (const unsigned char *)build_id, 0, path);
	end_progress();
	c->end(c->handle);
	for (int i = 0; i < ENDING_SIGNALS; i++)
		sigaction(ending_signals[i], &old[i], NULL);
	if (ended_by) {
		forget_miss(build_id);
		raise(ended_by);
	}
	return fd;
}

static void note_trouble(const char *build_id, int error)
{
	const char *urls = server_urls();

	if (error == -ENOENT)
		trouble = arena_printf("no server of DEBUGINFOD_URLS (%s) has debug information of build %s", urls,
				       build_id);
	else
		trouble = arena_printf("debug information of build %s could not be had from DEBUGINFOD_URLS (%s): %s",
				       build_id, urls, strerror(-error));
}

static const char *find_or_download(const char *build_id)
{
	struct client c;
	char *path = NULL;
	int fd;

	if (!open_client(&c)) {
		trouble = "the library libdebuginfod.so.1, which asks the servers of DEBUGINFOD_URLS, is not installed";
		return NULL;
	}
	fd = download(&c, build_id, &path);
	if (fd < 0) {
		note_trouble(build_id, fd);
		return NULL;
	}
	close(fd);
	return intern(path);
}

const char *debuginfod_find(const char *build_id)
{
	const char *held = held_urls, *found;

	if (!debuginfod_configured())
		return NULL;
	debuginfod_release();
	found = find_or_download(build_id);
	if (held)
		debuginfod_hold();
	return found;
}

const char *debuginfod_trouble(void)
{
	return trouble;
}
