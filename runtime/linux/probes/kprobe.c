/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kprobe at any instruction.  The kernel turns it into a jump where it can.
 *
 * It takes the jump back a while after the probe has gone.  A module that goes meanwhile leaves what was the
 * probe behind, and when the module, or another one, comes to the same place no probe can be placed there
 * any more.  Therefore leaving a module's text means to wait until it is as it was.
 */
#include "mechanism.h"

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

enum { JUMP_SIZE = 5 };

struct kprobe_state {
	struct kprobe kprobe;
	struct script_probe *probe;
	struct list_head list;		/* of `left`, when it was in a module */
	unsigned char text[JUMP_SIZE];	/* what was there before */
};

static LIST_HEAD(left);

static int kprobe_hit(struct kprobe *kprobe, struct pt_regs *regs)
{
	context_hit(container_of(kprobe, struct kprobe_state, kprobe)->probe, regs);
	return 0;
}
NOKPROBE_SYMBOL(kprobe_hit);

static const struct script_spec_kprobe *kprobe_spec(const struct script_probe *probe)
{
	return probe->spec;
}

static const struct script_location *kprobe_location(const struct script_probe *probe)
{
	return &kprobe_spec(probe)->at;
}

static unsigned long kprobe_planted_at(const struct script_probe *probe)
{
	const struct kprobe_state *state = READ_ONCE(probe->state);

	return state ? (unsigned long)state->kprobe.addr : 0;
}

/* Zeroes where it cannot be read. */
static void read_text(const struct kprobe_state *state, unsigned char *text)
{
	if (copy_from_kernel_nofault(text, state->kprobe.addr, JUMP_SIZE))
		memset(text, 0, JUMP_SIZE);
}

static int kprobe_arm(struct script_probe *probe)
{
	struct kprobe_state *state;
	unsigned long address;
	int error = location_resolve(kprobe_location(probe), &address);

	if (error)
		return error;
	if (!kprobe_is_safe(address))
		return -EOPNOTSUPP;
	state = kzalloc(sizeof(*state), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	state->probe = probe;
	state->kprobe.addr = (kprobe_opcode_t *)address;
	state->kprobe.pre_handler = (kprobe_pre_handler_t)(void *)kprobe_spec(probe)->hit ?: kprobe_hit;
	read_text(state, state->text);
	error = register_kprobe(&state->kprobe);
	if (error)
		kfree(state);
	else
		probe->state = state;
	return error;
}

static void kprobe_disarm(struct script_probe *probe)
{
	struct kprobe_state *state = probe->state;

	unregister_kprobe(&state->kprobe);
	probe->state = NULL;
	if (kprobe_location(probe)->module)
		list_add(&state->list, &left);
	else
		kfree(state);
}

/* Another probe may have come there in between, so this has an end. */
static void wait_for_text(const struct kprobe_state *state)
{
	unsigned long end = jiffies + HZ;
	unsigned char text[JUMP_SIZE];

	for (read_text(state, text); memcmp(text, state->text, JUMP_SIZE); read_text(state, text)) {
		if (time_after(jiffies, end))
			return;
		msleep(1);
	}
}

static void kprobe_gone_for_good(void)
{
	struct kprobe_state *state, *next;
	struct kprobe nothing = {};

	if (list_empty(&left))
		return;
	list_for_each_entry_safe(state, next, &left, list) {
		wait_for_text(state);
		list_del(&state->list);
		kfree(state);
	}
	/* Text comes first; what takes the rest away holds a lock that this fails behind. */
	disable_kprobe(&nothing);
}

const struct script_mechanism script_mech_kprobe = {
	.name = "kprobe",
	.arm = kprobe_arm,
	.disarm = kprobe_disarm,
	.disarmed = kprobe_gone_for_good,
	.location = kprobe_location,
	.planted_at = kprobe_planted_at,
};
