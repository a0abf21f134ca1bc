/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and folders in one call each.  All return 0 or -errno and report nothing. */
#ifndef STAP_BASE_FILE_H
#define STAP_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The whole file as NUL-terminated text in the arena; `len` (may be NULL) excludes the NUL. */
int file_read(const char *path, char **text, size_t *len);

/* Create or replace a file.  A failed write (disk full) leaves no file behind. */
int file_write(const char *path, const void *data, size_t len);

/* Copy a file; mode bits 0644. */
int file_copy(const char *from, const char *to);

/* Append `data` to an existing or new file, in one write. */
int file_append(const char *path, const void *data, size_t len);

/* A new file without a name that is gone when it is closed, in `dir` (may be NULL), $TMPDIR or where long temporary
 * files belong: its descriptor, or -errno. */
int file_temporary(const char *dir);

/* mkdir -p; folders that are made get `mode`. */
int dir_make(const char *path, mode_t mode);

/* rm -rf; a path that does not exist is fine. */
int dir_remove(const char *path);

bool file_exists(const char *path);

/* Give descriptors 0 to 2 that the caller closed to /dev/null: they would become files of ours. */
void keep_standard_streams(void);

/* "ENOSPC (No space left on device)", for messages; `error` may be negative. */
const char *error_text(int error);

#endif
