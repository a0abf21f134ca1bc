/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Returns of functions, by kretprobes.
 *
 * At a site the kretprobe is registered but disabled: nothing is planted for it.  The site
 * hands the entry to it by calling its pre-handler, as the kernel would do from the
 * breakpoint, and its machinery does the rest: instances, the hijacked return address,
 * functions that return long after we have gone.  It is registered at a function that matters to nobody: at
 * the site, the kernel would take a breakpoint of ftrace's, which is patching there and has just finished,
 * for that of the kretprobe, and go on at an instruction that it never copied.
 *
 * Registering a kretprobe is slow (the kernel compares the address with every patchable
 * place it has), so beyond a few rows all rows of sites share a single one.  An instance therefore says which row it is for.
 * A row that has its own is called through its own generated functions.
 */
#include "return.h"

#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/slab.h>

#define OWN_RETURNS_MAX 4
#define HARMLESS_SYMBOL "filp_close"
#define SHARED_INSTANCES_MAX 32768

struct returns {
	struct list_head list;
	struct kretprobe kretprobe;
	struct script_probe *only;	/* its row, NULL: shared */
	unsigned users;
};

static LIST_HEAD(all_returns);
static struct returns *shared_returns;
static DEFINE_PER_CPU(struct script_probe *, entered_row);

static const struct script_spec_return *return_spec(const struct script_probe *probe)
{
	return probe->spec;
}

/* ---- hits -------------------------------------------------------------------------------- */

static bool run_entry(struct script_probe *probe, struct script_return_instance *instance, void *regs)
{
	struct context *c = script_enter(probe);
	bool good;

	if (!c)
		return false;
	c->regs = regs;
	c->saved = instance->saved;
	probe->entry_handler(c);
	good = !c->error;
	c->regs = NULL;
	c->saved = NULL;
	script_leave(c);
	return good;
}

static struct script_probe *entered_take(void)
{
	struct script_probe *probe = __this_cpu_read(entered_row);

	__this_cpu_write(entered_row, NULL);
	return probe;
}

/* Non-zero: the return of this call is of no interest. */
static int entry_hit(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct returns *r = container_of(compat_get_kretprobe(ri), struct returns, kretprobe);
	struct script_return_instance *instance = (struct script_return_instance *)ri->data;

	instance->probe = r->only ?: entered_take();
	if (script_state != SCRIPT_RUNNING)
		return 1;
	return instance->probe->entry_handler &&
	       !run_entry(instance->probe, instance, regs);
}
NOKPROBE_SYMBOL(entry_hit);

static int return_hit(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct script_return_instance *instance = (struct script_return_instance *)ri->data;
	const struct script_arrival arrival = {
		.regs = (struct script_regs *)regs, .saved = instance->saved, .return_value = regs_return_value(regs),
	};
	struct context *c;

	if (instance->probe->filter && !instance->probe->filter(&arrival))
		return 0;
	c = script_enter(instance->probe);
	if (!c)
		return 0;
	compat_set_return(regs, ri);
	c->regs = (struct script_regs *)regs;
	c->saved = instance->saved;
	c->return_value = regs_return_value(regs);
	instance->probe->handler(c);
	c->regs = NULL;
	c->saved = NULL;
	script_leave(c);
	return 0;
}
NOKPROBE_SYMBOL(return_hit);

/* The entry handler takes the row off entered_row; a row that is still there found no free
 * instance.  An interrupt in between puts back what it found. */
static void enter_shared(struct returns *r, struct script_probe *probe, struct pt_regs *regs)
{
	struct script_probe *outer = __this_cpu_read(entered_row);

	__this_cpu_write(entered_row, probe);
	r->kretprobe.kp.pre_handler(&r->kretprobe.kp, regs);
	if (unlikely(__this_cpu_read(entered_row)))
		script_skip(probe, SKIP_NO_INSTANCE);
	__this_cpu_write(entered_row, outer);
}

/* Who can interrupt whom: a task, a soft interrupt, an interrupt, an NMI. */
static unsigned context_level(void)
{
	unsigned long count = preempt_count();

	if (likely(!(count & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET))))
		return 0;
	return count & NMI_MASK ? 3 : count & HARDIRQ_MASK ? 2 : 1;
}

static DEFINE_PER_CPU(u8 [4], entering);

/*
 * The kretprobe's machinery may itself call functions whose returns the script wants (locks, on
 * some kernels): that would never end.
 */
void returns_enter(struct returns *r, struct script_probe *probe, struct pt_regs *regs)
{
	u8 *inside = this_cpu_ptr(entering) + context_level();

	if (unlikely(*inside)) {
		script_skip(probe, SKIP_REENTRY);
		return;
	}
	*inside = 1;
	barrier();
	if (r->only)
		r->kretprobe.kp.pre_handler(&r->kretprobe.kp, regs);
	else
		enter_shared(r, probe, regs);
	barrier();
	*inside = 0;
}

struct script_probe *returns_only(struct returns *r)
{
	return r->only;
}

/* ---- kretprobes ------------------------------------------------------------------------------ */

static unsigned row_instances(const struct script_probe *probe)
{
	return return_spec(probe)->max_active ?: script_config.return_instances ?: max(15u, 6 * num_possible_cpus());
}

static struct returns *returns_register(struct returns *r, unsigned size, unsigned instances)
{
	int error;

	r->kretprobe.handler = return_hit;
	r->kretprobe.entry_handler = entry_hit;
	r->kretprobe.data_size = sizeof(struct script_return_instance) + size;
	r->kretprobe.maxactive = instances;
	if (r->only && return_spec(r->only)->returned) {
		r->kretprobe.handler = (kretprobe_handler_t)(void *)return_spec(r->only)->returned;
		r->kretprobe.entry_handler = (kretprobe_handler_t)(void *)return_spec(r->only)->entered;
	}
	error = register_kretprobe(&r->kretprobe);
	if (error) {
		kfree(r);
		return ERR_PTR(error);
	}
	list_add_tail(&r->list, &all_returns);
	return r;
}

static void unplanted(struct returns *r)
{
	r->kretprobe.kp.symbol_name = HARMLESS_SYMBOL;
	r->kretprobe.kp.flags = KPROBE_FLAG_DISABLED;
}

/* Address 0: for a site, which calls it. */
static struct returns *returns_own(struct script_probe *probe, unsigned long address)
{
	struct returns *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return ERR_PTR(-ENOMEM);
	r->users = 1;
	r->only = probe;
	if (address)
		r->kretprobe.kp.addr = (kprobe_opcode_t *)address;
	else
		unplanted(r);
	return returns_register(r, return_spec(probe)->saved_size, row_instances(probe));
}

/* One for all return rows of the script: enough instances for each. */
static struct returns *returns_shared(unsigned size, unsigned instances)
{
	struct returns *r;

	if (!shared_returns) {
		r = kzalloc(sizeof(*r), GFP_KERNEL);
		if (!r)
			return ERR_PTR(-ENOMEM);
		unplanted(r);
		r = returns_register(r, size, min(instances, (unsigned)SHARED_INSTANCES_MAX));
		if (IS_ERR(r))
			return r;
		shared_returns = r;
	}
	shared_returns->users++;
	return shared_returns;
}

/* What all return rows of the script need together. */
struct demand {
	unsigned rows, size, instances;
};

static const struct demand *demand_of_all(void)
{
	static struct demand all;
	const struct script_probe *p;

	if (all.rows)
		return &all;
	for_each_row(p)
		if (p->mechanism == &script_mech_return) {
			all.rows++;
			all.size = max(all.size, return_spec(p)->saved_size);
			all.instances += row_instances(p);
		}
	return &all;
}

struct returns *returns_at_site(struct script_probe *probe)
{
	const struct demand *all = demand_of_all();

	return all->rows <= OWN_RETURNS_MAX ? returns_own(probe, 0) :
		returns_shared(all->size, all->instances);
}

struct returns *returns_planted(struct script_probe *probe, unsigned long address)
{
	return kprobe_is_safe(address) ? returns_own(probe, address) : ERR_PTR(-EOPNOTSUPP);
}

/* ---- leaving --------------------------------------------------------------------------------------- */

void returns_put(struct returns *r)
{
	r->users--;
}

static void count_missed(const struct returns *r)
{
	int missed;

	for (missed = r->only ? r->kretprobe.nmissed : 0; missed > 0; missed--)
		script_skip(r->only, SKIP_NO_INSTANCE);
}

static void returns_free(struct list_head *unused)
{
	struct returns *r, *next;

	list_for_each_entry_safe(r, next, unused, list) {
		count_missed(r);
		if (r == shared_returns)
			shared_returns = NULL;
		kfree(r);
	}
}

void returns_update(void)
{
	struct kretprobe **kretprobes;
	struct returns *r, *next;
	unsigned count = 0, n = 0;
	LIST_HEAD(unused);

	list_for_each_entry_safe(r, next, &all_returns, list)
		if (!r->users) {
			list_move(&r->list, &unused);
			count++;
		}
	if (!count)
		return;
	kretprobes = room_for(count, sizeof(*kretprobes));
	list_for_each_entry(r, &unused, list)
		kretprobes[n++] = &r->kretprobe;
	unregister_kretprobes(kretprobes, n);
	kvfree(kretprobes);
	returns_free(&unused);
}
