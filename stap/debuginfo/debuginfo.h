/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known about the target kernel and about programs: functions,
 * tracepoints, types, variables.  Answers come from whichever provider has them:
 * BTF (types, entry parameters, tracepoints), DWARF when it is found (inlines,
 * statements, locals, lines), symbol tables.  Callers never see which.
 *
 * All texts are interned or in the arena.  Functions return NULL / 0 / false when
 * nothing is known; messages are the caller's (it knows the place in the script),
 * and debuginfo_missing_text() says what would help.
 */
#ifndef STAP_DEBUGINFO_DEBUGINFO_H
#define STAP_DEBUGINFO_DEBUGINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/vec.h"

struct session;
struct nearest;

/* ---- the kernel --------------------------------------------------------------- */

struct kernel {
	const char *release;		/* "6.1.0-56-cloud-amd64" */
	const char *version;		/* text before the first '-' or '+': "6.1.0" */
	const char *arch;		/* kernel's name: "x86_64", "arm64", ... */
	const char *build_id;		/* lower-case hex, or NULL if unknown */
	const char *build_dir;		/* /lib/modules/REL/build, or the -r folder; NULL: no headers */
	const char *makefile;		/* to be used instead of build_dir's own, or NULL */
	const char *image;		/* vmlinux or bzImage, or NULL */
	const char *modules_dir;	/* /lib/modules/REL, or NULL */
	bool running;			/* it is this machine's */
	struct kernel_data *data;	/* providers' own, loaded on demand */
};

/*
 * Locate a kernel: NULL = the running one, a release name, or a build folder.
 * Looks at /lib/modules/REL, /boot, /usr/lib/debug, /sys/kernel/btf (running only).
 * Reads nothing large yet.  Returns NULL when nothing of that release is installed;
 * *why then tells what was looked for, and the nearest installed releases.
 */
struct kernel *kernel_open(const char *release_or_dir, const char **why);

/* Forget every file that was found (tests, fuzzers): before arena_reset(). */
void debuginfo_reset(void);

/* Let go of the memory of what is cached in files: after pass 2 little of it is asked for again. */
void debuginfo_forget(void);

/* --sysroot: where the files of the target are, NULL: here.  Before kernel_open(). */
void kernel_root_set(const char *dir);

/* The kernel's build id, read from its image when it is not known yet; NULL if that fails. */
const char *kernel_build_id(struct session *s);

/* Value of a CONFIG_ option ("y", "m", "250", text without quotes), "" when unset. */
const char *kernel_config(struct kernel *k, const char *name);

/* Exported by the kernel or a module (Module.symvers): for feature questions. */
bool kernel_exports(struct kernel *k, const char *symbol);

/* ---- C types -------------------------------------------------------------------- */

enum ctype_kind { CTYPE_VOID, CTYPE_INT, CTYPE_FLOAT, CTYPE_POINTER, CTYPE_ARRAY, CTYPE_STRUCT,
		  CTYPE_UNION, CTYPE_ENUM, CTYPE_FUNCTION };

struct cmember {
	const char *name;		/* "" for an anonymous struct or union */
	const struct ctype *type;
	unsigned offset;		/* bytes from the start of the enclosing type */
	unsigned bit_offset, bit_size;	/* bit_size 0: not a bit field; bit_offset counted from the
					   least significant bit of the byte at `offset`; the field
					   lies within type->size bytes there, unless that would cross
					   a storage unit: then `offset` is its first byte */
};

struct cenumerator { const char *name; int64_t value; };

struct ctype {
	enum ctype_kind kind;
	const char *name;		/* tag or base name: "task_struct", "unsigned int"; "" anonymous */
	const char *spelling;		/* C spelling as -L shows it: "struct task_struct*", "size_t" */
	unsigned size;			/* bytes; 0 for void, function, incomplete */
	bool is_signed, is_char, is_bool;	/* INT */
	const struct ctype *target;	/* POINTER: pointee (VOID for void*); ARRAY: element; FUNCTION: result */
	unsigned count;			/* ARRAY elements (0: flexible) */
	bool incomplete;		/* STRUCT/UNION: only declared here; see ctype_complete() */
	struct ctype_data *data;	/* provider's own */
};
/* typedefs and qualifiers are resolved: only `spelling` remembers them. */

/* Members of a STRUCT or UNION in order, loaded on first use. */
const struct cmember *ctype_members(const struct ctype *t, size_t *count);

/* Find a member, also inside anonymous members; the offset is from `t`.  With a
 * non-NULL nearest the names of all members are offered to it when nothing matches. */
bool ctype_member(const struct ctype *t, const char *name, struct cmember *found, struct nearest *near);

/* Enumerators of an ENUM. */
const struct cenumerator *ctype_enumerators(const struct ctype *t, size_t *count);

/* The full definition of a type that is only declared where it was met, or itself. */
const struct ctype *ctype_complete(const struct ctype *t);

/* A pointer to t. */
const struct ctype *ctype_pointer_to(const struct ctype *t);

/*
 * Type by name: "struct x", "union x", "enum x", or a bare name (typedef, base, then
 * struct, union, enum tags); a trailing '&' is ignored.  `module`: NULL or "kernel" for the kernel, a module name,
 * an ELF path.
 */
const struct ctype *ctype_by_name(struct session *s, const char *module, const char *name,
				  struct nearest *near);

/* An enumerator of the kernel (module NULL) by name, anywhere.  False after offering names. */
bool enumerator_by_name(struct session *s, const char *module, const char *name, int64_t *value,
			struct nearest *near);

/* ---- functions -------------------------------------------------------------------- */

struct cparam {
	const char *name;		/* "" when unknown */
	const struct ctype *type;
};

struct cfunction {
	const char *name;		/* as in the source: "vfs_read" */
	const char *symbol;		/* to attach to: the name, or that of the copy the compiler
					   made ("name.isra.0"), or the one an inlined instance is
					   in; NULL when none covers it */
	uint64_t symbol_offset;		/* from there to the code: not 0 for inlined instances */
	const char *module;		/* NULL: the kernel itself; else module name or ELF path */
	const char *file;		/* source file, or NULL without DWARF */
	uint64_t address;		/* unrelocated, 0 unknown (BTF only) */
	unsigned line;			/* of the definition, 0 unknown */
	bool inlined;			/* an inlined instance, not a function of its own */
	bool exported;			/* not static */
	bool patchable;			/* ftrace has a site at its entry; false if unknown */
	bool has_prototype;		/* params and result are known */
	const char *unprobeable;	/* "is on the kernel's kprobe blacklist", or NULL */
	const struct cparam *params;
	unsigned param_count;
	const struct ctype *result;	/* VOID type for void */
	struct cfunction_data *data;
};

/* Which instances a caller wants. */
enum { FUNCTION_CALLS = 1, FUNCTION_INLINES = 2 };

/*
 * Functions whose name matches a glob (`*` `?` `[]`), in `module` (NULL: the kernel; may glob
 * over installed modules too, e.g. "ext*").  `file` (glob on path suffix) and lines
 * need DWARF; NULL: any.  Calls visit() for each, in name order.  Returns the number visited, or -errno.
 * A literal name is a direct look-up; nothing is walked for it.
 */
int functions_match(struct session *s, const char *module, const char *pattern, const char *file,
		    unsigned wanted, void (*visit)(const struct cfunction *f, void *data), void *data);

/* Why a probe cannot be placed at an address of the kernel, as a predicate; NULL: nothing known against. */
const char *address_unprobeable(struct session *s, uint64_t address);

/* The same for what only wildcards leave out: code that the kernel itself does not trace. */
const char *address_untraced(struct session *s, uint64_t address);

/* Offer the names of all functions of a module to a collector ("did you mean"). */
void functions_offer(struct session *s, const char *module, struct nearest *near);

/* Is there any module of that name, which may be a glob (installed for this kernel)?  Offers names otherwise. */
bool module_exists(struct session *s, const char *module, struct nearest *near);

/* Is it part of the kernel's image instead of a module (modules.builtin)? */
bool module_is_builtin(struct session *s, const char *module);

/* Parameters of a system call ("openat"), by the kernel's own description: how many, -1 if unknown.  Looks
 * into the kernel's image. */
int syscall_parameters(struct session *s, const char *name, const struct cparam **params);

/* ---- tracepoints ------------------------------------------------------------------ */

struct ctracepoint {
	const char *name;		/* "sched_switch" */
	const char *system;		/* "sched", or "" when not known */
	const char *module;		/* NULL: kernel */
	const struct cparam *params;	/* TP_PROTO's, without the hidden first one */
	unsigned param_count;
};

/* Tracepoints whose name (and system, when given) match globs.  Returns the number visited. */
int tracepoints_match(struct session *s, const char *module, const char *system, const char *pattern,
		      void (*visit)(const struct ctracepoint *t, void *data), void *data);
void tracepoints_offer(struct session *s, struct nearest *near);

/* Why nothing is known of the kernel's types (BTF): a file and what is wrong with it.  NULL: they are known. */
const char *kernel_types_missing(struct session *s);

/* ---- variables at an address (DWARF) ------------------------------------------------ */

/* Can location questions be answered at all (DWARF found for the module)? */
bool dwarf_available(struct session *s, const char *module);

/* The same, and when it is not at hand, servers are asked (once): for what nothing else answers. */
bool dwarf_obtain(struct session *s, const char *module);

/* What is missing, which package brings it, and what works without: one or two sentences. */
const char *debuginfo_missing_text(struct session *s, const char *module);

/* ---- symbols ------------------------------------------------------------------------- */

struct csymbol {
	const char *name;
	const char *module;		/* NULL: the kernel */
	uint64_t address;		/* as linked; in a module: offset in its file */
	uint64_t size;			/* up to the next symbol, 0 unknown */
	char letter;			/* as nm(1) has it */
};

/* A symbol by name, or the one that an address lies in.  Static symbols may share a name:
 * the one with the lowest address is found, *count (may be NULL) tells how many there are. */
bool symbol_by_name(struct session *s, const char *module, const char *name,
		    struct csymbol *found, unsigned *count);
bool symbol_at(struct session *s, const char *module, uint64_t address, struct csymbol *found);

/* What kind of a variable's address its symbol is (x86: percpu symbols are offsets). */
bool symbol_is_percpu(struct session *s, const struct csymbol *symbol);

#endif
