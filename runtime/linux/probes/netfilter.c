/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netfilter hooks of the initial network name space; the handler may change the verdict. */
#include "mechanism.h"

#include <linux/netfilter.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

static unsigned int netfilter_hit(void *data, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct script_probe *probe = data;
	s64 args[] = {
		[SCRIPT_NF_HOOKNUM] = state->hook,
		[SCRIPT_NF_SKB] = (s64)(unsigned long)skb,
		[SCRIPT_NF_IN] = (s64)(unsigned long)state->in,
		[SCRIPT_NF_OUT] = (s64)(unsigned long)state->out,
		[SCRIPT_NF_VERDICT] = NF_ACCEPT,
	};
	struct context *c;

	preempt_disable_notrace();
	c = script_enter(probe);
	if (c) {
		c->args = args;
		probe->handler(c);
		c->args = NULL;
		script_leave(c);
	}
	preempt_enable_notrace();
	return args[SCRIPT_NF_VERDICT];
}

static int netfilter_arm(struct script_probe *probe)
{
	const struct script_spec_netfilter *spec = probe->spec;
	struct nf_hook_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);
	int error;

	if (!ops)
		return -ENOMEM;
	ops->hook = netfilter_hit;
	ops->priv = probe;
	ops->pf = spec->family;
	ops->hooknum = spec->hook;
	ops->priority = spec->priority;
	error = nf_register_net_hook(&init_net, ops);
	if (error)
		kfree(ops);
	else
		probe->state = ops;
	return error;
}

/* The ops may be looked at until a grace period has passed. */
static void netfilter_disarm(struct script_probe *probe)
{
	nf_unregister_net_hook(&init_net, probe->state);
	synchronize_net();
	kfree(probe->state);
	probe->state = NULL;
}

const struct script_mechanism script_mech_netfilter = {
	.name = "netfilter",
	.arm = netfilter_arm,
	.disarm = netfilter_disarm,
};
