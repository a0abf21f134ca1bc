/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pattern's way to tables: tree, program, automata, C text.  Everything is checked
 * and sized here, so that the engine in the handler needs no check and no memory.
 */
#include "regex.h"

#include "private.h"
#include "../base/strbuf.h"

struct compiled {
	struct regex_program program;
	struct byte_classes classes;
	struct built_dfa search, longest;
	struct built_nfa nfa;
	bool captures;
	bool in_places;			/* the nfa instead of the others */
};

static bool compile(struct compiled *out, const char *pattern, bool captures, struct regex_error *error)
{
	const struct regex_tree *tree = regex_parse(pattern, &out->program.groups, error);

	out->captures = captures;
	if (!tree || !regex_make_program(&out->program, tree, captures, error))
		return false;
	regex_find_classes(&out->classes, &out->program);
	if (regex_make_dfa(&out->search, &out->program, &out->classes, true) &&
	    (!captures || regex_make_dfa(&out->longest, &out->program, &out->classes, false)))
		return true;
	out->in_places = true;
	if (regex_make_nfa(&out->nfa, &out->program, &out->classes))
		return true;
	error->text = "the pattern needs too many states";
	return false;
}

/* ---- C text ------------------------------------------------------------------------------ */

/* Element i of a table: line breaks after every `per_line`. */
static void element(struct strbuf *out, size_t i, size_t per_line, unsigned value)
{
	strbuf_addf(out, "%s%u,", i % per_line ? "" : "\n\t", value);
}

static void write_classes(struct strbuf *out, const char *name, const struct byte_classes *classes)
{
	strbuf_addf(out, "static const u8 %s_classes[256] = {", name);
	for (size_t i = 0; i < 256; i++)
		element(out, i, 32, classes->of[i]);
	strbuf_add(out, "\n};\n");
}

static void write_rows(struct strbuf *out, const char *name, const char *kind, const struct built_dfa *dfa)
{
	strbuf_addf(out, "static const u16 %s_%s[] = {", name, kind);
	for (size_t i = 0; i < dfa->size; i++)
		element(out, i, 20, dfa->next[i]);
	strbuf_add(out, "\n};\n");
}

static void write_program(struct strbuf *out, const char *name, const struct regex_program *program, size_t count)
{
	strbuf_addf(out, "static const struct regex_inst %s_program[] = {", name);
	for (size_t i = 0; i < count; i++) {
		const struct program_inst *inst = &program->code.data[i];

		strbuf_addf(out, "%s{%d,%d,%u},", i % 12 ? "" : "\n\t", inst->op, inst->arg, inst->target);
	}
	/* no instruction: also an empty pattern needs an array */
	strbuf_addf(out, "\n\t{%d,0,0}\n};\n", REGEX_JUMP);
	strbuf_addf(out, "static const u64 %s_sets[][4] = {\n\t{0},\n", name);
	vec_each(&program->sets, const struct byte_set, set)
		strbuf_addf(out, "\t{0x%llxULL,0x%llxULL,0x%llxULL,0x%llxULL},\n",
			    (unsigned long long)set->bits[0], (unsigned long long)set->bits[1],
			    (unsigned long long)set->bits[2], (unsigned long long)set->bits[3]);
	strbuf_add(out, "};\n");
}

/* Where each place's byte leads, after where all begins; and which places take a byte of each class. */
static void write_nfa_rows(struct strbuf *out, const char *name, const char *kind, const uint64_t *rows, size_t count)
{
	strbuf_addf(out, "static const u64 %s_%s[] = {", name, kind);
	for (size_t i = 0; i < count; i++)
		strbuf_addf(out, "%s0x%llxULL,", i % 8 ? "" : "\n\t", (unsigned long long)rows[i]);
	strbuf_add(out, "\n};\n");
}

static void write_nodes(struct strbuf *out, const char *name, const struct regex_program *program)
{
	strbuf_addf(out, "static const struct regex_node %s_nodes[] = {\n\t{0},\n", name);
	vec_each(&program->nodes, const struct program_node, n)
		strbuf_addf(out, "\t{%d,%d,%d,%d,%d,%d,%u,%u,%u},\n", n->kind, n->group, n->left, n->right,
			    n->first_group, n->last_group, n->begin, n->boundary, n->end);
	strbuf_add(out, "};\n");
}

static void write_dfa(struct strbuf *out, const char *name, const char *kind, const struct built_dfa *dfa)
{
	strbuf_addf(out, "\t.%s = { %s_%s, %u, %u, %u, %u, %u },\n", kind, name, kind,
		    dfa->start, dfa->start_inner, dfa->stop, dfa->end, dfa->accept);
}

/* Without groups it is run only to find where a match begins and ends, if no automaton does. */
static size_t program_length(const struct compiled *c)
{
	return c->program.root == REGEX_NO_NODE && !c->in_places ? 0 : c->program.code.len;
}

static void write_automata(struct strbuf *out, const char *name, const struct compiled *c)
{
	if (c->in_places) {
		write_nfa_rows(out, name, "takes", c->nfa.takes, (size_t)c->classes.count * c->nfa.words);
		write_nfa_rows(out, name, "follow", c->nfa.follow, (size_t)c->nfa.places * c->nfa.words);
		return;
	}
	write_rows(out, name, "search", &c->search);
	if (c->captures)
		write_rows(out, name, "longest", &c->longest);
}

static void name_automata(struct strbuf *out, const char *name, const struct compiled *c)
{
	if (c->in_places) {
		strbuf_addf(out, "\t.nfa = { %s_takes, %s_follow, %u },\n", name, name, c->nfa.words);
		return;
	}
	write_dfa(out, name, "search", &c->search);
	if (c->captures)
		write_dfa(out, name, "longest", &c->longest);
}

/* The first set and the first node are placeholders, so that no array is empty. */
static void write_all(struct strbuf *out, const char *name, const struct compiled *c)
{
	write_classes(out, name, &c->classes);
	write_automata(out, name, c);
	if (c->captures) {
		write_program(out, name, &c->program, program_length(c));
		write_nodes(out, name, &c->program);
	}
	strbuf_addf(out, "static const struct regex_table %s = {\n\t.classes = %s_classes,\n", name, name);
	name_automata(out, name, c);
	if (c->captures) {
		strbuf_addf(out, "\t.program = %s_program, .sets = %s_sets + 1, .nodes = %s_nodes + 1,\n",
			    name, name, name);
		strbuf_addf(out, "\t.root = %d, .groups = %d, .length = %zu,\n", c->program.root, c->program.groups,
			    program_length(c));
	}
	strbuf_add(out, "};\n");
}

/* ---- the interface --------------------------------------------------------------------------- */

static bool report(const struct regex_error *problem, const char **error, size_t *error_offset)
{
	*error = problem->text;
	*error_offset = problem->offset;
	return false;
}

bool regex_compile(const char *pattern, bool captures, struct strbuf *c_text, const char *name,
		   const char **error, size_t *error_offset)
{
	struct regex_error problem = {0};
	struct compiled compiled = {0};

	if (!compile(&compiled, pattern, captures, &problem))
		return report(&problem, error, error_offset);
	write_all(c_text, name, &compiled);
	return true;
}

bool regex_check(const char *pattern, bool captures, const char **error, size_t *error_offset)
{
	struct regex_error problem = {0};
	struct compiled compiled = {0};

	if (!compile(&compiled, pattern, captures, &problem))
		return report(&problem, error, error_offset);
	return true;
}

bool regex_check_syntax(const char *pattern, const char **error, size_t *error_offset)
{
	struct regex_error problem = {0};
	struct regex_program program = {0};
	const struct regex_tree *tree = regex_parse(pattern, &program.groups, &problem);

	if (!tree || !regex_make_program(&program, tree, false, &problem))
		return report(&problem, error, error_offset);
	return true;
}
