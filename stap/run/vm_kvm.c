/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does KVM work?  /dev/kvm can be there and still never run a guest (nested and
 * broken virtualisation), so the only honest answer is to run one: two instructions
 * in real mode, in a process of its own with a time limit.  The answer is kept until
 * the next boot; the file holds the boot id, the running kernel and the word.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/arena.h"
#include "vm_private.h"

#if defined(__x86_64__)
#include <linux/kvm.h>

#define TIME_LIMIT_MS 2000
#define GUEST_MEMORY 4096
#define GUEST_CODE 0x1000

/* Registers for real mode at GUEST_CODE. */
static int prepare_cpu(int cpu)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs = { .rip = GUEST_CODE, .rflags = 2 };

	if (ioctl(cpu, KVM_GET_SREGS, &sregs) < 0)
		return -1;
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(cpu, KVM_SET_SREGS, &sregs) < 0)
		return -1;
	return ioctl(cpu, KVM_SET_REGS, &regs);
}

static int give_memory(int vm)
{
	static const unsigned char code[] = { 0xb0, 0x2a, 0xf4 };	/* mov $42,%al; hlt */
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GUEST_CODE, .memory_size = GUEST_MEMORY };
	void *memory = mmap(NULL, GUEST_MEMORY, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	memcpy(memory, code, sizeof code);
	region.userspace_addr = (unsigned long)memory;
	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region);
}

/* Runs the guest; may hang.  True when it reached its halt with the right answer. */
static bool run_guest(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm, cpu, size;
	struct kvm_regs regs;
	struct kvm_run *run;

	vm = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0 || give_memory(vm) < 0)
		return false;
	cpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (cpu < 0 || size <= 0 || prepare_cpu(cpu) < 0)
		return false;
	run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu, 0);
	if (run == MAP_FAILED || ioctl(cpu, KVM_RUN, 0) < 0 || run->exit_reason != KVM_EXIT_HLT)
		return false;
	return ioctl(cpu, KVM_GET_REGS, &regs) == 0 && (regs.rax & 0xff) == 42;
}

static _Noreturn void probe_child(int answer)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (run_guest() && write(answer, "y", 1) == 1)
		_exit(0);
	_exit(1);
}

/* A child stuck in the kernel is killed but not waited for: it may never go. */
static bool probe(void)
{
	struct pollfd answer;
	int pipe_fds[2];
	char word = 'n';
	pid_t child;

	if (access("/dev/kvm", R_OK | W_OK) < 0 || pipe2(pipe_fds, O_CLOEXEC) < 0)
		return false;
	child = fork();
	if (!child)
		probe_child(pipe_fds[1]);
	close(pipe_fds[1]);
	answer = (struct pollfd){ pipe_fds[0], POLLIN, 0 };
	if (child > 0 && poll(&answer, 1, TIME_LIMIT_MS) > 0 && read(pipe_fds[0], &word, 1) < 0)
		word = 'n';
	close(pipe_fds[0]);
	if (child > 0) {
		kill(child, SIGKILL);
		usleep(1000);
		waitpid(child, NULL, WNOHANG);
	}
	return word == 'y';
}

#else
static bool probe(void)
{
	return access("/dev/kvm", R_OK | W_OK) == 0;
}
#endif

/* What an answer is good for: this boot of this kernel. */
static const char *memory_key(void)
{
	char boot[64] = "";
	struct utsname name;
	FILE *in = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (in && !fgets(boot, sizeof boot, in))
		boot[0] = '\0';
	if (in)
		fclose(in);
	boot[strcspn(boot, "\n")] = '\0';
	uname(&name);
	return arena_printf("%s %s", boot, name.release);
}

static const char *memory_path(const char *cache_dir)
{
	return arena_printf("%s/kvm-answer", cache_dir);
}

void vm_kvm_remember(const char *cache_dir, bool works)
{
	const char *text = arena_printf("%s %s\n", memory_key(), works ? "works" : "fails");
	const char *temporary;
	FILE *out;

	if (!cache_dir)
		return;
	temporary = arena_printf("%s.%d", memory_path(cache_dir), getpid());
	out = fopen(temporary, "we");
	if (!out)
		return;
	fputs(text, out);
	if (fclose(out) || rename(temporary, memory_path(cache_dir)) < 0)
		unlink(temporary);
}

bool vm_kvm_works(const char *cache_dir)
{
	char line[512] = "";
	const char *key = memory_key();
	size_t len = strlen(key);
	FILE *in = cache_dir ? fopen(memory_path(cache_dir), "re") : NULL;
	bool works;

	if (in && !fgets(line, sizeof line, in))
		line[0] = '\0';
	if (in)
		fclose(in);
	if (!strncmp(line, key, len) && line[len] == ' ')
		return !strcmp(line + len + 1, "works\n");
	works = probe();
	vm_kvm_remember(cache_dir, works);
	return works;
}
