/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Not every kernel has perf events.
 *
 * Unit: for script_mech_perf script_mech_profile script_mech_counter script_counter_read.
 */
#include "../linux/probes/perf.c"
