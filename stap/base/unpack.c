/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacking, one row per format: a magic and a function that feeds a file.
 * Output goes to the file in pieces, so a 60 MB kernel costs the decoder's window
 * and no more.
 */
#include "unpack.h"

#include <errno.h>
#include <lz4.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { PIECE = 256 * 1024, LZ4_BLOCK = 8 << 20 };

static int put(int fd, const void *data, size_t size)
{
	const char *p = data;

	while (size > 0) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		size -= n;
	}
	return 0;
}

/* A mapping of a file need not stay in memory up to where it was read. */
static void let_go(const uint8_t *data, size_t read, bool mapped)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = ((uintptr_t)data + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)data + read) & ~(page - 1);

	if (mapped && end > start)
		madvise((void *)start, end - start, MADV_DONTNEED);
}

static int unpack_gzip(const uint8_t *data, size_t size, int fd, bool mapped)
{
	z_stream z = { .next_in = (uint8_t *)data, .avail_in = size };
	uint8_t *out = malloc(PIECE);
	int state = Z_MEM_ERROR, rc = 0;

	if (out && inflateInit2(&z, 15 + 16) == Z_OK) {
		do {
			z.next_out = out;
			z.avail_out = PIECE;
			state = inflate(&z, Z_NO_FLUSH);
			if (state == Z_OK || state == Z_STREAM_END)
				rc = put(fd, out, PIECE - z.avail_out);
			let_go(data, (size_t)(z.next_in - data), mapped);
		} while (state == Z_OK && rc == 0);
		inflateEnd(&z);
	}
	free(out);
	return rc ? rc : state == Z_STREAM_END ? 0 : state == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
}

static int unpack_xz(const uint8_t *data, size_t size, int fd, bool mapped)
{
	lzma_stream x = LZMA_STREAM_INIT;
	uint8_t *out = malloc(PIECE);
	lzma_ret state = LZMA_MEM_ERROR;
	int rc = 0;

	if (out && lzma_stream_decoder(&x, UINT64_MAX, 0) == LZMA_OK) {
		x.next_in = data;
		x.avail_in = size;
		do {
			x.next_out = out;
			x.avail_out = PIECE;
			state = lzma_code(&x, LZMA_RUN);
			if (state == LZMA_OK || state == LZMA_STREAM_END)
				rc = put(fd, out, PIECE - x.avail_out);
			let_go(data, (size_t)(x.next_in - data), mapped);
		} while (state == LZMA_OK && rc == 0);
		lzma_end(&x);
	}
	free(out);
	return rc ? rc : state == LZMA_STREAM_END ? 0 : state == LZMA_MEM_ERROR ? -ENOMEM : -EBADMSG;
}

static int unpack_zstd(const uint8_t *data, size_t size, int fd, bool mapped)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	ZSTD_inBuffer in = { data, size, 0 };
	uint8_t *buffer = malloc(PIECE);
	size_t state = 1;
	int rc = z && buffer ? 0 : -ENOMEM;

	if (z)	/* kernels are packed with windows of up to 128 MB */
		ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, 27);
	while (rc == 0 && state != 0) {
		ZSTD_outBuffer out = { buffer, PIECE, 0 };
		size_t before = in.pos;

		state = ZSTD_decompressStream(z, &out, &in);
		if (ZSTD_isError(state) || (in.pos == before && out.pos == 0))
			rc = -EBADMSG;
		else
			rc = put(fd, buffer, out.pos);
		let_go(data, in.pos, mapped);
	}
	free(buffer);
	ZSTD_freeDCtx(z);
	return rc;
}

static uint32_t le32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/*
 * The legacy frame: magic, then blocks of a 32-bit packed size and that many
 * bytes, each giving up to 8 MB.  It has no end mark: kernels append the unpacked
 * size, so a block that does not fit in what is left is the end.
 */
static int unpack_lz4(const uint8_t *data, size_t size, int fd, bool mapped)
{
	static const uint32_t magic = 0x184c2102;
	char *out = malloc(LZ4_BLOCK);
	size_t at = 4;
	bool any = false;
	int rc = out ? 0 : -ENOMEM;

	while (rc == 0 && at + 4 <= size) {
		uint32_t packed = le32(data + at);
		int n;

		at += 4;
		if (packed == magic)
			continue;
		if (packed == 0 || packed > size - at)
			break;
		n = LZ4_decompress_safe((const char *)data + at, out, packed, LZ4_BLOCK);
		if (n < 0)
			rc = any && at + packed == size ? 0 : -EBADMSG;
		else
			rc = put(fd, out, n);
		any = true;
		at += packed;
		let_go(data, at, mapped);
	}
	free(out);
	return rc ? rc : any ? 0 : -EBADMSG;
}

static const struct format {
	const char *magic;
	size_t length;
	int (*unpack)(const uint8_t *data, size_t size, int fd, bool mapped);
} formats[] = {
	{ "\x1f\x8b\x08", 3, unpack_gzip },
	{ "\xfd" "7zXZ", 6, unpack_xz },
	{ "\x28\xb5\x2f\xfd", 4, unpack_zstd },
	{ "\x02\x21\x4c\x18", 4, unpack_lz4 },
};

static const struct format *format_at(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (size >= formats[i].length &&
		    memcmp(data, formats[i].magic, formats[i].length) == 0)
			return &formats[i];
	return NULL;
}

int unpack(const uint8_t *data, size_t size, int fd, bool mapped)
{
	const struct format *f = format_at(data, size);

	return f ? f->unpack(data, size, fd, mapped) : -ENOTSUP;
}

size_t unpack_find(const uint8_t *data, size_t size, size_t from)
{
	while (from < size && !format_at(data + from, size - from))
		from++;
	return from;
}
