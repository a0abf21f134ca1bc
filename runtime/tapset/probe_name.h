/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the text of a resolved probe point says: kernel.function("vfs_read@fs/read_write.c:450").return
 * names the function vfs_read.  The names are made by pass 2, so their spelling is known exactly.
 * Each function writes "" and returns false when the point has no such part.
 */
#ifndef TAPSET_PROBE_NAME_H
#define TAPSET_PROBE_NAME_H

#include "../core/types.h"

/* The literal of the first component spelled `component`: probe_name_literal(to, 64, name, "label"). */
bool probe_name_literal(char *to, unsigned size, const char *name, const char *component);

struct script_probe;

/* Function of a .function(), .statement() or kprobe point; not when it is only an address. */
bool probe_function(char *to, unsigned size, const struct script_probe *probe);

/* Module of a module("x") point; the base name of a path without .ko. */
bool probe_name_module(char *to, unsigned size, const char *name);

/* One word: begin, end, error, timer, procfs, kprobe, kretprobe, tracepoint, ... */
const char *probe_name_kind(const char *name);

/* Does it fire when a function or system call has returned? */
bool probe_name_is_return(const char *name);

#endif
