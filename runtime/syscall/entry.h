/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system call that the current task is in.  The user's registers lie at the top of the kernel
 * stack from its entry to its return, so a return probe sees the arguments, too (execve and
 * sigreturn replace them).
 */
#ifndef SYSCALL_ENTRY_H
#define SYSCALL_ENTRY_H

#include "../core/types.h"

/* Argument n, from 1: a register; of a 32-bit call its 32 bits, zero-extended.  0 in kernel threads. */
u64 syscall_argument(unsigned n);

/* Change it; what the kernel then does is up to the caller. */
void syscall_set_argument(unsigned n, u64 value);

/* Is this hit one of a system call's probe alias?  There, arguments by number are those of the call. */
struct context;
bool syscall_is_probed(const struct context *c);

/* Its number, in the numbering of its kind; -1 in kernel threads. */
s64 syscall_number(void);

/* Its name in the table of calls, or NULL. */
const char *syscall_current_name(void);

/* Is it a 32-bit call? */
bool syscall_is_compat(void);

/* Are its times those of 32-bit programs before the time64 calls? */
bool syscall_time32(void);

/* Is it number `native` of 64-bit calls or `compat` of 32-bit calls? */
static inline bool syscall_is(s64 native, s64 compat)
{
	return syscall_number() == (syscall_is_compat() ? compat : native);
}

/* A signed long: of a 32-bit call 32 bits, sign-extended. */
static inline s64 syscall_long(unsigned n)
{
	u64 value = syscall_argument(n);

	return syscall_is_compat() ? (s32)value : (s64)value;
}

/* A 64-bit number, which 32-bit calls pass as two arguments, the low half first. */
static inline s64 syscall_wide(unsigned n)
{
	u64 value = syscall_argument(n);

	return (s64)(syscall_is_compat() ? value | syscall_argument(n + 1) << 32 : value);
}

#endif
