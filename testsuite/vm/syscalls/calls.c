/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes as many different system calls as it can, with arguments that are worth showing: agree.stp
 * watches it, strace watches it, and what they say is compared.  Whether a call succeeds does not
 * matter.  All strings and structures lie in memory that was written before, so that nothing is
 * missing when a probe looks; and below 4 GB, for the 32-bit calls.
 *
 * It does what it likes to the machine: only for a throwaway one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/mount.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#define CALL(name, ...) syscall(SYS_##name, ##__VA_ARGS__)

#define SYS_MSEAL 462			/* which not even the headers need know */

static char *memory;			/* below 4 GB, all of it touched */
static size_t used;

static void *take(size_t size)
{
	void *p = memory + used;

	used += (size + 15) & ~(size_t)15;
	return p;
}

static char *text(const char *string)
{
	return strcpy(take(strlen(string) + 1), string);
}

/* A structure with a value, in that memory. */
#define PUT(type, ...) memcpy(take(sizeof(type)), &(type){ __VA_ARGS__ }, sizeof(type))

static void *buffer;			/* for what calls give back */
static char *file_name, *other_name, *folder_name, *missing, *hello;

/* ---- files --------------------------------------------------------------------------------- */

static void open_files(void)
{
	int fd = CALL(open, file_name, O_RDWR | O_CREAT | O_TRUNC, 0640);

	CALL(write, fd, hello, 5);
	CALL(lseek, fd, 2, SEEK_SET);
	CALL(read, fd, buffer, 100);
	CALL(pwrite64, fd, hello, 4, 10);
	CALL(pread64, fd, buffer, 8, 3);
	CALL(fsync, fd);
	CALL(fdatasync, fd);
	CALL(syncfs, fd);
	CALL(ftruncate, fd, 4000);
	CALL(fallocate, fd, FALLOC_FL_KEEP_SIZE, 0, 8192);
	CALL(fadvise64, fd, 0, 100, POSIX_FADV_WILLNEED);
	CALL(readahead, fd, 0, 100);
	CALL(sync_file_range, fd, 0, 100, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
	CALL(flock, fd, LOCK_EX | LOCK_NB);
	CALL(flock, fd, LOCK_UN);
	CALL(fcntl, fd, F_GETFL);
	CALL(fcntl, fd, F_DUPFD_CLOEXEC, 20);
	CALL(fstat, fd, buffer);
	CALL(fchmod, fd, 0600);
	CALL(fchown, fd, 0, 0);
	CALL(fstatfs, fd, buffer);
	CALL(ioctl, fd, 0x5401, buffer);
	CALL(dup, fd);
	CALL(dup2, fd, 30);
	CALL(dup3, fd, 31, O_CLOEXEC);
	CALL(close, 30);
	CALL(close, 31);
	CALL(close_range, 200, 210, 0);
	CALL(close, fd);
	CALL(close, 999);
	CALL(open, missing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	CALL(openat, AT_FDCWD, file_name, O_WRONLY | O_APPEND | O_NONBLOCK);
	CALL(openat, 77, missing, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	CALL(openat2, AT_FDCWD, file_name, PUT(uint64_t[3], O_RDONLY | O_CLOEXEC), 24);
	CALL(creat, other_name, 0644);
	CALL(truncate, other_name, 77);
}

static void copy_files(void)
{
	struct iovec *vector = PUT(struct iovec[2], { hello, 3 }, { hello, 2 });
	int in = CALL(open, file_name, O_RDWR), out = CALL(open, other_name, O_RDWR);
	int *ends = take(8);

	CALL(writev, out, vector, 2);
	vector[0].iov_base = vector[1].iov_base = buffer;
	CALL(readv, in, vector, 2);
	CALL(preadv, in, vector, 2, 7, 0);
	CALL(pwritev, out, vector, 1, 9, 0);
	CALL(preadv2, in, vector, 2, 7, 0, RWF_HIPRI);
	CALL(pwritev2, out, vector, 1, 9, 0, RWF_DSYNC | RWF_APPEND);
	CALL(sendfile, out, in, NULL, 10);
	CALL(copy_file_range, in, NULL, out, NULL, 10, 0);
	CALL(pipe, ends);
	CALL(vmsplice, ends[1], vector, 1, SPLICE_F_NONBLOCK);
	CALL(splice, in, NULL, ends[1], NULL, 5, SPLICE_F_MOVE | SPLICE_F_MORE);
	CALL(pipe2, ends, O_CLOEXEC | O_NONBLOCK);
	CALL(tee, ends[0], ends[1], 10, SPLICE_F_NONBLOCK);
	CALL(close, in);
	CALL(close, out);
}

static void name_files(void)
{
	char *link_name = text("/tmp/calls-link"), *mode_name = text("/tmp/calls-node");

	CALL(access, file_name, R_OK | W_OK);
	CALL(access, missing, F_OK);
	CALL(faccessat, AT_FDCWD, file_name, X_OK);
	CALL(faccessat2, AT_FDCWD, file_name, R_OK, AT_EACCESS);
	CALL(stat, file_name, buffer);
	CALL(lstat, missing, buffer);
	CALL(newfstatat, AT_FDCWD, file_name, buffer, AT_SYMLINK_NOFOLLOW);
	CALL(statx, AT_FDCWD, file_name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_SIZE | STATX_MTIME, buffer);
	CALL(statfs, folder_name, buffer);
	CALL(ustat, 5, buffer);
	CALL(chmod, file_name, 0755);
	CALL(fchmodat, AT_FDCWD, file_name, 04711);
	CALL(chown, file_name, 0, 0);
	CALL(lchown, file_name, -1, 5);
	CALL(fchownat, AT_FDCWD, file_name, 1, 1, AT_SYMLINK_NOFOLLOW);
	CALL(umask, 027);
	CALL(mkdir, folder_name, 0750);
	CALL(mkdirat, AT_FDCWD, folder_name, 0700);
	CALL(mknod, mode_name, S_IFIFO | 0644, 0);
	CALL(mknodat, AT_FDCWD, mode_name, S_IFCHR | S_ISUID | 0600, 0x103);
	CALL(link, file_name, link_name);
	CALL(linkat, AT_FDCWD, file_name, AT_FDCWD, link_name, AT_SYMLINK_FOLLOW);
	CALL(unlink, link_name);
	CALL(symlink, file_name, link_name);
	CALL(symlinkat, file_name, AT_FDCWD, link_name);
	CALL(readlink, link_name, buffer, 200);
	CALL(readlinkat, AT_FDCWD, link_name, buffer, 100);
	CALL(unlinkat, AT_FDCWD, link_name, 0);
	CALL(unlinkat, AT_FDCWD, folder_name, AT_REMOVEDIR);
	CALL(rename, mode_name, link_name);
	CALL(renameat, AT_FDCWD, link_name, AT_FDCWD, mode_name);
	CALL(renameat2, AT_FDCWD, mode_name, AT_FDCWD, link_name, RENAME_NOREPLACE);
	CALL(unlink, link_name);
	CALL(mkdir, folder_name, 0750);
	CALL(chdir, folder_name);
	CALL(getcwd, buffer, 300);
	CALL(fchdir, 999);
	CALL(chroot, text("/"));
	CALL(rmdir, folder_name);
	CALL(chdir, text("/tmp"));
	CALL(sync);
}

static void date_files(void)
{
	CALL(utime, file_name, PUT(struct utimbuf, 1000, 2000));
	CALL(utimes, file_name, PUT(struct timeval[2], { 1, 2 }, { 3, 4 }));
	CALL(futimesat, AT_FDCWD, file_name, PUT(struct timeval[2], { 5, 6 }, { 7, 8 }));
	CALL(utimensat, AT_FDCWD, file_name, PUT(struct timespec[2], { 9, 10 }, { 0, UTIME_NOW }), AT_SYMLINK_NOFOLLOW);
	CALL(utimensat, AT_FDCWD, missing, NULL, 0);
}

static void attribute_files(void)
{
	char *name = text("user.calls"), *value = text("data");
	int fd = CALL(open, file_name, O_RDONLY);

	CALL(setxattr, file_name, name, value, 4, 1);
	CALL(lsetxattr, file_name, name, value, 4, 2);
	CALL(fsetxattr, fd, name, value, 4, 0);
	CALL(getxattr, file_name, name, buffer, 100);
	CALL(lgetxattr, file_name, name, buffer, 100);
	CALL(fgetxattr, fd, name, buffer, 100);
	CALL(listxattr, file_name, buffer, 100);
	CALL(llistxattr, file_name, buffer, 100);
	CALL(flistxattr, fd, buffer, 100);
	CALL(removexattr, file_name, name);
	CALL(lremovexattr, file_name, name);
	CALL(fremovexattr, fd, name);
	CALL(name_to_handle_at, AT_FDCWD, file_name, PUT(uint32_t[2], 0, 0), buffer, AT_SYMLINK_FOLLOW);
	CALL(open_by_handle_at, AT_FDCWD, PUT(uint32_t[4], 8, 1), O_RDONLY | O_CLOEXEC);
	CALL(close, fd);
	fd = CALL(open, text("/tmp"), O_RDONLY | O_DIRECTORY);
	CALL(getdents, fd, buffer, 512);
	CALL(getdents64, fd, buffer, 512);
	CALL(close, fd);
}

static void file_systems(void)
{
	char *type = text("tmpfs");

	CALL(mount, text("none"), missing, type, MS_NOSUID | MS_NODEV | MS_RELATIME, text("size=1m"));
	CALL(mount, NULL, missing, NULL, MS_BIND | MS_REC, NULL);
	CALL(umount2, missing, 2 | 1);
	CALL(pivot_root, missing, folder_name);
	CALL(open_tree, AT_FDCWD, missing, OPEN_TREE_CLONE | AT_RECURSIVE);
	CALL(move_mount, AT_FDCWD, missing, AT_FDCWD, folder_name, MOVE_MOUNT_F_EMPTY_PATH);
	int fs = CALL(fsopen, type, FSOPEN_CLOEXEC);

	CALL(fsconfig, fs, FSCONFIG_SET_STRING, text("size"), text("1m"), 0);
	CALL(fsmount, 999, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV);
	CALL(fspick, AT_FDCWD, missing, FSPICK_NO_AUTOMOUNT);
	CALL(close, fs);
	CALL(mount_setattr, AT_FDCWD, missing, AT_RECURSIVE, PUT(uint64_t[4], MOUNT_ATTR_RDONLY), 32);
	CALL(quotactl, 0x80000700, missing, 5, buffer);
	CALL(quotactl_fd, 999, 0x80000700, 5, buffer);
	CALL(swapon, missing, 0x8000);
	CALL(swapoff, missing);
	CALL(sysfs, 2, 0, buffer);
	CALL(acct, missing);
	CALL(lookup_dcookie, 5, buffer, 10);
	CALL(uselib, missing);		/* 64-bit programs have none */
}

/* ---- waiting ------------------------------------------------------------------------------------ */

static void wait_for_files(void)
{
	struct timespec *soon = PUT(struct timespec, 0, 1000);
	int ep = CALL(epoll_create, 10), ev = CALL(eventfd, 3);
	uint64_t *mask = PUT(uint64_t, 1 << (SIGUSR1 - 1));
	fd_set *set = take(sizeof(fd_set));

	memset(set, 0, sizeof *set);
	CALL(poll, PUT(struct pollfd, ev, POLLIN), 1, 0);
	CALL(ppoll, PUT(struct pollfd, ev, POLLOUT), 1, soon, mask, 8);
	CALL(select, 0, set, NULL, NULL, PUT(struct timeval, 0, 20));
	CALL(pselect6, 0, NULL, set, NULL, soon, NULL);
	CALL(epoll_create1, EPOLL_CLOEXEC);
	CALL(epoll_ctl, ep, EPOLL_CTL_ADD, ev, PUT(struct epoll_event, EPOLLIN | EPOLLET));
	CALL(epoll_wait, ep, buffer, 4, 0);
	CALL(epoll_pwait, ep, buffer, 4, 0, mask, 8);
	CALL(epoll_pwait2, ep, buffer, 4, soon, mask, 8);
	CALL(eventfd2, 7, 02004001);
	CALL(signalfd, -1, mask, 8);
	CALL(signalfd4, -1, mask, 8, O_CLOEXEC | O_NONBLOCK);
	CALL(timerfd_create, CLOCK_MONOTONIC, O_CLOEXEC);
	CALL(timerfd_settime, 999, 1, PUT(struct itimerspec, { 1, 2 }, { 3, 4 }), buffer);
	CALL(timerfd_gettime, 999, buffer);
	int in = CALL(inotify_init);

	CALL(inotify_add_watch, in, text("/tmp"), IN_CREATE | IN_DELETE | IN_ONLYDIR);
	CALL(inotify_rm_watch, in, 1);
	CALL(inotify_init1, O_CLOEXEC | O_NONBLOCK);
	CALL(fanotify_init, 1 | 2, O_RDONLY | O_LARGEFILE);
	CALL(fanotify_mark, 999, 1 | 0x10, 0x20 | 0x8000000, AT_FDCWD, file_name);
}

static void asynchronous(void)
{
	aio_context_t *context = PUT(aio_context_t, 0);

	CALL(io_setup, 4, context);
	CALL(io_submit, *context, 0, buffer);
	CALL(io_getevents, *context, 0, 1, buffer, PUT(struct timespec, 0, 5));
	CALL(io_pgetevents, *context, 0, 1, buffer, PUT(struct timespec, 0, 6), NULL);
	CALL(io_cancel, *context, PUT(struct iocb, 0), buffer);
	CALL(io_destroy, *context);
	CALL(io_uring_setup, 0, buffer);
	CALL(io_uring_enter, 999, 1, 0, 1, NULL, 8);
	CALL(io_uring_register, 999, 0, buffer, 1);
}

static void queues(void)
{
	char *name = text("calls");
	int queue = CALL(mq_open, name, O_RDWR | O_CREAT | O_NONBLOCK, 0600, NULL);

	CALL(mq_open, missing, O_RDONLY);
	CALL(mq_timedsend, queue, hello, 5, 1, NULL);
	CALL(mq_timedreceive, queue, buffer, 8192, buffer, NULL);
	CALL(mq_notify, queue, NULL);
	CALL(mq_getsetattr, queue, NULL, buffer);
	CALL(mq_unlink, name);
	CALL(memfd_create, text("calls"), 1 | 2);
	CALL(memfd_secret, 0);
}

/* ---- memory ---------------------------------------------------------------------------------------- */

static void map_memory(void)
{
	char *map = (char *)CALL(mmap, NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t *nodes = PUT(uint64_t, 1);

	CALL(brk, 0);
	CALL(mprotect, map, 4096, PROT_READ | PROT_EXEC);
	CALL(mprotect, map, 4096, PROT_NONE);
	CALL(madvise, map, 8192, MADV_DONTNEED);
	CALL(process_madvise, 999, buffer, 1, MADV_COLD, 0);
	CALL(mincore, map, 4096, buffer);
	CALL(msync, map, 4096, MS_ASYNC | MS_INVALIDATE);
	CALL(mlock, map + 4096, 4096);
	CALL(mlock2, map + 4096, 4096, MLOCK_ONFAULT);
	CALL(munlock, map + 4096, 4096);
	CALL(mlockall, MCL_CURRENT | MCL_ONFAULT);
	CALL(munlockall);
	CALL(mremap, map, 65536, 32768, MREMAP_MAYMOVE, NULL);
	CALL(remap_file_pages, map, 4096, PROT_NONE, 0, MAP_NONBLOCK);
	CALL(pkey_alloc, 0, 1);
	CALL(pkey_mprotect, map, 4096, PROT_READ, 15);
	CALL(pkey_free, 15);
	CALL(mbind, map, 4096, 2, nodes, 8, 2);
	CALL(set_mempolicy, 0, NULL, 0);
	CALL(get_mempolicy, buffer, NULL, 0, map, 2);
	CALL(set_mempolicy_home_node, map, 4096, 0, 0);
	CALL(migrate_pages, 0, 8, nodes, nodes);
	CALL(move_pages, 0, 0, NULL, NULL, NULL, 2);
	CALL(membarrier, 0, 0);
	CALL(userfaultfd, O_CLOEXEC | O_NONBLOCK);
	CALL(process_vm_readv, 999999, buffer, 1, buffer, 1, 0);
	CALL(process_vm_writev, 999999, buffer, 1, buffer, 1, 0);
	CALL(process_mrelease, 999, 0);
	syscall(SYS_MSEAL, map, 4096, 0);
	CALL(munmap, map, 32768);
}

static void share_memory(void)
{
	int id = CALL(shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	void *at = (void *)CALL(shmat, id, NULL, SHM_RDONLY);

	CALL(shmctl, id, IPC_STAT, buffer);
	CALL(shmdt, at);
	CALL(shmctl, id, IPC_RMID, NULL);
	id = CALL(semget, IPC_PRIVATE, 2, IPC_CREAT | IPC_EXCL | 0640);
	CALL(semctl, id, 0, SETVAL, 1);
	CALL(semop, id, PUT(struct sembuf, 0, -1, IPC_NOWAIT), 1);
	CALL(semtimedop, id, PUT(struct sembuf, 0, -1, IPC_NOWAIT), 1, PUT(struct timespec, 0, 100));
	CALL(semctl, id, 0, IPC_RMID, 0);
	id = CALL(msgget, 0x1234, IPC_CREAT | 0600);
	CALL(msgsnd, id, PUT(struct { long type; char text[8]; }, 3, "abc"), 4, IPC_NOWAIT);
	CALL(msgrcv, id, buffer, 100, 3, MSG_NOERROR | IPC_NOWAIT);
	CALL(msgctl, id, IPC_STAT, buffer);
	CALL(msgctl, id, IPC_RMID, NULL);
}

/* ---- processes ---------------------------------------------------------------------------------------- */

static void make_processes(void)
{
	char *const *arguments = PUT(char *[4], text("true"), text("one"), text("t\two"), NULL);
	char *const *environment = PUT(char *[3], text("A=1"), text("B=2"), NULL);
	int *status = PUT(int, 0);
	int pid = CALL(fork);

	if (pid == 0)
		CALL(exit_group, 3);
	CALL(wait4, pid, status, 0, buffer);
	pid = CALL(clone, SIGCHLD | CLONE_CHILD_SETTID, NULL, NULL, buffer, 0);
	if (pid == 0)
		CALL(exit, 4);
	CALL(wait4, -1, status, WNOHANG | __WALL, NULL);
	CALL(waitid, P_ALL, 0, NULL, WEXITED, NULL);
	pid = CALL(clone3, PUT(struct clone_args, .exit_signal = SIGCHLD), 64);
	if (pid == 0)
		CALL(execve, text("/bin/true"), arguments, environment);
	CALL(wait4, pid, status, 0, NULL);
	CALL(execve, missing, arguments, environment);
	CALL(execveat, AT_FDCWD, missing, arguments, environment, AT_SYMLINK_NOFOLLOW);
}

static void process_ids(void)
{
	CALL(getpid);
	CALL(gettid);
	CALL(getppid);
	CALL(getpgid, 0);
	CALL(setpgid, 0, 0);
	CALL(getpgrp);
	CALL(getsid, 0);
	CALL(setsid);
	CALL(getuid);
	CALL(geteuid);
	CALL(getgid);
	CALL(getegid);
	CALL(setuid, 0);
	CALL(setgid, 0);
	CALL(setreuid, -1, 0);
	CALL(setregid, -1, 0);
	CALL(setresuid, -1, -1, 0);
	CALL(setresgid, -1, 0, -1);
	CALL(getresuid, buffer, (char *)buffer + 8, (char *)buffer + 16);
	CALL(getresgid, buffer, (char *)buffer + 8, (char *)buffer + 16);
	CALL(setfsuid, 0);
	CALL(setfsgid, 0);
	CALL(getgroups, 0, NULL);
	CALL(setgroups, 1, PUT(int, 0));
	CALL(capget, PUT(struct __user_cap_header_struct, 0, 0), NULL);
	CALL(capset, PUT(struct __user_cap_header_struct, 0, 0), NULL);
	CALL(pidfd_open, 1, 0);
	CALL(pidfd_getfd, 999, 0, 0);
	CALL(pidfd_send_signal, 999, SIGUSR2, NULL, 0);
	CALL(unshare, CLONE_FS | CLONE_FILES);
	CALL(setns, 999, CLONE_NEWNET);
	CALL(set_tid_address, buffer);
	CALL(get_robust_list, 0, buffer, (char *)buffer + 8);
	CALL(set_robust_list, buffer, 24);
	CALL(rseq, NULL, 32, 0, 0x53053053);
}

/* The C library has no such structure, and its own headers do not go with the kernel's. */
struct scheduling {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

static void process_settings(void)
{
	CALL(prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
	CALL(arch_prctl, 0x1003, buffer);
	CALL(personality, 0xffffffff);
	CALL(ptrace, PTRACE_ATTACH, 999999, 0, 0);
	CALL(ptrace, PTRACE_PEEKDATA, 999999, 8, 0);
	CALL(kcmp, 1, 2, 0, 3, 4);
	CALL(getpriority, PRIO_PROCESS, 0);
	CALL(setpriority, PRIO_PGRP, 0, 5);
	CALL(ioprio_get, 1, 0);
	CALL(ioprio_set, 1, 0, 2 << 13 | 4);
	CALL(sched_yield);
	CALL(sched_setscheduler, 0, SCHED_BATCH, PUT(struct sched_param, 0));
	CALL(sched_getscheduler, 0);
	CALL(sched_setparam, 0, PUT(struct sched_param, 0));
	CALL(sched_getparam, 0, buffer);
	CALL(sched_setattr, 0, PUT(struct scheduling, .size = 48, .nice = 3), 0);
	CALL(sched_getattr, 0, buffer, 48, 0);
	CALL(sched_setaffinity, 0, 8, PUT(uint64_t, 1));
	CALL(sched_getaffinity, 0, 128, buffer);
	CALL(sched_get_priority_max, SCHED_FIFO);
	CALL(sched_get_priority_min, SCHED_RR);
	CALL(sched_rr_get_interval, 0, buffer);
	CALL(getcpu, buffer, (char *)buffer + 8, NULL);
	CALL(getrlimit, RLIMIT_NOFILE, buffer);
	CALL(setrlimit, RLIMIT_CORE, PUT(struct rlimit, 0, RLIM_INFINITY));
	CALL(prlimit64, 0, RLIMIT_STACK, PUT(struct rlimit, 8192 * 1024, RLIM_INFINITY), buffer);
	CALL(getrusage, RUSAGE_SELF, buffer);
	CALL(getrusage, RUSAGE_CHILDREN, buffer);
	CALL(times, buffer);
	CALL(modify_ldt, 0, buffer, 16);
	CALL(iopl, 0);
	CALL(ioperm, 0x80, 1, 0);
	CALL(restart_syscall);
}

static void futexes(void)
{
	uint32_t *word = PUT(uint32_t, 5), *other = PUT(uint32_t, 6);
	struct timespec *soon = PUT(struct timespec, 0, 1000);

	CALL(futex, word, FUTEX_WAIT_PRIVATE, 9, soon, NULL, 0);
	CALL(futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
	CALL(futex, word, FUTEX_REQUEUE_PRIVATE, 1, 2, other, 0);
	CALL(futex, word, FUTEX_CMP_REQUEUE, 1, 2, other, 9);
	CALL(futex, word, FUTEX_WAKE_OP, 1, 2, other, FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 2));
	CALL(futex, word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 9, soon, NULL, -1);
	CALL(futex, word, FUTEX_WAKE_BITSET_PRIVATE, 1, NULL, NULL, 3);
	CALL(futex, word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0);
	CALL(futex_waitv, buffer, 0, 0, NULL, CLOCK_MONOTONIC);
}

/* ---- signals ---------------------------------------------------------------------------------------------- */

struct kernel_action { void *handler; unsigned long flags; void *restorer; uint64_t mask; };

static void ignore(int signal)
{
	(void)signal;
}

static void signals(void)
{
	siginfo_t *info = PUT(siginfo_t, .si_signo = SIGUSR1, .si_code = SI_QUEUE);
	uint64_t *set = PUT(uint64_t, 1 << (SIGUSR1 - 1) | 1 << (SIGINT - 1) | 1ull << 33);

	info->si_pid = 12;
	info->si_uid = 34;
	info->si_value.sival_int = 56;
	CALL(rt_sigaction, SIGUSR2, PUT(struct kernel_action, SIG_IGN, SA_RESTART, 0, 1 << (SIGHUP - 1)), buffer, 8);
	CALL(rt_sigaction, SIGUSR2, NULL, buffer, 8);
	CALL(rt_sigprocmask, SIG_BLOCK, set, NULL, 8);
	CALL(kill, getpid(), 0);
	CALL(kill, 999999, SIGTERM);
	CALL(tkill, gettid(), SIGUSR1);
	CALL(tgkill, getpid(), gettid(), SIGUSR1);
	CALL(rt_sigpending, buffer, 8);
	CALL(rt_sigqueueinfo, getpid(), SIGUSR1, info);
	CALL(rt_tgsigqueueinfo, getpid(), gettid(), SIGUSR1, info);
	CALL(rt_sigtimedwait, set, buffer, PUT(struct timespec, 0, 5000), 8);
	CALL(rt_sigprocmask, SIG_SETMASK, PUT(uint64_t, ~0ull), buffer, 8);
	CALL(sigaltstack, PUT(stack_t, buffer, 0, 8192), NULL);
	signal(SIGALRM, ignore);
	CALL(alarm, 1);
	CALL(rt_sigsuspend, PUT(uint64_t, ~(1ull << (SIGALRM - 1))), 8);
	CALL(rt_sigprocmask, SIG_SETMASK, PUT(uint64_t, 0), NULL, 8);
	CALL(alarm, 1);
	CALL(pause);
}

/* ---- time ----------------------------------------------------------------------------------------------------- */

static void times_and_timers(void)
{
	struct timespec *soon = PUT(struct timespec, 0, 1000);
	struct sigevent *event = PUT(struct sigevent, .sigev_notify = SIGEV_NONE);
	int *timer = PUT(int, 0);

	CALL(time, NULL);
	CALL(gettimeofday, buffer, NULL);
	CALL(settimeofday, PUT(struct timeval, 5, -1), NULL);
	CALL(clock_gettime, CLOCK_BOOTTIME, buffer);
	CALL(clock_settime, CLOCK_REALTIME, PUT(struct timespec, 7, -1));
	CALL(clock_getres, CLOCK_MONOTONIC_RAW, buffer);
	CALL(clock_adjtime, CLOCK_MONOTONIC, PUT(struct timex, 0));
	CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, soon, NULL);
	CALL(clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, soon, NULL);
	CALL(nanosleep, soon, buffer);
	CALL(adjtimex, PUT(struct timex, 0));
	CALL(getitimer, ITIMER_REAL, buffer);
	CALL(setitimer, ITIMER_PROF, PUT(struct itimerval, { 0, 0 }, { 100, 5 }), buffer);
	CALL(timer_create, CLOCK_MONOTONIC, event, timer);
	CALL(timer_settime, *timer, 0, PUT(struct itimerspec, { 1, 2 }, { 3, 4 }), NULL);
	CALL(timer_gettime, *timer, buffer);
	CALL(timer_getoverrun, *timer);
	CALL(timer_delete, *timer);
}

/* ---- sockets ------------------------------------------------------------------------------------------------------ */

static void sockets(void)
{
	struct sockaddr_in *local = PUT(struct sockaddr_in, AF_INET, htons(4321), { htonl(INADDR_LOOPBACK) });
	struct sockaddr_in6 *local6 = PUT(struct sockaddr_in6, AF_INET6, htons(80), 0, IN6ADDR_LOOPBACK_INIT);
	struct sockaddr_un *path = PUT(struct sockaddr_un, AF_UNIX, "/tmp/calls-none");
	int *pair = take(8), *length = PUT(int, 16), *one = PUT(int, 1);
	int s = CALL(socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
	struct iovec *vector = PUT(struct iovec, hello, 3);
	struct msghdr *message = PUT(struct msghdr, .msg_iov = vector, .msg_iovlen = 1);

	CALL(socket, AF_NETLINK, SOCK_RAW, 0);
	CALL(socket, AF_INET6, SOCK_DGRAM, IPPROTO_IP);
	CALL(socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
	CALL(setsockopt, s, SOL_SOCKET, SO_REUSEADDR, one, 4);
	CALL(setsockopt, s, SOL_TCP, TCP_NODELAY, one, 4);
	CALL(getsockopt, s, SOL_SOCKET, SO_TYPE, buffer, length);
	CALL(getsockopt, s, SOL_IP, IP_TTL, buffer, length);
	CALL(bind, s, local, 16);
	CALL(listen, s, 5);
	CALL(accept, s, buffer, length);
	CALL(accept4, s, NULL, NULL, SOCK_CLOEXEC);
	CALL(getsockname, s, buffer, length);
	CALL(getpeername, s, buffer, length);
	CALL(connect, 999, local6, 28);
	CALL(connect, pair[0], path, sizeof *path);
	CALL(sendto, pair[0], hello, 5, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
	CALL(sendto, 999, hello, 4, 0, local, 16);
	CALL(recvfrom, pair[1], buffer, 100, MSG_PEEK, NULL, NULL);
	CALL(sendmsg, pair[0], message, MSG_EOR);
	CALL(recvmsg, pair[1], message, MSG_DONTWAIT);
	CALL(sendmmsg, pair[0], PUT(struct mmsghdr, *message), 1, 0);
	CALL(recvmmsg, pair[1], PUT(struct mmsghdr, *message), 1, MSG_DONTWAIT, PUT(struct timespec, 0, 7));
	CALL(shutdown, pair[0], SHUT_RDWR);
}

/* ---- administration --------------------------------------------------------------------------------------------------- */

static void administration(void)
{
	char *type = text("user"), *description = text("calls");
	int key = CALL(add_key, type, description, hello, 3, KEY_SPEC_PROCESS_KEYRING);

	CALL(request_key, type, description, NULL, 0);
	CALL(keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 0);
	CALL(keyctl, KEYCTL_SETPERM, key, 0x3f010000);
	CALL(keyctl, KEYCTL_LINK, key, KEY_SPEC_PROCESS_KEYRING);
	CALL(keyctl, KEYCTL_REVOKE, key);
	CALL(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, NULL);
	CALL(getrandom, buffer, 4, 1);
	CALL(landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	CALL(landlock_add_rule, 999, LANDLOCK_RULE_PATH_BENEATH, buffer, 0);
	CALL(landlock_restrict_self, 999, 0);
	CALL(uname, buffer);
	CALL(sethostname, text("calls-host"), 10);
	CALL(setdomainname, text("calls-domain"), 12);
	CALL(sysinfo, buffer);
	CALL(syslog, 10, NULL, 0);
	CALL(reboot, 1, 2, 3, NULL);
	CALL(init_module, NULL, 0, text("a=1"));
	CALL(finit_module, 999, text("b=2"), 1);
	CALL(delete_module, missing, O_NONBLOCK);
	CALL(kexec_load, 0, 0, NULL, 1);
	CALL(kexec_file_load, 999, 999, 3, text("arg"), 4);
	CALL(bpf, 5, NULL, 0);
	CALL(perf_event_open, NULL, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

#include "calls_32.h"

int main(void)
{
	memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED)
		return 1;
	buffer = take(16384);
	memset(buffer, 0, 16384);
	file_name = text("/tmp/calls-file");
	other_name = text("/tmp/calls-other");
	folder_name = text("/tmp/calls-folder");
	missing = text("/nonexistent/calls");
	hello = text("hello, world");
	signal(SIGUSR1, SIG_IGN);
	open_files();
	copy_files();
	name_files();
	date_files();
	attribute_files();
	file_systems();
	wait_for_files();
	asynchronous();
	queues();
	map_memory();
	share_memory();
	make_processes();
	process_ids();
	process_settings();
	futexes();
	signals();
	times_and_timers();
	sockets();
	administration();
	files32();
	processes32();
	signals32();
	times32();
	sockets32();
	CALL(exit_group, 0);
}
