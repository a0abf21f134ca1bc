/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Few scripts need it, and not every kernel has perf events.
 *
 * Unit: for script_mech_thread_counter script_thread_counter_read.  Brings probes.
 */
#include "../linux/probes/thread_counter.c"
