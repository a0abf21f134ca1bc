/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory: for maps, at the start; and copies from addresses that a script made up,
 * which may fault, sleep never, and tell.
 */
#include "runtime.h"

#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

static size_t script_memory_used;

size_t script_memory(void)
{
	return script_memory_used;
}

void *script_alloc(size_t size)
{
	size_t total = script_memory_used + PAGE_ALIGN(size);

	if (script_config.max_memory_kb && total >> 10 > script_config.max_memory_kb) {
		pr_warn("%s: this script needs more than STP_MAXMEMORY=%u KiB\n", THIS_MODULE->name,
			script_config.max_memory_kb);
		return NULL;
	}
	script_memory_used = total;
	return vzalloc(size);
}

void script_free(void *memory)
{
	vfree(memory);
}

/* ---- bytes ---------------------------------------------------------------------------- */

/* copy_from_kernel_nofault() admits the vsyscall page on older kernels, and must not. */
static bool kernel_range(u64 from, unsigned n)
{
	return (s64)from < -(10LL << 20) - (s64)n;
}

bool script_copy_kernel(void *to, u64 from, unsigned n)
{
	return kernel_range(from, n) && !copy_from_kernel_nofault(to, (void *)from, n);
}

#define STORE(type) __put_kernel_nofault((void *)address, &(type){ value }, type, fault)

/* copy_to_kernel_nofault() is not exported. */
bool script_store_slow(u64 address, unsigned size, u64 value)
{
	bool good = false;

	if (!kernel_range(address, size))
		return false;
	pagefault_disable();
	if (size == 8)
		STORE(u64);
	else if (size == 4)
		STORE(u32);
	else if (size == 2)
		STORE(u16);
	else
		STORE(u8);
	good = true;
fault:
	pagefault_enable();
	return good;
}

bool script_copy_user(void *to, u64 from, unsigned n)
{
	return !copy_from_user_nofault(to, (const void __user *)from, n);
}

bool script_load_user_slow(u64 address, unsigned size, u64 *raw)
{
	return script_copy_user(raw, address, size);
}

bool script_store_user_slow(u64 address, unsigned size, u64 raw)
{
	return !copy_to_user_nofault((void __user *)address, &raw, size);
}

/* ---- strings ----------------------------------------------------------------------------- */

typedef bool (*copy_function)(void *to, u64 from, unsigned n);

/*
 * Strings are read in chunks that never cross a multiple of their size, hence no page: a
 * chunk that faults has no readable byte.
 */
#define STRING_CHUNK 64

static bool copy_string(char *to, unsigned size, u64 from, copy_function copy)
{
	unsigned done = 0, n;
	char *end;

	while (done < size - 1) {
		n = min_t(unsigned, STRING_CHUNK - (from & (STRING_CHUNK - 1)), size - 1 - done);
		if (!copy(to + done, from, n)) {
			to[done] = 0;
			return false;
		}
		end = memchr(to + done, 0, n);
		if (end)
			return true;
		done += n;
		from += n;
	}
	to[done] = 0;
	return true;
}

bool script_kernel_string(char *to, unsigned size, u64 address)
{
	return copy_string(to, size, address, script_copy_kernel);
}

bool script_user_string(char *to, unsigned size, u64 address)
{
	return copy_string(to, size, address, script_copy_user);
}

/* ---- %m and %M ------------------------------------------------------------------------------- */

static bool dump_read(char *to, u64 from, unsigned n, bool user)
{
	return user ? script_copy_user(to, from, n) : script_copy_kernel(to, from, n);
}

static void dump_pad(struct sink *s, int count)
{
	while (count-- > 0)
		sink_char(s, ' ');
}

static void dump_add(struct sink *s, const unsigned char *bytes, unsigned n, bool hex)
{
	static const char digits[] = "0123456789abcdef";
	unsigned i;

	if (!hex) {
		sink_bytes(s, (const char *)bytes, n);
		return;
	}
	for (i = 0; i < n; i++) {
		sink_char(s, digits[bytes[i] >> 4]);
		sink_char(s, digits[bytes[i] & 15]);
	}
}

/* Whether every byte can be read, so that a fault leaves the sink unchanged. */
static bool dump_check(u64 address, unsigned n, bool user)
{
	char piece[STRING_CHUNK];
	unsigned done, part;

	for (done = 0; done < n; done += part) {
		part = min_t(unsigned, n - done, sizeof(piece));
		if (!dump_read(piece, address + done, part, user))
			return false;
	}
	return true;
}

static void dump_copy(struct sink *s, u64 address, unsigned n, bool user, bool hex)
{
	unsigned char piece[STRING_CHUNK];
	unsigned done, part;

	for (done = 0; done < n; done += part) {
		part = min_t(unsigned, n - done, sizeof(piece));
		if (!dump_read((char *)piece, address + done, part, user))
			memset(piece, 0, part);
		dump_add(s, piece, part, hex);
	}
}

bool script_dump_memory(struct context *c, struct sink *s, bool hex, bool user,
			unsigned flags, int width, int precision, s64 address)
{
	unsigned n = precision < 0 ? 1 : precision;
	int padding = width - (int)(hex ? 2 * n : n);

	if (n > PAGE_SIZE) {
		script_error(c, "%u is too many bytes for a memory dump", n);
		return false;
	}
	if (!dump_check(address, n, user)) {
		script_read_fault(c, address, n);
		return false;
	}
	if (!(flags & FORMAT_MINUS))
		dump_pad(s, padding);
	dump_copy(s, address, n, user, hex);
	if (flags & FORMAT_MINUS)
		dump_pad(s, padding);
	return true;
}

/* kmalloc() in more than two pages may not be told to never fail: the kernel warns. */
void *room_for(size_t count, size_t size)
{
	size_t bytes = max_t(size_t, count, 1) * size;
	void *room;

	if (bytes <= PAGE_SIZE)
		return kzalloc(bytes, GFP_KERNEL | __GFP_NOFAIL);
	while (!(room = vzalloc(bytes)))
		msleep(10);
	return room;
}
