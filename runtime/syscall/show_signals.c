/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures of signals. */
#include "show.h"
#include "entry.h"
#include "symbols.h"
#include "../core/access.h"
#include "../tapset/names.h"

void syscall_show_sigset(struct sink *s, u64 address)
{
	u64 mask;

	if (show_copy(s, &mask, address, sizeof(mask)))
		syscall_show_mask(s, mask);
}

/* ---- actions ------------------------------------------------------------------------------ */

struct action {
	u64 handler, flags, restorer, mask;
};

#define SA_SIGINFO 4
#define SA_RESTORER 0x4000000

static void show_flags(struct sink *s, const struct flag_name *table, u64 value)
{
	unsigned start = s->len;

	for (; table->name; table++) {
		if ((value & table->bits) != table->bits)
			continue;
		if (s->len > start)
			sink_char(s, '|');
		sink_string_add(s, table->name);
		value &= ~table->bits;
	}
	if (!value && s->len > start)
		return;
	if (s->len > start)
		sink_char(s, '|');
	if (value)
		show_hex(s, value);
	else
		show_number(s, 0);
}

static void show_action(struct sink *s, const struct action *a)
{
	sink_char(s, '{');
	show_member(s, "sa_handler");
	syscall_show_handler(s, a->handler);
	show_member(s, "sa_mask");
	syscall_show_mask(s, a->mask);
	show_member(s, "sa_flags");
	show_flags(s, flags_signal_action, (u32)a->flags);
	if (a->flags & SA_RESTORER) {
		show_member(s, "sa_restorer");
		show_hex(s, a->restorer);
	}
	sink_char(s, '}');
}

void syscall_show_sigaction(struct sink *s, u64 address)
{
	struct action a;
	u32 narrow[5];			/* handler, flags, restorer, two halves of the mask */

	if (!syscall_is_compat()) {
		if (show_copy(s, &a, address, sizeof(a)))
			show_action(s, &a);
		return;
	}
	if (!show_copy(s, narrow, address, sizeof(narrow)))
		return;
	a.handler = narrow[0];
	a.flags = narrow[1];
	a.restorer = narrow[2];
	a.mask = narrow[3] | (u64)narrow[4] << 32;
	show_action(s, &a);
}

void syscall_show_old_sigaction(struct sink *s, u64 address)
{
	struct action a;
	u32 narrow[4];			/* handler, mask, flags, restorer */

	if (!show_copy(s, narrow, address, sizeof(narrow)))
		return;
	a.handler = narrow[0];
	a.mask = narrow[1];
	a.flags = narrow[2];
	a.restorer = narrow[3];
	show_action(s, &a);
}

/* ---- sent information ------------------------------------------------------------------------ */

static const struct symbol codes[] = {
	VALUE(0, "SI_USER"), VALUE(0x80, "SI_KERNEL"), VALUE(0xffffffff, "SI_QUEUE"),
	VALUE(0xfffffffe, "SI_TIMER"), VALUE(0xfffffffd, "SI_MESGQ"), VALUE(0xfffffffc, "SI_ASYNCIO"),
	VALUE(0xfffffffb, "SI_SIGIO"), VALUE(0xfffffffa, "SI_TKILL"), SYMBOLS_END
};

void syscall_show_siginfo(struct sink *s, u64 address)
{
	struct { u32 number, error, code, pad, pid, uid; u64 value; } info;
	struct { u32 number, error, code, pid, uid, value; } narrow;
	bool compat = syscall_is_compat();

	if (!show_copy(s, compat ? (void *)&narrow : &info, address, compat ? sizeof(narrow) : sizeof(info)))
		return;
	if (compat) {
		info.number = narrow.number;
		info.code = narrow.code;
		info.pid = narrow.pid;
		info.uid = narrow.uid;
		info.value = narrow.value;
	}
	sink_char(s, '{');
	show_member(s, "si_signo");
	syscall_show_signal(s, info.number);
	show_member(s, "si_code");
	symbols_show(s, codes, info.code);
	show_member(s, "si_pid");
	show_number(s, (s32)info.pid);
	show_member(s, "si_uid");
	show_number(s, (s32)info.uid);
	show_member(s, "si_int");
	show_number(s, (s32)info.value);
	show_member(s, "si_ptr");
	show_hex(s, info.value);
	sink_char(s, '}');
}

void syscall_show_sigaltstack(struct sink *s, u64 address)
{
	struct { u64 sp; u32 flags, pad; u64 size; } stack;
	struct { u32 sp, flags, size; } narrow;
	bool compat = syscall_is_compat();

	if (!show_copy(s, compat ? (void *)&narrow : &stack, address, compat ? sizeof(narrow) : sizeof(stack)))
		return;
	if (compat) {
		stack.sp = narrow.sp;
		stack.flags = narrow.flags;
		stack.size = narrow.size;
	}
	sink_char(s, '{');
	show_member(s, "ss_sp");
	show_hex(s, stack.sp);
	show_member(s, "ss_flags");
	if (stack.flags)
		symbols_show(s, symbols_sigaltstack, stack.flags);
	else
		show_number(s, 0);
	show_member(s, "ss_size");
	show_number(s, (s64)stack.size);
	sink_char(s, '}');
}
