/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The module that a recipe's kbuild builds: of our modules it has the ends and, by name only, everything that they may
 * take of the kernel.  Its description is therefore that of any of ours, and it is compiled before any header of the
 * kernel is read.
 */
#define KERNEL_SYMBOL(name)									\
	asm(".pushsection .rodata.stap_symbols, \"a\"\n\t.quad " #name "\n\t.popsection");
#include "kernel_symbols.h"

static const char license[] __attribute__((used, section(".modinfo"), aligned(1))) = "license=GPL";

static int begin(void)
{
	return 0;
}

static void end(void)
{
}

/* As module_init() and module_exit() do it; since 6.19 objtool refuses ends that nothing points to. */
int init_module(void) __attribute__((alias("begin")));
void cleanup_module(void) __attribute__((alias("end")));
static const void *const ends[] __attribute__((used)) = { init_module, cleanup_module };
