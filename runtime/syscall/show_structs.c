/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures that processes, files and administration take. */
#include "show.h"
#include "entry.h"
#include "symbols.h"
#include "../core/access.h"

static void show_number_member(struct sink *s, const char *name, s64 value)
{
	show_member(s, name);
	show_number(s, value);
}

static void show_hex_member(struct sink *s, const char *name, u64 value)
{
	show_member(s, name);
	show_hex(s, value);
}

/* ---- limits --------------------------------------------------------------------------------------- */

static void show_limit(struct sink *s, const char *name, s64 value, const char *infinity)
{
	show_member(s, name);
	if (value == -1)
		sink_string_add(s, infinity);
	else
		sink_number(s, 'u', 0, -1, -1, value);
}

static void show_limits(struct sink *s, const s64 *limits, const char *infinity)
{
	sink_char(s, '{');
	show_limit(s, "rlim_cur", limits[0], infinity);
	show_limit(s, "rlim_max", limits[1], infinity);
	sink_char(s, '}');
}

void syscall_show_rlimit(struct sink *s, u64 address)
{
	s64 limits[2];

	if (show_load(s, address, limits, 2, true))
		show_limits(s, limits, "RLIM_INFINITY");
}

void syscall_show_rlimit64(struct sink *s, u64 address)
{
	s64 limits[2];

	if (show_load(s, address, limits, 2, false))
		show_limits(s, limits, "RLIM64_INFINITY");
}

/* ---- processes -------------------------------------------------------------------------------------- */

void syscall_show_user_desc(struct sink *s, u64 address)
{
	static const struct { const char *name; u8 shift, bits; } parts[] = {
		{ "seg_32bit", 0, 1 }, { "contents", 1, 2 }, { "read_exec_only", 3, 1 },
		{ "limit_in_pages", 4, 1 }, { "seg_not_present", 5, 1 }, { "useable", 6, 1 },
	};
	u32 d[4];

	if (!show_copy(s, d, address, sizeof(d)))
		return;
	sink_char(s, '{');
	show_number_member(s, "entry_number", (s32)d[0]);
	show_hex_member(s, "base_addr", d[1]);
	show_hex_member(s, "limit", d[2]);
	for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		show_number_member(s, parts[i].name, d[3] >> parts[i].shift & ((1 << parts[i].bits) - 1));
	sink_char(s, '}');
}

struct scheduling {
	u32 size, policy;
	u64 flags;
	s32 nice;
	u32 priority;
	u64 runtime, deadline, period;
	u32 util_min, util_max;
};
#define SCHEDULING_FIRST_SIZE 48	/* without the clamps */

void syscall_show_sched_attr(struct sink *s, u64 address)
{
	struct scheduling a;

	if (!show_copy(s, &a, address, SCHEDULING_FIRST_SIZE))
		return;
	sink_char(s, '{');
	show_number_member(s, "size", a.size);
	show_member(s, "sched_policy");
	symbols_show(s, symbols_sched, a.policy);
	show_member(s, "sched_flags");
	if (a.flags)
		symbols_show(s, symbols_sched_attr, a.flags);
	else
		show_number(s, 0);
	show_number_member(s, "sched_nice", a.nice);
	show_number_member(s, "sched_priority", a.priority);
	show_number_member(s, "sched_runtime", (s64)a.runtime);
	show_number_member(s, "sched_deadline", (s64)a.deadline);
	show_number_member(s, "sched_period", (s64)a.period);
	if (a.size >= sizeof(a) && script_copy_user(&a, address, sizeof(a))) {
		show_number_member(s, "sched_util_min", a.util_min);
		show_number_member(s, "sched_util_max", a.util_max);
	}
	sink_char(s, '}');
}

/* The first members of struct clone_args; later versions add more. */
enum { FLAGS, PIDFD, CHILD_TID, PARENT_TID, EXIT_SIGNAL, STACK, STACK_SIZE, TLS, CLONE_WORDS };

void syscall_show_clone_args(struct sink *s, u64 address)
{
	s64 a[CLONE_WORDS];

	if (!show_load(s, address, a, CLONE_WORDS, false))
		return;
	sink_char(s, '{');
	show_member(s, "flags");
	if (a[FLAGS])
		symbols_show(s, symbols_clone, (u64)a[FLAGS]);
	else
		show_number(s, 0);
	if (a[CHILD_TID])
		show_hex_member(s, "child_tid", (u64)a[CHILD_TID]);
	if (a[PARENT_TID])
		show_hex_member(s, "parent_tid", (u64)a[PARENT_TID]);
	show_member(s, "exit_signal");
	syscall_show_signal(s, (u64)a[EXIT_SIGNAL]);
	show_hex_member(s, "stack", (u64)a[STACK]);
	show_hex_member(s, "stack_size", (u64)a[STACK_SIZE]);
	if (a[TLS])
		show_hex_member(s, "tls", (u64)a[TLS]);
	sink_char(s, '}');
}

/* ---- lists of strings --------------------------------------------------------------------------------- */

static bool next_pointer(u64 list, unsigned i, u64 *pointer)
{
	u32 half;

	if (!syscall_is_compat())
		return script_copy_user(pointer, list + i * 8ULL, 8);
	if (!script_copy_user(&half, list + i * 4ULL, 4))
		return false;
	*pointer = half;
	return true;
}

#define LIST_ROOM 24		/* for one more string, if cut, and the end */

void syscall_show_strings(struct sink *s, u64 address)
{
	u64 string;

	if (!address || !next_pointer(address, 0, &string)) {
		show_hex(s, address);
		return;
	}
	sink_char(s, '[');
	for (unsigned i = 0; next_pointer(address, i, &string) && string; i++) {
		if (i)
			sink_string_add(s, ", ");
		if (s->size - s->len < LIST_ROOM) {
			sink_string_add(s, "...");
			break;
		}
		show_string(s, string, 0);
	}
	sink_char(s, ']');
}

#define STRINGS_MOST 10000

void syscall_show_environment(struct sink *s, u64 address)
{
	unsigned count = 0;
	u64 string;

	show_hex(s, address);
	while (address && count < STRINGS_MOST && next_pointer(address, count, &string) && string)
		count++;
	if (!address)
		return;
	sink_string_add(s, " /* ");
	show_number(s, count);
	sink_string_add(s, count == 1 ? " var */" : " vars */");
}

/* ---- files ------------------------------------------------------------------------------------------------- */

void syscall_show_open_how(struct sink *s, u64 address)
{
	s64 how[3];

	if (!show_load(s, address, how, 3, false))
		return;
	sink_char(s, '{');
	show_member(s, "flags");
	symbols_show(s, symbols_open, (u64)how[0]);
	if (how[1]) {
		show_member(s, "mode");
		show_octal(s, (u64)how[1]);
	}
	show_hex_member(s, "resolve", (u64)how[2]);
	sink_char(s, '}');
}

static void show_words(struct sink *s, const s64 *values, const char *const *names, unsigned count)
{
	sink_char(s, '{');
	for (unsigned i = 0; i < count; i++)
		show_number_member(s, names[i], values[i]);
	sink_char(s, '}');
}

void syscall_show_dqblk(struct sink *s, u64 address)
{
	static const char *const names[] = {
		"bhardlimit", "bsoftlimit", "curspace", "ihardlimit", "isoftlimit", "curinodes",
		"btime", "itime",
	};
	s64 values[8];

	if (show_load(s, address, values, 8, false))
		show_words(s, values, names, 8);
}

void syscall_show_dqinfo(struct sink *s, u64 address)
{
	static const char *const names[] = { "bgrace", "igrace" };
	s64 values[2];

	if (show_load(s, address, values, 2, false))
		show_words(s, values, names, 2);
}
