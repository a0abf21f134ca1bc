/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One context per CPU: the print buffer, the frame stack, the error text of the
 * handler that runs there.  All memory is taken before the first probe; between
 * hits a context is always in its initial state (script_finish() restores what an
 * interrupted handler left behind).
 */
#include "runtime.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

DEFINE_PER_CPU(struct context *, script_context);
static struct context **contexts;	/* by CPU number, also of CPUs that are not there */
unsigned script_cpu_count;

/* ---- making and freeing ------------------------------------------------------------- */

static void context_wake(struct irq_work *work)
{
	control_wake();
}

void context_send(struct context *c)
{
	if (c->out.len)
		ring_write(c->cpu, WIRE_TEXT, c->out.text, c->out.len);
	c->out.len = 0;
}

/* Whole lines if the last one is not most of it: what the ring has no room for is lost by lines. */
static void context_print_full(struct sink *out)
{
	struct context *c = container_of(out, struct context, out);
	unsigned full = out->len, end = full;

	while (end > full / 2 && out->text[end - 1] != '\n')
		end--;
	if (end <= full / 2)
		end = full;
	out->len = end;
	context_send(c);
	out->len = full - end;
	memmove(out->text, out->text + end, out->len);
}

/* Formatted where it will be sent from; what does not fit is sent first, or cut. */
void script_printf(struct context *c, const char *format, ...)
{
	struct sink *out = &c->out;
	unsigned room;
	va_list args;
	int len, attempt;

	for (attempt = 0; attempt < 2; attempt++) {
		room = out->size - out->len;
		va_start(args, format);
		len = vsnprintf(out->text + out->len, room, format, args);
		va_end(args);
		if (len < 0)
			return;
		if ((unsigned)len < room || attempt == 1 || !out->len) {
			out->len += (unsigned)len < room ? (unsigned)len : room - (room > 0);
			return;
		}
		out->full(out);
	}
}

static void context_free(struct context *c)
{
	if (!c)
		return;
	if (c->runtime) {
		vfree(c->runtime->frame);
		vfree(c->runtime->stacks);
	}
	if (c->percpu)
		script_percpu_exit(c->percpu);
	vfree(c->percpu);
	vfree(c->out.text);
	vfree(c->tokenize);
	kfree(c->runtime);
	vfree(c);
}

static int context_fill(struct context *c, unsigned cpu)
{
	c->cpu = cpu;
	c->unmeasured = script_sample_every;
	c->runtime = kzalloc(sizeof(*c->runtime), GFP_KERNEL);
	c->out.text = vzalloc(script_config.buffer_size);
	c->tokenize = vzalloc(script_config.max_string);
	if (!c->runtime || !c->out.text || !c->tokenize)
		return -ENOMEM;
	c->out.size = script_config.buffer_size;
	c->out.full = context_print_full;
	init_irq_work(&c->runtime->wake, context_wake);
	c->runtime->frame = vzalloc(max(script_config.frame_size, 8u));
	if (!c->runtime->frame)
		return -ENOMEM;
	if (stack_memory_size()) {
		c->runtime->stacks = vzalloc(stack_memory_size());
		if (!c->runtime->stacks)
			return -ENOMEM;
	}
	c->frame = c->runtime->frame;
	c->frame_end = c->frame + script_config.frame_size;
	c->percpu = vzalloc(max(script_config.percpu_size, 8u));
	if (!c->percpu)
		return -ENOMEM;
	return script_percpu_init(c->percpu);
}

int contexts_init(void)
{
	unsigned cpu;

	script_cpu_count = nr_cpu_ids;
	contexts = kcalloc(script_cpu_count, sizeof(*contexts), GFP_KERNEL);
	if (!contexts)
		return -ENOMEM;
	for (cpu = 0; cpu < script_cpu_count; cpu++) {
		contexts[cpu] = vzalloc(sizeof(struct context));
		if (!contexts[cpu] || context_fill(contexts[cpu], cpu))
			return -ENOMEM;
		if (cpu_possible(cpu))
			per_cpu(script_context, cpu) = contexts[cpu];
	}
	return 0;
}

void contexts_release(void)
{
	unsigned cpu;

	for (cpu = 0; contexts && cpu < script_cpu_count; cpu++) {
		if (contexts[cpu] && contexts[cpu]->runtime)
			irq_work_sync(&contexts[cpu]->runtime->wake);
		context_free(contexts[cpu]);
	}
	kfree(contexts);
	contexts = NULL;
}

size_t contexts_memory(void)
{
	size_t each = PAGE_ALIGN(sizeof(struct context)) + PAGE_ALIGN(script_config.buffer_size) +
		PAGE_ALIGN(script_config.max_string) + PAGE_ALIGN(max(script_config.frame_size, 8u)) +
		PAGE_ALIGN(max(script_config.percpu_size, 8u)) + PAGE_ALIGN(stack_memory_size());

	return script_cpu_count * each;
}

void *script_percpu_of(unsigned cpu)
{
	return contexts[cpu]->percpu;
}

/* ---- the rare ends of a hit ------------------------------------------------------------ */

void script_preempt_schedule(void);
void script_preempt_schedule(void)
{
	preempt_disable_notrace();
	preempt_enable_notrace();
}

void script_refuse(struct script_probe *probe)
{
	script_skip(probe, SKIP_REENTRY);
}

/* Below a stack, whether it is a task's or an interrupt's, is a page that cannot be read (CONFIG_VMAP_STACK). */
static bool stack_has(unsigned bytes)
{
	u64 stack = (unsigned long)__builtin_frame_address(0), ignored;
	unsigned below = 0;

	while (below < bytes) {
		below = min_t(unsigned, below + PAGE_SIZE, bytes);
		if (!script_copy_kernel(&ignored, stack - below, sizeof(ignored)))
			return false;
	}
	return true;
}

bool script_refuse_stack(struct script_probe *probe)
{
	if (likely(stack_has(script_config.min_stack)))
		return false;
	script_skip(probe, SKIP_STACK);
	return true;
}

static void context_restore(struct context *c)
{
	script_error_clear(c);
	c->frame = c->runtime->frame;
	c->nesting = 0;
}

void script_finish(struct context *c)
{
	if (c->measured)
		timing_hit_ends(c);
	context_send(c);
	if (c->error) {
		script_report(c);
		context_restore(c);
	}
}

/* ---- hits that the runtime starts itself -------------------------------------------------- */

struct context *context_take(struct script_probe *probe)
{
	struct context *c = script_this_context();

	if (c->busy) {
		script_refuse(probe);
		return NULL;
	}
	c->busy = 1;		/* interrupts stay as they are: such hits can take long */
	barrier();
	c->actions = script_config.max_action;
	c->probe = probe;
	if (script_config.timing)
		script_measure(c);
	return c;
}

void context_run(struct script_probe *probe, void (*handler)(struct context *c))
{
	struct context *c;

	preempt_disable_notrace();
	c = context_take(probe);
	if (c) {
		handler(c);
		script_leave(c);
	}
	preempt_enable_notrace();
}

void context_hit(struct script_probe *probe, void *regs)
{
	const struct script_arrival arrival = { .regs = regs };
	struct context *c = NULL;

	preempt_disable_notrace();
	if (!probe->filter || probe->filter(&arrival))
		c = script_enter(probe);
	if (c) {
		c->regs = regs;
		probe->handler(c);
		c->regs = NULL;
		script_leave(c);
	}
	preempt_enable_notrace();
}
