/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a verbose kbuild says about how it builds. */
#ifndef STAP_BUILD_KBUILD_LOG_H
#define STAP_BUILD_KBUILD_LOG_H

#include <stdbool.h>

#include "tool.h"

/* The commands for one compiled unit and for the module, as kbuild ran them. */
struct kbuild_commands {
	const char *dir;	/* where they ran */
	word_list compile;	/* ends with ... -c -o UNIT.o UNIT.c */
	word_list objtool;	/* ends with the object; empty: none */
	word_list modpost;	/* with "-T LIST" and "-o FILE" */
	word_list mod_compile;	/* of MODULE.mod.c */
	word_list link;		/* -o MODULE.ko MODULE.o MODULE.mod.o */
	bool objtool_on_whole;	/* objtool ran on MODULE.o, not on each unit */
};

/*
 * Read the log of `make V=1 --print-directory`.  `unit` is the path of a compiled object
 * (its flags are learnt), `module` the path of the module without a suffix.  Returns
 * false when a command is missing: of an unfinished log, `dir` and `compile` may be known already.
 */
bool kbuild_log_read(const char *log, const char *unit, const char *module, struct kbuild_commands *found);

#endif
