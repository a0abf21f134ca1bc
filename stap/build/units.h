/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The units that the runtime is compiled in: the files of its folder units.  Each says in its opening comment who
 * needs it:
 *
 *	Unit: for every script.
 *	Unit: for SYMBOL SYMBOL_* ....  Brings UNIT ....
 *
 * A script needs a unit when its C text names one of the symbols ("_*": all that begin so), and then also what the
 * unit brings.  "Compiled with OPTION ...." names options of the compiler that come after kbuild's.
 */
#ifndef STAP_BUILD_UNITS_H
#define STAP_BUILD_UNITS_H

#include "tool.h"

struct replay;
struct session;

/* Names of the units (units/NAME.c) that the session's C text needs, first those (*basic) that every script needs; empty
 * after reporting that the runtime cannot be read. */
word_list units_needed(struct session *s, size_t *basic);

/* Compiling units, each to FOLDER/NAME.o, beside whatever else runs. */
struct units_build {
	struct replay *replay;
	const char *folder;
	const word_list *units;
	struct tool_queue compiling;
};

/* Begin; the recipe behind `replay` needs to know no more than how units of the kernel are compiled. */
void units_start(struct units_build *b);

/* Run all to the end, then objtool on them (now the recipe must know it).  False after reporting. */
bool units_finish(struct units_build *b);

#endif
