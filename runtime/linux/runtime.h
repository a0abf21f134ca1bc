/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Private to the kernel runtime: what its members offer to each other.  Every member
 * includes this first; it brings the kernel's headers and then the script's contract.
 * The files of one unit (../units) are compiled together: their static names differ.
 */
#ifndef LINUX_RUNTIME_H
#define LINUX_RUNTIME_H

#include <linux/types.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/sched.h>
#include "compat.h"

#define SCRIPT_KERNEL_HEADERS 1

struct context;

#include "../script.h"

#include "wire.h"

/* ---- contexts (context.c) --------------------------------------------------------------- */

/* Why a hit could not be served. */
enum script_skip {
	SKIP_REENTRY, SKIP_LOCK, SKIP_STACK, SKIP_NO_INSTANCE, SKIP_NO_ENTRY, SKIP_ERROR, SKIP_REASONS,
};

struct context_private {
	char *frame;			/* bottom of the frame stack */
	struct irq_work wake;		/* tells the reader that there is output */
	u64 measured_since;		/* cycles or nanoseconds (timing.c), while context.measured is set */
	u64 window_start, window_busy;	/* cycles: share of handlers since */
	struct stack_memory *stacks;	/* stack_memory.c; NULL: the script collects none */
};

/* Bytes of it that one context takes; 0: none is needed. */
size_t stack_memory_size(void);

/* Allocate and free the contexts of all CPUs; process context. */
int contexts_init(void);
void contexts_release(void);

/* Send what the handler has printed so far. */
void context_send(struct context *c);
size_t contexts_memory(void);

/* Run a handler outside of RUNNING (begin, end, error, ...); process context.  `probe` may be NULL. */
void context_run(struct script_probe *probe, void (*handler)(struct context *c));

/* Start and end a hit as script_enter() and script_leave() do, without regard to the session's
 * state.  Preemption must be off. */
struct context *context_take(struct script_probe *probe);

/* Dispatch a hit to the row's handler; preemption is off or will be switched off. */
void context_hit(struct script_probe *probe, void *regs);

/* ---- memory (memory.c) ----------------------------------------------------------------------- */

/* What script_alloc() gave. */
size_t script_memory(void);

/* ---- skipped hits and errors (error.c) ------------------------------------------------------ */

int errors_init(void);
void errors_release(void);

/* Count a hit that was not served.  Any context. */
void script_skip(const struct script_probe *probe, enum script_skip reason);

/* c->error is set: report it, count it.  Any context. */
void script_report(struct context *c);

/* Handlers took too large a share of a CPU: ends the session. */
void script_report_overload(struct context *c, s64 busy, s64 interval);

unsigned script_error_count(void), script_skip_count(void);

/* Control lines that name each probe with skipped hits and why. */
void script_report_skips(void);

/* ---- the probed code (tapset/registers.c) --------------------------------------------------------- */

/* Where it stands; c->regs must be there. */
u64 script_probed_ip(const struct context *c);

/* ---- measuring (timing.c) ------------------------------------------------------------------------- */

int timing_init(void);
void timing_release(void);

/* A hit that is measured ends. */
void timing_hit_ends(struct context *c);

/* -t: print the report; run by context_run(). */
void timing_report(struct context *c);

/* ---- what the script reads (symbol.c) ------------------------------------------------------------- */

/* Look up the addresses of script_symbols: of all, or of a module that comes or goes.  Process context. */
void symbols_attach(void);
void symbols_of_module(const char *module, bool coming);

/* ---- rows (arming.c) ---------------------------------------------------------------------------- */

int rows_init(void);
void rows_release(void);

/* ---- the session (session.c) ------------------------------------------------------------------- */

/* Run begin probes, arm the others: 0, -ENOENT (nothing could be armed), -EALREADY. */
int session_start(void);
/* Is it worth while to go on with a long arming? */
bool session_goes_on(void);
/* Disarm, run end or error probes; a second call waits for the first.  Process context. */
void session_stop(void);

/* Leave RUNNING (or STARTING) for STOPPING or ERROR; ask whoever is there to call session_stop().
 * Any context. */
void session_end_request(enum script_state state);

/* ---- output (ring.c, trace.c) ---------------------------------------------------------------------- */

int rings_init(void);
void rings_release(void);

/* Other buffers, before anything was written; -EBUSY after the start. */
int rings_resize(unsigned kb);

/* Append a record to this CPU's ring; false: no room, counted as dropped.  Inside a hit. */
bool ring_write(unsigned cpu, enum wire_kind kind, const char *data, unsigned length);

/*
 * Reader's side, one reader at a time.  Begin a round: what was written before is shown in it (may sleep).
 * Then the bytes of its records that wait, at most `room`, and their release.
 */
void rings_settle(void);
unsigned ring_peek(unsigned cpu, size_t room, const char **data);
void ring_consume(unsigned cpu, unsigned length);
bool rings_have_data(void);
/* Did others than carriers write what waits? */
bool rings_have_news(void);
/* What had no room: records, and lines of output. */
void rings_losses(u64 *records, u64 *text_lines);
size_t rings_memory(void);

/* ---- procfs (transport.c, control.c) ------------------------------------------------------------------ */

struct proc_dir_entry;
extern struct proc_dir_entry *transport_directory;	/* /proc/systemtap/MODULE */

int transport_init(void);
void transport_release(void);
int control_init(void);
/* Let sleeping readers go; call before removing the files. */
void control_close(void);
void control_release(void);

/* Wake the reader, and see to the end of a session that nobody attends; not in NMI (the
 * irq_work of a context calls it for those). */
void control_wake(void);

/* After output was written: have the reader woken if it sleeps.  Any context. */
extern int control_reader_waits;
void control_notify(void);

/* Processes that carry our output out: staprun, and who reads from it in a virtual machine. */
#define CONTROL_CARRIERS 3
extern pid_t control_carriers[CONTROL_CARRIERS];

/* Does this hit belong to what a carrier does? */
static inline bool control_in_carrier(void)
{
	pid_t own = current->tgid;

	return (own == control_carriers[0] || own == control_carriers[1] || own == control_carriers[2]) &&
	       in_task();
}

/* May the trace files be read?  Not when only carriers' own output waits there. */
extern bool control_output_open;

/* A line for staprun; process context. */
void control_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- symbols (symbol.c) ----------------------------------------------------------------------------------- */

/* Address of a name, "symbol" or "module:symbol"; 0 unknown.  May sleep. */
unsigned long symbol_address(const char *name);

/* Where a location is now: 0, -ENOENT (no such symbol, or the module is not loaded). */
int location_resolve(const struct script_location *at, unsigned long *address);

/* May a kprobe be registered there?  Where not, the kernel itself would fall. */
bool kprobe_is_safe(unsigned long address);

/* Zeroed room for a list of what must be let go of: it waits instead of failing.  kvfree() it.  May sleep. */
void *room_for(size_t count, size_t size);

#endif
