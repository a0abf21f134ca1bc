/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a recipe: a real kbuild, of a skeleton of a module.
 *
 * The skeleton (runtime/units/skeleton.c) reads none of the kernel's headers and names all symbols that the runtime
 * may take of the kernel, so that its description is that of every module of ours.  The verbose log becomes the commands
 * that are replayed: as soon as it tells how the skeleton is compiled, the units of the runtime are compiled likewise,
 * beside the rest of kbuild.  Their objects become an archive; units that the script does not need are left for the first
 * one that does (recipe_grow.c).
 * No flag is known here that kbuild did not say, except those that are taken away:
 *
 * - tracing calls (-pg and its relatives): the runtime runs inside probes;
 * - for scripts, whatever speaks of headers, macros and warnings: they include none
 *   of the kernel's headers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"
#include "driver.h"
#include "features.h"
#include "kbuild_log.h"
#include "recipe_private.h"
#include "replay.h"
#include "units.h"

/* Begins a line of the log that our Kbuild file puts there. */
#define ENVIRONMENT_MARK "stap-environment "

#define SKELETON "skeleton"

struct making {
	struct session *s;
	struct kernel *k;
	const char *work;		/* where kbuild runs */
	char *log;			/* what it said */
	word_list common;		/* that kbuild links to every module besides its own */
	struct recipe recipe;
	struct replay replay;		/* of the recipe, as far as it is known */
	struct units_build units;
	bool compiling;			/* the units */
};

static bool fail(const char *verb, const char *path, int err)
{
	diag_report(DIAG_environment, NULL, "cannot %s %s: %s", verb, path, error_text(err));
	return false;
}

/* ---- the sources ---------------------------------------------------------------------- */

static bool copy_sources(struct making *m)
{
	static const char *const names[] = { "skeleton.c", "kernel_symbols.h" };
	int err = dir_make(m->work, 0700);

	for (size_t i = 0; i < sizeof names / sizeof names[0] && !err; i++)
		err = file_copy(arena_printf("%s/units/%s", m->s->runtime_dir, names[i]),
				arena_printf("%s/%s", m->work, names[i]));
	return err ? fail("copy the runtime to", m->work, err) : true;
}

static bool put_text(const char *path, struct strbuf *sb)
{
	int err = file_write(path, strbuf_text(sb), sb->len);

	strbuf_release(sb);
	return err ? fail("write", path, err) : true;
}

/* How this kernel differs from others, for compat.h; and which one it is, for the finished module. */
static bool write_features(struct making *m)
{
	const char *build_id = kernel_build_id(m->s);
	struct strbuf sb = {0};

	features_write(m->s, &sb);
	if (build_id)
		strbuf_addf(&sb, "#define KERNEL_BUILD_ID %s\n", build_id);
	return put_text(arena_printf("%s/" RECIPE_FEATURES, m->recipe.dir), &sb);
}

static bool write_kbuild_file(struct making *m)
{
	struct strbuf sb = {0};

	strbuf_add(&sb, "obj-m := " RECIPE_MODULE ".o\n" RECIPE_MODULE "-y := " SKELETON ".o\n");
	/* Kernels before 5.18 are C89 by their flags; what is ours is not. */
	strbuf_add(&sb, "ccflags-y := -std=gnu11 -Wno-declaration-after-statement\n"
			"ccflags-remove-y := $(CC_FLAGS_FTRACE)\n"
			"KASAN_SANITIZE := n\nKCSAN_SANITIZE := n\nUBSAN_SANITIZE := n\n"
			"KCOV_INSTRUMENT := n\nGCOV_PROFILE := n\n"
			"$(info " ENVIRONMENT_MARK "SRCARCH=$(SRCARCH))\n");
	return put_text(arena_printf("%s/Kbuild", m->work), &sb);
}

/* ---- what its log tells ------------------------------------------------------------------- */

/* Options that take the next word as their value. */
static bool takes_next(const char *word)
{
	static const char *const names[] = { "-include", "-isystem", "-imacros", "-o", "-I", "-D", "-U",
					     "-iquote", "-MF", "-MT", "-MQ" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!strcmp(word, names[i]))
			return true;
	return false;
}

static bool begins_with(const char *word, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (!strncmp(word, *prefixes, strlen(*prefixes)))
			return true;
	return false;
}

/* Words of a compile command that hold for any unit of that kind. */
static void take_flags(const word_list *command, const char *const *unwanted, const char *temp,
		       word_list *flags)
{
	for (size_t i = 0; i < command->len; i++) {
		const char *word = command->data[i];
		bool drop = i && begins_with(word, unwanted);

		drop |= !strcmp(word, "-c") || !strcmp(word, "-o") || strstr(word, temp);
		if (!drop)
			vec_push(flags, word);
		if (!takes_next(word))
			continue;
		i++;
		if (!drop)
			vec_push(flags, command->data[i]);
	}
}

/* Words before the inputs, without output; the last word of `command` is an input if `one_input`. */
static void take_command(const word_list *command, const char *temp, word_list *flags)
{
	for (size_t i = 0; i < command->len; i++) {
		const char *word = command->data[i];

		if (!strcmp(word, "-o"))
			i++;
		else if (!strstr(word, temp))
			vec_push(flags, word);
	}
}

static bool ends_in_o(const char *word)
{
	size_t len = strlen(word);

	return len > 2 && !strcmp(word + len - 2, ".o");
}

/* Objects of kbuild's own in the link of a module (.module-common.o). */
static void take_common(const word_list *command, const char *temp, word_list *objects)
{
	for (size_t i = 0; i < command->len; i++) {
		const char *word = command->data[i];

		if (ends_in_o(word) && strstr(word, temp) && !strstr(word, RECIPE_MODULE))
			vec_push(objects, word);
	}
}

/* modpost keeps -T and -o as places for its files; undefined symbols are errors again. */
static void take_modpost(const word_list *command, word_list *words)
{
	for (size_t i = 0; i < command->len; i++)
		if (strcmp(command->data[i], "-w"))
			vec_push(words, command->data[i]);
}

/* What our Kbuild file says of make's variables; objtool of some kernels asks for SRCARCH. */
static void take_environment(const char *log, word_list *environment)
{
	for (const char *p = log; (p = strstr(p, ENVIRONMENT_MARK)) && !environment->len; ) {
		p += strlen(ENVIRONMENT_MARK);
		vec_push(environment, arena_strndup(p, strcspn(p, "\n")));
	}
}

/* How the compiler's driver compiles a script; without an answer the driver itself is used. */
static void ask_driver(struct making *m)
{
	struct tool cc = { .dir = m->recipe.work_dir, .environment = &m->recipe.environment };
	const word_list *flags = &m->recipe.script_compile;

	for (size_t i = 0; i < flags->len; i++)
		vec_push(&cc.words, flags->data[i]);
	words_add(&cc.words, "-###", "-c", "-o", DRIVER_OBJECT, DRIVER_SOURCE, NULL);
	if (tool_run(m->s, &cc) || !driver_read(cc.output, &m->recipe.script_cc1, &m->recipe.script_as))
		m->recipe.script_cc1.len = m->recipe.script_as.len = 0;
}

static bool read_log(struct making *m, const char *log, struct kbuild_commands *found)
{
	return kbuild_log_read(log, arena_printf("%s/" SKELETON ".o", m->work), arena_printf("%s/" RECIPE_MODULE, m->work),
			       found);
}

/* How to compile, which the log tells long before it is complete. */
static void learn_compiling(struct making *m, const char *log, const struct kbuild_commands *found)
{
	static const char *const none[] = { "-Wp,-M", NULL };
	static const char *const headers[] = { "-I", "-isystem", "-include", "-imacros", "-iquote", "-D",
					       "-U", "-W", "-Wp,", "-g", "-fmacro-prefix-map", NULL };
	struct recipe *r = &m->recipe;

	r->work_dir = strncmp(found->dir, m->work, strlen(m->work)) ? found->dir : m->k->build_dir;
	take_flags(&found->compile, headers, m->work, &r->script_compile);
	take_flags(&found->compile, none, m->work, &r->kernel_compile);
	take_environment(log, &r->environment);
}

static bool learn_rest(struct making *m)
{
	static const char *const none[] = { "-Wp,-M", NULL };
	struct kbuild_commands found;
	struct recipe *r = &m->recipe;

	if (!read_log(m, m->log, &found) || !m->compiling) {
		diag_report(DIAG_build, NULL, "the verbose output of kbuild for kernel %s is not understood",
			    m->k->release);
		return false;
	}
	r->objtool_on_whole = found.objtool_on_whole;
	take_flags(&found.mod_compile, none, m->work, &r->mod_compile);
	take_command(&found.objtool, m->work, &r->objtool);
	take_modpost(&found.modpost, &r->modpost);
	take_command(&found.link, m->work, &r->link);
	take_common(&found.link, m->work, &m->common);
	ask_driver(m);
	return true;
}

/* ---- kbuild ------------------------------------------------------------------------------ */

/* A missing or different compiler is the usual reason.  When the disk is full, make does not always say so. */
static void report_kbuild(struct making *m, const struct tool *make, int status)
{
	const char *what = arena_printf("building the runtime for kernel %s", m->k->release);
	const char *compiler = kernel_config(m->k, "CC_VERSION_TEXT");
	struct diag *d;

	if (tool_queue_abandon(&m->units.compiling) || tool_met_full_disk(make)) {
		tool_report_full_disk(what);
		return;
	}
	d = tool_report(make, status, what);
	if (status > 0 && *compiler)
		diag_hint(d, "this kernel was built with %s", compiler);
}

/* What kbuild says while it runs: begin with the units when it tells how. */
static void watch_kbuild(const char *output, void *data)
{
	struct making *m = data;
	const char *end = strrchr(output, '\n');
	struct kbuild_commands found;

	if (m->compiling || !end || !strstr(output, " -c -o "))
		return;
	output = arena_strndup(output, (size_t)(end + 1 - output));
	read_log(m, output, &found);
	if (!found.dir || !found.compile.len)
		return;
	learn_compiling(m, output, &found);
	m->compiling = true;
	units_start(&m->units);
}

static bool run_kbuild(struct making *m)
{
	struct tool make = { .watch = watch_kbuild, .watch_data = m };

	words_add(&make.words, "make", "-C", m->k->build_dir, NULL);
	if (m->k->makefile)
		words_add(&make.words, "-f", m->k->makefile, NULL);
	words_add(&make.words, arena_printf("M=%s", m->work), "V=1", "--print-directory", "KBUILD_MODPOST_WARN=1",
		  "KCFLAGS=-g0", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules", NULL);
	int status = tool_run(m->s, &make);

	m->log = make.output;
	if (m->s->options.keep_temp)
		file_write(arena_printf("%s.log", m->work), m->log, strlen(m->log));
	if (status)
		report_kbuild(m, &make, status);
	return status == 0;
}

/* ---- the files ------------------------------------------------------------------------------ */

static bool make_common(struct making *m)
{
	struct tool strip = { .dir = m->work };

	if (!m->common.len)
		return true;
	if (m->common.len > 1) {
		diag_report(DIAG_build, NULL, "kernel %s links unknown objects to modules", m->k->release);
		return false;
	}
	words_add(&strip.words, "strip", "--strip-debug", "-o",
		  arena_printf("%s/" RECIPE_COMMON, m->recipe.dir), m->common.data[0], NULL);
	return tool_run_or_report(m->s, &strip, "stripping what all modules have in common");
}

static bool keep_skeleton(struct making *m)
{
	const char *from = arena_printf("%s/" SKELETON ".o", m->work);
	int err = file_copy(from, arena_printf("%s/" RECIPE_SKELETON, m->recipe.dir));

	return err ? fail("copy", from, err) : true;
}

static bool take_constants(struct making *m)
{
	const char *object = arena_printf("%s/" CONSTANTS_UNIT ".o", m->units.folder);
	const char *text = section_text(object, ".discard.stap_constants");
	const char *path = arena_printf("%s/" RECIPE_CONSTANTS, m->recipe.dir);
	int err;

	if (!text) {
		diag_report(DIAG_build, NULL, "%s has no constants", object);
		return false;
	}
	err = file_write(path, text, strlen(text));
	return err ? fail("write", path, err) : true;
}

/* What the skeleton names and this kernel does not export. */
static void find_missing(struct making *m)
{
	word_list named = {0};

	undefined_symbols(arena_printf("%s/" RECIPE_SKELETON, m->recipe.dir), &named);
	for (size_t i = 0; i < named.len; i++)
		if (!kernel_exports(m->k, named.data[i]))
			vec_push(&m->recipe.missing, named.data[i]);
}

static bool make_files(struct making *m)
{
	struct recipe *r = &m->recipe;

	if (!learn_rest(m) || !units_finish(&m->units) || !take_constants(m) || !keep_skeleton(m) || !make_common(m) ||
	    !recipe_take_description(m->s, r, arena_printf("%s/" RECIPE_MODULE ".mod.o", m->work)))
		return false;
	find_missing(m);
	return recipe_add_units(&m->units, r);
}

bool recipe_make(struct session *s, struct kernel *k, const word_list *units, const char *dir)
{
	const char *temp = session_temp_dir(s);
	int err;

	if (!temp)
		return false;
	struct making m = {
		.s = s,
		.k = k,
		.work = arena_printf("%s/kbuild", temp),
		.recipe = { .dir = dir },
	};

	m.replay = (struct replay){ .s = s, .r = &m.recipe, .name = RECIPE_MODULE,
				    .base = arena_printf("%s/" RECIPE_MODULE, temp) };
	m.units = (struct units_build){ .replay = &m.replay, .folder = temp, .units = units };
	err = dir_make(dir, 0700);
	if (err)
		return fail("make", dir, err);
	if (!copy_sources(&m) || !write_features(&m) || !write_kbuild_file(&m))
		return false;
	if (!run_kbuild(&m) || !make_files(&m))
		return false;
	err = recipe_write(&m.recipe);
	return err ? fail("write", dir, err) : true;
}
