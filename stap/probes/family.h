/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A probe family knows how a kind of probe point is spelled, how to find the
 * concrete places, what its $variables are, and which runtime mechanism fires it.
 * One file per family; families.c has the table.
 */
#ifndef STAP_PROBES_FAMILY_H
#define STAP_PROBES_FAMILY_H

#include "../elaborate/program.h"
#include "../session.h"

struct strbuf;

/*
 * A spelling, as a user would write it, with (number) and (string) for literals:
 * {"kernel.function(string).return", FN_RETURN}.  `variant` is the family's own.
 */
struct probe_spelling {
	const char *pattern;
	int variant;
};

/* A point that matched a spelling. */
struct matched_point {
	const struct probe_point *point;
	const struct probe_spelling *spelling;
	struct expr *args[8];		/* the literals in order of components */
	int arg_count;
};

/* The point as a script without wildcards would name it (interned). */
const char *matched_point_text(const struct matched_point *m);

/* For messages: where the literal of a component is, or the component, or, if there is none of that name, the point. */
const struct place *component_place(const struct probe_point *point, const char *name);

/* The same of the literals of a spelling. */
const struct place *literal_place(const struct matched_point *m, int arg);

/* A variable of a probe, for -L. */
struct listed_variable { const char *name; const char *type; };
typedef VEC(struct listed_variable) listed_vec;

/* Hands probes to pass 2: fill name, family_data and pass it on. */
struct probe_sink {
	struct session *session;
	void (*add)(struct probe_sink *sink, struct probe *p);	/* p from probe_new(sink) */
	struct probe *(*create)(struct probe_sink *sink);
};

/* What fires a probe; `out` comes zeroed. */
struct attachment {
	const char *mechanism;		/* script_mech_NAME of the runtime */
	bool bare;			/* the row needs no specification */
	const char *module, *symbol;	/* place in code or data: symbol + offset; symbol NULL: at the address */
	uint64_t offset, address;	/* both 0: it has no place */
	enum { PATCHED_UNKNOWN, PATCHED_YES, PATCHED_NO } patched;	/* is ftrace's call at a function's entry? */
};

/* Addresses for comparing. */
struct likeness {
	const void *parameters, *result, *module;
	int kind;			/* the family's own, beside those */
};

struct probe_family {
	const char *name;			/* for messages and --dump-probe-types */
	const struct probe_spelling *spellings;	/* ends with a NULL pattern */
	enum privilege privilege;		/* least privilege that may use it */
	bool user_runtime;			/* works with --runtime=user */
	const char *needs;			/* the kernel option without which it cannot work, or NULL */

	/* Find the concrete probes of a point.  Reports errors at point->at; finding nothing
	 * is an error (pass 2 holds it back for optional points). */
	void (*derive)(struct probe_sink *sink, const struct matched_point *m);

	/*
	 * Resolve a TARGET whose base is TARGET_NAME ("$name", without its path) in a probe.
	 * Returns the low-level expression with its ctype set (NULL ctype: plain long), or NULL: unknown, after
	 * offering the known names to `near`.  `$$vars` and the like are asked for with
	 * their own names and give a string expression.
	 * Context: the probe handler, or the entry handler if at_entry.
	 */
	struct expr *(*variable)(struct session *s, struct probe *p, const struct expr *target,
				 bool at_entry, struct nearest *near);

	/*
	 * What else probes of the family need to have in common for handlers that ask for the same (probe.asked, of
	 * which variable() sets what it looked at) to mean the same.  False: nobody is like it.  NULL: nobody ever.
	 */
	bool (*likeness)(const struct probe *p, struct likeness *out);

	/* The module of the probed code, for @var and @cast that name none.  NULL, or returning NULL: the kernel. */
	const char *(*module)(const struct probe *p);

	/* Does a handler of p run after an entry whose values can be saved (@entry)?  NULL: no. */
	bool (*has_entry)(const struct probe *p);

	/* Context variables for -L, in order.  NULL: none. */
	void (*list)(struct session *s, struct probe *p, listed_vec *out);

	/*
	 * C text for pass 3 (see runtime/script.h, "probes"):
	 * what the mechanism that attach() names wants, a struct script_spec_* called probe_N_spec,
	 * and trampolines; stands after the handlers; may be NULL.
	 * `handler` and `entry_handler` (or NULL) are the names of the C functions.
	 */
	void (*declare)(struct strbuf *out, const struct probe *p, const char *handler,
			const char *entry_handler);

	/* How and where it gets attached. */
	void (*attach)(const struct probe *p, struct attachment *out);
};

/* A value computed when the probed function is entered, for use in its return handler: makes (or
 * finds) a slot in p->saved. */
struct expr *saved_value(struct probe *p, struct expr *value, const struct place *at);

/*
 * Text of several variables, for $$vars and its family: level 0 "a=0x1 b=0x2" (an unavailable
 * one, value NULL, prints ?), 1 and 2 pretty as $ and $$.  The list belongs to the text.
 */
struct expr *named_values_text(struct named_value *list, size_t count, int level, const struct place *at);

/* The number that an E_PARTS makes up; NULL when some of it is nowhere (or there is no E_PARTS). */
struct expr *parts_number(struct expr *parts, const struct place *at);

/* How a $$vars-like target wants its values: 0 hexadecimal, 1 with $, 2 with $$. */
int pretty_level(const struct expr *target);

/* A long expression: the run-time address of a symbol (module NULL: the kernel's), of a per-cpu
 * one this CPU's. */
struct expr *symbol_address(struct program *program, const char *module, const char *name, bool is_percpu,
			    const struct place *at);

/* Position in program->counters of the counter of that (interned) name, made if need be. */
size_t counter_named(struct program *program, const char *name);

/* The table, ends with NULL. */
extern const struct probe_family *const probe_families[];

/* One probe of a family that covers one place; shared by most derive() functions. */
struct probe *probe_add_simple(struct probe_sink *sink, const struct probe_family *family,
			       const struct matched_point *m, const char *name, void *family_data);

#endif
