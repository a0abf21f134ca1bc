/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Most texts are short and never see a file.  When a file cannot be made or takes no more, the
 * rest of the text stays in memory.
 */
#include "spool.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "oom.h"

#define SETTLE (256 * 1024)	/* shorter tails stay where they are */
#define PIECE (64 * 1024)

/* ---- writing ----------------------------------------------------------------------------- */

static bool open_file(struct spool *sp)
{
	int fd = sp->file ? sp->file - 1 : file_temporary(sp->dir);

	if (fd < 0)
		return false;
	sp->file = fd + 1;
	return true;
}

/* Bytes that the file took. */
static size_t write_tail(const struct spool *sp)
{
	size_t done = 0;

	while (done < sp->tail.len) {
		ssize_t put = pwrite(sp->file - 1, sp->tail.text + done, sp->tail.len - done, (off_t)(sp->written + done));

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			break;
		done += (size_t)put;
	}
	return done;
}

void spool_settle(struct spool *sp)
{
	size_t done;

	if (sp->full || sp->tail.len < SETTLE)
		return;
	done = open_file(sp) ? write_tail(sp) : 0;
	sp->full = done < sp->tail.len;
	sp->written += done;
	sp->tail.len -= done;
	memmove(sp->tail.text, sp->tail.text + done, sp->tail.len + 1);
}

/* ---- reading ----------------------------------------------------------------------------- */

size_t spool_length_added(const struct spool *sp)
{
	return sp->written + sp->tail.len;
}

size_t spool_length(const struct spool *sp)
{
	return sp->head.len + spool_length_added(sp);
}

static bool read_file(const struct spool *sp, size_t offset, char *to, size_t len)
{
	for (ssize_t got; len; offset += (size_t)got, to += got, len -= (size_t)got) {
		got = pread(sp->file - 1, to, len, (off_t)offset);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			return false;
	}
	return true;
}

bool spool_has(const struct spool *sp, size_t offset, const char *text, size_t len)
{
	size_t in_file = offset < sp->written ? sp->written - offset : 0;
	char *copy;
	bool same;

	if (offset > spool_length_added(sp) || len > spool_length_added(sp) - offset)
		return false;
	if (in_file > len)
		in_file = len;
	if (in_file < len && memcmp(sp->tail.text + (offset + in_file - sp->written), text + in_file, len - in_file) != 0)
		return false;
	if (!in_file)
		return true;
	copy = checked_realloc(NULL, in_file);
	same = read_file(sp, offset, copy, in_file) && memcmp(copy, text, in_file) == 0;
	free(copy);
	return same;
}

struct reader {
	bool (*see)(const char *piece, size_t len, void *data);
	void *data;
	struct strbuf line;		/* the line that the last piece ended in */
	bool stopped;
};

/* Whole lines of what was read are shown, the last one when its end has come. */
static void show(struct reader *r, const char *text, size_t len)
{
	const char *newline = memrchr(text, '\n', len);
	size_t whole = newline ? (size_t)(newline + 1 - text) : 0;

	strbuf_addn(&r->line, text, whole);
	if (whole && !r->stopped)
		r->stopped = !r->see(r->line.text, r->line.len, r->data);
	if (whole)
		r->line.len = 0;
	strbuf_addn(&r->line, text + whole, len - whole);
}

static void show_memory(struct reader *r, const struct strbuf *sb)
{
	for (size_t at = 0; at < sb->len && !r->stopped; at += PIECE)
		show(r, sb->text + at, sb->len - at < PIECE ? sb->len - at : PIECE);
}

static int show_file(struct reader *r, const struct spool *sp)
{
	char *buffer = checked_realloc(NULL, PIECE);
	int err = 0;

	for (size_t at = 0; at < sp->written && !r->stopped && !err; at += PIECE) {
		size_t len = sp->written - at < PIECE ? sp->written - at : PIECE;

		if (read_file(sp, at, buffer, len))
			show(r, buffer, len);
		else
			err = -EIO;
	}
	free(buffer);
	return err;
}

int spool_each(const struct spool *sp, bool (*see)(const char *piece, size_t len, void *data), void *data)
{
	struct reader r = { .see = see, .data = data };
	int err;

	show_memory(&r, &sp->head);
	err = show_file(&r, sp);
	if (!err)
		show_memory(&r, &sp->tail);
	if (!err && !r.stopped && r.line.len)
		see(r.line.text, r.line.len, data);
	strbuf_release(&r.line);
	return err;
}

static bool save_piece(const char *piece, size_t len, void *out)
{
	return fwrite(piece, 1, len, out) == len;
}

int spool_save(const struct spool *sp, const char *path)
{
	FILE *out = fopen(path, "we");
	int err;

	if (!out)
		return -errno;
	err = spool_each(sp, save_piece, out);
	if (!err && ferror(out))
		err = -errno;
	if (fclose(out) != 0 && !err)
		err = -errno;
	if (err)
		unlink(path);
	return err;
}

static bool add_piece(const char *piece, size_t len, void *data)
{
	strbuf_addn(data, piece, len);
	return true;
}

char *spool_text(const struct spool *sp)
{
	struct strbuf all = {0};

	spool_each(sp, add_piece, &all);
	return strbuf_detach(&all);
}

void spool_release(struct spool *sp)
{
	strbuf_release(&sp->head);
	strbuf_release(&sp->tail);
	if (sp->file)
		close(sp->file - 1);
	*sp = (struct spool){0};
}
