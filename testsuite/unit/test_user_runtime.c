/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user runtime from outside: handmade_script, which lies beside this program, is
 * run with different arguments; its output, messages and exit status are compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BEGIN "a 1 5\nb 2 1\n"

#define END \
	"end 12\n" \
	"value |-------------------------------------------------- count\n" \
	"    0 |                                                   0\n" \
	"    1 |@                                                  1\n" \
	"    2 |@                                                  1\n" \
	"    4 |                                                   0\n" \
	"    8 |@                                                  1\n" \
	"   16 |                                                   0\n" \
	"   32 |                                                   0\n\n"

static char script[4096];

/* stdout and stderr together; returns the exit status. */
static int run(const char *arguments, char *out, size_t size)
{
	char command[5000];
	size_t n;
	FILE *f;

	snprintf(command, sizeof(command), "exec 2>&1; timeout 20 %s %s", script, arguments);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(out, 1, size - 1, f);
	out[n] = 0;
	return WEXITSTATUS(pclose(f));
}

static void expect(const char *arguments, int status, const char *text)
{
	char out[10000];
	int got = run(arguments, out, sizeof(out));

	assert_string_equal(out, text);
	assert_int_equal(got, status);
}

static void test_life(void **state)
{
	(void)state;
	expect("", 0, "begin 0 none\n" BEGIN "second\narmed\n" END "ticks=3\n");
}

static void test_exit_in_begin(void **state)
{
	(void)state;
	expect("mode=1", 0, "begin 1 none\n" BEGIN END "ticks=0\n");
}

static void test_globals(void **state)
{
	(void)state;
	expect("mode=0x1 text=hello unknown=3", 0, "begin 1 hello\n" BEGIN END "ticks=0\n");
	expect("mode=x", 1, "ERROR: not a number: mode=x\n");
	expect("word", 1, "ERROR: not an assignment to a global: word\n");
}

static void test_error(void **state)
{
	(void)state;
	expect("mode=2", 1, "begin 2 none\n" BEGIN
	       "ERROR: as asked near identifier 'error' at handmade.stp:5:3"
	       " (called from identifier 'f' at handmade.stp:9:1) in probe begin\n"
	       "error probe\nWARNING: Number of errors: 1, skipped probes: 0\n");
	expect("mode=5 -w 2>&1 | tail -2", 0, "ERROR: tick in probe timer.ms(5)\nerror probe\n");
	expect("mode=6 2>&1 | grep fault", 0,
	       "ERROR: read fault [man error::fault] at 0x8 in probe timer.ms(5)\n");
}

static void test_abort(void **state)
{
	(void)state;
	expect("mode=3", 0, "begin 3 none\n" BEGIN END "ticks=0\n");
}

static void test_system(void **state)
{
	(void)state;
	expect("mode=4 | grep system", 0, "from system\n");
}

static void test_command(void **state)
{
	(void)state;
	expect("mode=7 -c 'echo hi' | grep hi", 0, "hi\n");
	expect("mode=7 -c 'sh -c \"exit 3\"' 2>&1 | grep WARNING", 0, "WARNING: Child process exited with status 3\n");
	expect("mode=7 -c 'kill -9 $$;' 2>&1 | grep WARNING", 0, "WARNING: Child process exited with signal 9 (Killed)\n");
	expect("mode=7 -c 'exit 3;' 2>&1 >/dev/null", 1, "WARNING: Child process exited with status 3\n");
	expect("mode=7 -c /nonexistent 2>&1 | grep -c 'ERROR: cannot run /nonexistent: No such file'", 0, "1\n");
	expect("mode=1 -c 'echo never' | grep never", 1, "");
	expect("-c 'sleep 30' | tail -1", 0, "ticks=3\n");
	expect("-c true -x 1", 1, "ERROR: cannot use both: -c and -x\n");
}

static void test_output_file(void **state)
{
	(void)state;
	expect("-o /tmp/handmade.%%Y mode=1 && head -1 /tmp/handmade.%Y; rm /tmp/handmade.%Y", 0,
	       "begin 1 none\n");
	expect("-o /nonexistent/x", 1, "ERROR: cannot open /nonexistent/x: No such file or directory\n");
	expect("-S 1 mode=1", 1, "ERROR: -S needs: -o FILE\n");
	expect("-S 1,2 -o /tmp/handmade_s mode=1; head -1 /tmp/handmade_s.0; rm /tmp/handmade_s.0", 0,
	       "begin 1 none\n");
	expect("mode=1 >/dev/full", 1, "ERROR: cannot write the output: No space left on device\n");
}

/* SIGINT is an orderly end. */
static void test_signal(void **state)
{
	(void)state;
	expect("mode=7 -c 'sleep 0.1; kill -INT $PPID; exec sleep 30' >/dev/null", 0, "");
	expect("mode=7 -c 'sleep 0.1; kill -TERM $PPID; exec sleep 30' | grep -c ^end", 0, "1\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_exit_in_begin),
		cmocka_unit_test(test_globals),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_abort),
		cmocka_unit_test(test_system),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_output_file),
		cmocka_unit_test(test_signal),
	};
	char *slash;

	(void)argc;
	snprintf(script, sizeof(script) - 20, "%s", argv[0]);
	slash = strrchr(script, '/');
	strcpy(slash ? slash + 1 : script, "handmade_script");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
