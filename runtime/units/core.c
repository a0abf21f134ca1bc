/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings, maps, aggregates and formats, and what nearly every script takes of the library.
 *
 * Unit: for every script.
 */
#include "../core/format.c"
#include "../core/map.c"
#include "../core/stat.c"
#include "../core/str.c"
#include "../tapset/facts.c"
#include "../tapset/text.c"
