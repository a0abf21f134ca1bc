/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that lies in kernel or user memory.  It passes through a small buffer piece by
 * piece: probe contexts have no room for a second string.
 */
#include "memory_text.h"
#include "../core/format.h"
#include "../core/str.h"

#define PIECE 64

static bool copy_string(char *to, unsigned size, enum memory_space space, u64 address)
{
	return space == MEMORY_USER ? script_user_string(to, size, address) :
	       script_kernel_string(to, size, address);
}

static bool copy_bytes(void *to, enum memory_space space, u64 address, unsigned n)
{
	return space == MEMORY_USER ? script_copy_user(to, address, n) :
	       script_copy_kernel(to, address, n);
}

bool memory_quote_string(char *to, unsigned size, enum memory_space space, u64 address, s64 most,
			 struct quoting how)
{
	char piece[PIECE + 1];
	unsigned length;
	struct quote q;

	if (most <= 0)
		most = size;
	quote_begin(&q, to, size, how);
	do {
		if (!copy_string(piece, sizeof(piece), space, address))
			return false;
		length = str_length(piece);
		if (length > most) {
			quote_add(&q, piece, (unsigned)most);
			quote_end(&q, true);
			return true;
		}
		most -= length;
		address += length;
	} while (quote_add(&q, piece, length) && length == PIECE);
	quote_end(&q, false);
	return true;
}

/* n bytes, or only those before a NUL. */
static bool add_bytes(struct quote *q, enum memory_space space, u64 address, s64 n, bool to_nul)
{
	char piece[PIECE];

	while (n > 0 && !q->cut) {
		unsigned part = n < PIECE ? (unsigned)n : PIECE, used;

		if (!copy_bytes(piece, space, address, part))
			return false;
		for (used = 0; used < part && (piece[used] || !to_nul); used++)
			;
		quote_add(q, piece, used);
		if (used < part)
			break;
		address += part;
		n -= part;
	}
	return true;
}

static bool quote_bytes(char *to, unsigned size, struct quoting how, enum memory_space space, u64 address,
			s64 n, bool to_nul)
{
	struct quote q;
	bool good;

	quote_begin(&q, to, size, how);
	good = add_bytes(&q, space, address, n, to_nul);
	quote_end(&q, false);
	return good;
}

bool memory_quote_array(char *to, unsigned size, enum memory_space space, u64 address, s64 n,
			struct quoting how)
{
	return quote_bytes(to, size, how, space, address, n, true);
}

bool memory_quote_buffer(char *to, unsigned size, enum memory_space space, u64 address, s64 n,
			 struct quoting how)
{
	return quote_bytes(to, size, how, space, address, n, false);
}

static bool load_unit(u32 *value, enum memory_space space, u64 address, unsigned unit)
{
	u16 narrow;

	if (unit == 4)
		return copy_bytes(value, space, address, 4);
	if (!copy_bytes(&narrow, space, address, 2))
		return false;
	*value = narrow;
	return true;
}

static bool is_high_surrogate(u32 code) { return code >= 0xd800 && code < 0xdc00; }
static bool is_low_surrogate(u32 code) { return code >= 0xdc00 && code < 0xe000; }

bool memory_wide_string(char *to, unsigned size, enum memory_space space, u64 address,
			unsigned unit, bool *invalid)
{
	unsigned len = 0;
	u32 code, low;

	to[0] = 0;
	*invalid = false;
	while (len + 4 < size) {
		if (!load_unit(&code, space, address, unit))
			return false;
		address += unit;
		if (!code)
			break;
		if (unit == 2 && is_high_surrogate(code)) {
			if (!load_unit(&low, space, address, unit))
				return false;
			address += unit;
			code = is_low_surrogate(low) ?
			       0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : code;
		}
		if (!text_add_utf8(to, &len, size, code)) {
			*invalid = true;
			return false;
		}
	}
	return true;
}

void memory_show_address(char *to, unsigned size, u64 address)
{
	struct sink s = sink_string(to, size);

	sink_number(&s, 'x', FORMAT_ALT, -1, -1, (s64)address);
	sink_finish(&s);
}
