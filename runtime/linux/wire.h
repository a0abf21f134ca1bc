/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the module and staprun say to each other.  The only header that staprun shares with
 * the runtime.
 *
 * /proc/systemtap/MODULE/trace0 ... traceN carry what handlers print: per CPU a stream of
 * records, each a struct wire_record, `length` bytes of payload and padding to a
 * multiple of 8.  Records of different CPUs are ordered by their stamps; those of one are in order.  A
 * read of .cmd begins a round, whose records are those with stamps before its begin.  When all of them were read, a
 * read gives 0 bytes; before, as many as it has room for, also a part of a record.
 *
 * /proc/systemtap/MODULE/.cmd is the session.  Opening it attaches (one at a time: EBUSY);
 * closing it ends the session unless "detach" was written.  One write is one command:
 *
 *	set NAME=VALUE		a global, before "start"; unknown names are ignored
 *	buffer KB		of each CPU, before "start"
 *	bulk			fails unless the output of each CPU is for a file of its own
 *	target PID		target(), before "start"
 *	carrier PID		a process that carries our output on; hits in it and in the one that
 *				attached do not make a read return
 *	fact NAME=VALUE		what the script may ask about us (tapset/tapset.h), before "start"
 *	start			begin probes run, the others are armed; the write returns when
 *				that is done, and fails with the errno of an empty session
 *	end			asks for the end, also of a start under way; returns at once
 *	stop			disarms, runs end or error probes; returns when that is done
 *	poke			a read that waits returns
 *	detach			the session survives the close
 *
 * A read waits until there is something to do and gives lines:
 *
 *	warning TEXT		for stderr, as "WARNING: TEXT"
 *	error TEXT		for stderr, as "ERROR: TEXT"
 *	exit			the script wants to end: write "stop"
 *	memory CPUS OUTPUT SCRIPT CONTEXTS
 *				KiB in use: output buffers, arrays and statistics, handlers' own
 *	ended STATUS ERRORS SKIPPED DROPPED LINES
 *				everything is over: status 0 or 1, numbers in decimal; records
 *				that had no room, and lines in them
 *
 * or 0 bytes: look at the trace files.
 */
#ifndef LINUX_WIRE_H
#define LINUX_WIRE_H

#define WIRE_MAGIC 0x70617473u		/* "stap" */
#define WIRE_DIRECTORY "systemtap"	/* in /proc */
#define WIRE_COMMAND ".cmd"
#define WIRE_TRACE "trace"
#define WIRE_LINE_MAX 2048		/* a control line or command, with its newline */

enum wire_kind {
	WIRE_TEXT,			/* for the output */
	WIRE_WARNING,			/* "WARNING: " and the payload on stderr, newline added */
	WIRE_ERROR,			/* "ERROR: " and the payload on stderr, newline added */
	WIRE_SYSTEM,			/* a command for sh -c */
};

struct wire_record {
	unsigned int magic;
	unsigned int length;		/* of the payload, without padding */
	unsigned long long stamp;
	unsigned short kind, cpu;
	unsigned int reserved;
};

#define WIRE_ALIGN(length) (((length) + 7u) & ~7u)

/* .modinfo keys that staprun reads. */
#define WIRE_INFO_BUILD_ID "kernel_build_id"	/* hex; of the kernel that the module is for */
#define WIRE_INFO_NAME "name"
#define WIRE_INFO_PRIVILEGE "privilege"

#endif
