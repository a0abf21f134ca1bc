/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of options, words of rc files, and whole command lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../stap/base/arena.h"
#include "../../stap/option_check.h"
#include "../../stap/option_words.h"
#include "../../stap/options.h"
#include "../../stap/session.h"

/* ---- values --------------------------------------------------------------------------- */

struct verdict {
	const char *text;
	bool good;
};

static void check_all(bool (*check)(const char *), const struct verdict *v)
{
	for (; v->text; v++)
		if (check(v->text) != v->good)
			fail_msg("'%s' should be %s", v->text, v->good ? "accepted" : "refused");
}

static void test_macros(void **state)
{
	static const struct verdict verdicts[] = {
		{ "A", true }, { "_a1", true }, { "MAXACTION=5", true }, { "X=-5", true }, { "X=abc_1", true },
		{ "", false }, { "1A", false }, { "A=", false }, { "A=-", false }, { "A=1;2", false },
		{ "A B", false }, { "A=\"x\"", false }, { "=1", false }, { "A=1=2", false }, { NULL, false },
	};

	(void)state;
	check_all(is_macro_definition, verdicts);
}

static void test_globals(void **state)
{
	static const struct verdict verdicts[] = {
		{ "a=1", true }, { "a=-1", true }, { "a=x.y-z_", true }, { "a=0x1F", true },
		{ "a", false }, { "a=", false }, { "a=b c", false }, { "a='x'", false }, { NULL, false },
	};

	(void)state;
	check_all(is_global_setting, verdicts);
}

static void test_module_names(void **state)
{
	static const struct verdict verdicts[] = {
		{ "a", true }, { "stap_1", true }, { "", false }, { "A", false }, { "a-b", false },
		{ "a2345678901234567890123456789012345678901234567890_2345", true },
		{ "a2345678901234567890123456789012345678901234567890_23456", false }, { NULL, false },
	};

	(void)state;
	check_all(is_module_name, verdicts);
}

static void test_numbers(void **state)
{
	long n;
	double d;

	(void)state;
	assert_true(read_number("4095", 10, 1, 4095, &n) && n == 4095);
	assert_false(read_number("4096", 10, 1, 4095, &n));
	assert_false(read_number("-1", 10, -5, 5, &n));
	assert_false(read_number("1x", 10, 0, 5, &n));
	assert_false(read_number("", 10, 0, 5, &n));
	assert_false(read_number("99999999999999999999", 10, 0, 1L << 62, &n));
	assert_true(read_seconds("0.5", &d) && d == 0.5);
	assert_true(read_seconds(".5", &d) && d == 0.5);
	assert_false(read_seconds("0", &d));
	assert_false(read_seconds("-1", &d));
	assert_false(read_seconds("nan", &d));
	assert_false(read_seconds("1e999", &d));
	assert_false(read_seconds("1s", &d));
}

/* ---- words ------------------------------------------------------------------------------- */

static void expect_words(const char *text, const char *joined)
{
	char **words, *got;
	int count;

	assert_true(split_words(text, &words, &count));
	assert_string_equal(words[0], "stap");
	got = arena_strdup("");
	for (int i = 1; i < count; i++)
		got = arena_printf("%s<%s>", got, words[i]);
	assert_string_equal(got, joined);
	assert_null(words[count]);
}

static void test_words(void **state)
{
	char **words;
	int count;

	(void)state;
	expect_words("", "");
	expect_words("  -v\n-g -I /x # rest\n -w", "<-v><-g><-I></x><-w>");
	expect_words("-e 'probe end {}' -G\"a\"=b\\ c", "<-e><probe end {}><-Ga=b c>");
	expect_words("''", "<>");
	expect_words("'a\\b' \"a\\\"b\"", "<a\\b><a\"b>");
	assert_false(split_words("-e 'x", &words, &count));
	assert_false(split_words("\"", &words, &count));
}

/* ---- command lines ------------------------------------------------------------------------- */

#define MAX_WORDS 20

/* Parses "stap WORDS..." without an rc file; returns what options_parse() returns. */
static int parse(struct session *s, const char *line)
{
	char **words;
	int count, status;

	memset(s, 0, sizeof *s);
	setenv("SYSTEMTAP_DIR", "/nonexistent", 1);
	unsetenv("SYSTEMTAP_RELEASE");
	assert_true(split_words(line, &words, &count));
	status = options_parse(s, count, words);
	diag_reset();
	return status;
}

static void test_command_lines(void **state)
{
	static struct session s;

	(void)state;
	assert_int_equal(parse(&s, "-v -v script.stp 1 -v"), OPTIONS_GO_ON);
	assert_string_equal(s.options.script_file, "script.stp");
	assert_int_equal(s.options.arguments.len, 1);
	assert_int_equal(s.options.verbose[3], 3);
	assert_int_equal(s.options.last_pass, 5);

	assert_int_equal(parse(&s, "-p2 -e x a b"), OPTIONS_GO_ON);
	assert_null(s.options.script_file);
	assert_int_equal(s.options.arguments.len, 2);
	assert_int_equal(s.options.last_pass, 2);

	assert_int_equal(parse(&s, "-m x.ko -e x"), OPTIONS_GO_ON);
	assert_string_equal(s.options.module_name, "x");
	assert_int_equal(parse(&s, "-L x -E y"), OPTIONS_GO_ON);
	assert_true(s.options.unoptimized && s.options.suppress_warnings);
	assert_int_equal(parse(&s, "--vp 01 -e x"), OPTIONS_GO_ON);
	assert_int_equal(s.options.verbose[2], 1);
	assert_int_equal(parse(&s, "--vm=1.2.3 -e x"), OPTIONS_GO_ON);
	assert_true(s.options.vm && !strcmp(s.options.release, "1.2.3"));
	assert_int_equal(parse(&s, "-r 1.2.3 -e x"), OPTIONS_GO_ON);
	assert_int_equal(s.options.last_pass, 4);
	assert_int_equal(parse(&s, "--target-namespaces=7 -x 8 -e x"), OPTIONS_GO_ON);
	assert_true(s.options.namespaces_pid == 7 && s.options.target_pid == 8);
	assert_int_equal(parse(&s, "-- script.stp -x"), OPTIONS_GO_ON);
	assert_int_equal(s.options.arguments.len, 1);
	assert_int_equal(parse(&s, "script.stp a -c ls -- -x"), OPTIONS_GO_ON);
	assert_string_equal(s.options.command, "ls");
	assert_int_equal(s.options.arguments.len, 2);
}

static void test_refusals(void **state)
{
	static const char *const lines[] = {
		"", "--nonsense", "-Z", "-p0 -e x", "-p -e", "-e x -e y", "-l a -L b", "-l a -e x", "-l a -p2",
		"--dump-functions x", "-c a -x 1 -e x", "-S 1 -e x", "-g --unprivileged -e x", "-x 0 -e x",
		"-s 4096 -e x", "--remote=h -e x", "--suppress-time-limits -e x", "-m '' -e x", "-c '' -e x",
		"--compatible=9.9 -e x", "--runtime=bpf -e x", "--runtime=user --vm -e x", "--skip-badvars=1 -e x",
		"--prologue-searching=on -e x",
		"--target-namespaces=init -e x",
		NULL
	};
	static struct session s;

	(void)state;
	for (const char *const *line = lines; *line; line++)
		if (parse(&s, *line) != 1)
			fail_msg("'%s' should be refused", *line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_macros),
		cmocka_unit_test(test_globals),
		cmocka_unit_test(test_module_names),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_command_lines),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
