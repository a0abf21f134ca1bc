/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of command lines that did not come from a shell. */
#ifndef STAP_OPTION_WORDS_H
#define STAP_OPTION_WORDS_H

#include <stdbool.h>

/*
 * Split text like a shell does: blanks separate, quotes and backslash protect, # begins a
 * comment.  (*words)[0] is a program name, the list ends with NULL, *count includes the
 * name.  False when a quotation does not end.
 */
bool split_words(const char *text, char ***words, int *count);

/*
 * The kernel hands "#!/usr/bin/stap -v -g" over as one word "-v -g".  When the second
 * word is a script whose first line ends with the first word, split that word.
 */
void unpack_interpreter_line(int *argc, char ***argv);

/* Is -r RELEASE or -r DIR another kernel than the running one? */
bool is_other_kernel(const char *release_or_dir);

#endif
