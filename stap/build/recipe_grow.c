/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recipe with more units of the runtime: those that only some scripts need are compiled
 * when the first of these comes, with the commands that the recipe already knows.  Should one of them use symbols of
 * the kernel that the skeleton does not name, the description of modules is made again for all units together.
 */
#include "recipe_private.h"

#include <string.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"
#include "replay.h"
#include "units.h"

/* ---- what recipe_make() does as well ----------------------------------------------------- */

bool recipe_take_description(struct session *s, struct recipe *r, const char *object)
{
	const char *kept = arena_printf("%s/" RECIPE_MOD, r->dir);
	struct tool strip = {0};

	words_add(&strip.words, "strip", "--strip-debug", "-o", kept, object, NULL);
	if (!tool_run_or_report(s, &strip, "stripping the module's description"))
		return false;
	r->name_offsets.len = 0;
	if (find_module_name(kept, RECIPE_MODULE, &r->name_offsets))
		return true;
	diag_report(DIAG_build, NULL, "this kernel keeps a module's name in an unknown place");
	return false;
}

static bool add_to_archive(const struct units_build *b, struct recipe *r)
{
	struct tool ar = { .dir = b->folder };

	words_add(&ar.words, "ar", "rcsD", arena_printf("%s/" RECIPE_ARCHIVE, r->dir), NULL);
	for (size_t i = 0; i < b->units->len; i++) {
		vec_push(&ar.words, arena_printf("%s.o", b->units->data[i]));
		vec_push(&r->units, b->units->data[i]);
	}
	return tool_run_or_report(b->replay->s, &ar, "archiving the runtime");
}

/* A symbol that a new unit takes of the kernel and the skeleton does not name, or NULL. */
static const char *unnamed_symbol(const struct units_build *b, const struct recipe *r)
{
	struct kernel *k = session_kernel(b->replay->s);
	word_list named = {0}, used = {0};

	undefined_symbols(arena_printf("%s/" RECIPE_SKELETON, r->dir), &named);
	for (size_t i = 0; i < b->units->len; i++)
		undefined_symbols(arena_printf("%s/%s.o", b->folder, b->units->data[i]), &used);
	for (size_t i = 0; i < used.len; i++)
		if (!words_have(&named, used.data[i]) && kernel_exports(k, used.data[i]))
			return used.data[i];
	return NULL;
}

/* The ends of the skeleton's module give way to the real ones. */
static bool describe_anew(const struct replay *p, struct recipe *r)
{
	const char *const inputs[] = { "-z", "muldefs", "--whole-archive", arena_printf("%s/" RECIPE_ARCHIVE, r->dir),
				       "--no-whole-archive", arena_printf("%s/" RECIPE_SKELETON, r->dir), NULL };

	return replay_link_whole(p, inputs) && replay_describe(p, true) &&
	       recipe_take_description(p->s, r, replay_file(p, ".mod.o"));
}

bool recipe_add_units(const struct units_build *b, struct recipe *r)
{
	const char *symbol;

	if (!add_to_archive(b, r))
		return false;
	symbol = unnamed_symbol(b, r);
	if (symbol && b->replay->s->options.verbose[4] > 1)
		fprintf(stderr, "Describing modules anew: %s is not in the skeleton\n", symbol);
	return !symbol || describe_anew(b->replay, r);
}

/* ---- growing --------------------------------------------------------------------------------- */

static bool copy_files(const struct recipe *base, const char *dir)
{
	int err = dir_make(dir, 0700);

	for (const char *const *file = recipe_files; *file && !err; file++)
		if (file_exists(arena_printf("%s/%s", base->dir, *file)))
			err = file_copy(arena_printf("%s/%s", base->dir, *file), arena_printf("%s/%s", dir, *file));
	if (err)
		diag_report(DIAG_environment, NULL, "cannot copy %s to %s: %s", base->dir, dir, error_text(err));
	return !err;
}

bool recipe_grow(struct session *s, const struct recipe *base, const word_list *units, const char *dir)
{
	const char *temp = session_temp_dir(s);
	struct recipe grown = *base;
	int err;

	grown.dir = dir;
	grown.units = (word_list){0};
	for (size_t i = 0; i < base->units.len; i++)
		vec_push(&grown.units, base->units.data[i]);
	if (!temp || !copy_files(base, dir))
		return false;
	struct replay replay = { .s = s, .r = &grown, .name = RECIPE_MODULE,
				 .base = arena_printf("%s/" RECIPE_MODULE, temp) };
	struct units_build b = { .replay = &replay, .folder = temp, .units = units };

	units_start(&b);
	if (!units_finish(&b) || !recipe_add_units(&b, &grown))
		return false;
	err = recipe_write(&grown);
	if (err)
		diag_report(DIAG_environment, NULL, "cannot write %s: %s", dir, error_text(err));
	return !err;
}
