/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The throwaway VM, from the outside: choose an accelerator, start, relay, and say
 * in words what went wrong.  vm_initramfs.c makes what the guest boots, vm_process.c
 * starts the processes, vm_relay.c moves the data, vm_init.c is the guest's end.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/diag.h"
#include "vm_private.h"

#define LAST_LINES 12
#define OOPS_LINES 40

/* ---- console ------------------------------------------------------------------------ */

void vm_console_add(struct vm_console *c, const char *data, size_t len)
{
	if (c->copy_fd >= 0 && write(c->copy_fd, data, len) < 0)
		c->copy_fd = -1;
	for (size_t i = 0; i < len; i++) {
		c->text[(c->start + c->len) % sizeof c->text] = data[i];
		if (c->len < sizeof c->text)
			c->len++;
		else
			c->start = (c->start + 1) % sizeof c->text;
	}
}

/* The ring as text without carriage returns and other control characters. */
static char *console_text(const struct vm_console *c)
{
	char *text = arena_alloc(c->len + 1);
	size_t n = 0;

	for (size_t i = 0; i < c->len; i++) {
		char byte = c->text[(c->start + i) % sizeof c->text];

		if (byte == '\n' || byte == '\t' || (unsigned char)byte >= ' ')
			text[n++] = byte;
	}
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	text[n] = '\0';
	return text;
}

static char *last_lines(char *text, int lines)
{
	char *line = text + strlen(text);

	while (line > text && (line[-1] != '\n' || lines-- > 1))
		line--;
	return line;
}

/* Where the story of an oops or panic begins, or NULL. */
static char *oops_start(char *text)
{
	static const char *const marks[] = { "BUG: ", "Oops: ", "general protection fault",
					     "Kernel panic - " };
	char *first = NULL;

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		char *at = strstr(text, marks[i]);

		if (at && (!first || at < first))
			first = at;
	}
	while (first && first > text && first[-1] != '\n')
		first--;
	return first;
}

void vm_console_note(const struct vm_console *c, struct diag *d, const char *title)
{
	char *text = console_text(c), *line = oops_start(text);
	int lines = line ? OOPS_LINES : LAST_LINES;

	if (!line)
		line = last_lines(text, LAST_LINES);
	if (*line)
		diag_note(d, NULL, "%s:", title);
	while (*line && lines--) {
		size_t len = strcspn(line, "\n");

		diag_note(d, NULL, "%.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

/* The line that names a panic, or NULL. */
static const char *panic_line(const struct vm_console *c)
{
	char *line = strstr(console_text(c), "Kernel panic - ");

	return line ? arena_strndup(line, strcspn(line, "\n")) : NULL;
}

/* ---- which kernel, which init ------------------------------------------------------------ */

const char *vm_image(const char *root, const char *release)
{
	const char *const places[] = {
		arena_printf("%s/boot/vmlinuz-%s", root, release),
		arena_printf("%s/lib/modules/%s/vmlinuz", root, release),
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (access(places[i], R_OK) == 0)
			return places[i];
	return NULL;
}

static bool bootable(const char *release)
{
	return vm_image("", release) &&
	       access(arena_printf("/lib/modules/%s/modules.dep", release), R_OK) == 0;
}

static bool better(const char *release, const char *than)
{
	bool headers = !access(arena_printf("/lib/modules/%s/build", release), R_OK);
	bool than_headers = than && !access(arena_printf("/lib/modules/%s/build", than), R_OK);

	if (!than || headers != than_headers)
		return !than || headers;
	return strverscmp(release, than) > 0;
}

const char *vm_default_release(void)
{
	DIR *dir = opendir("/lib/modules");
	const char *best = NULL;
	struct dirent *entry;
	struct utsname running;

	uname(&running);
	if (bootable(running.release))
		best = arena_strdup(running.release);
	else
		while (dir && (entry = readdir(dir)))
			if (entry->d_name[0] != '.' && bootable(entry->d_name) &&
			    better(entry->d_name, best))
				best = arena_strdup(entry->d_name);
	if (dir)
		closedir(dir);
	return best;
}

/* In the build tree it is stap/run/vm-init, as seen from stap/stap and testsuite/vm/vmrun. */
const char *vm_find_init(void)
{
	static const char *const beside[] = { "run/vm-init", "../../stap/run/vm-init",
					      "../lib/systemtap/vm-init" };
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);

	exe[len > 0 ? len : 0] = '\0';
	if (strrchr(exe, '/'))
		*strrchr(exe, '/') = '\0';
	for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
		const char *path = arena_printf("%s/%s", exe, beside[i]);

		if (access(path, R_OK) == 0)
			return path;
	}
#ifdef INSTALLED_LIB_DIR
	if (access(INSTALLED_LIB_DIR "/vm-init", R_OK) == 0)
		return INSTALLED_LIB_DIR "/vm-init";
#endif
	return NULL;
}

/* ---- running ------------------------------------------------------------------------------- */

static struct diag *describe(const struct vm_machine *m, const struct vm_result *result)
{
	const char *panic = panic_line(&m->console);

	switch (result->outcome) {
	case VM_NOT_UP:
		return diag_report(DIAG_run, NULL, "the virtual machine did not come up in time");
	case VM_HUNG:
		return diag_report(DIAG_run, NULL,
				   "the virtual machine hangs: no sign of life for a minute");
	case VM_REFUSED:
		return diag_report(DIAG_run, NULL, "virtual machine: %s", result->text);
	case VM_INTERRUPTED:
		return diag_report(DIAG_run, NULL, "interrupted; the virtual machine was stopped");
	default:
		if (panic)
			return diag_report(DIAG_run, NULL, "the virtual machine's %s", panic);
		return diag_report(DIAG_run, NULL, "the virtual machine died%s%s",
				   result->text ? ": " : "", result->text ? result->text : "");
	}
}

static int report(const struct vm_machine *m, const struct vm_result *result)
{
	struct diag *d;

	if (result->outcome == VM_EXITED)
		return result->status;
	d = describe(m, result);
	if (result->outcome == VM_INTERRUPTED)
		return -1;
	vm_console_note(&m->console, d, "last lines of the guest's console");
	if (!panic_line(&m->console))
		vm_console_note(&m->words, d, "last words of QEMU and virtiofsd");
	return -1;
}

/* How long a boot may take.  Under emulation it takes 3 s, or 20 on a machine that does ten other things; once
 * in a few hundred it stalls before the guest says a word, and the next one does not. */
#define KVM_SECONDS 15			/* a hanging KVM shall not cost more */
#define FIRST_TCG_SECONDS 60
#define LAST_TCG_SECONDS 120

/* Boot once with an accelerator.  Returns false when nothing could be started. */
static bool run_once(struct vm_machine *m, const char *accelerator, int boot_seconds, struct vm_result *result)
{
	bool started;

	m->accelerator = accelerator;
	m->boot_seconds = boot_seconds;
	if (m->config->verbose > 0)
		fprintf(stderr, "booting %s in a virtual machine (%s)\n", m->config->image, accelerator);
	started = vm_start(m) == 0;
	if (started)
		vm_relay(m, result);
	vm_stop(m);
	return started;
}

int vm_run(const struct vm_config *config)
{
	struct vm_machine machine = { .config = config };
	struct vm_result result = { 0 };
	bool kvm = !config->count_instructions && vm_kvm_works(config->cache_dir);

	if (kvm && !run_once(&machine, "kvm", KVM_SECONDS, &result))
		return -1;
	if (kvm && (result.outcome == VM_NOT_UP || (result.outcome == VM_DIED && !result.up))) {
		vm_kvm_remember(config->cache_dir, false);
		kvm = false;
	}
	if (!kvm && !run_once(&machine, "tcg", FIRST_TCG_SECONDS, &result))
		return -1;
	if (!kvm && result.outcome == VM_NOT_UP && !run_once(&machine, "tcg", LAST_TCG_SECONDS, &result))
		return -1;
	return report(&machine, &result);
}
