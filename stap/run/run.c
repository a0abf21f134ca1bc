/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 5.  Wherever a script runs, the words are nearly the same: staprun with options and
 * a module, or the program of --runtime=user with those options.  This file writes the
 * words; local.c runs them here and vm.c in a virtual machine.
 */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"
#include "local.h"
#include "vm.h"
#include "vm_wire.h"

/* ---- the words ------------------------------------------------------------------------ */

static void add(text_vec *words, const char *option, const char *value)
{
	vec_push(words, option);
	if (value)
		vec_push(words, value);
}

static void add_number(text_vec *words, const char *option, int value)
{
	if (value)
		add(words, option, arena_printf("%d", value));
}

/* The guest's streams are no terminals, so what ours are is decided here. */
static const char *colour_word(const struct options *o)
{
	if (o->diag.colour == DIAG_COLOUR_AUTO)
		return isatty(STDERR_FILENO) && !getenv("NO_COLOR") ? "always" : "never";
	return o->diag.colour == DIAG_COLOUR_ALWAYS ? "always" : "never";
}

/* Options that staprun and the program of --runtime=user share. */
static void add_options(text_vec *words, const struct options *o, const char *output)
{
	for (int level = 1; level < o->verbose[5]; level++)
		add(words, "-v", NULL);
	if (o->suppress_warnings)
		add(words, "-w", NULL);
	if (o->vm || o->diag.colour != DIAG_COLOUR_AUTO)
		add(words, "-C", colour_word(o));
	if (o->command)
		add(words, "-c", o->command);
	add_number(words, "-x", o->target_pid);
	if (output)
		add(words, "-o", output);
	if (o->rotate)
		add(words, "-S", o->rotate);
}

/* A flight recorder goes to the background: writing a file, or waiting to be attached to. */
static void add_staprun_options(text_vec *words, const struct options *o)
{
	if (o->verbose[5] > 0)
		add(words, "-v", NULL);
	add_number(words, "-b", o->buffer_mb);
	add_number(words, "-N", o->namespaces_pid);
	if (o->flight_recorder)
		add(words, o->output_file ? "-D" : "-L", NULL);
	else if (!o->vm)
		add_number(words, "-P", getpid());
}

static char *const *run_words(const struct session *s, const char *output)
{
	bool user = s->options.runtime == RUNTIME_USER;
	text_vec words = { 0 };

	vec_push(&words, user ? s->module_path : s->staprun_path);
	add_options(&words, &s->options, output);
	if (!user) {
		add_staprun_options(&words, &s->options);
		vec_push(&words, s->module_path);
	}
	vec_each(&s->options.globals, const char *, assignment)
		vec_push(&words, *assignment);
	vec_push(&words, NULL);
	return (char *const *)words.data;
}

/* ---- in the virtual machine ---------------------------------------------------------------- */

/* The folder of the -o file, which the guest sees writable at a place of its own. */
static int output_place(const struct session *s, const char **dir, const char **in_guest)
{
	const char *file = s->options.output_file, *slash;

	*dir = *in_guest = NULL;
	if (!file)
		return 0;
	slash = strrchr(file, '/');
	*dir = !slash ? "." : slash == file ? "/" : arena_strndup(file, slash - file);
	*in_guest = arena_printf(VM_OUTPUT_DIR "/%s", slash ? slash + 1 : file);
	if (access(*dir, W_OK | X_OK) == 0)
		return 0;
	diag_report(DIAG_environment, NULL, "cannot write %s: %m", file);
	return 1;
}

/* The target as it is numbered here, 0: none, or it is one of --target-namespaces. */
static pid_t known_pid(const struct options *o)
{
	return o->namespaces_pid ? 0 : o->target_pid;
}

static int in_vm(struct session *s)
{
	struct kernel *kernel = session_kernel(s);
	const char *output;
	struct vm_config config = {
		.cache_dir = s->cache_dir,
		.holds_signals = true,
		.required_pid = known_pid(&s->options),
		.timeout = s->options.timeout,
		.console_fd = s->options.verbose[5] > 2 ? STDERR_FILENO : -1,
		.verbose = s->options.verbose[5],
	};

	if (!kernel || output_place(s, &config.output_dir, &output))
		return 1;
	if (!kernel->image || !kernel->modules_dir) {
		diag_hint(diag_report(DIAG_kernel_missing, NULL,
				      "the %s of kernel %s, which the virtual machine needs, cannot be found",
				      kernel->image ? "modules" : "image", kernel->release),
			  "apt-get install linux-image-%s", kernel->release);
		return 1;
	}
	config.image = kernel->image;
	config.modules_dir = kernel->modules_dir;
	config.arguments = run_words(s, output);
	return vm_run(&config) ? 1 : 0;
}

/* ---- the pass -------------------------------------------------------------------------------- */

int run_check(const struct session *s)
{
	const char *obstacle;

	if (s->options.vm && s->options.flight_recorder) {
		diag_report(DIAG_usage, NULL, "a flight recorder (-F) would end with its virtual machine (--vm)");
		return 1;
	}
	if (s->options.vm)
		return 0;
	if (known_pid(&s->options) && kill(s->options.target_pid, 0) < 0 && errno == ESRCH) {
		diag_report(DIAG_usage, NULL, "-x: there is no process %d", s->options.target_pid);
		return 1;
	}
	if (s->options.runtime == RUNTIME_USER)
		return 0;
	obstacle = run_local_obstacle();
	if (!obstacle)
		return 0;
	diag_hint(diag_report(DIAG_run, NULL, "the script cannot run here: %s", obstacle),
		  "stap --vm runs it in a throwaway virtual machine; -p4 only compiles");
	return 1;
}

int pass_5(struct session *s)
{
	if (s->options.vm && s->options.runtime == RUNTIME_KERNEL)
		return in_vm(s);
	return run_locally(run_words(s, s->options.output_file), s->options.timeout);
}
