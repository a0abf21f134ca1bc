/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to pass 3: the translation unit being made, and what the files of this
 * folder call in one another.
 *
 *	usage.c		what a piece of script does to variables
 *	analysis.c	facts about functions and handlers with all that they call
 *	globals.c	how each global is stored (plain, locked, per CPU), its declarations
 *	aggregates.c	statistics: per-CPU parts and the functions that merge them
 *	limits.c	statement credits
 *	body.c		one C function being written: lines, labels, temporaries, frame
 *	expr.c ...	expressions; arrays.c, assign.c, call.c, memory.c, print.c, statistics.c, strings.c
 *	lookups.c	array elements that need not be looked up again
 *	stmt.c ...	statements; foreach.c, locks.c
 *	filter.c	what decides before a hit is entered
 *	functions.c	functions of the script; embedded.c those written in C
 *	handlers.c	handlers; those of the same text are one
 *	probes.c	the table of probes
 *	programs.c	tables of user symbols
 *	display.c	printing of write-only globals
 *	plan.c		what will be done, for --plan
 *	texts.c		texts of variables, made while a handler is looked at
 *	translate.c	the order of it all
 */
#ifndef STAP_TRANSLATE_UNIT_H
#define STAP_TRANSLATE_UNIT_H

#include "../base/arena.h"
#include "../base/spool.h"
#include "../base/strbuf.h"
#include "../base/vec.h"
#include "../elaborate/program.h"
#include "../session.h"

/* ---- the unit ------------------------------------------------------------------------- */

/* What a piece of script does to a global; a mask per global (by var.index). */
enum {
	USE_READ = 1,
	USE_WRITE = 2,		/* assigned or deleted */
	USE_ADD = 4,		/* += -= ++ -- whose value nobody uses */
	USE_AGGREGATE = 8,	/* <<< */
	USE_EXTRACT = 16,	/* @count ... */
	USE_ITERATE = 32,	/* foreach */
	USE_SORT = 64,		/* foreach in sorted order */
	USE_CODE = 128,		/* embedded C reads or writes it */
	USE_ASSIGN = 256,	/* beside USE_WRITE: not only deleted */
};
typedef uint16_t use_mask;

enum storage {
	STORAGE_PLAIN,		/* written only while no other handler can run */
	STORAGE_LOCKED,
	STORAGE_COUNTER,	/* one per CPU, summed on read */
	STORAGE_TALLY,		/* the same for an array of numbers: a map per CPU */
	STORAGE_AGGREGATE,	/* statistics: one per CPU, merged on read */
};

enum lock_mode {
	LOCK_NONE, LOCK_READ, LOCK_WRITE,
	LOCK_HOLD,			/* all guards of an aggregate */
};

struct global {
	struct var *var;
	const char *name;		/* "n": global_n, lock_n, get_n() */
	enum storage storage;
	use_mask alone, shared;		/* use by handlers that run alone; by others */
	bool in_condition;
	bool guarded;			/* per CPU, and looked at or emptied while others may add to it */
	bool merged;			/* array per CPU that is iterated */
	bool sorted;
	const char *shape;		/* arrays: prefix of the map's functions, "map_l_s" */
};

struct function_info {
	struct function *function;
	const char *name;		/* of the C function */
	use_mask *use;			/* with everything it calls */
	VEC(struct function *) calls;
	bool fails;			/* may leave c->error set */
	bool loops;			/* runs an unknown number of statements */
	bool recursive;
	bool checks_stack;		/* fails when too little of it is left */
	bool uses_next;
	bool writes;			/* changes some global */
	int64_t cost;			/* most statements of one call, loops and recursion not counted */
	unsigned frame_bytes;		/* 0: it has no frame */
	unsigned call_bytes;		/* its frame and the deepest below */
	bool call_bytes_known;
	int depth;			/* longest chain of calls below, itself included */
	bool foreign;			/* lives in the unit with kernel headers */
	bool shared;			/* one unit calls it in the other */
	int mark;			/* of graph walks */
	int visited;			/* by the search for recursion: its turn */
	bool open;			/* ... which is not through with it */
};

/* One C function for all probes that share a body. */
struct handler {
	struct probe *probe;		/* the first of them */
	const char *name;
	use_mask *use;
	VEC(struct function *) calls;
	bool alone;			/* begin, end, error: no other handler runs */
	bool loops;
	bool has_entry;
	bool filters;			/* something decides before a hit is entered */
	int64_t cost;
	unsigned frame_bytes;
};

/* Where the search for a line of a source stands. */
struct line_cursor {
	const struct source *source;
	unsigned line;
	const char *text;
};

struct unit {
	struct session *session;
	struct program *program;
	VEC(struct global) globals;
	VEC(struct function_info) functions;
	VEC(struct handler) handlers;
	int *handler_of_body;		/* by probe.body_index: index of its handler, plus 1 */
	int64_t max_string, max_action;
	int max_nesting;
	bool two_units;			/* user's embedded C is compiled apart */
	bool has_conditions;
	bool framed_recursion;		/* some recursive function has a frame */
	bool captures;			/* matched() is used */
	bool shows_programs;		/* symbols of user addresses are shown */
	bool walks_programs;		/* and their stacks */
	bool collects_stacks;
	bool all_registers;		/* also those that no argument is in are looked at */
	int next_site;			/* numbers of sorted loops */
	int next_embedded;
	struct stmt *display;		/* prints write-only globals */
	var_vec display_locals;
	unsigned display_bytes;		/* of its frame */
	struct line_cursor cursor;
	/* sections of the text */
	struct strbuf shared_prototypes;	/* functions that one unit calls in the other */
	struct spool code;		/* handlers and what follows; in front of them all the rest */
	struct strbuf prototypes, init, exit, percpu_init, percpu_exit;
	struct strbuf foreign;		/* the second unit's functions */
};

struct global *global_of(const struct unit *u, const struct var *v);
struct function_info *function_info(const struct unit *u, const struct function *f);
struct handler *handler_of(const struct unit *u, const struct probe *p);

/* The one after h, or the first; NULL: there is no more. */
static inline struct handler *handler_next(const struct unit *u, struct handler *h)
{
	arena_rest();
	h = h ? h + 1 : u->handlers.data;
	return h && h < u->handlers.data + u->handlers.len ? h : NULL;
}

static inline struct function_info *function_next(const struct unit *u, struct function_info *info)
{
	arena_rest();
	info = info ? info + 1 : u->functions.data;
	return info && info < u->functions.data + u->functions.len ? info : NULL;
}

#define each_function(u, info) \
	for (struct function_info *info = function_next(u, NULL); info; info = function_next(u, info))
#define each_handler(u, h) for (struct handler *h = handler_next(u, NULL); h; h = handler_next(u, h))

/* ---- text.c: pieces of C text ------------------------------------------------------------- */

/* What a buffer holds, moved to the arena; the buffer is empty afterwards. */
const char *text_taken(struct strbuf *sb);

/* A name usable inside a C identifier. */
const char *c_identifier(const char *name);

/* "abc\n" with its quotes; bytes from `limit` on are dropped. */
const char *c_string(const char *text, size_t len, size_t limit);
void c_string_add(struct strbuf *sb, const char *text, size_t len, size_t limit);

/* A number as a C constant. */
const char *c_number(int64_t value);

/* "identifier 'x' at f.stp:3:4", quoted. */
const char *c_site(const struct place *at);

/* The script's line as a comment at the given depth, or nothing if it has none. */
void comment_line(struct unit *u, struct strbuf *sb, const struct place *at, int depth);

/* ---- usage.c ------------------------------------------------------------------------------- */

/* Told of each use of a global and each call, in evaluation order. */
struct usage_visitor {
	void (*use)(struct usage_visitor *v, struct var *global, use_mask mask);
	void (*call)(struct usage_visitor *v, const struct expr *call);
	void *data;
};
void usage_of_stmt(struct usage_visitor *v, const struct stmt *s);
void usage_of_expr(struct usage_visitor *v, const struct expr *e);

/* Fill u->functions, and u->handlers' use. */
void usage_analyse(struct unit *u);

/* Can evaluating it change a variable? */
bool expr_writes(const struct unit *u, const struct expr *e);

/* Does it mention the variable (calls not followed)? */
bool expr_mentions(const struct expr *e, const struct var *v);

/* Does it use the global, itself or through a call? */
bool expr_touches(const struct unit *u, const struct expr *e, const struct var *global);

/* May it raise an error? */
bool expr_fails(const struct unit *u, const struct expr *e);

/* Does the statement empty the whole array, itself or through a call? */
bool stmt_clears(const struct unit *u, const struct stmt *s, const struct var *array);

/* The division cannot fail: its divisor is a constant other than 0 and -1. */
bool divisor_is_safe(const struct expr *right);

/* Locals that the tree assigns get var.translate_data set. */
void mark_assigned(const struct stmt *s);
bool var_is_assigned(const struct var *v);

/* ---- globals.c, aggregates.c ------------------------------------------------------------------ */

use_mask *use_masks(const struct unit *u);	/* all 0 */
void globals_begin(struct unit *u);
void globals_classify(struct unit *u);

/* Is it in parts, one for each CPU, that have functions of their own (aggregates.c)? */
static inline bool in_parts(const struct global *g)
{
	return g->storage == STORAGE_TALLY || g->storage == STORAGE_AGGREGATE;
}

/* The lock that a section needs that uses the global in this way. */
enum lock_mode global_lock_mode(const struct global *g, use_mask use);

void globals_declare(struct unit *u, struct strbuf *sb);
void globals_table(struct unit *u, struct strbuf *sb);
void aggregate_declare(struct unit *u, struct strbuf *sb, const struct global *g);
void aggregate_percpu_member(struct strbuf *sb, const struct global *g);
unsigned stat_buckets(const struct var *v);

/* "s64 k0, const char *k1" and the like for an array's keys. */
const char *key_parameters(const struct var *v);
const char *key_arguments(const struct var *v);
const char *array_capacity(const struct var *v);
const char *array_overflow(const struct var *v);	/* message, quoted */

/* ---- limits.c ----------------------------------------------------------------------------------- */

/* Statements of the functions that it calls, at most. */
int64_t expr_cost(const struct unit *u, const struct expr *e);

/* Statements run whichever way its branches go. */
int64_t stmt_fixed_cost(const struct unit *u, const struct stmt *s);

bool limits_apply(const struct unit *u);
void limits_analyse(struct unit *u);

/* Most statements of one hit, loops not counted. */
int64_t handler_cost(const struct unit *u, const struct handler *h);

/* ---- texts.c -------------------------------------------------------------------------------------- */

/* Between these two, not nested, the probe's trees have their texts written out, and what is allocated is scratch. */
struct opened { struct stmt *body; struct saved_value *saved; };
struct opened probe_open(struct probe *p);
void probe_close(struct probe *p, struct opened was);

/* ---- plan.c --------------------------------------------------------------------------------------- */

/* For each probe its place, mechanism, variables, locks and estimated cost. */
const char *plan_text(const struct unit *u);

/* A line each: which mechanism. */
void plan_tell(const struct unit *u, FILE *out);

/* ---- body.c: a C function being written ----------------------------------------------------------- */

struct label {
	const char *name;
	bool used;
};

/* A lock that a section holds; `leave` gives back this one and those taken before. */
struct held_lock {
	const struct global *global;
	enum lock_mode mode;
	struct label leave;
};

/* A run of statements that holds locks. */
struct region {
	VEC(struct held_lock) locks;
};

struct loop {
	struct loop *outer;
	struct label next;		/* continue; name NULL: C's own */
	const struct global *array;	/* that it goes over, or NULL */
};

struct stable_value {
	const struct function *function;
	const char *text;
	int scope;
};

/* An array element that was looked up: its node, or NULL at run time. */
struct found_node {
	const struct global *global;
	const char *keys;		/* C text */
	const char *node;
	bool exists;			/* never NULL */
	bool constant;			/* the keys are no variables */
	int scope;
};

struct body {
	struct unit *unit;
	const struct stmt *root;	/* all of it, for questions; or NULL */
	struct strbuf text;
	int depth;			/* tabs */
	unsigned next_temp;
	unsigned strings, strings_max;	/* string temporaries in use, most at once */
	struct strbuf frame_extra;	/* members of the frame beside strings */
	unsigned frame_extra_bytes;
	bool uses_cpu;			/* the variable `cpu` */
	bool calls_framed;		/* handlers: some callee has a frame */
	const struct function *function;	/* of the script, or NULL */
	const struct handler *handler;	/* or NULL */
	bool no_context;		/* a condition: nobody to report errors to */
	struct label *fail;		/* where errors go */
	struct label *leave;		/* where `next` goes */
	struct label out;
	struct label next_overload;
	VEC(struct region *) regions;
	bool pushing;			/* locks not yet taken: push them down */
	int in_try;
	int in_loop;
	bool counting;			/* statements are counted */
	struct loop *loop;
	int scope;
	VEC(struct stable_value) stable;
	VEC(const struct function *) lasting;	/* stable strings that have a place in the frame */
	VEC(struct found_node) found;
	unsigned char *mentions;	/* by global: named never, once, more often */
	const struct source *source_shown;
	unsigned line_shown;
	const char *saved;		/* type of the entry values behind c->saved */
	const char *walk_part;		/* per-CPU part that a walk over an aggregate is in */
	const char *tail;		/* handlers: last lines, whatever happened */
};

void body_init(struct body *b, struct unit *u);

/* One line of C at the current depth. */
void line(struct body *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "HEAD {" ... "}": a C block; values memoised inside are forgotten at its end. */
void open_scope(struct body *b);	/* without a head */
void open_block(struct body *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void close_block(struct body *b);
/* The same in two steps: the end of the block, then "} else {" or "} else if (CONDITION) {". */
void leave_block(struct body *b);
void open_else(struct body *b, const char *condition);

/* Temporaries: t1, t2 ... */
const char *new_temp(struct body *b);

/* A string buffer of the frame, free again when b->strings is set back. */
const char *new_string(struct body *b);

/* A member of the frame, `bytes` long (a multiple of 8). */
void frame_member(struct body *b, size_t bytes, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Write elsewhere for a while: to look whether anything was written at all. */
struct capture {
	struct strbuf text;
};
void capture_begin(struct body *b, struct capture *cap);
/* The text written meanwhile; "" if none. */
const char *capture_end(struct body *b, struct capture *cap);
void put_text(struct body *b, const char *text);

/* Labels. */
struct label new_label(struct body *b, const char *stem);
const char *jump(struct label *l);	/* its name, marked used */
void put_label(struct body *b, const struct label *l);

/* if (unlikely(CONDITION)) { STATEMENT; site; goto fail; }  STATEMENT NULL: already raised. */
void emit_failure(struct body *b, const struct place *at, const char *condition,
		  const char *statement);

/* if (unlikely(CONDITION)) { script_error(c, MESSAGE); site; goto fail; }  MESSAGE NULL: already raised. */
void emit_raise(struct body *b, const struct place *at, const char *condition, const char *message);

/*
 * Put the function together.  `head` is its first line, `frame` the name for its frame's struct,
 * `result` the variable it returns (s64) or NULL, `overload_call` the statement that goes on with
 * the next overload.  Returns the size of its frame in bytes, 0 without one.
 */
unsigned body_finish(struct body *b, struct strbuf *out, const char *head, const char *frame,
		 const var_vec *locals, const var_vec *params, const char *result,
		 const char *overload_call);

/* ---- values ------------------------------------------------------------------------------------------ */

/* The C text of a value: no side effects, to be used once unless `simple`. */
struct value {
	const char *text;
	bool simple;			/* needs no parentheses, may be repeated */
	bool call;			/* needs no parentheses */
	bool constant;			/* keeps its value whatever runs next */
	bool small;			/* of C type int or bool */
	bool is_string;
	bool buffer;			/* a string where PLACE_SIZE or MAXSTRINGLEN bytes can be read */
};

#define PLACE_SIZE 16

struct value emit_value(struct body *b, const struct expr *e);
void emit_effect(struct body *b, const struct expr *e);
const char *emit_condition(struct body *b, const struct expr *e);

/* Store the string value of e in a buffer of MAXSTRINGLEN bytes. */
void emit_string_to(struct body *b, const struct expr *e, const char *buffer);

/* Room for the values of operands. */
struct value *new_values(size_t n);

/* Operands in order, each keeping its value while later ones are evaluated. */
void emit_operands(struct body *b, struct expr *const *e, size_t n, struct value *out);

struct value value_fixed(struct body *b, struct value v);
struct value value_once(struct body *b, struct value v);	/* may be repeated */
const char *operand_text(struct value v);			/* parenthesised if need be */
struct value value_long(const char *text);			/* compound text */
struct value value_simple(const char *text, bool is_string);

/* assign.c */
struct value emit_assign(struct body *b, const struct expr *e, bool wanted);
void emit_store_variable(struct body *b, const struct var *v, const char *text);
const char *variable_text(struct body *b, const struct var *v);
const char *local_name(const struct var *v);
void emit_variable_clear(struct body *b, const struct var *v);
const char *binary_long(enum op op, struct value l, struct value r, bool *small);
struct value emit_division(struct body *b, enum op op, struct value l, struct value r,
			   const struct expr *right, const struct place *at);

/* call.c */
struct value emit_call(struct body *b, const struct expr *e, const char *buffer, bool wanted);

/* strings.c */
struct value emit_new_string(struct body *b, const struct expr *e);
struct value emit_regex(struct body *b, const struct expr *e);
struct value emit_guarded(struct body *b, const struct expr *e);

/* memory.c */
struct value emit_load(struct body *b, const struct expr *e);
struct value emit_load_at(struct body *b, const struct expr *e, const char *address);
struct value emit_register(struct body *b, const struct expr *e);
struct value emit_argument(struct body *b, const struct expr *e);
struct value emit_saved(struct body *b, const struct expr *e);
void emit_memory_store(struct body *b, const struct expr *target, const char *address,
		       const char *value);
void emit_register_store(struct body *b, const struct expr *target, const char *value);

/* statistics.c */
struct value emit_stat(struct body *b, const struct expr *e);
struct value emit_hist_bucket(struct body *b, const struct expr *e);
/* The merged aggregate behind e (a HIST): a `struct aggregate *`. */
const char *emit_hist_merge(struct body *b, const struct expr *e);
/* The same; an empty one is an error. */
const char *emit_hist_stat(struct body *b, const struct expr *e);

/* print.c */
void emit_print(struct body *b, const struct expr *e);
void emit_print_pieces(struct body *b, const struct expr *e, const char *sink, bool evaluate_first);

/* arrays.c */
struct value emit_element(struct body *b, const struct expr *e);
struct value emit_in(struct body *b, const struct expr *e);
void emit_delete(struct body *b, const struct stmt *s);
const char *key_list(const struct value *keys, size_t n);
/* A condition on node `n` for a slice, or NULL if every key is a wildcard. */
const char *slice_condition(const struct var *array, const struct value *keys,
			    struct expr *const *slice, size_t count, const char *node);
void emit_slice_keys(struct body *b, struct expr *const *slice, size_t n, struct value *out);

/* lookups.c */
/* The node of an element, looked up now or before; NULL: not worth remembering. */
const struct found_node *lookup_element(struct body *b, const struct global *g, const struct value *keys,
					size_t n);
const struct found_node *lookup_known(const struct body *b, const struct global *g, const char *keys);
void lookup_remember(struct body *b, const struct global *g, const struct value *keys, size_t n,
		     const char *node, bool exists);
void lookups_forget_array(struct body *b, const struct global *g);
void lookups_forget_scope(struct body *b);
void lookups_variable_changed(struct body *b);
void lookups_forget_all(struct body *b);

/* stmt.c, foreach.c, locks.c */
void emit_stmt(struct body *b, const struct stmt *s);
void emit_foreach(struct body *b, const struct stmt *s);
/* Pay for a round of a loop or a recursive call. */
void emit_iteration_check(struct body *b, const struct place *at, int64_t cost);
void emit_stmt_unlocked(struct body *b, const struct stmt *s);
/* While b->pushing: takes locks around the smallest run of statements that needs them. */
void emit_stmt_locking(struct body *b, const struct stmt *s);
/* Take the locks that the statement needs, for code written by hand; NULL: none. */
struct region *emit_lock(struct body *b, const struct stmt *s);
void emit_unlock(struct body *b, const struct region *r);
/* The labels where sections are left early. */
void emit_region_exits(struct body *b);

/* ---- functions.c, embedded.c ------------------------------------------------------------------------- */

/* The symbols that the runtime shows user addresses by (programs.c). */
void programs_table(const struct unit *u, struct strbuf *sb);

void functions_translate(struct unit *u);
const char *overload_call(struct unit *u, const struct function *f);
unsigned frame_stack_bytes(const struct unit *u);
bool calls_framed(const struct unit *u, const struct handler *h);

bool is_foreign(const struct unit *u, const struct source *source);
void embedded_function(struct unit *u, struct function_info *info, const char *head);
struct value emit_embedded(struct body *b, const struct expr *e);
/* What STAP_GLOBAL_GET_x and STAP_GLOBAL_SET_x call. */
void embedded_accessors(struct unit *u, struct strbuf *sb);
/* File-level C: that of the given unit, early or late in its text. */
void embedded_file_level(struct unit *u, struct strbuf *sb, bool foreign, bool late);
/* Is the marker in one of its comments? */
bool code_has(const char *code, const char *marker);
/* The next NAME of PRAGMA NAME in the code. */
bool code_global(const char **cursor, const char *pragma, char *name, size_t size);
/* The old way to raise an error: CONTEXT->last_error = "..." */
bool code_sets_error(const char *code);
struct global *global_named(struct unit *u, const char *name, const struct source *from);

/* filter.c */
/* HANDLER_filter(): may the handler have anything to do?  Printed before the handler itself. */
void filter_translate(struct unit *u, struct handler *h);
/* HANDLER_save(): what a return probe's entry handler does, without a context; false: it cannot. */
void save_translate(struct unit *u, const struct handler *h);
/* Where there is no frame: the text that a library function copies from, as its comment
 * "in place: NAME" says; PLACE_SIZE bytes are readable there. */
struct value value_in_place(const struct function *f);

/* handlers.c, probes.c, display.c */
void saved_declare(struct unit *u);	/* before what reads the entry values */
const char *saved_name(const struct handler *h);	/* of the struct of its entry values */
void handlers_translate(struct unit *u);
void probes_table(struct unit *u);
void display_prepare(struct unit *u);	/* before statistics are declared */
void display_build(struct unit *u);
void display_translate(struct unit *u);

#endif
