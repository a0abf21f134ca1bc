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

static int tracepoint_arm(struct script_probe *probe)
{
	const struct script_spec_tracepoint *spec = tracepoint_spec(probe);
	struct search search = { .name = spec->name };
	int error;

	for_each_kernel_tracepoint(compare_name, &search);
	if (!search.found)
		return -ENOENT;
	error = tracepoint_probe_register(search.found, spec->trampoline, probe);
	if (!error)
		probe->state = search.found;
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

const struct script_mechanism script_mech_tracepoint = {
	.name = "tracepoint",
	.arm = tracepoint_arm,
	.disarm = tracepoint_disarm,
	.disarmed = tracepoint_disarmed,
};
