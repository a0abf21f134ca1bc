/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of sockets that programs pass: whole, and by parts. */
#include "show.h"
#include "../core/access.h"
#include "../tapset/netaddr.h"

/* The address as far as its length and what is known of its family go; the rest is zero. */
union socket_address {
	u16 family;
	struct { u16 family; u8 port[2]; u8 ip[4]; } inet;
	struct { u16 family; u8 port[2]; u8 flow[4]; u8 ip[16]; u32 scope; } inet6;
	struct { u16 family, pad; u32 pid, groups; } netlink;
	u8 bytes[28];
};

static bool load_address(union socket_address *a, u64 address, s64 length)
{
	unsigned size = length > (s64)sizeof(*a) ? sizeof(*a) : (unsigned)length;

	__builtin_memset(a, 0, sizeof(*a));
	return address && length >= 2 && script_copy_user(a, address, size);
}

static unsigned big16(const u8 *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

static u32 big32(const u8 *bytes)
{
	return (u32)big16(bytes) << 16 | big16(bytes + 2);
}

static void show_ip(struct sink *s, const union socket_address *a)
{
	char text[NETADDR_TEXT];

	if (a->family == FAMILY_INET)
		netaddr_ipv4(text, sizeof(text), a->inet.ip);
	else
		netaddr_ipv6(text, sizeof(text), a->inet6.ip);
	sink_string_add(s, text);
}

static void show_port(struct sink *s, const char *member, const union socket_address *a)
{
	show_member(s, member);
	sink_string_add(s, "htons(");
	show_number(s, big16(a->inet.port));
	sink_char(s, ')');
}

static void show_inet(struct sink *s, const union socket_address *a)
{
	show_port(s, "sin_port", a);
	show_member(s, "sin_addr");
	sink_string_add(s, "inet_addr(\"");
	show_ip(s, a);
	sink_string_add(s, "\")");
}

static void show_inet6(struct sink *s, const union socket_address *a)
{
	show_port(s, "sin6_port", a);
	show_member(s, "sin6_flowinfo");
	sink_string_add(s, "htonl(");
	show_number(s, big32(a->inet6.flow));
	sink_string_add(s, "), inet_pton(AF_INET6, \"");
	show_ip(s, a);
	sink_string_add(s, "\", &sin6_addr)");
	show_member(s, "sin6_scope_id");
	show_number(s, a->inet6.scope);
}

static void show_netlink(struct sink *s, const union socket_address *a)
{
	show_member(s, "nl_pid");
	show_number(s, a->netlink.pid);
	show_member(s, "nl_groups");
	sink_number(s, 'x', FORMAT_ZERO, 8, -1, a->netlink.groups);
}

#define PATH_MAX_SHOWN 108

/* An abstract name begins with a zero byte. */
static void show_unix(struct sink *s, u64 address, s64 length)
{
	s64 most = length > 2 + PATH_MAX_SHOWN ? PATH_MAX_SHOWN : length - 2;
	u8 first = 0;

	if (most <= 0 || !script_copy_user(&first, address + 2, 1))
		return;
	show_member(s, "sun_path");
	if (first) {
		show_string(s, address + 2, most);
	} else {
		sink_char(s, '@');
		show_bytes(s, address + 3, most - 1);
	}
}

void syscall_show_sockaddr(struct sink *s, s64 length, u64 address)
{
	union socket_address a;

	if (!load_address(&a, address, length)) {
		show_hex(s, address);
		return;
	}
	sink_char(s, '{');
	show_member(s, "sa_family");
	syscall_show_family(s, a.family);
	if (a.family == FAMILY_INET)
		show_inet(s, &a);
	else if (a.family == FAMILY_INET6)
		show_inet6(s, &a);
	else if (a.family == FAMILY_NETLINK)
		show_netlink(s, &a);
	else if (a.family == FAMILY_UNIX)
		show_unix(s, address, length);
	sink_char(s, '}');
}

void syscall_show_sockaddr_part(struct sink *s, enum sockaddr_part part, u64 address, s64 length)
{
	union socket_address a;
	bool internet;

	if (!load_address(&a, address, length))
		return;
	internet = a.family == FAMILY_INET || a.family == FAMILY_INET6;
	if (part == SOCKADDR_FAMILY)
		syscall_show_family(s, a.family);
	else if (part == SOCKADDR_IP && internet)
		show_ip(s, &a);
	else if (part == SOCKADDR_PORT && internet)
		show_number(s, big16(a.inet.port));
	else if (part == SOCKADDR_FLOW && a.family == FAMILY_INET6)
		show_number(s, big32(a.inet6.flow));
	else if (part == SOCKADDR_SCOPE && a.family == FAMILY_INET6)
		show_number(s, a.inet6.scope);
}
