/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The elaborated script: what pass 2 hands to pass 3.  Every name is bound, every
 * expression has a type, aliases are expanded, target variables are low-level nodes.
 */
#ifndef STAP_ELABORATE_PROGRAM_H
#define STAP_ELABORATE_PROGRAM_H

#include "../base/arena.h"
#include "../syntax/ast.h"

struct probe_family;	/* probes/family.h */
struct cfunction;	/* debuginfo/debuginfo.h */

/* An expression evaluated when the probed function is entered, read after it returned. */
struct saved_value {
	struct expr *expr;
	enum type type;
};
typedef VEC(struct saved_value) saved_vec;

/* A target variable that a handler uses, and where its value comes from. */
struct used_variable { const char *name, *source; const struct expr *value; };
typedef VEC(struct used_variable) used_vec;

/* What resolving a handler asked for that other probes may have, too; a mask. */
enum {
	ASKED_PARAMETERS = 1,		/* names and types of the probed function's */
	ASKED_RESULT = 2,
	ASKED_MODULE = 4,		/* what a name means in the module of the probed code */
	ASKED_OWN = 8,			/* something of this probe alone */
};

/* One handler at one concrete place. */
struct probe {
	const struct probe_family *family;
	const char *name;		/* resolved point: pp() */
	const char *alias_name;		/* as the user wrote or the wildcard found it: pn() */
	const struct place *at;
	const struct source *source;
	point_vec chain;		/* the points from the user's to the resolved one */
	struct stmt *body;		/* shared by several probes when they need no copy of their own */
	var_vec *locals;		/* shared together with the body */
	struct expr *condition;		/* AND of all `if (...)`, or NULL */
	struct expr *filter;		/* the family's: a hit for which it is 0 is none; or NULL */
	saved_vec saved;		/* @entry and parameters of .return probes */
	used_vec *used;			/* with --plan, else NULL */
	struct stmt *user_body;		/* the script's own block inside body */
	int index;			/* position in program.probes */
	int body_index;			/* probes with equal body_index share one C function */
	int variant;			/* of the spelling that matched; the family's own */
	bool decided : 1;		/* a condition was known: an empty handler is no surprise (not of one that repeats) */
	bool optional : 1;
	bool specific : 1;		/* the body depends on the probe: shared at most with those that are like it */
	unsigned asked : 4;		/* ASKED_... */
	bool crowded : 1;		/* one of very many: no C text of its own (set by pass 3) */
	bool repeats : 1;		/* body, locals and saved are those of an earlier probe */
	bool works_alone : 1;		/* there for what it is, not for its handler */
	bool from_alias : 1;		/* alias_name is an alias's */
	const struct probe *partner;	/* of a return probe: the function's only entry probe, or NULL (likewise) */
	void *family_data;		/* what the family found: symbol, tracepoint, interval, ... */
};

/* A symbol whose address the runtime looks up before the script starts. */
struct kernel_symbol { const char *module, *name; };

/* A function whose argument registers are saved when it is entered; its number is an argument of
 * the library's __entry_save() and __entry_load(). */
struct watched_entry { const struct cfunction *function; const struct place *at; };

/* What perf....counter("NAME") counts and @perf("NAME") reads; NULL places: not met yet. */
struct perf_counter { const char *name; const struct place *declared, *used; bool of_threads; };

struct regex { const char *pattern; const struct place *at; };

struct program {
	VEC(struct var *) globals;
	VEC(struct function *) functions;	/* only used ones, all overloads */
	VEC(struct probe *) probes;		/* in the order of registration; malloc'd until all are found */
	VEC(struct probe *) owners;		/* those that repeat no other's body, or have a condition (malloc'd) */
	int bodies;				/* one more than the largest body_index */
	VEC(struct embed_decl *) embeds;	/* file-level %{ %} of files in use */
	VEC(struct regex) regexes;
	VEC(struct kernel_symbol) symbols;	/* C: script_symbols[] */
	VEC(struct watched_entry) entries;
	VEC(struct perf_counter) counters;	/* in the module by their position */
	bool uses_kernel_headers;		/* user-written embedded C is present */
};

/* To look at one after the other: of very many, not all are in memory. */
static inline struct probe *probe_at(const struct program *program, size_t i)
{
	arena_rest();
	return program->probes.data[i];
}

static inline struct probe *owner_at(const struct program *program, size_t i)
{
	arena_rest();
	return program->owners.data[i];
}

static inline struct function *function_at(const struct program *program, size_t i)
{
	arena_rest();
	return program->functions.data[i];
}

/* As the last one; its index is set. */
void program_add_probe(struct program *program, struct probe *p);

/*
 * Pass 2.  Requires: session.files.  Provides: session.program.
 * Returns 0, or 1 after reporting errors.
 */
struct session;
int pass_2(struct session *s);

/* May evaluating it do anything but give a value?  Errors that it might raise do not count. */
bool expr_has_effects(const struct expr *e);

/* What an E_TEXT stands for: an sprintf with types.  It is long and looked at once, so it is made when it is
 * translated, as scratch. */
struct expr *text_made(const struct expr *text);

/* Copies of a tree, with what its texts of variables stand for; the tree itself when it has none. */
struct stmt *stmt_with_texts(struct stmt *s);
struct expr *expr_with_texts(struct expr *e);

/* -p2: the elaborated script with types. */
void pass_2_dump(const struct session *s, FILE *out);

/* -l, -L, --dump-*: prints to `out`; 0 when anything was found, else 1. */
int list_probes(struct session *s, FILE *out);

#endif
