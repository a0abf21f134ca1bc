/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gcc is a driver: it starts the compiler proper, which writes a file, and then the
 * assembler, which reads it.  Starting both ourselves, at once and with a pipe between
 * them, saves a third of the time of compiling a small unit.  What they have to be told is
 * learnt from `gcc -###`, which prints the commands and runs nothing:
 *
 *	 /usr/lib/gcc/.../cc1 -quiet ... x.c -dumpbase x.c ... -o /tmp/cc1.s
 *	 as --64 -o x.o /tmp/cc1.s
 */
#include "driver.h"

#include <string.h>

#include "../base/arena.h"

/* A line of commands begins with a blank; words may be in double quotes. */
static void split_line(const char *p, word_list *words)
{
	words->len = 0;
	while (*p == ' ' || *p == '\t')
		p++;
	while (*p && *p != '\n') {
		char *word = arena_alloc(strcspn(p, "\n") + 1), *end = word;
		bool quoted = false;

		for (; *p && *p != '\n' && (quoted || *p != ' '); p++) {
			if (*p == '"')
				quoted = !quoted;
			else if (*p == '\\' && p[1] && p[1] != '\n')
				*end++ = *++p;
			else
				*end++ = *p;
		}
		vec_push(words, word);
		while (*p == ' ')
			p++;
	}
}

static bool ends_in(const char *program, const char *name)
{
	size_t len = strlen(program), tail = strlen(name);

	return len >= tail && !strcmp(program + len - tail, name) &&
	       (len == tail || program[len - tail - 1] == '/' || program[len - tail - 1] == '-');
}

/* Options of the compiler that name its files, with one operand. */
static bool names_file(const char *word)
{
	return !strcmp(word, "-o") || !strcmp(word, "-dumpbase") || !strcmp(word, "-dumpbase-ext") ||
	       !strcmp(word, "-dumpdir") || !strcmp(word, "-auxbase") || !strcmp(word, "-auxbase-strip");
}

/* Copy without files; returns the operand of -o, or NULL. */
static const char *take_words(const word_list *words, word_list *to)
{
	const char *output = NULL;

	for (size_t i = 0; i < words->len; i++) {
		const char *word = words->data[i];

		if (i && names_file(word) && i + 1 < words->len) {
			i++;
			if (!strcmp(word, "-o"))
				output = words->data[i];
		} else if (strcmp(word, DRIVER_SOURCE)) {
			vec_push(to, word);
		}
	}
	return output;
}

/* The assembler reads what the compiler wrote; drop that word. */
static bool drop_word(word_list *words, const char *word)
{
	size_t kept = 0, before = words->len;

	for (size_t i = 0; i < words->len; i++)
		if (strcmp(words->data[i], word))
			words->data[kept++] = words->data[i];
	words->len = kept;
	return kept + 1 == before;
}

bool driver_read(const char *output, word_list *cc1, word_list *as)
{
	const char *assembly = NULL, *object = NULL;
	word_list words = {0};

	*cc1 = *as = (word_list){0};
	for (const char *line = output; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (*line != ' ')
			continue;
		split_line(line, &words);
		if (!words.len)
			continue;
		if (ends_in(words.data[0], "cc1") && !cc1->len)
			assembly = take_words(&words, cc1);
		else if (ends_in(words.data[0], "as") && !as->len)
			object = take_words(&words, as);
		else
			return false;
	}
	return assembly && object && !strcmp(object, DRIVER_OBJECT) && drop_word(as, assembly);
}
