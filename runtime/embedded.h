/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What C in %{ ... %} may use, in front of it in every unit: the language's own macros, and the names of
 * SystemTap's runtime that scripts know.  The latter are for users; the library calls what is below them.
 * Code that reads or writes memory by them leaves through the label of CATCH_DEREF_FAULT().
 */
#ifndef EMBEDDED_H
#define EMBEDDED_H

#include "script.h"

/* ---- the language ------------------------------------------------------------------------------ */

#define CONTEXT stap_context
#define STAP_ERROR(...) \
	do { script_error(stap_context, __VA_ARGS__); goto stap_out; } while (0)
#define STAP_PRINTF(...) script_printf(stap_context, __VA_ARGS__)
#define STAP_NEXT do { *stap_go_on = true; goto stap_out; } while (0)

/* ---- what CONTEXT-> shows ------------------------------------------------------------------------ */

/* Called before a user's code that looks at CONTEXT. */
static inline void embedded_context(struct context *c)
{
	c->kregs = c->uregs = NULL;
	c->probe_point = c->probe ? c->probe->name : "";
	c->probe_name = c->probe ? script_probe_alias(c->probe) : "";
	c->user_mode_p = 0;
#ifndef SCRIPT_USER
	if (c->regs && (c->regs->cs & 3)) {
		c->user_mode_p = 1;
		c->uregs = c->regs;
	} else {
		c->kregs = c->regs;
	}
#endif
}

#define REG_IP(regs) ((regs)->ip)
#define REG_SP(regs) ((regs)->sp)
#define REG_FP(regs) ((regs)->bp)
#define EREG(name, regs) ((regs)->name)
#define RREG(name, regs) ((regs)->name)

/* ---- printing and the session ------------------------------------------------------------------------ */

#define _stp_printf(...) script_printf(script_this_context(), __VA_ARGS__)
#define _stp_print(text) script_printf(script_this_context(), "%s", text)
#define _stp_print_char(c) script_printf(script_this_context(), "%c", c)
#define _stp_print_flush() do { } while (0)
#define _stp_snprintf snprintf
#define _stp_warn(...) \
	do { char stap_text[200]; snprintf(stap_text, sizeof(stap_text), __VA_ARGS__); \
	     script_warn(script_this_context(), stap_text); } while (0)
#define _stp_error(...) script_error(script_this_context(), __VA_ARGS__)
#define _stp_exit() script_exit_request()
#define assert_is_myproc() do { } while (0)

/* ---- memory -------------------------------------------------------------------------------------------- */

#define CATCH_DEREF_FAULT() do { if (0) { deref_fault: ; } } while (0)

#ifdef SCRIPT_USER
#define EMBEDDED_STORE script_store
#else
#define EMBEDDED_STORE script_store_slow
#endif

#define EMBEDDED_READ(copy, type, size, address) \
	({ type stap_read = {0}; u64 stap_at = (u64)(unsigned long)(address); \
	if (!copy((void *)&stap_read, stap_at, size)) { \
		script_read_fault(script_this_context(), stap_at, size); goto deref_fault; } \
	stap_read; })
#define EMBEDDED_WRITE(store, size, address, value) \
	do { u64 stap_at = (u64)(unsigned long)(address); \
	if (!store(stap_at, size, (u64)(value))) { \
		script_write_fault(script_this_context(), stap_at, size); goto deref_fault; } } while (0)

#define kread(pointer) EMBEDDED_READ(script_copy_kernel, __typeof__(*(pointer)), sizeof(*(pointer)), pointer)
#define uread(pointer) EMBEDDED_READ(script_copy_user, __typeof__(*(pointer)), sizeof(*(pointer)), pointer)
#define kwrite(pointer, value) EMBEDDED_WRITE(EMBEDDED_STORE, sizeof(*(pointer)), pointer, value)
#define uwrite(pointer, value) EMBEDDED_WRITE(script_store_user, sizeof(*(pointer)), pointer, value)
#define deref(size, address) EMBEDDED_READ(script_copy_kernel, u64, size, address)
#define kderef(size, address) EMBEDDED_READ(script_copy_kernel, u64, size, address)
#define uderef(size, address) EMBEDDED_READ(script_copy_user, u64, size, address)
#define store_deref(size, address, value) EMBEDDED_WRITE(EMBEDDED_STORE, size, address, value)
#define store_kderef(size, address, value) EMBEDDED_WRITE(EMBEDDED_STORE, size, address, value)
#define store_uderef(size, address, value) EMBEDDED_WRITE(script_store_user, size, address, value)
#define deref_string(to, address, size) \
	do { u64 stap_at = (u64)(unsigned long)(address); \
	if (!script_kernel_string(to, size, stap_at)) { \
		script_read_fault(script_this_context(), stap_at, 1); goto deref_fault; } } while (0)

/* As copy_from_user(): bytes that were not copied, all or none. */
#define _stp_copy_from_user(to, from, n) \
	(script_copy_user(to, (u64)(unsigned long)(from), n) ? 0UL : (unsigned long)(n))
/* As strncpy_from_user(): the string's length, or -EFAULT. */
#define _stp_strncpy_from_user(to, from, n) \
	(script_user_string(to, n, (u64)(unsigned long)(from)) ? (long)str_length(to) : -14L)

/* ---- symbols, in the kernel ------------------------------------------------------------------------------- */

/* Not exported by kernels from 5.7 on.  Scripts that name it have what it needs prepared before they start. */
#ifndef SCRIPT_USER
unsigned long symbol_address(const char *name);
#define kallsyms_lookup_name(name) symbol_address(name)
#define _stp_kallsyms_lookup_name(name) symbol_address(name)
#define _stp_kmalloc(size) kmalloc(size, GFP_ATOMIC)
#define _stp_kfree(memory) kfree(memory)
#endif

#endif
