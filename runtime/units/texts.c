/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library's functions that are only calculation: names of numbers, addresses, floating point.
 *
 * Unit: for civil_time_* errno_name flags_* fp_* memory_* names_* netaddr_*.
 */
#include "../tapset/civil_time.c"
#include "../tapset/errno_name.c"
#include "../tapset/fp.c"
#include "../tapset/fp_text.c"
#include "../tapset/memory_text.c"
#include "../tapset/names.c"
#include "../tapset/net_names.c"
#include "../tapset/netaddr.c"
#include "../tapset/syscall_names.c"
#include "../tapset/task_names.c"
