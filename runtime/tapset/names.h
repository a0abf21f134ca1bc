/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and flags of the system interface by name.  A table says how a value is
 * spelled; all are in the runtime's objects, so a script pays only for those it calls.
 */
#ifndef TAPSET_NAMES_H
#define TAPSET_NAMES_H

#include "../core/types.h"

/* Names by number; NULL: no such number. */
struct names {
	const char *const *name;
	unsigned count;
};
#define NAMES(array) { array, sizeof(array) / sizeof((array)[0]) }

/* NULL when the number has no name. */
const char *names_find(const struct names *table, s64 number);

/* -1 when no number has this name. */
s64 names_number(const struct names *table, const char *name);

/* Bits or groups of bits by name; the table ends with a NULL name. */
struct flag_name {
	u64 bits;
	const char *name;
};

/* "A|B|0x40": names joined, what has none in hexadecimal; "0x0" for none at all.  Rows are tried in
 * order; one that names several bits comes before those that name some of them. */
void flags_text(char *to, unsigned size, const struct flag_name *table, u64 value);

/* net_names.c */
extern const struct names names_socket_family;		/* "INET" */
extern const struct names names_socket_type;		/* "STREAM" */
extern const struct names names_socket_state;		/* "CONNECTED" */
extern const struct names names_protocol;		/* "TCP" */
extern const struct names names_tcp_state;		/* "TCP_ESTABLISHED" */
extern const struct names names_tcp_option;		/* "TCP_NODELAY" */
extern const struct names names_ipv6_option;		/* "IPV6_V6ONLY" */
extern const struct flag_name flags_socket[];		/* "NOSPACE" */
extern const struct flag_name flags_message[];		/* "PEEK" */

/* task_names.c */
extern const struct names names_signal;			/* "SIGHUP" */
extern const struct names names_limit;			/* "RLIMIT_CPU" */
extern const struct flag_name flags_signal_action[];	/* "SA_RESTART" */
extern const struct flag_name flags_irq_action[];	/* "IRQF_SHARED" */
extern const struct flag_name flags_allocation[];	/* "GFP_KERNEL" */

/* syscall_names.c: of the architecture */
extern const struct names names_syscall;		/* "openat" */

#endif
