/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DWARF: a program compiled by the test, optimised and not, in two versions of the
 * format.  What the compiler does with it is not ours to say, so only facts of the
 * source are expected.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/nearest.h"
#include "debuginfo/dwarf.h"
#include "debuginfo/dwarf.h"
#include "session.h"

/* Line numbers count: the tests name them. */
static const char program_text[] =
	"#include <stdlib.h>\n"						/* 1 */
	"struct node { struct node *next; int v; unsigned f:3, g:7; };\n"
	"enum mood { GOOD = 7, BAD = -1 };\n"
	"typedef struct node const *cnode;\n"
	"static struct node head;\n"						/* 5 */
	"int shared = 3;\n"
	"__thread int own = 4;\n"
	"static inline __attribute__((always_inline)) int twice(int x)\n"
	"{\n"
	"	int y = x * 2;\n"						/* 10 */
	"	__asm__ volatile(\"\" : : \"r\"(y));\n"
	"	return y;\n"
	"}\n"
	"__attribute__((noinline)) int walk(cnode n, enum mood m, int depth)\n"
	"{\n"									/* 15 */
	"	int sum = shared + own;\n"
	"	while (n) {\n"
	"		int here = n->v;\n"
	"		sum += twice(here) + m;\n"
	"		n = n->next;\n"						/* 20 */
	"	}\n"
	"	if (depth > 3)\n"
	"		goto out;\n"
	"	__asm__ volatile(\"\" : : \"r\"(sum));\n"
	"	return sum;\n"							/* 25 */
	"out:\n"
	"	abort();\n"
	"}\n"
	"\n"
	"int main(int argc, char **argv)\n"					/* 30 */
	"{\n"
	"	head.v = argc;\n"
	"	return walk(&head, GOOD, (int)(argv - (char **)0) & 1);\n"
	"}\n";

static struct session session;
static char dir[] = "/tmp/test_dwarf-XXXXXX";

static const struct variant { const char *name, *flags; } variants[] = {
	{ "plain", "-O0 -gdwarf-5" }, { "optimised", "-O2 -gdwarf-5" }, { "old", "-O1 -gdwarf-4" },
};
enum { VARIANTS = sizeof variants / sizeof *variants };

struct kernel *session_kernel(struct session *s)
{
	const char *why;

	if (!s->kernel)
		s->kernel = kernel_open(NULL, &why);
	return s->kernel;
}

static const char *program(int i)
{
	return arena_printf("%s/%s", dir, variants[i].name);
}

static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	session.cache_dir = arena_printf("%s/cache", dir);
	assert_int_equal(file_write(arena_printf("%s/sample.c", dir), program_text,
				    strlen(program_text)), 0);
	for (int i = 0; i < VARIANTS; i++) {
		const char *command = arena_printf("cd %s && cc %s -o %s sample.c", dir,
						   variants[i].flags, variants[i].name);

		assert_int_equal(system(command), 0);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return dir_remove(dir);
}

static const struct cfunction *function;
static int function_count;

static void keep_function(const struct cfunction *f, void *data)
{
	(void)data;
	function = f;
	function_count++;
}

static const struct cfunction *find(const char *module, const char *name, unsigned wanted)
{
	function = NULL;
	function_count = 0;
	assert_true(functions_match(&session, module, name, NULL, wanted, keep_function, NULL) >= 0);
	return function;
}

/* Twice: the second time the index comes from the cache. */
static void test_functions(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * VARIANTS; i++) {
		const char *path = program(i % VARIANTS);
		const struct cfunction *f = find(path, "walk", FUNCTION_CALLS | FUNCTION_INLINES);

		assert_int_equal(function_count, 1);
		assert_string_equal(f->file, "sample.c");
		assert_int_equal(f->line, 14);
		assert_string_equal(f->symbol, "walk");
		assert_true(f->exported && !f->inlined);
		assert_int_equal(f->param_count, 3);
		assert_string_equal(f->params[0].name, "n");
		assert_string_equal(f->params[0].type->spelling, "cnode");
		assert_string_equal(f->params[1].type->spelling, "enum mood");
		assert_string_equal(f->result->spelling, "int");
		assert_true(function_body_address(&session, f) >= f->address);
	}
}

static void test_inlined(void **state)
{
	(void)state;
	for (int i = 0; i < VARIANTS; i++) {
		const struct cfunction *f;

		assert_null(find(program(i), "twice", FUNCTION_CALLS));
		f = find(program(i), "twice", FUNCTION_INLINES);
		assert_int_equal(function_count, 1);
		assert_true(f->inlined);
		assert_string_equal(f->symbol, "walk");
		assert_true(f->symbol_offset > 0);
		assert_int_equal(f->line, 8);
	}
}

static void test_patterns(void **state)
{
	const char *path = program(0);

	(void)state;
	find(path, "[mw]a*", FUNCTION_CALLS);
	assert_int_equal(function_count, 2);
	assert_int_equal(functions_match(&session, path, "*", "sample.c", FUNCTION_CALLS,
					 keep_function, NULL), 2);
	assert_int_equal(functions_match(&session, path, "*", "sample.c:20", FUNCTION_CALLS,
					 keep_function, NULL), 1);
	assert_string_equal(function->name, "walk");
	/* lines without code of their own, counted from the file's and from the function's first */
	assert_int_equal(functions_match(&session, path, "*", "sample.c:21", FUNCTION_CALLS,
					 keep_function, NULL), 1);
	assert_int_equal(functions_match(&session, path, "wa*", "sample.c+7", FUNCTION_CALLS,
					 keep_function, NULL), 1);
	assert_int_equal(functions_match(&session, path, "*", "sample.c:27-31", FUNCTION_CALLS,
					 keep_function, NULL), 2);
	assert_int_equal(functions_match(&session, path, "*", "sample.c:29", FUNCTION_CALLS,
					 keep_function, NULL), 0);
	assert_int_equal(functions_match(&session, path, "*", "other.c", FUNCTION_CALLS,
					 keep_function, NULL), 0);
}

static struct cstatement statement;
static int statement_count;

static void keep_statement(const struct cstatement *st, void *data)
{
	(void)data;
	statement = *st;
	statement_count++;
}

static int statements(const char *path, const char *text, bool nearest, unsigned close[2])
{
	struct point_pattern pattern;

	statement_count = 0;
	assert_true(point_pattern_parse(text, &pattern));
	return statements_match(&session, path, &pattern, nearest, close, keep_statement, NULL);
}

static void test_statements(void **state)
{
	unsigned close[2];
	bool exact;

	(void)state;
	for (int i = 0; i < VARIANTS; i++) {
		const char *path = program(i);

		assert_true(statements(path, "walk@sample.c:20", false, NULL) > 0);
		assert_string_equal(statement.function->name, "walk");
		assert_int_equal(statement.line, 20);
		assert_string_equal(statement.symbol, "walk");
		assert_true(statement_at(&session, path, statement.address, &statement, &exact));
		assert_true(exact);
		/* optimised, the line may share the address of the next */
		assert_true(i > 0 || statement.line == 20);
		assert_true(statements(path, "walk@sample.c+6", false, NULL) > 0);
		assert_int_equal(statement.line, 20);
		assert_true(statements(path, "*@sample.c:*", false, NULL) > 8);
		assert_true(statements(path, "walk@*.c:16-25", false, NULL) > 4);
		assert_int_equal(statements(path, "*@sample.c:29", false, close), 0);
		assert_true(close[0] >= 27 && close[0] < 29);
		assert_true(close[1] >= 30 && close[1] <= 32);
		assert_true(statements(path, "*@sample.c:29", true, NULL) > 0);
	}
}

static void test_pattern_shapes(void **state)
{
	static const char *const good[] = { "f", "f@a.c", "f@a.c:1", "f@a.c:1,5-7", "*@*:*", "f@a.c+3",
					    "f@dir+x/a.c" };
	static const char *const bad[] = { "", "@a.c", "f@", "f@a.c:", "f@a.c:x", "f@a.c:5-3", "f@:4",
					   "f@a.c:1," };
	struct point_pattern p;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(point_pattern_parse(good[i], &p));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(point_pattern_parse(bad[i], &p));
	assert_true(point_pattern_parse("f@dir/a.c:1,5-7", &p));
	assert_string_equal(p.file, "dir/a.c");
	assert_int_equal(p.ranges.len, 2);
	assert_int_equal(p.ranges.data[1].last, 7);
}

static void test_variables(void **state)
{
	struct location where;
	struct nearest near;

	(void)state;
	for (int i = 0; i < VARIANTS; i++) {
		const char *path = program(i);
		struct dscope *sc = dwarf_scope(&session, find(path, "walk", FUNCTION_CALLS), 0);
		const struct dvariable *v;

		assert_non_null(sc);
		v = dscope_variable(sc, "m", NULL);
		assert_true(v && v->is_parameter);
		dscope_locate(sc, v, &where);
		assert_int_not_equal(where.kind, LOCATION_NONE);
		assert_null(dscope_variable(sc, "here", NULL));	/* its block is not entered yet */
		assert_non_null(dscope_variable(sc, "sum", NULL));
		nearest_init(&near, "deptg");
		assert_null(dscope_variable(sc, "deptg", &near));
		assert_string_equal(near.best[0].name, "depth");
		v = dscope_variable(sc, "head", NULL);
		assert_non_null(v);
		dscope_locate(sc, v, &where);
		assert_int_equal(where.kind, LOCATION_ADDRESS);
		assert_string_equal(where.node->symbol, "head");
		assert_string_equal(dscope_result(sc)->spelling, "int");
		dscope_locate_result(sc, &where);
		assert_int_equal(where.kind, LOCATION_VALUE);

		assert_true(statements(path, "walk@sample.c:20", false, NULL) > 0);
		sc = dwarf_scope(&session, statement.function, statement.address);
		assert_non_null(dscope_variable(sc, "sum", NULL));
	}
}

/* On the ABI's word: at entry an optimised function has its parameters in registers. */
static void test_entry_registers(void **state)
{
#ifdef __x86_64__
	static const int registers[] = { 5, 4, 1 };
	struct dscope *sc = dwarf_scope(&session, find(program(1), "walk", FUNCTION_CALLS), 0);
	static const char *const names[] = { "n", "m", "depth" };

	for (int i = 0; i < 3; i++) {
		struct location where;

		dscope_locate(sc, dscope_variable(sc, names[i], NULL), &where);
		assert_int_equal(where.kind, LOCATION_VALUE);
		assert_int_equal(where.node->op, LOC_REGISTER);
		assert_int_equal(where.node->value, registers[i]);
	}
#endif
	(void)state;
}

static void test_types(void **state)
{
	int64_t value;

	(void)state;
	for (int i = 0; i < VARIANTS; i++) {
		const struct ctype *t = ctype_by_name(&session, program(i), "struct node", NULL);
		struct cmember m;

		assert_int_equal(t->size, 16);
		assert_true(ctype_member(t, "g", &m, NULL));
		assert_int_equal(8 * m.offset + m.bit_offset, 8 * 12 + 3);
		assert_int_equal(m.bit_size, 7);
		assert_true(ctype_member(t, "next", &m, NULL));
		assert_string_equal(m.type->spelling, "struct node*");
		assert_string_equal(m.type->target->name, "node");
		assert_true(enumerator_by_name(&session, program(i), "BAD", &value, NULL));
		assert_int_equal(value, -1);
		t = ctype_by_name(&session, program(i), "cnode", NULL);
		assert_int_equal(t->kind, CTYPE_POINTER);
		assert_string_equal(t->target->spelling, "struct node const");
	}
}

static bool global(int variant, const char *name, struct cglobal *out)
{
	return variable_find(&session, program(variant), name, out, NULL);
}

static void test_globals(void **state)
{
	struct cglobal g;

	(void)state;
	for (int i = 0; i < VARIANTS; i++) {
		assert_true(global(i, "shared", &g));
		assert_string_equal(g.type->spelling, "int");
		assert_int_equal(g.where.kind, LOCATION_ADDRESS);
		assert_true(global(i, "head@sample.c", &g));
		assert_false(global(i, "head@other.c", &g));
		assert_true(global(i, "own", &g));
		assert_int_equal(g.where.node->op, LOC_TLS);
	}
}

static void count_callee(const struct cfunction *f, void *data)
{
	*(int *)data += strcmp(f->name, "walk") == 0;
}

static void keep_label(const struct cstatement *st, const char *name, void *data)
{
	(void)data;
	statement = *st;
	assert_string_equal(name, "out");
}

static void test_callees_and_labels(void **state)
{
	struct point_pattern pattern;
	int calls = 0;

	(void)state;
	assert_true(callees_match(&session, find(program(1), "main", FUNCTION_CALLS), "*",
				  count_callee, &calls) > 0);
	assert_int_equal(calls, 1);
	assert_true(point_pattern_parse("walk", &pattern));
	assert_int_equal(labels_match(&session, program(0), &pattern, "o*", keep_label, NULL), 1);
	assert_int_equal(statement.line, 26);
}

/* Without DWARF the symbols remain. */
static void test_stripped(void **state)
{
	const char *path = arena_printf("%s/stripped", dir);
	struct csymbol symbol;

	(void)state;
	assert_int_equal(system(arena_printf("strip -g -o %s %s", path, program(0))), 0);
	assert_false(dwarf_available(&session, path));
	assert_non_null(find(path, "walk", FUNCTION_CALLS));
	assert_false(function->has_prototype);
	assert_true(symbol_by_name(&session, path, "walk", &symbol, NULL));
	assert_int_equal(symbol.address, function->address);
	assert_true(functions_match(&session, path, "walk", "sample.c", FUNCTION_CALLS,
				    keep_function, NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_inlined),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_statements),
		cmocka_unit_test(test_pattern_shapes),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_entry_registers),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_globals),
		cmocka_unit_test(test_callees_and_labels),
		cmocka_unit_test(test_stripped),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
