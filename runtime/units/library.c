/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library's functions that know the kernel's insides.
 *
 * Unit: for tapset_* mapping_* syscall_* script_probed_ip probe_name_* probe_function.  Brings texts.
 */
#include "../linux/tapset/act.c"
#include "../linux/tapset/mapping.c"
#include "../linux/tapset/registers.c"
#include "../linux/tapset/stack.c"
#include "../linux/tapset/symbol.c"
#include "../linux/tapset/syscall.c"
#include "../linux/tapset/task.c"
#include "../linux/tapset/user_stack.c"
#include "../tapset/probe_name.c"
#include "../tapset/stack_text.c"
