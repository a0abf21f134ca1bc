/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Not every kernel has hardware breakpoints.
 *
 * Unit: for script_mech_watchpoint.
 */
#include "../linux/probes/watchpoint.c"
