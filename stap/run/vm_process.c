/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes behind a throwaway VM: QEMU, and a virtiofsd for each shared folder.
 *
 * Nothing of theirs has a name that could be left behind: the guest's memory and the
 * initramfs are memfds, and all sockets are handed over as open descriptors.  Each process gets SIGKILL when we die
 * (PR_SET_PDEATHSIG), and a session of its own so that Ctrl-C of the terminal
 * reaches only us.  virtiofsd sees the file system through a mount namespace in which everything is
 * read-only, whatever the guest tries.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/diag.h"
#include "../base/vec.h"
#include "vm_private.h"

#define END_WAIT_MS 3000

typedef VEC(const char *) word_vec;
typedef VEC(int) fd_vec;

/* ---- programs -------------------------------------------------------------------------- */

#if defined(__x86_64__)
#define QEMU_NAME "qemu-system-x86_64"
#define QEMU_PACKAGE "qemu-system-x86"
#define MACHINE "pc"
#define SERIAL_CONSOLE "ttyS0"
#elif defined(__aarch64__)
#define QEMU_NAME "qemu-system-aarch64"
#define QEMU_PACKAGE "qemu-system-arm"
#define MACHINE "virt"
#define SERIAL_CONSOLE "ttyAMA0"
#else
#define QEMU_NAME "qemu-system-" __STRING(MACHINE_NAME)
#define QEMU_PACKAGE "qemu-system"
#define MACHINE "none"
#define SERIAL_CONSOLE "ttyS0"
#endif

static const char *const qemu_places[] = {
	"/usr/bin/" QEMU_NAME, "/usr/local/bin/" QEMU_NAME, "/usr/libexec/qemu-kvm", NULL
};

/* Debian 12 has the older one in qemu-system-common; later it is a package of its own. */
static const char *const virtiofsd_places[] = {
	"/usr/libexec/virtiofsd", "/usr/lib/virtiofsd", "/usr/lib/qemu/virtiofsd",
	"/usr/bin/virtiofsd", NULL
};

static const char *find_program(const char *const *places, const char *name, const char *package)
{
	for (; *places; places++)
		if (access(*places, X_OK) == 0)
			return *places;
	diag_hint(diag_report(DIAG_environment, NULL, "%s is not installed; the virtual machine needs it",
			      name),
		  "apt-get install %s", package);
	return NULL;
}

/* ---- starting a process ----------------------------------------------------------------- */

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		perror(path);
	if (fd >= 0)
		close(fd);
}

/* virtiofsd wants to be root: for other users, root of a namespace in which they are
 * the only user. */
static void become_root(void)
{
	const char *users = arena_printf("0 %d 1", geteuid()), *groups = arena_printf("0 %d 1", getegid());

	if (geteuid() == 0 || unshare(CLONE_NEWUSER) < 0)
		return;
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/uid_map", users);
	write_text("/proc/self/gid_map", groups);
}

/* Make every mount read-only for this process alone.  Best effort: the guest mounts
 * the share read-only, too. */
static void freeze_files(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	if (unshare(CLONE_NEWNS) < 0)
		return;
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof attr);
}

struct child {
	word_vec words;
	fd_vec keep;			/* descriptors it inherits under the same number */
	bool root;			/* must be root, of a namespace if need be */
	bool frozen;			/* sees all files read-only */
};

static _Noreturn void become(const struct child *c, int log, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (c->root)
		become_root();
	if (c->frozen)
		freeze_files();
	dup2(null, STDIN_FILENO);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	for (size_t i = 0; i < c->keep.len; i++)
		fcntl(c->keep.data[i], F_SETFD, 0);
	execv(c->words.data[0], (char **)c->words.data);
	dprintf(STDERR_FILENO, "%s: %s\n", c->words.data[0], strerror(errno));
	_exit(127);
}

static pid_t start_child(struct child *c, int log, int verbose)
{
	pid_t parent = getpid(), pid;

	if (verbose > 1) {
		vec_each(&c->words, const char *, w)
			fprintf(stderr, "%s ", *w);
		fputc('\n', stderr);
	}
	vec_push(&c->words, NULL);
	pid = fork();
	if (!pid)
		become(c, log, parent);
	if (pid < 0)
		diag_report(DIAG_environment, NULL, "fork: %s", strerror(errno));
	return pid;
}

static void add_word(struct child *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add_word(struct child *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vec_push(&c->words, arena_vprintf(format, args));
	va_end(args);
}

static void add_words(struct child *c, const char *const *words)
{
	for (; *words; words++)
		vec_push(&c->words, *words);
}

/* ---- virtiofsd ---------------------------------------------------------------------------- */

/* A listening socket and a connection to it, with no name left in the file system. */
static int connected_listener(int *listener, int *connection)
{
	const char *parent = getenv("TMPDIR");
	char *dir = arena_printf("%s/stap-vm-XXXXXX", parent && *parent ? parent : "/tmp");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int failed;

	if (strlen(dir) + strlen("/s") >= sizeof address.sun_path)
		dir = arena_strdup("/tmp/stap-vm-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	strcpy(address.sun_path, arena_printf("%s/s", dir));
	*listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	*connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	failed = *listener < 0 || *connection < 0 ||
		 bind(*listener, (struct sockaddr *)&address, sizeof address) < 0 ||
		 listen(*listener, 1) < 0 ||
		 connect(*connection, (struct sockaddr *)&address, sizeof address) < 0;
	unlink(address.sun_path);
	rmdir(dir);
	return failed ? -1 : 0;
}

/* Does the program's help name the option? */
static bool has_option(const char *program, const char *option)
{
	FILE *help = popen(arena_printf("%s --help 2>/dev/null", program), "re");
	char line[1024];
	bool found = false;

	while (help && fgets(line, sizeof line, help))
		found |= strstr(line, option) != NULL;
	if (help)
		pclose(help);
	return found;
}

/*
 * The older program takes other options than its successor.  Mount points that were announced as
 * such could not be entered by the guest: overlayfs refuses them.
 */
static void virtiofsd_words(struct child *c, const char *program, const char *source, int listener)
{
	bool older = !strcmp(program, "/usr/lib/qemu/virtiofsd");

	add_word(c, "%s", program);
	add_word(c, "--fd=%d", listener);
	if (older) {
		add_word(c, "-f");
		add_word(c, "-o");
		add_word(c, "source=%s,cache=always,sandbox=chroot,log_level=err", source);
	} else {
		add_word(c, "--shared-dir=%s", source);
		add_word(c, "--cache=always");
		add_word(c, "--sandbox=chroot");
		add_word(c, "--log-level=error");
		if (has_option(program, "--no-announce-submounts"))
			add_word(c, "--no-announce-submounts");
	}
}

/* Returns the descriptor of the connection for QEMU, or -1 after reporting. */
static int start_virtiofsd(struct vm_machine *m, pid_t *pid, const char *source, bool frozen, int log)
{
	const char *program = find_program(virtiofsd_places, "virtiofsd",
					   "qemu-system-common (Debian 12), virtiofsd (later)");
	struct child c = { .root = true, .frozen = frozen };
	int listener = -1, connection = -1;
	char *full;

	if (!program)
		return -1;
	if (connected_listener(&listener, &connection) < 0) {
		diag_report(DIAG_environment, NULL, "no socket for virtiofsd: %s", strerror(errno));
		return -1;
	}
	full = realpath(source, NULL);
	virtiofsd_words(&c, program, full ? full : source, listener);
	free(full);
	vec_push(&c.keep, listener);
	*pid = start_child(&c, log, m->config->verbose);
	close(listener);
	if (*pid > 0)
		return connection;
	close(connection);
	return -1;
}

/* ---- QEMU ------------------------------------------------------------------------------------ */

/*
 * QEMU before 8.1 may keep the translation of code that another processor changed while it was translated (its change
 * "accel/tcg: Always lock pages before translation").  What a kernel then patches into itself stays unseen: hits are lost,
 * and a processor that meets a breakpoint which is gone runs into it for ever.  One thread for all processors is safe.
 */
static bool translates_safely(const char *program)
{
	FILE *words = popen(arena_printf("%s --version 2>/dev/null", program), "re");
	int major = 0, minor = 0;

	if (!words)
		return false;
	if (fscanf(words, "QEMU emulator version %d.%d", &major, &minor) != 2)
		major = 0;
	pclose(words);
	return major > 8 || (major == 8 && minor >= 1);
}

static const char *emulation(const struct vm_config *config, const char *program)
{
	if (config->count_instructions)
		return "tcg,thread=single";
	return config->parallel || translates_safely(program) ? "tcg,thread=multi" : "tcg,thread=single";
}

static const char *const port_names[VM_PORT_COUNT] = {
	[VM_CONTROL] = VM_PORT_CONTROL,
	[VM_STDIN] = VM_PORT_STDIN,
	[VM_STDOUT] = VM_PORT_STDOUT,
	[VM_STDERR] = VM_PORT_STDERR,
	[VM_SERIAL] = NULL,		/* a serial line, not a port */
};

static void machine_words(struct child *c, const struct vm_machine *m, const char *program)
{
	static const char *const common[] = {
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", NULL };
	const struct vm_config *config = m->config;
	int memory = config->memory_mb ? config->memory_mb : 1024;
	bool kvm = !strcmp(m->accelerator, "kvm");

	add_words(c, common);
	add_word(c, "-machine");
	add_word(c, MACHINE ",memory-backend=memory");
	add_word(c, "-object");
	add_word(c, "memory-backend-memfd,id=memory,size=%dM,share=on", memory);
	add_word(c, "-m");
	add_word(c, "%dM", memory);
	add_word(c, "-cpu");
	/* QEMU 7.2 emulates cmpxchg16b with wrong flags: kernels from 6.6 on crash. */
	add_word(c, kvm ? "host" : "max,cx16=off");
	add_word(c, "-accel");
	add_word(c, kvm ? "kvm" : emulation(config, program));
	add_word(c, "-smp");
	add_word(c, "%d", config->count_instructions ? 1 : config->processors ? config->processors : 2);
	if (config->count_instructions) {
		add_word(c, "-icount");
		add_word(c, "shift=0,sleep=off");
	}
}

static void kernel_words(struct child *c, const struct vm_machine *m, int initramfs)
{
	add_word(c, "-kernel");
	add_word(c, "%s", m->config->image);
	add_word(c, "-initrd");
	add_word(c, "/proc/self/fd/%d", initramfs);
	add_word(c, "-append");
	add_word(c, "console=" SERIAL_CONSOLE " quiet panic=-1 oops=panic %s",
		 m->config->kernel_parameters ? m->config->kernel_parameters : "");
	vec_push(&c->keep, initramfs);
}

static void share_words(struct child *c, int fd, const char *tag)
{
	add_word(c, "-chardev");
	add_word(c, "socket,id=share.%s,fd=%d", tag, fd);
	add_word(c, "-device");
	add_word(c, "vhost-user-fs-pci,chardev=share.%s,tag=%s", tag, tag);
	vec_push(&c->keep, fd);
}

static void port_words(struct child *c, const int far[VM_PORT_COUNT])
{
	add_word(c, "-device");
	add_word(c, "virtio-serial-pci");
	for (int i = 0; i < VM_PORT_COUNT; i++) {
		add_word(c, "-chardev");
		add_word(c, "socket,id=port%d,fd=%d", i, far[i]);
		vec_push(&c->keep, far[i]);
		if (port_names[i]) {
			add_word(c, "-device");
			add_word(c, "virtserialport,chardev=port%d,name=%s", i, port_names[i]);
		} else {
			add_word(c, "-serial");
			add_word(c, "chardev:port%d", i);
		}
	}
}

static int open_ports(struct vm_machine *m, int far[VM_PORT_COUNT])
{
	for (int i = 0; i < VM_PORT_COUNT; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
			diag_report(DIAG_environment, NULL, "socketpair: %s", strerror(errno));
			return -1;
		}
		m->ports[i] = pair[0];
		far[i] = pair[1];
	}
	return 0;
}

static void close_fds(const fd_vec *fds)
{
	for (size_t i = 0; i < fds->len; i++)
		close(fds->data[i]);
}

static int start_qemu(struct vm_machine *m, int initramfs, int shares[2], int log)
{
	const char *program = find_program(qemu_places, QEMU_NAME, QEMU_PACKAGE);
	struct child c = { 0 };
	int far[VM_PORT_COUNT];

	if (!program || open_ports(m, far) < 0)
		return -1;
	add_word(&c, "%s", program);
	machine_words(&c, m, program);
	kernel_words(&c, m, initramfs);
	share_words(&c, shares[0], VM_TAG_HOST);
	if (shares[1] >= 0)
		share_words(&c, shares[1], VM_TAG_OUTPUT);
	port_words(&c, far);
	m->qemu = start_child(&c, log, m->config->verbose);
	close_fds(&c.keep);
	return m->qemu > 0 ? 0 : -1;
}

/* ---- together ---------------------------------------------------------------------------------- */

static void make_token(char token[VM_TOKEN_LEN + 1])
{
	unsigned char bytes[VM_TOKEN_LEN / 2];

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
		BUG("getrandom");
	for (size_t i = 0; i < sizeof bytes; i++)
		sprintf(token + 2 * i, "%02x", bytes[i]);
}

static int start_all(struct vm_machine *m, int initramfs, int log)
{
	int shares[2] = { -1, -1 };

	shares[0] = start_virtiofsd(m, &m->virtiofsd[0], "/", true, log);
	if (shares[0] < 0)
		return -1;
	if (m->config->output_dir) {
		shares[1] = start_virtiofsd(m, &m->virtiofsd[1], m->config->output_dir, false, log);
		if (shares[1] < 0)
			return -1;
	}
	return start_qemu(m, initramfs, shares, log);
}

int vm_start(struct vm_machine *m)
{
	int log[2], initramfs, result = -1;

	for (int i = 0; i < VM_PORT_COUNT; i++)
		m->ports[i] = -1;
	m->console = (struct vm_console){ .copy_fd = m->config->console_fd };
	m->words = (struct vm_console){ .copy_fd = m->config->console_fd };
	make_token(m->token);
	if (pipe2(log, O_CLOEXEC) < 0) {
		diag_report(DIAG_environment, NULL, "pipe: %s", strerror(errno));
		return -1;
	}
	m->log = log[0];
	initramfs = vm_initramfs(m);
	if (initramfs >= 0)
		result = start_all(m, initramfs, log[1]);
	close(log[1]);
	return result;
}

/* A process that KVM holds in the kernel may never go: do not wait for ever. */
static void end_child(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	for (int ms = 0; ms < END_WAIT_MS && waitpid(*pid, NULL, WNOHANG) == 0; ms++)
		usleep(1000);
	*pid = 0;
}

void vm_stop(struct vm_machine *m)
{
	end_child(&m->qemu);
	end_child(&m->virtiofsd[0]);
	end_child(&m->virtiofsd[1]);
	for (int i = 0; i < VM_PORT_COUNT; i++)
		if (m->ports[i] >= 0)
			close(m->ports[i]);
	close(m->log);
}
