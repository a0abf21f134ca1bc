/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A throwaway virtual machine that runs one command on a given kernel, with this
 * machine's files and with standard streams, signals and exit status as if it ran here.
 */
#ifndef STAP_RUN_VM_H
#define STAP_RUN_VM_H

#include <stdbool.h>

struct vm_config {
	const char *image;		/* bzImage or vmlinux */
	const char *modules_dir;	/* .../lib/modules/RELEASE */
	const char *init_path;		/* the static first process; NULL: vm_find_init() */
	const char *cache_dir;		/* where to remember if KVM works; NULL: nowhere */
	char *const *arguments;		/* the command, NULL-terminated */
	char *const *environment;	/* NULL: ours */
	const char *output_dir;		/* shown writable at VM_OUTPUT_DIR; NULL: none */
	bool holds_signals;		/* the command is staprun: signals wait until it takes them */
	int required_pid;		/* must exist in the guest; 0: none */
	int processors;			/* 0: 2 */
	const char *kernel_parameters;	/* more of them; NULL: none */
	int memory_mb;			/* 0: 1024 */
	double timeout;			/* seconds from the command's start to SIGINT; 0: none */
	bool parallel;			/* emulated processors at once, also where QEMU may hang of it */
	bool count_instructions;	/* one processor, 1 ns of guest time = 1 instruction */
	int console_fd;			/* gets a copy of the guest's console; -1: nobody */
	int verbose;			/* > 0: say on stderr what is being done */
};

/*
 * Boot, run, tear down.  Returns the exit status of the command (128 + N when
 * signal N ended it), or -1 after reporting with diag_report() that the machine could not be
 * started, panicked or hung.  Whatever happens, no process or file is left behind.
 * Signals INT, TERM, HUP, QUIT and USR2 of this process go to the command meanwhile.
 */
int vm_run(const struct vm_config *config);

/* Release to boot when none was named: the running kernel if its image and modules
 * are installed, else the newest that is (with headers preferred).  NULL: none is. */
const char *vm_default_release(void);

/* The image of a release below a folder ("": the root), or NULL. */
const char *vm_image(const char *root, const char *release);

/* Path of the guest's first process: in our build tree or installed; NULL: missing. */
const char *vm_find_init(void);

#endif
