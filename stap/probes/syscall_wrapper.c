/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters of a system call in a probe of the function that the kernel calls for it, which
 * only has the registers of the caller.  Scripts from before Linux 4.17, when that function had the
 * parameters themselves, ask for $fd or $filename there.
 */
#include "syscall_wrapper.h"

#include <string.h>

#include <uthash.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../debuginfo/debuginfo.h"

#define MOST_PARAMETERS 6

/* Offsets of the registers in struct pt_regs: System V x86-64 system calls, and those of int 0x80. */
static const struct wrapper {
	const char *prefix;
	unsigned registers[MOST_PARAMETERS];
	unsigned size;			/* bytes of a register there */
} wrappers[] = {
	{ "__x64_sys_", { 112, 104, 96, 56, 72, 64 }, 8 },		/* di si dx r10 r8 r9 */
	{ "__ia32_compat_sys_", { 40, 88, 96, 104, 112, 32 }, 4 },	/* bx cx dx si di bp */
	{ "__ia32_sys_", { 40, 88, 96, 104, 112, 32 }, 4 },
};

struct call {
	const char *function;		/* key */
	const struct cparam *params;
	int count;			/* -1: not known */
	UT_hash_handle hh;
};

/* Looking into the kernel's image is slow: once for each call. */
static struct call *call_of(struct session *s, const char *function, const char *name)
{
	static struct call *calls;
	static const struct kernel *of;
	struct call *c = NULL;

	if (of != s->kernel)
		calls = NULL;
	of = s->kernel;
	function = intern(function);
	HASH_FIND_PTR(calls, &function, c);
	if (c)
		return c;
	c = arena_new(struct call);
	c->function = function;
	c->count = syscall_parameters(s, name, &c->params);
	HASH_ADD_PTR(calls, function, c);
	return c;
}

static const struct wrapper *wrapper_of(const char *function)
{
	for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
		if (strncmp(function, wrappers[i].prefix, strlen(wrappers[i].prefix)) == 0)
			return &wrappers[i];
	return NULL;
}

/* The wrapper's only argument points to the registers. */
static struct expr *register_value(const struct wrapper *w, int i, const struct ctype *t, const struct place *at)
{
	struct expr *address = expr_new(E_ARGUMENT, at), *sum = expr_new(E_BINARY, at), *e = expr_new(E_LOAD, at);

	address->type = sum->type = e->type = TYPE_LONG;
	address->argument.size = 8;
	sum->binary.op = OP_ADD;
	sum->binary.left = address;
	sum->binary.right = expr_number(w->registers[i], at);
	e->load.address = sum;
	e->load.size = t->size && t->size < w->size ? t->size : w->size;
	e->load.is_signed = t->is_signed && t->kind != CTYPE_POINTER;
	return e;
}

bool is_syscall_wrapper(const struct cfunction *f)
{
	return !f->module && wrapper_of(f->name);
}

struct expr *syscall_parameter(struct session *s, const struct cfunction *f, const struct expr *target,
			       struct nearest *near)
{
	const struct wrapper *w = is_syscall_wrapper(f) ? wrapper_of(f->name) : NULL;
	const struct call *c = w ? call_of(s, f->name, f->name + strlen(w->prefix)) : NULL;
	struct expr *e;

	for (int i = 0; c && i < c->count; i++) {
		if (strcmp(c->params[i].name, target->target.name + 1) == 0) {
			e = register_value(w, i, c->params[i].type, target->at);
			e->ctype = c->params[i].type;
			return e;
		}
		nearest_offer(near, intern_printf("$%s", c->params[i].name));
	}
	return NULL;
}
