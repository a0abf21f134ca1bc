/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recipe's commands hold a placeholder for the module's name and lack inputs and
 * outputs; here both are filled in.  All functions report and return false on failure.
 */
#include "replay.h"

#include <string.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../session.h"
#include "recipe.h"

const char *replay_file(const struct replay *p, const char *suffix)
{
	return arena_printf("%s%s", p->base, suffix);
}

static void add_words(const struct replay *p, word_list *to, const word_list *from)
{
	for (size_t i = 0; i < from->len; i++) {
		const char *word = from->data[i], *at = strstr(word, RECIPE_MODULE);

		if (at)
			word = arena_printf("%.*s%s%s", (int)(at - word), word, p->name,
					    at + strlen(RECIPE_MODULE));
		vec_push(to, word);
	}
}

struct tool replay_tool(const struct replay *p, const word_list *words)
{
	struct tool t = { .dir = p->r->work_dir, .environment = &p->r->environment };

	add_words(p, &t.words, words);
	return t;
}

/* ---- objtool ----------------------------------------------------------------------------- */

static bool check_object(const struct replay *p, const char *object)
{
	struct tool t = replay_tool(p, &p->r->objtool);

	words_add(&t.words, object, NULL);
	return tool_run_or_report(p->s, &t, "objtool");
}

bool replay_checks_units(const struct replay *p)
{
	return !p->r->objtool_on_whole && p->r->objtool.len;
}

bool replay_check_unit(const struct replay *p, const char *object)
{
	return !replay_checks_units(p) || check_object(p, object);
}

/* ---- linking ------------------------------------------------------------------------------- */

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

bool replay_link(const struct replay *p, const char *output, bool finally, const char *const *inputs)
{
	struct tool t = replay_tool(p, &p->r->link);

	if (!finally)
		drop_script(&t.words);
	words_add(&t.words, "-o", output, NULL);
	for (; *inputs; inputs++)
		vec_push(&t.words, *inputs);
	if (finally && p->r->has_common)
		vec_push(&t.words, arena_printf("%s/" RECIPE_COMMON, p->r->dir));
	return tool_run_or_report(p->s, &t, "linking the module");
}

bool replay_link_whole(const struct replay *p, const char *const *inputs)
{
	const char *whole = replay_file(p, ".o");

	return replay_link(p, whole, false, inputs) &&
	       (!p->r->objtool_on_whole || !p->r->objtool.len || check_object(p, whole));
}

/* ---- the module's description ---------------------------------------------------------------- */

/* Replace the word after `option`. */
static void set_operand(word_list *words, const char *option, const char *value)
{
	for (size_t i = 0; i + 1 < words->len; i++)
		if (!strcmp(words->data[i], option))
			words->data[i + 1] = value;
}

static bool run_modpost(const struct replay *p, bool partial)
{
	const char *list = replay_file(p, ".list");
	struct tool modpost = replay_tool(p, &p->r->modpost);

	set_operand(&modpost.words, "-o", replay_file(p, ".symvers"));
	set_operand(&modpost.words, "-T", list);
	if (partial)
		vec_push(&modpost.words, "-w");
	return tool_write_input(list, arena_printf("%s\n", replay_file(p, ".o"))) &&
	       tool_write_input(replay_file(p, ".mod"), "") &&
	       tool_run_or_report(p->s, &modpost, "resolving the symbols of a module");
}

bool replay_describe(const struct replay *p, bool partial)
{
	struct tool compile = replay_tool(p, &p->r->mod_compile);

	words_add(&compile.words, "-c", "-o", replay_file(p, ".mod.o"), replay_file(p, ".mod.c"), NULL);
	return run_modpost(p, partial) &&
	       tool_run_or_report(p->s, &compile, "compiling the module's description");
}
