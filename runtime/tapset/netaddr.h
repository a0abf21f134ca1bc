/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network addresses as ss and ip print them. */
#ifndef TAPSET_NETADDR_H
#define TAPSET_NETADDR_H

#include "../core/types.h"

#define NETADDR_TEXT 48		/* room for any address with its NUL */

/* Four bytes as they lie in a packet: 192.0.2.1 */
void netaddr_ipv4(char *to, unsigned size, const u8 bytes[4]);

/* Sixteen bytes, RFC 5952: lower-case hex, the longest run of zero groups (two or more) as "::",
 * IPv4 inside as ::ffff:192.0.2.1 or ::192.0.2.1 */
void netaddr_ipv6(char *to, unsigned size, const u8 bytes[16]);

#endif
