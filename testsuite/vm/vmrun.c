/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmrun: run any command in the throwaway VM of `stap --vm`.
 *
 *	vmrun [options] [--] COMMAND [ARGUMENT...]
 *
 * The command sees this machine's files (changes stay in the guest), the
 * current folder, environment and standard streams; its exit status is ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../stap/base/arena.h"
#include "../../stap/base/diag.h"
#include "../../stap/base/file.h"
#include "../../stap/run/run.h"
#include "../../stap/run/vm.h"

static const struct option long_options[] = {
	{ "smp", required_argument, NULL, 's' },
	{ "parallel", no_argument, NULL, 'P' },
	{ "memory", required_argument, NULL, 'm' },
	{ "timeout", required_argument, NULL, 'T' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "root", required_argument, NULL, 'r' },
	{ "append", required_argument, NULL, 'a' },
	{ "icount", no_argument, NULL, 'i' },
	{ "console", required_argument, NULL, 'c' },
	{ "output", required_argument, NULL, 'o' },
	{ "print-release", no_argument, NULL, 'p' },
	{ "obstacle", no_argument, NULL, 'O' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char usage[] =
	"usage: vmrun [options] [--] COMMAND [ARGUMENT...]\n"
	"  --kernel RELEASE  default: the running kernel, or the newest installed\n"
	"  --root DIR        where that kernel's boot/ and lib/modules/ are (default /)\n"
	"  --smp N           processors (2)\n"
	"  --parallel        they run at once also where QEMU, before 8.1, may hang of it\n"
	"  --memory MB       memory (1024)\n"
	"  --append TEXT     more parameters for the guest's kernel\n"
	"  --icount          one processor, 1 ns of guest time is 1 instruction\n"
	"  --timeout SEC     SIGINT to the command after so long\n"
	"  --console FILE    write the guest's kernel messages there (- for standard error)\n"
	"  --output DIR      show DIR writable at /.stap-output in the guest\n"
	"  --print-release   print the release that is booted by default\n"
	"  --obstacle        print why this machine cannot load modules, if so\n"
	"  -v                say what is done; twice: print the command lines\n";

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "vmrun: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int open_console(const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : 2;

	if (fd < 0)
		die(path);
	return fd;
}

static _Noreturn void print_release(void)
{
	const char *release = vm_default_release();

	if (release)
		puts(release);
	exit(release ? 0 : 1);
}

static _Noreturn void print_obstacle(void)
{
	const char *obstacle = run_local_obstacle();

	if (obstacle)
		puts(obstacle);
	exit(obstacle ? 1 : 0);
}

static void parse(int argc, char **argv, struct vm_config *c, const char **release, const char **root)
{
	int option;

	while ((option = getopt_long(argc, argv, "+vh", long_options, NULL)) != -1) {
		switch (option) {
		case 's': c->processors = atoi(optarg); break;
		case 'P': c->parallel = true; break;
		case 'a': c->kernel_parameters = optarg; break;
		case 'm': c->memory_mb = atoi(optarg); break;
		case 'T': c->timeout = atof(optarg); break;
		case 'k': *release = optarg; break;
		case 'r': *root = optarg; break;
		case 'i': c->count_instructions = true; break;
		case 'c': c->console_fd = open_console(optarg); break;
		case 'o': c->output_dir = optarg; break;
		case 'p': print_release(); break;
		case 'O': print_obstacle(); break;
		case 'v': c->verbose++; break;
		case 'h': fputs(usage, stdout); exit(0);
		default: fputs(usage, stderr); exit(2);
		}
	}
	c->arguments = argv + optind;
}

int main(int argc, char **argv)
{
	struct vm_config config = { .console_fd = -1, .cache_dir = getenv("SYSTEMTAP_DIR") };
	const char *release = NULL, *root = "";
	int status;

	keep_standard_streams();
	parse(argc, argv, &config, &release, &root);
	if (!config.arguments[0]) {
		fputs(usage, stderr);
		return 2;
	}
	if (!release)
		release = vm_default_release();
	if (!release) {
		fputs("vmrun: no kernel with image and modules is installed\n", stderr);
		return 2;
	}
	config.image = vm_image(root, release);
	if (!config.image) {
		fprintf(stderr, "vmrun: there is no image of kernel %s below %s/\n", release, root);
		return 2;
	}
	config.modules_dir = arena_printf("%s/lib/modules/%s", root, release);
	status = vm_run(&config);
	diag_flush(stderr);
	return status < 0 ? 125 : status;
}
