/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network addresses as text.  IPv6 follows RFC 5952, which is what inet_ntop(3) prints. */
#include "netaddr.h"
#include "../core/format.h"

static void add_ipv4(struct sink *s, const u8 *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			sink_char(s, '.');
		sink_long(s, bytes[i]);
	}
}

void netaddr_ipv4(char *to, unsigned size, const u8 bytes[4])
{
	struct sink s = sink_string(to, size);

	add_ipv4(&s, bytes);
	sink_finish(&s);
}

struct run { int start, length; };

static struct run longest_zero_run(const u16 groups[8])
{
	struct run best = { -1, 1 };

	for (int i = 0, length = 0; i < 8; i++) {
		length = groups[i] ? 0 : length + 1;
		if (length > best.length)
			best = (struct run){ i - length + 1, length };
	}
	return best;
}

void netaddr_ipv6(char *to, unsigned size, const u8 bytes[16])
{
	struct sink s = sink_string(to, size);
	u16 groups[8];
	struct run zeros;
	int end = 8;

	for (int i = 0; i < 8; i++)
		groups[i] = (u16)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
	zeros = longest_zero_run(groups);
	if (zeros.start == 0 && (zeros.length == 6 || (zeros.length == 5 && groups[5] == 0xffff)))
		end = 6;		/* IPv4 inside: the last two groups are dotted */
	for (int i = 0; i < end; i++) {
		if (i == zeros.start) {
			sink_string_add(&s, "::");
			i += zeros.length - 1;
			continue;
		}
		if (i && i != zeros.start + zeros.length)
			sink_char(&s, ':');
		sink_number(&s, 'x', 0, -1, -1, groups[i]);
	}
	if (end == 6) {
		if (zeros.length == 5)
			sink_char(&s, ':');
		add_ipv4(&s, bytes + 12);
	}
	sink_finish(&s);
}
