/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments that are numbers with a meaning: signals, modes, keys, commands. */
#include "show.h"
#include "symbols.h"
#include "../tapset/names.h"

#define AT_FDCWD -100

void syscall_show_at(struct sink *s, u64 value)
{
	if ((s32)value == AT_FDCWD)
		sink_string_add(s, "AT_FDCWD");
	else
		show_number(s, (s32)value);
}

void syscall_show_signal(struct sink *s, u64 value)
{
	const char *name = names_find(&names_signal, (s32)value);

	if (name)
		sink_string_add(s, name);
	else
		show_number(s, (s32)value);
}

void syscall_show_handler(struct sink *s, u64 value)
{
	static const char *const special[] = { "SIG_DFL", "SIG_IGN" };

	if (value < 2)
		sink_string_add(s, special[value]);
	else if (value == ~0ULL)
		sink_string_add(s, "SIG_ERR");
	else
		show_hex(s, value);
}

#define SIGNALS 64

/* Without gcc's builtin: it may call libgcc, which the kernel does not have. */
static unsigned bits_set(u64 value)
{
	unsigned count = 0;

	for (; value; value &= value - 1)
		count++;
	return count;
}

/* Masks of most signals are shown by those that they lack: ~[KILL STOP]. */
void syscall_show_mask(struct sink *s, u64 value)
{
	bool most = bits_set(value) >= SIGNALS * 2 / 3;
	unsigned start;

	sink_string_add(s, most ? "~[" : "[");
	start = s->len;
	if (most)
		value = ~value;
	for (int signal = 1; value; signal++, value >>= 1) {
		if (!(value & 1))
			continue;
		if (s->len > start)
			sink_char(s, ' ');
		sink_string_add(s, names_find(&names_signal, signal) + 3);	/* without SIG */
	}
	sink_char(s, ']');
}

/* ---- modes ----------------------------------------------------------------------------------- */

/* Flags, and permissions in octal. */
static void show_with_mode(struct sink *s, const struct symbol *table, u64 value)
{
	u64 mode = value & 0777;

	if (value != mode) {
		symbols_show(s, table, value & ~0777ULL);
		sink_char(s, '|');
	}
	show_octal(s, mode);
}

void syscall_show_ipc_mode(struct sink *s, u64 value)
{
	show_with_mode(s, symbols_ipc_get, (u32)value);
}

void syscall_show_shm_mode(struct sink *s, u64 value)
{
	show_with_mode(s, symbols_shmget, (u32)value);
}

void syscall_show_node_mode(struct sink *s, u64 value)
{
	show_with_mode(s, symbols_file_type, (u32)value);
}

void syscall_show_ipc_key(struct sink *s, u64 value)
{
	if (!(u32)value)
		sink_string_add(s, "IPC_PRIVATE");
	else
		show_hex(s, (u32)value);
}

/* ---- processes ---------------------------------------------------------------------------------- */

void syscall_show_clone_flags(struct sink *s, u64 value)
{
	u64 signal = value & 0xff;

	if (value != signal) {
		symbols_show(s, symbols_clone, value & ~0xffULL);
		if (signal)
			sink_char(s, '|');
	}
	if (signal || !value)
		syscall_show_signal(s, signal);
}

void syscall_show_ioprio(struct sink *s, u64 value)
{
	const char *name = symbols_find(symbols_ioprio_class, (u32)value >> 13);

	sink_string_add(s, "IOPRIO_PRIO_VALUE(");
	if (name)
		sink_string_add(s, name);
	else
		show_hex(s, (u32)value >> 13);
	sink_string_add(s, ", ");
	show_number(s, value & 0x1fff);
	sink_char(s, ')');
}

void syscall_show_wait_status(struct sink *s, u64 value)
{
	u32 status = (u32)value, signal = status & 0x7f;

	if (!signal) {
		sink_string_add(s, "WIFEXITED(s) && WEXITSTATUS(s) == ");
		show_number(s, status >> 8 & 0xff);
	} else if (status == 0xffff) {
		sink_string_add(s, "WIFCONTINUED(s)");
	} else if (signal == 0x7f) {
		sink_string_add(s, "WIFSTOPPED(s) && WSTOPSIG(s) == ");
		syscall_show_signal(s, status >> 8 & 0xff);
	} else {
		sink_string_add(s, "WIFSIGNALED(s) && WTERMSIG(s) == ");
		syscall_show_signal(s, signal);
		if (status & 0x80)
			sink_string_add(s, " && WCOREDUMP(s)");
	}
}

/* FUTEX_PRIVATE_FLAG becomes part of the name. */
void syscall_show_futex_op(struct sink *s, u64 value)
{
	const char *name = symbols_find(symbols_futex, value & 0x7f);

	if (name)
		sink_string_add(s, name);
	else
		show_hex(s, value & 0x7f);
	if (value & 0x80)
		sink_string_add(s, name ? "_PRIVATE" : "|FUTEX_PRIVATE_FLAG");
	value = (u32)value & ~0xffu;
	if (!value)
		return;
	sink_char(s, '|');
	if (value & 0x100)
		sink_string_add(s, "FUTEX_CLOCK_REALTIME");
	if (value & ~0x100ULL)
		show_hex(s, value & ~0x100ULL);
}

void syscall_show_futex_wake_op(struct sink *s, u64 value)
{
	static const char *const operations[] = {
		"FUTEX_OP_SET", "FUTEX_OP_ADD", "FUTEX_OP_OR", "FUTEX_OP_ANDN", "FUTEX_OP_XOR",
	};
	static const char *const comparisons[] = {
		"FUTEX_OP_CMP_EQ", "FUTEX_OP_CMP_NE", "FUTEX_OP_CMP_LT", "FUTEX_OP_CMP_LE",
		"FUTEX_OP_CMP_GT", "FUTEX_OP_CMP_GE",
	};
	u32 bits = (u32)value, operation = bits >> 28 & 7, comparison = bits >> 24 & 15;

	if (operation > 4 || comparison > 5) {
		show_hex(s, bits);
		return;
	}
	if (bits >> 31)
		sink_string_add(s, "FUTEX_OP_OPARG_SHIFT<<28|");
	sink_string_add(s, operations[operation]);
	sink_string_add(s, "<<28|");
	show_hex(s, bits >> 12 & 0xfff);
	sink_string_add(s, "<<12|");
	sink_string_add(s, comparisons[comparison]);
	sink_string_add(s, "<<24|");
	show_hex(s, bits & 0xfff);
}

/* ---- sockets ---------------------------------------------------------------------------------------- */

static void show_prefixed(struct sink *s, const char *prefix, const struct names *table, u64 value)
{
	const char *name = names_find(table, (s64)value);

	if (!name) {
		show_hex(s, value);
		return;
	}
	sink_string_add(s, prefix);
	sink_string_add(s, name);
}

void syscall_show_family(struct sink *s, u64 value)
{
	if ((u32)value == FAMILY_UNIX)
		sink_string_add(s, "AF_UNIX");
	else
		show_prefixed(s, "AF_", &names_socket_family, (u32)value);
}

void syscall_show_protocol(struct sink *s, s64 family, u64 value)
{
	value = (u32)value;
	if (family == FAMILY_INET || family == FAMILY_INET6)
		show_prefixed(s, "IPPROTO_", &names_protocol, value);
	else if (family == FAMILY_NETLINK)
		symbols_show(s, symbols_netlink_protocol, value);
	else
		show_number(s, (s32)value);
}

static const struct symbol *options_of(s64 level)
{
	switch (level) {
	case 0: return symbols_ip_option;
	case 1: return symbols_socket_option;
	case 17: return symbols_udp_option;
	case 263: return symbols_packet_option;
	case 270: return symbols_netlink_option;
	default: return NULL;
	}
}

void syscall_show_option(struct sink *s, s64 level, u64 value)
{
	const struct symbol *table = options_of(level);

	value = (u32)value;
	if (level == 6)
		show_prefixed(s, "", &names_tcp_option, value);
	else if (level == 41)
		show_prefixed(s, "", &names_ipv6_option, value);
	else if (table)
		symbols_show(s, table, value);
	else
		show_hex(s, value);
}

/* ---- administration ------------------------------------------------------------------------------------ */

void syscall_show_quota(struct sink *s, u64 value)
{
	sink_string_add(s, "QCMD(");
	symbols_show(s, symbols_quota_command, (u32)value >> 8);
	sink_string_add(s, ", ");
	symbols_show(s, symbols_quota_type, value & 0xff);
	sink_char(s, ')');
}

void syscall_show_key_id(struct sink *s, u64 value)
{
	const char *name = symbols_find(symbols_key_id, (u32)value);

	if (name)
		sink_string_add(s, name);
	else
		show_number(s, (s32)value);
}
