/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one context: print buffer, frame stack, the text of an error.  What a handler
 * printed is written when the handler is over, before its error is reported.
 */
#include "runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

struct context *script_context;
const char *script_stack_floor;
unsigned script_cpu_count = 1;

static void print_full(struct sink *out)
{
	output_write(out->text, out->len);
	out->len = 0;
}

/* Formatted where it will be sent from; what does not fit is sent first, or cut. */
void script_printf(struct context *c, const char *format, ...)
{
	struct sink *out = &c->out;
	unsigned room;
	va_list args;
	int len;

	for (int attempt = 0; attempt < 2; attempt++) {
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

void *script_alloc(size_t size)
{
	return calloc(1, size ? size : 1);
}

void script_free(void *memory)
{
	free(memory);
}

void *script_percpu_of(unsigned cpu)
{
	(void)cpu;
	return script_context->percpu;
}

/* Bottom of the frame stack, to go back to after an error. */
struct context_private {
	char *frame;
};

static struct context_private context_frame;

/* Scripts may use half of the stack that the process is allowed, and 64 MB of one without limit. */
static const char *stack_floor(void)
{
	struct rlimit limit;
	size_t half = 64UL << 20;

	if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur / 2 < half)
		half = limit.rlim_cur / 2;
	return (const char *)__builtin_frame_address(0) - half;
}

bool context_init(void)
{
	struct context *c = script_context = calloc(1, sizeof(*c));

	if (!c)
		return false;
	c->runtime = &context_frame;
	script_stack_floor = stack_floor();
	c->out.text = malloc(script_config.buffer_size);
	c->out.size = script_config.buffer_size;
	c->out.full = print_full;
	c->tokenize = calloc(1, script_config.max_string);
	c->frame = context_frame.frame = malloc(script_config.frame_size + 1UL);
	c->percpu = calloc(1, script_config.percpu_size + 1UL);
	if (!c->out.text || !c->tokenize || !c->frame || !c->percpu)
		return false;
	c->frame_end = c->frame + script_config.frame_size;
	return script_percpu_init(c->percpu) == 0;
}

void context_release(void)
{
	struct context *c = script_context;

	if (!c)
		return;
	if (c->percpu)
		script_percpu_exit(c->percpu);
	free(c->percpu);
	free(context_frame.frame);
	free(c->tokenize);
	free(c->out.text);
	free(c);
	script_context = NULL;
}

struct context *script_take(struct script_probe *probe)
{
	struct context *c = script_context;

	if (c->busy)
		return NULL;
	c->busy = 1;
	c->actions = script_config.max_action;
	c->probe = probe;
	return c;
}

void script_finish(struct context *c)
{
	if (c->out.len)
		print_full(&c->out);
	if (c->error) {
		error_report(c);
		script_error_clear(c);
		c->frame = c->runtime->frame;
		c->nesting = 0;
	}
	c->busy = 0;
	system_start_queued();
}

void context_run(struct script_probe *probe, void (*handler)(struct context *c))
{
	struct context *c = script_take(probe);
	s64 start = report_now();

	if (!c)
		return;
	handler(c);
	if (probe) {
		probe->hits++;
		report_hit(probe, report_now() - start);
	}
	script_finish(c);
}

/* ---- locks: nobody else ever holds one ------------------------------------------------- */

bool script_lock_slow(struct context *c, struct script_lock *lock, bool write)
{
	(void)write;
	lock->contended++;
	c->error = SCRIPT_ERROR_SKIP;
	return false;
}
