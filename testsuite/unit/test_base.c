/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small tools of every pass: memory, names, texts, suggestions, diagnostics. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/intern.h"
#include "base/nearest.h"
#include "base/spool.h"
#include "base/strbuf.h"
#include "base/vec.h"

static int reset(void **state)
{
	(void)state;
	arena_reset();
	diag_reset();
	unsetenv("SYSTEMTAP_COLORS");
	return 0;
}

/* ---- memory and texts ------------------------------------------------------------- */

static void arena_gives_zeroed_memory(void **state)
{
	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t size = 1; size < 200000; size = size * 3 + 1) {
			char *memory = arena_alloc(size);

			assert_int_equal((uintptr_t)memory % 8, 0);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(memory[i], 0);
			memset(memory, 0xff, size);
		}
		arena_reset();
	}
	assert_string_equal(arena_printf("%d-%s", 5, "x"), "5-x");
	assert_string_equal(arena_strndup("abcdef", 3), "abc");
}

static void scratch_goes_and_names_stay(void **state)
{
	char *before = arena_strdup("before"), *first, *kept, *after;
	const char *name;

	(void)state;
	arena_scratch_begin();
	first = arena_strdup("first");
	name = intern("name of scratch");
	kept = arena_alloc_lasting(8);
	for (int i = 0; i < 1000; i++)
		arena_alloc(1000);
	arena_scratch_end();
	arena_scratch_begin();
	assert_ptr_equal(arena_alloc(8), first);
	memset(arena_alloc(100000), 0xff, 100000);
	arena_scratch_end();
	after = arena_alloc(8);
	assert_true(after >= kept + 8 || after < kept);
	assert_string_equal(before, "before");
	assert_string_equal(name, "name of scratch");
	assert_ptr_equal(intern("name of scratch"), name);
}

#define PIECES 200
#define PIECE_SIZE 100000

static size_t resident(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	size_t all, pages = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%zu %zu", &all, &pages), 2);
	fclose(file);
	return pages * 4096;
}

static void put_aside(unsigned char **pieces)
{
	arena_use(ARENA_ASIDE);
	for (int i = 0; i < PIECES; i++) {
		pieces[i] = arena_alloc(PIECE_SIZE);
		memset(pieces[i], i, PIECE_SIZE);
	}
	assert_int_equal(arena_use(ARENA_LASTING), ARENA_ASIDE);
}

static void rest_well(void)
{
	for (int i = 0; i < 2000; i++)
		arena_rest();
}

static void verify_pieces(unsigned char **pieces)
{
	for (int i = 0; i < PIECES; i++)
		for (size_t at = 0; at < PIECE_SIZE; at += 499)
			assert_int_equal(pieces[i][at], i);
}

static void what_is_put_aside_takes_no_memory(void **state)
{
	unsigned char *pieces[PIECES];
	size_t before;

	(void)state;
	put_aside(pieces);
	before = resident();
	rest_well();
	assert_in_range(resident(), 0, before - PIECES * PIECE_SIZE / 2);
	verify_pieces(pieces);
	pieces[7][499] = 99;
	rest_well();
	assert_int_equal(pieces[7][499], 99);
	arena_reset();
	put_aside(pieces);
	verify_pieces(pieces);
}

/* No folder, or no room for a file: then it is ordinary memory. */
static void what_finds_no_room_stays_in_memory(void **state)
{
	struct rlimit old, little = { 6 << 20, RLIM_INFINITY };
	unsigned char *pieces[PIECES];

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	little.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	put_aside(pieces);
	rest_well();
	verify_pieces(pieces);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
}

static void only_what_is_last_is_extended(void **state)
{
	char *first = arena_alloc(16), *last = arena_alloc(24);

	(void)state;
	assert_false(arena_extend(NULL, 0, 8));
	assert_false(arena_extend(first, 16, 8));
	assert_true(arena_extend(last, 24, 16));
	for (int i = 24; i < 40; i++)
		assert_int_equal(last[i], 0);
	assert_ptr_equal(arena_alloc(1), last + 40);
	assert_false(arena_extend(last, 40, 8));
	assert_false(arena_extend(arena_alloc(8), 8, 1 << 20));
}

static void lists_keep_what_is_pushed(void **state)
{
	VEC(int) one = {0}, other = {0}, heap = {0};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		vec_push(&one, i);
		if (i % 3 == 0)
			vec_push(&other, -i);
		heap_push(&heap, 2 * i);
	}
	assert_int_equal(one.len, 1000);
	assert_int_equal(other.len, 334);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(one.data[i], i);
		assert_int_equal(other.data[i / 3], -(i / 3 * 3));
		assert_int_equal(heap.data[i], 2 * i);
	}
	heap_release(&heap);
	assert_int_equal(heap.len, 0);
}

static void names_are_equal_by_pointer(void **state)
{
	char copy[] = "name";

	(void)state;
	assert_ptr_equal(intern("name"), intern(copy));
	assert_ptr_equal(intern_n("name and more", 4), intern("name"));
	assert_ptr_equal(intern_printf("na%s", "me"), intern("name"));
	assert_ptr_not_equal(intern_n("a\0b", 3), intern("a"));
	assert_ptr_not_equal(intern("name"), intern("nam"));
	assert_string_equal(intern(""), "");
}

static void vectors_keep_what_is_pushed(void **state)
{
	VEC(int) numbers = {0};
	int sum = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		vec_push(&numbers, i);
	vec_each(&numbers, int, n)
		sum += *n;
	assert_int_equal(numbers.len, 1000);
	assert_int_equal(numbers.data[777], 777);
	assert_int_equal(sum, 499500);
}

static void text_buffers_grow(void **state)
{
	struct strbuf sb = {0};

	(void)state;
	assert_string_equal(strbuf_text(&sb), "");
	strbuf_add(&sb, "");
	assert_string_equal(strbuf_text(&sb), "");
	for (int i = 0; i < 1000; i++)
		strbuf_addf(&sb, "%d%c", i % 10, ',');
	strbuf_addn(&sb, "a\0b", 3);
	assert_int_equal(sb.len, 2003);
	assert_int_equal(sb.text[sb.len], 0);
	strbuf_release(&sb);
	assert_string_equal(strbuf_text(&sb), "");
}

/* ---- suggestions --------------------------------------------------------------------- */

/* Lines that are told from each other, as many as make a file of it. */
static void fill(struct spool *sp, struct strbuf *same, int lines)
{
	strbuf_addf(same, "%s", strbuf_text(&sp->head));
	for (int i = 0; i < lines; i++) {
		strbuf_addf(&sp->tail, "line %d\n", i);
		strbuf_addf(same, "line %d\n", i);
		spool_settle(sp);
	}
	strbuf_add(&sp->tail, "end");
	strbuf_add(same, "end");
}

struct seen { size_t pieces, len; bool whole; };

static bool see_piece(const char *piece, size_t len, void *data)
{
	struct seen *seen = data;

	assert_int_equal(strlen(piece), len);
	assert_true(seen->whole);		/* only the last one may end within a line */
	seen->whole = piece[len - 1] == '\n';
	seen->pieces++;
	seen->len += len;
	return true;
}

static void check_spool(int lines)
{
	struct spool sp = {0};
	struct strbuf same = {0};
	struct seen seen = { .whole = true };
	char *text;

	strbuf_add(&sp.head, "the head ");
	fill(&sp, &same, lines);
	assert_int_equal(spool_length(&sp), same.len);
	assert_int_equal(spool_length_added(&sp), same.len - sp.head.len);
	text = spool_text(&sp);
	assert_string_equal(text, same.text);
	free(text);
	assert_int_equal(spool_each(&sp, see_piece, &seen), 0);
	assert_int_equal(seen.len, same.len);
	for (size_t at = 0; at < spool_length_added(&sp); at += 4999) {
		size_t left = spool_length_added(&sp) - at, len = left < 9000 ? left : 9000;

		assert_true(spool_has(&sp, at, same.text + sp.head.len + at, len));
		assert_false(spool_has(&sp, at, same.text + sp.head.len + at + 1, len));
		assert_false(spool_has(&sp, at, same.text, left + 1));
	}
	strbuf_release(&same);
	spool_release(&sp);
}

static void long_texts_are_what_was_added(void **state)
{
	(void)state;
	check_spool(0);
	check_spool(100);
	check_spool(100000);
}

static void suggestions_are_the_closest(void **state)
{
	static const struct { const char *wanted, *expected; } cases[] = {
		{ "prnt", "print" }, { "pritn", "print, printf, println" }, { "printlm", "println, print, printf" },
		{ "zzzz", NULL }, { "EXIT", "exit" }, { "x", NULL }, { "", NULL },
		{ "exti", "exit" }, { "vfs_raed", "vfs_read" },
	};
	static const char *const names[] = { "print", "println", "exit", "printf", "vfs_read", "y" };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct nearest n;

		nearest_init(&n, cases[i].wanted);
		for (size_t j = 0; j < sizeof names / sizeof names[0]; j++)
			nearest_offer(&n, names[j]);
		nearest_offer(&n, names[0]);
		if (cases[i].expected)
			assert_string_equal(nearest_text(&n), cases[i].expected);
		else
			assert_null(nearest_text(&n));
	}
}

static void suggestions_outlive_their_lists(void **state)
{
	struct nearest n;
	char name[] = "vfs_read";

	(void)state;
	nearest_init(&n, "vfs_raed");
	nearest_offer(&n, name);
	memset(name, 'x', sizeof name - 1);
	assert_string_equal(nearest_text(&n), "vfs_read");
}

/* ---- diagnostics ------------------------------------------------------------------------ */

static const struct source script = {
	.name = "net.stp", .text = "probe end {}\nprobe begin (foo\n\tx = @m\n", .len = 38,
};
static const struct place foo = {
	.source = &script, .line = 2, .column = 14, .length = 3, .kind = "identifier", .token = "foo",
};

static const char *printed(const struct diag_options *options)
{
	static char *text;
	size_t size;

	free(text);
	FILE *out = open_memstream(&text, &size);

	diag_configure(options);
	diag_flush(out);
	fclose(out);
	return text;
}

static void messages_show_place_and_hint(void **state)
{
	struct diag *d = diag_report(DIAG_syntax, &foo, "expected '%c'", ')');
	const struct place call = {
		.source = &script, .line = 3, .column = 6, .length = 2, .kind = "operator", .token = "@m",
	};
	struct place inside = foo;

	(void)state;
	inside.via = &call;
	inside.via_name = "@m";
	diag_hint(d, "look");
	diag_note(d, &foo, "again");
	diag_report(DIAG_unused_variable, &inside, "unused");
	diag_report(DIAG_environment, NULL, "no disk");
	assert_int_equal(diag_errors(), 2);
	assert_string_equal(printed(&(struct diag_options){0}),
		"parse error: expected ')'\n"
		"\tsaw: identifier 'foo' at net.stp:2:14\n"
		" source: probe begin (foo\n"
		"                      ^~~\n"
		"   note: again: identifier 'foo' at :2:14\n"
		" source: probe begin (foo\n"
		"                      ^~~\n"
		"   hint: look\n"
		"WARNING: unused: identifier 'foo' at net.stp:2:14\n"
		" source: probe begin (foo\n"
		"                      ^~~\n"
		"   from: use of '@m' at :3:6\n"
		" source: \tx = @m\n"
		"         \t    ^~\n"
		"ERROR: no disk\n");
	assert_int_equal(diag_errors(), 2);
	assert_string_equal(printed(&(struct diag_options){0}), "");
}

static void repetitions_are_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		diag_report(DIAG_no_probes, NULL, "none");
	for (int i = 0; i < 5; i++)
		diag_report(DIAG_no_probes, NULL, "other %d", i);
	assert_string_equal(printed(&(struct diag_options){ .max_errors = 4 }),
		"semantic error: none\nsemantic error: other 0\nsemantic error: other 1\n"
		"semantic error: other 2\nNumber of similar messages suppressed: 2.\n"
		"Number of further errors not shown: 2.\n");
	assert_int_equal(diag_errors(), 8);
	for (int i = 0; i < 1003; i++)
		diag_report(DIAG_unused_variable, NULL, "unused");
	assert_string_equal(printed(&(struct diag_options){0}),
		"WARNING: unused\nNumber of similar messages suppressed: 999.\n"
		"Number of further warnings not shown: 3.\n");
}

static void held_messages_can_be_dropped(void **state)
{
	(void)state;
	diag_hold();
	diag_report(DIAG_build, NULL, "dropped");
	diag_hold();
	diag_report(DIAG_build, NULL, "inner");
	assert_int_equal(diag_held_errors(), 1);
	diag_release(true);
	assert_int_equal(diag_held_errors(), 2);
	assert_int_equal(diag_errors(), 0);
	diag_release(false);
	diag_hold();
	diag_report(DIAG_build, NULL, "kept");
	diag_release(true);
	diag_hold();
	diag_report(DIAG_build, NULL, "softened");
	diag_release_as_warnings();
	assert_int_equal(diag_errors(), 1);
	assert_string_equal(printed(&(struct diag_options){0}), "ERROR: kept\nERROR: softened\n");
}

static void warnings_follow_the_options(void **state)
{
	(void)state;
	diag_configure(&(struct diag_options){ .suppress_warnings = true });
	diag_report(DIAG_suspicious, NULL, "gone");
	diag_configure(&(struct diag_options){ .warnings_are_errors = true });
	diag_report(DIAG_suspicious, NULL, "grave");
	assert_int_equal(diag_errors(), 1);
	assert_string_equal(printed(&(struct diag_options){0}), "WARNING: grave\n");
}

static void json_is_one_object_a_line(void **state)
{
	const struct source odd = { .name = "a\xff.stp", .text = "x", .len = 1 };
	const struct place at = { .source = &odd, .line = 1, .column = 1, .length = 0 };
	struct diag *d = diag_report(DIAG_syntax, &foo, "a \"b\"");

	(void)state;
	diag_hint(d, "h");
	diag_note(d, NULL, "n");
	diag_report(DIAG_unreachable, &at, "x");
	assert_string_equal(printed(&(struct diag_options){ .json = true }),
		"{\"severity\":\"error\",\"tag\":\"syntax\",\"message\":\"a \\\"b\\\"\","
		"\"file\":\"net.stp\",\"line\":2,\"column\":14,\"length\":3,\"kind\":\"identifier\","
		"\"token\":\"foo\",\"notes\":[{\"message\":\"n\"}],\"hints\":[\"h\"]}\n"
		"{\"severity\":\"warning\",\"tag\":\"unreachable\",\"message\":\"x\","
		"\"file\":\"a\xef\xbf\xbd.stp\",\"line\":1,\"column\":1,\"length\":1}\n");
}

static void colours_are_settable(void **state)
{
	(void)state;
	setenv("SYSTEMTAP_COLORS", "error=05:junk", 1);
	diag_report(DIAG_run, NULL, "x");
	assert_string_equal(printed(&(struct diag_options){ .colour = DIAG_COLOUR_ALWAYS }),
			    "\033[05m\033[KERROR:\033[m\033[K x\n");
	setenv("SYSTEMTAP_COLORS", "", 1);
	diag_report(DIAG_run, NULL, "x");
	assert_string_equal(printed(&(struct diag_options){ .colour = DIAG_COLOUR_ALWAYS }), "ERROR: x\n");
}

static void long_lines_are_cut(void **state)
{
	char *text = arena_alloc(100001);

	(void)state;
	memset(text, 'x', 100000);
	const struct source line = { .name = "l", .text = text, .len = 100000 };
	const struct place at = {
		.source = &line, .line = 1, .column = 50000, .length = 90000, .kind = "identifier",
		.token = text,
	};

	diag_report(DIAG_syntax, &at, "m");
	assert_in_range(strlen(printed(&(struct diag_options){0})), 150, 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(arena_gives_zeroed_memory, reset),
		cmocka_unit_test_setup(scratch_goes_and_names_stay, reset),
		cmocka_unit_test_setup(what_is_put_aside_takes_no_memory, reset),
		cmocka_unit_test_setup(what_finds_no_room_stays_in_memory, reset),
		cmocka_unit_test_setup(only_what_is_last_is_extended, reset),
		cmocka_unit_test_setup(lists_keep_what_is_pushed, reset),
		cmocka_unit_test_setup(names_are_equal_by_pointer, reset),
		cmocka_unit_test_setup(vectors_keep_what_is_pushed, reset),
		cmocka_unit_test_setup(text_buffers_grow, reset),
		cmocka_unit_test_setup(long_texts_are_what_was_added, reset),
		cmocka_unit_test_setup(suggestions_are_the_closest, reset),
		cmocka_unit_test_setup(suggestions_outlive_their_lists, reset),
		cmocka_unit_test_setup(messages_show_place_and_hint, reset),
		cmocka_unit_test_setup(repetitions_are_counted, reset),
		cmocka_unit_test_setup(held_messages_can_be_dropped, reset),
		cmocka_unit_test_setup(warnings_follow_the_options, reset),
		cmocka_unit_test_setup(json_is_one_object_a_line, reset),
		cmocka_unit_test_setup(colours_are_settable, reset),
		cmocka_unit_test_setup(long_lines_are_cut, reset),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
