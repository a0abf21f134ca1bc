/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Basic types for code that is compiled with no header of kernel or libc, with the
 * kernel's own headers (where these names already exist), and in a process. */
#ifndef CORE_TYPES_H
#define CORE_TYPES_H

#if defined(__KERNEL__) && defined(SCRIPT_KERNEL_HEADERS)
#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/stddef.h>
#else
typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;
#ifdef SCRIPT_LIBC_HEADERS
#include <stdbool.h>
#include <stddef.h>
#else
typedef _Bool bool;
#define true 1
#define false 0
typedef __SIZE_TYPE__ size_t;
#ifndef NULL
#define NULL ((void *)0)
#endif
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

#endif
