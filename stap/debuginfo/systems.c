/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which system a tracepoint belongs to ("sched" of sched:sched_switch).  BTF does not
 * say.  The kernel's image does, read with the help of its symbols; a running kernel does in
 * tracefs, where that is readable.  Else (tracepoints of modules, tracepoints that are no
 * events) the name does, by the habits of the kernel: mostly the system is the first word of the
 * name, and the table has the exceptions.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "private.h"

/* Names that start so, in order of trial, and their system. */
static const struct { const char *prefix, *system; } habits[] = {
	{ "sys_enter", "raw_syscalls" }, { "sys_exit", "raw_syscalls" },
	{ "netif_", "net" }, { "net_dev_", "net" }, { "napi_gro_", "net" },
	{ "irq_handler_", "irq" }, { "softirq_", "irq" }, { "tasklet_", "irq" },
	{ "kfree_skb", "skb" }, { "consume_skb", "skb" },
	{ "kmalloc", "kmem" }, { "kfree", "kmem" }, { "mm_page_", "kmem" }, { "rss_stat", "kmem" },
	{ "mm_vmscan_", "vmscan" }, { "mm_shrink_", "vmscan" }, { "mm_compaction_", "compaction" },
	{ "mm_filemap_", "filemap" }, { "mm_lru_", "pagemap" }, { "mm_khugepaged_", "huge_memory" },
	{ "mm_collapse_", "huge_memory" }, { "mm_migrate_", "migrate" },
	{ "inet_", "sock" }, { "inet_sk_", "sock" }, { "sk_data_ready", "sock" },
	{ "hrtimer_", "timer" }, { "itimer_", "timer" }, { "tick_stop", "timer" },
	{ "wbc_", "writeback" }, { "balance_dirty_", "writeback" },
	{ "global_dirty_", "writeback" }, { "bdi_", "writeback" }, { "wb_", "writeback" },
	{ "cpu_idle", "power" }, { "cpu_frequency", "power" }, { "suspend_resume", "power" },
	{ "device_pm_", "power" }, { "clock_", "power" }, { "power_domain_", "power" },
	{ "pm_qos_", "power" }, { "dev_pm_qos_", "power" }, { "wakeup_source_", "power" },
	{ "page_fault_", "exceptions" }, { "fib6_", "fib6" }, { "x86_fpu_", "x86_fpu" },
	{ "vector_", "irq_vectors" }, { "local_timer_", "irq_vectors" },
	{ "spurious_apic_", "irq_vectors" }, { "error_apic_", "irq_vectors" },
	{ "x86_platform_", "irq_vectors" }, { "reschedule_", "irq_vectors" },
	{ "call_function_", "irq_vectors" }, { "irq_work_", "irq_vectors" },
	{ "thermal_apic_", "irq_vectors" }, { "threshold_apic_", "irq_vectors" },
	{ "deferred_error_", "irq_vectors" },
	{ "contention_", "lock" }, { "nmi_handler", "nmi" }, { "tlb_flush", "tlb" },
	{ "pelt_", "sched" }, { "update_nr_running_", "sched" }, { "cpuhp_", "cpuhp" },
	{ "selinux_audited", "avc" }, { "map_", "huge_memory" }, { "urandom_read", "random" },
	{ "file_check_", "filelock" }, { "locks_", "filelock" }, { "posix_lock_", "filelock" },
	{ "break_lease_", "filelock" }, { "iomap_", "iomap" }, { "dax_", "fs_dax" },
	{ "br_", "bridge" }, { "neigh_", "neigh" }, { "mdio_access", "mdio" },
	{ "mce_record", "mce" }, { "mc_event", "ras" }, { "aer_event", "ras" },
	{ "arm_event", "ras" }, { "non_standard_event", "ras" }, { "extlog_mem_event", "ras" },
	{ "initcall_", "initcall" }, { "vm_unmapped_area", "mmap" }, { "mmap_lock_", "mmap_lock" },
	{ "wait_on_page_", "writeback" }, { "folio_wait_", "writeback" },
	{ "bpf_xdp_", "xdp" }, { "mem_", "xdp" }, { "scsi_", "scsi" }, { "oom_score_", "oom" },
	{ "mark_victim", "oom" }, { "wake_reaper", "oom" }, { "start_task_reaping", "oom" },
	{ "finish_task_reaping", "oom" }, { "skip_task_reaping", "oom" },
	{ "reclaim_retry_zone", "oom" }, { "compact_retry", "oom" },
};

static const char *system_by_habit(const char *name)
{
	for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
		if (strncmp(name, habits[i].prefix, strlen(habits[i].prefix)) == 0)
			return habits[i].system;
	return intern_n(name, strcspn(name, "_"));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct tracepoint_system *)a)->name,
		      ((const struct tracepoint_system *)b)->name);
}

static void read_system(struct kernel_data *d, const char *events, const char *system)
{
	DIR *dir = opendir(arena_printf("%s/%s", events, system));
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		struct tracepoint_system one = { NULL, system };

		if (e->d_type != DT_DIR || *e->d_name == '.')
			continue;
		one.name = intern(e->d_name);
		vec_push(&d->systems, one);
	}
	if (dir)
		closedir(dir);
}

/* The events of tracefs.  The syscalls' are no tracepoints of their own. */
static void read_tracefs(struct kernel_data *d, const char *events)
{
	DIR *dir = opendir(events);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (e->d_type == DT_DIR && *e->d_name != '.' &&
		    strcmp(e->d_name, "syscalls") != 0)
			read_system(d, events, intern(e->d_name));
	if (dir)
		closedir(dir);
}

static void load_systems(struct kernel *k)
{
	struct kernel_data *d = k->data;

	if (!k->running)
		return;
	read_tracefs(d, "/sys/kernel/tracing/events");
	if (!d->systems.len)
		read_tracefs(d, "/sys/kernel/debug/tracing/events");
	if (d->systems.len)
		qsort(d->systems.data, d->systems.len, sizeof *d->systems.data, by_name);
}

/* The systems a module's file names, in symbols str__SYSTEM__trace_system_name. */
static void load_module_systems(struct session *s, struct module *m)
{
	const struct symbols *t = module_symbols(s, m);

	for (uint32_t i = 0; t && i < t->count; i++) {
		const char *name = symbol_name(t, &t->all[i]);
		const char *end = strstr(name, "__trace_system_name");

		if (end && strncmp(name, "str__", 5) == 0)
			vec_push(&m->systems, intern_n(name + 5, end - name - 5));
	}
	m->systems_loaded = true;
}

/* As a rule there is one; of several that one which the name starts with. */
static const char *module_system(struct session *s, const char *module, const char *name)
{
	struct module *m = module_find(s, module);
	const char *best = NULL;

	if (m && !m->systems_loaded)
		load_module_systems(s, m);
	if (!m || m->systems.len == 0)
		return NULL;
	vec_each(&m->systems, const char *, system)
		if (strncmp(*system, name, strlen(*system)) == 0 &&
		    (!best || strlen(*system) > strlen(best)))
			best = *system;
	return best || m->systems.len > 1 ? best : m->systems.data[0];
}

static const char *kernel_system(struct session *s, const char *name)
{
	struct kernel *k = session_kernel(s);
	const struct kernel_symbols *symbols = kernel_symbols(s);
	const char *system = symbols ? kernel_symbols_system(symbols, name) : NULL;
	struct tracepoint_system wanted = { name, NULL }, *found = NULL;

	if (system)
		return system;
	if (!k->data->systems_loaded)
		load_systems(k);
	k->data->systems_loaded = true;
	if (k->data->systems.len)
		found = bsearch(&wanted, k->data->systems.data, k->data->systems.len,
				sizeof wanted, by_name);
	return found ? found->system : NULL;
}

const char *tracepoint_system(struct session *s, const char *module, const char *name)
{
	const char *system = module ? module_system(s, module, name) : kernel_system(s, name);

	return system ? system : system_by_habit(name);
}
