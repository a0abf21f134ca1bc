/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Macros, their library, conditionals and script arguments, as tables over pass 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "script_fixture.h"

/* Scripts set x in a probe; the result is what x was set to, or tags. */
struct row { const char *script, *expected; };

static const struct row conditions[] = {
	{ "%( 1 == 1 %? 2 %: 3 %)", "2" }, { "%( 1 == 2 %? 2 %: 3 %)", "3" },
	{ "4 %( 1 == 2 %? + 2 %)", "4" }, { "4 %( 1 == 1 %? + 2 %)", "4 + 2" },
	/* numbers */
	{ "%( 1 < 2 %? 1 %: 0 %)", "1" }, { "%( 2 <= 1 %? 1 %: 0 %)", "0" },
	{ "%( -2 < -1 %? 1 %: 0 %)", "1" }, { "%( 0x10 >= 16 %? 1 %: 0 %)", "1" },
	{ "%( 1 != 2 %? 1 %: 0 %)", "1" }, { "%( 3 > 2 %? 1 %: 0 %)", "1" },
	/* texts: no patterns, byte order */
	{ "%( \"a\" == \"a\" %? 1 %: 0 %)", "1" }, { "%( \"abc\" == \"a*\" %? 1 %: 0 %)", "0" },
	{ "%( \"a\" < \"b\" %? 1 %: 0 %)", "1" }, { "%( \"10\" < \"9\" %? 1 %: 0 %)", "1" },
	/* && binds tighter than || */
	{ "%( 1 == 1 || 1 == 2 && 1 == 2 %? 1 %: 0 %)", "1" },
	{ "%( 1 == 2 && 1 == 2 || 1 == 1 %? 1 %: 0 %)", "1" },
	{ "%( 1 == 1 && 1 == 1 && 1 == 2 %? 1 %: 0 %)", "0" },
	/* the kernel: 6.1.0-56-cloud-amd64 */
	{ "%( kernel_v >= \"6.1\" %? 1 %: 0 %)", "1" }, { "%( kernel_v >= \"6.10\" %? 1 %: 0 %)", "0" },
	{ "%( kernel_v == \"6.1.0\" %? 1 %: 0 %)", "1" }, { "%( kernel_v == \"6.*\" %? 1 %: 0 %)", "1" },
	{ "%( kernel_v != \"5.*\" %? 1 %: 0 %)", "1" },
	{ "%( kernel_vr == \"*cloud*\" %? 1 %: 0 %)", "1" },
	{ "%( kernel_vr > \"6.1.0-9\" %? 1 %: 0 %)", "1" },
	{ "%( CONFIG_SMP == \"y\" %? 1 %: 0 %)", "1" }, { "%( CONFIG_SMP == \"[ym]\" %? 1 %: 0 %)", "1" },
	{ "%( CONFIG_NONE == \"\" %? 1 %: 0 %)", "1" }, { "%( CONFIG_HZ == 250 %? 1 %: 0 %)", "1" },
	{ "%( CONFIG_HZ > 99 %? 1 %: 0 %)", "1" }, { "%( CONFIG_HZ == CONFIG_HZ %? 1 %: 0 %)", "1" },
	{ "%( CONFIG_HZ < CONFIG_SMP %? 1 %: 0 %)", "1" },
	/* the session */
	{ "%( systemtap_v >= \"5.0\" %? 1 %: 0 %)", "1" }, { "%( systemtap_v < \"5.10\" %? 1 %: 0 %)", "1" },
	{ "%( arch == \"x86_64\" || arch != \"x86_64\" %? 1 %: 0 %)", "1" },
	{ "%( runtime == \"kernel\" %? 1 %: 0 %)", "1" }, { "%( runtime == \"k*\" %? 1 %: 0 %)", "1" },
	{ "%( systemtap_privilege == \"stapusr\" %? 1 %: 0 %)", "1" },
	{ "%( guru_mode == 1 %? 1 %: 0 %)", "1" }, { "%( guru_mode != 1 %? 1 %: 0 %)", "0" },
	/* nesting */
	{ "%( 1 == 1 %? %( 1 == 2 %? 1 %: 2 %) %: %( 1 == 1 %? 3 %) %)", "2" },
	{ "%( 1 == 2 %? %( 1 == 2 %? 1 %: 2 %) %: %( 1 == 1 %? 3 %) %)", "3" },
	{ "%( 1 == 2 %? ) ] @nosuch $99 @define %( %? %) %: 1 %)", "1" },
	/* arguments: 7 and "a b" */
	{ "$1 + %( $# >= 2 %? 1 %: $9 %)", "7 + 1" }, { "%( $# >= 3 %? $3 %: 0 %)", "0" },
	{ "%( \"@1\" == @1 %? 1 %: @2 %)", "\"a b\"" }, { "@1 \"x\" @2", "\"7xa b\"" },
	{ "%( $1 == 7 %? @# %: $# %)", "\"2\"" },
	{ "$3", "!script_argument" }, { "@0", "!script_argument" }, { "$99999999999999999999", "!script_argument" },
	/* mistakes */
	{ "%( 1 == 1 %? 1", "!preprocessor" }, { "%( 1 == 2 %? 1", "!preprocessor" },
	{ "%( 1 == 1 %? 1 %: 2", "!preprocessor" }, { "%( 1 == 1 1 %)", "!preprocessor" },
	{ "1 %)", "!preprocessor" }, { "1 %: 2", "!preprocessor" }, { "1 %? 2", "!preprocessor" },
	{ "%( %? 1 %)", "!preprocessor" }, { "%( 1 %? 1 %)", "!preprocessor" },
	{ "%( 1 == %? 1 %)", "!preprocessor" }, { "%( 1 = 1 %? 1 %)", "!preprocessor" },
	{ "%( 1 == \"1\" %? 1 %)", "!preprocessor" }, { "%( \"1\" == 1 %? 1 %)", "!preprocessor" },
	{ "%( 1 == 1 && %? 1 %)", "!preprocessor" }, { "%( 1 == 1 1 %? 1 %)", "!preprocessor" },
	{ "%( 1 == 09 %? 1 %)", "!preprocessor" },
	{ "%( krnel_v == \"1\" %? 1 %)", "!preprocessor" }, { "%( kernel_v == 6 %? 1 %)", "!preprocessor" },
	{ "%( kernel_v > \"6.*\" %? 1 %)", "!preprocessor" }, { "%( arch > \"x\" %? 1 %)", "!preprocessor" },
	{ "%( CONFIG_SMP > \"a\" %? 1 %)", "!preprocessor" }, { "%( CONFIG_SMP == 1 %? 1 %)", "!preprocessor" },
	{ "%( CONFIG_NONE == 1 %? 1 %)", "!preprocessor" }, { "%( guru_mode == \"1\" %? 1 %)", "!preprocessor" },
};

/* Definitions, then what x is set to. */
static const struct { const char *definitions, *value, *expected; } macros[] = {
	{ "@define a %( 1 + 2 %)", "@a * 3", "1 + 2 * 3" },
	{ "@define a() %( 1 %)", "@a()", "1" },
	{ "@define a(p, q) %( (@p) * (@q) %)", "@a(1 + 2, f(3, g[4, 5]))", "(1 + 2) * f(3, g[4, 5])" },
	{ "@define a(p) %( @p %) @define b(p) %( @a(@p + 1) %)", "@b(2)", "2 + 1" },
	{ "@define a(p) %( @b(@p, @p) %) @define b(p, q) %( @p - @q %)", "@a(3)", "3 - 3" },
	{ "@define a %( f %)", "@a(1)", "f(1)" },
	{ "@define a(p) %( \"<\" @p \">\" %)", "@a(\"x\")", "\"<x>\"" },
	{ "@define a(p) %( %( @p == 1 %? 10 %: 20 %) %)", "@a(1) + @a(2)", "10 + 20" },
	{ "@define a(n) %( %( @n == 3 %? 0 %: 1 + @a(3) %) %)", "@a(1)", "1 + 0" },
	{ "@define a(p) %( @p %)", "@a(%( 1 == 1 %? f(1, 2) %: 3, 4 %))", "f(1, 2)" },
	{ "@define a(p) %( 1 @p %)", "@a()", "1" },
	{ "%( 1 == 1 %? @define a %( 1 %) %: @define a %( 2 %) %)", "@a", "1" },
	{ "@define a(count) %( @count %)", "@a(1)", "1" },
	{ "@define a %( @count(s) %)", "@a", "@count(s)" },
	{ "@define count(p) %( @p + 1 %)", "@count(2)", "2 + 1 ?suspicious" },
	{ "@define a %( $1 %)", "@a", "7" },
	/* mistakes */
	{ "@define a %( @a %)", "@a", "!macro" }, { "@define a %( @b %) @define b %( @a @a %)", "@a", "!macro" },
	{ "@define a(p) %( @p %)", "@a", "!macro" }, { "@define a(p) %( @p %)", "@a(1, 2)", "!macro" },
	{ "@define a() %( 1 %)", "@a(1)", "!macro" }, { "@define a(p) %( @p %)", "@a(1", "!macro" },
	{ "@define a %( 1 %) @define a %( 2 %)", "@a", "!macro" },
	{ "@define a %( @define b %( 1 %) %)", "@a", "!macro" },
	{ "@define a 1", "1", "!macro" }, { "@define %( 1 %)", "1", "!macro" }, { "@define a(1) %( 1 %)", "1", "!macro" },
	{ "@define a(p q) %( 1 %)", "1", "!macro" }, { "@define a %( %( %)", "1", "!macro" },
	{ "@define a %( %: %)", "@a", "!preprocessor" }, { "@define a %( 1 + %)", "@a", "!syntax" },
	{ "@define abc %( 1 %)", "@abd", "!syntax" },
};

static struct session *session_with_arguments(void)
{
	struct session *s = fixture_new();

	vec_push(&s->options.arguments, "7");
	vec_push(&s->options.arguments, "a b");
	s->options.guru = true;
	s->argument_used = arena_alloc(2);
	s->argument_used[0] = s->argument_used[1] = true;
	return s;
}

/* The right side of "x = ...;", or the tags. */
static const char *value_of(struct session *s, const char *definitions, const char *value)
{
	struct strbuf script = {0};

	strbuf_addf(&script, "%s\nprobe begin { x = %s\n}\n", definitions, value);
	s->options.script_text = arena_strdup(strbuf_text(&script));
	strbuf_release(&script);
	const char *result = fixture_pass_1(s), *start = strstr(result, "x = "), *warning;

	if (!start)
		return result;
	warning = strstr(start, "\n ?");
	return arena_printf("%.*s%s", (int)(strstr(start, ";\n") - start - 4), start + 4,
			    warning ? warning + 1 : "");
}

static void check(const char *definitions, const char *value, const char *expected)
{
	struct session *s = session_with_arguments();
	const char *result = value_of(s, definitions, value);

	if (strcmp(result, expected))
		fprintf(stderr, "%s ... %s\n%s", definitions, value, fixture_messages());
	assert_string_equal(result, expected);
}

static void conditions_choose(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
		check("", conditions[i].script, conditions[i].expected);
}

static void macros_expand(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++)
		check(macros[i].definitions, macros[i].value, macros[i].expected);
}

static void kernels_are_asked_for_only_when_needed(void **state)
{
	static const struct { const char *condition; bool asks; } cases[] = {
		{ "arch == \"*\" && runtime == \"*\" && guru_mode == 1", false },
		{ "1 == 2 && kernel_v > \"3\"", false }, { "1 == 1 || CONFIG_X == \"y\"", false },
		{ "1 == 1 && kernel_v > \"3\"", true }, { "1 == 2 || CONFIG_X == \"y\"", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct session *s = session_with_arguments();

		value_of(s, "", arena_printf("%%( %s %%? 1 %%: 2 %%)", cases[i].condition));
		assert_int_equal(fixture_kernel_asked != 0, cases[i].asks);
	}
}

static void expansion_is_bounded(void **state)
{
	struct strbuf definitions = {0};

	(void)state;
	for (int i = 0; i < 100; i++)
		strbuf_addf(&definitions, "@define m%d %%( @m%d @m%d %%)\n", i, i + 1, i + 1);
	strbuf_add(&definitions, "@define m100 %( %)\n");
	check(strbuf_text(&definitions), "@m0", "!macro");
	strbuf_release(&definitions);
}

static void conditionals_nest_deeply(void **state)
{
	struct strbuf value = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		strbuf_add(&value, "%( 1 == 1 %? ");
	strbuf_add(&value, "5");
	for (int i = 0; i < 100000; i++)
		strbuf_add(&value, " %)");
	check("", strbuf_text(&value), "5");
	strbuf_release(&value);
}

static void messages_show_the_expansion(void **state)
{
	(void)state;
	check("@define a(p) %( 1 + @p %)", "@a(* 2)", "!syntax");
	assert_null(strstr(fixture_messages(), "\"via\""));
	check("@define b %( * %) @define a %( @b %)", "1 + @a", "!syntax");
	assert_non_null(strstr(fixture_messages(), "\"via\":[{\"name\":\"@b\",\"file\":\"<input>\",\"line\":1"));
	assert_non_null(strstr(fixture_messages(), "{\"name\":\"@a\",\"file\":\"<input>\",\"line\":2"));
}

/* ---- the library ------------------------------------------------------------------------ */

static char folder[] = "/tmp/test_preprocess-XXXXXX";

static void write_library(const char *name, const char *text)
{
	file_write(arena_printf("%s/%s", folder, name), text, strlen(text));
}

static int make_library(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	mkdir(arena_printf("%s/linux", folder), 0755);
	mkdir(arena_printf("%s/6.1.0", folder), 0755);
	write_library("a.stpm", "@define one %( 1 %)\n@define two %( (@one + @one) %)\n"
		      "@define hidden %( @user %)\n@define count(p) %( 99 %)\n");
	write_library("linux/b.stpm", "@define here %( \"linux\" %)\n");
	write_library("c.stpm", "%( kernel_v >= \"6\" %? @define cond %( 6 %) %: @define cond %( 5 %) %)\n"
		      "@define one %( 11 %)\n");
	write_library("faulty.stpm", "@define good %( 1 %)\nprobe begin {}\n");
	write_library("6.1.0/v.stpm", "@define version %( 610 %)\n");
	return 0;
}

static int remove_library(void **state)
{
	(void)state;
	return dir_remove(folder);
}

static const char *with_library(const char *definitions, const char *value)
{
	struct session *s = session_with_arguments();

	s->tapset_dir = folder;
	vec_push(&s->options.tapset_dirs, folder);	/* the same files again */

	const char *result = value_of(s, definitions, value);
	size_t warnings = strcspn(result, "?");

	return warnings ? arena_strndup(result, warnings - (result[warnings] == '?')) : "";
}

static void library_macros_are_found(void **state)
{
	(void)state;
	assert_string_equal(with_library("", "@two"), "1 + 1");
}

static void library_faults_are_warnings(void **state)
{
	(void)state;
	assert_string_equal(with_library("", "@here . @cond"), "\"linux\" . 6");
	assert_non_null(strstr(fixture_messages(), "faulty.stpm"));
	assert_non_null(strstr(fixture_messages(), "library macro is defined twice"));
	assert_string_equal(with_library("", "@good"), "!syntax");
}

static void library_and_user_do_not_mix(void **state)
{
	(void)state;
	assert_non_null(strstr(with_library("@define user %( 5 %)", "@hidden"), "!syntax"));
	assert_string_equal(with_library("@define one %( 5 %)", "@one + @two"), "5 + (1 + 1)");
	assert_string_equal(with_library("", "@count(s)"), "@count(s)");
	assert_string_equal(with_library("", "@version"), "610");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_choose),
		cmocka_unit_test(macros_expand),
		cmocka_unit_test(kernels_are_asked_for_only_when_needed),
		cmocka_unit_test(expansion_is_bounded),
		cmocka_unit_test(conditionals_nest_deeply),
		cmocka_unit_test(messages_show_the_expansion),
		cmocka_unit_test(library_macros_are_found),
		cmocka_unit_test(library_faults_are_warnings),
		cmocka_unit_test(library_and_user_do_not_mix),
	};

	return cmocka_run_group_tests_name("preprocess", tests, make_library, remove_library);
}
