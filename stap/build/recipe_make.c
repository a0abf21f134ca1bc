/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making a recipe: a real kbuild of the runtime.
 *
 * The runtime's sources are copied into a temporary folder beside a generated Kbuild
 * file.  Reading the kernel's headers is what costs time, therefore the files of one
 * folder are compiled as one unit (their static names must differ).  Those that ask for
 * a unit of their own, because few scripts need them or not every kernel has
 * what they need, are left for the first script that names them (recipe_grow.c).  What the
 * script defines stays undefined there; modpost is told to let that pass.  The objects become
 * an archive; the verbose log becomes the commands that are replayed for each script.
 * No flag is known here that kbuild did not say, except those that are taken away:
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
#include "driver.h"
#include "features.h"
#include "kbuild_log.h"
#include "recipe_private.h"

/* What a source says to be compiled alone; then come the symbols that scripts know it by ("name_*": all that begin
 * so), and a colon.  Those for every script are one unit. */
#define OWN_UNIT_MARK "A unit of its own, for "
#define FOR_EVERY_SCRIPT "every script"

/* Begins a line of the log that our Kbuild file puts there. */
#define ENVIRONMENT_MARK "stap-environment "

struct making {
	struct session *s;
	struct kernel *k;
	const char *work;		/* where kbuild runs: a copy of the runtime */
	char *log;			/* what it said */
	word_list objects;		/* that become the archive, relative to work */
	struct strbuf for_all;		/* the unit of what every script needs */
	word_list common;		/* that kbuild links to every module besides its own */
	struct recipe recipe;
};

static bool fail(const char *verb, const char *path, int err)
{
	diag_report(DIAG_environment, NULL, "cannot %s %s: %s", verb, path, error_text(err));
	return false;
}

/* ---- the sources ---------------------------------------------------------------------- */

static bool has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), tail = strlen(suffix);

	return len > tail && !strcmp(name + len - tail, suffix);
}

/* constants.c is compiled to assembly only. */
static bool is_source(const char *name)
{
	return has_suffix(name, ".c") && strcmp(name, "constants.c");
}

/* Symbols of a file whose comment near its beginning asks for a unit of its own, or NULL. */
static const char *own_unit(const char *path)
{
	char *text, *mark;

	if (file_read(path, &text, NULL))
		return NULL;
	mark = strstr(arena_strndup(text, strnlen(text, 2000)), OWN_UNIT_MARK);
	if (!mark)
		return NULL;
	mark += strlen(OWN_UNIT_MARK);
	mark[strcspn(mark, ":")] = 0;
	for (char *p = mark; (p = strchr(p, '\n')); )	/* the comment may go on on the next line: "\n * " */
		memset(p, ' ', strspn(p, "\n\t *"));
	return mark;
}

static void add_source(struct making *m, const char *folder, const char *name, const char *path,
		       struct strbuf *unit)
{
	const char *symbols = own_unit(path);

	if (symbols && strcmp(symbols, FOR_EVERY_SCRIPT))
		vec_push(&m->recipe.own_units, arena_printf("%s/%s %s", folder, name, symbols));
	else
		strbuf_addf(symbols ? &m->for_all : unit, "#include \"%s/%s\"\n", folder, name);
}

/* Copy the .c and .h files of one folder of the runtime; name the sources in `unit`. */
static bool copy_folder(struct making *m, const char *folder, struct strbuf *unit)
{
	const char *separator = *folder ? "/" : "";
	const char *from = arena_printf("%s%s%s", m->s->runtime_dir, separator, folder);
	const char *to = arena_printf("%s%s%s", m->work, separator, folder);
	struct dirent **entries;
	int count = scandir(from, &entries, NULL, alphasort), err;

	if (count < 0)
		return fail("read", from, errno);
	err = dir_make(to, 0700);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (!err && (has_suffix(name, ".c") || has_suffix(name, ".h")))
			err = file_copy(arena_printf("%s/%s", from, name), arena_printf("%s/%s", to, name));
		if (is_source(name))
			add_source(m, folder, name, arena_printf("%s/%s", from, name), unit);
		free(entries[i]);
	}
	free(entries);
	return err ? fail("copy the runtime to", to, err) : true;
}

static bool put_text(struct making *m, const char *name, struct strbuf *sb)
{
	const char *path = arena_printf("%s/%s", m->work, name);
	int err = file_write(path, strbuf_text(sb), sb->len);

	strbuf_release(sb);
	return err ? fail("write", path, err) : true;
}

static bool put_unit(struct making *m, const char *name, struct strbuf *includes)
{
	vec_push(&m->objects, arena_printf("%s.o", name));
	return put_text(m, arena_printf("%s.c", name), includes);
}

/* The folders of the runtime's kernel side, and the units made of them; NULL: files of others include what it has. */
static const struct { const char *folder, *unit; } units[] = {
	{ "core",		"unit_core" },
	{ "tapset",		"unit_tapset" },
	{ "syscall",		NULL },
	{ "linux",		"unit_linux" },
	{ "linux/tapset",	"unit_linux_tapset" },
	{ "linux/probes",	"unit_probes" },
};

#define UNITS (sizeof units / sizeof units[0])

static bool copy_sources(struct making *m)
{
	struct strbuf root = {0};
	int err = dir_make(m->work, 0700);

	if (err)
		return fail("make", m->work, err);
	if (!copy_folder(m, "", &root))
		return false;
	strbuf_release(&root);
	for (size_t i = 0; i < UNITS; i++) {
		struct strbuf unit = {0};

		if (!copy_folder(m, units[i].folder, &unit) ||
		    (units[i].unit && !put_unit(m, units[i].unit, &unit)))
			return false;
		strbuf_release(&unit);
	}
	return put_unit(m, "unit_for_all", &m->for_all);
}

/*
 * Symbols that a compiler refers to by itself, and per-CPU variables that script_linux.h
 * reads: a script's object may use them though no unit of the runtime does.  An object
 * that names them all makes modpost look up their versions; those that a kernel does not
 * export are passed over.
 */
static const char *const compiler_symbols[] = {
	"memcpy", "memmove", "memset", "memcmp", "strlen", "strcmp", "__stack_chk_fail", "__stack_chk_guard",
	"__x86_return_thunk", "__fentry__", "current_task", "pcpu_hot", "cpu_number", "this_cpu_off",
	"__preempt_count", "__per_cpu_offset", "const_pcpu_hot", "__ref_stack_chk_guard", "ex_handler_default",
};

static const char *const thunk_registers[] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
};

static bool write_symbols_unit(struct making *m)
{
	struct strbuf sb = {0};

	strbuf_add(&sb, "asm(\".pushsection .rodata.stap_symbols,\\\"a\\\"\\n\"\n");
	for (size_t i = 0; i < sizeof compiler_symbols / sizeof compiler_symbols[0]; i++)
		strbuf_addf(&sb, "\".quad %s\\n\"\n", compiler_symbols[i]);
	if (!strcmp(m->k->arch, "x86_64"))
		for (size_t i = 0; i < sizeof thunk_registers / sizeof thunk_registers[0]; i++)
			strbuf_addf(&sb, "\".quad __x86_indirect_thunk_%s\\n\"\n", thunk_registers[i]);
	strbuf_add(&sb, "\".popsection\\n\");\n");
	vec_push(&m->objects, "unit_symbols.o");
	return put_text(m, "unit_symbols.c", &sb);
}

/* How this kernel differs from others, for compat.h. */
static bool write_features(struct making *m)
{
	struct strbuf sb = {0};

	features_write(m->s, &sb);
	return put_text(m, RECIPE_FEATURES, &sb);
}

/*
 * DEFINE(NAME, value) leaves lines like
 *	.ascii "->NAME $2472 offsetof(struct task_struct, pid)"
 * where the mark of an immediate ($, #) depends on the architecture.  Units that see no
 * kernel header see these constants.
 */
static const char constants_rules[] =
	"always-y := linux/constants.s\n"
	"$(obj)/constants.h: $(obj)/linux/constants.s\n"
	"\tsed -n 's/.*\"->\\([^ ]*\\) [$$#]*\\(-\\{0,1\\}[0-9][0-9]*\\) .*/#define \\1 (\\2)/p' $< > $@\n"
	"$(obj)/unit_core.o $(obj)/unit_tapset.o: $(obj)/constants.h\n";

static bool write_kbuild_file(struct making *m)
{
	const char *build_id = kernel_build_id(m->s);
	struct strbuf sb = {0};

	strbuf_add(&sb, "obj-m := " RECIPE_MODULE ".o\n" RECIPE_MODULE "-y :=");
	for (size_t i = 0; i < m->objects.len; i++)
		strbuf_addf(&sb, " %s", m->objects.data[i]);
	strbuf_addf(&sb, "\n%s", constants_rules);
	if (build_id)
		strbuf_addf(&sb, "CFLAGS_unit_linux.o := -DKERNEL_BUILD_ID=%s\n", build_id);
	/* Kernels before 5.18 are C89 by their flags; what is ours is not. */
	strbuf_add(&sb, "ccflags-y := -I$(src) -std=gnu11 -Wno-declaration-after-statement\n"
			"ccflags-remove-y := $(CC_FLAGS_FTRACE)\n"
			"KASAN_SANITIZE := n\nKCSAN_SANITIZE := n\nUBSAN_SANITIZE := n\n"
			"KCOV_INSTRUMENT := n\nGCOV_PROFILE := n\n"
			"$(info " ENVIRONMENT_MARK "SRCARCH=$(SRCARCH))\n");
	return put_text(m, "Kbuild", &sb);
}

/* ---- kbuild ------------------------------------------------------------------------------ */

/* A missing or different compiler is the usual reason. */
static void report_kbuild(struct making *m, const struct tool *make, int status)
{
	struct diag *d = tool_report(make, status, arena_printf("building the runtime for kernel %s",
								m->k->release));
	const char *compiler = kernel_config(m->k, "CC_VERSION_TEXT");

	if (status > 0 && *compiler && !tool_met_full_disk(make))
		diag_hint(d, "this kernel was built with %s", compiler);
}

static bool run_kbuild(struct making *m)
{
	struct tool make = {0};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);	/* one job more fills the gaps between make's own steps */

	words_add(&make.words, "make", "-C", m->k->build_dir, NULL);
	if (m->k->makefile)
		words_add(&make.words, "-f", m->k->makefile, NULL);
	words_add(&make.words, arena_printf("M=%s", m->work), "V=1",
		  arena_printf("-j%ld", cpus < 1 ? 1 : cpus > 8 ? 8 : cpus + 1), "--print-directory",
		  "KBUILD_MODPOST_WARN=1", "KCFLAGS=-g0", "CONFIG_DEBUG_INFO_BTF_MODULES=",
		  "modules", NULL);
	int status = tool_run(m->s, &make);

	m->log = make.output;
	if (m->s->options.keep_temp)
		file_write(arena_printf("%s.log", m->work), m->log, strlen(m->log));
	if (status)
		report_kbuild(m, &make, status);
	return status == 0;
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

/* Objects of kbuild's own in the link of a module (.module-common.o). */
static void take_common(const word_list *command, const char *temp, word_list *objects)
{
	for (size_t i = 0; i < command->len; i++) {
		const char *word = command->data[i];

		if (has_suffix(word, ".o") && strstr(word, temp) && !strstr(word, RECIPE_MODULE))
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

static bool learn(struct making *m)
{
	static const char *const none[] = { "-Wp,-M", NULL };
	static const char *const headers[] = { "-I", "-isystem", "-include", "-imacros", "-iquote", "-D",
					       "-U", "-W", "-Wp,", "-g", "-fmacro-prefix-map", NULL };
	struct kbuild_commands found;
	struct recipe *r = &m->recipe;
	const char *unit = arena_printf("%s/%s.o", m->work, units[0].unit);

	if (!kbuild_log_read(m->log, unit, arena_printf("%s/" RECIPE_MODULE, m->work), &found)) {
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
	take_common(&found.link, m->work, &m->common);
	take_environment(m->log, &r->environment);
	recipe_take_missing(m->log, &r->missing);
	ask_driver(m);
	return true;
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

static bool keep(struct making *m, const char *file)
{
	const char *from = arena_printf("%s/%s", m->work, file);
	int err = file_copy(from, arena_printf("%s/%s", m->recipe.dir, file));

	return err ? fail("copy", from, err) : true;
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
		.recipe = { .dir = dir },
	};

	err = dir_make(dir, 0700);
	if (err)
		return fail("make", dir, err);
	if (!copy_sources(&m) || !write_symbols_unit(&m) || !write_features(&m) ||
	    !write_kbuild_file(&m) || !run_kbuild(&m))
		return false;
	if (!learn(&m) || !keep(&m, RECIPE_CONSTANTS) || !keep(&m, RECIPE_FEATURES) || !make_common(&m) ||
	    !recipe_take_description(s, &m.recipe, arena_printf("%s/" RECIPE_MODULE ".mod.o", m.work)) ||
	    !recipe_archive(s, &m.recipe, m.work, &m.objects))
		return false;
	err = recipe_write(&m.recipe);
	return err ? fail("write", dir, err) : true;
}
