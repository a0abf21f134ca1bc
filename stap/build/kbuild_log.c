/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verbose kbuild prints shell command lines.  We look for commands by what they
 * make: the compiler that writes UNIT.o, objtool with UNIT.o (or, on kernels
 * that check the whole module, MODULE.o), modpost, the compiler that writes
 * MODULE.mod.o, and the linker that writes MODULE.ko.  Lines are split like a shell would, as far as
 * kbuild's lines need: quotes, backslashes, and `;` `&&` `|` between commands.
 */
#include "kbuild_log.h"

#include <string.h>

#include "../base/arena.h"

/* Does a command end here?  Returns the length of the operator. */
static int command_end(const char *p)
{
	if (!strncmp(p, "&&", 2) || !strncmp(p, "||", 2))
		return 2;
	return *p == ';' || *p == '|' || *p == '\n';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Copy one word without its quotes; returns its end. */
static const char *take_word(const char *p, char *to)
{
	char quote = 0;

	for (; *p && *p != '\n' && (quote || (!is_blank(*p) && !command_end(p))); p++) {
		if (quote ? *p == quote : *p == '\'' || *p == '"')
			quote = quote ? 0 : *p;
		else if (*p == '\\' && quote != '\'' && p[1] && p[1] != '\n')
			*to++ = *++p;
		else
			*to++ = *p;
	}
	*to = 0;
	return p;
}

/* The next command of a line; returns where it ended.  `scratch` holds a whole line. */
static const char *take_command(const char *p, char *scratch, word_list *words)
{
	words->len = 0;
	for (;;) {
		while (is_blank(*p))
			p++;
		if (!*p || command_end(p))
			return p + command_end(p);
		p = take_word(p, scratch);
		vec_push(words, arena_strdup(scratch));
	}
}

static const char *output_of(const word_list *words)
{
	for (size_t i = 0; i + 1 < words->len; i++)
		if (!strcmp(words->data[i], "-o"))
			return words->data[i + 1];
	return "";
}

static bool is_program(const word_list *words, const char *name)
{
	const char *slash = strrchr(words->data[0], '/');

	return !strcmp(slash ? slash + 1 : words->data[0], name);
}

/* Files of a build, as opposed to other words that are no options. */
static bool is_made_file(const char *word)
{
	static const char *const suffixes[] = { ".c", ".o", ".ko", ".mod", ".order", ".symvers" };
	const char *dot = strrchr(word, '.');

	for (size_t i = 0; dot && *word != '-' && i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (!strcmp(dot, suffixes[i]))
			return true;
	return false;
}

/* Where the command ran in the module's folder (since 6.13), files there are named by whole paths,
 * as by older kernels. */
static void name_whole(word_list *words, const char *dir, const char *module)
{
	size_t len = dir ? strlen(dir) : 0;

	if (!len || strncmp(module, dir, len) || module[len] != '/')
		return;
	for (size_t i = 1; i < words->len; i++) {
		const char *word = words->data[i];

		if (*word != '/' && is_made_file(word))
			words->data[i] = arena_printf("%s/%s", dir, word + (strncmp(word, "./", 2) ? 0 : 2));
	}
}

static void keep(word_list *to, const word_list *words)
{
	*to = (word_list){0};
	for (size_t i = 0; i < words->len; i++)
		vec_push(to, words->data[i]);
}

struct wanted {
	const char *unit_o, *module_o, *mod_o, *module_ko;
};

static void look_at(const word_list *words, const struct wanted *w, const char *dir,
		    struct kbuild_commands *found)
{
	const char *output = output_of(words), *last;

	if (!words->len)
		return;
	last = words->data[words->len - 1];
	if (is_program(words, "modpost")) {
		keep(&found->modpost, words);
	} else if (is_program(words, "objtool")) {
		found->objtool_on_whole |= !strcmp(last, w->module_o);
		if (!strcmp(last, w->unit_o) || !strcmp(last, w->module_o))
			keep(&found->objtool, words);
	} else if (words_have(words, "-c") && !strcmp(output, w->unit_o)) {
		keep(&found->compile, words);
		found->dir = dir;
	} else if (words_have(words, "-c") && !strcmp(output, w->mod_o)) {
		keep(&found->mod_compile, words);
	} else if (words_have(words, "-r") && !strcmp(output, w->module_ko)) {
		keep(&found->link, words);
	}
}

/* "make[1]: Entering directory 'X'": X, else NULL. */
static const char *entered_dir(const char *line)
{
	static const char mark[] = ": Entering directory '";
	size_t len = strcspn(line, "\n");
	const char *at = memmem(line, len, mark, strlen(mark));

	if (strncmp(line, "make", 4) || !at)
		return NULL;
	at += strlen(mark);
	return arena_strndup(at, strcspn(at, "'\n"));
}

bool kbuild_log_read(const char *log, const char *unit, const char *module, struct kbuild_commands *found)
{
	struct wanted w = {
		.unit_o = unit,
		.module_o = arena_printf("%s.o", module),
		.mod_o = arena_printf("%s.mod.o", module),
		.module_ko = arena_printf("%s.ko", module),
	};
	char *scratch = arena_alloc(strlen(log) + 1);
	const char *dir = NULL;
	word_list words = {0};

	*found = (struct kbuild_commands){0};
	for (const char *p = log; *p; ) {
		const char *entered = p == log || p[-1] == '\n' ? entered_dir(p) : NULL;

		if (entered) {
			dir = entered;
			p += strcspn(p, "\n");
			p += *p == '\n';
			continue;
		}
		p = take_command(p, scratch, &words);
		name_whole(&words, dir, module);
		look_at(&words, &w, dir, found);
	}
	return found->dir && found->compile.len && found->modpost.len && found->mod_compile.len &&
	       found->link.len;
}
