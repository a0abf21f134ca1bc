/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments saved at a function's entry, for probes further inside of it.
 *
 * Unit: for entry_save entry_load.
 */
#include "../linux/tapset/entry.c"
