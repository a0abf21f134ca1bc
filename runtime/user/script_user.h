/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract of script.h in an ordinary process.  There is one context and one
 * thread; "kernel" and "user" memory are both the process's own, and an address that is not
 * mapped is a fault as it is in the kernel.
 */
#ifndef USER_SCRIPT_USER_H
#define USER_SCRIPT_USER_H

#include "../core/access.h"
#include "../core/mechanisms.h"

extern struct context *script_context;
static inline struct context *script_this_context(void)
{
	return script_context;
}

extern const char *script_stack_floor;	/* context.c */

static inline bool script_stack_is_low(void)
{
	return (const char *)__builtin_frame_address(0) < script_stack_floor;
}

/* Start and end a hit without regard to the session's state (context.c). */
struct context *script_take(struct script_probe *probe);
void script_finish(struct context *c);

static inline struct context *script_enter(struct script_probe *probe)
{
	return script_state == SCRIPT_RUNNING ? script_take(probe) : NULL;
}

static inline void script_leave(struct context *c)
{
	script_finish(c);
}

/* A handler wrote a global that the probe's condition reads: arm or disarm the probe. */
void script_probe_want(struct script_probe *probe, bool armed);

/* The process's own memory; size 1, 2, 4 or 8.  false: fault (memory.c). */
bool script_memory_read(u64 address, unsigned size, u64 *raw);
bool script_memory_write(u64 address, unsigned size, u64 raw);

static inline bool script_load(u64 address, unsigned size, bool is_signed, s64 *value)
{
	u64 raw = 0;
	bool good = script_memory_read(address, size, &raw);

	switch (size) {
	case 1:
		*value = is_signed ? (s64)(s8)raw : (s64)(u8)raw;
		break;
	case 2:
		*value = is_signed ? (s64)(s16)raw : (s64)(u16)raw;
		break;
	case 4:
		*value = is_signed ? (s64)(s32)raw : (s64)(u32)raw;
		break;
	default:
		*value = (s64)raw;
	}
	return good;
}

static inline bool script_load_user(u64 address, unsigned size, bool is_signed, s64 *value)
{
	return script_load(address, size, is_signed, value);
}

static inline bool script_store(u64 address, unsigned size, s64 value)
{
	return script_memory_write(address, size, (u64)value);
}

static inline bool script_store_user(u64 address, unsigned size, s64 value)
{
	return script_memory_write(address, size, (u64)value);
}

#endif
