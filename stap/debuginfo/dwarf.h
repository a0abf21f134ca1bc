/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only DWARF knows: statements, labels, callees, and where variables live.
 * Functions with their inlined instances come from functions_match(), which uses DWARF
 * when it is there.
 *
 * Addresses are as linked (in a module: offsets in its file), like those of symbols.
 * Everything returned lives as long as the session.
 */
#ifndef STAP_DEBUGINFO_DWARF_H
#define STAP_DEBUGINFO_DWARF_H

#include "debuginfo.h"

/* ---- patterns ----------------------------------------------------------------- */

struct line_range { unsigned first, last; };

/* FUNC[@FILE[{:|+}LINES]] taken apart. */
struct point_pattern {
	const char *function;		/* glob */
	const char *file;		/* glob on a path suffix, or NULL */
	enum { LINES_NONE, LINES_ALL, LINES_ABSOLUTE, LINES_RELATIVE } lines;
	VEC(struct line_range) ranges;	/* ABSOLUTE; RELATIVE: from the function's first line */
};

/* False when the text has no such shape (empty function, bad or reversed numbers). */
bool point_pattern_parse(const char *text, struct point_pattern *out);

/* Offer the source files of a module to a collector, by as many of their last parts as the wanted one has. */
void source_files_offer(struct session *s, const char *module, struct nearest *near);

/* ---- places in code --------------------------------------------------------------- */

struct cstatement {
	uint64_t address;
	const struct cfunction *function;	/* the function or inlined instance around it */
	const char *file;
	unsigned line;
	const char *symbol;			/* to attach to: symbol + offset; NULL if none covers it */
	uint64_t offset;
};

/*
 * Statements that match, by address.  LINES_NONE: the entries of the functions.
 * `nearest`: where a line has no code take the closest one that has.  Returns the number
 * visited, or -errno (-ENODATA: no DWARF).  When nothing was visited and `close` is not NULL,
 * close[0] and close[1] are the last line with code before and the first after the first line
 * wanted, 0 for none.
 */
int statements_match(struct session *s, const char *module, const struct point_pattern *pattern,
		     bool nearest, unsigned close[2],
		     void (*visit)(const struct cstatement *st, void *data), void *data);

/* The statement that an address belongs to.  *exact: the address is where it starts. */
bool statement_at(struct session *s, const char *module, uint64_t address,
		  struct cstatement *found, bool *exact);

/* The statement at a function's or an inlined instance's entry. */
bool statement_of(struct session *s, const struct cfunction *function, struct cstatement *found);

/* Source place of an address; false when unknown. */
bool source_line_at(struct session *s, const char *module, uint64_t address, const char **file,
		    unsigned *line);

/* Labels (glob) of the functions that match a pattern; `name` of visit is the label's. */
int labels_match(struct session *s, const char *module, const struct point_pattern *pattern,
		 const char *label,
		 void (*visit)(const struct cstatement *st, const char *name, void *data), void *data);

/*
 * Functions that `caller` calls, by its call sites and what was inlined into it,
 * whose names match the glob.  Each once.  Returns the number visited or -errno.
 */
int callees_match(struct session *s, const struct cfunction *caller, const char *pattern,
		  void (*visit)(const struct cfunction *f, void *data), void *data);

/* Address after the prologue of a function that was compiled without optimisation, else its
 * entry.  0 when unknown. */
uint64_t function_body_address(struct session *s, const struct cfunction *f);

/* ---- where a value is ------------------------------------------------------------------- */

enum location_op {
	LOC_CONST,		/* value */
	LOC_REGISTER,		/* register number `value` at the probed address */
	LOC_ENTRY_REGISTER,	/* what register `value` held when the function was entered whose
				   frame is at left (dscope_frame(); the address above its
				   return address) */
	LOC_SYMBOL,		/* run-time address of `symbol` in `module`, plus value; is_percpu: this CPU's */
	LOC_TLS,		/* address of the thread's variable at offset `value` of the module's block */
	LOC_LOAD,		/* `size` bytes at left, zero-extended */
	LOC_CAST,		/* left cut to `size` bytes and extended by is_signed */
	LOC_ADD, LOC_SUB, LOC_MUL, LOC_DIV, LOC_MOD, LOC_AND, LOC_OR, LOC_XOR, LOC_SHL,
	LOC_SHR, LOC_SAR,	/* logical, arithmetic */
	LOC_EQ, LOC_NE, LOC_LT, LOC_LE, LOC_GT, LOC_GE,
	LOC_NEG, LOC_NOT,	/* unary: left */
	LOC_SELECT,		/* condition ? left : right */
};
/* As in DWARF, DIV and comparisons are signed, MOD is not; all on 64 bits. */

struct location_node {
	enum location_op op;
	int64_t value;
	unsigned size;
	bool is_signed, is_percpu;
	const char *symbol, *module;
	const struct location_node *left, *right, *condition;
};

enum location_kind {
	LOCATION_ADDRESS,	/* in memory at node */
	LOCATION_VALUE,		/* node is the value: a register or computed */
	LOCATION_BYTES,		/* the bytes themselves are known */
	LOCATION_PIECES,	/* in several places, least significant first */
	LOCATION_POINTER,	/* a pointer that is optimised out: what is `offset` bytes into `target` is known */
	LOCATION_NONE,		/* nowhere: `why` says so as a predicate */
};

struct location {
	enum location_kind kind;
	const struct location_node *node;
	const uint8_t *bytes;
	size_t length;
	const struct location_piece *pieces;
	size_t piece_count;
	const struct location *target;
	const struct ctype *target_type;	/* of the variable at target */
	int64_t offset;
	const char *why;	/* "is optimised out here", ... */
};

struct location_piece {
	struct location where;
	unsigned bit_size, bit_offset;
};

/* ---- variables at an address ---------------------------------------------------------------- */

struct dscope;

struct dvariable {
	const char *name;
	const struct ctype *type;
	bool is_parameter;
	const char *file;
	unsigned line;
	struct dvariable_data *data;
};

/*
 * What is visible in `f` at `address` (0: its entry): locals of the blocks around it,
 * innermost first, then parameters.  NULL when there is no DWARF for it.
 */
struct dscope *dwarf_scope(struct session *s, const struct cfunction *f, uint64_t address);
const struct dvariable *dscope_variables(struct dscope *sc, size_t *count);

/* By name, then among the globals of the source file; NULL after offering names. */
const struct dvariable *dscope_variable(struct dscope *sc, const char *name, struct nearest *near);

/* Where a variable is; out->kind LOCATION_NONE says why not. */
void dscope_locate(struct dscope *sc, const struct dvariable *v, struct location *out);

/* The function in whose frame the code at the address runs, other than an inlined one. */
const struct cfunction *dscope_frame(struct dscope *sc);

/* Result type and where a function's result is just after it returned. */
const struct ctype *dscope_result(struct dscope *sc);
void dscope_locate_result(struct dscope *sc, struct location *out);

/* A variable outside of functions. */
struct cglobal {
	const struct ctype *type;	/* NULL: only its symbol is known */
	struct location where;
};

/*
 * A global or file-static variable, "name" or "name@file.c", from BTF, DWARF or the symbols.
 * Without DWARF a file is not looked at as long as only one variable has the name.
 * False after offering names.
 */
bool variable_find(struct session *s, const char *module, const char *name, struct cglobal *out,
		 struct nearest *near);

#endif
