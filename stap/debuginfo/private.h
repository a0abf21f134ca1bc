/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of this folder share about the target kernel and its modules. */
#ifndef STAP_DEBUGINFO_PRIVATE_H
#define STAP_DEBUGINFO_PRIVATE_H

#include <stddef.h>

#include "../session.h"
#include "btf.h"
#include "debuginfo.h"
#include "image.h"
#include "kernel_symbols.h"

/* A module installed for the kernel, or loaded into it. */
struct module {
	const char *name;		/* as the kernel calls it: with '_', interned */
	const char *path;		/* of the .ko file; NULL: only known to be loaded */
	struct module_file *file;	/* what is open of it, see module_file.c */
	struct btf_blob *btf;
	struct symbols symbols;		/* of the file */
	VEC(const char *) systems;	/* of its tracepoints */
	bool btf_tried, symbols_tried, systems_loaded;
};
typedef VEC(struct module *) module_vec;

/* Names of tracepoints and the systems they belong to, sorted by name. */
struct tracepoint_system { const char *name, *system; };

struct exports;

struct kernel_data {
	const char *config;		/* text of the configuration, or NULL */
	bool config_tried;
	struct exports *exports;	/* Module.symvers, see kconfig.c */
	struct btf_blob *btf;
	bool btf_tried;
	const char *btf_why;		/* why there is none */
	module_vec modules;		/* by name */
	bool modules_listed;
	VEC(struct tracepoint_system) systems;
	bool systems_loaded;
	struct kernel_symbols *symbols;	/* see kernel_symbols() */
	bool symbols_tried;
};

/* NULL, "kernel", "vmlinux" and "kernel<...>" all mean the kernel itself. */
bool module_is_kernel(const char *module);

/* What stands before the absolute paths of the target's files, "" mostly. */
const char *kernel_root(void);

/* A name that is a path to an ELF file. */
bool module_is_path(const char *module);

/* A path to something else than a module of the kernel. */
bool module_is_program(const char *module);

/* Has it one of the characters of a glob? */
bool is_glob(const char *pattern);

/* The kernel's BTF, NULL when there is none. */
struct btf_blob *kernel_btf(struct session *s);

/* A module by exact name ('-' and '_' are the same), NULL when there is none. */
struct module *module_find(struct session *s, const char *name);
void modules_reset(void);	/* debuginfo_reset()'s */

/* All modules, in name order. */
const module_vec *modules_list(struct session *s);

/* Its BTF, NULL when it has none. */
struct btf_blob *module_btf(struct session *s, struct module *m);

/* The build id of its file, or NULL. */
const char *module_build_id(struct session *s, struct module *m);

/* Let go of what was loaded of a module unless something refers to it; it can be asked
 * for again. */
void module_release(struct module *m);

/* The symbols of its file, NULL when it has none. */
const struct symbols *module_symbols(struct session *s, struct module *m);

/* The kernel or a module, as something to search. */
struct target {
	const char *module;			/* NULL: the kernel */
	struct btf_blob *btf;			/* each may be NULL */
	const struct symbols *symbols;
	const struct kernel_symbols *kernel;	/* of the kernel only */
};
enum { TARGET_BTF = 1, TARGET_SYMBOLS = 2 };

/* Visit the kernel (module NULL), a module, or all modules that match a glob, with what is
 * wanted of them loaded. */
void targets_visit(struct session *s, const char *module, int wanted,
		   void (*visit)(const struct target *t, void *data), void *data);

/* Is an address of the kernel one of the template of per-cpu variables? */
bool kernel_address_is_percpu(struct session *s, uint64_t address);

/* Whole contents of a file in malloc'd memory, with a NUL after them; NULL with errno. */
char *file_text(const char *path, size_t *size);

/* The system of a tracepoint, never NULL. */
const char *tracepoint_system(struct session *s, const char *module, const char *name);

#endif
