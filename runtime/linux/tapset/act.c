/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Library functions that act on the kernel: its logs, delays, signals. */
#include "../runtime.h"

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>
#include "../../tapset/tapset.h"

/*
 * __trace_puts() lost its size parameter (6.18); one argument too many does no harm in a
 * register.  The macro trace_puts() would announce a debug kernel on the console.
 */
void tapset_trace(struct context *c, const char *text)
{
	int (*put)(unsigned long ip, const char *text, int size) = (void *)__trace_puts;

	(void)c;
	put(_THIS_IP_, text, (int)strlen(text));
}

/*
 * To the kernel's log at once, to consoles later: that wakes who writes to them, which takes locks of the
 * scheduler that the probed code may hold.
 */
static __printf(1, 2) void printk_later(const char *format, ...)
{
	enum { SCHEDULER = -2 };	/* LOGLEVEL_SCHED */
	va_list args;

	va_start(args, format);
	vprintk_emit(0, SCHEDULER, NULL, format, args);
	va_end(args);
}

void tapset_printk(struct context *c, s64 level, const char *text)
{
	if (level < 0 || level > 7) {
		script_error(c, "printk: level %lld is not between 0 and 7", level);
		return;
	}
	printk_later("\001%c%s\n", '0' + (int)level, text);
}

void tapset_dump_stack(struct context *c)
{
	(void)c;
	dump_stack();
}

void tapset_panic(struct context *c, const char *text)
{
	(void)c;
	panic("%s", text);
}

void tapset_delay(struct context *c, s64 microseconds)
{
	(void)c;
	for (; microseconds > 0; microseconds -= 1000)
		udelay(microseconds < 1000 ? (unsigned long)microseconds : 1000);
}

void tapset_raise(struct context *c, s64 signal)
{
	if (signal < 1 || signal > SIGRTMAX || !current->mm) {
		script_error(c, "raise: cannot send signal %lld to this task", signal);
		return;
	}
	/* An NMI may have interrupted who holds the lock of the task's signals. */
	if (in_nmi())
		script_error(c, "raise: no signal can be sent from this probe");
	else
		send_sig((int)signal, current, 1);
}
