/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A site with a single function row is called through the row's own generated trampoline
 * by a ftrace_ops of its own: the fastest way.  Registering a ftrace_ops costs a round of
 * patching and RCU grace periods, though, so beyond a few sites all share one, which
 * finds the site by the address it was called from.
 */
#include "site.h"

#include <linux/ftrace.h>
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define OWN_SITES_MAX 4
#define SITE_HASH_BITS 10

enum site_way { WAY_NONE, WAY_OWN, WAY_SHARED };

struct site {
	struct hlist_node hash;
	struct list_head list;		/* in all_sites */
	struct list_head rows;
	unsigned long address;		/* of the function */
	unsigned long ip;		/* that ftrace calls from */
	enum site_way way;
	int error;			/* of the last attempt to register */
	void *trampoline;		/* that `own` calls while it is registered */
	void *data;			/* for it */
	struct ftrace_ops own;
};

static LIST_HEAD(all_sites);
static struct hlist_head site_hash[1 << SITE_HASH_BITS];
static unsigned site_count;		/* with rows */
static struct ftrace_ops shared;
static bool shared_registered;

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
	site_hit(container_of(ops, struct site, own), regs);
	preempt_enable_notrace();
}

static void shared_hit(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
		       void *regs)
{
	struct site *site;

	if (unlikely(!rcu_is_watching()))
		return;
	preempt_disable_notrace();
	hlist_for_each_entry_rcu(site, &site_hash[hash_long(ip, SITE_HASH_BITS)], hash,
				 !preemptible())
		if (site->ip == ip)
			site_hit(site, regs);
	preempt_enable_notrace();
}

/* ---- sites ---------------------------------------------------------------------------------- */

/* A call to ftrace, the nop5 of one that is off, or the breakpoint of one that is being changed. */
static bool is_call_site(const unsigned char *code)
{
	static const unsigned char nop5[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	enum { CALL = 0xe8, BREAKPOINT = 0xcc };

	return code[0] == CALL || code[0] == BREAKPOINT || !memcmp(code, nop5, sizeof(nop5));
}

/*
 * Where indirect branches are tracked, the call may follow an endbr64, or what kernels put over one
 * that nobody needs.  Kernels that are older than that have other nops for some processors.
 */
static unsigned long ftrace_call_site(unsigned long address)
{
	enum { ENDBR_SIZE = 4 };
	unsigned char code[ENDBR_SIZE + 5];

	if (copy_from_kernel_nofault(code, (void *)address, sizeof(code)) || is_call_site(code))
		return address;
	return is_call_site(code + ENDBR_SIZE) ? address + ENDBR_SIZE : address;
}

/* Saving all registers makes a hit slower: only for scripts that look at them. */
static unsigned long register_flags(void)
{
	return script_config.all_registers ? FTRACE_OPS_FL_SAVE_REGS : COMPAT_FTRACE_ARGS_FLAG;
}

struct site *site_get(unsigned long address)
{
	unsigned long ip = ftrace_call_site(address);
	struct hlist_head *bucket = &site_hash[hash_long(ip, SITE_HASH_BITS)];
	struct site *site;

	hlist_for_each_entry(site, bucket, hash)
		if (site->ip == ip)
			return site;
	site = kzalloc(sizeof(*site), GFP_KERNEL);
	if (!site)
		return NULL;
	site->own.flags = register_flags();
	if (ftrace_set_filter_ip(&site->own, address, 0, 0)) {
		kfree(site);
		return NULL;
	}
	site->address = address;
	site->ip = ip;
	INIT_LIST_HEAD(&site->rows);
	list_add_tail(&site->list, &all_sites);
	hlist_add_head_rcu(&site->hash, bucket);
	return site;
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

static void *site_trampoline(const struct site *site)
{
	const struct site_row *row = list_first_entry(&site->rows, struct site_row, list);

	return list_is_singular(&site->rows) && row->trampoline ? row->trampoline : own_hit;
}

void *site_data(struct ftrace_ops *ops)
{
	return READ_ONCE(container_of(ops, struct site, own)->data);
}

static void site_data_update(struct site *site)
{
	const struct site_row *row = list_first_entry(&site->rows, struct site_row, list);

	WRITE_ONCE(site->data, list_is_singular(&site->rows) ? row->trampoline_data : NULL);
}

static void own_register(struct site *site)
{
	site->trampoline = site_trampoline(site);
	site->own.func = (ftrace_func_t)site->trampoline;
	site->error = register_ftrace_function(&site->own);
	if (!site->error)
		site->way = WAY_OWN;
}

static void own_unregister(struct site *site)
{
	unregister_ftrace_function(&site->own);
	site->way = WAY_NONE;
}

/* ftrace_free_filter() is not exported by every kernel; an empty filter takes no memory. */
static void free_filter(struct ftrace_ops *ops)
{
	ftrace_set_filter(ops, NULL, 0, 1);
}

/* ---- the shared ftrace_ops ------------------------------------------------------------------------ */

static int shared_register(unsigned long *addresses, unsigned count)
{
	int error;

	shared.func = (ftrace_func_t)(void *)shared_hit;
	shared.flags |= register_flags();
	error = compat_ftrace_set_filter_ips(&shared, addresses, count, 0);
	if (error || shared_registered)
		return error;
	error = register_ftrace_function(&shared);
	shared_registered = !error;
	if (error)
		free_filter(&shared);
	return error;
}

static void shared_unregister(unsigned long *addresses, unsigned count, bool all)
{
	if (!all) {
		compat_ftrace_set_filter_ips(&shared, addresses, count, 1);
		return;
	}
	unregister_ftrace_function(&shared);
	free_filter(&shared);
	shared_registered = false;
}

/* ---- bringing the kernel in line ---------------------------------------------------------------------- */

/* Sites whose rows and registration do not agree any more lose the latter. */
static void unregister_stale(unsigned long *addresses)
{
	unsigned count = 0, shared_left = 0;
	struct site *site;

	list_for_each_entry(site, &all_sites, list) {
		if (site->way == WAY_OWN && (list_empty(&site->rows) ||
					     site->trampoline != site_trampoline(site)))
			own_unregister(site);
		if (site->way != WAY_SHARED)
			continue;
		if (!list_empty(&site->rows)) {
			shared_left++;
			continue;
		}
		addresses[count++] = site->address;
		site->way = WAY_NONE;
	}
	if (count)
		shared_unregister(addresses, count, !shared_left);
}

static bool is_wanted(const struct site *site)
{
	return site->way == WAY_NONE && !list_empty(&site->rows);
}

static void share_wanted(unsigned long *addresses)
{
	unsigned count = 0;
	struct site *site;
	int error;

	list_for_each_entry(site, &all_sites, list)
		if (is_wanted(site))
			addresses[count++] = site->address;
	error = count ? shared_register(addresses, count) : 0;
	list_for_each_entry(site, &all_sites, list)
		if (is_wanted(site)) {
			site->error = error;
			site->way = error ? WAY_NONE : WAY_SHARED;
		}
}

static void register_wanted(unsigned long *addresses)
{
	struct site *site;

	if (site_count > OWN_SITES_MAX) {
		share_wanted(addresses);
		return;
	}
	list_for_each_entry(site, &all_sites, list)
		if (is_wanted(site))
			own_register(site);
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
	list_for_each_entry_safe(site, next, &unused, list) {
		free_filter(&site->own);
		kfree(site);
	}
}

void sites_update(void)
{
	unsigned long *addresses;
	struct site *site;
	size_t count = 1;

	list_for_each_entry(site, &all_sites, list) {
		site_data_update(site);
		count++;
	}
	addresses = kvmalloc_array(count, sizeof(*addresses), GFP_KERNEL | __GFP_NOFAIL);
	unregister_stale(addresses);
	register_wanted(addresses);
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
