/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small text files that notice their own damage: a last line "end<TAB>DIGEST" covers the lines before. */
#ifndef STAP_BUILD_SEALED_H
#define STAP_BUILD_SEALED_H

#include <stdbool.h>

#include "../base/strbuf.h"

/* Close the text and write it; 0 or -errno.  Releases the buffer. */
int sealed_write(const char *path, struct strbuf *sb);

/* The lines without the closing one, or NULL when the file is missing (*why NULL) or damaged. */
char *sealed_read(const char *path, const char **why);

/* "PATH<TAB>SIZE<TAB>MTIME": changes whenever the file does. */
const char *file_stamp(const char *path);

/* Is "PATH<TAB>SIZE<TAB>MTIME" still what the file is? */
bool file_stamp_holds(const char *stamp);

/* A program as it would be found from folder `dir` and $PATH. */
const char *program_path(const char *dir, const char *program);

#endif
