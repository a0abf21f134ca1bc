/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's side of the contract: what runs on every hit, inline.
 *
 * It is used in two ways.  A translated script includes no kernel header: what it needs
 * to know of the kernel comes as numbers from "constants.h", and per-CPU variables of the
 * kernel are reached by their symbols.  The prebuilt members (SCRIPT_KERNEL_HEADERS)
 * use the kernel's own names for the same things.
 *
 * A hit keeps its CPU: preemption is off while it is looked at, and interrupts are from script_enter()
 * to script_leave().  An interrupt in a handler would lose its own hits; and one that waits for a kernel lock
 * (a wakeup, for that of a run queue) while the handler keeps a global locked would have another CPU's
 * handler, which was called with that kernel lock held, wait for as long as handlers ever wait.
 * What still comes in between (an NMI, a probed function that the runtime itself calls) context.busy
 * refuses.  Between the test of `busy` and its setting it does no harm: the nested hit is over before the outer one
 * goes on.
 *
 * What a hit does not touch is not reset on every hit.  error, out.len, frame, regs,
 * args and saved are in their initial state between hits: whoever changes one puts it back.
 */
#ifndef LINUX_SCRIPT_LINUX_H
#define LINUX_SCRIPT_LINUX_H

#include "../core/access.h"
#include "../core/mechanisms.h"

extern s64 script_target_pid;
#define script_target() script_target_pid

#ifndef __x86_64__
#error "only x86_64 is supported"
#endif

/* The kernel's pt_regs. */
struct script_regs {
	u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax;
	u64 ip, cs, flags, sp, ss;
};

/* ---- what differs between a script and the prebuilt members --------------------------- */

#ifdef SCRIPT_KERNEL_HEADERS

#define script_preempt_disable() preempt_disable_notrace()
#define script_preempt_enable() preempt_enable_notrace()
#define script_barrier() barrier()

DECLARE_PER_CPU(struct context *, script_context);

static inline struct context *script_this_context(void)
{
	struct context *c = this_cpu_read(script_context);

	if (!c)
		__builtin_unreachable();
	return c;
}

#else

#include "constants.h"

#define SCRIPT_TEXT_(x) #x
#define SCRIPT_TEXT(x) SCRIPT_TEXT_(x)

/* Per-CPU variables of the kernel, as assembler operands. */
#if STAP_PCPU_HOT
#define SCRIPT_GS_PREEMPT "%%gs:pcpu_hot+" SCRIPT_TEXT(STAP_PCPU_HOT_PREEMPT) "(%%rip)"
#define SCRIPT_GS_CURRENT "%%gs:pcpu_hot+" SCRIPT_TEXT(STAP_PCPU_HOT_CURRENT) "(%%rip)"
#define SCRIPT_GS_CPU "%%gs:pcpu_hot+" SCRIPT_TEXT(STAP_PCPU_HOT_CPU) "(%%rip)"
#else
#define SCRIPT_GS_PREEMPT "%%gs:__preempt_count(%%rip)"
#define SCRIPT_GS_CURRENT "%%gs:current_task(%%rip)"
#define SCRIPT_GS_CPU "%%gs:cpu_number(%%rip)"
#endif

#define script_barrier() asm volatile("" ::: "memory")

#if STAP_PREEMPT_COUNT
/* A reschedule that became due while preemption was off (context.c). */
void script_preempt_schedule(void) __attribute__((cold));

static inline void script_preempt_disable(void)
{
	asm volatile("incl " SCRIPT_GS_PREEMPT ::: "memory", "cc");
}

static inline void script_preempt_enable(void)
{
	asm goto("decl " SCRIPT_GS_PREEMPT "\n\tjz %l[due]" ::: "memory", "cc" : due);
	return;
due:
	script_preempt_schedule();
}
#else
static inline void script_preempt_disable(void) { script_barrier(); }
static inline void script_preempt_enable(void) { script_barrier(); }
#endif

static inline struct context *script_this_context(void)
{
	struct context *c;

	asm volatile("movq %%gs:script_context(%%rip), %0" : "=r" (c));
	if (!c)
		__builtin_unreachable();
	return c;
}

#endif

/* ---- a hit ------------------------------------------------------------------------------ */

/* Counts a hit that was refused. */
void script_refuse(struct script_probe *probe) __attribute__((cold));
/* Is there less stack than script_config.min_stack?  Then counts the hit as skipped. */
bool script_refuse_stack(struct script_probe *probe) __attribute__((cold));
/* Reports the error, sends the print buffer. */
void script_finish(struct context *c) __attribute__((cold));

/*
 * Measuring: with -t every hit, else, to notice a script that slows its machine down, every
 * SCRIPT_SAMPLE_EVERY-th (timing.c).
 */
#define SCRIPT_SAMPLE_EVERY 64u
void script_measure(struct context *c);

#ifdef SCRIPT_KERNEL_HEADERS
/* What a script's own options make of it. */
extern unsigned script_sample_every;

static inline bool script_is_measured(struct context *c)
{
	return unlikely(--c->unmeasured == 0);
}
#else
static inline bool script_is_measured(struct context *c)
{
	if (script_config.timing)
		return true;
	return script_config.overload_threshold && unlikely(--c->unmeasured == 0);
}
#endif

#define SCRIPT_FLAGS_INTERRUPTS 0x200	/* IF, of the processor's flags */

/* Interrupts off; the flags as they were: never 0, since bit 1 is always set. */
static inline unsigned script_interrupts_disable(void)
{
	unsigned long flags;

	asm volatile("pushfq\n\tpopq %0\n\tcli" : "=r" (flags) : : "memory");
	return flags;
}

static inline void script_interrupts_restore(unsigned flags)
{
	if (flags & SCRIPT_FLAGS_INTERRUPTS)
		asm volatile("sti" ::: "memory");
}

/* Preemption is off. */
static inline struct context *script_enter(struct script_probe *probe)
{
	struct context *c = script_this_context();

	if (unlikely(script_state != SCRIPT_RUNNING))
		return NULL;
	if (unlikely(c->busy)) {
		script_refuse(probe);
		return NULL;
	}
	if (unlikely(script_config.min_stack) && script_refuse_stack(probe))
		return NULL;
	c->busy = script_interrupts_disable();
	c->actions = script_config.max_action;
	c->probe = probe;
	if (script_is_measured(c))
		script_measure(c);
	return c;
}

static inline void script_leave(struct context *c)
{
	unsigned flags;

	if (unlikely(c->out.len | c->error | c->measured))
		script_finish(c);
	script_barrier();
	flags = c->busy;
	c->busy = 0;
	script_interrupts_restore(flags);
}

/*
 * A handler whose probe has a condition: arm or disarm its probe soon (a work item does it;
 * until then the handler's own test of the condition decides).  Any context.
 */
void script_probe_want(struct script_probe *probe, bool armed);

/* Writing and reading a global's value from outside is the runtime's business; see script_globals. */

#include "probes.h"

/* ---- memory --------------------------------------------------------------------------------- */

bool script_load_user_slow(u64 address, unsigned size, u64 *raw);
bool script_store_user_slow(u64 address, unsigned size, u64 raw);

/* Sign- or zero-extend the low `size` bytes. */
static inline s64 script_extend(u64 raw, unsigned size, bool is_signed)
{
	switch (size) {
	case 1:
		return is_signed ? (s64)(s8)raw : (s64)(u8)raw;
	case 2:
		return is_signed ? (s64)(s16)raw : (s64)(u16)raw;
	case 4:
		return is_signed ? (s64)(s32)raw : (s64)(u32)raw;
	default:
		return (s64)raw;
	}
}

static inline bool script_load_user(u64 address, unsigned size, bool is_signed, s64 *value)
{
	u64 raw = 0;
	bool good = script_load_user_slow(address, size, &raw);

	*value = script_extend(raw, size, is_signed);
	return good;
}

static inline bool script_store_user(u64 address, unsigned size, s64 value)
{
	return script_store_user_slow(address, size, (u64)value);
}

#ifndef SCRIPT_KERNEL_HEADERS

/*
 * The kernel treats a fault on a user address (SMAP) and on the vsyscall page as its own
 * bug even where an exception-table entry exists, so those are never touched.  As
 * signed numbers they, and error pointers, are exactly the addresses from the vsyscall page
 * up: one comparison.
 */
#define SCRIPT_VSYSCALL (-10LL << 20)

static inline bool script_kernel_address(u64 address)
{
	return (s64)address < SCRIPT_VSYSCALL - 8;
}

#if STAP_EXTABLE_TYPED
#define SCRIPT_EXTABLE_HANDLER SCRIPT_TEXT(STAP_EXTABLE_DEFAULT)
#else
#define SCRIPT_EXTABLE_HANDLER "(ex_handler_default) - ."
#endif

#define SCRIPT_EXTABLE(label)								\
	".pushsection __ex_table, \"a\"\n\t"						\
	".balign 4\n\t"									\
	".long (1b) - .\n\t"								\
	".long (%l[" #label "]) - .\n\t"						\
	".long " SCRIPT_EXTABLE_HANDLER "\n\t"						\
	".popsection\n"

/*
 * The empty asm: before 14, gcc may put the code that saves an output of asm goto on the
 * wrong side of what follows (gcc bug 113921).
 */
#if defined(__clang__) || __GNUC__ >= 11
#define SCRIPT_LOAD(move, scratch, type)						\
	do {										\
		type loaded;								\
											\
		asm volatile goto("1:\t" move " %1, %0\n" SCRIPT_EXTABLE(fault)		\
			 : "=r" (loaded) : "m" (*(const volatile type *)address)		\
			 : : fault);							\
		asm("");								\
		*value = loaded;							\
	} while (0)
#else
/* gcc 10 has no asm goto with outputs: the value passes through memory. */
#define SCRIPT_LOAD(move, scratch, type)						\
	do {										\
		type loaded = 0;							\
											\
		asm goto("1:\t" move " %1, %%" scratch "\n\t"				\
			 move " %%" scratch ", %0\n" SCRIPT_EXTABLE(fault)		\
			 : : "m" (loaded), "m" (*(const volatile type *)address)		\
			 : "rax", "memory" : fault);					\
		*value = loaded;							\
	} while (0)
#endif

static inline bool script_load(u64 address, unsigned size, bool is_signed, s64 *value)
{
	if (unlikely(!script_kernel_address(address)))
		goto fault;
	if (size == 8)
		SCRIPT_LOAD("movq", "rax", s64);
	else if (size == 4 && is_signed)
		SCRIPT_LOAD("movl", "eax", s32);
	else if (size == 4)
		SCRIPT_LOAD("movl", "eax", u32);
	else if (size == 2 && is_signed)
		SCRIPT_LOAD("movw", "ax", s16);
	else if (size == 2)
		SCRIPT_LOAD("movw", "ax", u16);
	else if (is_signed)
		SCRIPT_LOAD("movb", "al", s8);
	else
		SCRIPT_LOAD("movb", "al", u8);
	return true;
fault:
	*value = 0;
	return false;
}

/*
 * Would what deep calls must leave reach below the stack?  There, whether it is a task's or an
 * interrupt's, is a page that cannot be read (CONFIG_VMAP_STACK).
 */
static inline bool script_stack_is_low(void)
{
	u64 stack;
	s64 ignored;

	asm volatile("mov %%rsp, %0" : "=r" (stack));
	return !script_load(stack - MINSTACKSPACE, 8, false, &ignored);
}

#define SCRIPT_STORE(instruction, type)							\
	asm goto("1:\t" instruction " %0, %1\n" SCRIPT_EXTABLE(fault)			\
		 : : "r" ((type)value), "m" (*(volatile type *)address)			\
		 : "memory" : fault)

static inline bool script_store(u64 address, unsigned size, s64 value)
{
	if (unlikely(!script_kernel_address(address)))
		return false;
	if (size == 8)
		SCRIPT_STORE("movq", u64);
	else if (size == 4)
		SCRIPT_STORE("movl", u32);
	else if (size == 2)
		SCRIPT_STORE("movw", u16);
	else
		SCRIPT_STORE("movb", u8);
	return true;
fault:
	return false;
}

/* This CPU's instance of a per-CPU variable of the kernel; 0: its symbol was not found. */
static inline s64 script_percpu_address(u64 symbol)
{
	u64 offset;

	asm volatile("movq %%gs:this_cpu_off(%%rip), %0" : "=r" (offset));
	return symbol ? (s64)(symbol + offset) : 0;
}

/* ---- registers and arguments of the probed code ----------------------------------------- */

/* Integer argument n (from 0) of the function that is being entered, as 64 raw bits.
 * Arguments beyond the sixth are on the stack above the return address; 0 if unreadable. */
static inline s64 script_argument(const struct script_regs *regs, unsigned n)
{
	s64 value;

	switch (n) {
	case 0:
		return (s64)regs->di;
	case 1:
		return (s64)regs->si;
	case 2:
		return (s64)regs->dx;
	case 3:
		return (s64)regs->cx;
	case 4:
		return (s64)regs->r8;
	case 5:
		return (s64)regs->r9;
	default:
		script_load(regs->sp + 8 * (u64)(n - 5), 8, false, &value);
		return value;
	}
}

/* Register by its DWARF number. */
static inline s64 script_register(struct context *c, unsigned number)
{
	const struct script_regs *r = c->regs;
	const u64 *const place[] = {
		&r->ax, &r->dx, &r->cx, &r->bx, &r->si, &r->di, &r->bp, &r->sp, &r->r8,
		&r->r9, &r->r10, &r->r11, &r->r12, &r->r13, &r->r14, &r->r15, &r->ip,
	};

	return number < sizeof(place) / sizeof(place[0]) ? (s64)*place[number] : 0;
}

/* Writing them, as far as the type of the variable goes. */
static inline u64 script_low_bytes(u64 old, unsigned size, s64 value)
{
	u64 mask = size < 8 ? (1ULL << size * 8) - 1 : ~0ULL;

	return (old & ~mask) | ((u64)value & mask);
}

static inline void script_register_set(struct context *c, unsigned number, unsigned size, s64 value)
{
	struct script_regs *r = c->regs;
	u64 *const place[] = {
		&r->ax, &r->dx, &r->cx, &r->bx, &r->si, &r->di, &r->bp, &r->sp, &r->r8,
		&r->r9, &r->r10, &r->r11, &r->r12, &r->r13, &r->r14, &r->r15,
	};

	if (number < sizeof(place) / sizeof(place[0]))
		*place[number] = script_low_bytes(*place[number], size, value);
}

static inline bool script_argument_set(struct context *c, unsigned n, unsigned size, s64 value)
{
	static const u8 numbers[] = { 5, 4, 1, 2, 8, 9 };

	if (n >= sizeof(numbers))
		return script_store(c->regs->sp + 8 * (u64)(n - 5), size, value);
	script_register_set(c, numbers[n], size, value);
	return true;
}

/* The result of the function that has just returned. */
static inline void script_return_set(struct context *c, s64 value)
{
	c->return_value = value;
	c->regs->ax = (u64)value;
}

/* ---- the current task: shorter ways for what access.h declares ------------------------------ */

static inline u64 script_current_inline(void)
{
	u64 task;

	asm("movq " SCRIPT_GS_CURRENT ", %0" : "=r" (task));
	return task;
}

static inline s64 script_cpu_inline(void)
{
	int cpu;

	asm volatile("movl " SCRIPT_GS_CPU ", %0" : "=r" (cpu));
	return cpu;
}

#define SCRIPT_TASK_INT(offset) (*(const volatile int *)(script_current_inline() + (offset)))

/* comm is always terminated within its 16 bytes. */
static inline void script_execname_inline(char *to, unsigned size)
{
	if (size >= STAP_TASK_COMM_LEN)
		__builtin_memcpy(to, (const char *)script_current_inline() + STAP_TASK_COMM,
				 STAP_TASK_COMM_LEN);
	else
		(script_execname)(to, size);
}

#define script_comm() ((const char *)script_current_inline() + STAP_TASK_COMM)
#define script_current() ((s64)script_current_inline())
#define script_cpu() script_cpu_inline()
#define script_pid() ((s64)SCRIPT_TASK_INT(STAP_TASK_TGID))
#define script_tid() ((s64)SCRIPT_TASK_INT(STAP_TASK_PID))

/* In the initial name space an id is its kernel's number. */
#define SCRIPT_CRED_ID(offset)								\
	((s64)*(const volatile u32 *)(*(const volatile u64 *)(script_current_inline() +	\
							       STAP_TASK_CRED) + (offset)))
#define script_uid() SCRIPT_CRED_ID(STAP_CRED_UID)
#define script_euid() SCRIPT_CRED_ID(STAP_CRED_EUID)
#define script_gid() SCRIPT_CRED_ID(STAP_CRED_GID)
#define script_egid() SCRIPT_CRED_ID(STAP_CRED_EGID)
#define script_execname(to, size) script_execname_inline(to, size)

/* ---- clocks: the kernel's own, without a step between ------------------------------------------ */

extern u64 ktime_get_real_fast_ns(void);
extern u64 ktime_get_mono_fast_ns(void);

#define script_realtime_ns() ((s64)ktime_get_real_fast_ns())
#define script_ktime_ns() ((s64)ktime_get_mono_fast_ns())

#endif /* !SCRIPT_KERNEL_HEADERS */

/* ---- more than access.h: the kernel alone -------------------------------------------------------- */

/* script_store() for C with kernel headers; size 1, 2, 4 or 8; false: fault (memory.c). */
bool script_store_slow(u64 address, unsigned size, u64 value);

/* Registers of the interrupted user code of the current task, or NULL (task.c). */
struct script_regs *script_user_regs(void);

#endif
