/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Part of calls.c, whose memory and file names it uses: the calls of 32-bit programs, by the door of these. */

/* Their numbers. */
enum {
	WAITPID = 7, TIME = 13, STIME = 25, UTIME = 30, NICE = 34, SIGNAL = 48, OLDUMOUNT = 22, SIGACTION = 67,
	SGETMASK = 68, SSETMASK = 69, SETREUID16 = 70, SETREGID16 = 71, SIGPENDING = 73, SETTIMEOFDAY = 79,
	OLD_SELECT = 82, READDIR = 89, OLD_MMAP = 90, SOCKETCALL = 102, SETITIMER = 104, GETITIMER = 105,
	ADJTIMEX = 124, SIGPROCMASK = 126, IPC = 117, LLSEEK = 140, SELECT = 142, NANOSLEEP = 162,
	SETRESUID16 = 164, SETRESGID16 = 170, RT_SIGACTION = 174, RT_SIGPROCMASK = 175, PREAD64 = 180,
	PWRITE64 = 181, CHOWN16 = 182, LCHOWN16 = 16, FCHOWN16 = 95, MMAP2 = 192, TRUNCATE64 = 193,
	FTRUNCATE64 = 194, STAT64 = 195, GETUID32 = 199, READAHEAD = 225, FUTEX = 240, FADVISE64 = 250,
	LOOKUP_DCOOKIE = 253, CLOCK_GETTIME = 265, CLOCK_NANOSLEEP = 267, STATFS64 = 268, FSTATFS64 = 269,
	UTIMES = 271, FADVISE64_64 = 272, FUTIMESAT = 299, PSELECT6 = 308, PPOLL = 309, SYNC_FILE_RANGE = 314,
	VMSPLICE = 316, UTIMENSAT = 320, SIGNALFD = 321, FALLOCATE = 324, SIGNALFD4 = 327, RECVMMSG = 337,
	SOCKET = 359, SENDMSG = 370, RECVMSG = 372, SEMCTL = 394, SHMCTL = 396, SHMAT = 397, MSGSND = 400,
	MSGRCV = 401, MSGCTL = 402, CLOCK_GETTIME64 = 403, FUTEX_TIME64 = 422, USTAT = 62, OPEN = 5, WRITE = 4,
	CLOSE = 6, EXECVE = 11, EXECVEAT = 358, FORK = 2, EXIT = 1,
};

static long call32(long number, long a, long b, long c, long d, long e, long f)
{
	register long r8 asm("r8") = f;
	long result;

	asm volatile("push %%rbp\n\tmov %%r8, %%rbp\n\tint $0x80\n\tpop %%rbp"
		     : "=a" (result), "+r" (r8)
		     : "a" (number), "b" (a), "c" (b), "d" (c), "S" (d), "D" (e)
		     : "memory", "r9", "r10", "r11");
	return result;
}

#define PICK(number, a, b, c, d, e, f, ...) call32(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define CALL32(...) PICK(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static void files32(void)
{
	int fd = CALL32(OPEN, file_name, O_RDWR | O_CREAT, 0600);
	int *vector = PUT(int[2], (int)(long)hello, 3);

	CALL32(WRITE, fd, hello, 4);
	CALL32(LLSEEK, fd, 0, 5, buffer, SEEK_SET);
	CALL32(PWRITE64, fd, hello, 3, 6, 0);
	CALL32(PREAD64, fd, buffer, 3, 0, 1);
	CALL32(TRUNCATE64, file_name, 9000, 0);
	CALL32(FTRUNCATE64, fd, 8000, 0);
	CALL32(READAHEAD, fd, 0, 0, 100);
	CALL32(FADVISE64, fd, 5, 0, 10, POSIX_FADV_DONTNEED);
	CALL32(FADVISE64_64, fd, 5, 0, 10, 0, POSIX_FADV_RANDOM);
	CALL32(FALLOCATE, fd, FALLOC_FL_KEEP_SIZE, 16, 0, 100, 0);
	CALL32(SYNC_FILE_RANGE, fd, 1, 0, 2, 0, SYNC_FILE_RANGE_WRITE);
	CALL32(STAT64, file_name, buffer);
	CALL32(STATFS64, file_name, 84, buffer);
	CALL32(FSTATFS64, fd, 84, buffer);
	CALL32(USTAT, 5, buffer);
	CALL32(CHOWN16, file_name, 65535, 3);
	CALL32(LCHOWN16, file_name, 2, 3);
	CALL32(FCHOWN16, fd, 2, 3);
	CALL32(UTIME, file_name, PUT(int[2], 11, 12));
	CALL32(UTIMES, file_name, PUT(int[4], 1, 2, 3, 4));
	CALL32(FUTIMESAT, AT_FDCWD, file_name, PUT(int[4], 5, 6, 7, 8));
	CALL32(UTIMENSAT, AT_FDCWD, file_name, PUT(int[4], 9, 10, 11, UTIME_OMIT), 0);
	CALL32(READDIR, fd, buffer, 1);
	CALL32(LOOKUP_DCOOKIE, 5, 0, buffer, 10);
	CALL32(VMSPLICE, fd, vector, 1, SPLICE_F_GIFT);
	CALL32(OLDUMOUNT, missing);
	CALL32(CLOSE, fd);
}

static void processes32(void)
{
	int *arguments = PUT(int[2], (int)(long)hello, 0);
	int pid = CALL32(FORK);

	if (pid == 0)
		CALL32(EXIT, 5);
	CALL32(WAITPID, pid, buffer, WUNTRACED);
	CALL32(EXECVE, missing, arguments, arguments);
	CALL32(EXECVEAT, AT_FDCWD, missing, arguments, arguments, AT_SYMLINK_NOFOLLOW);
	CALL32(NICE, 1);
	CALL32(GETUID32);
	CALL32(SETREUID16, 65535, 0);
	CALL32(SETREGID16, 65535, 0);
	CALL32(SETRESUID16, 65535, 0, 0);
	CALL32(SETRESGID16, 65535, 0, 0);
	CALL32(MMAP2, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CALL32(OLD_MMAP, PUT(int[6], 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	CALL32(FUTEX, PUT(int, 1), FUTEX_WAIT, 7, PUT(int[2], 0, 10), 0, 0);
	CALL32(FUTEX_TIME64, PUT(int, 1), FUTEX_WAIT, 7, PUT(struct timespec, 0, 11), 0, 0);
}

static void signals32(void)
{
	CALL32(RT_SIGACTION, SIGUSR2, PUT(int[5], 1, SA_RESTART, 0, 4, 0), 0, 8);
	CALL32(SIGACTION, SIGUSR2, PUT(int[4], 1, 4, SA_RESTART, 0), 0);
	CALL32(SIGNAL, SIGUSR2, 1);
	CALL32(RT_SIGPROCMASK, SIG_BLOCK, PUT(uint64_t, 1 << (SIGUSR1 - 1)), buffer, 8);
	CALL32(SIGPROCMASK, SIG_UNBLOCK, PUT(int, 1 << (SIGUSR1 - 1)), buffer);
	CALL32(SIGPENDING, buffer);
	CALL32(SGETMASK);
	CALL32(SSETMASK, 1 << (SIGUSR2 - 1));
	CALL32(SIGNALFD, -1, PUT(uint64_t, 2), 8);
	CALL32(SIGNALFD4, -1, PUT(uint64_t, 2), 8, O_CLOEXEC);
}

static void times32(void)
{
	int *soon = PUT(int[2], 0, 50);

	CALL32(TIME, 0);
	CALL32(STIME, missing);
	CALL32(SETTIMEOFDAY, PUT(int[2], 5, -1), 0);
	CALL32(NANOSLEEP, soon, buffer);
	CALL32(CLOCK_NANOSLEEP, CLOCK_MONOTONIC, 0, soon, 0);
	CALL32(CLOCK_GETTIME, CLOCK_REALTIME, buffer);
	CALL32(CLOCK_GETTIME64, CLOCK_REALTIME, buffer);
	CALL32(SETITIMER, ITIMER_VIRTUAL, PUT(int[4], 0, 0, 1000, 5), 0);
	CALL32(GETITIMER, ITIMER_VIRTUAL, buffer);
	CALL32(ADJTIMEX, PUT(int[40], 0));
	CALL32(SELECT, 0, 0, 0, 0, soon);
	CALL32(OLD_SELECT, PUT(int[5], 0, 0, 0, 0, (int)(long)soon));
	CALL32(PSELECT6, 0, 0, 0, 0, soon, 0);
	CALL32(PPOLL, 0, 0, soon, 0, 0);
}

static void sockets32(void)
{
	int *message = PUT(int[7], 0);
	int id = CALL(shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0600);

	CALL32(SOCKET, AF_UNIX, SOCK_DGRAM, 0);
	CALL32(SOCKETCALL, 1, PUT(int[3], AF_UNIX, SOCK_STREAM, 0));
	CALL32(SENDMSG, 999, message, MSG_EOR);
	CALL32(RECVMSG, 999, message, MSG_DONTWAIT);
	CALL32(RECVMMSG, 999, message, 1, MSG_DONTWAIT, PUT(int[2], 0, 7));
	CALL32(IPC, 23, 0, 4096, IPC_CREAT, 0, 0);
	CALL32(SHMAT, 999, 0, SHM_RDONLY);
	CALL32(SHMCTL, id, IPC_RMID, 0);
	CALL32(SEMCTL, 999, 0, SETVAL, 1);
	CALL32(MSGSND, 999, PUT(int[2], 1, 0), 4, IPC_NOWAIT);
	CALL32(MSGRCV, 999, buffer, 4, 1, MSG_NOERROR);
	CALL32(MSGCTL, 999, IPC_STAT, buffer);
}
