/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the pattern compiler share: tree, program, automaton. */
#ifndef STAP_REGEX_PRIVATE_H
#define STAP_REGEX_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/vec.h"

#ifndef SCRIPT_LIBC_HEADERS
#define SCRIPT_LIBC_HEADERS	/* the runtime's header is to use the libc's bool and NULL */
#endif
#include "../../runtime/core/regex.h"

/* Where and why a pattern is not acceptable. */
struct regex_error {
	const char *text;	/* NULL: fine so far */
	size_t offset;
};

/* ---- parse.c: the pattern as a tree ----------------------------------------- */

enum regex_tree_kind {
	TREE_EMPTY, TREE_SET, TREE_TEXT_START, TREE_TEXT_END,
	TREE_GROUP, TREE_CONCAT, TREE_CHOICE, TREE_OPTION, TREE_PLUS,
};

/* A set of bytes. */
struct byte_set { uint64_t bits[4]; };

static inline bool byte_set_has(const struct byte_set *set, unsigned byte)
{
	return set->bits[byte / 64] >> (byte % 64) & 1;
}

/*
 * `*` is an option of a plus; `{n,m}` repeats the same subtree, so a tree may share parts.
 * Concatenations lean to the right.
 */
struct regex_tree {
	enum regex_tree_kind kind;
	const struct regex_tree *left, *right;
	struct byte_set set;
	int group;				/* TREE_GROUP */
	int first_group, last_group;		/* inside; last < first: none */
};

/* NULL after filling *error.  *groups: number of capturing groups. */
const struct regex_tree *regex_parse(const char *pattern, int *groups, struct regex_error *error);

/* ---- program.c: the tree as a program ------------------------------------------- */

struct program_inst { int op, arg; unsigned target; };	/* enum regex_op */

struct program_node { int kind, group, left, right, first_group, last_group; unsigned begin, boundary, end; };

struct regex_program {
	VEC(struct program_inst) code;		/* the end of the code is the match */
	VEC(struct byte_set) sets;
	VEC(struct program_node) nodes;		/* of parts with groups, when `captures` */
	int root;				/* node, or REGEX_NO_NODE */
	int groups;
};

bool regex_make_program(struct regex_program *program, const struct regex_tree *tree, bool captures,
			struct regex_error *error);

/* ---- what dfa.c makes of it ------------------------------------------------------------ */

struct byte_classes {
	uint8_t of[256];
	unsigned count;
	uint8_t example[256];			/* a byte of each class */
};

/* Rows of `classes` entries; see runtime/core/regex.h. */
struct built_dfa {
	uint16_t *next;
	size_t size;
	unsigned start, start_inner, stop, end, accept;
};

/* ---- merge.c: states that nothing can tell apart ---------------------------------------- */

#define REGEX_MEANINGS 3

/*
 * next[class * states + state]: where a state leads; set[state], below REGEX_MEANINGS: what it means.
 * Leaves in set[] the same number for states that are alike; returns how many numbers there are.
 */
unsigned regex_merge(const unsigned *next, unsigned states, unsigned classes, unsigned *set);

/* ---- closure.c: what needs no byte ------------------------------------------------------ */

struct regex_closure {
	const struct regex_program *program;
	uint64_t *seen, *waiting;	/* bits of instructions, the end included */
	size_t words;			/* of either */
	uint16_t *stack;
	unsigned stack_len, visits;
	bool reached_end;
};

void regex_closure_init(struct regex_closure *c, const struct regex_program *program);

/* Begin with nothing, add instructions, follow everything that needs no byte. */
void regex_closure_begin(struct regex_closure *c);
void regex_closure_visit(struct regex_closure *c, unsigned pc);
void regex_closure_spread(struct regex_closure *c, bool at_start, bool at_end);

bool regex_takes(const struct regex_program *program, const struct program_inst *inst, unsigned byte);

/* ---- nfa.c: the program as sets of places ------------------------------------------------ */

/* Memory is zeroed; see runtime/core/regex.h. */
struct built_nfa {
	uint64_t *takes, *follow;
	unsigned places, words;
};

/* False: too many places. */
bool regex_make_nfa(struct built_nfa *nfa, const struct regex_program *program, const struct byte_classes *classes);

/* ---- dfa.c: the program as an automaton ---------------------------------------------- */

void regex_find_classes(struct byte_classes *classes, const struct regex_program *program);

/* search: find whether there is a match anywhere; else: longest match here.  False: it needs too many states. */
bool regex_make_dfa(struct built_dfa *dfa, const struct regex_program *program,
		    const struct byte_classes *classes, bool search);

#endif
