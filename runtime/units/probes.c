/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mechanisms that every kernel has.
 *
 * Unit: for script_mech_function script_mech_kprobe script_mech_procfs script_mech_return
 * script_mech_tracepoint script_procfs_*.
 */
#include "../linux/probes/function.c"
#include "../linux/probes/kprobe.c"
#include "../linux/probes/procfs.c"
#include "../linux/probes/return.c"
#include "../linux/probes/site.c"
#include "../linux/probes/tracepoint.c"
