/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines from files: the rc file and the first line of a script. */
#include "option_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/vec.h"

typedef VEC(char *) word_vec;

static const char *skip_blanks(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	if (*p != '#')
		return p;
	return skip_blanks(p + strcspn(p, "\n"));
}

/* Copies one word to `to`; returns where it ended, or NULL inside a quotation. */
static const char *copy_word(const char *p, char *to)
{
	char quote = 0;

	for (; *p && (quote || !isspace((unsigned char)*p)); p++) {
		if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? 0 : *p;
		else if (*p == '\\' && quote != '\'' && p[1])
			*to++ = *++p;
		else
			*to++ = *p;
	}
	*to = 0;
	return quote ? NULL : p;
}

bool split_words(const char *text, char ***words, int *count)
{
	word_vec list = {0};

	vec_push(&list, arena_strdup("stap"));
	for (const char *p = skip_blanks(text); *p; p = skip_blanks(p)) {
		char *word = arena_alloc(strlen(p) + 1);

		p = copy_word(p, word);
		if (!p)
			return false;
		vec_push(&list, word);
	}
	*count = list.len;
	vec_push(&list, NULL);
	*words = list.data;
	return true;
}

/* Does the file begin with "#!" and a line that ends with `options`? */
static bool is_interpreter_line(const char *script, const char *options)
{
	char line[512];
	FILE *f = fopen(script, "re");
	bool match = false;

	if (!f)
		return false;
	if (fgets(line, sizeof line, f) && !strncmp(line, "#!", 2)) {
		line[strcspn(line, "\n")] = 0;
		size_t len = strlen(line), tail = strlen(options);

		match = len > tail && !strcmp(line + len - tail, options);
	}
	fclose(f);
	return match;
}

void unpack_interpreter_line(int *argc, char ***argv)
{
	char **old = *argv, **words;
	int count;
	word_vec list = {0};

	if (*argc < 3 || old[1][0] != '-' || !strchr(old[1], ' ') || !is_interpreter_line(old[2], old[1]))
		return;
	if (!split_words(old[1], &words, &count))
		return;
	for (int i = 0; i < count; i++)
		vec_push(&list, words[i]);
	for (int i = 2; i < *argc; i++)
		vec_push(&list, old[i]);
	*argc = list.len;
	vec_push(&list, NULL);
	*argv = list.data;
}

bool is_other_kernel(const char *release_or_dir)
{
	struct utsname name;
	char *release = (char *)release_or_dir;

	if (*release == '/' &&
	    file_read(arena_printf("%s/include/config/kernel.release", release_or_dir), &release, NULL))
		return true;
	release = arena_strndup(release, strcspn(release, "\n"));
	return uname(&name) == 0 && strcmp(name.release, release);
}
