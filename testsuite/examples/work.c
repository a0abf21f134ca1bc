/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads for the examples: work NAME [COUNT].  Each does one kind of thing for less than a second and
 * ends; loops are bounded by their count.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT 7100

static void milliseconds(int ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

static long clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void must(bool good, const char *what)
{
	if (!good)
		err(1, "%s", what);
}

static const char *disk_path(const char *name)
{
	static char path[200];
	const char *disk = getenv("DISK");

	snprintf(path, sizeof path, "%s/%s", disk ? disk : "/tmp", name);
	return path;
}

/* Run a function in so many processes, and wait for them. */
static void in_processes(int processes, void (*body)(int count), int count)
{
	for (int i = 0; i < processes; i++)
		if (fork() == 0) {
			body(count);
			_exit(0);
		}
	while (wait(NULL) > 0)
		;
}

/* ---- network ----------------------------------------------------------------------------- */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union address loopback(int family, int port)
{
	union address a = { .any.sa_family = family };

	if (family == AF_INET) {
		a.v4.sin_port = htons(port);
		a.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		a.v6.sin6_port = htons(port);
		a.v6.sin6_addr = in6addr_loopback;
	}
	return a;
}

static int bound_socket(int family, int type, int port)
{
	union address a = loopback(family, port);
	int fd = socket(family, type, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	must(bind(fd, &a.any, sizeof a) == 0, "bind");
	return fd;
}

static int connected_socket(int family, int type, int port)
{
	union address a = loopback(family, port);
	int fd = socket(family, type, 0);

	if (connect(fd, &a.any, sizeof a) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One connection after the other, each with some kilobytes both ways. */
static void tcp_family(int family, int count)
{
	int listener = bound_socket(family, SOCK_STREAM, PORT);
	static char buffer[4000];

	must(listen(listener, 5) == 0, "listen");
	if (fork() == 0) {
		for (int i = 0; i < count; i++) {
			int fd = accept(listener, NULL, NULL);

			if (recv(fd, buffer, sizeof buffer, MSG_WAITALL) > 0)
				send(fd, buffer, 1000, 0);
			close(fd);
		}
		_exit(0);
	}
	close(listener);
	for (int i = 0; i < count; i++) {
		int fd = connected_socket(family, SOCK_STREAM, PORT);

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		for (int part = 0; part < 4; part++)
			send(fd, buffer, 1000, 0);
		recv(fd, buffer, 1000, MSG_WAITALL);
		close(fd);
	}
	wait(NULL);
}

static void do_tcp(int count)
{
	tcp_family(AF_INET, count);
	tcp_family(AF_INET6, count);
}

/* A receiver that is slow, so that the sender has to wait for memory. */
static void do_stream(int kilobytes)
{
	int listener = bound_socket(AF_INET, SOCK_STREAM, PORT);
	static char buffer[16384];

	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &(int){ 4096 }, sizeof(int));
	must(listen(listener, 1) == 0, "listen");
	if (fork() == 0) {
		int fd = accept(listener, NULL, NULL);

		milliseconds(100);
		while (recv(fd, buffer, sizeof buffer, 0) > 0)
			;
		_exit(0);
	}
	int fd = connected_socket(AF_INET, SOCK_STREAM, PORT);

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){ 8192 }, sizeof(int));
	for (int sent = 0; sent < kilobytes; sent += sizeof buffer / 1024)
		send(fd, buffer, sizeof buffer, 0);
	close(fd);
	wait(NULL);
}

static void do_udp(int count)
{
	for (int family = 0; family < 2; family++) {
		int kind = family ? AF_INET6 : AF_INET;
		int to = bound_socket(kind, SOCK_DGRAM, PORT), from = connected_socket(kind, SOCK_DGRAM, PORT);
		char buffer[200] = "text";

		for (int i = 0; i < count; i++) {
			send(from, buffer, 100, 0);
			recv(to, buffer, sizeof buffer, 0);
		}
		close(to);
		close(from);
	}
}

/* Nobody listens there. */
static void do_refused(int count)
{
	int udp = connected_socket(AF_INET, SOCK_DGRAM, PORT + 1);

	for (int i = 0; i < count; i++) {
		connected_socket(AF_INET, SOCK_STREAM, PORT + 1);
		send(udp, "x", 1, 0);
	}
}

/* A socket that sees all packets of the loopback device. */
static void sniff(void)
{
	struct packet_mreq all = { .mr_ifindex = if_nametoindex("lo"), .mr_type = PACKET_MR_PROMISC };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all);
	close(fd);
}

static void do_listen(int count)
{
	int listener = bound_socket(AF_INET, SOCK_STREAM, PORT);

	must(listen(listener, count) == 0, "listen");
	close(listener);
	sniff();
}

/* ---- waiting for each other ---------------------------------------------------------------- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *fight(void *argument)
{
	prctl(PR_SET_NAME, "fighter");
	for (int i = 0; i < *(int *)argument; i++) {
		pthread_mutex_lock(&mutex);
		milliseconds(2);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void do_futex(int count)
{
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, fight, &count);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}

/* Two processes and a lock in memory that both see. */
static void do_sharedlock(int count)
{
	pthread_mutex_t *lock = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t shared;

	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(lock, &shared);
	for (int child = fork(); count-- > 0 || !child; ) {
		if (count < 0)
			_exit(0);
		pthread_mutex_lock(lock);
		milliseconds(5);
		pthread_mutex_unlock(lock);
	}
	wait(NULL);
}

/* Written past the cache: whoever holds the file's locks sleeps, and others meet them, on one processor, too. */
static _Alignas(4096) char uncached[20480];

static void append(int count)
{
	int fd = open(disk_path("shared"), O_WRONLY | O_CREAT | O_APPEND | O_DIRECT, 0600);

	for (int i = 0; i < count; i++) {
		must(write(fd, uncached, sizeof uncached) > 0, "write");
		sched_yield();
	}
}

/* Processes that write to one file wait for its inode. */
static void do_append(int count)
{
	in_processes(4, append, count);
	unlink(disk_path("shared"));
}

static int shared_fd;

static void write_shared(int count)
{
	for (int i = 0; i < count; i++)
		must(write(shared_fd, uncached, sizeof uncached) > 0, "write");
}

/* Processes that write to one open file wait for its position. */
static void do_shared(int count)
{
	shared_fd = open(disk_path("shared"), O_WRONLY | O_CREAT | O_DIRECT, 0600);
	in_processes(4, write_shared, count);
	unlink(disk_path("shared"));
}

static int pipe_ends[2];

static void write_pipe(int count)
{
	static char buffer[3000];

	for (int i = 0; i < count; i++)
		if (write(pipe_ends[1], buffer, sizeof buffer) < 0)
			return;
}

static void read_pipe(int count)
{
	static char buffer[3000];

	for (int i = 0; i < 2 * count; i++)
		if (read(pipe_ends[0], buffer, sizeof buffer) <= 0)
			return;
}

/* Two writers and two readers of one pipe. */
static void do_pipe(int count)
{
	must(pipe(pipe_ends) == 0, "pipe");
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			close(pipe_ends[i & 1 ? 0 : 1]);
			(i & 1 ? read_pipe : write_pipe)(count);
			_exit(0);
		}
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	while (wait(NULL) > 0)
		;
}

static void do_semaphore(int count)
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf down = { .sem_op = -1 }, up = { .sem_op = 1 };

	for (int i = 0; i < count; i++) {
		semop(id, &up, 1);
		semop(id, &down, 1);
	}
	semctl(id, 0, IPC_RMID);
}

/* ---- time ------------------------------------------------------------------------------------ */

static void do_sleep(int count)
{
	for (int i = 0; i < count; i++) {
		milliseconds(10);
		poll(NULL, 0, 5);
		select(0, NULL, NULL, NULL, &(struct timeval){ 0, 5000 });
	}
}

/* In user space: to ask for the time may be a system call. */
static void spin(int ms)
{
	for (long end = clock_ms() + ms; clock_ms() < end;)
		for (volatile int i = 0; i < 20000; i++)
			;
}

/* More processes than processors. */
static void do_spin(int ms)
{
	in_processes(3, spin, ms);
}

/* In the kernel, most of the time. */
static void do_zero(int ms)
{
	static char buffer[65536];
	int fd = open("/dev/zero", O_RDONLY);

	for (long end = clock_ms() + ms; clock_ms() < end;)
		must(read(fd, buffer, sizeof buffer) > 0, "read");
}

/* ---- memory ------------------------------------------------------------------------------------ */

static void do_faults(int pages)
{
	size_t size = pages * 4096L;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(memory, 1, size);
	if (fork() == 0) {
		memset(memory, 2, size);	/* copies each page */
		_exit(0);
	}
	wait(NULL);
	munmap(memory, size);
}

static void do_map(int count)
{
	for (int i = 0; i < count; i++) {
		mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		mmap(NULL, 1L << 46, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	}
}

#define HUGE (2L << 20)

/* Memory from an address that huge pages can begin at. */
static char *huge_memory(size_t size, int flags)
{
	char *memory = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	must(memory != MAP_FAILED, "mmap");
	return (char *)(((unsigned long)memory + HUGE - 1) & -HUGE);
}

/* Huge pages that are filled, and split when a piece is given back. */
static void do_huge(int count)
{
	char *memory = huge_memory(count * HUGE, 0);

	must(madvise(memory, count * HUGE, MADV_HUGEPAGE) == 0, "madvise");
	memset(memory, 1, count * HUGE);
	for (int i = 0; i < count; i++)
		munmap(memory + i * HUGE, 4096);
}

/* A child writes to pages from the pool of huge ones: each is copied. */
static void do_hugetlb(int count)
{
	char *memory = mmap(NULL, count * HUGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	must(memory != MAP_FAILED, "mmap");
	memset(memory, 1, count * HUGE);
	if (fork() == 0) {
		memset(memory, 2, count * HUGE);
		_exit(0);
	}
	wait(NULL);
}

/* Small pages become a huge one. */
static void do_collapse(int count)
{
	enum { COLLAPSE = 25 };		/* MADV_COLLAPSE, which older headers do not have */
	char *memory = huge_memory(count * HUGE, 0);

	madvise(memory, count * HUGE, MADV_NOHUGEPAGE);
	memset(memory, 1, count * HUGE);
	madvise(memory, count * HUGE, MADV_HUGEPAGE);
	must(madvise(memory, count * HUGE, COLLAPSE) == 0, "madvise");
}

/* Memory that goes to a swap file, and comes back. */
static void do_swap(int pages)
{
	enum { PAGEOUT = 21 };		/* MADV_PAGEOUT */
	size_t size = pages * 4096L;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(memory, 1, size);
	madvise(memory, size, PAGEOUT);
	milliseconds(1200);
	for (size_t i = 0; i < size; i += 4096)
		memory[i]++;
}

/* ---- files --------------------------------------------------------------------------------------- */

static void do_files(int count)
{
	char name[40], buffer[8192] = "some text";

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof name, "file%d", i);
		int fd = open(disk_path(name), O_RDWR | O_CREAT, 0644);

		for (int k = 0; k < 8; k++)
			must(write(fd, buffer, sizeof buffer) > 0, "write");
		fsync(fd);
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		for (int k = 7; k >= 0; k--)
			must(pread(fd, buffer, sizeof buffer, k * sizeof buffer) > 0, "read");
		fchmod(fd, 0600);
		close(fd);
		unlink(disk_path(name));
	}
}

static void do_aio(int count)
{
	static char buffer[4096] __attribute__((aligned(4096)));
	aio_context_t context = 0;
	struct io_event event;
	int fd = open(disk_path("aio"), O_RDWR | O_CREAT | O_DIRECT, 0600);

	must(syscall(SYS_io_setup, 8, &context) == 0, "io_setup");
	for (int i = 0; i < count; i++) {
		struct iocb cb = { .aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = fd, .aio_nbytes = sizeof buffer,
				   .aio_buf = (unsigned long)buffer, .aio_offset = i * 4096 };

		must(syscall(SYS_io_submit, context, 1, (struct iocb *[]){ &cb }) == 1, "io_submit");
		syscall(SYS_io_getevents, context, 1, 1, &event, NULL);
	}
	fsync(fd);
	syscall(SYS_io_destroy, context);
	unlink(disk_path("aio"));
}

static void do_errors(int count)
{
	for (int i = 0; i < count; i++) {
		close(open("/no/such/file", O_RDONLY));
		close(-1);
		if (chdir("/etc/passwd") == 0 || read(-1, NULL, 0) == 0)
			return;
	}
}

static void do_descriptors(int limit)
{
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){ limit, limit });
	while (open("/dev/null", O_RDONLY) >= 0)
		;
}

/* What a person types: the master's side of a terminal. */
static void do_tty(int count)
{
	int master, slave;
	char echo[200];

	must(openpty(&master, &slave, NULL, NULL, NULL) == 0, "openpty");
	for (int i = 0; i < count; i++) {
		must(write(master, "ls -l\n", 6) > 0, "write");
		if (read(slave, echo, sizeof echo) < 0 || read(master, echo, sizeof echo) < 0)
			return;
	}
}

/* ---- processes ------------------------------------------------------------------------------------ */

static void on_signal(int number)
{
	(void)number;
}

static pid_t waiting_child(void)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	milliseconds(20);
	return pid;
}

static void do_signals(int count)
{
	signal(SIGUSR1, on_signal);
	for (int i = 0; i < count; i++)
		raise(SIGUSR1);
	for (int i = 0; i < 2; i++) {
		pid_t pid = waiting_child();

		kill(pid, SIGUSR1);
		kill(pid, i ? SIGKILL : SIGTERM);
		waitpid(pid, NULL, 0);
	}
}

static void do_fork(int count)
{
	for (int i = 0; i < count; i++) {
		if (fork() == 0)
			_exit(i & 1);
		wait(NULL);
	}
}

static void do_exec(int count)
{
	for (int i = 0; i < count; i++) {
		if (fork() == 0)
			execlp("true", "true", "an argument", NULL);
		wait(NULL);
	}
}

static void change_user(int count)
{
	(void)count;
	must(setgid(100) == 0 && setuid(1000) == 0, "setuid");
	close(open("/etc/shadow", O_RDONLY));
	kill(1, SIGTERM);
}

static void do_user(int count)
{
	in_processes(count, change_user, 0);
}

static void do_trace(int count)
{
	(void)count;
	pid_t pid = waiting_child();

	must(ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0, "ptrace");
	waitpid(pid, NULL, 0);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* ---- main ------------------------------------------------------------------------------------------- */

static const struct { const char *name; void (*run)(int count); int count; } loads[] = {
	{ "aio", do_aio, 10 }, { "append", do_append, 30 }, { "descriptors", do_descriptors, 20 },
	{ "errors", do_errors, 5 }, { "exec", do_exec, 4 }, { "faults", do_faults, 200 }, { "files", do_files, 10 },
	{ "fork", do_fork, 10 }, { "futex", do_futex, 10 }, { "huge", do_huge, 2 }, { "hugetlb", do_hugetlb, 1 },
	{ "collapse", do_collapse, 1 }, { "sharedlock", do_sharedlock, 10 }, { "swap", do_swap, 500 }, { "listen", do_listen, 5 }, { "map", do_map, 2 },
	{ "pipe", do_pipe, 200 }, { "refused", do_refused, 5 }, { "semaphore", do_semaphore, 5 },
	{ "shared", do_shared, 30 }, { "signals", do_signals, 3 }, { "sleep", do_sleep, 10 }, { "spin", do_spin, 300 },
	{ "stream", do_stream, 500 }, { "tcp", do_tcp, 5 }, { "trace", do_trace, 1 }, { "tty", do_tty, 5 },
	{ "udp", do_udp, 10 }, { "user", do_user, 1 }, { "zero", do_zero, 300 },
};

int main(int argc, char **argv)
{
	alarm(20);
	for (size_t i = 0; argc > 1 && i < sizeof loads / sizeof loads[0]; i++) {
		if (strcmp(argv[1], loads[i].name))
			continue;
		loads[i].run(argc > 2 ? atoi(argv[2]) : loads[i].count);
		return 0;
	}
	fprintf(stderr, "usage: work NAME [COUNT]\n");
	return 2;
}
