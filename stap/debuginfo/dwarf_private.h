/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that read DWARF share. */
#ifndef STAP_DEBUGINFO_DWARF_PRIVATE_H
#define STAP_DEBUGINFO_DWARF_PRIVATE_H

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <uthash.h>

#include "dwarf.h"
#include "private.h"
#include "types.h"

struct dwarf_index;
struct die_type;

/* Sections with the names of source files, see dwarf_files.c. */
struct line_sections {
	Dwarf *dw;
	unsigned generation;
	const Elf_Data *line, *line_str, *str;
};

/* A file with debug information: of the kernel, of a module, of a program. */
struct debug_file {
	const char *name;		/* key: "kernel", a module's name, a path */
	const char *module;		/* as functions show it: NULL for the kernel */
	struct session *session;
	const struct kernel *kernel;	/* the session's, when it was looked for */
	Dwfl *dwfl;
	Dwfl_Module *mod;
	const char *main_path;		/* of the program, module or vmlinux; NULL: not found */
	const char *build_id;		/* of a module's file */
	bool opened;
	bool asked;			/* servers may be, or were, asked for it */
	Dwarf *dw;			/* NULL: it has none */
	unsigned generation;		/* counts the changes of dw */
	struct line_sections line_sections;
	const char *path;		/* of the file that has the DWARF */
	bool relocatable;		/* ET_REL: addresses are given out as offsets in the file */
	unsigned address_size;
	const struct dwarf_index *index;
	bool index_tried;
	struct die_type *types;		/* made so far, by offset */
	struct origin *origins;		/* functions described so far, by offset */
	UT_hash_handle hh;
};

/* dwarf_find.c: the file of a module (NULL or "kernel": the kernel) with DWARF, NULL when there is
 * none at hand.  Searched for and opened once. */
struct debug_file *debug_file_of(struct session *s, const char *module);

/* The same for what nothing else answers: it may be downloaded. */
struct debug_file *debug_file_wanted(struct session *s, const char *module);

/* The kernel's, found but perhaps not opened: enough for its index. */
struct debug_file *kernel_debug_file(struct session *s);

/* Open what was found; true when it has DWARF. */
bool debug_file_open(struct debug_file *f);

/* The same for all modules that match a glob, of those at hand; a plain name is one, which may be
 * downloaded. */
void debug_files_visit(struct session *s, const char *module,
		       void (*visit)(struct debug_file *f, void *data), void *data);

/*
 * A walk over all units.  What libdw remembers of each is thrown away now and then, with
 * the Dwarf itself: file->dw is another one while a walk is under way, and DIEs of
 * earlier units are gone.  Must be walked to its end.
 */
struct long_walk {
	struct debug_file *file;
	Dwarf *own;
	Dwarf_Off at;
	unsigned units;
	int fd;
};
bool long_walk_next(struct long_walk *w, Dwarf_Die *unit);

/* Addresses as DWARF has them to those that are given out, and back. */
uint64_t public_address(const struct debug_file *f, Dwarf_Addr address);
Dwarf_Addr dwarf_address(const struct debug_file *f, uint64_t address);

/* The symbol that covers an address of DWARF, and how far into it. NULL: none. */
const char *symbol_covering(const struct debug_file *f, Dwarf_Addr address, uint64_t *offset);

/* Is it in the template of per-cpu variables? */
bool address_is_percpu(const struct debug_file *f, Dwarf_Addr address);

/* The run-time address of what is linked there, as a symbol that is the only one of its name and a
 * distance.  NULL when there is no such symbol. */
const struct location_node *symbolic_address(const struct debug_file *f, Dwarf_Addr address);

/* ---- dwarf_index.c: names to DIEs ------------------------------------------------- */

enum { INDEX_INLINE = 1, INDEX_EXTERNAL = 2 };

/* Functions of one name declared at one place. */
struct index_function {
	uint32_t name;		/* in texts */
	uint32_t file;		/* in texts, 0: unknown */
	uint32_t line;
	uint32_t flags;
	uint32_t first, count;	/* of its instances */
};

/* One DIE of it: code of its own (address not 0) or the abstract one of what is inlined. */
struct index_instance {
	uint64_t address;
	uint32_t die;
	uint32_t next;		/* while it is built */
};

/* A variable or a type; among the types also, with the tag of variables, those that are only
 * declared. */
struct index_name {
	uint32_t name;
	uint32_t die;
	uint32_t tag;
	uint32_t file;
};

struct index_unit {
	uint32_t die;
	uint32_t name;		/* path of the source, in texts */
};

struct dwarf_index {
	const struct index_function *functions;		/* by name, file, line */
	const struct index_instance *instances;
	const struct index_name *variables, *types;	/* by name */
	const struct index_unit *units;			/* by die */
	const char *texts;
	size_t function_count, instance_count, variable_count, type_count, unit_count, texts_size;
};

/* From the store, or made by reading the whole of .debug_info once; NULL when that fails. */
const struct dwarf_index *dwarf_index_of(struct debug_file *f);

/* The range of entries of a name; the number, *first the position of the first. */
size_t index_functions_named(const struct dwarf_index *ix, const char *name, size_t *first);
size_t index_names_find(const struct dwarf_index *ix, const struct index_name *all, size_t count,
			const char *name, size_t *first);

/* ---- dwarf_files.c ------------------------------------------------------------------ */

/* File names of the line table of a unit, made plain ("a/../b.h" is "b.h"), without reading the table
 * itself.  Returns how many; entry 0 is unused before DWARF 5.  Good until the next call. */
size_t unit_files(struct debug_file *f, Dwarf_Die *unit, const char ***names);

/* "./a/../b/c.c" to "b/c.c" under `dir` when the name is relative; interned. */
const char *plain_path(const char *dir, const char *name);

/* Does a path end in what the glob says? */
bool path_matches(const char *path, const char *glob);

/* ---- dwarf_types.c ----------------------------------------------------------------- */

/* The C type of a DIE's DW_AT_type (void if it has none), of a type DIE. */
const struct ctype *die_attr_type(struct debug_file *f, Dwarf_Die *die);
const struct ctype *die_ctype(struct debug_file *f, Dwarf_Die *type);
const struct ctype *dwarf_type_by_name(struct debug_file *f, const char *name, struct nearest *near);
bool dwarf_enumerator(struct debug_file *f, const char *name, int64_t *value);

/* ---- dwarf_functions.c ---------------------------------------------------------------- */

/* What a cfunction remembers. */
struct cfunction_data {
	struct debug_file *file;
	Dwarf_Off die;			/* subprogram or inlined instance */
	Dwarf_Addr entry;
};

int dwarf_functions_match(struct debug_file *f, const char *pattern, const char *file,
			  unsigned wanted,
			  void (*visit)(const struct cfunction *f, void *data), void *data);

/* A cfunction of a concrete DIE: a subprogram with code, an inlined subroutine. */
const struct cfunction *cfunction_of(struct debug_file *f, Dwarf_Die *die);

/* Where the code of a function or an inlined instance is entered; false when it has none. */
bool entry_of(Dwarf_Die *die, Dwarf_Addr *entry);

/* The DIE of a function, whoever found it; false when DWARF does not know it. */
bool function_die(struct session *s, const struct cfunction *fn, struct debug_file **f,
		  Dwarf_Die *die, Dwarf_Addr *entry);

/* Add source place and DIE to a function that another source found. */
void dwarf_describe(struct debug_file *f, struct cfunction *fn);

/* ---- dwarf_scope.c ---------------------------------------------------------------------- */

/* A global by DWARF alone: its type, NULL if unknown.  Names are offered then. */
const struct ctype *dwarf_global(struct debug_file *f, const char *name, struct location *out,
				 struct nearest *near);

/* ---- dwarf_location.c ------------------------------------------------------------------ */

/* Where the variable of `die` is at `pc`, inside the function `function` (may be NULL). */
void locate(struct debug_file *f, Dwarf_Die *die, Dwarf_Die *function, Dwarf_Addr pc,
	    Dwarf_Addr entry, struct location *out);

/* From ready operations (for results). */
void locate_ops(struct debug_file *f, const Dwarf_Op *ops, size_t count, struct location *out);

#endif
