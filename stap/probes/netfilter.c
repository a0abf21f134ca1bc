/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netfilter.hook("H").pf("F"): packets on their way through the firewall's hooks. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "families.h"

static const struct probe_spelling spellings[] = {
	{ "netfilter.hook(string).pf(string)", 0 },
	{ "netfilter.hook(string).pf(string).priority(string)", 0 },
	{ "netfilter.pf(string).hook(string)", 1 },
	{ "netfilter.pf(string).hook(string).priority(string)", 1 },
	{ NULL, 0 },
};

struct named { const char *name; int value; };

/* include/uapi/linux/netfilter.h: enum { NFPROTO_* } */
static const struct named families[] = {
	{ "NFPROTO_IPV4", 2 }, { "NFPROTO_ARP", 3 }, { "NFPROTO_BRIDGE", 7 }, { "NFPROTO_IPV6", 10 },
};
enum { ARP = 3, BRIDGE = 7, IPV4 = 2, IPV6 = 10 };

/* enum nf_inet_hooks; the bridge's hooks have the same numbers, ARP has three of its own */
static const struct named hooks[] = {
	{ "PRE_ROUTING", 0 }, { "LOCAL_IN", 1 }, { "FORWARD", 2 }, { "LOCAL_OUT", 3 }, { "POST_ROUTING", 4 },
};
static const struct named arp_hooks[] = { { "NF_ARP_IN", 0 }, { "NF_ARP_OUT", 1 }, { "NF_ARP_FORWARD", 2 } };

/* enum nf_ip_hook_priorities; IPv6 has the same values */
static const struct named priorities[] = {
	{ "FIRST", -2147483647 - 1 }, { "RAW_BEFORE_DEFRAG", -450 }, { "CONNTRACK_DEFRAG", -400 }, { "RAW", -300 },
	{ "SELINUX_FIRST", -225 }, { "CONNTRACK", -200 }, { "MANGLE", -150 }, { "NAT_DST", -100 },
	{ "FILTER", 0 }, { "SECURITY", 50 }, { "NAT_SRC", 100 }, { "SELINUX_LAST", 225 },
	{ "CONNTRACK_HELPER", 300 }, { "CONNTRACK_CONFIRM", 2147483647 }, { "LAST", 2147483647 },
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const struct named *find(const struct named *table, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

static void report(const struct matched_point *m, const char *component, const char *what, const char *name, const char *prefix,
		   const struct named *table, size_t count)
{
	struct diag *d = diag_report(DIAG_unknown_probe, component_place(m->point, component), "unknown netfilter %s '%s'", what, name);
	struct strbuf sb = {0};

	for (size_t i = 0; i < count; i++)
		strbuf_addf(&sb, "%s%s%s", i ? ", " : "", prefix, table[i].name);
	diag_hint(d, "one of %s", strbuf_text(&sb));
	strbuf_release(&sb);
}

/* The part of NF_INET_LOCAL_IN after the prefix of its family. */
static const char *hook_base(int family, const char *name)
{
	static const struct { int family; const char *prefix; } prefixes[] = {
		{ IPV4, "NF_INET_" }, { IPV6, "NF_INET_" }, { IPV4, "NF_IP_" }, { IPV6, "NF_IP6_" },
		{ BRIDGE, "NF_BR_" },
	};

	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (prefixes[i].family == family
		    && strncmp(name, prefixes[i].prefix, strlen(prefixes[i].prefix)) == 0)
			return name + strlen(prefixes[i].prefix);
	return "";
}

static const char *hook_prefix(int family)
{
	return family == BRIDGE ? "NF_BR_" : "NF_INET_";
}

static const struct named *find_hook(const struct matched_point *m, int family, const char *name)
{
	const struct named *hook;

	if (family == ARP) {
		hook = find(arp_hooks, COUNT(arp_hooks), name);
		if (!hook)
			report(m, "hook", "hook", name, "", arp_hooks, COUNT(arp_hooks));
		return hook;
	}
	hook = find(hooks, COUNT(hooks), hook_base(family, name));
	if (!hook)
		report(m, "hook", "hook", name, hook_prefix(family), hooks, COUNT(hooks));
	return hook;
}

static bool is_number(const char *text, int64_t *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 0);
	return end != text && !*end && !errno;
}

/* In guru mode any enumerator of the kernel's will do. */
static bool priority_value(struct session *s, const char *text, int64_t *value)
{
	const char *base = strncmp(text, "NF_IP_PRI_", 10) == 0 ? text + 10
			   : strncmp(text, "NF_IP6_PRI_", 11) == 0 ? text + 11 : "";
	const struct named *named = find(priorities, COUNT(priorities), base);

	if (named)
		*value = named->value;
	return named || is_number(text, value) ||
	       (s->options.guru && enumerator_by_name(s, NULL, text, value, NULL));
}

static bool read_priority(struct session *s, const struct matched_point *m, const char *text, int *priority)
{
	int64_t value;

	if (!priority_value(s, text, &value) || value != (int)value) {
		report(m, "priority", "priority", text, "NF_IP_PRI_", priorities, COUNT(priorities));
		return false;
	}
	*priority = (int)value;
	return true;
}

struct hook { int family, number, priority; };

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	bool family_first = m->spelling->variant;
	const char *family_name = m->args[!family_first]->string.text;
	const char *hook_name = m->args[family_first]->string.text;
	const struct named *family = find(families, COUNT(families), family_name), *number;
	struct hook *h = arena_new(struct hook);

	if (!family) {
		report(m, "pf", "protocol family", family_name, "", families, COUNT(families));
		return;
	}
	number = find_hook(m, family->value, hook_name);
	if (!number || (m->arg_count > 2 && !read_priority(sink->session, m, m->args[2]->string.text, &h->priority)))
		return;
	h->family = family->value;
	h->number = number->value;
	probe_add_simple(sink, &family_netfilter, m, matched_point_text(m), h);
}

/* c->args, see enum SCRIPT_NF_* */
static const struct netfilter_variable { const char *name, *slot; bool writable; const char *structure; } variables[] = {
	{ "$hooknum", "SCRIPT_NF_HOOKNUM", false, NULL }, { "$skb", "SCRIPT_NF_SKB", false, "struct sk_buff" },
	{ "$in", "SCRIPT_NF_IN", false, "struct net_device" }, { "$out", "SCRIPT_NF_OUT", false, "struct net_device" },
	{ "$verdict", "SCRIPT_NF_VERDICT", true, NULL },
};

/* The variables are longs; what they point to makes $skb->len possible. */
static const struct ctype *structure_at(struct session *s, const char *name)
{
	const struct ctype *t = name ? ctype_by_name(s, NULL, name, NULL) : NULL;

	return t ? ctype_pointer_to(t) : NULL;
}

static struct expr *variable(struct session *s, struct probe *p, const struct expr *target, bool at_entry,
			     struct nearest *near)
{
	(void)p;
	(void)at_entry;
	for (size_t i = 0; i < COUNT(variables); i++) {
		struct expr *e;

		nearest_offer(near, variables[i].name);
		if (strcmp(variables[i].name, target->target.name) != 0)
			continue;
		e = expr_new(E_CVALUE, target->at);
		e->cvalue.code = arena_printf("((s64 *)c->args)[%s]", variables[i].slot);
		e->cvalue.writable = e->cvalue.guru = variables[i].writable;
		e->type = TYPE_LONG;
		e->ctype = structure_at(s, variables[i].structure);
		return e;
	}
	return NULL;
}

static void list(struct session *s, struct probe *p, listed_vec *out)
{
	(void)s;
	(void)p;
	for (size_t i = 0; i < COUNT(variables); i++)
		vec_push(out, ((struct listed_variable){ variables[i].name, "long" }));
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct hook *h = p->family_data;

	(void)handler;
	(void)entry_handler;
	strbuf_addf(out, "static const struct script_spec_netfilter probe_%d_spec = { .family = %d, .hook = %d,"
		    " .priority = (int)0x%x };\n", p->index, h->family, h->number, (unsigned)h->priority);
}

static void attach(const struct probe *p, struct attachment *out)
{
	(void)p;
	out->mechanism = "netfilter";
}

const struct probe_family family_netfilter = {
	.name = "netfilter",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_NETFILTER",
	.derive = derive,
	.variable = variable,
	.list = list,
	.declare = declare,
	.attach = attach,
};
