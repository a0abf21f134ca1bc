/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trees to programs: Thompson's construction, laid out so that every part of the
 * pattern is one contiguous range that is entered at its start and left at its end.
 * The engine relies on it: it simulates such ranges one by one to find the groups.
 */
#include "private.h"

#include <string.h>

/* Shared subtrees are expanded, and empty ones make no code: instructions, visits and recursion
 * are each bounded. */
#define MAX_CODE 20000
#define MAX_VISITS 200000
#define MAX_RECURSION 3000

struct maker {
	struct regex_program *program;
	bool captures;
	unsigned visits, recursion;
	struct regex_error *error;
};

static unsigned here(const struct maker *m)
{
	return (unsigned)m->program->code.len;
}

/* The offset stays 0: it is the whole pattern that does not fit. */
static void fail(struct maker *m, const char *text)
{
	if (!m->error->text)
		m->error->text = text;
}

static unsigned emit(struct maker *m, int op, int arg)
{
	unsigned limit = m->captures ? REGEX_MAX_PROGRAM : MAX_CODE;

	if (here(m) < limit) {
		vec_push(&m->program->code, ((struct program_inst){ op, arg, 0 }));
		return here(m) - 1;
	}
	fail(m, m->captures ? "too long a pattern for matched()" : "too long a pattern");
	return 0;
}

static int find_set(struct regex_program *program, const struct byte_set *set)
{
	for (size_t i = 0; i < program->sets.len; i++)
		if (!memcmp(&program->sets.data[i], set, sizeof(*set)))
			return (int)i;
	vec_push(&program->sets, *set);
	return (int)program->sets.len - 1;
}

static void make_set(struct maker *m, const struct byte_set *set)
{
	unsigned count = 0, byte = 0;

	for (unsigned i = 0; i < 4; i++)
		count += (unsigned)__builtin_popcountll(set->bits[i]);
	while (count == 1 && !byte_set_has(set, byte))
		byte++;
	if (count == 256)
		emit(m, REGEX_ANY, 0);
	else if (count == 1)
		emit(m, REGEX_BYTE, (int)byte);
	else
		emit(m, REGEX_SET, find_set(m->program, set));
}

/* Will this part need a node? */
static bool has_groups(const struct maker *m, const struct regex_tree *t)
{
	return m->captures && t->last_group >= t->first_group;
}

/* A node for a part with groups; filled in when its code was made. */
static int node_new(struct maker *m, const struct regex_tree *t, int kind)
{
	struct program_node node = {
		.kind = kind, .group = t->group, .left = REGEX_NO_NODE, .right = REGEX_NO_NODE,
		.first_group = t->first_group, .last_group = t->last_group, .begin = here(m),
	};

	if (!has_groups(m, t))
		return REGEX_NO_NODE;
	if (m->program->nodes.len >= REGEX_MAX_NODES) {
		fail(m, "too many groups for matched()");
		return REGEX_NO_NODE;
	}
	vec_push(&m->program->nodes, node);
	return (int)m->program->nodes.len - 1;
}

/* `depth`: tasks that may wait in the engine while this part is looked at. */
static int make(struct maker *m, const struct regex_tree *t, int depth);

static void node_finish(struct maker *m, int index, int left, int right, unsigned boundary)
{
	struct program_node *node;

	if (index == REGEX_NO_NODE)
		return;
	node = &m->program->nodes.data[index];
	node->left = left;
	node->right = right;
	node->boundary = boundary;
	node->end = here(m);
}

static int make_group(struct maker *m, const struct regex_tree *t, int depth)
{
	int node = node_new(m, t, REGEX_GROUP);

	node_finish(m, node, make(m, t->left, depth), REGEX_NO_NODE, 0);
	return node;
}

static int make_concat(struct maker *m, const struct regex_tree *t, int depth)
{
	int node = node_new(m, t, REGEX_CONCAT);
	int left = make(m, t->left, depth + has_groups(m, t->left));
	unsigned boundary = here(m);

	node_finish(m, node, left, make(m, t->right, depth), boundary);
	return node;
}

static void set_target(struct maker *m, unsigned inst)
{
	m->program->code.data[inst].target = here(m);
}

static int make_choice(struct maker *m, const struct regex_tree *t, int depth)
{
	int node = node_new(m, t, REGEX_CHOICE), left, right;
	unsigned split = emit(m, REGEX_SPLIT, 0), jump, boundary;

	left = make(m, t->left, depth);
	jump = emit(m, REGEX_JUMP, 0);
	boundary = here(m);
	set_target(m, split);
	right = make(m, t->right, depth);
	set_target(m, jump);
	node_finish(m, node, left, right, boundary);
	return node;
}

static int make_option(struct maker *m, const struct regex_tree *t, int depth)
{
	int node = node_new(m, t, REGEX_OPTION);
	unsigned split = emit(m, REGEX_SPLIT, 0);
	int left = make(m, t->left, depth);

	set_target(m, split);
	node_finish(m, node, left, REGEX_NO_NODE, 0);
	return node;
}

static int make_plus(struct maker *m, const struct regex_tree *t, int depth)
{
	int node = node_new(m, t, REGEX_PLUS);
	unsigned begin = here(m);
	int left = make(m, t->left, depth);
	unsigned split = emit(m, REGEX_SPLIT, 0);

	m->program->code.data[split].target = begin;
	node_finish(m, node, left, REGEX_NO_NODE, split);
	return node;
}

static int make_kind(struct maker *m, const struct regex_tree *t, int depth)
{
	switch (t->kind) {
	case TREE_EMPTY:
		break;
	case TREE_SET:
		make_set(m, &t->set);
		break;
	case TREE_TEXT_START:
		emit(m, REGEX_TEXT_START, 0);
		break;
	case TREE_TEXT_END:
		emit(m, REGEX_TEXT_END, 0);
		break;
	case TREE_GROUP:
		return make_group(m, t, depth);
	case TREE_CONCAT:
		return make_concat(m, t, depth);
	case TREE_CHOICE:
		return make_choice(m, t, depth);
	case TREE_OPTION:
		return make_option(m, t, depth);
	case TREE_PLUS:
		return make_plus(m, t, depth);
	}
	return REGEX_NO_NODE;
}

static int make(struct maker *m, const struct regex_tree *t, int depth)
{
	int node;

	if (m->captures && depth >= REGEX_MAX_DEPTH)
		fail(m, "groups are nested too deeply for matched()");
	if (++m->recursion > MAX_RECURSION)
		fail(m, "too complex a pattern");
	/* A long row of plain parts leans to the right: no need to recurse along it. */
	while (t->kind == TREE_CONCAT && !has_groups(m, t) && !m->error->text) {
		make(m, t->left, depth);
		t = t->right;
	}
	if (++m->visits > MAX_VISITS)
		fail(m, "too complex a pattern");
	node = m->error->text ? REGEX_NO_NODE : make_kind(m, t, depth);
	m->recursion--;
	return node;
}

bool regex_make_program(struct regex_program *program, const struct regex_tree *tree, bool captures,
			struct regex_error *error)
{
	bool groups = captures && tree->last_group >= tree->first_group;	/* else code is but for the automata */
	struct maker m = { .program = program, .captures = groups, .error = error };

	if (captures && tree->last_group >= REGEX_MAX_GROUPS)
		fail(&m, "more than 15 groups; use (?: for those that matched() does not ask for");
	program->root = make(&m, tree, 0);
	return !error->text;
}
