/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "regex_table.h"

#include <string.h>

#include "../../stap/base/arena.h"

static struct regex_dfa convert_dfa(const struct built_dfa *dfa)
{
	return (struct regex_dfa){
		.next = dfa->next,
		.start = (u16)dfa->start, .start_inner = (u16)dfa->start_inner,
		.stop = (u16)dfa->stop, .end = (u16)dfa->end, .accept = (u16)dfa->accept,
	};
}

bool regex_table_in_places;

static bool convert_nfa(struct regex_table *table, const struct regex_program *program, const struct byte_classes *classes)
{
	struct built_nfa nfa;

	if (!regex_make_nfa(&nfa, program, classes))
		return false;
	table->nfa = (struct regex_nfa){ (const u64 *)nfa.takes, (const u64 *)nfa.follow, (u8)nfa.words };
	return true;
}

static const struct regex_inst *convert_code(const struct regex_program *program)
{
	struct regex_inst *code = arena_alloc((program->code.len + 1) * sizeof(*code));

	for (size_t i = 0; i < program->code.len; i++) {
		const struct program_inst *from = &program->code.data[i];

		code[i] = (struct regex_inst){ (u8)from->op, (u8)from->arg, (u16)from->target };
	}
	return code;
}

static const struct regex_node *convert_nodes(const struct regex_program *program)
{
	struct regex_node *nodes = arena_alloc((program->nodes.len + 1) * sizeof(*nodes));

	for (size_t i = 0; i < program->nodes.len; i++) {
		const struct program_node *from = &program->nodes.data[i];

		nodes[i] = (struct regex_node){
			.kind = (u8)from->kind, .group = (u8)from->group,
			.left = (u8)from->left, .right = (u8)from->right,
			.first_group = (u8)from->first_group, .last_group = (u8)from->last_group,
			.begin = (u16)from->begin, .boundary = (u16)from->boundary, .end = (u16)from->end,
		};
	}
	return nodes;
}

static void convert_sets(struct regex_table *table, const struct regex_program *program)
{
	u64 (*sets)[4] = arena_alloc((program->sets.len + 1) * sizeof(*sets));

	for (size_t i = 0; i < program->sets.len; i++)
		memcpy(sets[i], program->sets.data[i].bits, sizeof(*sets));
	table->sets = (const u64 (*)[4])sets;
}

const struct regex_table *regex_table_make(const char *pattern, bool captures, struct regex_error *error)
{
	struct regex_table *table = arena_new(struct regex_table);
	struct byte_classes *classes = arena_new(struct byte_classes);
	struct regex_program program = {0};
	struct built_dfa search = {0}, longest = {0};
	const struct regex_tree *tree = regex_parse(pattern, &program.groups, error);

	if (!tree || !regex_make_program(&program, tree, captures, error))
		return NULL;
	regex_find_classes(classes, &program);
	table->classes = classes->of;
	if (!regex_table_in_places && regex_make_dfa(&search, &program, classes, true) &&
	    (!captures || regex_make_dfa(&longest, &program, classes, false))) {
		table->search = convert_dfa(&search);
		table->longest = convert_dfa(&longest);
	} else if (!convert_nfa(table, &program, classes)) {
		error->text = "the pattern needs too many states";
		return NULL;
	}
	if (!captures)
		return table;
	table->length = (u16)program.code.len;
	table->program = convert_code(&program);
	table->nodes = convert_nodes(&program);
	convert_sets(table, &program);
	table->root = (u8)program.root;
	table->groups = (u8)program.groups;
	return table;
}
