/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of vm.c share. */
#ifndef STAP_RUN_VM_PRIVATE_H
#define STAP_RUN_VM_PRIVATE_H

#include <stddef.h>
#include <sys/types.h>

#include "vm.h"
#include "vm_wire.h"

/* The last words of the guest's kernel, or of QEMU and virtiofsd. */
struct vm_console {
	char text[32768];
	size_t start, len;		/* a ring */
	int copy_fd;			/* -1: none */
};

void vm_console_add(struct vm_console *c, const char *data, size_t len);

struct diag;
/* Attach them to a message under a title: from an oops on, else the last lines. */
void vm_console_note(const struct vm_console *c, struct diag *d, const char *title);

/* Host ends of the sockets behind the guest's ports, and the far ends for QEMU. */
enum vm_port { VM_CONTROL, VM_STDIN, VM_STDOUT, VM_STDERR, VM_SERIAL, VM_PORT_COUNT };

struct vm_machine {
	const struct vm_config *config;
	int boot_seconds;		/* how long it may take to come up */
	const char *accelerator;	/* "kvm" or "tcg" */
	char token[VM_TOKEN_LEN + 1];
	pid_t qemu, virtiofsd[2];	/* 0: not running */
	int ports[VM_PORT_COUNT];	/* ours; -1 closed */
	int log;			/* output of the processes */
	struct vm_console console, words;	/* the guest's, the processes' */
};

/* vm_initramfs.c: a memfd with the initramfs; -1 after reporting. */
int vm_initramfs(const struct vm_machine *m);

/* vm_process.c: start QEMU and virtiofsd; 0, or -1 after reporting.  vm_stop() ends
 * whatever runs, and closes everything. */
int vm_start(struct vm_machine *m);
void vm_stop(struct vm_machine *m);

/* vm_kvm.c: does KVM really run a guest?  Answers from memory when it can. */
bool vm_kvm_works(const char *cache_dir);
void vm_kvm_remember(const char *cache_dir, bool works);

/* vm_relay.c: move data until the command has ended. */
enum vm_outcome { VM_EXITED, VM_NOT_UP, VM_DIED, VM_HUNG, VM_REFUSED, VM_INTERRUPTED };

struct vm_result {
	enum vm_outcome outcome;
	bool up;			/* the guest had started to work */
	int status;			/* VM_EXITED */
	const char *text;		/* VM_REFUSED: the guest's words; VM_DIED: who ended how, or NULL */
};

void vm_relay(struct vm_machine *m, struct vm_result *result);

#endif
