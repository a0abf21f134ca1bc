/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No function matches: say why, and offer what will.  Scripts live longer than the names
 * inside kernels, so a table tells what became of functions that scripts of all ages name.
 */
#include "missing.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/diag.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../debuginfo/debuginfo.h"
#include "../debuginfo/dwarf.h"
#include "../session.h"
#include "../syntax/ast.h"
#include "family.h"

/*
 * Functions that kernels have lost or renamed, with those that do their work since: the first that the
 * kernel at hand has is offered.
 */
static const struct { const char *lost, *now; } successors[] = {
	{ "do_fork", "kernel_clone _do_fork" }, { "_do_fork", "kernel_clone do_fork" },
	{ "sys_open", "__x64_sys_openat" }, { "sys_fork", "kernel_clone" }, { "sys_vfork", "kernel_clone" },
	{ "do_sys_open", "do_sys_openat2" }, { "filp_open", "do_filp_open" }, { "open_namei", "do_filp_open" },
	{ "may_open_dev", "may_open" }, { "path_lookup", "filename_lookup" }, { "do_path_lookup", "filename_lookup" },
	{ "user_path_at_empty", "user_path_at" }, { "user_path_at", "user_path_at_empty" },
	{ "link_path_walk", "path_lookupat" }, { "d_alloc_root", "d_make_root" },
	{ "do_sync_read", "vfs_read" }, { "do_sync_write", "vfs_write" }, { "new_sync_read", "vfs_read" },
	{ "new_sync_write", "vfs_write" }, { "__vfs_read", "vfs_read" }, { "__vfs_write", "vfs_write" },
	{ "vfs_readv", "do_iter_readv_writev vfs_iter_read" }, { "vfs_writev", "do_iter_readv_writev vfs_iter_write" },
	{ "do_readv_writev", "do_iter_readv_writev" }, { "do_aio_read", "vfs_read" }, { "do_aio_write", "vfs_write" },
	{ "generic_file_aio_read", "generic_file_read_iter" }, { "generic_file_aio_write", "generic_file_write_iter" },
	{ "generic_file_read", "generic_file_read_iter" }, { "generic_file_write", "generic_file_write_iter" },
	{ "generic_file_buffered_write", "generic_perform_write" }, { "generic_file_splice_read", "filemap_splice_read" },
	{ "do_generic_file_read", "filemap_read generic_file_buffered_read" },
	{ "generic_file_buffered_read", "filemap_read" }, { "vfs_readdir", "iterate_dir" },
	{ "vfs_getattr_nosec", "vfs_getattr" }, { "vfs_stat", "vfs_statx" }, { "vfs_fstat", "vfs_fstat vfs_getattr" },
	{ "vfs_lstat", "vfs_statx" }, { "vfs_fstatat", "vfs_statx" }, { "do_splice_to", "vfs_splice_read splice_file_to_pipe" },
	{ "fput_light", "fput" }, { "__fput_sync", "__fput" }, { "sync_filesystems", "sync_inodes_sb" },
	{ "file_update_time", "inode_update_time file_update_time_flags" },
	{ "__mark_inode_dirty_sync", "__mark_inode_dirty" }, { "blockdev_direct_IO", "__blockdev_direct_IO" },
	{ "add_to_page_cache", "filemap_add_folio add_to_page_cache_lru" },
	{ "add_to_page_cache_lru", "filemap_add_folio" }, { "add_to_page_cache_locked", "__filemap_add_folio" },
	{ "mark_page_accessed", "folio_mark_accessed" }, { "account_page_dirtied", "__folio_mark_dirty filemap_dirty_folio" },
	{ "__set_page_dirty", "__folio_mark_dirty" }, { "set_page_dirty", "folio_mark_dirty" },
	{ "wait_on_page_bit", "folio_wait_bit" }, { "end_page_writeback", "folio_end_writeback" },
	{ "pagevec_lookup", "filemap_get_folios" }, { "mpage_readpages", "mpage_readahead" },
	{ "read_cache_page", "read_cache_folio" }, { "find_get_page", "__filemap_get_folio" },
	{ "pagecache_get_page", "__filemap_get_folio" }, { "delete_from_page_cache", "filemap_remove_folio" },
	{ "do_execve", "do_execveat_common bprm_execve" }, { "do_exec", "do_execveat_common bprm_execve" },
	{ "do_execve_common", "do_execveat_common bprm_execve" }, { "__do_execve_file", "bprm_execve do_execveat_common" },
	{ "search_binary_handler", "bprm_execve load_elf_binary" }, { "flush_old_exec", "begin_new_exec" },
	{ "install_exec_creds", "begin_new_exec" }, { "copy_process", "kernel_clone" },
	{ "do_munmap", "do_vmi_munmap __do_munmap" }, { "do_brk", "do_brk_flags" }, { "do_mmap_pgoff", "do_mmap" },
	{ "__do_page_fault", "do_user_addr_fault" }, { "do_page_fault", "exc_page_fault handle_mm_fault" },
	{ "pagefault", "handle_mm_fault" }, { "__handle_mm_fault", "handle_mm_fault" },
	{ "do_anonymous_page", "handle_mm_fault" }, { "do_wp_page", "handle_mm_fault" },
	{ "get_user_pages", "get_user_pages_remote" }, { "kmem_cache_alloc_trace", "kmalloc_trace __kmalloc_cache_noprof" },
	{ "__kmalloc", "__kmalloc_noprof" }, { "kmem_cache_alloc", "kmem_cache_alloc_noprof" },
	{ "__alloc_pages", "__alloc_pages_noprof" }, { "__alloc_pages_nodemask", "__alloc_pages __alloc_pages_noprof" },
	{ "alloc_pages_current", "alloc_pages alloc_pages_noprof" }, { "__free_pages_ok", "__free_pages" },
	{ "free_hot_cold_page", "free_unref_page" }, { "try_to_free_pages_memcg", "try_to_free_mem_cgroup_pages" },
	{ "shrink_zone", "shrink_node" }, { "shrink_slab_node", "shrink_slab" }, { "balance_pgdat", "kswapd" },
	{ "vmalloc_node_range", "__vmalloc_node_range" }, { "do_swap_page", "swap_readpage swap_read_folio" },
	{ "swap_readpage", "swap_read_folio" }, { "swap_writepage", "swap_writeout" },
	{ "schedule_hrtimeout_range_clock", "schedule_hrtimeout_range" }, { "scheduler_tick", "sched_tick" },
	{ "try_to_wake_up", "wake_up_process" }, { "ttwu_do_wakeup", "ttwu_do_activate" },
	{ "activate_task", "ttwu_do_activate" }, { "finish_task_switch", "schedule" }, { "context_switch", "__schedule" },
	{ "sys_nice", "__x64_sys_setpriority" }, { "normal_prio", "set_user_nice" },
	{ "process_timeout", "schedule_timeout" }, { "run_timer_softirq", "run_timer_base __run_timers" },
	{ "do_softirq", "__do_softirq handle_softirqs" }, { "__do_softirq", "handle_softirqs" },
	{ "do_IRQ", "common_interrupt __common_interrupt" }, { "handle_IRQ_event", "handle_irq_event_percpu __handle_irq_event_percpu" },
	{ "__handle_irq_event_percpu", "handle_irq_event" }, { "smp_apic_timer_interrupt", "__sysvec_apic_timer_interrupt" },
	{ "del_timer", "timer_delete" }, { "del_timer_sync", "timer_delete_sync" },
	{ "send_signal", "send_signal_locked" }, { "__send_signal", "__send_signal_locked send_signal_locked" },
	{ "specific_send_sig_info", "send_signal_locked send_sig_info" }, { "send_sigqueue_info", "send_sigqueue" },
	{ "force_sig_info", "force_sig_info_to_task" }, { "handle_signal", "arch_do_signal_or_restart" },
	{ "do_signal", "arch_do_signal_or_restart" }, { "get_signal_to_deliver", "get_signal" },
	{ "do_coredump", "vfs_coredump" }, { "do_tkill", "do_send_specific" }, { "group_send_sig_info", "do_send_sig_info" },
	{ "tcp_accept", "inet_csk_accept" }, { "inet_stream_accept", "inet_accept" },
	{ "inet_csk_accept_wait", "inet_csk_accept" }, { "tcp_v4_conn_request", "tcp_conn_request tcp_v4_conn_request" },
	{ "kfree_skb", "kfree_skb_reason sk_skb_reason_drop" }, { "__kfree_skb", "kfree_skb_reason sk_skb_reason_drop" },
	{ "kfree_skb_reason", "sk_skb_reason_drop kfree_skb" }, { "ip_queue_xmit", "__ip_queue_xmit" },
	{ "ip_output_finish", "ip_finish_output2" }, { "ip_finish_output2", "ip_finish_output" },
	{ "ip_local_deliver_finish", "ip_local_deliver" }, { "tcp_transmit_skb", "__tcp_transmit_skb" },
	{ "__tcp_transmit_skb", "__tcp_push_pending_frames" }, { "tcp_set_state_change", "tcp_set_state" },
	{ "tcp_v4_do_rcv", "tcp_v4_rcv" }, { "tcp_prequeue", "tcp_v4_rcv" }, { "tcp_ack_saw_tstamp", "tcp_ack" },
	{ "tcp_sendpage", "tcp_sendmsg_locked" }, { "inet_sendpage", "inet_sendmsg" }, { "sock_sendpage", "sock_sendmsg" },
	{ "__sock_sendmsg", "sock_sendmsg" }, { "sock_aio_read", "sock_read_iter" }, { "sock_aio_write", "sock_write_iter" },
	{ "sock_readv", "sock_read_iter" }, { "sock_writev", "sock_write_iter" }, { "udp_sendpage", "udp_sendmsg" },
	{ "sys_socketcall", "__sys_socket" }, { "netif_receive_skb_core", "netif_receive_skb" },
	{ "__netif_receive_skb", "netif_receive_skb" }, { "netif_rx_ni", "netif_rx" },
	{ "dev_queue_xmit", "__dev_queue_xmit" }, { "dev_hard_start_xmit_list", "dev_hard_start_xmit" },
	{ "skb_copy_datagram_iovec", "skb_copy_datagram_iter" }, { "memcpy_fromiovec", "_copy_from_iter" },
	{ "__copy_skb_header", "skb_clone" }, { "napi_gro_receive_skb", "napi_gro_receive gro_receive_skb" },
	{ "generic_make_request", "submit_bio_noacct" }, { "submit_bio_checks", "submit_bio_noacct" },
	{ "generic_make_request_checks", "submit_bio_noacct" }, { "blk_start_request", "blk_mq_start_request" },
	{ "blk_account_io_start", "__blk_account_io_start blk_mq_start_request" },
	{ "blk_account_io_done", "__blk_account_io_done blk_mq_end_request" },
	{ "blk_account_io_completion", "blk_update_request" }, { "blk_end_request", "blk_mq_end_request" },
	{ "__blk_end_request", "blk_mq_end_request" }, { "elv_next_request", "blk_mq_start_request" },
	{ "blk_peek_request", "blk_mq_start_request" }, { "get_request", "blk_mq_alloc_request" },
	{ "blk_get_request", "blk_mq_alloc_request" }, { "blk_execute_rq_nowait", "blk_execute_rq" },
	{ "__make_request", "blk_mq_submit_bio" }, { "blk_queue_bio", "blk_mq_submit_bio" },
	{ "blk_mq_make_request", "blk_mq_submit_bio" }, { "elv_merged_request", "elv_merge" },
	{ "end_bio_bh_io_sync", "bio_endio" }, { "bio_end_io", "bio_endio" },
	{ "ioctl_by_bdev", "blkdev_ioctl" },
	{ "sys_execve", "__x64_sys_execve" }, { "stub_execve", "__x64_sys_execve" }, { "do_umount", "path_umount" },
	{ "do_mount", "path_mount" }, { "load_module", "do_init_module" }, { "printk", "_printk" },
	{ "vprintk_emit_log", "vprintk_emit" }, { "complete_all_work", "complete_all" },
	{ "copy_from_user", "_copy_from_user" }, { "copy_to_user", "_copy_to_user" },
	{ "__copy_from_user", "_copy_from_user" }, { "__copy_to_user", "_copy_to_user" },
	{ "kmalloc", "__kmalloc __kmalloc_noprof" }, { "kmem_cache_free_bulk", "kmem_cache_free" },
	{ "spin_lock", "_raw_spin_lock" }, { "_spin_lock", "_raw_spin_lock" }, { "spin_unlock", "_raw_spin_unlock" },
	{ "spin_lock_irqsave", "_raw_spin_lock_irqsave" }, { "_spin_lock_irqsave", "_raw_spin_lock_irqsave" },
	{ "do_lookup", "lookup_fast" }, { "real_lookup", "__lookup_slow lookup_slow" }, { "__lookup_hash", "lookup_one_qstr_excl" },
	{ "get_empty_filp", "alloc_empty_file" }, { "sync_page", "folio_wait_bit wait_on_page_bit" },
	{ "lock_page", "__folio_lock __lock_page" }, { "__lock_page", "__folio_lock" }, { "unlock_page", "folio_unlock" },
	{ "page_cache_alloc", "filemap_alloc_folio folio_alloc alloc_pages_current" },
	{ "__page_cache_alloc", "filemap_alloc_folio folio_alloc filemap_alloc_folio_noprof folio_alloc_noprof" },
	{ "ext4_file_write", "ext4_file_write_iter" }, { "ext4_file_read", "ext4_file_read_iter" },
	{ "flock_lock_file_wait", "locks_lock_inode_wait" }, { "posix_lock_file_wait", "locks_lock_inode_wait" },
	{ "ll_rw_block", "submit_bh __bh_read_batch" }, { "bio_alloc", "bio_alloc_bioset" }, { "submit_bio_wait", "submit_bio" },
	{ "part_round_stats", "update_io_ticks" }, { "pdflush", "wb_workfn wb_writeback" },
	{ "writeback_inodes", "wb_writeback" }, { "bdi_writeback_thread", "wb_workfn" },
	{ "shrink_inactive_list", "shrink_lruvec shrink_node" }, { "shrink_page_list", "shrink_folio_list" },
	{ "signal_wake_up", "signal_wake_up_state" }, { "__group_send_sig_info", "do_send_sig_info" },
	{ "do_softirq_own_stack", "handle_softirqs __do_softirq" }, { "pull_task", "load_balance sched_balance_rq" },
	{ "napi_complete", "napi_complete_done" }, { "load_balance", "sched_balance_rq" },
	{ "run_rebalance_domains", "sched_balance_softirq" }, { "idle_balance", "newidle_balance sched_balance_newidle" },
	{ "lookup_one_len", "lookup_one lookup_noperm" }, { "jbd_commit", "jbd2_journal_commit_transaction" },
	{ "journal_commit_transaction", "jbd2_journal_commit_transaction" },
};

static void take_first(const struct cfunction *f, void *data)
{
	*(const struct cfunction **)data = f;
}

static bool can_probe(struct session *s, const char *module, const char *name)
{
	const struct cfunction *f = NULL;

	functions_match(s, module, name, NULL, FUNCTION_CALLS, take_first, &f);
	return f && !f->unprobeable;
}

/* The first of several names, separated by blanks, that can be probed. */
static const char *first_present(struct session *s, const char *names)
{
	size_t len;

	for (; *names; names += len + strspn(names + len, " ")) {
		const char *name;

		len = strcspn(names, " ");
		name = intern_n(names, len);
		if (can_probe(s, NULL, name))
			return name;
	}
	return NULL;
}

/* The name, or pattern, of a function for a system call as kernels since 4.17 have it; NULL: it is of none. */
static const char *renamed_call(const char *name)
{
	static const char *const prefixes[] = { "sys_", "SyS_", "SYSC_", "compat_sys_", "__se_sys_" };
	static const char *const now[] = { "__x64_sys_", "__x64_sys_", "__x64_sys_", "__ia32_compat_sys_", "__x64_sys_" };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t len = strlen(prefixes[i]);

		if (strncmp(name, prefixes[i], len) == 0)
			return arena_printf("%s%s", now[i], name + len);
	}
	return NULL;
}

static const char *call_successor(struct session *s, const char *name)
{
	const char *now = renamed_call(name);

	return now ? first_present(s, now) : NULL;
}

static const char *successor_of(struct session *s, const char *name)
{
	for (size_t i = 0; i < sizeof successors / sizeof *successors; i++)
		if (strcmp(successors[i].lost, name) == 0)
			return first_present(s, successors[i].now);
	return call_successor(s, name);
}

/* Where the function's name stands, or the place in it. */
static const struct place *named_place(const struct probe_point *point)
{
	const struct place *at = component_place(point, "function");

	return at != point->at ? at : component_place(point, "statement");
}

/* ---- modules ----------------------------------------------------------------------------- */

bool report_missing_module(struct session *s, const struct probe_point *point, const char *module)
{
	struct nearest near;
	struct diag *d;

	nearest_init(&near, module);
	if (module_exists(s, module, &near))
		return false;
	if (strchr(module, '/')) {
		diag_report(DIAG_unknown_probe, component_place(point, "module"), "cannot read the module '%s': %s", module,
			    strerrorname_np(errno ? errno : ENOENT));
		return true;
	}
	if (*module && module_is_builtin(s, module)) {
		d = diag_report(DIAG_unknown_probe, component_place(point, "module"), "'%s' is no module of this kernel, but part of its image",
				module);
		diag_hint(d, "use kernel.function(...) for what is in it");
		return true;
	}
	d = diag_report(DIAG_unknown_probe, component_place(point, "module"), strpbrk(module, "*?[") ? "no module that matches '%s' is installed for this kernel" :
			"no module '%s' is installed for this kernel", module);
	diag_nearest(d, &near);
	return true;
}

/* Which module has a function of that name; the kernel if `module` is one.  NULL: none. */
static const char *owner_of(struct session *s, const char *module, const char *name)
{
	const struct cfunction *f = NULL;

	functions_match(s, module ? NULL : "*", name, NULL, FUNCTION_CALLS, take_first, &f);
	return !f ? NULL : f->module ? arena_printf("module(\"%s\")", f->module) : "kernel";
}

/* ---- functions --------------------------------------------------------------------------- */

/* An image that only root may read or that is damaged, and kernels that hide their symbols.  NULL: symbols are known. */
static const char *unreadable_text(struct session *s)
{
	struct kernel *k = s->kernel;	/* scripts without kernel probes need none */
	struct csymbol found;
	const char *why;

	if (!k || symbol_by_name(s, NULL, "_stext", &found, NULL))
		return NULL;
	if (k->image && access(k->image, R_OK) < 0)
		return arena_printf("the symbols of the kernel cannot be read: %s: %s", k->image, strerrorname_np(errno));
	why = kernel_types_missing(s);
	return arena_printf("the symbols of kernel %s are not known%s%s", k->release, why ? ": " : "", why ? why : "");
}

static bool report_unreadable(struct session *s, const struct probe_point *point, const char *module)
{
	const char *text = module ? NULL : unreadable_text(s);
	struct kernel *k = session_kernel(s);
	struct diag *d;

	if (!text)
		return false;
	d = diag_report(DIAG_unknown_probe, named_place(point), "%s", text);
	if (k->image)
		diag_hint(d, "run stap as root, make the image readable, or install linux-image-%s-dbg", k->release);
	else
		diag_hint(d, "its image is not installed: apt-get install linux-image-%s", k->release);
	return true;
}

void hint_unreadable(struct session *s, struct diag *d)
{
	const char *text = unreadable_text(s);

	if (text)
		diag_hint(d, "%s", text);
}

/* DWARF knows it, but only as a part of others. */
static bool report_inlined(struct session *s, const struct probe_point *point, const char *module, const char *name)
{
	const struct cfunction *f = NULL;
	struct diag *d;

	if (!dwarf_available(s, module) || functions_match(s, module, name, NULL, FUNCTION_INLINES, take_first, &f) <= 0)
		return false;
	d = diag_report(DIAG_unknown_probe, named_place(point), "function '%s' is inlined wherever it is used", name);
	diag_hint(d, "probe the instances with function(\"%s\").inline, which has entries but no returns", name);
	return true;
}

/* Asked for as a part of others, which it is nowhere. */
static bool report_not_inlined(struct session *s, const struct probe_point *point, const char *module, const char *name)
{
	const struct cfunction *f = NULL;
	struct diag *d;

	if (component_place(point, "inline") == point->at
	    || functions_match(s, module, name, NULL, FUNCTION_CALLS, take_first, &f) <= 0)
		return false;
	d = diag_report(DIAG_unknown_probe, named_place(point), "function '%s' is inlined nowhere", name);
	diag_hint(d, "probe it with function(\"%s\").call", name);
	return true;
}

static bool report_data(struct session *s, const struct probe_point *point, const char *module, const char *name)
{
	struct csymbol found;
	struct diag *d;

	if (!symbol_by_name(s, module, name, &found, NULL) || strchr("tTwWiI", found.letter))
		return false;
	d = diag_report(DIAG_unknown_probe, named_place(point), "'%s' is a variable, not a function", name);
	diag_hint(d, "kernel.data(\"%s\").write catches writes to it", name);
	return true;
}

static void hint_elsewhere(struct session *s, struct diag *d, const char *module, const char *name)
{
	const char *now = module ? NULL : successor_of(s, name), *owner;
	struct nearest near;

	if (now) {
		diag_hint(d, "this kernel does its work in %s: write kernel.function(\"%s\")", now, now);
		return;
	}
	owner = owner_of(s, module, name);
	if (owner) {
		diag_hint(d, "it is in another place: write %s.function(\"%s\")", owner, name);
		return;
	}
	nearest_init(&near, name);
	functions_offer(s, module, &near);
	diag_nearest(d, &near);
	if ((!near.count || near.best[0].distance > 1) && !dwarf_available(s, module))
		diag_hint(d, "if it is in the kernel's source, it is inlined wherever it is used; to find such places, %s",
			  "install the kernel's debug information");
}

/* A pattern of names that kernels have lost: what the first of them became. */
static void hint_family(struct session *s, struct diag *d, const char *pattern)
{
	const char *now = call_successor(s, pattern);

	if (now) {
		diag_hint(d, "the functions of system calls have other names on this kernel: write kernel.function(\"%s\"), "
			  "or syscall.NAME for any kernel", now);
		return;
	}
	for (size_t i = 0; i < sizeof successors / sizeof *successors && !now; i++)
		if (fnmatch(pattern, successors[i].lost, 0) == 0 && (now = first_present(s, successors[i].now)))
			diag_hint(d, "what was '%s' is '%s' on this kernel", successors[i].lost, now);
}

void report_missing_function(struct session *s, const struct probe_point *point, const char *module,
			     const char *pattern)
{
	bool literal = !strpbrk(pattern, "*?[");
	struct diag *d;

	if ((module && report_missing_module(s, point, module)) || report_unreadable(s, point, module))
		return;
	/* Nobody sees the message of an optional point, and to find out more takes long. */
	if (literal && !point->optional && !point->sufficient
	    && (report_inlined(s, point, module, pattern) || report_not_inlined(s, point, module, pattern)
		|| report_data(s, point, module, pattern)))
		return;
	d = diag_report(DIAG_unknown_probe, named_place(point), "no function matches '%s' in %s", pattern,
			module ? module : "the kernel");
	if (point->optional || point->sufficient)
		return;
	if (strchr(pattern, '{'))
		diag_hint(d, "braces stand around components: %s.{function(\"a\"),function(\"b\").return}", module ? "module(\"m\")" : "kernel");
	else if (literal)
		hint_elsewhere(s, d, module, pattern);
	else if (!module)
		hint_family(s, d, pattern);
}

/* Where functions are that were looked for in another file. */
struct elsewhere { const char *list; unsigned count; };

static void add_elsewhere(const struct cfunction *f, void *data)
{
	struct elsewhere *e = data;

	if (f->file && e->count++ < 4)
		e->list = arena_printf("%s%s%s:%u", e->list, *e->list ? ", " : "", f->file, f->line);
}

/* FILE of FILE:LINES. */
static const char *without_lines(const char *function, const char *file)
{
	struct point_pattern parsed;

	return file && point_pattern_parse(arena_printf("%s@%s", function, file), &parsed) && parsed.lines != LINES_NONE
	       ? parsed.file : NULL;
}

static void report_missing_file(struct session *s, const struct probe_point *point, const char *module,
				const char *function, const char *file)
{
	struct nearest near;
	struct diag *d = diag_report(DIAG_unknown_probe, named_place(point), "no function matches '%s' in file '%s'",
				     function, file);

	nearest_init(&near, file);
	source_files_offer(s, module, &near);
	diag_nearest(d, &near);
	if (!near.count)
		diag_hint(d, "files are named as their end: 'read_write.c', 'fs/read_write.c'");
}

bool report_missing_place(struct session *s, const struct probe_point *point, const char *module,
			  const char *function, const char *file)
{
	struct elsewhere e = { .list = "" };
	const struct cfunction *found = NULL;
	unsigned any = FUNCTION_CALLS | FUNCTION_INLINES;
	const char *bare;
	struct diag *d;

	if (module && report_missing_module(s, point, module))
		return true;
	if (functions_match(s, module, function, file, any, take_first, &found) > 0)
		return false;
	bare = without_lines(function, file);
	if (bare && functions_match(s, module, function, bare, any, take_first, &found) > 0) {
		d = diag_report(DIAG_unknown_probe, named_place(point), "no function that matches '%s' reaches there: '%s'",
				function, file);
		if (!strpbrk(function, "*?["))
			diag_hint(d, "it begins in line %u of %s", found->line, found->file);
		return true;
	}
	file = bare ? bare : file;
	if (strpbrk(function, "*?[")) {
		if (!file)
			return false;
		report_missing_file(s, point, module, function, file);
		return true;
	}
	if (file && functions_match(s, module, function, NULL, any, add_elsewhere, &e) > 0 && e.count) {
		d = diag_report(DIAG_unknown_probe, named_place(point), "function '%s' is not in file '%s'", function, file);
		diag_hint(d, "it is in %s%s", e.list, e.count > 4 ? ", ..." : "");
		return true;
	}
	report_missing_function(s, point, module, function);
	return true;
}

void report_barred_function(const struct probe_point *point, const char *name, const char *why)
{
	struct diag *d = diag_report(DIAG_unknown_probe, named_place(point), "function '%s' %s", name, why);

	diag_hint(d, "probe a function that it calls, or its callers");
}

void report_barred(const struct probe_point *point, const char *what, size_t barred, size_t found, const char *name,
		   const char *why)
{
	if (barred == found)
		report_barred_function(point, name, why);
	else
		diag_report(DIAG_elided_probe, named_place(point), "%zu of %zu %s are left out: no probe should go into them "
			    "('%s' %s)", barred, found, what, name, why);
}

void report_needs_dwarf(struct session *s, const struct probe_point *point, const char *module, const char *what)
{
	struct diag *d = diag_report(DIAG_debuginfo, named_place(point), "%s", what);

	diag_hint(d, "%s", debuginfo_missing_text(s, module));
}
