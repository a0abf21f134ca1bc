/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers and arguments of the probed code by name and number.  struct script_regs is the
 * kernel's pt_regs (script_linux.h), x86_64.
 */
#include "../probes/mechanism.h"

#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/uaccess.h>
#include <linux/compat.h>
#include "../../tapset/tapset.h"
#include "../../syscall/entry.h"

static bool need_registers(struct context *c)
{
	if (!c->regs)
		script_error(c, "cannot access CPU registers in this context");
	return c->regs != NULL;
}

/* ---- where the probed code stands --------------------------------------------------------------- */

#define PLANTED_MAX 16	/* bytes of what is planted */

/* What is planted, a breakpoint or a call, has moved the instruction pointer past it. */
u64 script_probed_ip(const struct context *c)
{
	const struct script_mechanism *mechanism = c->probe->mechanism;
	unsigned long planted = mechanism->planted_at ? mechanism->planted_at(c->probe) : 0;

	return c->regs->ip - planted < PLANTED_MAX ? planted : c->regs->ip;
}

/* ---- by name ---------------------------------------------------------------------------- */

struct register_name {
	const char *name;
	unsigned short offset;
	unsigned char size, shift;
};

#define WHOLE(name, member) { name, offsetof(struct script_regs, member), 8, 0 }
#define PART(name, member, size) { name, offsetof(struct script_regs, member), size, 0 }
#define LETTERED(letters, member)							\
	WHOLE("r" letters, member), PART("e" letters, member, 4), PART(letters, member, 2)
#define NUMBERED(number)								\
	WHOLE("r" #number, r##number), PART("r" #number "d", r##number, 4),		\
	PART("r" #number "w", r##number, 2), PART("r" #number "b", r##number, 1)

static const struct register_name register_names[] = {
	LETTERED("ax", ax), LETTERED("bx", bx), LETTERED("cx", cx), LETTERED("dx", dx),
	LETTERED("si", si), LETTERED("di", di), LETTERED("bp", bp), LETTERED("sp", sp),
	LETTERED("ip", ip),
	NUMBERED(8), NUMBERED(9), NUMBERED(10), NUMBERED(11), NUMBERED(12), NUMBERED(13),
	NUMBERED(14), NUMBERED(15),
	PART("al", ax, 1), PART("bl", bx, 1), PART("cl", cx, 1), PART("dl", dx, 1),
	PART("sil", si, 1), PART("dil", di, 1), PART("bpl", bp, 1), PART("spl", sp, 1),
	WHOLE("rflags", flags), PART("eflags", flags, 4), PART("flags", flags, 2),
	WHOLE("orig_ax", orig_ax), WHOLE("orig_rax", orig_ax), PART("orig_eax", orig_ax, 4),
	PART("cs", cs, 2), PART("xcs", cs, 2), PART("ss", ss, 2), PART("xss", ss, 2),
};

s64 tapset_register(struct context *c, const char *name, unsigned *size)
{
	const struct register_name *r = register_names;

	*size = 8;
	if (!need_registers(c))
		return 0;
	for (; r < register_names + ARRAY_SIZE(register_names); r++) {
		if (strcmp(r->name, name))
			continue;
		*size = r->size;
		if (r->offset == offsetof(struct script_regs, ip))
			return (s64)script_probed_ip(c);
		return *(const s64 *)((const char *)c->regs + r->offset);
	}
	script_error(c, "unknown register name: %s", name);
	return 0;
}

static void show_register(struct sink *out, const char *name, u64 value, const char *behind)
{
	sink_string_add(out, name);
	sink_string_add(out, ": ");
	sink_number(out, 'x', FORMAT_ZERO, 16, -1, (s64)value);
	sink_string_add(out, behind);
}

void tapset_print_registers(struct context *c, struct sink *out)
{
	const struct script_regs *r = c->regs;

	if (!need_registers(c))
		return;
	show_register(out, "RIP", script_probed_ip(c), " ");
	show_register(out, "RSP", r->sp, "  ");
	show_register(out, "EFLAGS", r->flags, "\n");
	show_register(out, "RAX", r->ax, " ");
	show_register(out, "RBX", r->bx, " ");
	show_register(out, "RCX", r->cx, "\n");
	show_register(out, "RDX", r->dx, " ");
	show_register(out, "RSI", r->si, " ");
	show_register(out, "RDI", r->di, "\n");
	show_register(out, "RBP", r->bp, " ");
	show_register(out, "R08", r->r8, " ");
	show_register(out, "R09", r->r9, "\n");
	show_register(out, "R10", r->r10, " ");
	show_register(out, "R11", r->r11, " ");
	show_register(out, "R12", r->r12, "\n");
	show_register(out, "R13", r->r13, " ");
	show_register(out, "R14", r->r14, " ");
	show_register(out, "R15", r->r15, "\n");
}

/* ---- arguments ---------------------------------------------------------------------------- */

/* Of the calling convention of C functions; beyond the sixth on the stack, above the return address.
 * In probes of system calls those of the call. */
static u64 *argument_place(struct script_regs *r, s64 n)
{
	u64 *const place[] = { &r->di, &r->si, &r->dx, &r->cx, &r->r8, &r->r9 };

	return n >= 1 && n <= 6 ? place[n - 1] : NULL;
}

static bool good_argument(struct context *c, s64 n)
{
	if (!need_registers(c))
		return false;
	if (n < 1 || n > 16)
		script_error(c, "cannot access arg%lld", n);
	return n >= 1 && n <= 16;
}

s64 tapset_argument(struct context *c, s64 n)
{
	u64 *place, value;

	if (syscall_is_probed(c))
		return (s64)syscall_argument(n);
	if (!good_argument(c, n))
		return 0;
	place = argument_place(c->regs, n);
	if (place)
		return (s64)*place;
	if (!script_copy_kernel(&value, c->regs->sp + 8 * (u64)(n - 6), 8)) {
		script_error(c, "cannot access arg%lld on the stack", n);
		return 0;
	}
	return (s64)value;
}

void tapset_set_argument(struct context *c, s64 n, s64 value)
{
	u64 *place;

	if (syscall_is_probed(c)) {
		syscall_set_argument(n, (u64)value);
		return;
	}
	if (!good_argument(c, n))
		return;
	place = argument_place(c->regs, n);
	if (place)
		*place = (u64)value;
	else if (!script_store_slow(c->regs->sp + 8 * (u64)(n - 6), 8, (u64)value))
		script_error(c, "cannot change arg%lld on the stack", n);
}

/* ---- more of the probed code ------------------------------------------------------------------- */

static struct pt_regs *probed(struct context *c)
{
	return (struct pt_regs *)c->regs;
}

bool tapset_user_mode(struct context *c)
{
	return c->regs && user_mode(probed(c));
}

bool tapset_compat_task(void)
{
	return current->mm && !user_64bit_mode(task_pt_regs(current));
}

s64 tapset_instruction_pointer(struct context *c)
{
	return c->regs ? (s64)script_probed_ip(c) : 0;
}

s64 tapset_user_address(struct context *c)
{
	const struct script_regs *regs = tapset_user_mode(c) ? c->regs : script_user_regs();

	return regs ? (s64)regs->ip : 0;
}

s64 tapset_stack_size(struct context *c)
{
	(void)c;
	return THREAD_SIZE;
}

s64 tapset_stack_unused(struct context *c)
{
	unsigned long here = (unsigned long)&c, bottom = (unsigned long)task_stack_page(current);

	/* On an interrupt's own stack the task's is not growing. */
	if (here < bottom || here >= bottom + THREAD_SIZE)
		return 0;
	return (s64)(here - bottom);
}
