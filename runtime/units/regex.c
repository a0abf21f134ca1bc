/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns.
 *
 * Unit: for regex_*.
 */
#include "../core/regex.c"
