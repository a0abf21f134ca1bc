/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What translated code and tapset functions ask of the machine: memory, the current
 * task, clocks.  Both runtimes offer exactly these names.  script_linux.h and
 * script_user.h include this file; where a runtime has a faster inline way for one of the
 * plain functions it shadows the name with a macro after including this file
 * (#define script_pid() script_pid_inline()).
 *
 * Everything here may be called in any probe context: nothing sleeps, nothing allocates.
 *
 * ---- static inline in script_linux.h and script_user.h -------------------------------
 *
 *	bool script_load(u64 address, unsigned size, bool is_signed, s64 *value);
 *	bool script_load_user(u64 address, unsigned size, bool is_signed, s64 *value);
 *		One load of `size` bytes (1, 2, 4, 8: a constant), sign- or zero-extended.
 *		false: the address faults, *value is 0.
 *	bool script_store(u64 address, unsigned size, s64 value);
 *	bool script_store_user(u64 address, unsigned size, s64 value);
 *		One store of the low `size` bytes.  false: fault, nothing stored.
 *	struct context *script_enter(struct script_probe *probe);
 *		Start a hit: takes this CPU's context, fills credits, frame stack, probe and
 *		an empty print buffer.  NULL: the session is not running, or a handler
 *		already runs on this CPU; the hit is over.
 *	void script_leave(struct context *c);
 *		End a hit: reports an error that nobody caught, sends the print buffer,
 *		gives the context back.
 *
 * Registers and arguments of the probed code (script_argument() and friends) exist only
 * in script_linux.h.
 */
#ifndef CORE_ACCESS_H
#define CORE_ACCESS_H

#include "types.h"

struct context;
struct sink;
struct script_probe;

/* ---- memory --------------------------------------------------------------------------- */

/* Copy a NUL-terminated string to a buffer of `size` bytes, always terminated, cut at
 * size - 1.  false: the address faulted; `to` has what could be read before it. */
bool script_kernel_string(char *to, unsigned size, u64 address);
bool script_user_string(char *to, unsigned size, u64 address);

/* Copy n bytes.  false: fault; then the content of `to` is undefined. */
bool script_copy_kernel(void *to, u64 from, unsigned n);
bool script_copy_user(void *to, u64 from, unsigned n);

/*
 * The %m and %M directives: append `precision` bytes (-1: one) at the address to the
 * sink, raw or in lower-case hex, padded to `width`.  FORMAT_* flags.
 * false: the address faulted or the count is more than a page; the error was raised
 * and the sink is unchanged.
 */
bool script_dump_memory(struct context *c, struct sink *s, bool hex, bool user,
			unsigned flags, int width, int precision, s64 address);

/* ---- the current task ------------------------------------------------------------------- */

s64 script_pid(void);			/* thread group id */
s64 script_tid(void);
s64 script_ppid(void);			/* thread group id of the parent */
s64 script_uid(void);
s64 script_euid(void);
s64 script_gid(void);
s64 script_egid(void);
s64 script_cpu(void);
s64 script_current(void);		/* address of the task_struct; 0 in a process */
void script_execname(char *to, unsigned size);
const char *script_comm(void);		/* where the name of the current task is: 16 bytes */

/* ---- clocks -------------------------------------------------------------------------------- */

s64 script_ktime_ns(void);		/* monotonic since boot, suspended time left out */
s64 script_realtime_ns(void);		/* since 1970, UTC; may jump */
s64 script_local_clock_ns(void);	/* this CPU's fast clock; only differences mean anything */
s64 script_cycles(void);		/* time stamp counter */
s64 script_jiffies(void);		/* ticks of script_hz() since boot */
s64 script_hz(void);

/* ---- the session ----------------------------------------------------------------------------- */

s64 script_target(void);		/* target(): pid of -c CMD or -x PID, else 0 */
void script_target_set_pid(s64 pid);
const char *script_module_name(void);	/* module_name() */

/* abort(): leave this handler at once, then as exit(). */
void script_abort(struct context *c);

#endif
