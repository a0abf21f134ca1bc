/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry and return of functions.  Where ftrace can patch the function's entry, rows go to
 * its site; else entries take a kprobe and returns a kretprobe (return.c).
 */
#include "site.h"
#include "return.h"

#include <linux/kprobes.h>
#include <linux/slab.h>

struct attachment {
	struct site_row row;		/* .probe also without a site */
	struct site *site;		/* NULL: planted by itself */
	struct returns *returns;	/* of return rows */
	struct list_head leaving;
	struct kprobe kprobe;		/* of an entry without a site */
};

static bool is_return(const struct script_probe *probe)
{
	return probe->mechanism == &script_mech_return;
}

/* ---- hits --------------------------------------------------------------------------------- */

static int entry_kprobe_hit(struct kprobe *kprobe, struct pt_regs *regs)
{
	const struct site_row *row = &container_of(kprobe, struct attachment, kprobe)->row;

	if (row->direct)
		row->direct((unsigned long)kprobe->addr, 0, NULL, regs);
	else
		context_hit(row->probe, regs);
	return 0;
}
NOKPROBE_SYMBOL(entry_kprobe_hit);

static void function_enter(struct site_row *row, struct pt_regs *regs)
{
	context_hit(row->probe, regs);
}

static void return_enter(struct site_row *row, struct pt_regs *regs)
{
	returns_enter(container_of(row, struct attachment, row)->returns, row->probe, regs);
}

void script_return_arrives(void *ops, void *regs)
{
	struct returns *returns = site_data(ops);

	if (likely(returns))
		returns_enter(returns, returns_only(returns), regs);
}

/* ---- arming ----------------------------------------------------------------------------------- */

static int register_entry(struct attachment *a, unsigned long address)
{
	a->kprobe.addr = (kprobe_opcode_t *)address;
	a->kprobe.pre_handler = entry_kprobe_hit;
	return kprobe_is_safe(address) ? register_kprobe(&a->kprobe) : -EOPNOTSUPP;
}

static int register_return(struct attachment *a, unsigned long address)
{
	const struct script_spec_return *spec = a->row.probe->spec;

	a->returns = a->site ? returns_at_site(a->row.probe) :
		returns_planted(a->row.probe, address);
	if (IS_ERR(a->returns))
		return PTR_ERR(a->returns);
	if (!returns_only(a->returns))
		return 0;
	a->row.trampoline_data = a->returns;
	a->row.trampoline = (void *)spec->arriving;
	a->row.partner = spec->partner;
	a->row.pair = (void *)spec->pair;
	return 0;
}

static const struct script_location *function_location(const struct script_probe *probe)
{
	return is_return(probe) ? &((const struct script_spec_return *)probe->spec)->at :
		&((const struct script_spec_function *)probe->spec)->at;
}

static int attach_at(struct attachment *a, unsigned long address)
{
	bool returns = is_return(a->row.probe);
	int error = 0;

	a->site = site_get(address);
	a->row.replaces_return = returns;
	a->row.enter = returns ? return_enter : function_enter;
	if (!returns)
		a->row.direct = ((const struct script_spec_function *)a->row.probe->spec)->trampoline;
	a->row.trampoline = (void *)a->row.direct;
	if (returns)
		error = register_return(a, address);
	else if (!a->site)
		error = register_entry(a, address);
	if (!error && a->site)
		site_add(a->site, &a->row);
	return error;
}

static int attach(struct script_probe *probe, unsigned long address)
{
	struct attachment *a = kzalloc(sizeof(*a), GFP_KERNEL);
	int error;

	if (!a)
		return -ENOMEM;
	a->row.probe = probe;
	error = attach_at(a, address);
	if (error)
		kfree(a);
	else
		probe->state = a;
	return error;
}

static unsigned long function_planted_at(const struct script_probe *probe)
{
	const struct attachment *a = READ_ONCE(probe->state);

	if (!a)
		return 0;
	return a->site ? site_address(a->site) : (unsigned long)a->kprobe.addr;
}

/* ---- disarming ------------------------------------------------------------------------------------ */

/* The kprobes of many attachments go in one grace period. */
static void unregister_entries(struct list_head *leaving, unsigned count)
{
	struct kprobe **kprobes = room_for(count, sizeof(*kprobes));
	struct attachment *a;
	unsigned n = 0;

	list_for_each_entry(a, leaving, leaving)
		if (!a->returns && !a->site)
			kprobes[n++] = &a->kprobe;
	unregister_kprobes(kprobes, n);
	kvfree(kprobes);
}

static void free_attachments(struct list_head *leaving)
{
	struct attachment *a, *next;

	list_for_each_entry_safe(a, next, leaving, leaving) {
		if (a->returns)
			returns_put(a->returns);
		kfree(a);
	}
	returns_update();
}

static void function_disarm(struct script_probe **rows, unsigned count)
{
	struct attachment *a;
	LIST_HEAD(leaving);
	unsigned i;

	for (i = 0; i < count; i++) {
		a = rows[i]->state;
		rows[i]->state = NULL;
		list_add_tail(&a->leaving, &leaving);
		if (a->site)
			site_remove(a->site, &a->row);
	}
	sites_update();
	unregister_entries(&leaving, count);
	free_attachments(&leaving);
}

/* ---- many at once ------------------------------------------------------------------------------- */

/* Rows whose site could not be registered are let go again. */
static void take_back_failed(struct script_probe **rows, int *errors, unsigned count)
{
	struct script_probe **failed = room_for(count, sizeof(*failed));
	unsigned i, n = 0;
	struct attachment *a;

	for (i = 0; i < count; i++) {
		a = rows[i]->state;
		if (errors[i] || !a->site || !site_error(a->site))
			continue;
		errors[i] = site_error(a->site);
		failed[n++] = rows[i];
	}
	if (n)
		function_disarm(failed, n);
	kvfree(failed);
}

static void function_arm(struct script_probe **rows, int *errors, unsigned count)
{
	unsigned long *addresses = room_for(count, sizeof(*addresses));
	unsigned i;

	locations_resolve(rows, addresses, errors, count);
	sites_prepare(addresses, count);
	for (i = 0; i < count; i++)
		if (!errors[i])
			errors[i] = session_goes_on() ? attach(rows[i], addresses[i]) : -ECANCELED;
	kvfree(addresses);
	sites_update();
	take_back_failed(rows, errors, count);
}

const struct script_mechanism script_mech_function = {
	.name = "ftrace",
	.arm_many = function_arm,
	.disarm_many = function_disarm,
	.location = function_location,
	.planted_at = function_planted_at,
};

const struct script_mechanism script_mech_return = {
	.name = "kretprobe",
	.arm_many = function_arm,
	.disarm_many = function_disarm,
	.location = function_location,
	.planted_at = function_planted_at,
};
