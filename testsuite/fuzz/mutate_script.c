/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes of scripts that keep most of them parsable, for libFuzzer: runs of tokens are
 * removed, repeated, moved, replaced by words of the language, or taken from another script.  Runs
 * have their brackets in pairs.  Half of the changes stay libFuzzer's own, byte by byte.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TOKENS_MAX 4096
#define RUN_MAX 40

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two, size_t two_size,
				 uint8_t *out, size_t max_size, unsigned seed);

static const char *const words[] = {
	"a", "b", "c", "x", "y", "s", "k", "0", "1", "-1", "2", "63", "64", "1024", "9223372036854775807", "0x8000000000000000",
	"\"\"", "\"a\"", "\"%d %s\"", "\"%5.3x%%\"", "\"%-*c%b\"", "\"a*(b|c)+[x-z]\"", "$1", "@1", "$#", "@#",
	"+", "-", "*", "/", "%", ".", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "=~", "!~", "&", "|", "^", "&&", "||", "!", "~",
	"++", "--", "=", "+=", "-=", "*=", "/=", "%=", ".=", "<<=", ">>=", "&=", "|=", "^=", "<<<", "?", ":", ",", ";", "(", ")", "[", "]",
	"{", "}", "->", "%(", "%?", "%:", "%)", "%{", "%}", "$x", "$$parms$", "$x$$",
	"probe begin {}", "probe end", "probe timer.ms(10)", "probe never", "probe error", "global", "private", "function f(a)",
	"function f:string(s:string)", "if (a)", "else", "while (a--)", "for (;;)", "foreach (k in a)", "foreach ([k, y] in b- limit 2)",
	"foreach (v = k+ in c[*, 1])", "break", "continue", "next", "return", "return a", "delete a", "delete b[k, *]", "try { a() } catch (e) {}",
	"print(a)", "println(s, a)", "printf(\"%d\\n\", a)", "sprintf(\"%s\", s)", "printd(\",\", a, b)", "printdln(s, a, b)",
	"@count(a)", "@sum(a)", "@min(a)", "@avg(a)", "@variance(a, 3)", "@hist_log(a)", "@hist_linear(a, 0, 10, 2)", "@hist_log(a)[1]",
	"@defined($x)", "@choose_defined($x, 1)", "@cast(a, \"task_struct\", \"kernel\")->pid", "@var(\"x@y.c\")", "@const(\"1\")", "@enum(\"X\")",
	"@entry($x)", "@perf(\"a\")", "@probewrite(a)", "@define m %( a %)", "@define m(a, b) %( @a + @b %)", "@m", "@m(1, 2)",
	"a[1]", "b[1, s]", "[1, s] in b", "a in c", "f(a)", "f(s)", "strlen(s)", "substr(s, 1, 2)", "pp()", "exit()", "error(s)", "matched(1)", "tokenize(s, \"a\")",
	"%( kernel_v >= \"2.6\" %? a %: b %)", "%{ return STAP_ARG_a; %}", "%{ /* pure */ 1 %}", "if (a == 1)", "? ", "!", "string", "long",
};

struct run { size_t from, to; };

struct tokens { struct run at[TOKENS_MAX]; size_t count; };

static bool is_word(uint8_t c)
{
	return isalnum(c) || c == '_' || c == '$' || c == '@' || c == '"';
}

static void find_tokens(struct tokens *t, const uint8_t *text, size_t size)
{
	size_t i = 0;

	for (t->count = 0; i < size && t->count < TOKENS_MAX; t->count++) {
		struct run *run = &t->at[t->count];

		run->from = i;
		while (i < size && is_word(text[i]))
			i++;
		if (i == run->from)
			i++;
		while (i < size && isspace(text[i]))
			i++;
		run->to = i;
	}
}

/* Some tokens in sequence in which no bracket lacks its partner, or just one. */
static struct run choose_run(const struct tokens *t, const uint8_t *text)
{
	size_t first, last, wanted = 1 + (size_t)rand() % RUN_MAX;
	int depth = 0;

	if (!t->count)
		return (struct run){ 0, 0 };
	first = last = (size_t)rand() % t->count;
	for (size_t i = first; i < t->count && (i - first < wanted || depth > 0) && depth >= 0; i++) {
		uint8_t c = text[t->at[i].from];

		depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
		if (depth == 0)
			last = i;
	}
	return (struct run){ t->at[first].from, t->at[last].to };
}

/* Put new text in the place of a run; the size stays if there is no room. */
static size_t replace(uint8_t *text, size_t size, size_t max_size, struct run run, const uint8_t *with, size_t len)
{
	size_t removed = run.to - run.from;
	uint8_t *copy;

	if (size - removed + len > max_size)
		return size;
	copy = malloc(len + 1);
	memcpy(copy, with ? with : text, len);
	memmove(text + run.from + len, text + run.to, size - run.to);
	memcpy(text + run.from, copy, len);
	free(copy);
	return size - removed + len;
}

static size_t change_tokens(uint8_t *text, size_t size, size_t max_size)
{
	static struct tokens tokens;
	const char *word = words[(size_t)rand() % (sizeof words / sizeof *words)];
	struct run one, two;

	find_tokens(&tokens, text, size);
	one = choose_run(&tokens, text);
	two = choose_run(&tokens, text);
	switch (rand() % 5) {
	case 0:
		return replace(text, size, max_size, one, NULL, 0);
	case 1:		/* a word before it */
		one.to = one.from;
		return replace(text, size, max_size, one, (const uint8_t *)word, strlen(word));
	case 2:
		return replace(text, size, max_size, one, (const uint8_t *)word, strlen(word));
	case 3:		/* another run before it */
		one.to = one.from;
		return replace(text, size, max_size, one, text + two.from, two.to - two.from);
	default:
		return replace(text, size, max_size, one, text + two.from, two.to - two.from);
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	srand(seed);
	if (rand() % 2)
		return LLVMFuzzerMutate(data, size, max_size);
	for (int i = rand() % 3; i >= 0; i--)
		size = change_tokens(data, size, max_size);
	return size;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two, size_t two_size,
				 uint8_t *out, size_t max_size, unsigned seed)
{
	static struct tokens tokens;
	struct run place, taken;

	srand(seed);
	if (one_size > max_size)
		return 0;
	memcpy(out, one, one_size);
	find_tokens(&tokens, one, one_size);
	place = choose_run(&tokens, one);
	if (rand() % 2)
		place.to = place.from;
	find_tokens(&tokens, two, two_size);
	taken = choose_run(&tokens, two);
	return replace(out, one_size, max_size, place, two + taken.from, taken.to - taken.from);
}
