/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracepoints: the generated trampoline has the tracepoint's own prototype and is
 * called by it directly.
 */
#include "mechanism.h"

#include <linux/tracepoint.h>

static const struct script_spec_tracepoint *tracepoint_spec(const struct script_probe *probe)
{
	return probe->spec;
}

struct search {
	const char *name;
	struct tracepoint *found;
};

static void compare_name(struct tracepoint *tracepoint, void *data)
{
	struct search *search = data;

	if (!strcmp(tracepoint->name, search->name))
		search->found = tracepoint;
}

/* Registering for news of modules tells of those that are there already. */
static struct search *module_search;

static int search_module(struct notifier_block *block, unsigned long event, void *data)
{
	struct tp_module *module = data;
	tracepoint_ptr_t *each = module->mod->tracepoints_ptrs;
	unsigned i;

	for (i = 0; event == MODULE_STATE_COMING && i < module->mod->num_tracepoints; i++)
		compare_name(tracepoint_ptr_deref(&each[i]), module_search);
	return NOTIFY_OK;
}

struct tracepoint *tracepoint_find(const char *name)
{
	struct notifier_block modules = { .notifier_call = search_module };
	struct search search = { .name = name };

	for_each_kernel_tracepoint(compare_name, &search);
	if (search.found)
		return search.found;
	module_search = &search;
	register_tracepoint_module_notifier(&modules);
	unregister_tracepoint_module_notifier(&modules);
	return search.found;
}

static int tracepoint_arm(struct script_probe *probe)
{
	const struct script_spec_tracepoint *spec = tracepoint_spec(probe);
	struct tracepoint *found = tracepoint_find(spec->name);
	int error;

	if (!found)
		return -ENOENT;
	error = tracepoint_probe_register(found, spec->trampoline, probe);
	if (!error)
		probe->state = found;
	return error;
}

static void tracepoint_disarm(struct script_probe *probe)
{
	tracepoint_probe_unregister(probe->state, tracepoint_spec(probe)->trampoline, probe);
	probe->state = NULL;
}

static void tracepoint_disarmed(void)
{
	tracepoint_synchronize_unregister();
}

static const char *tracepoint_module(const struct script_probe *probe)
{
	return tracepoint_spec(probe)->module;
}

const struct script_mechanism script_mech_tracepoint = {
	.name = "tracepoint",
	.arm = tracepoint_arm,
	.disarm = tracepoint_disarm,
	.disarmed = tracepoint_disarmed,
	.module = tracepoint_module,
};
