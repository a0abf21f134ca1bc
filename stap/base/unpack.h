/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams of gzip, xz, zstd and lz4 (legacy frame, as kernels use it) into a file. */
#ifndef STAP_BASE_UNPACK_H
#define STAP_BASE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Unpack what starts at `data` into `fd`; bytes after the end of the stream are
 * ignored.  Returns 0 or -errno; -ENOTSUP when no known magic is there, -EBADMSG when
 * the stream is damaged.  `mapped`: the data is a file's mapping, of which what was read need not stay in memory.
 */
int unpack(const uint8_t *data, size_t size, int fd, bool mapped);

/* Offset of the next known magic at or after `from`, or `size`. */
size_t unpack_find(const uint8_t *data, size_t size, size_t from);

#endif
