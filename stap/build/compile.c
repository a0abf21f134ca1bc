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
#include "../session.h"
#include "recipe.h"

struct compiling {
	struct session *s;
	const struct recipe *r;
	const char *base;	/* TEMP/NAME, without a suffix */
};

static bool begin(struct compiling *c, struct session *s, const struct recipe *r)
{
	const char *temp = session_temp_dir(s);

	if (!temp)
		return false;
	*c = (struct compiling){
		.s = s,
		.r = r,
		.base = arena_printf("%s/%s", temp, s->module_name),
	};
	return true;
}

static const char *file_of(const struct compiling *c, const char *suffix)
{
	return arena_printf("%s%s", c->base, suffix);
}

static bool write_text(const char *path, const char *text)
{
	int err = file_write(path, text, strlen(text));

	if (err)
		diag_report(DIAG_environment, NULL, "cannot write %s: %s", path, error_text(err));
	return !err;
}

/* The recipe's words; where they hold the placeholder, the module's name. */
static void add_words(const struct compiling *c, word_list *to, const word_list *from)
{
	for (size_t i = 0; i < from->len; i++) {
		const char *word = from->data[i], *at = strstr(word, RECIPE_MODULE);

		if (at)
			word = arena_printf("%.*s%s%s", (int)(at - word), word, c->s->module_name,
					    at + strlen(RECIPE_MODULE));
		vec_push(to, word);
	}
}

static void add_macros(struct session *s, word_list *to)
{
	for (size_t i = 0; i < s->options.macros.len; i++)
		vec_push(to, arena_printf("-D%s", s->options.macros.data[i]));
}

static struct tool new_tool(const struct compiling *c, const word_list *words)
{
	struct tool t = { .dir = c->r->work_dir, .environment = &c->r->environment };

	add_words(c, &t.words, words);
	return t;
}

/* ---- a unit ------------------------------------------------------------------------------ */

static bool check_object(const struct compiling *c, const char *object)
{
	struct tool t = new_tool(c, &c->r->objtool);

	words_add(&t.words, object, NULL);
	return tool_run_or_report(c->s, &t, "objtool");
}

/* The script's unit; --modinfo adds lines to .modinfo as MODULE_INFO() would. */
static const char *script_text(const struct session *s)
{
	const char *text = s->c_text;

	for (size_t i = 0; i < s->options.module_info.len; i++)
		text = arena_printf("%s\nstatic const char stap_modinfo_%zu[] __attribute__((used, "
				    "section(\".modinfo\"), aligned(1))) = \"%s\";\n", text, i,
				    s->options.module_info.data[i]);
	return text;
}

static void add_unit_words(const struct compiling *c, word_list *words)
{
	words_add(words, "-I", c->s->runtime_dir, "-I", c->r->dir, NULL);
	add_macros(c->s, words);
	if (c->s->options.save_intermediates)
		vec_push(words, "-g");
}

static bool run_compiler(const struct compiling *c, struct tool *t)
{
	return tool_run_or_report(c->s, t, "compiling the translated script");
}

static bool compile_by_driver(const struct compiling *c, const word_list *flags, const char *source,
			      const char *object)
{
	struct tool t = new_tool(c, flags);

	add_unit_words(c, &t.words);
	words_add(&t.words, "-c", "-o", object, source, NULL);
	return run_compiler(c, &t);
}

/* Compiler and assembler at the same time. */
static bool compile_by_pipe(const struct compiling *c, const char *source, const char *object)
{
	struct tool cc1 = new_tool(c, &c->r->script_cc1), as = new_tool(c, &c->r->script_as);

	add_unit_words(c, &cc1.words);
	words_add(&cc1.words, "-o", "-", source, NULL);
	words_add(&as.words, "-o", object, NULL);
	cc1.into = &as;
	return run_compiler(c, &cc1);
}

static bool check_unit(const struct compiling *c, const char *object)
{
	return c->r->objtool_on_whole || !c->r->objtool.len || check_object(c, object);
}

static bool compile_script(const struct compiling *c)
{
	const char *source = file_of(c, "_script.c"), *object = file_of(c, "_script.o");
	bool ok = write_text(source, script_text(c->s));

	if (ok && c->r->script_cc1.len && !c->s->options.save_intermediates)
		ok = compile_by_pipe(c, source, object);
	else if (ok)
		ok = compile_by_driver(c, &c->r->script_compile, source, object);
	return ok && check_unit(c, object);
}

static bool compile_kernel_unit(const struct compiling *c)
{
	const char *source = file_of(c, "_kernel.c"), *object = file_of(c, "_kernel.o");

	return write_text(source, c->s->c_text_kernel) &&
	       compile_by_driver(c, &c->r->kernel_compile, source, object) && check_unit(c, object);
}

/* ---- the module's description ---------------------------------------------------------------- */

/* The recipe's object with the placeholders overwritten; what is left of them becomes zeros,
 * which the kernel skips. */
static bool name_module(const struct compiling *c)
{
	const char *from = arena_printf("%s/" RECIPE_MOD, c->r->dir), *to = file_of(c, ".mod.o");
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

/* Replace the word after `option`. */
static void set_operand(word_list *words, const char *option, const char *value)
{
	for (size_t i = 0; i + 1 < words->len; i++)
		if (!strcmp(words->data[i], option))
			words->data[i + 1] = value;
}

/* modpost reads the object and writes NAME.mod.c, which becomes NAME.mod.o. */
static bool describe_module(const struct compiling *c)
{
	struct tool modpost = new_tool(c, &c->r->modpost);
	struct tool compile = new_tool(c, &c->r->mod_compile);
	const char *list = file_of(c, ".list");

	set_operand(&modpost.words, "-o", file_of(c, ".symvers"));
	set_operand(&modpost.words, "-T", list);
	words_add(&compile.words, "-c", "-o", file_of(c, ".mod.o"), file_of(c, ".mod.c"), NULL);
	return write_text(list, arena_printf("%s\n", file_of(c, ".o"))) &&
	       write_text(file_of(c, ".mod"), "") &&
	       tool_run_or_report(c->s, &modpost, "resolving the symbols of embedded C") &&
	       tool_run_or_report(c->s, &compile, "compiling the module's description");
}

/* ---- linking ----------------------------------------------------------------------------------- */

/* The linker script of modules throws away what objtool and modpost need to see. */
static void drop_script(word_list *words)
{
	size_t kept = 0;

	for (size_t i = 0; i < words->len; i++) {
		if (!strcmp(words->data[i], "-T"))
			i++;
		else
			words->data[kept++] = words->data[i];
	}
	words->len = kept;
}

static bool link_files(const struct compiling *c, const char *output, bool finally,
		       const char *const *inputs)
{
	struct tool t = new_tool(c, &c->r->link);

	if (!finally)
		drop_script(&t.words);
	words_add(&t.words, "-o", output, NULL);
	for (; *inputs; inputs++)
		vec_push(&t.words, *inputs);
	if (finally && c->r->has_common)
		vec_push(&t.words, arena_printf("%s/" RECIPE_COMMON, c->r->dir));
	return tool_run_or_report(c->s, &t, "linking the module");
}

static const char *archive(const struct compiling *c)
{
	return arena_printf("%s/" RECIPE_ARCHIVE, c->r->dir);
}

/* Script and runtime in one object that lacks only its description. */
static bool link_whole(const struct compiling *c)
{
	const char *kernel_unit = c->s->c_text_kernel ? file_of(c, "_kernel.o") : NULL;
	const char *const inputs[] = { "-u", "init_module", "-u", "cleanup_module", file_of(c, "_script.o"),
				       archive(c), kernel_unit, NULL };

	return link_files(c, file_of(c, ".o"), false, inputs) &&
	       (!c->r->objtool_on_whole || !c->r->objtool.len || check_object(c, file_of(c, ".o")));
}

static bool link_in_steps(const struct compiling *c)
{
	const char *const inputs[] = { file_of(c, ".o"), file_of(c, ".mod.o"), NULL };

	return link_whole(c) && (c->s->c_text_kernel ? describe_module(c) : name_module(c)) &&
	       link_files(c, file_of(c, ".ko"), true, inputs);
}

static bool link_at_once(const struct compiling *c)
{
	const char *const inputs[] = { file_of(c, "_script.o"), file_of(c, ".mod.o"), archive(c), NULL };

	return name_module(c) && link_files(c, file_of(c, ".ko"), true, inputs);
}

/* Inserting a module that uses what the kernel does not export would only say "no such file". */
static bool kernel_has_all(const struct compiling *c)
{
	const char *symbol = find_undefined_symbol(file_of(c, ".ko"), &c->r->missing);

	if (symbol)
		diag_report(DIAG_build, NULL, "the kernel has no %s, which this script needs", symbol);
	return !symbol;
}

const char *compile_module(struct session *s, const struct recipe *r)
{
	struct compiling c;

	if (!begin(&c, s, r) || !compile_script(&c) || (s->c_text_kernel && !compile_kernel_unit(&c)))
		return NULL;
	bool ok = s->c_text_kernel || r->objtool_on_whole ? link_in_steps(&c) : link_at_once(&c);

	return ok && kernel_has_all(&c) ? file_of(&c, ".ko") : NULL;
}

/* ---- --runtime=user ------------------------------------------------------------------------------ */

const char *user_compiler(void)
{
	const char *cc = getenv("CC");

	return cc && *cc && !strchr(cc, ' ') ? cc : "cc";
}

const char *compile_program(struct session *s)
{
	struct compiling c;

	if (!begin(&c, s, NULL))
		return NULL;
	const char *source = file_of(&c, ".c"), *program = file_of(&c, "");
	struct tool t = {0};

	words_add(&t.words, user_compiler(), "-std=gnu11", "-O1", "-fwrapv", "-g0", "-pipe",
		  "-DSCRIPT_USER", "-I", s->runtime_dir, "-I", arena_printf("%s/user", s->runtime_dir), NULL);
	add_macros(s, &t.words);
	words_add(&t.words, "-o", program, source, s->user_library, "-lm", "-lpthread", NULL);
	if (!write_text(source, s->c_text) ||
	    !tool_run_or_report(s, &t, "compiling the translated script"))
		return NULL;
	return program;
}
