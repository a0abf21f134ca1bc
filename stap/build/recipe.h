/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The recipe of a kernel: everything that one real kbuild teaches about making modules
 * for it, so that a script costs one compiler run, objtool and one link.
 */
#ifndef STAP_BUILD_RECIPE_H
#define STAP_BUILD_RECIPE_H

#include <stdbool.h>

#include "hash.h"
#include "tool.h"

struct session;
struct kernel;

/* Name that the prebuilt objects carry where the module's name belongs: as long as a
 * kernel allows, so that any name fits. */
#define RECIPE_MODULE "stap_module_name_placeholder_0123456789_0123456789_0123"

/* Files in the recipe's folder. */
#define RECIPE_ARCHIVE	 "runtime.a"		/* the runtime's units, as far as scripts needed them */
#define RECIPE_SKELETON	 "skeleton.o"		/* names what RECIPE_MOD knows of the kernel's symbols */
#define RECIPE_MOD	 "module.mod.o"		/* __this_module, .modinfo, symbol versions */
#define RECIPE_COMMON	 "common.o"		/* what every module gets, on kernels that have it */
#define RECIPE_CONSTANTS "constants.h"		/* what scripts know of the kernel's headers */
#define RECIPE_FEATURES	 "features.h"		/* what compat.h knows of the kernel */

#define CONSTANTS_UNIT	 "linux"		/* the unit that RECIPE_CONSTANTS comes from */

typedef VEC(long) offset_list;

struct recipe {
	const char *dir;
	const char *work_dir;		/* the commands run there */
	word_list environment;		/* NAME=VALUE that kbuild sets for them */
	word_list script_compile;	/* for units without kernel headers; no -c, -o, source */
	word_list script_cc1, script_as;	/* the same in two steps without the driver, or empty:
					   -o and source are missing, assembly goes through a pipe */
	word_list kernel_compile;	/* for units with kernel headers; likewise */
	word_list objtool;		/* without the object; empty: none */
	bool has_common;		/* there is a RECIPE_COMMON */
	bool objtool_on_whole;		/* it runs on the linked module, not on units */
	word_list link;			/* without -o and inputs */
	word_list modpost;		/* makes MODULE.mod.c: symbol versions */
	word_list mod_compile;		/* for MODULE.mod.c; no -c, -o, source */
	word_list tools;		/* stamps of the programs that were used (sealed.h) */
	word_list missing;		/* symbols in RECIPE_SKELETON that the kernel does not export */
	word_list units;		/* of the runtime that are in RECIPE_ARCHIVE */
	offset_list name_offsets;	/* of RECIPE_MODULE in RECIPE_MOD */
};

/*
 * The recipe for the session's kernel with all units of the runtime that session.c_text
 * needs, from the cache or made now (which takes seconds; said on stderr when a person waits).  A cached one that is damaged, or was made by
 * another compiler or from another runtime, is made again.  NULL after reporting.
 */
const struct recipe *recipe_open(struct session *s);

/* Everything that identifies the kernel and the runtime, for keys of caches.  Cheap:
 * looks at names, sizes and times only. */
void recipe_identify(struct session *s, struct kernel *k, struct hash *h);

#endif
