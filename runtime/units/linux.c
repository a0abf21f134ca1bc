/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session, its contexts and its output; and the numbers of constants.h.  One unit: to read the headers twice would
 * take longer on two processors.
 *
 * Unit: for every script.  Compiled with -O1.  The first use of a kernel waits for this unit, and a hit runs little
 * of it: the same instructions as with -O2, but for 10 more of a printf.
 */
#include "../linux/arming.c"
#include "../linux/constants.c"
#include "../linux/context.c"
#include "../linux/control.c"
#include "../linux/error.c"
#include "../linux/lock.c"
#include "../linux/memory.c"
#include "../linux/message.c"
#include "../linux/module.c"
#include "../linux/ring.c"
#include "../linux/session.c"
#include "../linux/stack_memory.c"
#include "../linux/symbol.c"
#include "../linux/task.c"
#include "../linux/time.c"
#include "../linux/timing.c"
#include "../linux/transport.c"
#include "../linux/probes/begin.c"
#include "../linux/probes/timer.c"
