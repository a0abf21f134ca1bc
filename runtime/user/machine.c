/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The current task, clocks and session as tapset functions ask for them: this process's own. */
#include "runtime.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC 1000000000LL

s64 script_pid(void) { return getpid(); }
s64 script_tid(void) { return gettid(); }
s64 script_ppid(void) { return getppid(); }
s64 script_uid(void) { return getuid(); }
s64 script_euid(void) { return geteuid(); }
s64 script_gid(void) { return getgid(); }
s64 script_egid(void) { return getegid(); }
s64 script_cpu(void) { return sched_getcpu(); }
s64 script_current(void) { return 0; }

const char *script_comm(void)
{
	static char name[16];

	prctl(PR_GET_NAME, name);
	return name;
}

void script_execname(char *to, unsigned size)
{
	char name[16] = "";

	prctl(PR_GET_NAME, name);
	str_copy(to, name, size);
}

/* ---- clocks ------------------------------------------------------------------------------ */

static s64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

s64 script_ktime_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
s64 script_realtime_ns(void) { return clock_ns(CLOCK_REALTIME); }
s64 script_local_clock_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

s64 script_cycles(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return (s64)__builtin_ia32_rdtsc();
#else
	return clock_ns(CLOCK_MONOTONIC_RAW);
#endif
}

s64 script_hz(void)
{
	static s64 hz;

	if (!hz)
		hz = sysconf(_SC_CLK_TCK);
	return hz;
}

s64 script_jiffies(void)
{
	return clock_ns(CLOCK_BOOTTIME) / (NSEC_PER_SEC / script_hz());
}

/* ---- the session --------------------------------------------------------------------------- */

static s64 target;

s64 script_target(void) { return target; }
void script_target_set_pid(s64 pid) { target = pid; }

const char *script_module_name(void)
{
	const char *slash = strrchr(user_options.program, '/');

	return slash ? slash + 1 : user_options.program;
}
