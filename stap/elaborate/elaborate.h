/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to pass 2.  The steps, in order (pass2.c):
 *
 *	declare		names of the user's files, later of each library file that is reached
 *	points		probe declarations -> concrete probes (aliases, wildcards, families)
 *	resolve		per probe: @defined and constant branches, target variables, names,
 *			functions (specialised per probe where they use target variables)
 *	infer		types and pointer types over the whole program, to a fixpoint
 *	check		what must not be: modified loop arrays, misplaced break, ...
 *	optimize	what has no effect goes
 *	finish		numbering, use marks (pass2.c)
 */
#ifndef STAP_ELABORATE_PRIVATE_H
#define STAP_ELABORATE_PRIVATE_H

#include "../base/arena.h"
#include "../base/diag.h"
#include "../base/hash.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "../probes/family.h"
#include "../session.h"
#include "../syntax/syntax.h"
#include "program.h"
#include "tapsets.h"

struct alias {
	struct probe_decl *decl;
	struct probe_point *name;
	bool expanding;			/* guards against recursion */
};
typedef VEC(struct alias *) alias_vec;

/* name -> declarations */
struct symbol {
	const char *name;		/* key, interned */
	VEC(struct var *) globals;	/* several only with private or user/library twins */
	VEC(struct function *) functions;
	alias_vec aliases;		/* this is the first component of their names */
	UT_hash_handle hh;
};

/* A function as one probe (or everybody) calls it. */
struct instance_key {			/* hashed as bytes: no padding */
	const struct function *origin;
	const struct probe *probe;
	uintptr_t at_entry;
};

struct instance {
	struct instance_key key;
	struct function *function;
	UT_hash_handle hh;
};

/* Functions may call one another so deep: a kernel's stack has no room for more, nor has ours to walk them. */
#define DEEPEST_CALL 1000

struct elaboration {
	struct session *session;
	struct program *program;
	struct symbol *symbols;
	alias_vec aliases;
	struct instance *instances;
	size_t declared_files;		/* of session.files */
	size_t expanded_files;		/* files whose probes were turned into points */
	unsigned call_depth;		/* of functions whose bodies are looked into, one from another */
	struct expander *expander;	/* points.c */
	VEC(struct expr *) readers;	/* pretty.c: calls of functions that texts of variables make */
	expr_vec *reader_lists[8];	/* ... by which of them are in it */
	VEC(struct function *) pending;	/* instances whose bodies are to be resolved */
	VEC(struct function *) uncalled;	/* -u: kept all the same */
	struct diag *missed_point;	/* why the first optional point that gave no probe did not, or NULL */
	bool listing;			/* -l, -L: keep empty probes, no optimisation */
	bool changed;			/* inference: this round learnt something */
	bool final;			/* inference: report what stayed open */
	bool asking;			/* targets: for @defined, which errors answer */
	bool expanding_library;		/* points: a library file's own probe is expanded */
};

/* declare.c */
void declare_new_files(struct elaboration *el);
bool load_library(struct elaboration *el, enum library_item item, const char *name);
void load_library_file(struct elaboration *el, struct library_file *lf);
struct symbol *symbol_find(struct elaboration *el, const char *name);
struct symbol *symbol_get(struct elaboration *el, const char *name);
struct var *global_find(struct elaboration *el, const struct source *from, const char *name);
void globals_offer(struct elaboration *el, struct nearest *near);

/* points.c */
void expand_probe_decl(struct elaboration *el, struct probe_decl *decl);

/* resolve.c: the body of a probe; false: errors (held back for optional points) */
bool resolve_probe(struct elaboration *el, struct probe *p);
/* The same for the condition of a probe whose body is shared with one that was resolved. */
bool resolve_condition(struct elaboration *el, struct probe *p);
/* The body of a function; p: the probe that it is a copy for, or NULL; at_entry: for calls inside @entry. */
void resolve_function_body(struct elaboration *el, struct function *f, struct probe *p, bool at_entry);

/* functions.c */
void resolve_pending_functions(struct elaboration *el);
void resolve_unused_functions(struct elaboration *el);

/* Where names and target variables are looked up. */
struct scope {
	struct elaboration *el;
	struct probe *probe;		/* NULL in a function that uses no target variables */
	struct function *function;	/* NULL in a probe */
	var_vec *locals;
	struct local_name *names;	/* locals and parameters by name */
	bool at_entry;			/* inside @entry */
};
/* The local or parameter of that (interned) name, or NULL. */
struct var *local_find(struct scope *sc, const char *name);
/* A local variable that no script can name. */
struct var *local_temporary(struct scope *sc, const struct place *at);
void resolve_expr(struct scope *sc, struct expr **e);
void resolve_stmt(struct scope *sc, struct stmt **s);
/* Whom a call reaches; its arguments are resolved (functions.c). */
void resolve_callee(struct scope *sc, struct expr *call);

/* targets.c */
/* Replace a TARGET by low-level nodes.  0 done; 1 not yet (autocast of an unknown type); -1 error reported. */
int resolve_target(struct scope *sc, struct expr **e, bool final);
bool target_is_defined(struct scope *sc, struct expr *operand, bool final, bool *known);

/* builtins.c: @enum, @kderef, ...; false: an error was reported */
bool resolve_builtin(struct scope *sc, struct expr **e);
void check_counters(struct elaboration *el);	/* what @perf reads is counted */

/* names.c */
/* The module in which names are looked up when the script says `named` (NULL: nothing): NULL is the kernel. */
const char *names_module(const struct scope *sc, const char *named);
/* Something of `module` was not found: true when there is more debug information now. */
bool names_obtain(struct scope *sc, const char *module);
/* False after offering names. */
bool names_enumerator(struct scope *sc, const char *name, int64_t *value, struct nearest *near);
const struct ctype *names_type(struct scope *sc, const char *named, const char *name, struct nearest *near);
/* What a TARGET_CAST or TARGET_VAR names; NULL, false: an error was reported. */
const struct ctype *names_cast_type(struct scope *sc, const struct expr *t);
struct cglobal;
bool names_global(struct scope *sc, const struct expr *t, struct cglobal *g);

/* cvalue.c: a C value on the way along a path */
struct cvalue {
	struct expr *value;		/* the value itself, when it is not in memory */
	struct expr *address;		/* else where it is, */
	const struct expr *parts;	/* or the E_PARTS that have it, from byte `base` on */
	unsigned base;
	const struct ctype *type;
	unsigned bit_offset, bit_size;
	bool user;
};
struct cvalue cvalue_of(struct expr *e);
bool cvalue_is_in_place(const struct cvalue *v);	/* has members and elements */
bool cvalue_is_implied(const struct cvalue *v);		/* a pointer that has no value, but a target */
struct expr *cvalue_read(const struct cvalue *v, const struct place *at);	/* NULL: partly nowhere */
struct cvalue cvalue_target(const struct cvalue *pointer, const struct place *at);
struct cvalue cvalue_member(const struct cvalue *whole, const struct cmember *m, const struct place *at);
/* False: an index into parts that is not a number within the array. */
bool cvalue_element(const struct cvalue *array, struct expr *index, struct cvalue *out, const struct place *at);

/* pretty.c: text of a C value, for $x$ and $x$$ */
struct expr *pretty_text(struct scope *sc, const struct cvalue *v, bool deep, const struct place *at);

/* An E_TEXT: find the functions that it calls, or make it now where it is not the same for all time. */
void resolve_text(struct scope *sc, struct expr **e);

/* entries.c */
void add_entry_probes(struct elaboration *el);

/* fold.c */
void fold_expr(struct expr **e);
bool expr_is_constant(const struct expr *e, int64_t *value);
/* The same for its truth, though computing it may do something: f() && 0. */
bool expr_is_settled(const struct expr *e, bool *truth);
/* A condition that waits for a @defined, which waits for types. */
bool expr_is_undecided(const struct expr *e);

/* infer.c */
void infer_types(struct elaboration *el);
void infer_final(struct elaboration *el);	/* reports what stayed open */

/* usage.c */
void mark_usage(struct elaboration *el);	/* var.is_read, var.is_written */
void mark_needs(struct elaboration *el);	/* the same, but a value for a variable that nobody reads reads nothing */
void keep_reached_functions(struct elaboration *el);

/* check.c */
void check_program(struct elaboration *el);
void warn_program(struct elaboration *el);	/* needs use marks */

/* pass2.c: listing keeps what a run would drop */
int pass_2_for(struct session *s, bool listing);

/* optimize.c */
void optimize_program(struct elaboration *el);

/* With -v -v: what was done at a place, and its value, if there is one. */
void tell_optimized(const struct elaboration *el, const struct place *at, const char *what, const struct expr *value);

/* Put literals in the place of local variables that never have another value (literals.c).
 * After types are inferred.  true: something was replaced. */
bool propagate_literals(const struct elaboration *el, struct stmt **body);

#endif
