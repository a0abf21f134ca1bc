/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A site is a function whose entry ftrace can patch, with all rows of the script that
 * want its entry or its return.  However many they are, the kernel calls us once.
 */
#ifndef LINUX_PROBES_SITE_H
#define LINUX_PROBES_SITE_H

#include "mechanism.h"

struct pt_regs;

/* What a row does at its site. */
struct site_row {
	struct list_head list;
	struct script_probe *probe;
	bool replaces_return;		/* comes after the others, which may look at the return address */
	void *trampoline;		/* what ftrace calls when the row is alone, or NULL */
	const struct script_probe *partner;	/* with which alone it may be, too, or NULL: */
	void *pair;			/* what ftrace calls then */
	void *trampoline_data;		/* which that asks for by site_data() */
	script_function_trampoline direct;	/* an entry's own way in, or NULL: */
	void (*enter)(struct site_row *row, struct pt_regs *regs);	/* preemption is off */
};

struct site;

/* Make sites of those of many addresses (0: none) that ftrace can patch.  Those that get no row are freed by
 * sites_update().  Under the session's mutex, as everything here. */
void sites_prepare(const unsigned long *addresses, unsigned count);

/* The site of an address; NULL: ftrace cannot patch there, or nobody prepared it. */
struct site *site_get(unsigned long address);

/* For a trampoline, by ftrace's third argument: its row's trampoline_data; NULL while rows come and go.
 * Preemption is off. */
struct ftrace_ops;
void *site_data(struct ftrace_ops *ops);

/* Add and remove a row.  It is not called before sites_update() and may be called
 * until then. */
void site_add(struct site *site, struct site_row *row);
void site_remove(struct site *site, struct site_row *row);

/*
 * Bring the kernel in line with the rows: register sites that have become needed, unregister
 * those without rows and free them.  When it returns, no hit of a removed row is under way.
 */
void sites_update(void);

/* The function's address. */
unsigned long site_address(const struct site *site);

/* Why the site could not be registered; 0: it is. */
int site_error(const struct site *site);

#endif
