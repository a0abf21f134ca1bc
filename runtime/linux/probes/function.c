/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry and return of functions.  Where ftrace can patch the function's entry, rows go to
 * its site; else entries take a kprobe and returns a kretprobe.
 *
 * At a site a return uses a kretprobe that is registered but disabled: nothing is planted
 * for it.  The site hands the entry to it by calling its pre-handler, as the kernel would
 * do from the breakpoint, and the kretprobe's machinery does the rest: instances, the
 * hijacked return address, functions that return long after we have gone.
 */
#include "site.h"

#include <linux/kprobes.h>
#include <linux/slab.h>

struct attachment {
	struct site_row row;		/* .probe also without a site */
	struct site *site;		/* NULL: planted by itself */
	struct list_head leaving;
	union {
		struct kprobe kprobe;
		struct kretprobe kretprobe;
	};
};

static bool is_return(const struct script_probe *probe)
{
	return probe->mechanism == &script_mech_return;
}

/* ---- entries ---------------------------------------------------------------------------- */

static int entry_kprobe_hit(struct kprobe *kprobe, struct pt_regs *regs)
{
	context_hit(container_of(kprobe, struct attachment, kprobe)->row.probe, regs);
	return 0;
}
NOKPROBE_SYMBOL(entry_kprobe_hit);

static void function_enter(struct site_row *row, struct pt_regs *regs)
{
	context_hit(row->probe, regs);
}

/* ---- returns ------------------------------------------------------------------------------- */

static void return_enter(struct site_row *row, struct pt_regs *regs)
{
	struct attachment *a = container_of(row, struct attachment, row);

	a->kretprobe.kp.pre_handler(&a->kretprobe.kp, regs);
}

static struct script_probe *instance_probe(struct kretprobe_instance *instance)
{
	return container_of(get_kretprobe(instance), struct attachment, kretprobe)->row.probe;
}

/* Non-zero: the return of this call is of no interest. */
static int entry_hit(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct script_probe *probe = instance_probe(instance);
	struct context *c = script_enter(probe);
	int failed;

	if (!c)
		return 1;
	c->regs = (struct script_regs *)regs;
	c->saved = instance->data;
	probe->entry_handler(c);
	failed = c->error != SCRIPT_ERROR_NONE;
	c->regs = NULL;
	c->saved = NULL;
	script_leave(c);
	return failed;
}
NOKPROBE_SYMBOL(entry_hit);

static int return_hit(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct script_probe *probe = instance_probe(instance);
	struct context *c = script_enter(probe);

	if (!c)
		return 0;
	c->regs = (struct script_regs *)regs;
	c->saved = instance->data;
	c->return_value = regs_return_value(regs);
	probe->handler(c);
	c->regs = NULL;
	c->saved = NULL;
	script_leave(c);
	return 0;
}
NOKPROBE_SYMBOL(return_hit);

/* ---- arming ----------------------------------------------------------------------------------- */

static int register_return(struct attachment *a, unsigned long address)
{
	const struct script_spec_return *spec = a->row.probe->spec;
	struct kretprobe *kretprobe = &a->kretprobe;

	kretprobe->kp.addr = (kprobe_opcode_t *)address;
	kretprobe->kp.flags = a->site ? KPROBE_FLAG_DISABLED : 0;
	kretprobe->handler = return_hit;
	kretprobe->entry_handler = a->row.probe->entry_handler ? entry_hit : NULL;
	kretprobe->data_size = spec->saved_size;
	kretprobe->maxactive = spec->max_active ?: max(15u, 6 * num_possible_cpus());
	return register_kretprobe(kretprobe);
}

static int register_entry(struct attachment *a, unsigned long address)
{
	a->kprobe.addr = (kprobe_opcode_t *)address;
	a->kprobe.pre_handler = entry_kprobe_hit;
	return register_kprobe(&a->kprobe);
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
	a->row.enter = returns ? return_enter : function_enter;
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

/* ---- disarming ------------------------------------------------------------------------------------ */

static void count_missed(struct attachment *a)
{
	int missed;

	for (missed = a->kretprobe.nmissed; missed > 0; missed--)
		script_skip(a->row.probe, SKIP_NO_INSTANCE);
}

/* The kprobes of many attachments go in one grace period. */
static void unregister_batch(struct list_head *leaving, unsigned count)
{
	struct kprobe **kprobes = kvmalloc_array(count, sizeof(*kprobes), GFP_KERNEL | __GFP_NOFAIL);
	struct kretprobe **kretprobes = (struct kretprobe **)kprobes;
	struct attachment *a;
	unsigned n = 0;

	list_for_each_entry(a, leaving, leaving)
		if (is_return(a->row.probe))
			kretprobes[n++] = &a->kretprobe;
	unregister_kretprobes(kretprobes, n);
	n = 0;
	list_for_each_entry(a, leaving, leaving)
		if (!is_return(a->row.probe) && !a->site)
			kprobes[n++] = &a->kprobe;
	unregister_kprobes(kprobes, n);
	kvfree(kprobes);
}

static void free_batch(struct list_head *leaving)
{
	struct attachment *a, *next;

	list_for_each_entry_safe(a, next, leaving, leaving) {
		if (is_return(a->row.probe))
			count_missed(a);
		kfree(a);
	}
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
	unregister_batch(&leaving, count);
	free_batch(&leaving);
}

/* ---- many at once ------------------------------------------------------------------------------- */

/* Rows whose site could not be registered are let go again. */
static void take_back_failed(struct script_probe **rows, int *errors, unsigned count)
{
	struct attachment *a;
	unsigned i;

	for (i = 0; i < count; i++) {
		a = rows[i]->state;
		if (errors[i] || !a->site || !site_error(a->site))
			continue;
		errors[i] = site_error(a->site);
		function_disarm(&rows[i], 1);
	}
}

static void function_arm(struct script_probe **rows, int *errors, unsigned count)
{
	unsigned long *addresses = kvcalloc(count, sizeof(*addresses), GFP_KERNEL | __GFP_NOFAIL);
	unsigned i;

	locations_resolve(rows, addresses, errors, count);
	for (i = 0; i < count; i++)
		if (!errors[i])
			errors[i] = attach(rows[i], addresses[i]);
	kvfree(addresses);
	sites_update();
	take_back_failed(rows, errors, count);
}

const struct script_mechanism script_mech_function = {
	.name = "ftrace",
	.arm_many = function_arm,
	.disarm_many = function_disarm,
	.location = function_location,
};

const struct script_mechanism script_mech_return = {
	.name = "kretprobe",
	.arm_many = function_arm,
	.disarm_many = function_disarm,
	.location = function_location,
};
