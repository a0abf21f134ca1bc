/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of stap: what the user asked for, and what each pass has made so far.
 * Passes communicate only through this struct.
 */
#ifndef STAP_SESSION_H
#define STAP_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "base/diag.h"
#include "base/vec.h"

#define STAP_VERSION "0.1"
#define STAP_COMPATIBLE_VERSION "5.6"	/* the language version we implement: systemtap_v */

typedef VEC(const char *) text_vec;

enum privilege { PRIVILEGE_STAPUSR, PRIVILEGE_STAPSYS, PRIVILEGE_STAPDEV };
enum runtime_kind { RUNTIME_KERNEL, RUNTIME_USER };
enum listing { LISTING_NONE, LISTING_PROBES, LISTING_VARIABLES, LISTING_PROBE_TYPES,
	       LISTING_ALIASES, LISTING_FUNCTIONS };

/* Settings from the command line (options.c); read-only for the passes. */
struct options {
	int last_pass;			/* -p, 1..5 */
	int verbose[6];			/* -v, --vp: verbosity by pass number, [0] overall */
	const char *script_file;	/* FILE or "-", NULL with -e */
	const char *script_text;	/* -e */
	text_vec extra_scripts;		/* -E */
	text_vec arguments;		/* $1.. */
	text_vec tapset_dirs;		/* -I */
	text_vec macros;		/* -D NAME or NAME=VALUE */
	text_vec globals;		/* -G NAME=VALUE */
	text_vec module_info;		/* --modinfo */
	text_vec symbol_modules;	/* -d: modules, and files of programs */
	bool library_symbols;		/* --ldd: also of the libraries of those programs */
	const char *release;		/* -r: release or build tree; NULL: running kernel */
	const char *sysroot;		/* --sysroot: root of the files of the target, NULL: this machine's */
	const char *runtime_dir;	/* -R */
	const char *module_name;	/* -m */
	const char *output_file;	/* -o */
	const char *command;		/* -c */
	int target_pid;			/* -x */
	int namespaces_pid;		/* --target-namespaces */
	int buffer_mb;			/* -s, 0 automatic */
	const char *tmpdir;		/* --tmpdir */
	const char *vm_release;		/* --vm=RELEASE */
	const char *list_pattern;	/* -l, -L */
	const char *index_folder;	/* --dump-index: write the index of a tapset folder */
	const char *compatible;		/* --compatible, default STAP_COMPATIBLE_VERSION */
	double timeout;			/* -T seconds, 0 none */
	const char *rotate;		/* -S size[,N] */
	enum listing listing;
	enum privilege privilege;
	enum runtime_kind runtime;
	bool guru, unoptimized, keep_temp, timing, suppress_warnings, warnings_are_errors;
	bool bulk, flight_recorder, skip_badvars, suppress_handler_errors;
	bool suppress_time_limits, no_global_display;
	bool plan;			/* --plan: tell what would be done */
	bool example;			/* --example: script_file is the name of one */
	bool list_examples;		/* --examples; arguments are words */
	bool disable_cache, poison_cache, clean_cache, vm, all_modules, save_intermediates;
	struct diag_options diag;
};

/* The kernel that the module is for (debuginfo/kernel.c finds it when first asked). */
struct kernel;		/* debuginfo/debuginfo.h */
struct file;		/* syntax/ast.h */
struct program;		/* elaborate/program.h */
struct tapsets;		/* elaborate/tapsets.h */
struct recipe;		/* build/build.h */

struct session {
	struct options options;

	/* where our own data are: next to the build tree's stap, or installed */
	const char *tapset_dir, *runtime_dir, *examples_dir;
	const char *staprun_path;
	const char *tapset_index;	/* of tapset_dir, made by make; may not exist */
	const char *user_library;	/* libstapuser.a, the runtime of --runtime=user */
	const char *data_dir;		/* $SYSTEMTAP_DIR or ~/.systemtap; NULL: no home */
	const char *cache_dir;		/* data_dir/cache; NULL: no cache */
	const char *temp_dir;		/* made on first use by session_temp_dir() */

	VEC(struct source *) sources;	/* every text read, for messages */
	VEC(struct file *) files;	/* pass 1: user scripts; pass 2 appends library files it needs */
	size_t user_file_count;		/* the first so many of files are the user's */
	bool *argument_used;		/* one per options.arguments */

	struct kernel *kernel;		/* use session_kernel() */
	struct macro_library *macros;	/* pass 1's, of .stpm files; use library_macros() */
	struct tapsets *tapsets;	/* pass 2's index of the library */
	struct program *program;	/* pass 2 */
	struct spool *c_text;		/* pass 3: the translation unit */
	const char *plan;		/* pass 3, with --plan */
	const char *c_text_kernel;	/* pass 3: unit for embedded C with kernel headers, or NULL */
	const char *module_name;	/* pass 3/4: without .ko */
	const char *module_path;	/* pass 4: the .ko (or executable, --runtime=user) */
	bool from_cache;		/* pass 3 and 4 were answered by the cache */
	const char *cache_question;	/* pass 4: what the cache was asked before pass 2, or NULL */
	/* build/headers.c, for pass 2, which does not know of pass 4; NULL: types of headers are not to be had */
	const char *(*compile_headers)(struct session *s, const char *names);
	text_vec dependencies;		/* files besides scripts and kernel that the result depends on */
};

/* Fill in where our own data are, after the options are read. */
void session_init(struct session *s);

/* Path of this session's temporary folder, made on first use, removed at exit (unless -k).
 * NULL after reporting an error. */
const char *session_temp_dir(struct session *s);

/* The target kernel, located on first use; NULL after reporting that none is found. */
struct kernel *session_kernel(struct session *s);

/* Register a text for messages and parsing; the text is not copied. */
struct source *session_add_source(struct session *s, const char *name, const char *text, size_t len);

/* The result of the passes depends on this file (a probed program, say): the cache will look
 * whether it has changed. */
void session_depends_on(struct session *s, const char *path);

/* Remove the temporary folder, or say where it is (-k).  Also done on SIGINT, SIGTERM, SIGHUP. */
void session_release(struct session *s);

/* A tool in its own process group runs (0: ended): a signal that ends stap ends it too. */
void session_tool_runs(pid_t group);

/* Does --compatible ask for a language older than this version? */
static inline bool session_is_before(const struct session *s, const char *version)
{
	return s->options.compatible && strverscmp(s->options.compatible, version) < 0;
}

/* Value of the last -D NAME[=VALUE], or NULL. "" for a bare NAME. */
const char *session_macro(const struct session *s, const char *name);

#endif
