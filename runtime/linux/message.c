/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What handlers say besides their output, in order with it: warn(), log(), system(). */
#include "runtime.h"

void script_warn(struct context *c, const char *text)
{
	context_send(c);
	ring_write(c->cpu, WIRE_WARNING, text, strlen(text));
}

void script_log(struct context *c, const char *text)
{
	sink_string_add(&c->out, text);
	sink_char(&c->out, '\n');
}

void script_system(struct context *c, const char *command)
{
	context_send(c);
	ring_write(c->cpu, WIRE_SYSTEM, command, strlen(command));
}
