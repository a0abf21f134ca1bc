/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arguments of system calls as text; the files name one another's tables.
 *
 * Unit: for symbols_* syscall_show_* syscall_current_name syscall_utime.  Brings library.
 */
#include "../syscall/compat_names.c"
#include "../syscall/file_names.c"
#include "../syscall/memory_names.c"
#include "../syscall/net_call_names.c"
#include "../syscall/process_names.c"
#include "../syscall/show.c"
#include "../syscall/show_numbers.c"
#include "../syscall/show_signals.c"
#include "../syscall/show_sockaddr.c"
#include "../syscall/show_structs.c"
#include "../syscall/show_time.c"
#include "../syscall/symbols.c"
#include "../syscall/system_names.c"
#include "../syscall/time_names.c"
