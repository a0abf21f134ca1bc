/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to tokens, as a table: script, then the tokens as "kind text" separated by " | ". */
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
#include "syntax/lexer.h"

static const struct { const char *text, *tokens; } cases[] = {
	/* words and numbers */
	{ "foo _b1 $x$y $$vars$ a$", "i foo|i _b1|i $x$y|i $$vars$|i a$" },
	{ "probe in string", "k probe|k in|k string" },
	{ "@count @ @a1$", "@ @count|@ @|@ @a1$" },
	{ "12 0x1fG 09 1.2", "n 12|n 0x1fG|n 09|n 1|o .|n 2" },
	{ "12_a", "n 12|i _a" },
	/* the longest operator wins */
	{ "<<< <<= << <= <", "o <<<|o <<=|o <<|o <=|o <" },
	{ ">>> >>= >> >= >", "o >>>|o >>=|o >>|o >=|o >" },
	{ "a->b--c", "i a|o ->|i b|o --|i c" },
	{ "== != =~ !~ = !", "o ==|o !=|o =~|o !~|o =|o !" },
	{ "%( %? %: %) %= %", "o %(|o %?|o %:|o %)|o %=|o %" },
	{ ".= . && & ||", "o .=|o .|o &&|o &|o ||" },
	/* strings */
	{ "\"a\\n\\t\\\"\\\\q\\q\"", "s a\n\t\"\\qq" },
	{ "\"\\101\\x41\\1012\\8\"", "s AAA28" },
	{ "\"# // /* %{\"", "s # // /* %{" },
	/* comments */
	{ "a # b\nc // d\n/* e\n f */ g", "i a|i c|i g" },
	{ "a/**/b/* * / */c", "i a|i b|i c" },
	{ "#!/usr/bin/stap\nx", "i x" },
	{ "\xef\xbb\xbfx", "i x" },
	{ "a\r\nb\v\f", "i a|i b" },
	/* embedded C is raw */
	{ "%{ a \" %( # %} x", "e  a \" %( # |i x" },
	/* arguments, of which there are two: 1+x and two" */
	{ "$1 @1 @2", "n 1|o +|i x|s 1+x|s two\"" },
	{ "$# @#", "n 2|s 2" },
	{ "$1y", "n 1|o +|i xy" },
	{ "$3 @0 a$1", "? $3|? @0|i a$1" },
	/* errors */
	{ "\"a\nb", "!unterminated|s a|i b" },
	{ "a /* b", "!unterminated|i a" },
	{ "%{ a", "!unterminated|e  a" },
	{ "a \x01\x02 b", "!bad_token|i a|i b" },
	{ "a \xe2\x80\x9c", "!bad_token|i a" },
};

static void describe(struct strbuf *out, const struct lexed *lexed)
{
	static const char letters[] = "?ik@nsoe?";

	for (size_t i = 0; i + 1 < lexed->tokens.len; i++) {
		const struct token *t = &lexed->tokens.data[i];

		strbuf_addf(out, "%s%c ", out->len ? "|" : "", letters[t->kind]);
		strbuf_addn(out, t->text, t->len);
	}
}

static struct session *new_session(void)
{
	struct session *s = fixture_new();

	vec_push(&s->options.arguments, "1+x");
	vec_push(&s->options.arguments, "two\"");
	return s;
}

static const char *tokens_of(const char *text, size_t len)
{
	struct session *s = new_session();
	struct strbuf out = {0};
	struct lexed lexed;
	char *json, *tag;
	size_t size;
	FILE *messages = open_memstream(&json, &size);

	lex(s, session_add_source(s, "test", text, len), &lexed);
	diag_configure(&(struct diag_options){ .json = true });
	diag_flush(messages);
	fclose(messages);
	tag = strstr(json, "\"tag\":\"");
	if (tag)
		strbuf_addf(&out, "!%.*s", (int)strcspn(tag + 7, "\""), tag + 7);
	free(json);
	describe(&out, &lexed);
	lexed_release(&lexed);
	const char *copy = arena_strdup(strbuf_text(&out));

	strbuf_release(&out);
	return copy;
}

static void texts_are_cut_into_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(tokens_of(cases[i].text, strlen(cases[i].text)), cases[i].tokens);
}

static void nul_bytes_are_junk(void **state)
{
	(void)state;
	assert_string_equal(tokens_of("a \0 b", 5), "!bad_token|i a|i b");
	assert_string_equal(tokens_of("\"a\0b\"", 5), "!bad_token|s a");
}

static void tokens_know_their_place(void **state)
{
	const char *text = "ab c\n\t\"x\\n\" $1 d";
	struct session *s = new_session();
	struct lexed lexed;
	const struct token *t;

	(void)state;
	lex(s, session_add_source(s, "test", text, strlen(text)), &lexed);
	t = lexed.tokens.data;
	assert_int_equal(t[1].column, 4);
	assert_true(t[0].first_on_line && !t[1].first_on_line && t[2].first_on_line);
	assert_int_equal(t[2].line, 2);
	assert_int_equal(t[2].column, 2);
	assert_int_equal(t[2].length, 5);
	for (int pasted = 3; pasted < 6; pasted++) {
		assert_int_equal(t[pasted].column, 8);
		assert_int_equal(t[pasted].length, 2);
	}
	assert_true(t[4].touches && !t[3].touches);
	assert_int_equal(t[6].column, 11);
	lexed_release(&lexed);
}

static void comments_in_front_are_docs(void **state)
{
	static const struct { const char *text, *doc; } docs[] = {
		{ "/** one\n two */\nfunction", "/** one\n two */" },
		{ "x // a\n// b\nfunction", "// a\n// b" },
		{ "// a\n\n// b\nfunction", "// b" },
		{ "// a\n\nfunction", NULL },
		{ "// a\nx function", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof docs / sizeof docs[0]; i++) {
		struct session *s = new_session();
		struct source *source = session_add_source(s, "t", docs[i].text, strlen(docs[i].text));
		struct lexed lexed;

		source->library = true;
		lex(s, source, &lexed);
		const struct token *t = &lexed.tokens.data[lexed.tokens.len - 2];
		const struct doc *doc = t->doc ? &lexed.docs.data[t->doc] : NULL;

		assert_int_equal(!doc, !docs[i].doc);
		if (doc)
			assert_string_equal(arena_strndup(docs[i].text + doc->first, doc->len),
					    docs[i].doc);
		lexed_release(&lexed);
	}
}

static void old_languages_lack_words(void **state)
{
	struct session *s = new_session();
	const char *text = "private \"\\x41\"";
	struct lexed lexed;

	(void)state;
	s->options.compatible = "2.2";
	lex(s, session_add_source(s, "test", text, strlen(text)), &lexed);
	assert_int_equal(lexed.tokens.data[0].kind, TOKEN_IDENTIFIER);
	assert_string_equal(lexed.tokens.data[1].text, "x41");
	lexed_release(&lexed);
}

static void arguments_are_marked_as_used(void **state)
{
	struct session *s = fixture_new();

	(void)state;
	vec_push(&s->options.arguments, "1");
	vec_push(&s->options.arguments, "2");
	s->options.script_text = "probe begin { x = $2 }";
	assert_non_null(strstr(fixture_pass_1(s), "?unused_argument"));
	s = fixture_new();
	vec_push(&s->options.arguments, "1");
	s->options.script_text = "probe begin { x = argv_1 }";
	assert_null(strstr(fixture_pass_1(s), "?unused_argument"));
}

static void arguments_do_not_name_arguments(void **state)
{
	struct session *s = fixture_new();

	(void)state;
	vec_push(&s->options.arguments, "$1");
	s->options.script_text = "probe begin { x = $1 }";
	assert_string_equal(fixture_pass_1(s), "!script_argument syntax");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_cut_into_tokens),
		cmocka_unit_test(nul_bytes_are_junk),
		cmocka_unit_test(tokens_know_their_place),
		cmocka_unit_test(comments_in_front_are_docs),
		cmocka_unit_test(old_languages_lack_words),
		cmocka_unit_test(arguments_are_marked_as_used),
		cmocka_unit_test(arguments_do_not_name_arguments),
	};

	return cmocka_run_group_tests_name("lexer", tests, NULL, NULL);
}
