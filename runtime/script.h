/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that a translated script may use; the same contract in the kernel and
 * in an ordinary process (-DSCRIPT_USER).  No kernel header and no libc header is
 * included here: what depends on the kernel comes from "constants.h", which the
 * recipe makes once per kernel.
 *
 * A translated script consists of
 *   - a struct script_percpu (counters and statistics, one per CPU) and static globals;
 *   - C functions for the script's functions and one handler per distinct probe body;
 *   - the table script_probes[], which the runtime walks forward to register and
 *     backward to undo;
 *   - script_config, which tells the prebuilt runtime objects this script's limits.
 *
 * Handlers run with preemption off, must not sleep, and never run twice at the same time on one
 * CPU: script_enter() refuses a nested hit.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "core/types.h"		/* s8..s64, u8..u64, bool, NULL, size_t, likely(), unlikely() */

/* Limits that -D may change (reference/language.md section 10). */
#ifndef MAXSTRINGLEN
#define MAXSTRINGLEN 512
#endif
#ifndef MAXMAPENTRIES
#define MAXMAPENTRIES 2048
#endif
#ifndef MAXACTION
#define MAXACTION 1000
#endif
#ifndef MAXACTION_INTERRUPTIBLE
#define MAXACTION_INTERRUPTIBLE (MAXACTION * 10)
#endif
#ifndef MAXTRYLOCK
#define MAXTRYLOCK 1000
#endif
#ifndef TRYLOCKDELAY
#define TRYLOCKDELAY 10
#endif
#ifndef MAXERRORS
#define MAXERRORS 0
#endif
#ifndef MAXSKIPPED
#define MAXSKIPPED 100
#endif
#ifndef STP_BUFFER_SIZE
#define STP_BUFFER_SIZE 8192
#endif
#ifndef STP_MAXMEMORY
#define STP_MAXMEMORY 0
#endif
#ifndef MAXBACKTRACE
#define MAXBACKTRACE 20
#endif
#ifndef KRETACTIVE
#define KRETACTIVE 0
#endif
#ifndef STP_PROCFS_BUFSIZE
#define STP_PROCFS_BUFSIZE MAXSTRINGLEN
#endif
/* A CPU that spends more than so many of its last so many cycles in handlers ends the session. */
#ifndef STP_OVERLOAD_INTERVAL
#define STP_OVERLOAD_INTERVAL 1000000000
#endif
#ifdef STP_NO_OVERLOAD
#undef STP_OVERLOAD_THRESHOLD
#define STP_OVERLOAD_THRESHOLD 0
#endif
#ifndef STP_OVERLOAD_THRESHOLD
#define STP_OVERLOAD_THRESHOLD 500000000
#endif
/* What -t measures in. */
#ifdef STP_TIMING_NSECS
#define SCRIPT_TIMING_NS true
#else
#define SCRIPT_TIMING_NS false
#endif
/* Bytes of stack without which a hit is skipped, for scripts that say so (0: not looked at); finding out
 * that there are less takes some, too. */
#ifdef MINSTACKSPACE
#define SCRIPT_ENTRY_STACK ((MINSTACKSPACE) > 0 && (MINSTACKSPACE) < 2048 ? 2048 : (MINSTACKSPACE))
#else
#define SCRIPT_ENTRY_STACK 0
#endif
/* Bytes of stack that deep calls leave: the kernel's own interrupts need some of it. */
#if !defined(MINSTACKSPACE) || MINSTACKSPACE < 4096
#undef MINSTACKSPACE
#define MINSTACKSPACE 4096
#endif
#ifndef HIST_WIDTH
#define HIST_WIDTH 50
#endif
#ifndef HIST_ELISION
#define HIST_ELISION 2
#endif

#include "core/format.h"	/* struct sink, sink_*(): text output */
#include "core/str.h"		/* str_*(): strings of MAXSTRINGLEN bytes */
#include "core/user_frame.h"
#include "core/stat.h"		/* struct aggregate: aggregates and histograms */
#include "core/map.h"		/* struct map; core/map_template.h makes typed maps */
#include "core/regex.h"		/* running the tables that pass 3 makes of =~ patterns */

struct context;
struct script_probe;

/* ---- what the script provides --------------------------------------------------- */

/* Made by pass 3 from its own macros, read by the prebuilt runtime objects. */
struct script_config {
	unsigned max_string, max_errors, max_skipped, max_backtrace;
	unsigned min_stack;		/* a hit with less is skipped; 0: none is */
	unsigned buffer_size;		/* STP_BUFFER_SIZE */
	unsigned procfs_size;		/* STP_PROCFS_BUFSIZE: $value of procfs probes without .maxsize */
	unsigned return_instances;	/* KRETACTIVE: of return probes without .maxactive; 0: by the CPUs */
	s64 max_action;			/* handlers in atomic contexts and elsewhere: MAXACTION_INTERRUPTIBLE */
	unsigned try_lock, try_lock_delay;	/* MAXTRYLOCK, TRYLOCKDELAY in microseconds */
	unsigned percpu_size;		/* sizeof(struct script_percpu) */
	unsigned frame_size;		/* bytes of the frame stack of one context */
	unsigned stat_count;		/* (reserved for -t) */
	bool all_registers;		/* hits of functions need more than the arguments' registers */
	bool collects_stacks;		/* the kernel's, in handlers */
	bool timing;			/* -t, */
	bool timing_ns;			/* in nanoseconds instead of cycles */
	bool suppress_errors;		/* --suppress-handler-errors */
	bool bulk;			/* -b */
	s64 overload_threshold, overload_interval;	/* cycles; threshold 0: no limit */
	unsigned max_memory_kb;		/* STP_MAXMEMORY, for arrays and statistics; 0: no limit */
	unsigned relay_kb;		/* transport buffer per CPU in KiB (-s); 0 automatic */
	const char *script_name;	/* for messages */
};
extern const struct script_config script_config;

/* Called once, before the first probe, when memory may be allocated; and at the very end.
 * init returns 0 or -ENOMEM.  Made by pass 3: allocates the maps, initialises globals. */
extern int script_init(void);
extern void script_exit(void);

/* Initialise one CPU's struct script_percpu (already zeroed). */
extern int script_percpu_init(void *percpu);
extern void script_percpu_exit(void *percpu);

/* Print the write-only globals (language.md 12.6); called after the end probes. */
extern void script_display_globals(struct context *c);

/* Scalars that -G and staprun NAME=VALUE may set. */
struct script_global {
	const char *name;
	s64 *number;			/* or */
	char *string;			/* MAXSTRINGLEN bytes */
};
extern const struct script_global script_globals[];
extern const unsigned script_global_count;

/* Functions of programs and libraries, by which user addresses are shown, and how their stacks are walked. */
struct script_program_symbol { u32 offset, size, name; };	/* in the file; in `names` */
struct script_program {
	const char *path;
	u64 file_size;
	const struct script_program_symbol *symbols;	/* by offset */
	const char *names;
	unsigned count;
	const struct user_frame *frames;		/* by offset; or NULL */
	unsigned frame_count;
};
extern const struct script_program script_programs[];
extern const unsigned script_program_count;

/* Symbols whose addresses @var needs; the runtime looks them up before script_init().
 * An address of 0: there is no such symbol, and reads through it raise script errors. */
struct script_symbol {
	const char *module;		/* NULL: the kernel */
	const char *name;
	u64 address;
};
extern struct script_symbol script_symbols[];
extern const unsigned script_symbol_count;

/* Re-evaluate the `if (...)` conditions of probes and arm or disarm them; made by pass 3.
 * Called by the runtime after start, and by handlers that wrote a global used in one. */
extern void script_update_conditions(void);

/* ---- a probe's row ------------------------------------------------------------------ */

struct script_mechanism;		/* the runtime's side: how a handler gets attached */

/*
 * What a filter has, before a hit is entered: members named as those of a context, so that
 * both can stand in the same C text.
 */
struct script_arrival {
	struct script_regs *regs;
	const void *saved;
	s64 return_value;
	const void *args;
};

struct script_probe {
	const struct script_mechanism *mechanism;	/* e.g. &script_mech_begin */
	const void *spec;		/* the mechanism's own specification struct, constant */
	void (*handler)(struct context *c);
	void (*entry_handler)(struct context *c);	/* return probes that save values, else NULL */
	const char *name;		/* pp() */
	const char *alias_name;		/* NULL: the same, see script_probe_alias() */
	const char *place;		/* FILE:LINE:COL */
	bool (*condition)(void);	/* `if (...)`, or NULL: always armed */
	bool (*filter)(const struct script_arrival *arrival);	/* does a hit concern it?  NULL: always */
	unsigned index;
	/* the runtime's own */
	bool armed, registered;
	u32 function_text;		/* where its function is in the name: probe_name.c */
	void *state;
	s64 hits, skipped;		/* sampled or exact, see -t */
};
extern struct script_probe script_probes[];

/* pn(): the point as the script has it. */
static inline const char *script_probe_alias(const struct script_probe *p)
{
	return p->alias_name ? p->alias_name : p->name;
}

extern const unsigned script_probe_count;

/* ---- the context of a hit -------------------------------------------------------------- */

enum script_state {			/* of the session; runtime's variable script_state */
	SCRIPT_STARTING, SCRIPT_RUNNING, SCRIPT_STOPPING, SCRIPT_ERROR, SCRIPT_STOPPED,
};

#define SCRIPT_MESSAGE_SIZE 512
#define SCRIPT_TRACE_SIZE 512

/* One per CPU.  The layout does not depend on -D options. */
struct context {
	unsigned busy;			/* a handler runs on this CPU: the flags with which it was entered; else 0 */
	unsigned error;			/* 0, or enum script_error: unwinding */
	unsigned unmeasured;		/* hits until one is measured */
	unsigned measured;		/* this one is */
	s64 actions;			/* statement credits left */
	void *percpu;			/* struct script_percpu of this CPU */
	char *frame, *frame_end;	/* top and limit of the frame stack (strings, deep calls) */
	const struct script_probe *probe;
	struct script_regs *regs;	/* registers of the probed code, or NULL */
	void *saved;			/* entry values of a return probe, or NULL */
	s64 return_value;		/* result of the probed function, in return probes */
	const void *args;		/* mechanism's arguments (tracepoints: s64 array) */
	unsigned nesting;		/* function call depth */
	const char *site;		/* "identifier 'x' at f.stp:3:4": where the error was raised */
	struct sink out;		/* print buffer of this hit */
	const char *match_text;		/* last successful =~ (for matched()), or NULL */
	struct regex_match match;
	void *speculation;		/* runtime's own */
	struct map_cursor *cursors;	/* reserved */
	s64 aux[4];			/* per-hit values of tapset functions (tokenize state ...) */
	char *tokenize;			/* MAXSTRINGLEN bytes, allocated with the context */
	const char *last_error;		/* set by old embedded C that fails, or NULL */
	struct script_regs *kregs, *uregs;	/* for users' C, filled before it: embedded_context() */
	const char *probe_point, *probe_name;
	int user_mode_p;
	char message[SCRIPT_MESSAGE_SIZE];	/* the error's text */
	char trace[SCRIPT_TRACE_SIZE];		/* " near ... (called from ...)" collected while unwinding */
	unsigned cpu;
	struct context_private *runtime;	/* runtime/linux's or runtime/user's own */
};

enum script_error {
	SCRIPT_ERROR_NONE,
	SCRIPT_ERROR_RAISED,		/* catchable */
	SCRIPT_ERROR_FATAL,		/* MAXACTION: not catchable */
	SCRIPT_ERROR_SKIP,		/* lock time-out: the rest of the hit is skipped and counted */
	SCRIPT_ERROR_NO_ENTRY,		/* the function's entry was not seen: skipped and counted as well */
	SCRIPT_ERROR_ABORT,		/* abort(): leave quietly */
};

/*
 * Raise a script error: formats the message and sets c->error (first one wins).
 * The caller then leaves through its error path.  Any context.  The format is the
 * kernel's / libc's common subset: %s %d %u %x %lld %llu %llx.
 */
void script_error(struct context *c, const char *format, ...)
	__attribute__((format(printf, 2, 3), cold));

/* "read fault [man error::fault] at 0x... near operator ..." */
void script_read_fault(struct context *c, u64 address, unsigned size) __attribute__((cold));
void script_write_fault(struct context *c, u64 address, unsigned size) __attribute__((cold));

/* MAXACTION exceeded. */
void script_action_overrun(struct context *c) __attribute__((cold));

/* Append one frame to c->trace: " near SITE" for the first, " (called from SITE)" for outer ones. */
void script_error_site(struct context *c, const char *site) __attribute__((cold));

/* Caught by try/catch: clears the error; the message stays in c->message. */
static inline void script_error_clear(struct context *c)
{
	c->error = SCRIPT_ERROR_NONE;
	c->site = NULL;
	c->trace[0] = 0;
}

/* ---- arithmetic that can fail ---------------------------------------------------------- */

/* x / y and x % y with the language's rules (MIN / -1 = MIN); false when y is 0
 * (the caller raises "division by 0"). */
static inline bool script_div(s64 x, s64 y, s64 *result)
{
	if (unlikely(y == 0))
		return false;
	*result = y == -1 ? (s64)(0 - (u64)x) : x / y;
	return true;
}

static inline bool script_mod(s64 x, s64 y, s64 *result)
{
	if (unlikely(y == 0))
		return false;
	*result = y == -1 ? 0 : x % y;
	return true;
}

static inline s64 script_shl(s64 x, s64 n) { return (s64)((u64)x << (n & 63)); }
static inline s64 script_shr(s64 x, s64 n) { return x >> (n & 63); }

/* ---- the frame stack ---------------------------------------------------------------------- */

/*
 * Functions and handlers with string variables or temporaries take a frame; it is not
 * cleared.  NULL: "MAXNESTING exceeded" was raised.  Release in reverse order.
 */
static inline void *script_frame(struct context *c, unsigned size)
{
	char *frame = c->frame;

	if (unlikely((size_t)(c->frame_end - frame) < size)) {
		script_error(c, "MAXNESTING exceeded");
		return NULL;
	}
	c->frame = frame + size;
	return frame;
}

static inline void script_frame_release(struct context *c, void *frame)
{
	c->frame = (char *)frame;
}

/* ---- locks of globals ------------------------------------------------------------------------ */

/*
 * A reader/writer spin lock that gives up: after MAXTRYLOCK attempts of TRYLOCKDELAY
 * microseconds the hit is skipped (c->error = SCRIPT_ERROR_SKIP) and counted.
 * Handlers take all locks they need in table order.
 */
struct script_lock { int value; unsigned contended; };	/* value: -1 writer, n readers */

bool script_lock_slow(struct context *c, struct script_lock *lock, bool write) __attribute__((cold));

static inline bool script_write_lock(struct context *c, struct script_lock *lock)
{
	int free = 0;

	if (likely(__atomic_compare_exchange_n(&lock->value, &free, -1, false,
					       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
		return true;
	return script_lock_slow(c, lock, true);
}

static inline bool script_read_lock(struct context *c, struct script_lock *lock)
{
	int readers = __atomic_load_n(&lock->value, __ATOMIC_RELAXED);

	if (likely(readers >= 0 &&
		   __atomic_compare_exchange_n(&lock->value, &readers, readers + 1, false,
					       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
		return true;
	return script_lock_slow(c, lock, false);
}

static inline void script_write_unlock(struct script_lock *lock)
{
	__atomic_store_n(&lock->value, 0, __ATOMIC_RELEASE);
}

static inline void script_read_unlock(struct script_lock *lock)
{
	__atomic_fetch_sub(&lock->value, 1, __ATOMIC_RELEASE);
}

/* ---- per-CPU data of the script ---------------------------------------------------------------- */

/* Number of possible CPUs, and the struct script_percpu of one of them (for summing). */
extern unsigned script_cpu_count;
void *script_percpu_of(unsigned cpu);

/* ---- memory for maps ------------------------------------------------------------------------------ */

/* Zeroed memory; may sleep; only from script_init() and script_percpu_init().  Counted against STP_MAXMEMORY. */
void *script_alloc(size_t size);
void script_free(void *memory);

/* ---- session control ---------------------------------------------------------------------------------- */

extern int script_state;		/* enum script_state */
void script_exit_request(void);		/* exit(): end probes run */
void script_warn(struct context *c, const char *text);	/* WARNING: text, on stderr */
void script_log(struct context *c, const char *text);	/* text and newline, on stdout */

/* STAP_PRINTF() of embedded C; the format is that of the kernel or of libc. */
void script_printf(struct context *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void script_system(struct context *c, const char *command);	/* system(): queued to staprun */

/* The parts that differ: entering and leaving a hit, reading memory, current task,
 * mechanisms and their trampolines. */
#ifdef SCRIPT_USER
#include "user/script_user.h"
#else
#include "linux/script_linux.h"
#endif

#endif
