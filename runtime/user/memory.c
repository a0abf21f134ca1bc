/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing the process's own memory at addresses that may be wrong.  The
 * kernel copies: a bad address is an error code instead of a signal.
 */
#include "runtime.h"

#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096UL

static bool read_bytes(void *to, u64 from, size_t n)
{
	struct iovec here = { to, n }, there = { (void *)(uintptr_t)from, n };

	return !n || process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)n;
}

bool script_memory_read(u64 address, unsigned size, u64 *raw)
{
	char bytes[sizeof(*raw)] = {0};
	bool good = read_bytes(bytes, address, size);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	memmove(bytes + sizeof(bytes) - size, bytes, size);
	memset(bytes, 0, sizeof(bytes) - size);
#endif
	memcpy(raw, bytes, sizeof(*raw));
	return good;
}

bool script_memory_write(u64 address, unsigned size, u64 raw)
{
	char *bytes = (char *)&raw;
	struct iovec here, there = { (void *)(uintptr_t)address, size };

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	bytes += sizeof(raw) - size;
#endif
	here = (struct iovec){ bytes, size };
	return process_vm_writev(getpid(), &here, 1, &there, 1, 0) == (ssize_t)size;
}

bool script_copy_kernel(void *to, u64 from, unsigned n)
{
	return read_bytes(to, from, n);
}

bool script_copy_user(void *to, u64 from, unsigned n)
{
	return read_bytes(to, from, n);
}

/* Page by page, so that a string may end just before memory that is not there. */
static bool read_string(char *to, unsigned size, u64 address)
{
	unsigned len = 0;

	while (len < size - 1) {
		size_t chunk = PAGE - (address + len) % PAGE;

		if (chunk > size - 1 - len)
			chunk = size - 1 - len;
		if (!read_bytes(to + len, address + len, chunk)) {
			to[len] = 0;
			return false;
		}
		if (memchr(to + len, 0, chunk))
			return true;
		len += (unsigned)chunk;
	}
	to[len] = 0;
	return true;
}

bool script_kernel_string(char *to, unsigned size, u64 address)
{
	return read_string(to, size, address);
}

bool script_user_string(char *to, unsigned size, u64 address)
{
	return read_string(to, size, address);
}

bool script_dump_memory(struct context *c, struct sink *s, bool hex, bool user,
			unsigned flags, int width, int precision, s64 address)
{
	char bytes[PAGE];
	unsigned n = precision < 0 ? 1 : (unsigned)precision;

	if (n > PAGE) {
		script_error(c, "%u is too many bytes for a memory dump", n);
		return false;
	}
	if (!read_bytes(bytes, (u64)address, n)) {
		script_error(c, "%s memory copy fault at 0x%llx [man error::fault]", user ? "user" : "kernel",
			     (u64)address);
		return false;
	}
	sink_memory(s, hex, flags, width, bytes, n);
	return true;
}
