/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One script, the recipe ready: the compiler, objtool, one link.  The kernel's headers are
 * not read; only a unit of embedded C that asks for them pays for them, and for
 * modpost, because it may use symbols that no object of the runtime uses.
 */
#include "compile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/spool.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"
#include "recipe_private.h"
#include "replay.h"

static bool begin(struct replay *c, struct session *s, const struct recipe *r)
{
	const char *temp = session_temp_dir(s);

	if (!temp)
		return false;
	*c = (struct replay){
		.s = s,
		.r = r,
		.name = s->module_name,
		.base = arena_printf("%s/%s", temp, s->module_name),
	};
	return true;
}

static void add_macros(struct session *s, word_list *to)
{
	for (size_t i = 0; i < s->options.macros.len; i++)
		vec_push(to, arena_printf("-D%s", s->options.macros.data[i]));
}

/* ---- a unit ------------------------------------------------------------------------------ */

/* --modinfo adds lines to .modinfo as MODULE_INFO() would. */
static int add_module_info(const struct session *s, const char *source)
{
	int err = 0;

	for (size_t i = 0; i < s->options.module_info.len && !err; i++) {
		const char *text = arena_printf("\nstatic const char stap_modinfo_%zu[] __attribute__((used, "
						"section(\".modinfo\"), aligned(1))) = \"%s\";\n", i,
						s->options.module_info.data[i]);

		err = file_append(source, text, strlen(text));
	}
	return err;
}

/* The script's unit. */
static bool write_script(const struct session *s, const char *source)
{
	int err = spool_save(s->c_text, source);

	if (!err && s->options.runtime == RUNTIME_KERNEL)
		err = add_module_info(s, source);
	if (err)
		diag_report(DIAG_environment, NULL, "cannot write %s: %s", source, error_text(err));
	return !err;
}

#define LONG_TEXT (256 << 10)

/* A text this long is that of hundreds of handlers: half the time to compile it counts for more than
 * the tenth that a hit is faster. */
static bool is_long(const struct session *s)
{
	return s->c_text && spool_length(s->c_text) > LONG_TEXT;
}

static void add_unit_words(const struct replay *c, word_list *words)
{
	if (is_long(c->s))
		vec_push(words, "-O1");
	words_add(words, "-I", c->s->runtime_dir, "-I", c->r->dir, NULL);
	add_macros(c->s, words);
	if (c->s->options.save_intermediates)
		vec_push(words, "-g");
}

static bool run_compiler(const struct replay *c, struct tool *t)
{
	return tool_run_or_report(c->s, t, "compiling the translated script");
}

static bool compile_by_driver(const struct replay *c, const word_list *flags, const char *source,
			      const char *object)
{
	struct tool t = replay_tool(c, flags);

	add_unit_words(c, &t.words);
	words_add(&t.words, "-c", "-o", object, source, NULL);
	return run_compiler(c, &t);
}

/* Compiler and assembler at the same time. */
static bool compile_by_pipe(const struct replay *c, const char *source, const char *object)
{
	struct tool cc1 = replay_tool(c, &c->r->script_cc1), as = replay_tool(c, &c->r->script_as);

	add_unit_words(c, &cc1.words);
	words_add(&cc1.words, "-o", "-", source, NULL);
	words_add(&as.words, "-o", object, NULL);
	cc1.into = &as;
	return run_compiler(c, &cc1);
}

static bool compile_script(const struct replay *c)
{
	const char *source = replay_file(c, "_script.c"), *object = replay_file(c, "_script.o");
	bool ok = write_script(c->s, source);

	if (ok && c->r->script_cc1.len && !c->s->options.save_intermediates)
		ok = compile_by_pipe(c, source, object);
	else if (ok)
		ok = compile_by_driver(c, &c->r->script_compile, source, object);
	return ok && replay_check_unit(c, object);
}

static bool compile_kernel_unit(const struct replay *c)
{
	const char *source = replay_file(c, "_kernel.c"), *object = replay_file(c, "_kernel.o");

	return tool_write_input(source, c->s->c_text_kernel) &&
	       compile_by_driver(c, &c->r->kernel_compile, source, object) && replay_check_unit(c, object);
}

/* ---- the module's description ---------------------------------------------------------------- */

/* The recipe's object with the placeholders overwritten; what is left of them becomes zeros,
 * which the kernel skips. */
static bool name_module(const struct replay *c)
{
	const char *from = arena_printf("%s/" RECIPE_MOD, c->r->dir), *to = replay_file(c, ".mod.o");
	char name[sizeof RECIPE_MODULE] = "", *data;
	size_t len;
	int err = file_read(from, &data, &len);

	strncpy(name, c->s->module_name, sizeof name - 1);
	for (size_t i = 0; i < c->r->name_offsets.len && !err; i++) {
		size_t offset = c->r->name_offsets.data[i];

		if (offset + sizeof name > len)
			err = -EINVAL;
		else
			memcpy(data + offset, name, sizeof name);
	}
	if (!err)
		err = file_write(to, data, len);
	if (err)
		diag_report(DIAG_environment, NULL, "cannot write %s: %s", to, error_text(err));
	return !err;
}

/* ---- linking ----------------------------------------------------------------------------------- */

static const char *archive(const struct replay *c)
{
	return arena_printf("%s/" RECIPE_ARCHIVE, c->r->dir);
}

/* Script and runtime in one object that lacks only its description. */
static bool link_whole(const struct replay *c)
{
	const char *kernel_unit = c->s->c_text_kernel ? replay_file(c, "_kernel.o") : NULL;
	const char *const inputs[] = { "-u", "init_module", "-u", "cleanup_module", replay_file(c, "_script.o"),
				       archive(c), kernel_unit, NULL };

	return replay_link_whole(c, inputs);
}

static bool link_in_steps(const struct replay *c)
{
	const char *const inputs[] = { replay_file(c, ".o"), replay_file(c, ".mod.o"), NULL };

	return link_whole(c) && (c->s->c_text_kernel ? replay_describe(c, false) : name_module(c)) &&
	       replay_link(c, replay_file(c, ".ko"), true, inputs);
}

static bool link_at_once(const struct replay *c)
{
	const char *const inputs[] = { replay_file(c, "_script.o"), replay_file(c, ".mod.o"), archive(c), NULL };

	return name_module(c) && replay_link(c, replay_file(c, ".ko"), true, inputs);
}

/* A symbol that the module uses and the kernel does not export, or NULL. */
static const char *missing_symbol(const struct replay *c)
{
	word_list used = {0}, named = {0};

	undefined_symbols(replay_file(c, ".ko"), &used);
	undefined_symbols(arena_printf("%s/" RECIPE_SKELETON, c->r->dir), &named);
	for (size_t i = 0; i < used.len; i++)
		if (words_have(&named, used.data[i]) ? words_have(&c->r->missing, used.data[i])
						     : !kernel_exports(session_kernel(c->s), used.data[i]))
			return used.data[i];
	return NULL;
}

/* Inserting a module that uses what the kernel does not export would only say "no such file". */
static bool kernel_has_all(const struct replay *c)
{
	const char *symbol = missing_symbol(c);

	if (symbol)
		diag_report(DIAG_build, NULL, "the kernel has no %s, which this script needs", symbol);
	return !symbol;
}

const char *compile_module(struct session *s, const struct recipe *r)
{
	struct replay c;

	if (!begin(&c, s, r) || !compile_script(&c) || (s->c_text_kernel && !compile_kernel_unit(&c)))
		return NULL;
	bool ok = s->c_text_kernel || r->objtool_on_whole ? link_in_steps(&c) : link_at_once(&c);

	return ok && kernel_has_all(&c) ? replay_file(&c, ".ko") : NULL;
}

/* ---- --runtime=user ------------------------------------------------------------------------------ */

const char *user_compiler(void)
{
	const char *cc = getenv("CC");

	return cc && *cc && !strchr(cc, ' ') ? cc : "cc";
}

const char *compile_program(struct session *s)
{
	struct replay c;

	if (!begin(&c, s, NULL))
		return NULL;
	const char *source = replay_file(&c, ".c"), *program = replay_file(&c, "");
	struct tool t = {0};

	words_add(&t.words, user_compiler(), "-std=gnu11", "-O1", "-fwrapv", "-g0", "-pipe",
		  "-DSCRIPT_USER", "-I", s->runtime_dir, "-I", arena_printf("%s/user", s->runtime_dir), NULL);
	add_macros(s, &t.words);
	words_add(&t.words, "-o", program, source, s->user_library, "-lm", "-lpthread", NULL);
	if (!write_script(s, source) ||
	    !tool_run_or_report(s, &t, "compiling the translated script"))
		return NULL;
	return program;
}
