// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Handlers that do nothing, one for each mechanism: insmod floor.ko kind=ftrace.
 * No tracer that uses the mechanism can be cheaper.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

static char *kind = "ftrace";
module_param(kind, charp, 0444);

static void notrace function_hit(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
				 struct ftrace_regs *regs)
{
}

static int kprobe_hit(struct kprobe *p, struct pt_regs *regs)
{
	return 0;
}

static int return_hit(struct kretprobe_instance *i, struct pt_regs *regs)
{
	return 0;
}

static void trace_hit(void *data, struct pt_regs *regs, long id)
{
}

static struct ftrace_ops ops = { .func = function_hit };
static struct kprobe kprobe = { .symbol_name = "vfs_read", .pre_handler = kprobe_hit };
static struct kretprobe kretprobe = {
	.kp.symbol_name = "vfs_read", .handler = return_hit, .entry_handler = return_hit, .maxactive = 32,
};
static struct tracepoint *tracepoint;

static void find(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "sys_enter"))
		tracepoint = tp;
}

static int arm_function(void)
{
	char name[] = "vfs_read";
	int error = ftrace_set_filter(&ops, name, sizeof(name) - 1, 0);

	return error ? error : register_ftrace_function(&ops);
}

static int __init floor_init(void)
{
	if (!strcmp(kind, "ftrace"))
		return arm_function();
	if (!strcmp(kind, "kprobe"))
		return register_kprobe(&kprobe);
	if (!strcmp(kind, "return"))
		return register_kretprobe(&kretprobe);
	for_each_kernel_tracepoint(find, NULL);
	return tracepoint ? tracepoint_probe_register(tracepoint, trace_hit, NULL) : -ENOENT;
}

static void __exit floor_exit(void)
{
	if (!strcmp(kind, "ftrace"))
		unregister_ftrace_function(&ops);
	else if (!strcmp(kind, "kprobe"))
		unregister_kprobe(&kprobe);
	else if (!strcmp(kind, "return"))
		unregister_kretprobe(&kretprobe);
	else
		tracepoint_probe_unregister(tracepoint, trace_hit, NULL);
	tracepoint_synchronize_unregister();
}

module_init(floor_init);
module_exit(floor_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Empty handlers");
