/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of system calls as text, in the manner of strace: what a pointer leads to, and numbers that
 * are more than flags.  NULL shows as 0x0; what cannot be read (a page that is not in memory,
 * too) shows as its address.  In probe context, of the current task.
 *
 * syscall_show_NAME() is what an argument of kind NAME in tapsets/syscalls.table calls.
 */
#ifndef SYSCALL_SHOW_H
#define SYSCALL_SHOW_H

#include "../core/types.h"
#include "../core/format.h"

/* ---- building blocks (show.c) ---------------------------------------------------------- */

void show_number(struct sink *s, s64 value);
void show_hex(struct sink *s, u64 value);
void show_octal(struct sink *s, u64 value);		/* 0644 */

/* "{NAME=value" and ", NAME=value": members of structures. */
void show_member(struct sink *s, const char *name);

/* Read `count` numbers of a long's size (32 bits in 32-bit programs if `narrow`), sign-extended.
 * false: nothing could be read, and the address was shown instead. */
bool show_load(struct sink *s, u64 address, s64 *values, unsigned count, bool narrow);

/* Copy a structure; otherwise as above. */
bool show_copy(struct sink *s, void *to, u64 address, unsigned size);

/* Quoted text: a string of at most `most` bytes (0: any number), or exactly so many bytes. */
void show_string(struct sink *s, u64 address, s64 most);
void show_bytes(struct sink *s, u64 address, s64 count);

/* ---- numbers (show_numbers.c) ------------------------------------------------------------------ */

void syscall_show_at(struct sink *s, u64 value);		/* AT_FDCWD or a descriptor */
void syscall_show_signal(struct sink *s, u64 value);		/* SIGHUP */
void syscall_show_handler(struct sink *s, u64 value);		/* SIG_DFL */
void syscall_show_ipc_key(struct sink *s, u64 value);		/* IPC_PRIVATE or in hexadecimal */
void syscall_show_ipc_mode(struct sink *s, u64 value);		/* IPC_CREAT|0600 */
void syscall_show_shm_mode(struct sink *s, u64 value);
void syscall_show_node_mode(struct sink *s, u64 value);		/* S_IFREG|0644 */
void syscall_show_clone_flags(struct sink *s, u64 value);	/* CLONE_VM|SIGCHLD */
void syscall_show_family(struct sink *s, u64 value);		/* AF_INET */
void syscall_show_ioprio(struct sink *s, u64 value);		/* IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4) */
void syscall_show_quota(struct sink *s, u64 value);		/* QCMD(Q_GETQUOTA, USRQUOTA) */
void syscall_show_wait_status(struct sink *s, u64 value);	/* WIFEXITED(s) && WEXITSTATUS(s) == 1 */
void syscall_show_futex_op(struct sink *s, u64 value);		/* FUTEX_WAIT_PRIVATE */
void syscall_show_futex_wake_op(struct sink *s, u64 value);	/* FUTEX_OP_SET<<28|... */
void syscall_show_key_id(struct sink *s, u64 value);		/* KEY_SPEC_SESSION_KEYRING or decimal */
void syscall_show_mask(struct sink *s, u64 value);		/* [INT TERM]: a signal mask */

enum { FAMILY_UNIX = 1, FAMILY_INET = 2, FAMILY_INET6 = 10, FAMILY_NETLINK = 16 };

/* The protocol of a socket, the name of a socket's option: depend on another argument. */
void syscall_show_protocol(struct sink *s, s64 family, u64 value);
void syscall_show_option(struct sink *s, s64 level, u64 value);

/* ---- structures (show_structs.c, show_time.c, show_signals.c) ------------------------------------------------- */

void syscall_show_timespec(struct sink *s, u64 address);	/* {tv_sec=1, tv_nsec=0} */
void syscall_show_timeval(struct sink *s, u64 address);
void syscall_show_timespecs(struct sink *s, u64 address);	/* [{...}, UTIME_NOW]: two */
void syscall_show_timevals(struct sink *s, u64 address);
void syscall_show_timezone(struct sink *s, u64 address);
void syscall_show_itimerval(struct sink *s, u64 address);
void syscall_show_itimerspec(struct sink *s, u64 address);
void syscall_show_timex(struct sink *s, u64 address);
void syscall_show_utimbuf(struct sink *s, u64 address);
void syscall_show_rlimit(struct sink *s, u64 address);
void syscall_show_rlimit64(struct sink *s, u64 address);
void syscall_show_user_desc(struct sink *s, u64 address);
void syscall_show_sched_attr(struct sink *s, u64 address);
void syscall_show_open_how(struct sink *s, u64 address);
void syscall_show_clone_args(struct sink *s, u64 address);
void syscall_show_dqblk(struct sink *s, u64 address);
void syscall_show_dqinfo(struct sink *s, u64 address);
void syscall_show_strings(struct sink *s, u64 address);		/* ["ls", "-l"]: argv */
void syscall_show_environment(struct sink *s, u64 address);	/* 0x7ff... and their number */

void syscall_show_sigset(struct sink *s, u64 address);		/* [INT TERM] */
void syscall_show_sigaction(struct sink *s, u64 address);
void syscall_show_old_sigaction(struct sink *s, u64 address);	/* of 32-bit programs */
void syscall_show_siginfo(struct sink *s, u64 address);
void syscall_show_sigaltstack(struct sink *s, u64 address);

/* ---- socket addresses (show_sockaddr.c) -------------------------------------------------------------- */

enum sockaddr_part { SOCKADDR_FAMILY, SOCKADDR_IP, SOCKADDR_PORT, SOCKADDR_FLOW, SOCKADDR_SCOPE };

/* The whole address, {sa_family=AF_INET, ...}; and one part, "" where there is none. */
void syscall_show_sockaddr(struct sink *s, s64 length, u64 address);
void syscall_show_sockaddr_part(struct sink *s, enum sockaddr_part part, u64 address, s64 length);

/* Seconds and nanoseconds of a struct utimbuf: actime (0) and modtime (1); 0 when it cannot be read. */
s64 syscall_utime(u64 address, unsigned which);

#endif
