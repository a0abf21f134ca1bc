/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flags and choices of system calls by name, as their argument strings show them:
 * "O_WRONLY|O_CREAT|0x40000000".  The tables are one object of the runtime, which a script links
 * only when it shows such an argument.  Values are those of x86; names are those of the
 * kernel's interface headers.
 */
#ifndef SYSCALL_SYMBOLS_H
#define SYSCALL_SYMBOLS_H

#include "../core/types.h"
#include "../core/format.h"

/*
 * One name: it stands for `value` in the bits of `mask`.  Rows are tried in order, each on the bits
 * that earlier ones left; a row that names several bits comes before those that name some of them.
 */
struct symbol {
	u64 mask, value;
	const char *name;		/* NULL ends the table */
};
#define FLAG(bits, name) { bits, bits, name }
#define FIELD(mask, value, name) { mask, value, name }
#define VALUE(value, name) { ~0ULL, value, name }	/* all that is left; nothing follows */
#define SYMBOLS_END { 0, 0, NULL }

/* Append names joined with "|"; bits without name in hexadecimal; "0x0" if there is nothing else. */
void symbols_show(struct sink *s, const struct symbol *table, u64 value);

/* The same as a string of `size` bytes. */
void symbols_text(char *to, unsigned size, const struct symbol *table, u64 value);

/* The name of exactly this value, or NULL. */
const char *symbols_find(const struct symbol *table, u64 value);

/* file_names.c */
extern const struct symbol symbols_open[], symbols_descriptor[], symbols_access[],
	symbols_at_flags[],
	symbols_at_access[], symbols_at_statx[], symbols_statx_mask[], symbols_seek[],
	symbols_fcntl[], symbols_flock[], symbols_rename[], symbols_fallocate[],
	symbols_fadvise[], symbols_sync_file_range[], symbols_splice[], symbols_rwf[],
	symbols_mount[], symbols_umount[], symbols_xattr[], symbols_file_type[],
	symbols_inotify_mask[], symbols_inotify_init[], symbols_fanotify_init[],
	symbols_fanotify_mark[], symbols_fanotify_mask[], symbols_eventfd[], symbols_epoll_create[],
	symbols_epoll_op[], symbols_epoll_events[], symbols_signalfd[], symbols_memfd[],
	symbols_swap[], symbols_close_range[], symbols_open_tree[], symbols_move_mount[],
	symbols_fsopen[], symbols_fsconfig[], symbols_fsmount[], symbols_mount_attr[],
	symbols_fspick[], symbols_quota_type[], symbols_quota_command[], symbols_quota_format[],
	symbols_io_uring_enter[], symbols_io_uring_register[];

/* memory_names.c */
extern const struct symbol symbols_prot[], symbols_mmap[], symbols_madvise[], symbols_msync[],
	symbols_mremap[], symbols_mlockall[], symbols_mlock2[], symbols_mempolicy[], symbols_mbind[],
	symbols_get_mempolicy[], symbols_pkey_rights[], symbols_membarrier[], symbols_userfaultfd[],
	symbols_ipc_get[], symbols_shmget[], symbols_shmat[], symbols_shmctl[], symbols_semctl[],
	symbols_msgctl[], symbols_ipc[], symbols_msg_flags[];

/* process_names.c */
extern const struct symbol symbols_clone[], symbols_unshare[], symbols_wait[],
	symbols_waitid[], symbols_ptrace[], symbols_prctl[], symbols_arch_prctl[],
	symbols_priority[], symbols_ioprio_who[], symbols_ioprio_class[], symbols_sched[],
	symbols_sched_attr[], symbols_rusage[], symbols_resource[], symbols_kcmp[], symbols_futex[],
	symbols_futex2[], symbols_sigmask_how[], symbols_sigaltstack[],
	symbols_pidfd_open[], symbols_pidfd_signal[], symbols_rseq[];

/* net_call_names.c */
extern const struct symbol symbols_socket_type[], symbols_shutdown[], symbols_message[],
	symbols_socketcall[], symbols_socket_level[], symbols_socket_option[],
	symbols_ip_option[], symbols_udp_option[], symbols_netlink_option[],
	symbols_packet_option[], symbols_netlink_protocol[];

/* time_names.c */
extern const struct symbol symbols_clock[], symbols_timer[], symbols_timerfd_create[],
	symbols_timerfd_settime[], symbols_itimer[], symbols_timex_modes[], symbols_timex_status[],
	symbols_timex_state[];

/* system_names.c */
extern const struct symbol symbols_module_init[], symbols_module_delete[],
	symbols_reboot_magic1[], symbols_reboot_magic2[], symbols_reboot[], symbols_kexec[],
	symbols_kexec_file[], symbols_keyctl[], symbols_key_id[], symbols_key_default[],
	symbols_key_permissions[], symbols_bpf[], symbols_perf_event[], symbols_seccomp[],
	symbols_seccomp_flags[], symbols_getrandom[], symbols_landlock_create[],
	symbols_landlock_rule[];

#endif
