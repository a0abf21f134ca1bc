/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What library functions ask of the runtime, in a process.  Ids and the machine are the
 * process's own; what only a kernel has raises an error.
 */
#include "runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "../tapset/tapset.h"

/* A process is its own loader. */
__attribute__((constructor)) static void facts_init(void)
{
	time_t now = time(NULL);
	struct tm local;

	script_facts.loader_pid = getpid();
	script_facts.user_id = getuid();
	localtime_r(&now, &local);
	script_facts.zone_west = -local.tm_gmtoff;
	str_copy(script_facts.zone_name, local.tm_zone, sizeof(script_facts.zone_name));
}

static s64 unavailable(struct context *c, const char *name)
{
	script_error(c, "%s is not available in --runtime=user", name);
	return 0;
}

/* ---- tasks -------------------------------------------------------------------------- */

s64 tapset_pgrp(void)
{
	return getpgrp();
}

s64 tapset_sid(void)
{
	return getsid(0);
}

bool tapset_is_myproc(void)
{
	return true;
}

s64 tapset_cpu_time(bool system)
{
	struct rusage usage;
	const struct timeval *t = system ? &usage.ru_stime : &usage.ru_utime;

	getrusage(RUSAGE_THREAD, &usage);
	return t->tv_sec * 1000000000LL + t->tv_usec * 1000LL;
}

void tapset_parent_execname(char *to, unsigned size)
{
	char path[32], name[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)getppid());
	file = fopen(path, "re");
	if (file) {
		if (fscanf(file, "%31[^\n]", name) != 1)
			name[0] = 0;
		fclose(file);
	}
	str_copy(to, name, size);
}

s64 tapset_find_task(struct context *c, s64 tid)
{
	(void)tid;
	return unavailable(c, "pid2task()");
}

s64 tapset_namespace_id(struct context *c, s64 task, enum tapset_id which)
{
	if (task)
		return unavailable(c, "task_ns_*()");
	switch (which) {
	case TAPSET_PID:
		return script_pid();
	case TAPSET_TID:
		return script_tid();
	case TAPSET_PPID:
		return script_ppid();
	case TAPSET_PGRP:
		return tapset_pgrp();
	case TAPSET_SID:
		return tapset_sid();
	case TAPSET_UID:
		return script_uid();
	case TAPSET_EUID:
		return script_euid();
	case TAPSET_GID:
		return script_gid();
	default:
		return script_egid();
	}
}

/* ---- the machine ---------------------------------------------------------------------- */

s64 tapset_cpu_clock(s64 cpu)
{
	return cpu >= 0 && cpu < sysconf(_SC_NPROCESSORS_CONF) ? script_local_clock_ns() : 0;
}

s64 tapset_page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

s64 tapset_load_average(s64 index)
{
	double load[3] = { 0 };

	if (getloadavg(load, 3) < 3)
		return 0;
	return (s64)(load[index] * 2048);
}

s64 tapset_memory_node(struct context *c, s64 address)
{
	(void)address;
	return unavailable(c, "addr_to_node()");
}

s64 tapset_module_address(struct context *c)
{
	return unavailable(c, "module_size()");
}

/* ---- where the probed code stands ------------------------------------------------------ */

bool tapset_user_mode(struct context *c)
{
	(void)c;
	return true;
}

bool tapset_compat_task(void)
{
	return sizeof(void *) == 4;
}

s64 tapset_instruction_pointer(struct context *c)
{
	(void)c;
	return 0;
}

s64 tapset_user_address(struct context *c)
{
	(void)c;
	return 0;
}

s64 tapset_stack_size(struct context *c)
{
	return unavailable(c, "stack_size()");
}

s64 tapset_stack_unused(struct context *c)
{
	return unavailable(c, "stack_unused()");
}

static const char no_registers[] = "cannot access CPU registers in this context";

s64 tapset_register(struct context *c, const char *name, unsigned *size)
{
	(void)name;
	*size = 8;
	script_error(c, no_registers);
	return 0;
}

void tapset_print_registers(struct context *c, struct sink *out)
{
	(void)out;
	script_error(c, no_registers);
}

s64 tapset_argument(struct context *c, s64 n)
{
	(void)n;
	script_error(c, no_registers);
	return 0;
}

void tapset_set_argument(struct context *c, s64 n, s64 value)
{
	(void)n;
	(void)value;
	script_error(c, no_registers);
}

/* ---- stacks and symbols ------------------------------------------------------------------ */

void tapset_show_address(struct sink *out, enum tapset_space space, u64 address,
			 enum tapset_style style)
{
	(void)space;
	if (style == TAPSET_FULL)
		sink_char(out, ' ');
	sink_number(out, 'x', FORMAT_ALT, -1, -1, (s64)address);
	if (style == TAPSET_FULL || style == TAPSET_BRIEF)
		sink_char(out, '\n');
}

void tapset_module_of(struct context *c, char *to, unsigned size, enum tapset_space space, u64 address)
{
	(void)size;
	(void)address;
	to[0] = 0;
	unavailable(c, space == TAPSET_KERNEL ? "modname()" : "umodname()");
}

s64 tapset_mapping_offset(struct context *c, u64 address)
{
	(void)address;
	return unavailable(c, "umodaddr()");
}

void tapset_mapping_build_id(struct context *c, char *to, unsigned size, u64 address)
{
	(void)size;
	(void)address;
	to[0] = 0;
	unavailable(c, "umodbuildid()");
}

unsigned tapset_stack(struct context *c, enum tapset_space space, u64 *frames, unsigned most)
{
	(void)space;
	(void)frames;
	(void)most;
	unavailable(c, "the stack");
	return 0;
}

unsigned tapset_user_stack_from(u64 ip, u64 sp, u64 bp, u64 *frames, unsigned most)
{
	(void)sp;
	(void)bp;
	if (most)
		frames[0] = ip;
	return most ? 1 : 0;
}

/* ---- acting on the kernel ------------------------------------------------------------------ */

void tapset_trace(struct context *c, const char *text)
{
	(void)text;
	unavailable(c, "ftrace()");
}

void tapset_printk(struct context *c, s64 level, const char *text)
{
	(void)level;
	(void)text;
	unavailable(c, "printk()");
}

void tapset_dump_stack(struct context *c)
{
	unavailable(c, "dump_stack()");
}

void tapset_panic(struct context *c, const char *text)
{
	(void)text;
	unavailable(c, "panic()");
}

void tapset_delay(struct context *c, s64 microseconds)
{
	struct timespec time = { .tv_sec = microseconds / 1000000,
				 .tv_nsec = microseconds % 1000000 * 1000 };

	(void)c;
	if (microseconds > 0)
		nanosleep(&time, NULL);
}

void tapset_raise(struct context *c, s64 signal)
{
	(void)signal;
	unavailable(c, "raise()");
}
