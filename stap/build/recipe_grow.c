/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recipe with more units of the runtime: those that only some scripts need are compiled
 * when the first of these comes, with the commands that the recipe already knows.  They
 * may use symbols of the kernel that no other unit does, so the description of modules is
 * made again for all units together.
 */
#include "recipe_private.h"

#include <string.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../session.h"
#include "replay.h"

/* ---- what recipe_make() does as well ----------------------------------------------------- */

/*
 * modpost: "SYMBOL" [FILE] undefined!  What the script defines is among them, which does no
 * harm: it is never missing from a finished module.
 */
void recipe_take_missing(const char *log, word_list *missing)
{
	static const char before[] = "modpost: \"", after[] = "undefined!";

	for (const char *line = log; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		size_t len = strcspn(line, "\n");
		const char *name = memmem(line, len, before, strlen(before));

		if (name && memmem(line, len, after, strlen(after)))
			vec_push(missing, arena_strndup(name + strlen(before),
							strcspn(name + strlen(before), "\"\n")));
	}
}

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

bool recipe_archive(struct session *s, const struct recipe *r, const char *folder, const word_list *objects)
{
	struct tool ar = { .dir = folder };

	words_add(&ar.words, "ar", "rcsD", arena_printf("%s/" RECIPE_ARCHIVE, r->dir), NULL);
	for (size_t i = 0; i < objects->len; i++)
		vec_push(&ar.words, objects->data[i]);
	return tool_run_or_report(s, &ar, "archiving the runtime");
}

/* ---- growing --------------------------------------------------------------------------------- */

struct growing {
	struct replay replay;		/* of a module that is the whole runtime */
	struct recipe recipe;		/* the new one */
	const char *temp;
};

static bool copy_files(const struct growing *g)
{
	const struct recipe *base = g->replay.r;
	int err = dir_make(g->recipe.dir, 0700);

	for (const char *const *file = recipe_files; *file && !err; file++)
		if (file_exists(arena_printf("%s/%s", base->dir, *file)))
			err = file_copy(arena_printf("%s/%s", base->dir, *file),
					arena_printf("%s/%s", g->recipe.dir, *file));
	if (err)
		diag_report(DIAG_environment, NULL, "cannot copy %s to %s: %s", base->dir, g->recipe.dir,
			    error_text(err));
	return !err;
}

/* linux/probes/perf.c becomes TEMP/perf.o */
static bool compile_unit(struct growing *g, const char *source, word_list *objects)
{
	const char *runtime = g->replay.s->runtime_dir, *name = strrchr(source, '/') + 1;
	const char *object = arena_printf("%s/%.*s.o", g->temp, (int)strcspn(name, "."), name);
	struct tool cc = replay_tool(&g->replay, &g->replay.r->kernel_compile);

	words_add(&cc.words, "-I", runtime, "-I", g->replay.r->dir, "-c", "-o", object,
		  arena_printf("%s/%s", runtime, source), NULL);
	vec_push(objects, object);
	return tool_run_or_report(g->replay.s, &cc, arena_printf("building the runtime's %s", source)) &&
	       replay_check_unit(&g->replay, object);
}

static bool compile_units(struct growing *g, const word_list *units, word_list *objects)
{
	for (size_t i = 0; i < units->len; i++) {
		const char *unit = units->data[i];

		if (!compile_unit(g, arena_strndup(unit, strcspn(unit, " ")), objects))
			return false;
	}
	return true;
}

static bool describe(struct growing *g)
{
	const char *const inputs[] = { "--whole-archive", arena_printf("%s/" RECIPE_ARCHIVE, g->recipe.dir), NULL };
	const char *log;

	if (!replay_link_whole(&g->replay, inputs) || !replay_describe(&g->replay, true, &log))
		return false;
	recipe_take_missing(log, &g->recipe.missing);
	return recipe_take_description(g->replay.s, &g->recipe, replay_file(&g->replay, ".mod.o"));
}

bool recipe_grow(struct session *s, const struct recipe *base, const word_list *units, const char *dir)
{
	struct growing g = {
		.temp = arena_printf("%s/units", session_temp_dir(s)),
		.recipe = *base,
		.replay = { .s = s, .r = base, .name = RECIPE_MODULE },
	};
	word_list objects = {0};
	int err = dir_make(g.temp, 0700);

	g.recipe.dir = dir;
	g.recipe.missing = (word_list){0};
	g.replay.base = arena_printf("%s/" RECIPE_MODULE, g.temp);
	if (err) {
		diag_report(DIAG_environment, NULL, "cannot make %s: %s", g.temp, error_text(err));
		return false;
	}
	if (!copy_files(&g) || !compile_units(&g, units, &objects) ||
	    !recipe_archive(s, &g.recipe, g.temp, &objects) || !describe(&g))
		return false;
	err = recipe_write(&g.recipe);
	if (err)
		diag_report(DIAG_environment, NULL, "cannot write %s: %s", dir, error_text(err));
	return !err;
}
