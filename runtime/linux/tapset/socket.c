/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which process an internet socket is of.  The kernel knows no way from a socket, and still less from
 * a packet, to a process.  So the ends of flows are noted with the process that last used them:
 * all that are open when the session starts are found in the processes' tables of files, and
 * later ones are noted when a process binds, listens or sends (tapsets/linux/socket_owner.stp).
 *
 * Lookups happen for every packet and must not wait, so there is no lock: an entry is found by a
 * hash of 64 bits, which is written last.  Who reads in the same moment finds nothing or, when an
 * entry changes hands, the new process for the old flow.  Bound ends are kept apart
 * from connections, which are many and short and would displace them.
 */
#include "../runtime.h"

#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/jhash.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <net/sock.h>
#include "../../tapset/tapset.h"

struct owner {
	u64 key;			/* 0: free */
	s64 pid;
	char name[TASK_COMM_LEN];
};

#define WAYS 4

static struct owner bound[1024][WAYS], connected[4096][WAYS];

static u64 key_of(const struct tapset_flow *flow)
{
	u32 words[] = { (u32)flow->address, (u32)((u64)flow->address >> 32),
			(u32)(flow->port << 16 | flow->peer_port), (u32)flow->protocol };

	return ((u64)jhash2(words, 4, 1) << 32 | jhash2(words, 4, 2)) | 1;
}

static struct owner *set_of(const struct tapset_flow *flow, u64 key)
{
	if (flow->peer_port)
		return connected[(key >> 1) % ARRAY_SIZE(connected)];
	return bound[(key >> 1) % ARRAY_SIZE(bound)];
}

static struct owner *find(const struct tapset_flow *flow)
{
	u64 key = key_of(flow);
	struct owner *set = set_of(flow, key);
	unsigned i;

	for (i = 0; i < WAYS; i++)
		if (READ_ONCE(set[i].key) == key)
			return &set[i];
	return NULL;
}

/* A free entry, or the one of an old flow. */
static struct owner *choose(const struct tapset_flow *flow, u64 key)
{
	struct owner *set = set_of(flow, key);
	unsigned i;

	for (i = 0; i < WAYS; i++)
		if (!READ_ONCE(set[i].key))
			return &set[i];
	return &set[jiffies % WAYS];
}

static void note(const struct tapset_flow *flow, const struct task_struct *process)
{
	struct owner *owner = find(flow);
	u64 key = key_of(flow);

	if (owner && owner->pid == process->pid && !strcmp(owner->name, process->comm))
		return;
	if (!owner)
		owner = choose(flow, key);
	WRITE_ONCE(owner->key, 0);
	smp_wmb();
	owner->pid = process->pid;
	strscpy(owner->name, process->comm, sizeof(owner->name));
	smp_wmb();
	WRITE_ONCE(owner->key, key);
}

/* The end itself, the same with any peer, the same with any address. */
static struct owner *find_owner(struct tapset_flow flow)
{
	struct owner *owner = find(&flow);

	if (owner)
		return owner;
	flow.peer_port = 0;
	owner = find(&flow);
	if (owner)
		return owner;
	flow.address = 0;
	return find(&flow);
}

s64 tapset_socket_owner(const struct tapset_flow *flow)
{
	struct owner *owner = find_owner(*flow);

	smp_rmb();
	return owner ? owner->pid : 0;
}

void tapset_socket_owner_name(char *to, unsigned size, const struct tapset_flow *flow)
{
	struct owner *owner = find_owner(*flow);

	smp_rmb();
	strscpy(to, owner ? owner->name : "", size);
}

/* ---- sockets as ends of flows ---------------------------------------------------------------- */

/* IPv4 is the same number in a socket of IPv6. */
s64 tapset_address_key(s64 family, const void *address)
{
	u32 word[4];

	memcpy(word, address, family == AF_INET ? 4 : 16);
	if (family == AF_INET)
		return word[0];
	if (!word[0] && !word[1] && word[2] == htonl(0xffff))
		return word[3];
	return (s64)((u64)(word[0] ^ word[2]) << 32 | (word[1] ^ word[3]));
}

static const void *local_address(const struct sock_common *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->skc_family == AF_INET6)
		return &sk->skc_v6_rcv_saddr;
#endif
	return &sk->skc_rcv_saddr;
}

/* False: not of the internet, without a port, or not to be read. */
static bool flow_of(const struct sock *sk, struct tapset_flow *flow)
{
	struct sock_common common;
	u16 protocol;

	if (!sk || !script_copy_kernel(&common, (u64)(unsigned long)sk, sizeof(common)) ||
	    !script_copy_kernel(&protocol, (u64)(unsigned long)&sk->sk_protocol, sizeof(protocol)))
		return false;
	if (common.skc_family != AF_INET && common.skc_family != AF_INET6)
		return false;
	*flow = (struct tapset_flow){
		.protocol = protocol,
		.address = tapset_address_key(common.skc_family, local_address(&common)),
		.port = common.skc_num,
		.peer_port = ntohs(common.skc_dport),
	};
	return common.skc_num != 0;
}

/* Interrupts and threads of the kernel work for somebody else. */
void tapset_socket_note(s64 sock)
{
	struct tapset_flow flow;

	if (in_task() && !(current->flags & PF_KTHREAD) &&
	    flow_of((const struct sock *)(unsigned long)sock, &flow))
		note(&flow, current->group_leader);
}

/* ---- what is open already ------------------------------------------------------------------------ */

static void note_file(struct file *file, struct task_struct *process)
{
	struct tapset_flow flow;
	struct socket *socket;

	if (!file || !S_ISSOCK(file_inode(file)->i_mode))
		return;
	socket = file->private_data;
	if (socket && flow_of(socket->sk, &flow))
		note(&flow, process);
}

static void note_process(struct task_struct *process)
{
	struct fdtable *table;
	unsigned i;

	task_lock(process);
	if (process->files) {
		table = rcu_dereference_raw(process->files->fdt);
		for (i = 0; i < table->max_fds; i++)
			note_file(rcu_dereference_raw(table->fd[i]), process);
	}
	task_unlock(process);
}

void tapset_socket_note_all(void)
{
	struct task_struct *process;

	rcu_read_lock();
	for_each_process(process)
		note_process(process);
	rcu_read_unlock();
}
