/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A long text that is written from its start to its end and read a piece at a time: what is
 * more than fits a buffer is kept in a file without a name, not in memory.
 */
#ifndef STAP_BASE_SPOOL_H
#define STAP_BASE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "strbuf.h"

struct spool {
	struct strbuf head;	/* what stands in front of all, may be written last */
	struct strbuf tail;	/* what was added last: add here, and settle now and then */
	size_t written;		/* bytes of the file, between head and tail */
	const char *dir;	/* where the file is made, NULL: where temporary files belong */
	int file;		/* its descriptor and one, 0: there is none yet */
	bool full;		/* the file takes no more: the rest stays in memory */
};

/* A good moment to move what was added to the file, if it is much. */
void spool_settle(struct spool *sp);

/* Length of it all, and from the end of the head to the end of the tail. */
size_t spool_length(const struct spool *sp);
size_t spool_length_added(const struct spool *sp);

/* Does `text` stand at that distance from the end of the head? */
bool spool_has(const struct spool *sp, size_t offset, const char *text, size_t len);

/*
 * Show it all in pieces, each NUL-terminated and of whole lines (the last line may lack its end), until `see`
 * returns false.  Returns 0 or -errno: a piece could not be read.
 */
int spool_each(const struct spool *sp, bool (*see)(const char *piece, size_t len, void *data), void *data);

/* Make it a file; 0 or -errno.  A failed write leaves no file behind. */
int spool_save(const struct spool *sp, const char *path);

/* All of it, for the caller to free(). */
char *spool_text(const struct spool *sp);

void spool_release(struct spool *sp);

#endif
