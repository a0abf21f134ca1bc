/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a recipe: a real kbuild of the runtime.
 *
 * The runtime's sources are copied into a temporary folder beside a generated Kbuild
 * file.  Functions called by scripts and mechanisms stay undefined there; modpost is
 * told to let that pass.  The objects become an archive, so that a script's link
 * pulls in only what it needs; the verbose log becomes the commands that are replayed
 * for each script.  No flag is known here that kbuild did not say, except those that
 * are taken away:
 *
 * - tracing calls (-pg and its relatives): the runtime runs inside probes;
 * - for scripts, whatever speaks of headers, macros and warnings: they include none
 *   of the kernel's headers.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"
#include "kbuild_log.h"
#include "recipe_private.h"

struct making {
	struct session *s;
	struct kernel *k;
	const char *work;		/* where kbuild runs: a copy of the runtime */
	const char *log;
	word_list objects;		/* relative to work */
	struct recipe recipe;
};

static bool fail(const char *what, int err)
{
	diag_report(DIAG_build, NULL, "%s: %s", what, error_text(err));
	return false;
}

/* ---- the sources ---------------------------------------------------------------------- */

static bool has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), tail = strlen(suffix);

	return len > tail && !strcmp(name + len - tail, suffix);
}

/* constants.c is compiled to assembly only. */
static bool is_unit(const char *name)
{
	return has_suffix(name, ".c") && strcmp(name, "constants.c");
}

/* Copy the .c and .h files of one folder of the runtime, noting the units. */
static bool copy_folder(struct making *m, const char *folder)
{
	const char *from = arena_printf("%s/%s", m->s->runtime_dir, folder);
	const char *to = arena_printf("%s/%s", m->work, folder);
	struct dirent **entries;
	int count = scandir(from, &entries, NULL, alphasort), err;

	if (count < 0)
		return fail(from, errno);
	err = dir_make(to, 0700);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (!err && (has_suffix(name, ".c") || has_suffix(name, ".h")))
			err = file_copy(arena_printf("%s/%s", from, name), arena_printf("%s/%s", to, name));
		if (is_unit(name) && *folder)
			vec_push(&m->objects, arena_printf("%s/%.*s.o", folder, (int)strlen(name) - 2, name));
		free(entries[i]);
	}
	free(entries);
	return err ? fail(to, err) : true;
}

static bool write_kbuild_file(struct making *m)
{
	struct strbuf sb = {0};
	const char *path = arena_printf("%s/Kbuild", m->work);

	strbuf_add(&sb, "obj-m := " RECIPE_MODULE ".o\n");
	for (size_t i = 0; i < m->objects.len; i++)
		strbuf_addf(&sb, RECIPE_MODULE "-y += %s\n", m->objects.data[i]);
	strbuf_add(&sb, "always-y := linux/constants.s\n"
			"ccflags-y := -I$(src) -g0\n"
			"ccflags-remove-y := $(CC_FLAGS_FTRACE)\n"
			"KASAN_SANITIZE := n\nKCSAN_SANITIZE := n\nUBSAN_SANITIZE := n\n"
			"KCOV_INSTRUMENT := n\nGCOV_PROFILE := n\n");
	int err = file_write(path, sb.text, sb.len);

	strbuf_release(&sb);
	return err ? fail(path, err) : true;
}

static bool copy_sources(struct making *m)
{
	int err = dir_make(m->work, 0700);

	if (err)
		return fail(m->work, err);
	return copy_folder(m, "") && copy_folder(m, "core") && copy_folder(m, "linux") &&
	       copy_folder(m, "linux/probes") && write_kbuild_file(m);
}

/* ---- kbuild ------------------------------------------------------------------------------ */

static bool run_kbuild(struct making *m)
{
	struct tool make = { .output = m->log };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	words_add(&make.words, "make", "-C", m->k->build_dir, arena_printf("M=%s", m->work), "V=1",
		  arena_printf("-j%ld", cpus < 1 ? 1 : cpus > 8 ? 8 : cpus), "--print-directory",
		  "KBUILD_MODPOST_WARN=1", "modules", NULL);
	return tool_run_or_report(m->s, &make, arena_printf("building the runtime for kernel %s",
							     m->k->release));
}

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

/* modpost keeps -T and -o as places for its files; undefined symbols are errors again. */
static void take_modpost(const word_list *command, word_list *words)
{
	for (size_t i = 0; i < command->len; i++)
		if (strcmp(command->data[i], "-w"))
			vec_push(words, command->data[i]);
}

static bool learn(struct making *m)
{
	static const char *const none[] = { "-Wp,-M", NULL };
	static const char *const headers[] = { "-I", "-isystem", "-include", "-imacros", "-iquote", "-D",
					       "-U", "-W", "-Wp,", "-g", "-fmacro-prefix-map", NULL };
	struct kbuild_commands found;
	struct recipe *r = &m->recipe;
	char *log;
	int err = file_read(m->log, &log, NULL);
	const char *unit = arena_printf("%s/%s", m->work, m->objects.data[0]);

	if (err)
		return fail(m->log, err);
	if (!kbuild_log_read(log, unit, arena_printf("%s/" RECIPE_MODULE, m->work), &found)) {
		diag_report(DIAG_build, NULL, "the verbose output of kbuild for kernel %s is not understood",
			    m->k->release);
		return false;
	}
	r->work_dir = strncmp(found.dir, m->work, strlen(m->work)) ? found.dir : m->k->build_dir;
	r->objtool_on_whole = found.objtool_on_whole;
	take_flags(&found.compile, headers, m->work, &r->script_compile);
	take_flags(&found.compile, none, m->work, &r->kernel_compile);
	take_flags(&found.mod_compile, none, m->work, &r->mod_compile);
	take_command(&found.objtool, m->work, &r->objtool);
	take_modpost(&found.modpost, &r->modpost);
	take_command(&found.link, m->work, &r->link);
	return true;
}

/* ---- the files ------------------------------------------------------------------------------ */

static bool make_archive(struct making *m)
{
	struct tool ar = { .dir = m->work, .output = m->log };

	words_add(&ar.words, "ar", "rcsD", arena_printf("%s/" RECIPE_ARCHIVE, m->recipe.dir), NULL);
	for (size_t i = 0; i < m->objects.len; i++)
		vec_push(&ar.words, m->objects.data[i]);
	return tool_run_or_report(m->s, &ar, "archiving the runtime");
}

static bool make_mod_object(struct making *m)
{
	struct tool strip = { .dir = m->work, .output = m->log };
	const char *object = arena_printf("%s/" RECIPE_MOD, m->recipe.dir);

	words_add(&strip.words, "strip", "--strip-debug", "-o", object, RECIPE_MODULE ".mod.o", NULL);
	if (!tool_run_or_report(m->s, &strip, "stripping the module's description"))
		return false;
	if (find_module_name(object, RECIPE_MODULE, &m->recipe.name_offsets))
		return true;
	diag_report(DIAG_build, NULL, "kernel %s keeps a module's name in an unknown place", m->k->release);
	return false;
}

static bool make_constants(struct making *m)
{
	int err = constants_convert(arena_printf("%s/linux/constants.s", m->work),
				    arena_printf("%s/" RECIPE_CONSTANTS, m->recipe.dir));

	return err ? fail("the constants of the kernel's headers", err) : true;
}

bool recipe_make(struct session *s, struct kernel *k, const char *dir)
{
	const char *temp = session_temp_dir(s);
	int err;

	if (!temp)
		return false;
	struct making m = {
		.s = s,
		.k = k,
		.work = arena_printf("%s/kbuild", temp),
		.log = arena_printf("%s/kbuild.log", temp),
		.recipe = { .dir = dir },
	};

	err = dir_make(dir, 0700);
	if (err)
		return fail(dir, err);
	if (!copy_sources(&m) || !run_kbuild(&m) || !learn(&m) || !make_constants(&m) ||
	    !make_mod_object(&m) || !make_archive(&m))
		return false;
	err = recipe_write(&m.recipe);
	return err ? fail(dir, err) : true;
}
