/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Not every kernel has netfilter.
 *
 * Unit: for script_mech_netfilter.
 */
#include "../linux/probes/netfilter.c"
