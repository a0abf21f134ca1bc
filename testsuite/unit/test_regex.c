/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns: a table of matches with their groups by the POSIX rule, a table of faulty
 * patterns, the C text through a real compiler, and random patterns against the libc.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <regex.h>

#include <cmocka.h>

#include "regex_table.h"
#include "../../stap/base/arena.h"
#include "../../stap/base/strbuf.h"
#include "../../stap/regex/regex.h"

/* `groups` as "(0,3)(1,2)(?,?)"; "NO" when nothing matches. */
struct example { const char *pattern, *text, *groups; };

static const struct example examples[] = {
	/* bytes and sets */
	{ "abc", "xabcy", "(1,4)" },
	{ "abc", "xaby", "NO" },
	{ "", "abc", "(0,0)" },
	{ "", "", "(0,0)" },
	{ "a.c", "a\nc", "(0,3)" },
	{ "[abc]+", "xxcabyy", "(2,5)" },
	{ "[^abc]+", "abxyc", "(2,4)" },
	{ "[]a]+", "x]a]", "(1,4)" },
	{ "[^]a]", "]ab", "(2,3)" },
	{ "[a-]+", "b-a-", "(1,4)" },
	{ "[-a]+", "b-a-", "(1,4)" },
	{ "[[:digit:]]+", "pid 4711.", "(4,8)" },
	{ "[[:alpha:]_][[:alnum:]_]*", "9x_1 y", "(1,4)" },
	{ "[[:space:]]", "a\tb", "(1,2)" },
	{ "[a-c[:digit:]x]+", "zb3xq", "(1,4)" },
	{ "\xff[\x80-\xfe]", "a\xff\x90", "(1,3)" },
	/* escapes */
	{ "a\\.c", "abc a.c", "(4,7)" },
	{ "\\x41\\102\\t", "xAB\t", "(1,4)" },
	{ "\\(\\)\\[\\]\\{\\}\\*\\+\\?\\|\\^\\$\\\\", "()[]{}*+?|^$\\", "(0,13)" },
	{ "[\\]\\n]+", "a]\n", "(1,3)" },
	{ "\\d", "5d", "(1,2)" },
	{ "\\n", "a\nb", "(1,2)" },
	/* anchors */
	{ "^abc", "abcabc", "(0,3)" },
	{ "^abc", "xabc", "NO" },
	{ "abc$", "abcabc", "(3,6)" },
	{ "abc$", "abcx", "NO" },
	{ "^$", "", "(0,0)" },
	{ "^$", "a", "NO" },
	{ "$^", "", "(0,0)" },
	{ "a^b", "ab", "NO" },
	{ "a$b", "ab", "NO" },
	{ "(^a|b$)+", "ab", "(0,2)(1,2)" },
	{ "(^|x)a", "ba xa", "(3,5)(3,4)" },
	{ "x*$", "abxx", "(2,4)" },
	{ "^*a", "a", "(0,1)" },
	/* repetition */
	{ "ab*c", "xacx", "(1,3)" },
	{ "ab+c", "ac abbc", "(3,7)" },
	{ "ab?c", "abbc ac", "(5,7)" },
	{ "a{3}", "aaaa", "(0,3)" },
	{ "a{2,}", "baaaa", "(1,5)" },
	{ "a{2,3}", "aaaa", "(0,3)" },
	{ "a{,2}b", "aaab", "(1,4)" },
	{ "a{0}b", "ab", "(1,2)" },
	{ "(ab){2}", "ababab", "(0,4)(2,4)" },
	{ "(a|b){1,3}c", "ababc", "(1,5)(3,4)" },
	{ "a**b", "aab", "(0,3)" },
	{ "(a*)*", "b", "(0,0)(0,0)" },
	{ "(a*)+", "b", "(0,0)(0,0)" },
	{ "(a*)*", "aa", "(0,2)(0,2)" },
	{ "(a|b)*", "-", "(0,0)(?,?)" },
	{ "(a+|b)*", "ab", "(0,2)(1,2)" },
	{ "(a+|b){0,}", "ab", "(0,2)(1,2)" },
	{ "(a+|b)?", "ab", "(0,1)(0,1)" },
	/* leftmost, longest */
	{ "a|ab|abc", "xabcd", "(1,4)" },
	{ "bc|abc|c", "abc", "(0,3)" },
	{ "x*", "aaxx", "(0,0)" },
	{ "(a|ab)(c|bcd)(d*)", "abcd", "(0,4)(0,2)(2,3)(3,4)" },
	{ "(a|ab)(bcd|c)(d*)", "abcd", "(0,4)(0,2)(2,3)(3,4)" },
	{ "(ab|a)(c|bcd)(d*)", "abcd", "(0,4)(0,2)(2,3)(3,4)" },
	{ "(a*)(ab)*(b*)", "abb", "(0,3)(0,1)(?,?)(1,3)" },
	{ "(a*)(ab)*b*", "abc", "(0,2)(0,1)(?,?)" },
	{ "(a+)(a+)", "aaaa", "(0,4)(0,3)(3,4)" },
	{ "(a*)(a+)", "aaaa", "(0,4)(0,3)(3,4)" },
	{ "(.*)(.*)", "abc", "(0,3)(0,3)(3,3)" },
	{ "(a?)((ab)?)", "ab", "(0,2)(0,0)(0,2)(0,2)" },
	{ "(a?)((ab)?)(b?)", "ab", "(0,2)(0,1)(1,1)(?,?)(1,2)" },
	{ "(aa|aaa)*", "aaaaa", "(0,5)(3,5)" },
	{ "(aa|aaa)(a|aa)", "aaaa", "(0,4)(0,3)(3,4)" },
	{ "(aaaa|aa)*", "aaaaaa", "(0,6)(4,6)" },
	/* groups */
	{ "((a)(b))", "xab", "(1,3)(1,3)(1,2)(2,3)" },
	{ "(a)|(b)", "b", "(0,1)(?,?)(0,1)" },
	{ "((a)|(b))*", "ab", "(0,2)(1,2)(?,?)(1,2)" },
	{ "((a)|(b))*", "ba", "(0,2)(1,2)(1,2)(?,?)" },
	{ "(?:ab)+(c)", "xababc", "(1,6)(5,6)" },
	{ "(?:a|(b))c", "ac", "(0,2)(?,?)" },
	{ "()", "a", "(0,0)(0,0)" },
	{ "a()b", "ab", "(0,2)(1,1)" },
	{ "(a|)b", "b", "(0,1)(0,0)" },
	{ "(|a)b", "ab", "(0,2)(0,1)" },
	{ "([^/]*)$", "/usr/bin/stap", "(9,13)(9,13)" },
	{ "^([a-z]+)://([^:/]+)(:([0-9]+))?(/.*)?$", "http://example.org:8080/x/y",
	  "(0,27)(0,4)(7,18)(18,23)(19,23)(23,27)" },
	{ "^([a-z]+)://([^:/]+)(:([0-9]+))?(/.*)?$", "ftp://h/x", "(0,9)(0,3)(6,7)(?,?)(?,?)(7,9)" },
	{ "([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})", "ip=10.0.200.3;",
	  "(3,13)(3,5)(6,7)(8,11)(12,13)" },
	{ "(([a-z]{1,63})\\.){1,4}([a-z]{2,63})$", "ftp.debian.org", "(0,14)(4,11)(4,10)(11,14)" },
	{ "^(x).{300}", "xx", "NO" },
	{ ".{1,900}b", "aab", "(0,3)" },
	/* too many states for an automaton */
	{ "x.{20}", "abxxcdefghijklmnopqrstuvwxyz", "(2,23)" },
	{ "x.{20}", "abxcdefghijklmnopqrst", "NO" },
	{ "x.{20}$", "xxxxxxxxxxxxxxxxxxxxxxxx", "(3,24)" },
	{ "^.*x.{20}", "abxxcdefghijklmnopqrstuvwxyz", "(0,24)" },
	{ "(a|b)*a(a|b){20}", "cabababababababababababababac", "(1,28)(6,7)(27,28)" },
	{ "x(.{19})(y|.)+", "zx012345678901234567890y", "(1,24)(2,21)(23,24)" },
	{ "a.{15,30}b|c.{25}$", "caxxxxxxxxxxxxxxxxxxxxxxxxxbc", "(1,28)" },
	{ "x.{300}", "x", "NO" },
	{ "(([a-z]+)=([0-9]+),?)+", "a=1,bc=22,d=3;", "(0,13)(10,13)(10,11)(12,13)" },
};

/* Patterns that are refused, with the start of the reason and the place. */
static const struct { const char *pattern, *reason; size_t offset; } faulty[] = {
	{ "a(b", "( is not closed", 1 },
	{ "ab)", ") without (", 2 },
	{ "a[bc", "[ is not closed", 1 },
	{ "*a", "nothing to repeat", 0 },
	{ "a|+", "nothing to repeat", 2 },
	{ "(?", "only (?:", 1 },
	{ "(?i)a", "only (?:", 1 },
	{ "(?=a)", "only (?:", 1 },
	{ "a{x", "a number must follow {", 1 },
	{ "a{2", "{ is not closed", 1 },
	{ "a{3,2}", "the repetition's maximum", 1 },
	{ "a{1001}", "repetition count above 1000", 2 },
	{ "[z-a]", "the range ends before", 1 },
	{ "[[:digits:]]", "no such character class", 1 },
	{ "[[.a.]]", "collating elements", 1 },
	{ "ab\\", "nothing after \\", 2 },
	{ "\\xg", "\\x needs", 2 },
	{ "((a{1000}){1000}){1000}", "too", 0 },
	{ "((((){1000}){1000}){1000}){1000}", "too", 0 },
	{ "(a|b)*a(a|b){300}", "the pattern needs too many states", 0 },
};

/* The same with captures only. */
static const struct { const char *pattern, *reason; } faulty_captures[] = {
	{ "()()()()()()()()()()()()()()()()", "more than 15 groups" },
	{ "(a).{1000}", "too long a pattern for matched()" },
};

static u16 marks[REGEX_MARKS];

static void print_groups(char *out, size_t size, const struct regex_match *m)
{
	size_t n = 0;

	out[0] = 0;
	for (int i = 0; i < m->count && n < size; i++)
		n += (size_t)(m->start[i] < 0 ? snprintf(out + n, size - n, "(?,?)") :
			      snprintf(out + n, size - n, "(%d,%d)", m->start[i], m->end[i]));
}

static void check_examples(void)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
		const struct example *e = &examples[i];
		struct regex_error error = {0};
		const struct regex_table *table = regex_table_make(e->pattern, true, &error);
		struct regex_match match = { .marks = marks };
		char groups[300] = "NO";

		if (!table && regex_table_in_places)	/* too long for these */
			continue;
		if (!table)
			fail_msg("/%s/: %s at %zu", e->pattern, error.text, error.offset);
		assert_int_equal(regex_search(table, e->text, NULL), strcmp(e->groups, "NO") != 0);
		if (regex_search(table, e->text, &match))
			print_groups(groups, sizeof(groups), &match);
		else
			assert_int_equal(match.count, 0);
		if (strcmp(groups, e->groups))
			fail_msg("/%s/ on \"%s\": %s, expected %s", e->pattern, e->text, groups, e->groups);
		arena_reset();
	}
}

/* Also as sets of places, for those that have an automaton. */
static void test_examples(void **state)
{
	(void)state;
	check_examples();
	regex_table_in_places = true;
	check_examples();
	regex_table_in_places = false;
}

static void expect_fault(const char *pattern, bool captures, const char *reason, size_t offset)
{
	const char *error = NULL;
	size_t at = 0;

	if (regex_check(pattern, captures, &error, &at))
		fail_msg("/%s/ was accepted", pattern);
	if (strncmp(error, reason, strlen(reason)) || at != offset)
		fail_msg("/%s/: \"%s\" at %zu, expected \"%s\" at %zu", pattern, error, at, reason, offset);
	arena_reset();
}

static void test_faulty(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faulty) / sizeof(*faulty); i++)
		expect_fault(faulty[i].pattern, false, faulty[i].reason, faulty[i].offset);
	for (size_t i = 0; i < sizeof(faulty_captures) / sizeof(*faulty_captures); i++)
		expect_fault(faulty_captures[i].pattern, true, faulty_captures[i].reason, 0);
}

/* ---- the C text ------------------------------------------------------------------------ */

static const char *const printed[] = { "", "abc", "^(a|b)*$", "([0-9]+)-([^x]+)x?", "[[:upper:]](.)\\n", "1.{20}x|-.(.)" };

#define PRINTED (sizeof(printed) / sizeof(*printed))

static void write_program(FILE *f)
{
	struct strbuf text = {0};

	fprintf(f, "#include \"core/regex.h\"\nextern int printf(const char *, ...);\n");
	for (size_t i = 0; i < PRINTED; i++) {
		const char *error;
		char name[20];
		size_t at;

		snprintf(name, sizeof(name), "re%zu", i);
		assert_true(regex_compile(printed[i], true, &text, name, &error, &at));
	}
	fputs(strbuf_text(&text), f);
	fprintf(f, "int main(int n, char **v) { static u16 marks[REGEX_MARKS]; struct regex_match m = { .marks = marks }; (void)n;\n");
	for (size_t i = 0; i < PRINTED; i++)
		fprintf(f, "regex_search(&re%zu, v[1], &m); printf(\"%%d,%%d \", m.count, m.count ? m.end[m.count - 1] : 0);\n", i);
	fprintf(f, "return 0; }\n");
	strbuf_release(&text);
	fclose(f);
}

static void test_c_text(void **state)
{
	char dir[] = "/tmp/test_regexXXXXXX", command[10000], line[200] = "", runtime[PATH_MAX];
	const char *source = getenv("srcdir");
	FILE *f;

	(void)state;
	assert_non_null(realpath(source ? source : ".", runtime));
	assert_non_null(mkdtemp(dir));
	snprintf(command, sizeof(command), "%s/t.c", dir);
	f = fopen(command, "w");
	assert_non_null(f);
	write_program(f);
	snprintf(command, sizeof(command),
		 "cd %s && cc -std=gnu17 -Wall -Wextra -Werror -I%s/runtime t.c %s/runtime/core/regex.c -o t && ./t 12-34; rm -rf %s",
		 dir, runtime, runtime, dir);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	pclose(f);
	assert_string_equal(line, "1,0 0,0 0,0 3,5 0,0 2,5 ");
	arena_reset();
}

/* ---- against the libc -------------------------------------------------------------------- */

static unsigned random_state = 12345;

static unsigned any(unsigned below)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 8) % below;
}

static void random_pattern(char *out, int depth)
{
	static const char *const atoms[] = { "a", "b", "c", ".", "[ab]", "[^a]", "ab", "ba" };
	static const char *const repeats[] = { "", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}" };
	int pieces = 1 + (int)any(3);

	for (int i = 0; i < pieces; i++) {
		const char *repeat = repeats[any(9)];
		if (depth && any(3) == 0) {
			strcat(out, "(");
			random_pattern(out, depth - 1);
			if (any(2)) {
				strcat(out, "|");
				random_pattern(out, depth - 1);
			}
			strcat(out, ")");
		} else {
			strcat(out, atoms[any(8)]);
		}
		strcat(out, repeat);
	}
}

static void random_text(char *out, unsigned most)
{
	unsigned len = any(most);

	for (unsigned i = 0; i < len; i++)
		out[i] = "abcx"[any(4)];
	out[len] = 0;
}

static bool groups_are_sane(const struct regex_match *m)
{
	for (int i = 1; i < m->count; i++) {
		if (m->start[i] == -1 && m->end[i] == -1)
			continue;
		if (m->start[i] < m->start[0] || m->end[i] > m->end[0] || m->start[i] > m->end[i])
			return false;
	}
	return true;
}

/* Where the whole match lies must agree; of the groups, the libc is itself not sure in repeated ones. */
static void compare(const struct regex_table *table, const regex_t *libc, const char *pattern, const char *text)
{
	struct regex_match ours = { .marks = marks };
	regmatch_t theirs[REGEX_MAX_GROUPS];
	bool found = regex_search(table, text, &ours);
	bool expected = !regexec(libc, text, REGEX_MAX_GROUPS, theirs, 0);

	if (found != expected || regex_search(table, text, NULL) != expected)
		fail_msg("/%s/ on \"%s\": %d, libc %d", pattern, text, found, expected);
	if (!found)
		return;
	if (ours.start[0] != theirs[0].rm_so || ours.end[0] != theirs[0].rm_eo)
		fail_msg("/%s/ on \"%s\": (%d,%d), libc (%d,%d)", pattern, text, ours.start[0], ours.end[0],
			 theirs[0].rm_so, theirs[0].rm_eo);
	if (!groups_are_sane(&ours))
		fail_msg("/%s/ on \"%s\": a group lies outside", pattern, text);
}

static void test_against_libc(void **state)
{
	int compared = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		char pattern[4000] = "", text[64];
		struct regex_error error = {0};
		const struct regex_table *table;
		regex_t libc;

		strcat(pattern, any(8) ? "" : "^");
		random_pattern(pattern, 2);
		strcat(pattern, any(8) ? "" : "$");	/* elsewhere the libc's anchors are wrong at times */
		regex_table_in_places = i % 2;
		table = regex_table_make(pattern, true, &error);
		if (table && !regcomp(&libc, pattern, REG_EXTENDED)) {
			for (int j = 0; j < 20; j++) {
				random_text(text, 16);
				compare(table, &libc, pattern, text);
				compared++;
			}
			regfree(&libc);
		}
		arena_reset();
	}
	regex_table_in_places = false;
	assert_true(compared > 20000);
}

/* ---- bounds ------------------------------------------------------------------------------------ */

/* The classic trap of backtracking engines, on the longest string. */
static void test_no_explosion(void **state)
{
	struct regex_error error = {0};
	const struct regex_table *table = regex_table_make("((a*)*|(a+)(a+))*b", true, &error);
	struct regex_match match = { .marks = marks };
	char text[512];

	(void)state;
	assert_non_null(table);
	memset(text, 'a', 511);
	text[511] = 0;
	assert_false(regex_search(table, text, &match));
	text[510] = 'b';
	assert_true(regex_search(table, text, &match));
	assert_int_equal(match.end[0], 511);
	assert_int_equal(match.end[1], 510);
	arena_reset();
}

/* Patterns of up to a kilobyte, made of a part that is repeated. */
static const struct { const char *before, *part, *after; } hard[] = {
	{ "", "a", "" }, { "", "foo.*", "" }, { "", "[a-c][b-d]", ".*a[ab]{14}" }, { "", "(?:x+x+)+y", "" }, { "", "(a*)*", "b" },
	{ "(?:", "abc.|", "d)*e" }, { ".*(?:a|b)", "(?:a|b)?", "c" }, { "[ab]*a", "[ab]", "" }, { "x.*", ".", "y" },
	{ "(?:a{1,100}){1,100}", "", "" }, { ".{1000}", "", "" }, { "(?:a?){500}a{500}", "", "" }, { ".{0,1000}a.{0,1000}", "", "" },
	{ "(?:a|ab)...................(?:c|bcd)|A$", "", "" }, { "(?:", "(?:a|b)*c.|", "d){3}" }, { "(?:.{1,30}){1,30}", "", "" },
};

/* Seconds of the processor to make the automata, or to find that they are too large. */
static double seconds_for(const char *pattern, bool captures)
{
	struct regex_error error = {0};
	clock_t start = clock();

	regex_table_make(pattern, captures, &error);
	arena_reset();
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static void test_no_pattern_is_slow(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hard) / sizeof(*hard); i++) {
		char pattern[1100];
		size_t len = strlen(strcpy(pattern, hard[i].before));

		while (*hard[i].part && len + strlen(hard[i].part) < 1000)
			len = (size_t)(stpcpy(pattern + len, hard[i].part) - pattern);
		strcpy(pattern + len, hard[i].after);
		for (int captures = 0; captures < 2; captures++)
			if (seconds_for(pattern, captures) > 1)
				fail_msg("/%.60s/ takes more than a second", pattern);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_pattern_is_slow),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_faulty),
		cmocka_unit_test(test_c_text),
		cmocka_unit_test(test_against_libc),
		cmocka_unit_test(test_no_explosion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
