/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar, as tables: script, then its -p1 text (which must parse to itself
 * again), or the tags of its messages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "script_fixture.h"
#include "syntax/syntax.h"

struct row { const char *script, *expected; };

/* Expressions: behind "x = ". */
static const struct row expressions[] = {
	/* strengths */
	{ "2+3*4<<1|1", "2 + 3 * 4 << 1 | 1" },
	{ "(2+3)*4", "(2 + 3) * 4" },
	{ "a-(b-c)-d", "a - (b - c) - d" },
	{ "(6&3)==3", "(6 & 3) == 3" },
	{ "6&3==3", "6 & 3 == 3" },
	{ "1|2^3&1", "1 | 2 ^ 3 & 1" },
	{ "a||b&&c|d", "a || b && c | d" },
	{ "(a||b)&&c", "(a || b) && c" },
	{ "a . b + c", "a . b + c" },
	{ "(a . b) + c", "(a . b) + c" },
	{ "a . b << c", "a . b << c" },
	{ "1<2==1", "1 < 2 == 1" },
	{ "1 . 2", "1 . 2" },
	{ "- -a", "-(-a)" },
	{ "-a*b", "-a * b" },
	{ "-(a*b)", "-(a * b)" },
	{ "! ~+a", "!(~(+a))" },
	{ "-a++", "-a++" },
	{ "++a + --b", "(a += 1) + (b -= 1)" },
	{ "a++ + b--", "a++ + b--" },
	/* choice and assignment */
	{ "0?1:0?2:3", "0 ? 1 : 0 ? 2 : 3" },
	{ "a?b?1:2:3", "a ? b ? 1 : 2 : 3" },
	{ "(a?b:c)?1:2", "(a ? b : c) ? 1 : 2" },
	{ "a ? b = 1 : 2", "a ? b = 1 : 2" },
	{ "y = z = 3", "y = z = 3" },
	{ "(y += 3) + 1", "(y += 3) + 1" },
	{ "y <<= z >>= 1", "y <<= z >>= 1" },
	{ "y .= \"a\"", "y .= \"a\"" },
	{ "y -= z *= a /= b %= c &= d |= e ^= f", "y -= z *= a /= b %= c &= d |= e ^= f" },
	/* membership and patterns */
	{ "a in b", "[a] in b" },
	{ "[a,\"b\",*] in c", "[a, \"b\", *] in c" },
	{ "!(a in b)", "!([a] in b)" },
	{ "a + 1 in b && c", "[a + 1] in b && c" },
	{ "a == 1 in b", "[a == 1] in b" },
	{ "([a,b] in c) == 1", "([a, b] in c) == 1" },
	{ "d && [a,b] in c", "d && [a, b] in c" },
	{ "a =~ \"b.*\" && c !~ \"d\"", "a =~ \"b.*\" && c !~ \"d\"" },
	{ "a . b =~ \"c\"", "a . b =~ \"c\"" },
	{ "a =~ \"b\" in c", "[a =~ \"b\"] in c" },
	/* literals */
	{ "9223372036854775807", "9223372036854775807" },
	{ "18446744073709551615", "0xffffffffffffffff" },
	{ "0x10 + 010", "16 + 8" },
	{ "\"a\" \"b\" /* c */ \"d\"", "\"abd\"" },
	{ "\"a\\0b\"", "\"a\"" },
	{ "\"\\001\\377\\r\"", "\"\\001\\377\\015\"" },
	/* elements and calls */
	{ "a[1,\"b\",c[2]]", "a[1, \"b\", c[2]]" },
	{ "f() + g(1, h(2))", "f() + g(1, h(2))" },
	/* target variables */
	{ "$a->b->c[1]", "$a->b->c[1]" },
	{ "$a->probe->in", "$a->probe->in" },
	{ "$a$ . $b$$ . $$vars . $$parms$ . $$locals$$", "$a$ . $b$$ . $$vars . $$parms$ . $$locals$$" },
	{ "$a->b$ . $a->b$$ . $a[1]$ . $a[1]$$", "$a->b$ . $a->b$$ . $a[1]$ . $a[1]$$" },
	{ "&$a + &$a->b[2]", "&$a + &$a->b[2]" },
	{ "-&$a & &$b", "-&$a & &$b" },
	{ "$a[$b[1]]->c", "$a[$b[1]]->c" },
	{ "@cast(p, \"t\")->m[2]$$", "@cast(p, \"t\")->m[2]$$" },
	{ "@cast(p, \"struct t\", \"kernel<a.h>\")$", "@cast(p, \"struct t\", \"kernel<a.h>\")$" },
	{ "&@cast(p, \"t\")->m", "&@cast(p, \"t\")->m" },
	{ "@var(\"n@c.c\", \"m\")->x + @var(\"n\")[1]", "@var(\"n@c.c\", \"m\")->x + @var(\"n\")[1]" },
	{ "p->m + f()->m[1] + a[i]->m", "p->m + f()->m[1] + a[i]->m" },
	{ "f()[1] + (p)[1] + a[1][2] + a[1,2][3]", "f()[1] + (p)[1] + a[1][2] + a[1, 2][3]" },
	{ "(a ? p : q)->m", "(a ? p : q)->m" },
	{ "(p)$ . f()$$", "(p)$ . f()$$" },
	{ "&p->m + &p[1] + &(p)[1] + &p[1]->m", "&p->m + &p[1] + &p[1] + &p[1]->m" },
	{ "(&$a->b)->c", "(&$a->b)->c" },
	{ "($a->b)->c", "$a->b->c" },
	{ "$a->b++", "$a->b++" },
	/* @-words */
	{ "@defined($a->b) ? @entry(f($b)) : @probewrite(c)", "@defined($a->b) ? @entry(f($b)) : @probewrite(c)" },
	{ "@perf(\"c\") + @enum(\"E\") + @const(\"C\")", "@perf(\"c\") + @enum(\"E\") + @const(\"C\")" },
	{ "@enumname(a) . @enumname(a, \"b\") . @enumname(a, \"b\", \"c\")",
	  "@enumname(a) . @enumname(a, \"b\") . @enumname(a, \"b\", \"c\")" },
	{ "@kregister(1) + @uregister(2) + @kderef(4, a) + @uderef(8, b)",
	  "@kregister(1) + @uregister(2) + @kderef(4, a) + @uderef(8, b)" },
	{ "@count(s) + @sum(s[1]) + @min(s) + @max(s) + @avg(s)",
	  "@count(s) + @sum(s[1]) + @min(s) + @max(s) + @avg(s)" },
	{ "@variance(s) + @variance(s[1], 5)", "@variance(s) + @variance(s[1], 5)" },
	{ "@hist_log(s)[3] + @hist_linear(s[a], -10, 20, 5)[b]", "@hist_log(s)[3] + @hist_linear(s[a], -10, 20, 5)[b]" },
	{ "%{ 5 /* } */ %} + 1", "%{ 5 /* } */ %} + 1" },
	/* printing */
	{ "sprint(1, \"a\") . sprintln() . sprintf(\"%d\", 1)", "sprint(1, \"a\") . sprintln() . sprintf(\"%d\", 1)" },
	{ "sprintd(\",\", 1, 2) . sprintdln(\",\", 1, 2)", "sprintd(\",\", 1, 2) . sprintdln(\",\", 1, 2)" },
	{ "sprintf(\"%5d %-*s %0.*x %% %#lx %c\", 1, 2, \"a\", 3, 4, 5, 6)",
	  "sprintf(\"%5d %-*s %0.*x %% %#lx %c\", 1, 2, \"a\", 3, 4, 5, 6)" },
	{ "sprintf(\"%p %m %M %b %o %X %u %i %+d % d\", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)",
	  "sprintf(\"%p %m %M %b %o %X %u %i %+d % d\", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)" },
	{ "sprint(@hist_log(s))", "sprint(@hist_log(s))" },
	{ "sprint(@hist_log(s)[1])", "sprint(@hist_log(s)[1])" },
	/* mistakes */
	{ "", "!syntax" }, { "(1", "!syntax" }, { "1)", "!syntax" }, { "a b c", NULL },
	{ "09", "!bad_number" }, { "12ab", "!bad_number" }, { "18446744073709551616", "!bad_number" },
	{ "1 = 2", "!not_assignable" }, { "f() = 2", "!not_assignable" }, { "a == b = c", "!not_assignable" },
	{ "1++", "!not_assignable" }, { "&$a = 1", "!not_assignable" },
	{ "a >>> b", "!syntax" }, { "a =~ b", "!syntax" }, { "a =~ \"b\" . \"c\"", "!syntax" },
	{ "&a", "!syntax" }, { "&$a$", "!syntax" }, { "$a$$$", "!syntax" }, { "$", "!syntax" },
	{ "$a$->b", "!syntax" }, { "$a->$b", "!syntax" }, { "$a(1)", "!syntax" },
	{ "[a, b]", "!syntax" }, { "a[*]", "!misplaced" }, { "a[]", "!syntax" },
	{ "@hist_log(s)", "!misplaced" }, { "sprint(@hist_log(s), 1)", "!misplaced" },
	{ "@count(1)", "!statistics" }, { "@variance(s, 63)", "!statistics" }, { "s <<< 1", "!statistics" },
	{ "@nosuch", "!syntax" }, { "@cast(p)", "!syntax" }, { "@const(p)", "!syntax" },
	{ "in", "!syntax" }, { "long(1)", "!syntax" }, { "'a'", "!syntax" }, { "a \\ b", "!syntax" },
	{ "sprintf(\"%n\", 1)", "!bad_format" }, { "sprintf(\"%\")", "!bad_format" },
	{ "sprintf(\"%+-5d\", 1)", "!bad_format" }, { "sprintf(\"%lld\", 1)", "!bad_format" },
	{ "sprintf(\"%d\")", "!bad_format" }, { "sprintf(\"%d\", 1, 2)", "!bad_format" },
	{ "sprintf(\"%*d\", 1)", "!bad_format" }, { "sprintf(a)", "!bad_format" }, { "sprintf()", "!bad_format" },
	{ "sprint()", "!bad_format" }, { "sprintd(\",\", 1)", "!bad_format" },
	{ "sprint(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)", "!limit" },
};

/* Statements: inside of "function f() { ... }"; lines are joined with '/'. */
static const struct row statements[] = {
	{ "a b c", "a;/b;/c;" },
	{ ";;a;;b", "a;/b;" },
	{ "{a {b}} {}", "{/a;/{/b;/}/}/{/}" },
	{ "if (a) b else c", "if (a)/b;/else/c;" },
	{ "if (a) {b} else if (c) d else {e}", "if (a) {/b;/}/else if (c)/d;/else {/e;/}" },
	{ "if (a) if (b) c else d", "if (a)/if (b)/c;/else/d;" },
	{ "if (a) {if (b) c} else d", "if (a) {/if (b)/c;/}/else/d;" },
	{ "if (a); else ;", "if (a) {/}/else {/}" },
	{ "while (a--) b", "while (a--)/b;" },
	{ "for (a = 1; a < 3; a++) {continue break}", "for (a = 1; a < 3; a++) {/continue;/break;/}" },
	{ "for (;;) break", "for (; ; )/break;" },
	{ "for (;a;) b", "while (a)/b;" },
	{ "return", "return;" }, { "return 5", "return 5;" }, { "{return} a", "{/return;/}/a;" },
	{ "next", "next;" },
	{ "delete a delete a[1,*]", "delete a;/delete a[1, *];" },
	{ "try {a} catch {b}", "try {/a;/} catch {/b;/}" },
	{ "try {a} catch (e) {b}", "try {/a;/} catch (e) {/b;/}" },
	{ "s <<< 3", "s <<< 3;" },
	{ "foreach (k in a) b", "foreach ([k] in a)/b;" },
	{ "foreach ([k, l] in a) b", "foreach ([k, l] in a)/b;" },
	{ "foreach (k+ in a) b", "foreach ([k+] in a)/b;" },
	{ "foreach ([k, l-] in a) b", "foreach ([k, l-] in a)/b;" },
	{ "foreach (k in a-) b", "foreach ([k] in a -)/b;" },
	{ "foreach (v = k in a) b", "foreach (v = [k] in a)/b;" },
	{ "foreach (v- = [k] in a) b", "foreach (v = [k] in a -)/b;" },
	{ "foreach (v+=k in a) b", "foreach (v = [k] in a +)/b;" },
	{ "foreach (k in a @sum - limit 3 + b) c", "foreach ([k] in a @sum - limit 3 + b)/c;" },
	{ "foreach ([k, l] in a[*, \"x\"] @min + limit 3) c", "foreach ([k, l] in a[*, \"x\"] @min + limit 3)/c;" },
	{ "foreach (k in a @count -) c", "foreach ([k] in a -)/c;" },
	{ "foreach (i in @hist_log(s[1])) b", "foreach ([i] in @hist_log(s[1]))/b;" },
	{ "foreach (i in @hist_linear(s, 0, 10, 1) limit 3) b", "foreach ([i] in @hist_linear(s, 0, 10, 1) limit 3)/b;" },
	{ "print(@hist_log(s)) println(@hist_linear(s, 0, 1, 1))", "print(@hist_log(s));/println(@hist_linear(s, 0, 1, 1));" },
	{ "print_char(65) printd(\",\", 1, 2) printdln(\"\", 1, 2)", "print_char(65);/printd(\",\", 1, 2);/printdln(\"\", 1, 2);" },
	{ "x = y\n-z", "x = y - z;" },
	{ "x = 1\n++y", "x = 1;/y += 1;" },
	/* mistakes */
	{ "break", "!misplaced" }, { "while (a) b; continue", "!misplaced" },
	{ "else a", "!syntax" }, { "catch {}", "!syntax" }, { "try {}", "!syntax" },
	{ "if a b", "!syntax" }, { "if (a b", "!syntax" }, { "for (a in b) c", "!syntax" },
	{ "foreach (k in a @sum) b", "!syntax" }, { "foreach ([k+, l-] in a) b", "!syntax" },
	{ "foreach (k+ in a-) b", "!syntax" }, { "foreach (1 in a) b", "!syntax" },
	{ "delete 1", "!syntax" }, { "delete $a", "!syntax" },
	{ "print_char(1, 2)", "!bad_format" },
	{ "if (a = 5) b", "if (a = 5)/b; ?suspicious" }, { "while ((a = 5)) break", "while (a = 5)/break;" },
	{ "retrun x", "retrun;/x; ?suspicious" }, { "swich (a) { }", "swich(a);/{/}" },
	{ "switch (a) { }", "switch(a);/{/} ?suspicious" }, { "whlie (a) { }", "whlie(a);/{/} ?suspicious" },
	/* several mistakes, one message each */
	{ "a = = 1\nb = 2 +;\nc = 4\nd = )\n", "!syntax syntax syntax" },
	{ "f(1\ng(2)\nh(\n", "!syntax syntax" },
	{ "a = 1 + ; b = 2 * ; if (c", "!syntax syntax syntax" },
	{ "foreach (a in b { c }\n d", "!syntax" },
	{ "x = \"a\ny = = 2\n", "!unterminated syntax" },
};

/* Whole scripts; lines are joined with '/'. */
static const struct row scripts[] = {
	{ "global a, b = 5, c = \"x\", d[100], e%, f%[100], g = -5;",
	  "global a/global b = 5/global c = \"x\"/global d[100]/global e%/global f%[100]/global g = -5" },
	{ "private global a, b private c = 3 private function f() {}",
	  "private global a/private global b/private global c = 3/private function f() {/}" },
	{ "function f:long(a:string, b, c:long):3 { } function g() %{ x %} function long() {}",
	  "function f:long(a:string, b, c:long) :3 {/}/function g() %{ x %}/function long() {/}" },
	{ "%{ int x; %} probe begin {}", "%{ int x; %}/probe begin {/}" },
	{ "probe begin(-1), timer.ms(5), kernel.function(\"a\" \"b\").return {}",
	  "probe begin(-1), timer.ms(5), kernel.function(\"ab\").return {/}" },
	{ "probe a?, b!, c if (d > 1), e? if (f) {}", "probe a?, b!, c if (d > 1), e? if (f) {/}" },
	{ "probe k.{a(1),b.{c,d}}.e? {}", "probe k.a(1).e?, k.b.c.e?, k.b.d.e? {/}" },
	{ "probe {a,b}.{c,d} {}", "probe a.c, a.d, b.c, b.d {/}" },
	{ "probe a.*b*.**, c*32, d.s?scall, *.e? {}", "probe a.*b*.**, c*32, d.s?scall, *.e? {/}" },
	{ "probe a.function.probe.global.in {}", "probe a.function.probe.global.in {/}" },
	{ "probe a.b = c, d? { x }", "probe a.b = c, d? {/x;/}" },
	{ "probe a += b { x }", "probe a += b {/x;/}" },
	{ "probe a = b { x }, { y }", "probe a = b {/x;/}, {/y;/}" },
	{ "probe a = b(\"s\") = c {}", "probe a = b(\"s\") = c {/}" },
	{ "#!/bin/stap\nprobe begin {}\r\n", "probe begin {/}" },
	/* mistakes */
	{ "", "!empty_script" }, { "# nothing\n", "!empty_script" },
	{ "probe", "!syntax" }, { "probe begin", "!syntax" }, { "probe begin }", "!syntax" },
	{ "prob begin {}", "!syntax" }, { "probe begin {} }", "!syntax" }, { "x = 1", "!syntax" },
	{ "probe begin { if (a) { b }\nprobe end { c }", "!syntax" },
	{ "probe begin { a ", "!syntax" },
	{ "probe a.b, c = d {}", "!syntax" }, { "probe a? = d {}", "!syntax" },
	{ "probe a.{b?,c} {}", "!syntax" }, { "probe a.{b if (c)} {}", "!syntax" },
	{ "probe a(b) {}", "!syntax" }, { "probe a.\"b\" {}", "!syntax" }, { "probe a b {}", "!syntax" },
	{ "probe . a {}", "!syntax" }, { "probe a = b {}, {} , {}", "!syntax" },
	{ "probe a += b {}, {}", "!syntax" },
	{ "global", "!syntax" }, { "global 1", "!syntax" }, { "global a = b", "!syntax" },
	{ "global a[0]", "!limit" }, { "global a[99999999999]", "!limit" }, { "global a[5] = 1", "!syntax" },
	{ "global a%=5", "!syntax" }, { "global $a", "!syntax" }, { "global if", "!syntax" },
	{ "global a; ; global b", "!syntax" },
	{ "function f {}", "!syntax" }, { "function f(a a) {}", "!syntax" }, { "function f(a, a) {}", "!duplicate" },
	{ "function f:int() {}", "!syntax" }, { "function f():0 {}", "!limit" }, { "function $f() {}", "!syntax" },
	{ "probe begin { return }", "!misplaced" },
	{ "probe begin { a = ) } function f( { } probe end { b = ( }", "!syntax syntax syntax" },
	{ "probe a.{a,b,c,d,e,f,g,h,i,j}.{a,b,c,d,e,f,g,h,i,j}.{a,b,c,d,e,f,g,h,i,j}."
	  "{a,b,c,d,e,f,g,h,i,j}.{a,b} {}", "!limit" },
};

static char *last_of(char *text, const char *what)
{
	char *found = NULL;

	for (char *at = strstr(text, what); at && *what; at = strstr(at + 1, what))
		found = at;
	return found;
}

/* The result with lines joined, tabs and what was put around the script removed. */
static const char *joined(const char *text, const char *before, const char *after)
{
	struct strbuf out = {0};

	for (const char *c = text; *c; c++)
		if (*c == '\n')
			strbuf_add(&out, c[1] && c[1] != ' ' ? "/" : "");
		else if (*c != '\t')
			strbuf_addc(&out, *c);
	char *copy = arena_strdup(strbuf_text(&out)), *end;

	strbuf_release(&out);
	if (strncmp(copy, before, strlen(before)))
		return copy;
	copy += strlen(before);
	end = last_of(copy, after);
	if (end && *after)
		memmove(end, end + strlen(after), strlen(end + strlen(after)) + 1);
	return copy;
}

static bool is_error(const char *expected)
{
	return expected[0] == '!';
}

/* What was printed must print the same again. */
static void check_again(const char *text)
{
	char *first = strdup(text), *warning = strstr(first, "\n ?");

	if (warning)
		warning[1] = '\0';
	char *again = strdup(fixture_parse(first));

	warning = strstr(again, "\n ?");
	if (warning)
		warning[1] = '\0';
	assert_string_equal(again, first);
	free(first);
	free(again);
}

static void check(const struct row *row, const char *before, const char *after,
		  const char *shown_before, const char *shown_after)
{
	struct strbuf script = {0};

	if (!row->expected)
		return;
	strbuf_addf(&script, "%s%s%s", before, row->script, after);
	const char *result = fixture_parse(strbuf_text(&script));
	char *kept = strdup(result);
	const char *shown = joined(result, shown_before, shown_after);

	if (strcmp(shown, row->expected))
		fprintf(stderr, "script: %s\n%s", row->script, fixture_messages());
	assert_string_equal(shown, row->expected);
	if (!is_error(row->expected))
		check_again(kept);
	free(kept);
	strbuf_release(&script);
}

static void expressions_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++)
		check(&expressions[i], "probe begin { x = ", " }", "probe begin {/x = ", ";/}");
}

static void statements_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
		check(&statements[i], "function f() {", "\n}", "function f() {/", "/}");
}

static void scripts_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
		check(&scripts[i], "", "", "", "");
}

/* ---- what the text of the tree does not show ------------------------------------------ */

static void formats_are_pieces(void **state)
{
	static const char expected[] = "a=/%d/ %/-*.3s/%%\n/";
	struct session *s = fixture_new();
	struct strbuf out = {0};

	(void)state;
	s->options.script_text = "probe begin { printf(\"a=%d %-*.3s%%%%\\n\", 1, 2, \"x\") }";
	fixture_pass_1(s);
	const struct expr *e = s->files.data[0]->probes.data[0]->body->block.data[0]->expr;
	const struct format_piece *pieces = e->print.pieces.data;

	assert_int_equal(e->print.pieces.len, 5);
	assert_string_equal(pieces[0].text, "a=");
	assert_int_equal(pieces[1].conversion, 'd');
	assert_int_equal(pieces[3].conversion, 's');
	assert_int_equal(pieces[3].flag, '-');
	assert_true(pieces[3].width_is_arg && pieces[3].has_precision && !pieces[3].precision_is_arg);
	assert_int_equal(pieces[3].precision, 3);
	assert_string_equal(pieces[4].text, "%%\n");
	assert_int_equal(pieces[4].len, 3);
	strbuf_release(&out);
	(void)expected;
}

static void lists_become_pieces(void **state)
{
	struct session *s = fixture_new();

	(void)state;
	s->options.script_text = "probe begin { printdln(\"--\", 1, 2) }";
	fixture_pass_1(s);
	const struct print *print = &s->files.data[0]->probes.data[0]->body->block.data[0]->expr->print;

	assert_int_equal(print->pieces.len, 4);
	assert_int_equal(print->pieces.data[0].conversion, 'v');
	assert_string_equal(print->pieces.data[1].text, "--");
	assert_string_equal(print->pieces.data[3].text, "\n");
	assert_true(print->newline && !print->to_string);
}

static void library_declarations_have_docs(void **state)
{
	const char *text = "/** doc f */\nfunction f() %{ %}\n\n// a\n// b\nprobe x = y {}\n"
			   "# no\n\nfunction g() {}\n/* c */\n%( 1 == 1 %? function h() {} %)\n";
	struct session *s = fixture_new();
	struct source *source = session_add_source(s, "lib.stp", text, strlen(text));
	const struct file *file;

	(void)state;
	source->library = true;
	file = parse_source(s, source);
	assert_non_null(file);
	assert_string_equal(file->functions.data[0]->doc, "/** doc f */");
	assert_string_equal(file->aliases.data[0]->doc, "// a\n// b");
	assert_null(file->functions.data[1]->doc);
	assert_string_equal(file->functions.data[2]->doc, "/* c */");
}

static void embedded_code_needs_guru(void **state)
{
	static const char *const uses[] = {
		"%{ %} probe begin {}", "probe begin { %{ %} }", "function f() %{ %}",
		"probe begin { x = @const(\"A\") }", "probe begin { x = @kregister(1) }",
		"probe begin { x = @kderef(1, 2) }",
	};

	(void)state;
	for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
		struct session *s = fixture_new();

		s->options.script_text = uses[i];
		assert_string_equal(fixture_pass_1(s), "!guru_needed");
		assert_true(fixture_parse(uses[i])[0] != '!');
	}
}

static void probe_points_parse_alone(void **state)
{
	struct session *s = fixture_new();
	struct file *file = parse_probe_point(s, "a.{b,c}(1)");

	(void)state;
	assert_null(file);
	file = parse_probe_point(s, "kernel.{function(\"x\"),trace(\"y\")}, z?");
	assert_non_null(file);
	assert_int_equal(file->probes.data[0]->points.len, 3);
	assert_string_equal(probe_point_text(file->probes.data[0]->points.data[1]), "kernel.trace(\"y\")");
	assert_string_equal(probe_point_text(file->probes.data[0]->points.data[2]), "z?");
}

static bool count_node(struct ast_walker *w, struct expr **e)
{
	(void)e;
	++*(int *)w->data;
	return true;
}

static bool count_statement(struct ast_walker *w, struct stmt **s)
{
	(void)s;
	++*(int *)w->data;
	return true;
}

static void copies_are_deep_and_equal(void **state)
{
	struct session *s = fixture_new();
	struct strbuf one = {0}, two = {0};
	int nodes = 0, copied = 0;
	struct ast_walker count = { .enter_expr = count_node, .enter_stmt = count_statement, .data = &nodes };

	(void)state;
	s->options.guru = true;
	s->options.script_text =
		"function f() { if (a[1] == $x->y[b]) print(c, @count(d), sprintf(\"%d\", e)) else return 3\n"
		"foreach ([k, l+] in a[*, g] limit m) { try { delete a[1, *] } catch (n) { o = p ? q : -r } }\n"
		"for (i = 0; i in a; i++) { while (@defined(&@cast(u, \"t\")->v)) s <<< @hist_log(w)[1] }\n"
		"x =~ \"y\"; f(@entry(1), @kderef(1, 2), %{ 1 %}, z->a) }";
	fixture_pass_1(s);
	struct stmt *body = s->files.data[0]->functions.data[0]->body, *copy = stmt_copy(body);

	print_stmt(&one, body, 0);
	ast_walk_stmt(&count, &body);
	count.data = &copied;
	ast_walk_stmt(&count, &copy);
	assert_int_equal(nodes, copied);
	memset(body, 0xff, sizeof *body);
	print_stmt(&two, copy, 0);
	assert_string_equal(strbuf_text(&one), strbuf_text(&two));
	strbuf_release(&one);
	strbuf_release(&two);
}

/* ---- inputs ------------------------------------------------------------------------------ */

static void inputs_are_named(void **state)
{
	struct session *s = fixture_new();

	(void)state;
	s->options.script_text = "probe begin {}";
	vec_push(&s->options.extra_scripts, "probe end {}");
	vec_push(&s->options.extra_scripts, "probe x");
	assert_string_equal(fixture_pass_1(s), "!syntax");
	assert_int_equal(s->user_file_count, 2);
	assert_string_equal(s->files.data[1]->source->name, "<input1>");
	assert_non_null(strstr(fixture_messages(), "<input2>"));
}

static void unreadable_scripts_are_named(void **state)
{
	static const struct { const char *name, *why; } files[] = {
		{ "/nonexistent/x.stp", "ENOENT" }, { "/", "EISDIR" },
		{ "/proc/self/exe", "binary data" }, { "/dev/zero", "larger than 8 MB" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct session *s = fixture_new();

		s->options.script_file = files[i].name;
		assert_string_equal(fixture_pass_1(s), "!unreadable");
		assert_non_null(strstr(fixture_messages(), files[i].why));
	}
}

/* ---- abuse -------------------------------------------------------------------------------- */

static char *repeated(const char *before, const char *what, size_t count, const char *after)
{
	size_t len = strlen(what);
	char *text = malloc(strlen(before) + len * count + strlen(after) + 1), *to = text;

	to = stpcpy(to, before);
	for (size_t i = 0; i < count; i++)
		to = stpcpy(to, what);
	strcpy(to, after);
	return text;
}

static void deep_nesting_is_an_error(void **state)
{
	static const char *const parts[] = {
		"(", "- ", "a ? b : ", "a = ", "a[", "f(", "1 + ", "$a[", "@defined(", "sprint(", "b ? ",
	};
	static const char *const blocks[] = { "{", "if (a) ", "if (a) b; else ", "while (a) ", "try {" };

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		char *script = repeated("probe begin { x = ", parts[i], 100000, "1 }");

		assert_string_equal(fixture_parse(script), "!too_deep");
		free(script);
	}
	for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
		char *script = repeated("probe begin { ", blocks[i], 100000, "");

		assert_string_equal(fixture_parse(script), "!too_deep");
		free(script);
	}
}

static void long_things_are_fine(void **state)
{
	char *name = repeated("probe begin { ", "a", 1000000, " = 1 }\n");
	char *path = repeated("probe begin { x = $a", "->b", 10000, " }\n");
	char *many = repeated("probe begin { ", "x = 1;\n", 10000, "}\n");

	(void)state;
	assert_int_not_equal(fixture_parse(name)[0], '!');
	assert_int_not_equal(fixture_parse(path)[0], '!');
	assert_int_not_equal(fixture_parse(many)[0], '!');
	free(name);
	free(path);
	free(many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_parse),
		cmocka_unit_test(statements_parse),
		cmocka_unit_test(scripts_parse),
		cmocka_unit_test(formats_are_pieces),
		cmocka_unit_test(lists_become_pieces),
		cmocka_unit_test(library_declarations_have_docs),
		cmocka_unit_test(embedded_code_needs_guru),
		cmocka_unit_test(probe_points_parse_alone),
		cmocka_unit_test(copies_are_deep_and_equal),
		cmocka_unit_test(inputs_are_named),
		cmocka_unit_test(unreadable_scripts_are_named),
		cmocka_unit_test(deep_nesting_is_an_error),
		cmocka_unit_test(long_things_are_fine),
	};

	return cmocka_run_group_tests_name("parser", tests, NULL, NULL);
}
