/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of signals, resource limits, interrupt and allocation flags, as x86, arm64, s390 and riscv number them. */
#include "names.h"

static const char *const signals[] = {
	[1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [5] = "SIGTRAP",
	[6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL", [10] = "SIGUSR1",
	[11] = "SIGSEGV", [12] = "SIGUSR2", [13] = "SIGPIPE", [14] = "SIGALRM", [15] = "SIGTERM",
	[16] = "SIGSTKFLT", [17] = "SIGCHLD", [18] = "SIGCONT", [19] = "SIGSTOP",
	[20] = "SIGTSTP", [21] = "SIGTTIN", [22] = "SIGTTOU", [23] = "SIGURG", [24] = "SIGXCPU",
	[25] = "SIGXFSZ", [26] = "SIGVTALRM", [27] = "SIGPROF", [28] = "SIGWINCH",
	[29] = "SIGIO", [30] = "SIGPWR", [31] = "SIGSYS", [32] = "SIGRTMIN", [33] = "SIGRT_1",
	[34] = "SIGRT_2", [35] = "SIGRT_3", [36] = "SIGRT_4", [37] = "SIGRT_5", [38] = "SIGRT_6",
	[39] = "SIGRT_7", [40] = "SIGRT_8", [41] = "SIGRT_9", [42] = "SIGRT_10",
	[43] = "SIGRT_11", [44] = "SIGRT_12", [45] = "SIGRT_13", [46] = "SIGRT_14",
	[47] = "SIGRT_15", [48] = "SIGRT_16", [49] = "SIGRT_17", [50] = "SIGRT_18",
	[51] = "SIGRT_19", [52] = "SIGRT_20", [53] = "SIGRT_21", [54] = "SIGRT_22",
	[55] = "SIGRT_23", [56] = "SIGRT_24", [57] = "SIGRT_25", [58] = "SIGRT_26",
	[59] = "SIGRT_27", [60] = "SIGRT_28", [61] = "SIGRT_29", [62] = "SIGRT_30",
	[63] = "SIGRT_31", [64] = "SIGRT_32",
};
const struct names names_signal = NAMES(signals);

static const char *const limits[] = {
	[0] = "RLIMIT_CPU", [1] = "RLIMIT_FSIZE", [2] = "RLIMIT_DATA", [3] = "RLIMIT_STACK",
	[4] = "RLIMIT_CORE", [5] = "RLIMIT_RSS", [6] = "RLIMIT_NPROC", [7] = "RLIMIT_NOFILE",
	[8] = "RLIMIT_MEMLOCK", [9] = "RLIMIT_AS", [10] = "RLIMIT_LOCKS",
	[11] = "RLIMIT_SIGPENDING", [12] = "RLIMIT_MSGQUEUE", [13] = "RLIMIT_NICE",
	[14] = "RLIMIT_RTPRIO", [15] = "RLIMIT_RTTIME",
};
const struct names names_limit = NAMES(limits);

const struct flag_name flags_signal_action[] = {
	{ 0x1, "SA_NOCLDSTOP" }, { 0x2, "SA_NOCLDWAIT" }, { 0x4, "SA_SIGINFO" },
	{ 0x400, "SA_UNSUPPORTED" }, { 0x800, "SA_EXPOSE_TAGBITS" },
	{ 0x4000000, "SA_RESTORER" }, { 0x8000000, "SA_ONSTACK" }, { 0x10000000, "SA_RESTART" },
	{ 0x40000000, "SA_NODEFER" }, { 0x80000000, "SA_RESETHAND" },
	{ 0, NULL }
};

const struct flag_name flags_irq_action[] = {
	{ 0x1, "IRQF_TRIGGER_RISING" }, { 0x2, "IRQF_TRIGGER_FALLING" },
	{ 0x4, "IRQF_TRIGGER_HIGH" }, { 0x8, "IRQF_TRIGGER_LOW" }, { 0x80, "IRQF_SHARED" },
	{ 0x100, "IRQF_PROBE_SHARED" }, { 0x200, "__IRQF_TIMER" }, { 0x400, "IRQF_PERCPU" },
	{ 0x800, "IRQF_NOBALANCING" }, { 0x1000, "IRQF_IRQPOLL" }, { 0x2000, "IRQF_ONESHOT" },
	{ 0x4000, "IRQF_NO_SUSPEND" }, { 0x8000, "IRQF_FORCE_RESUME" },
	{ 0x10000, "IRQF_NO_THREAD" }, { 0x20000, "IRQF_EARLY_RESUME" },
	{ 0x40000, "IRQF_COND_SUSPEND" }, { 0x80000, "IRQF_NO_AUTOEN" },
	{ 0x100000, "IRQF_NO_DEBUG" },
	{ 0, NULL }
};

/* Since 5.10 the bits up to THISNODE have kept their places; ATOMIC is gone since 6.3, and
 * GFP_ATOMIC is then 0x820. */
const struct flag_name flags_allocation[] = {
	{ 0x100cca, "GFP_HIGHUSER_MOVABLE" },
	{ 0x100cc2, "GFP_HIGHUSER" }, { 0x100cc0, "GFP_USER" }, { 0x400cc0, "GFP_KERNEL_ACCOUNT" },
	{ 0xcc0, "GFP_KERNEL" }, { 0xc40, "GFP_NOFS" }, { 0xc00, "GFP_NOIO" },
	{ 0xa20, "GFP_ATOMIC" }, { 0x820, "GFP_ATOMIC" }, { 0x800, "GFP_NOWAIT" },
	{ 0x1, "__GFP_DMA" }, { 0x2, "__GFP_HIGHMEM" }, { 0x4, "__GFP_DMA32" },
	{ 0x8, "__GFP_MOVABLE" }, { 0x10, "__GFP_RECLAIMABLE" }, { 0x20, "__GFP_HIGH" },
	{ 0x40, "__GFP_IO" }, { 0x80, "__GFP_FS" }, { 0x100, "__GFP_ZERO" },
	{ 0x200, "__GFP_ATOMIC" }, { 0x400, "__GFP_DIRECT_RECLAIM" }, { 0x1000, "__GFP_WRITE" },
	{ 0x2000, "__GFP_NOWARN" }, { 0x4000, "__GFP_RETRY_MAYFAIL" }, { 0x8000, "__GFP_NOFAIL" },
	{ 0x10000, "__GFP_NORETRY" }, { 0x20000, "__GFP_MEMALLOC" }, { 0x40000, "__GFP_COMP" },
	{ 0x80000, "__GFP_NOMEMALLOC" }, { 0x100000, "__GFP_HARDWALL" }, { 0x200000, "__GFP_THISNODE" },
	{ 0x400000, "__GFP_ACCOUNT" },
	{ 0, NULL }
};
