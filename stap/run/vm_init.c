/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of the throwaway VM: a static program that is all there is
 * in the initramfs beside a few kernel modules.
 *
 * It inserts the modules, mounts the host's file system read-only as the lower
 * layer of an overlay whose upper layer is memory, moves there, and runs one command
 * whose standard streams are virtio-serial ports, so that kernel messages and the
 * command's output never meet.  Then it serves the control port: signals in, signs of
 * life and the exit status out.  It never ends by itself: the host ends the machine.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vm_wire.h"

#define ROOT "/root"
#define PORT_WAIT_MS 5000

static char *records, *records_end;
static int control = -1, ports[3] = { -1, -1, -1 };
static int standard[3];		/* the command's */
static int command_end[2];	/* a pipe whose end of file tells the carriers */
static pid_t command_pid;
static const char *token = "";

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static _Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (n > 0) {
			data += n;
			len -= n;
		}
	}
}

static void tell(const char *format, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (len >= (int)sizeof line)
		len = sizeof line - 1;
	write_all(control >= 0 ? control : STDERR_FILENO, line, len);
}

/* Report what made the guest useless and wait to be ended. */
static _Noreturn void fail(const char *format, ...)
{
	char text[900];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tell("error %s\n", text);
	for (;;)
		pause();
}

/* ---- records -------------------------------------------------------------------- */

static void read_records(void)
{
	int fd = open(VM_RECORDS_FILE, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		fail("%s: %s", VM_RECORDS_FILE, strerror(errno));
	records = calloc(1, st.st_size + 1);
	records_end = records + st.st_size;
	for (char *p = records; p < records_end;) {
		ssize_t n = read(fd, p, records_end - p);

		if (n <= 0)
			fail("%s: %s", VM_RECORDS_FILE, n ? strerror(errno) : "cut short");
		p += n;
	}
	close(fd);
}

/* The value of the first record with this key after `after` (NULL: from the start), or NULL. */
static char *next_record(const char *key, const char *after)
{
	char *p = after ? (char *)after + strlen(after) + 1 : records;
	size_t len = strlen(key);

	for (; p < records_end; p += strlen(p) + 1)
		if (!strncmp(p, key, len) && p[len] == '=')
			return p + len + 1;
	return NULL;
}

static char *record(const char *key)
{
	return next_record(key, NULL);
}

/* All values of a key as a NULL-terminated vector. */
static char **record_vector(const char *key)
{
	size_t count = 0;
	char **vector;

	for (char *v = record(key); v; v = next_record(key, v))
		count++;
	vector = calloc(count + 1, sizeof *vector);
	count = 0;
	for (char *v = record(key); v; v = next_record(key, v))
		vector[count++] = v;
	return vector;
}

/* ---- modules and ports ------------------------------------------------------------ */

static void insert_modules(void)
{
	for (char *path = record(VM_KEY_MODULE); path; path = next_record(VM_KEY_MODULE, path)) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST))
			fail("inserting %s: %s", path, strerror(errno));
		close(fd);
		unlink(path);
	}
}

static bool port_has_name(const char *port, const char *name)
{
	char path[300], text[64] = "";
	int fd;

	snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", port);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, text, sizeof text - 1) < 0)
		text[0] = '\0';
	close(fd);
	text[strcspn(text, "\n")] = '\0';
	return !strcmp(text, name);
}

/* Opens the port of this name if the kernel knows it by now; else -1. */
static int try_port(const char *name, int flags)
{
	DIR *dir = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	char path[300];
	int fd = -1;

	while (dir && fd < 0 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && port_has_name(entry->d_name, name)) {
			snprintf(path, sizeof path, "/dev/%s", entry->d_name);
			fd = open(path, flags | O_CLOEXEC);
		}
	if (dir)
		closedir(dir);
	return fd;
}

/* Ports appear a while after their driver was inserted. */
static int open_port(const char *name, int flags)
{
	for (int waited = 0; waited < PORT_WAIT_MS; waited++) {
		int fd = try_port(name, flags);

		if (fd >= 0)
			return fd;
		usleep(1000);
	}
	fail("port %s did not appear", name);
}

static void open_ports(void)
{
	control = open_port(VM_PORT_CONTROL, O_RDWR);
	tell("up\n");
	ports[0] = open_port(VM_PORT_STDIN, O_RDONLY);
	ports[1] = open_port(VM_PORT_STDOUT, O_WRONLY);
	ports[2] = open_port(VM_PORT_STDERR, O_WRONLY);
}

/* ---- file systems ------------------------------------------------------------------ */

struct mounting {
	const char *source, *target, *type;
	unsigned long flags;
	const char *options;
	bool optional;
};

static const struct mounting early[] = {
	{ "proc", "/proc", "proc", 0, NULL, false },
	{ "sysfs", "/sys", "sysfs", 0, NULL, false },
	{ "devtmpfs", "/dev", "devtmpfs", 0, NULL, false },
};

static const struct mounting host = { VM_TAG_HOST, "/host", "virtiofs", MS_RDONLY, NULL, false };

static const struct mounting late[] = {
	{ "/proc", ROOT "/proc", NULL, MS_MOVE, NULL, false },
	{ "/sys", ROOT "/sys", NULL, MS_MOVE, NULL, false },
	{ "/dev", ROOT "/dev", NULL, MS_MOVE, NULL, false },
	{ "devpts", ROOT "/dev/pts", "devpts", 0, "mode=620,ptmxmode=666", true },
	{ "tmpfs", ROOT "/dev/shm", "tmpfs", 0, "mode=1777", true },
	{ "debugfs", ROOT "/sys/kernel/debug", "debugfs", 0, NULL, true },
	{ "tracefs", ROOT "/sys/kernel/tracing", "tracefs", 0, NULL, true },
	{ "securityfs", ROOT "/sys/kernel/security", "securityfs", 0, NULL, true },
	{ "cgroup2", ROOT "/sys/fs/cgroup", "cgroup2", 0, NULL, true },
};

static void mount_one(const struct mounting *m)
{
	mkdir(m->target, 0755);
	if (mount(m->source, m->target, m->type, m->flags, m->options) < 0 && !m->optional)
		fail("mounting %s on %s: %s", m->source, m->target, strerror(errno));
}

#define mount_table(table) do {						\
		for (size_t i_ = 0; i_ < sizeof(table) / sizeof *(table); i_++) \
			mount_one(&(table)[i_]);			\
	} while (0)

static void mount_overlay_root(void)
{
	static const struct mounting memory = { "tmpfs", "/memory", "tmpfs", 0, "mode=755", false };
	static const struct mounting overlay = { "overlay", ROOT, "overlay", 0,
		"lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work", false };

	mount_one(&memory);
	mkdir("/memory/upper", 0755);
	mkdir("/memory/work", 0755);
	mount_one(&overlay);
}

static bool is_ours(const char *path)
{
	static const char *const made_here[] = { ROOT "/proc", ROOT "/sys", ROOT "/dev", ROOT "/tmp" };

	for (size_t i = 0; i < sizeof made_here / sizeof *made_here; i++)
		if (!strcmp(path, made_here[i]))
			return true;
	return false;
}

/* Show one file or folder of the host at another place. */
static void show(const char *from, const char *to)
{
	char link[4096] = "";
	struct stat st;

	if (is_ours(to) || lstat(from, &st) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		if (readlink(from, link, sizeof link - 1) > 0)
			symlink(link, to);
		return;
	}
	if (S_ISDIR(st.st_mode))
		mkdir(to, 0755);
	else
		close(open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	mount(from, to, NULL, MS_BIND, NULL);
}

static void show_all(const char *from, const char *to)
{
	DIR *dir = opendir(from);
	char source[600], target[600];
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
		snprintf(target, sizeof target, "%s/%s", to, entry->d_name);
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			show(source, target);
	}
	if (dir)
		closedir(dir);
}

/*
 * The overlay opens files with O_NOATIME, which the host allows only to their
 * owner or root.  Other users get the host's folders as they are, read-only, with a /tmp that takes
 * new files.
 */
static void mount_plain_root(void)
{
	static const struct mounting root = { "tmpfs", ROOT, "tmpfs", 0, "mode=755", false };

	mount_one(&root);
	show_all("/host", ROOT);
	mkdir(ROOT "/tmp", 01777);
	chmod(ROOT "/tmp", 01777);
	show_all("/host/tmp", ROOT "/tmp");
}

static void mount_root(void)
{
	mount_one(&host);
	if (record(VM_KEY_PLAIN))
		mount_plain_root();
	else
		mount_overlay_root();
	mount_table(late);
}

/* Modules of a kernel that is not installed in the usual place. */
static void bind_modules(void)
{
	static const struct mounting modules = {
		"tmpfs", ROOT "/lib/modules", "tmpfs", 0, "mode=755", false };
	const char *from = record(VM_KEY_BIND);
	char source[4200], target[400];
	struct utsname name;

	if (!from)
		return;
	uname(&name);
	snprintf(source, sizeof source, ROOT "%s", from);
	snprintf(target, sizeof target, ROOT "/lib/modules/%s", name.release);
	if (mkdir(target, 0755) < 0 && errno != EEXIST) {
		mount_one(&modules);
		mkdir(target, 0755);
	}
	if (mount(source, target, NULL, MS_BIND, NULL) < 0)
		fail("showing %s as %s: %s", from, target + strlen(ROOT), strerror(errno));
}

static void mount_output(void)
{
	static const struct mounting output = {
		VM_TAG_OUTPUT, ROOT VM_OUTPUT_DIR, "virtiofs", 0, NULL, false };

	if (record(VM_KEY_OUTPUT))
		mount_one(&output);
}

static void enter_root(void)
{
	if (chdir(ROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
	    chdir("/") < 0)
		fail("entering the overlay: %s", strerror(errno));
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
}

static void start_network(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
}

/* ---- streams ------------------------------------------------------------------------ */

/*
 * A port can be opened once only, and commands like to open /dev/stderr again: they
 * get pipes, and a carrier process for each moves the data.  Processes, because a carrier blocks
 * while the host does not read.
 */
static char carried[65536];

/* Moves one piece; false at the end of file. */
static bool carry(int from, int to)
{
	ssize_t n = read(from, carried, sizeof carried);

	if (n > 0)
		write_all(to, carried, n);
	return n > 0 || (n < 0 && errno == EINTR);
}

static _Noreturn void carry_input(int pipe_end)
{
	while (carry(ports[0], pipe_end))
		;
	_exit(0);
}

/* Until the command has ended and the pipe is empty, whoever else still holds it. */
static _Noreturn void carry_output(int pipe_end, int port)
{
	struct pollfd fds[] = { { pipe_end, POLLIN, 0 }, { command_end[0], POLLIN, 0 } };

	close(command_end[1]);
	for (;;) {
		poll(fds, 2, -1);
		if (fds[0].revents && !carry(pipe_end, port))
			fds[0].fd = -1;
		else if (!fds[0].revents && fds[1].revents)
			break;
	}
	write_all(port, token, strlen(token));
	_exit(0);
}

static pid_t carriers[3];

static void start_carrier(int number)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		fail("pipe: %s", strerror(errno));
	standard[number] = ends[number != 0];
	pid = carriers[number] = fork();
	if (pid < 0)
		fail("fork: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_NAME, "stapio");	/* as staprun calls itself where it carries output */
		close(control);
		for (int i = 0; i <= number; i++)
			close(standard[i]);
		if (number == 0)
			carry_input(ends[1]);
		carry_output(ends[0], ports[number]);
	}
	close(ends[number == 0]);
	close(ports[number]);
}

static void start_carriers(void)
{
	if (pipe2(command_end, O_CLOEXEC) < 0)
		fail("pipe: %s", strerror(errno));
	for (int i = 0; i < 3; i++)
		start_carrier(i);
}

/* ---- the command ------------------------------------------------------------------- */

static _Noreturn void exec_command(void)
{
	const char *cwd = record(VM_KEY_CWD);
	char **args = record_vector(VM_KEY_ARGUMENT);
	static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR2 };
	char pids[32];
	sigset_t mask;

	/* One that comes while staprun is still being loaded must not kill it. */
	sigemptyset(&mask);
	for (size_t i = 0; record(VM_KEY_HELD) && i < sizeof held / sizeof held[0]; i++)
		sigaddset(&mask, held[i]);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	setsid();
	for (int i = 0; i < 3; i++)
		dup2(standard[i], i);
	if (cwd && chdir(cwd) < 0)
		fprintf(stderr, "%s: %s\n", cwd, strerror(errno));
	environ = record_vector(VM_KEY_VARIABLE);
	snprintf(pids, sizeof pids, "%d %d", carriers[1], carriers[2]);
	setenv("STAPRUN_CARRIERS", pids, 1);
	execvp(args[0], args);
	fprintf(stderr, "%s: %s\n", args[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void start_command(void)
{
	const char *pid = record(VM_KEY_PID);

	if (pid && kill(atoi(pid), 0) < 0)
		fail("no process %s in the virtual machine: it has processes of its own", pid);
	tell("ready\n");
	command_pid = fork();
	if (command_pid < 0)
		fail("fork: %s", strerror(errno));
	if (!command_pid)
		exec_command();
	for (int i = 0; i < 3; i++)
		close(standard[i]);
}

static void command_ended(int status)
{
	command_pid = 0;
	close(command_end[1]);
	tell("exit %d\n", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

/* Orphans of the command end up here, too. */
static void reap_children(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == command_pid)
			command_ended(status);
}

static void obey(const char *line)
{
	char group[8] = "";
	int number;

	if (sscanf(line, "signal %d %7s", &number, group) < 1 || !command_pid)
		return;
	kill(!strcmp(group, "group") ? -command_pid : command_pid, number);
}

static void read_control(void)
{
	static char buffer[256];
	static size_t used;
	ssize_t n = read(control, buffer + used, sizeof buffer - 1 - used);
	char *end;

	if (n <= 0)
		return;
	used += n;
	buffer[used] = '\0';
	while ((end = memchr(buffer, '\n', used))) {
		*end++ = '\0';
		obey(buffer);
		used -= end - buffer;
		memmove(buffer, end, used + 1);
	}
	if (used == sizeof buffer - 1)
		used = 0;
}

static int children_fd(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A sign of life, at most one a second, however many events there are. */
static void tell_alive(void)
{
	static time_t told;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - told < VM_ALIVE_SECONDS)
		return;
	told = now.tv_sec;
	tell("alive\n");
}

static _Noreturn void serve(int children)
{
	struct pollfd fds[] = { { children, POLLIN, 0 }, { control, POLLIN, 0 } };
	struct signalfd_siginfo info;

	for (;;) {
		poll(fds, 2, VM_ALIVE_SECONDS * 1000);
		tell_alive();
		if (fds[1].revents & POLLIN)
			read_control();
		while (read(children, &info, sizeof info) > 0)
			;
		reap_children();
	}
}

int main(void)
{
	int children = children_fd();

	mount_table(early);
	read_records();
	insert_modules();
	open_ports();
	token = record(VM_KEY_TOKEN);
	mount_root();
	bind_modules();
	mount_output();
	enter_root();
	start_network();
	if (record(VM_KEY_HOSTNAME))
		sethostname(record(VM_KEY_HOSTNAME), strlen(record(VM_KEY_HOSTNAME)));
	start_carriers();
	start_command();
	serve(children);
}
