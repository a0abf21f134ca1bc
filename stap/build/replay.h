/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that a recipe has learnt, run again for one module. */
#ifndef STAP_BUILD_REPLAY_H
#define STAP_BUILD_REPLAY_H

#include <stdbool.h>

#include "tool.h"

struct session;
struct recipe;

struct replay {
	struct session *s;
	const struct recipe *r;
	const char *name;	/* of the module; it takes the placeholder's place in commands */
	const char *base;	/* FOLDER/NAME: its files are this with a suffix */
};

/* The path of one of the module's files. */
const char *replay_file(const struct replay *p, const char *suffix);

/* A tool with these words of the recipe's, to which inputs and outputs are to be added. */
struct tool replay_tool(const struct replay *p, const word_list *words);

/* Does this kernel have its objtool run on every unit? */
bool replay_checks_units(const struct replay *p);

/* objtool on a unit; nothing on kernels that have none, or that run it on whole modules. */
bool replay_check_unit(const struct replay *p, const char *object);

/* Relocatable link of the inputs (ends with NULL); `finally` with the linker script of
 * modules, which drops what objtool and modpost must see. */
bool replay_link(const struct replay *p, const char *output, bool finally, const char *const *inputs);

/* The same for a whole module that lacks only its description, then objtool where it wants that. */
bool replay_link_whole(const struct replay *p, const char *const *inputs);

/*
 * Make NAME.mod.o with the versions of all symbols that NAME.o uses: modpost writes its
 * source.  With `partial`, symbols that nobody defines are let pass.
 */
bool replay_describe(const struct replay *p, bool partial);

#endif
