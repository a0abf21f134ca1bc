/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own mechanisms: what a probe's row says to each of them.  Included
 * by script_linux.h, so everything here can be used by a translated script.
 *
 * How a family's `declare` and `initializer` texts look
 * ------------------------------------------------------
 * A row of script_probes[] names a mechanism and a constant specification struct:
 *
 *	.mechanism = &script_mech_function, .spec = &probe_3_spec,
 *
 * `declare` prints what must stand before the table: the specification and, for the two
 * mechanisms whose hits are worth it (function, return, tracepoint and kprobe), a trampoline
 * that calls the handler directly, so that the compiler can inline it.  The others call
 * row->handler, if row->filter lets the hit pass.  N is the row's index, H the name of its handler.
 *
 *   kernel.function("vfs_read"), module("ext4").function("ext4_sync_file"):
 *
 *	SCRIPT_FUNCTION(3, H, .symbol = "vfs_read")
 *	SCRIPT_FUNCTION(3, H, .module = "ext4", .symbol = "ext4_sync_file")
 *
 *	Very many rows have no trampolines, as SCRIPT_CROWDED_FUNCTION(3, .symbol = "vfs_read") makes them: they go
 *	through one common entry that finds the row by address and asks the row's .filter, if it has one.
 *
 *   kernel.function("vfs_read").return: .saved_size is the size of the struct that the
 *   entry handler fills through c->saved and that the handler reads there:
 *
 *	SCRIPT_RETURN_TRAMPOLINES(probe_4, 4, H, HE)	HE: the entry handler's name, or script_no_entry
 *	static const struct script_spec_return probe_4_spec = {
 *		.at = { .symbol = "vfs_read" },
 *		.saved_size = sizeof(struct probe_4_saved), .max_active = 0,
 *		.arriving = probe_4_arriving, .entered = probe_4_entered, .returned = probe_4_returned };
 *
 *	with an entry row of the same function beside it, and no more:
 *	SCRIPT_PAIR_TRAMPOLINE(probe_4_pair, probe_3_enter, probe_4_arriving)
 *		.pair = probe_4_pair, .partner = &script_probes[3]
 *
 *	c->return_value is set for the handler.  A function row and a return row of
 *	the same place are served by one kretprobe; nothing has to be said for that.
 *
 *   kernel.trace("sched:sched_switch") (bool preempt, struct task_struct *prev, ...):
 *
 *	static void probe_5_enter(void *data, bool a0, void *a1, void *a2, unsigned int a3)
 *	{
 *		SCRIPT_TRACEPOINT_HIT(5, H, SCRIPT_ARG(a0), SCRIPT_ARG(a1), SCRIPT_ARG(a2),
 *				      SCRIPT_ARG(a3));
 *	}
 *	static const struct script_spec_tracepoint probe_5_spec = {
 *		.name = "sched_switch", .trampoline = (void *)probe_5_enter };
 *
 *	The prototype must pass its arguments as the kernel's does (types of the same size and
 *	class; pointers are void *); the handler reads ((const s64 *)c->args)[i].
 *	A tracepoint without arguments: SCRIPT_TRACEPOINT_HIT(5, H, 0).
 *
 *   kernel.statement(...), function("f").label(...), kprobe.function (no ftrace wanted):
 *
 *	SCRIPT_KPROBE_TRAMPOLINE(probe_6_hit, 6, H)
 *	static const struct script_spec_kprobe probe_6_spec = {
 *		.at = { .symbol = "vfs_read", .offset = 0x34 }, .hit = probe_6_hit };
 *	.at = { .section = ".text", .offset = 0x2f10 }		from _stext of the kernel
 *	.at = { .module = "ext4", .section = ".text", .offset = 0x10 }
 *	.at = { .offset = 0xffffffff81234560 }			absolute
 *
 * Registers: c->regs is set by function, return, kprobe, perf, watchpoint and profile
 * hits.  At a function's entry only the argument registers, sp, bp and ip are good.
 */
#ifndef LINUX_PROBES_H
#define LINUX_PROBES_H

#include "../core/types.h"

struct context;
struct script_mechanism;

/* ---- places in kernel code ---------------------------------------------------------- */

/*
 * symbol + offset; or section + offset (the kernel's ".text" counts from _stext, a
 * module's section from where it was loaded); or, when both are NULL, an address.
 * A module that is not loaded yet is waited for.
 */
struct script_location {
	const char *module;		/* NULL: the kernel itself */
	const char *symbol;
	const char *section;
	u64 offset;
};

/* ---- function: entry of a function, through ftrace where its entry can be patched ----- */

extern const struct script_mechanism script_mech_function;

typedef void (*script_function_trampoline)(unsigned long ip, unsigned long parent_ip,
					   void *ops, void *regs);

struct script_spec_function {
	struct script_location at;
	script_function_trampoline trampoline;	/* or NULL */
};

/*
 * HANDLER_filter(arrival) decides first: where it says no, the handler would do nothing,
 * and nothing of a hit is set up.  Those that have none are `#define HANDLER_filter(arrival) true`.
 */
#define SCRIPT_REGISTERS_HIT(index, handler_function, registers)			\
	do {										\
		const struct script_arrival arrival = { .regs = registers };		\
		struct context *c;							\
											\
		(void)arrival;								\
		script_preempt_disable();						\
		if (handler_function##_filter(&arrival)) {				\
			c = script_enter(&script_probes[index]);			\
			if (likely(c)) {						\
				c->regs = registers;					\
				handler_function(c);					\
				c->regs = NULL;						\
				script_leave(c);					\
			}								\
		}									\
		script_preempt_enable();						\
	} while (0)

/* What follows is the location: .symbol = "vfs_read" */
#define SCRIPT_FUNCTION(index, handler_function, ...)					\
	static void probe_##index##_enter(unsigned long ip, unsigned long parent_ip, void *ops, void *regs) \
	{										\
		SCRIPT_REGISTERS_HIT(index, handler_function, regs);			\
	}										\
	static const struct script_spec_function probe_##index##_spec = {		\
		.at = { __VA_ARGS__ }, .trampoline = probe_##index##_enter };

/* One of many rows, without text of its own. */
#define SCRIPT_CROWDED_FUNCTION(index, ...)						\
	static const struct script_spec_function probe_##index##_spec = { .at = { __VA_ARGS__ } };

/* ---- return: return from a function, with values saved at its entry -------------------- */

extern const struct script_mechanism script_mech_return;

struct script_spec_return {
	struct script_location at;
	unsigned saved_size;		/* bytes that entry_handler fills at c->saved */
	unsigned max_active;		/* .maxactive(N): calls that can be under way; 0: automatic */
	/* NULL, all of them, when many rows share the handler */
	script_function_trampoline arriving;	/* for ftrace, of a row that is alone at its function */
	int (*entered)(void *kretprobe_instance, void *regs);
	int (*returned)(void *kretprobe_instance, void *regs);
	/* The only entry row of the function, and ftrace's way to both when there are no others; or NULL. */
	const struct script_probe *partner;
	script_function_trampoline pair;
};

/* ftrace's way to a return that is alone at its site: makes an instance of the kretprobe.  Preemption is off. */
void script_return_arrives(void *ops, void *regs);

/* What a kretprobe's instance carries from the entry to the return. */
struct script_return_instance {
	struct script_probe *probe;
	char saved[];
};

static inline void script_no_entry(struct context *c)
{
}

/* Where the call returns to, on kernels that have something of their own in the registers. */
#define SCRIPT_SET_RETURN(instance, regs)						\
	do {										\
		if (STAP_RETURN_ADDRESS)						\
			((struct script_regs *)(regs))->ip =				\
				*(u64 *)((char *)(instance) + STAP_RETURN_ADDRESS);	\
	} while (0)

/*
 * HANDLER_concerns() is what of the filter is known already when the function is entered, and stays so until it
 * returns: a call that it refuses takes no instance.  HANDLER_save() computes the values that are saved without a
 * context, or is false: then HE does.  `entered` is non-zero when the return is of no interest.
 */
#define SCRIPT_RETURN_TRAMPOLINES(name, index, handler_function, entry_function)	\
	static void name##_arriving(unsigned long ip, unsigned long parent_ip, void *ops, void *regs) \
	{										\
		script_preempt_disable();						\
		if (handler_function##_concerns())					\
			script_return_arrives(ops, regs);				\
		script_preempt_enable();						\
	}										\
											\
	static int name##_entered(void *kretprobe_instance, void *regs)			\
	{										\
		struct script_return_instance *instance =				\
			(void *)((char *)kretprobe_instance + STAP_RETURN_INSTANCE_DATA); \
		const struct script_arrival arrival = { .regs = regs };			\
		struct context *c;							\
		int error;								\
											\
		(void)arrival;								\
		instance->probe = &script_probes[index];				\
		if (!handler_function##_concerns())					\
			return 1;							\
		if (entry_function == script_no_entry ||				\
		    handler_function##_save(&arrival, (void *)instance->saved))		\
			return script_state != SCRIPT_RUNNING;				\
		c = script_enter(&script_probes[index]);				\
		if (unlikely(!c))							\
			return 1;							\
		c->regs = regs;								\
		c->saved = instance->saved;						\
		entry_function(c);							\
		error = c->error;							\
		c->regs = NULL;								\
		c->saved = NULL;							\
		script_leave(c);							\
		return error;								\
	}										\
											\
	static int name##_returned(void *kretprobe_instance, void *regs)		\
	{										\
		struct script_return_instance *instance =				\
			(void *)((char *)kretprobe_instance + STAP_RETURN_INSTANCE_DATA); \
		const struct script_arrival arrival = {					\
			.regs = regs, .saved = instance->saved,				\
			.return_value = (s64)((struct script_regs *)regs)->ax,		\
		};									\
		struct context *c;							\
											\
		(void)arrival;								\
		if (!handler_function##_filter(&arrival))				\
			return 0;							\
		c = script_enter(&script_probes[index]);				\
		if (unlikely(!c))							\
			return 0;							\
		SCRIPT_SET_RETURN(kretprobe_instance, regs);				\
		c->regs = regs;								\
		c->saved = instance->saved;						\
		c->return_value = (s64)((struct script_regs *)regs)->ax;			\
		handler_function(c);							\
		c->regs = NULL;								\
		c->saved = NULL;							\
		script_leave(c);							\
		return 0;								\
	}

#define SCRIPT_PAIR_TRAMPOLINE(name, entry_trampoline, return_trampoline)		\
	static void entry_trampoline(unsigned long ip, unsigned long parent_ip, void *ops, void *regs); \
	static void name(unsigned long ip, unsigned long parent_ip, void *ops, void *regs)	\
	{										\
		entry_trampoline(ip, parent_ip, ops, regs);				\
		return_trampoline(ip, parent_ip, ops, regs);				\
	}

/* ---- kprobe: any instruction -------------------------------------------------------------- */

extern const struct script_mechanism script_mech_kprobe;

struct script_spec_kprobe {
	struct script_location at;
	int (*hit)(void *kprobe, void *regs);	/* or NULL: as many rows do */
};

#define SCRIPT_KPROBE_TRAMPOLINE(name, index, handler_function)				\
	static int name(void *kprobe, void *regs)					\
	{										\
		SCRIPT_REGISTERS_HIT(index, handler_function, regs);			\
		return 0;								\
	}

/* ---- tracepoint --------------------------------------------------------------------------- */

extern const struct script_mechanism script_mech_tracepoint;

struct script_spec_tracepoint {
	const char *name;		/* without its group: "sched_switch" */
	const char *module;		/* where it is defined; NULL: anywhere */
	void *trampoline;
};

/* An argument of a tracepoint as s64: integers keep their sign, pointers their bits. */
#define SCRIPT_ARG(value) ((s64)(value))

#define SCRIPT_TRACEPOINT_HIT(index, handler_function, ...)				\
	do {										\
		const s64 script_args[] = { __VA_ARGS__ };				\
		const struct script_arrival arrival = { .args = script_args };		\
		struct context *c;							\
											\
		(void)arrival;								\
		script_preempt_disable();						\
		if (handler_function##_filter(&arrival)) {				\
			c = script_enter(&script_probes[index]);			\
			if (likely(c)) {						\
				c->args = script_args;					\
				handler_function(c);					\
				c->args = NULL;						\
				script_leave(c);					\
			}								\
		}									\
		script_preempt_enable();						\
	} while (0)

/* ---- perf: samples and counters of perf events ---------------------------------------------- */

extern const struct script_mechanism script_mech_perf;

struct script_spec_perf {
	u32 type;			/* PERF_TYPE_* */
	u64 config;
	u64 period;			/* events a sample; 0 with `frequency` set or counters */
	u64 frequency;			/* .hz(F) */
	bool target_only;		/* .process: only the -c / -x process and what it starts */
	const char *program;		/* .process("PATH"): only tasks that run it; else NULL */
};

/* ---- counter: what @perf reads; there are no hits ----------------------------------------------- */

extern const struct script_mechanism script_mech_counter;

#define SCRIPT_COUNTERS_MAX 64

struct script_spec_counter {
	u32 type;			/* PERF_TYPE_* */
	u64 config;
	unsigned number;		/* below SCRIPT_COUNTERS_MAX */
};

/* Events of counter `number` on this CPU since it was opened; 0 while it is not.  Any context, NMI included. */
s64 script_counter_read(const struct context *c, unsigned number);

/* ---- thread_counter: the same of the threads of one program --------------------------------------- */

extern const struct script_mechanism script_mech_thread_counter;

struct script_spec_thread_counter {
	u32 type;			/* PERF_TYPE_* */
	u64 config;
	unsigned number;		/* below SCRIPT_COUNTERS_MAX, shared with script_mech_counter */
	const char *program;		/* NULL: the -c / -x process and what it starts */
};

/* Events of counter `number` in the current thread since it began to run the program or was found to; 0 when it
 * does not.  Any context, NMI included. */
s64 script_thread_counter_read(unsigned number);

/* ---- profile: every CPU, timer.profile --------------------------------------------------- */

extern const struct script_mechanism script_mech_profile;

struct script_spec_profile {
	u64 interval_ns;
};

/* ---- procfs: files under /proc/systemtap/MODULE/ ------------------------------------------- */

extern const struct script_mechanism script_mech_procfs;

struct script_spec_procfs {
	const char *path;		/* "command", "dir/file" */
	bool write;			/* .write; else .read */
	int umask;			/* -1: the default, 0044 for read and 0022 for write */
	unsigned max_size;		/* bytes of $value including its NUL; 0: MAXSTRINGLEN */
};

/* $value: a string of script_procfs_value_size(c) bytes including its NUL. */
char *script_procfs_value(struct context *c);
unsigned script_procfs_value_size(struct context *c);

/* ---- netfilter --------------------------------------------------------------------------------- */

extern const struct script_mechanism script_mech_netfilter;

struct script_spec_netfilter {
	u8 family;			/* NFPROTO_* */
	u8 hook;			/* NF_INET_* ... */
	int priority;
};

/* c->args: s64[5]. */
enum { SCRIPT_NF_HOOKNUM, SCRIPT_NF_SKB, SCRIPT_NF_IN, SCRIPT_NF_OUT, SCRIPT_NF_VERDICT };

/* ---- watchpoint: hardware breakpoints on kernel data --------------------------------------------- */

extern const struct script_mechanism script_mech_watchpoint;

struct script_spec_watchpoint {
	struct script_location at;
	unsigned length;		/* bytes; rounded to 1, 2, 4, 8 */
	bool read_too;			/* .rw */
};

#endif
