/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's symbols, and what can be read from its image by means of them. */
#ifndef STAP_DEBUGINFO_KERNEL_SYMBOLS_H
#define STAP_DEBUGINFO_KERNEL_SYMBOLS_H

#include "symbols.h"

struct session;
struct btf_blob;

/* Why no probe can be placed in a range of addresses. */
enum barred_reason { BARRED_BLACKLIST = 1, BARRED_SECTION, BARRED_INIT, BARRED_FTRACE };
struct barred { uint64_t start, end, reason; };

/* Offsets in system_texts, sorted by the name of the tracepoint. */
struct system_row { uint32_t name, system; };

struct kernel_symbols {
	struct symbols table;
	const struct barred *barred;	/* by start */
	const uint64_t *ftrace;		/* addresses of the calls that ftrace patches, ascending */
	const struct system_row *systems;
	const char *system_texts;
	size_t barred_count, ftrace_count, system_count;
	const char *build_id;		/* of the image they are from, or NULL */
};

/* The kernel's, loaded on first use; NULL when there is neither an image nor kallsyms. */
const struct kernel_symbols *kernel_symbols(struct session *s);

/*
 * Learn from an opened image: symbols, barred ranges, ftrace sites, systems of
 * tracepoints (these need the kernel's BTF).  Kept in the store under `key`.
 */
void kernel_symbols_learn(struct session *s, const struct image *img, struct btf_blob *btf,
			  const char *key);

/* Text for a reason, as in "FUNCTION ...". */
const char *kernel_symbols_barred(const struct kernel_symbols *k, uint64_t address);

/* Does ftrace patch a call at the entry of the function at `address`? */
bool kernel_symbols_patchable(const struct kernel_symbols *k, uint64_t address);

/* Why wildcards had better not reach an address: the function that it lies in is one that the kernel keeps
 * its own tracers out of.  NULL: nothing known against. */
const char *kernel_symbols_untraced(const struct kernel_symbols *k, uint64_t address);

/* System of a tracepoint, NULL when it is not listed. */
const char *kernel_symbols_system(const struct kernel_symbols *k, const char *tracepoint);

#endif
