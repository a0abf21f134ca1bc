/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree that passes 1 to 3 share.
 *
 * The parser makes it, with sugar already removed: brace groups of probe points
 * are cross-multiplied, while is for, x++ is an assignment, printf formats are
 * component lists.  Elaboration fills the fields marked (elaborated), replaces
 * target-variable expressions by the low-level kinds at the end of ast.def, and
 * leaves only what pass 3 can translate.  Nodes live in the arena; names are interned.
 */
#ifndef STAP_SYNTAX_AST_H
#define STAP_SYNTAX_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/diag.h"
#include "../base/vec.h"

struct expr;
struct stmt;
struct ctype;		/* debuginfo/debuginfo.h */

enum type { TYPE_UNKNOWN, TYPE_LONG, TYPE_STRING, TYPE_STATS };

/* "unknown", "long", "string", "stats" */
const char *type_name(enum type type);

typedef VEC(struct expr *) expr_vec;
typedef VEC(struct stmt *) stmt_vec;

/* ---- variables ------------------------------------------------------------- */

enum var_scope { VAR_GLOBAL, VAR_LOCAL, VAR_PARAMETER };

#define VAR_SCALAR_ARITY 0
#define VAR_UNKNOWN_ARITY (-1)

struct hist_shape {
	enum { HIST_NONE, HIST_LOG, HIST_LINEAR } kind;
	int64_t low, high, width;
};

struct var {
	const char *name;	/* as written */
	const char *file_scope;	/* private: source name it belongs to, else NULL */
	const struct place *at;
	enum var_scope scope;
	enum type type;		/* declared or (elaborated); value type of an array */
	int arity;		/* 0 scalar, n keys; VAR_UNKNOWN_ARITY until used (globals) */
	enum type *key_types;	/* (elaborated) arity entries */
	/* where the type was declared or (elaborated) learnt, and the number of keys, and the type of each */
	const struct place *type_at, *arity_at, **key_at;
	bool conflicting;	/* (elaborated) what is wrong with its type was reported */
	bool wrap;		/* name% : drop the oldest when full */
	int64_t max_entries;	/* name[N], 0 = MAXMAPENTRIES */
	struct expr *init;	/* literal or NULL */
	bool is_private;
	bool from_library;
	const struct ctype *ctype;	/* (elaborated) pointer type for autocast, or NULL */
	/* (elaborated) how statistics are read, over the whole program */
	unsigned stat_uses;	/* bit per enum stat_op */
	int stat_shift;		/* @variance shift */
	struct hist_shape hist;
	const struct place *shift_at, *hist_at;		/* the first to want these */
	/* (elaborated) use over the whole program */
	bool is_read, is_written;
	expr_vec *values;	/* (elaborated) what is read only if the variable is, when that is looked at */
	int index;		/* (elaborated) position among globals or among the locals of its owner */
	void *translate_data;	/* pass 3's own */
};

typedef VEC(struct var *) var_vec;

/* ---- expressions ------------------------------------------------------------ */

enum expr_kind {
#define EXPR(kind, text, last) E_##kind,
#include "ast.def"

};

enum op {
#define OP(name, spelling, precedence) OP_##name,
#include "op.def"
#undef OP
};

/* Spelling, and binding strength (0: not infix) of an operator. */
const char *op_text(enum op op);
int op_precedence(enum op op);

enum stat_op { STAT_COUNT, STAT_SUM, STAT_MIN, STAT_MAX, STAT_AVG, STAT_VARIANCE, STAT_HIST };

/* "@count", ...; NULL for STAT_HIST. */
const char *stat_op_text(enum stat_op op);

/* One step after a target expression: ->name, [index], and the final $ or $$. */
struct access {
	enum { ACCESS_MEMBER, ACCESS_INDEX, ACCESS_PRETTY, ACCESS_PRETTY_DEEP } kind;
	const char *member;
	struct expr *index;
	const struct place *at;
};
typedef VEC(struct access) access_vec;

/* A piece of a print: either literal text (conversion 0) or one directive. */
struct format_piece {
	const char *text;	/* literal, escapes already decoded; len bytes */
	size_t len;
	char conversion;	/* 0 literal; 'd' 'i' 'u' 'o' 'x' 'X' 'p' 'c' 's' 'm' 'M' 'b';
				   'v': by the argument's type (print, println, printd) */
	char flag;		/* 0 or one of "0+- #" */
	bool has_width, width_is_arg;
	bool has_precision, precision_is_arg;
	int width, precision;
	unsigned first, bytes;	/* where the directive stands in the format; 0 bytes: in none */
};

struct print {
	bool to_string;		/* sprint*: value is the text */
	bool newline;		/* *ln forms, already a literal piece at the end */
	const char *name;	/* "printf", "sprintln", ... as written */
	VEC(struct format_piece) pieces;	/* in order; each directive consumes args in order:
						   width arg, precision arg, value */
	expr_vec args;		/* a histogram print has one arg, an E_HIST */
	/* the original delimiter or format */
	const char *literal;
	const struct place *literal_at;
};

/* Bits of a value that is not in memory as a whole: `value` has them as its lowest ones; NULL: they
 * are nowhere. */
struct value_part {
	unsigned bit_offset, bit_size;
	struct expr *value;
};

/* One of the variables of a text; value NULL: it has none. */
struct named_value { const char *name; struct expr *value; };

/* Of a node only as much is allocated as its kind needs (ast.def): nodes are never assigned. */
struct expr {
	enum expr_kind kind : 8;
	enum type type : 8;		/* (elaborated) */
	unsigned height;		/* (parser) of the tree below; keeps recursion bounded */
	const struct place *at;
	const struct ctype *ctype;	/* (elaborated) C type of the value where known: autocast */
	union {
		int64_t number;				/* NUMBER */
		struct { const char *text; size_t len; } string;	/* STRING (interned, escapes decoded) */
		struct {				/* NAME, and the base of INDEX, IN, STAT, HIST, delete */
			const char *name;
			struct var *var;		/* (elaborated) */
		} name;
		struct {				/* INDEX array[k, ...] ; IN: [k, ...] in array */
			struct expr *base;		/* a NAME; or any expression for autocast e[i] -> becomes TARGET */
			expr_vec keys;			/* WILDCARD for * in slices */
		} index;
		struct {				/* CALL */
			const char *name;
			expr_vec args;
			struct function *function;	/* (elaborated) first candidate */
		} call;
		struct {				/* BINARY (arithmetic, compare, concat, &&, ||), UNARY (right NULL) */
			enum op op;
			struct expr *left, *right;
		} binary;
		struct {				/* REGEX left =~ "pattern" */
			struct expr *left;
			const char *pattern;
			const struct place *pattern_at;
			bool negated;
			int dfa;			/* (elaborated) index in program.regexes */
		} regex;
		struct {				/* ASSIGN: = (OP_NONE), op=, ++ -- (rhs 1), <<< (OP_AGGREGATE) */
			enum op op;
			struct expr *left, *right;
			bool post;			/* value is the one before */
		} assign;
		struct { struct expr *cond, *yes, *no; } ternary;
		struct {				/* STAT @count(v) ... */
			enum stat_op op;
			struct expr *value;		/* NAME or INDEX */
			int shift;			/* @variance */
		} stat;
		struct {				/* HIST @hist_log(v), @hist_linear(v,l,h,w) */
			struct expr *value;
			struct hist_shape shape;
			struct expr *bucket;		/* @hist..(v)[bucket], else NULL */
		} hist;
		struct print print;			/* PRINT */
		struct {				/* TARGET: $name, @var, @cast, autocast + accesses */
			enum { TARGET_NAME, TARGET_VAR, TARGET_CAST, TARGET_AUTOCAST } base;
			const char *name;		/* with the $ : "$foo"; @var: "n" or "n@cu.c" */
			const char *module;		/* @var, @cast second string, or NULL */
			const char *cast_type;		/* @cast */
			struct expr *operand;		/* @cast, autocast */
			bool address_of;		/* & in front */
			access_vec path;
		} target;
		struct expr *operand;			/* DEFINED, ENTRY */
		struct {				/* PERF, PROBEWRITE, CONST, ENUM, ENUMNAME, KREGISTER,
							   UREGISTER, KDEREF, UDEREF: @op(args) */
			const char *text;		/* string argument */
			const char *text2;		/* second string argument, or NULL */
			struct expr *arg, *arg2;
		} builtin;
		struct {				/* EMBEDDED %{ C %} as an expression */
			const char *code;
			var_vec *reads, *writes;	/* (elaborated) globals that its pragmas name, or NULL */
		} embedded;
		/* ---- made by elaboration, see ast.def */
		struct {				/* LOAD; an lvalue in guru mode */
			struct expr *address;
			unsigned size;			/* bytes: 1 2 4 8 */
			bool is_signed;
			bool user;			/* user address space */
			bool big_endian;		/* never on x86; kept for formats */
			unsigned bit_offset, bit_size;	/* bit_size 0: no bit field */
		} load;
		struct {				/* REGISTER of the probed context */
			int number;			/* DWARF number */
			unsigned size;
			bool is_signed, user;
		} reg;
		struct {				/* ARGUMENT n of the probed function or tracepoint */
			int number;			/* from 0 */
			unsigned size;			/* of its C type: the value is truncated / extended */
			bool is_signed;
		} argument;
		struct {				/* SAVED: value computed at function entry */
			int slot;			/* index in probe.saved */
		} saved;
		struct {				/* CVALUE: C text of the translation unit, pure */
			const char *code;
			bool is_string, writable;	/* writable: `code` is an lvalue of type s64, or a char * */
			bool guru;			/* written in guru mode only */
			bool arrives;			/* comes with the hit: a filter has it */
			const char *setter;		/* of a long that is written another way (guru mode): C
							   function (context, value), or NULL */
			const char *size;		/* C text: bytes of a writable string's buffer */
		} cvalue;
		struct {				/* PARTS of a structure, by offset */
			struct value_part *list;
			size_t count;
			struct expr *target;		/* or: an address that is nowhere, but what is there is:
							   these PARTS, */
			unsigned from;			/* so many bytes into them */
		} parts;
		struct {				/* TEXT of variables: "a=0x1 b=0x2" */
			struct named_value *list;
			unsigned count;
			int level;			/* 0 hexadecimal, 1 with $, 2 with $$ */
			expr_vec *calls;		/* (elaborated) calls like those that it makes */
		} text;
		struct {				/* GUARDED: try operand, on a fault the text instead */
			struct expr *operand;
			const char *fallback;
		} guarded;
	};
};

/* ---- statements --------------------------------------------------------------- */

enum stmt_kind {
#define STMT(kind, last) S_##kind,
#include "ast.def"

};

enum foreach_sort { SORT_NONE, SORT_KEY, SORT_VALUE };

struct stmt {			/* allocated like an expr */
	enum stmt_kind kind;
	const struct place *at;
	union {
		struct expr *expr;			/* EXPR; RETURN (may be NULL); DELETE */
		stmt_vec block;				/* BLOCK */
		struct { struct expr *cond; struct stmt *yes, *no; } if_;
		struct {				/* LOOP: for and while */
			struct expr *init, *cond, *step;	/* each may be NULL */
			struct stmt *body;
		} loop;
		struct {				/* FOREACH */
			struct expr *value;		/* NAME or NULL: VAL = ... */
			expr_vec keys;			/* NAMEs */
			struct expr *array;		/* NAME, or HIST */
			expr_vec slice;			/* empty: all; else arity entries, WILDCARDs allowed */
			enum foreach_sort sort;
			int sort_key;			/* SORT_KEY: which key, from 0 */
			int direction;			/* +1 ascending, -1 descending */
			enum stat_op sort_stat;		/* SORT_VALUE of statistics */
			struct expr *limit;		/* or NULL */
			struct stmt *body;
		} foreach;
		struct {				/* TRY */
			struct stmt *body;
			struct expr *variable;		/* NAME or NULL */
			struct stmt *handler;
		} try_;
	};
};

/* ---- probe points --------------------------------------------------------------- */

struct component {
	const char *name;	/* may hold * and ? wildcards */
	struct expr *arg;	/* NUMBER or STRING literal, or NULL */
	const struct place *at;
};

struct probe_point {
	VEC(struct component) components;
	bool optional;		/* ? */
	bool sufficient;	/* ! */
	struct expr *condition;	/* if (...), or NULL */
	const struct place *at;
};
typedef VEC(struct probe_point *) point_vec;

/* Text as a script would spell it: kernel.function("x").return?  (interned) */
const char *probe_point_text(const struct probe_point *point);

/* ---- declarations ------------------------------------------------------------------ */

struct function {
	const char *name;
	const struct place *at;
	const struct source *source;
	enum type type;			/* declared or (elaborated); UNKNOWN: returns nothing */
	bool type_declared;
	var_vec params;
	var_vec locals;			/* (elaborated) */
	int64_t priority;		/* 0: not given */
	bool is_private;
	struct stmt *body;		/* NULL for embedded C */
	const char *code;		/* %{ code %} or NULL */
	const char *doc;		/* text of the comment block in front, or NULL */
	/* (elaborated) */
	/* asks for something of the probe: of any, [1] of one in a module; VISITED while that is found out */
	enum { CONTEXTUAL_UNKNOWN, CONTEXTUAL_VISITED, CONTEXTUAL_NO, CONTEXTUAL_YES } contextual[2];
	enum { EFFECTS_UNKNOWN, EFFECTS_NONE, EFFECTS_SOME } effects;	/* of calling it */
	bool called;			/* from code that may run */
	bool reached;			/* some probe calls it */
	const struct probe *specialised_for;	/* a copy for this probe, when contextual */
	struct function *next_overload;	/* same name and arity, next candidate */
	const struct ctype *ctype;	/* pointer type of the result: autocast */
	const struct place *type_at;	/* where it was declared or learnt */
	int index;
	void *translate_data;
};

struct probe_decl {
	point_vec points;
	struct stmt *body;		/* for aliases: prologue, may be NULL */
	struct stmt *epilogue;		/* aliases only, may be NULL */
	point_vec alias_names;		/* empty: an ordinary probe */
	bool epilogue_only;		/* += */
	const struct place *at;
	const struct source *source;
	const char *doc;
};

struct embed_decl { const char *code; const struct place *at; const struct source *source; };

/* One parsed source. */
struct file {
	const struct source *source;
	VEC(struct probe_decl *) probes;
	VEC(struct probe_decl *) aliases;
	VEC(struct var *) globals;
	VEC(struct function *) functions;
	VEC(struct embed_decl *) embeds;
};

/* ---- tree tools (ast.c) --------------------------------------------------------------- */

struct expr *expr_new(enum expr_kind kind, const struct place *at);
struct stmt *stmt_new(enum stmt_kind kind, const struct place *at);
struct expr *expr_number(int64_t value, const struct place *at);
struct expr *expr_string(const char *text, const struct place *at);
struct expr *expr_binary(enum op op, struct expr *l, struct expr *r, const struct place *at);

/* A node of its own with the same children. */
struct expr *expr_duplicate(const struct expr *e);
struct stmt *stmt_duplicate(const struct stmt *s);

/* Deep copies.  Variables already bound (name.var) stay shared. */
struct expr *expr_copy(const struct expr *e);
struct stmt *stmt_copy(const struct stmt *s);

/*
 * Walk a tree: `enter_*` before the children, `leave_*` after.  A callback may
 * replace the node through the pointer it is given.  enter_* returns false to
 * skip the children (leave_* is then not called).  NULL callbacks are skipped.
 * Children are visited in evaluation order.
 */
struct ast_walker {
	bool (*enter_expr)(struct ast_walker *w, struct expr **e);
	void (*leave_expr)(struct ast_walker *w, struct expr **e);
	bool (*enter_stmt)(struct ast_walker *w, struct stmt **s);
	void (*leave_stmt)(struct ast_walker *w, struct stmt **s);
	void *data;
};
void ast_walk_expr(struct ast_walker *w, struct expr **e);
void ast_walk_stmt(struct ast_walker *w, struct stmt **s);

#endif
