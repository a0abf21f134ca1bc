/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A site with a single function row is called through the row's own generated trampoline
 * by a ftrace_ops of its own: the fastest way.  Registering a ftrace_ops costs a round of
 * patching and RCU grace periods, though, so beyond a few sites many share one, which
 * finds the site by the address it was called from.
 *
 * Patching tens of thousands of functions takes a second, on emulated processors a minute, in which the
 * kernel neither schedules nor looks at signals: it is done in parts.
 */
#include "site.h"

#include <linux/ftrace.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/uaccess.h>

#define OWN_SITES_MAX 4
#define SITE_HASH_BITS_MIN 4
#define SITE_HASH_BITS_MAX 16

enum site_way { WAY_NONE, WAY_OWN, WAY_SHARED };

/* A ftrace_ops for one site. */
struct own {
	struct ftrace_ops ops;
	struct site *site;
	void *trampoline;		/* that it calls */
	void *data;			/* for that */
};

/* A ftrace_ops for many sites. */
struct shared {
	struct list_head list;		/* in all_shared */
	struct ftrace_ops ops;
	unsigned sites;			/* that are registered in it; 0: it is not registered itself */
};

struct site {
	struct hlist_node hash;
	struct list_head list;		/* in all_sites */
	struct list_head rows;
	unsigned long address;		/* of the function */
	unsigned long ip;		/* that ftrace calls from */
	enum site_way way;
	int error;			/* of the last attempt to register */
	struct own *own;		/* while `way` says so */
	struct shared *shared;		/* the same */
};

static LIST_HEAD(all_sites);
static struct hlist_head *site_hash;	/* as long as there are sites */
static unsigned site_hash_bits;
static unsigned site_count;		/* with rows */
static LIST_HEAD(all_shared);

/* ---- hits -------------------------------------------------------------------------------- */

static void site_hit(struct site *site, void *regs)
{
	struct site_row *row;

	list_for_each_entry_rcu(row, &site->rows, list, !preemptible())
		if (row->direct)
			row->direct(site->ip, 0, NULL, regs);
		else
			row->enter(row, regs);
}

static void own_hit(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
		    void *regs)
{
	/* In the idle loop nobody waits for us to be done with the list. */
	if (unlikely(!rcu_is_watching()))
		return;
	preempt_disable_notrace();
	site_hit(container_of(ops, struct own, ops)->site, regs);
	preempt_enable_notrace();
}

static struct hlist_head *site_bucket(unsigned long ip)
{
	return &site_hash[hash_long(ip, site_hash_bits)];
}

static void shared_hit(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
		       void *regs)
{
	struct site *site;

	if (unlikely(!rcu_is_watching()))
		return;
	preempt_disable_notrace();
	hlist_for_each_entry_rcu(site, site_bucket(ip), hash, !preemptible())
		if (site->ip == ip)
			site_hit(site, regs);
	preempt_enable_notrace();
}

/* ---- sites ---------------------------------------------------------------------------------- */

/*
 * A call to ftrace, the nop of one that is off, or the breakpoint of one that is being changed.  Before 5.13 some
 * processors, also emulated ones, get the second nop.
 */
static bool is_call_site(const unsigned char *code)
{
	static const unsigned char nops[][5] = {
		{ 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 0x66, 0x66, 0x66, 0x66, 0x90 },
	};
	enum { CALL = 0xe8, BREAKPOINT = 0xcc };

	return code[0] == CALL || code[0] == BREAKPOINT || !memcmp(code, nops[0], sizeof(nops[0])) ||
		!memcmp(code, nops[1], sizeof(nops[1]));
}

/*
 * Where indirect branches are tracked, the call may follow an endbr64, or what kernels put over one
 * that nobody needs.
 */
static unsigned long call_site_or_none(unsigned long address)
{
	enum { ENDBR_SIZE = 4 };
	unsigned char code[ENDBR_SIZE + 5];

	if (copy_from_kernel_nofault(code, (void *)address, sizeof(code)))
		return 0;
	return is_call_site(code) ? address : is_call_site(code + ENDBR_SIZE) ? address + ENDBR_SIZE : 0;
}

static bool has_call_site(unsigned long address)
{
	return call_site_or_none(address) != 0;
}

static unsigned long ftrace_call_site(unsigned long address)
{
	return call_site_or_none(address) ?: address;
}

/* Saving all registers makes a hit slower: only for scripts that look at them. */
static unsigned long register_flags(void)
{
	return script_config.all_registers ? FTRACE_OPS_FL_SAVE_REGS : COMPAT_FTRACE_ARGS_FLAG;
}

/* ftrace_free_filter() is not exported by every kernel; an empty filter takes no memory. */
static void free_filter(struct ftrace_ops *ops)
{
	ftrace_set_filter(ops, NULL, 0, 1);
}

static struct site *site_at(unsigned long ip)
{
	struct site *site;

	if (site_hash)
		hlist_for_each_entry(site, site_bucket(ip), hash)
			if (site->ip == ip)
				return site;
	return NULL;
}

struct site *site_get(unsigned long address)
{
	return site_at(ftrace_call_site(address));
}

static void hash_prepare(void)
{
	if (site_hash)
		return;
	site_hash_bits = clamp_t(unsigned, order_base_2(script_probe_count + 1), SITE_HASH_BITS_MIN,
				 SITE_HASH_BITS_MAX);
	site_hash = room_for(1u << site_hash_bits, sizeof(*site_hash));
}

static void site_make(unsigned long address)
{
	struct site *site = kzalloc(sizeof(*site), GFP_KERNEL);

	if (!site)
		return;
	site->address = address;
	site->ip = ftrace_call_site(address);
	INIT_LIST_HEAD(&site->rows);
	list_add_tail(&site->list, &all_sites);
	hash_prepare();
	hlist_add_head_rcu(&site->hash, site_bucket(site->ip));
}

/* What looks like a call may be of another kind: whether it is one, only ftrace knows. */
static bool ftrace_takes(unsigned long *addresses, unsigned count)
{
	static struct ftrace_ops trial;
	int error = compat_ftrace_set_filter_ips(&trial, addresses, count, 0);

	free_filter(&trial);
	return !error;
}

/* Make sites of those that ftrace takes. */
static void sites_make(unsigned long *addresses, unsigned count)
{
	unsigned i, half = count / 2;

	if (ftrace_takes(addresses, count)) {
		for (i = 0; i < count; i++)
			site_make(addresses[i]);
	} else if (count > 1) {
		sites_make(addresses, half);
		sites_make(addresses + half, count - half);
	}
}

static int compare_addresses(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return x < y ? -1 : x > y;
}

/* Of what is at `addresses`, each once: those that may be sites, and are none yet. */
static unsigned gather_new(unsigned long *addresses, unsigned count)
{
	unsigned i, n = 0;

	sort(addresses, count, sizeof(*addresses), compare_addresses, NULL);
	for (i = 0; i < count; i++)
		if (addresses[i] && (!n || addresses[n - 1] != addresses[i]) && has_call_site(addresses[i]) &&
		    !site_get(addresses[i]))
			addresses[n++] = addresses[i];
	return n;
}

/* Asked about at once; older kernels copy what they know already for each. */
#define MAKE_AT_ONCE 256

void sites_prepare(const unsigned long *addresses, unsigned count)
{
	unsigned long *candidates = room_for(count, sizeof(*candidates));
	unsigned at, n;

	memcpy(candidates, addresses, count * sizeof(*candidates));
	n = gather_new(candidates, count);
	for (at = 0; at < n && session_goes_on(); at += MAKE_AT_ONCE) {
		sites_make(candidates + at, min(n - at, (unsigned)MAKE_AT_ONCE));
		cond_resched();
	}
	kvfree(candidates);
}

void site_add(struct site *site, struct site_row *row)
{
	struct list_head *next = &site->rows;
	struct site_row *other;

	site_count += list_empty(&site->rows);
	if (!row->replaces_return)
		list_for_each_entry(other, &site->rows, list)
			if (other->replaces_return) {
				next = &other->list;
				break;
			}
	list_add_tail_rcu(&row->list, next);
}

void site_remove(struct site *site, struct site_row *row)
{
	list_del_rcu(&row->list);
	site_count -= list_empty(&site->rows);
}

/* ---- a ftrace_ops of its own ------------------------------------------------------------------- */

/* The row that has all that the site's hits need: the only one, or the one whose partner is the only other. */
static const struct site_row *site_lone_row(const struct site *site)
{
	const struct site_row *first = list_first_entry(&site->rows, struct site_row, list);
	const struct site_row *last = list_last_entry(&site->rows, struct site_row, list);

	if (list_empty(&site->rows) || list_is_singular(&site->rows))
		return list_empty(&site->rows) ? NULL : first;
	return first->list.next == &last->list && last->partner == first->probe ? last : NULL;
}

static bool rows_come_and_go(void)
{
	struct script_probe *p;

	for_each_row(p)
		if (p->condition && !p->mechanism->session)
			return true;
	return false;
}

/* Another way in means to register anew, and to miss hits meanwhile: not while the script runs, when its
 * conditions add and remove rows. */
static void *site_trampoline(const struct site *site)
{
	const struct site_row *row = site_lone_row(site);

	if (!row || rows_come_and_go())
		return own_hit;
	return (list_is_singular(&site->rows) ? row->trampoline : row->pair) ?: own_hit;
}

void *site_data(struct ftrace_ops *ops)
{
	return READ_ONCE(container_of(ops, struct own, ops)->data);
}

static void site_data_update(struct site *site)
{
	const struct site_row *row = site_lone_row(site);

	WRITE_ONCE(site->own->data, row ? row->trampoline_data : NULL);
}

static int own_register_ops(struct site *site)
{
	struct ftrace_ops *ops = &site->own->ops;
	int error;

	ops->flags = register_flags();
	ops->func = (ftrace_func_t)site->own->trampoline;
	error = ftrace_set_filter_ip(ops, site->address, 0, 0);
	if (!error)
		error = register_ftrace_function(ops);
	if (error)
		free_filter(ops);
	return error;
}

static void own_register(struct site *site)
{
	site->error = -ENOMEM;
	site->own = kzalloc(sizeof(*site->own), GFP_KERNEL);
	if (!site->own)
		return;
	site->own->site = site;
	site->own->trampoline = site_trampoline(site);
	site_data_update(site);
	site->error = own_register_ops(site);
	if (!site->error) {
		site->way = WAY_OWN;
		return;
	}
	kfree(site->own);
	site->own = NULL;
}

/* Unregistering waits until nobody is on the way through it. */
static void own_unregister(struct site *site)
{
	unregister_ftrace_function(&site->own->ops);
	free_filter(&site->own->ops);
	kfree(site->own);
	site->own = NULL;
	site->way = WAY_NONE;
}

/* ---- shared ftrace_ops ---------------------------------------------------------------------------- */

/* Where one that is in use should not be changed, the next sites get another. */
static struct shared *shared_with_room(void)
{
	struct shared *s = COMPAT_FTRACE_MANY ? list_first_entry_or_null(&all_shared, struct shared, list) : NULL;

	if (s)
		return s;
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return NULL;
	s->ops.func = (ftrace_func_t)(void *)shared_hit;
	s->ops.flags = register_flags();
	list_add(&s->list, &all_shared);
	return s;
}

static void shared_free(struct shared *s)
{
	free_filter(&s->ops);
	list_del(&s->list);
	kfree(s);
}

static int shared_register(struct shared *s, unsigned long *addresses, unsigned count)
{
	int error = compat_ftrace_set_filter_ips(&s->ops, addresses, count, 0);

	if (!error && !s->sites)
		error = register_ftrace_function(&s->ops);
	if (!error)
		s->sites += count;
	else if (!s->sites)
		shared_free(s);
	return error;
}

/* An empty list would mean all functions: the last sites leave with the ftrace_ops itself. */
static void shared_unregister(struct shared *s, unsigned long *addresses, unsigned count)
{
	s->sites -= count;
	if (s->sites) {
		compat_ftrace_set_filter_ips(&s->ops, addresses, count, 1);
		return;
	}
	unregister_ftrace_function(&s->ops);
	shared_free(s);
}

/* ---- in parts -------------------------------------------------------------------------------------- */

/*
 * Enough that going through all functions of the kernel, which each part makes it do, costs little beside.  Kernels
 * that take addresses one by one copy all they know already for each.
 */
#define PART_MAX (COMPAT_FTRACE_MANY ? 1024u : 256u)

/* Sites and their addresses. */
struct part {
	struct site **sites;
	unsigned long *addresses;
	unsigned count;
};

static struct part part_of(struct site **sites, unsigned count, unsigned long *addresses)
{
	struct part part = { sites, addresses, min(count, PART_MAX) };
	unsigned i;

	for (i = 0; i < part.count; i++)
		addresses[i] = sites[i]->address;
	return part;
}

/* ---- bringing the kernel in line ---------------------------------------------------------------------- */

/* An own way that does not fit the rows any more is closed; the shared one changes its list. */
static void unregister_stale_own(void)
{
	struct site *site;

	list_for_each_entry(site, &all_sites, list)
		if (site->way == WAY_OWN && (list_empty(&site->rows) ||
					     site->own->trampoline != site_trampoline(site)))
			own_unregister(site);
}

/* Sites without rows that are still registered. */
static unsigned gather_stale(const struct shared *s, struct site **sites)
{
	unsigned count = 0;
	struct site *site;

	list_for_each_entry(site, &all_sites, list)
		if (site->way == WAY_SHARED && site->shared == s && list_empty(&site->rows))
			sites[count++] = site;
	return count;
}

static void unregister_stale(struct site **sites, unsigned long *addresses)
{
	struct shared *s, *next;

	list_for_each_entry_safe(s, next, &all_shared, list) {
		unsigned at, i, count = gather_stale(s, sites);
		struct part part;

		for (at = 0; at < count; at += part.count) {
			part = part_of(sites + at, count - at, addresses);
			shared_unregister(s, addresses, part.count);
			for (i = 0; i < part.count; i++)
				part.sites[i]->way = WAY_NONE;
			cond_resched();
		}
	}
}

static bool is_wanted(const struct site *site)
{
	return site->way == WAY_NONE && !list_empty(&site->rows);
}

static unsigned gather_wanted(struct site **sites)
{
	unsigned count = 0;
	struct site *site;

	list_for_each_entry(site, &all_sites, list)
		if (is_wanted(site))
			sites[count++] = site;
	return count;
}

static void share_part(const struct part *part)
{
	struct shared *s = session_goes_on() ? shared_with_room() : NULL;
	int error = s ? shared_register(s, part->addresses, part->count) : session_goes_on() ? -ENOMEM : -ECANCELED;
	unsigned i;

	for (i = 0; i < part->count; i++) {
		part->sites[i]->error = error;
		part->sites[i]->way = error ? WAY_NONE : WAY_SHARED;
		part->sites[i]->shared = error ? NULL : s;
	}
}

static void register_wanted(struct site **sites, unsigned long *addresses)
{
	unsigned at, count = gather_wanted(sites);
	struct part part;

	if (site_count <= OWN_SITES_MAX) {
		for (at = 0; at < count; at++)
			own_register(sites[at]);
		return;
	}
	for (at = 0; at < count; at += part.count) {
		part = part_of(sites + at, count - at, addresses);
		share_part(&part);
		cond_resched();
	}
}

/* Removed rows and freed sites may be looked at until a grace period has passed. */
static void free_unused(void)
{
	struct site *site, *next;
	LIST_HEAD(unused);

	list_for_each_entry_safe(site, next, &all_sites, list)
		if (list_empty(&site->rows)) {
			hlist_del_rcu(&site->hash);
			list_move(&site->list, &unused);
		}
	synchronize_rcu();
	list_for_each_entry_safe(site, next, &unused, list)
		kfree(site);
	if (list_empty(&all_sites)) {
		kvfree(site_hash);
		site_hash = NULL;
	}
}

void sites_update(void)
{
	unsigned long *addresses;
	struct site *site, **sites;
	size_t count = 1;

	list_for_each_entry(site, &all_sites, list) {
		if (site->own)
			site_data_update(site);
		count++;
	}
	addresses = room_for(count, sizeof(*addresses));
	sites = room_for(count, sizeof(*sites));
	unregister_stale_own();
	unregister_stale(sites, addresses);
	register_wanted(sites, addresses);
	kvfree(sites);
	kvfree(addresses);
	free_unused();
}

unsigned long site_address(const struct site *site)
{
	return site->address;
}

int site_error(const struct site *site)
{
	return site->error;
}
