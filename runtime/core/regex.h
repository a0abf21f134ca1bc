/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running =~ patterns.  Pass 3 (stap/translate/regex.h) makes a table from a pattern; this
 * runs it: unanchored, leftmost-longest, on bytes.
 *
 * A table has the search automaton, which answers yes or no in one walk over the
 * text.  With captures it also has the automaton that finds the longest match
 * at a given place, and the pattern as a small program with the outline of its groups: the
 * engine splits the matched text among them afterwards.  Patterns whose automata would be too large have a set of
 * places instead.
 */
#ifndef CORE_REGEX_H
#define CORE_REGEX_H

#include "types.h"

#define REGEX_MAX_GROUPS 16
#define REGEX_MAX_PROGRAM 1000		/* instructions, when there are groups to be found */
#define REGEX_MARKS (2 * (REGEX_MAX_PROGRAM + 1))

struct regex_match {
	int count;				/* groups including group 0; 0: last match failed or none */
	int start[REGEX_MAX_GROUPS];		/* byte offsets, -1: group took no part */
	int end[REGEX_MAX_GROUPS];
	u16 *marks;				/* REGEX_MARKS, the caller's, for the engine to work with */
};

/*
 * A deterministic automaton.  A state is the offset of its row in `next`; rows are
 * ordered so that what a state means is a comparison: up to `stop` nothing can
 * change any more, from `end` on a match ends where the text ends, from `accept` on (longest only) a
 * match ends here.
 */
struct regex_dfa {
	const u16 *next;
	u16 start, start_inner;		/* at the text's first byte; elsewhere */
	u16 stop, end, accept;		/* search: state 0 is "found", `stop` is "never" */
};

/*
 * The same with a row of bits as its state, `words` words of them.  A bit is a place in the pattern that may take the
 * next byte, or one of the two ends.
 */
enum { REGEX_ENDS, REGEX_ENDS_WITH_TEXT, REGEX_FIRST_PLACE };
#define REGEX_MAX_WORDS 8

struct regex_nfa {
	const u64 *takes;		/* by class: the places that take its bytes */
	const u64 *follow;		/* by place: where its byte leads; the first two: where the text's first byte
					   may be taken, and where others may */
	u8 words;			/* 0: there is none */
};

enum regex_op {
	REGEX_BYTE,			/* this byte */
	REGEX_ANY,
	REGEX_SET,			/* a byte in sets[arg] */
	REGEX_SPLIT,			/* go on at both the next instruction and `target` */
	REGEX_JUMP,
	REGEX_TEXT_START, REGEX_TEXT_END,
};

struct regex_inst {
	u8 op;
	u16 arg, target;
};

/* Parts of the pattern with groups inside, as ranges of the program. */
enum regex_kind {
	REGEX_GROUP,			/* left: the inside */
	REGEX_CONCAT,			/* [begin, boundary) then [boundary, end) */
	REGEX_CHOICE,			/* [begin + 1, boundary - 1) or [boundary, end) */
	REGEX_OPTION,			/* [begin + 1, end) or nothing */
	REGEX_PLUS,			/* [begin, boundary) once or more */
};

#define REGEX_NO_NODE 255
#define REGEX_MAX_NODES 255
#define REGEX_MAX_DEPTH 32		/* of nested groups */

struct regex_node {
	u8 kind;
	u8 group;			/* REGEX_GROUP: its number */
	u8 left, right;			/* nodes, or REGEX_NO_NODE: no groups inside */
	u8 first_group, last_group;	/* groups inside, numbered by their opening parentheses */
	u16 begin, boundary, end;
};

struct regex_table {
	const u8 *classes;		/* class of each byte: columns of the automata */
	struct regex_dfa search;
	struct regex_nfa nfa;			/* instead of both automata */
	/* with captures */
	struct regex_dfa longest;
	const struct regex_inst *program;	/* NULL: no captures; empty without groups */
	const u64 (*sets)[4];
	const struct regex_node *nodes;
	u8 root;			/* REGEX_NO_NODE: no groups */
	u8 groups;			/* without group 0 */
	u16 length;			/* of the program */
};

/*
 * Does the text contain a match?  Fills `match` when not NULL (slower; only scripts that use
 * matched(); the table must have been made with captures).  Any context; bounded by the
 * square of the text's length, without `match` by the length; times what waits in the pattern, where that is a set of places.
 */
bool regex_search(const struct regex_table *table, const char *text, struct regex_match *match);

#endif
