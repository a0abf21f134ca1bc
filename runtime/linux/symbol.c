/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From names to addresses, when the session starts: the compiling host need not know
 * the kernel's addresses.  kallsyms_lookup_name() is not exported; a kprobe tells where it
 * is.  It is called through a static call, which is a direct call: an indirect one is
 * refused by hardware where the kernel sealed the function against it (IBT).
 */
#include "runtime.h"

#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/static_call.h>

static unsigned long lookup_nothing(const char *name)
{
	return 0;
}

DEFINE_STATIC_CALL(script_kallsyms_lookup, lookup_nothing);

/* Address of a function by registering a kprobe there, never enabled. */
static unsigned long function_address(const char *name)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	unsigned long address;

	if (register_kprobe(&probe))
		return 0;
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return address;
}

/* On first use: many scripts need no symbol. */
static void lookup_prepare(void)
{
	static DEFINE_MUTEX(mutex);
	static bool done;
	unsigned long address;

	mutex_lock(&mutex);
	if (!done) {
		address = function_address("kallsyms_lookup_name");
		if (address)
			static_call_update(script_kallsyms_lookup,
					   (typeof(&lookup_nothing))address);
		done = true;
	}
	mutex_unlock(&mutex);
}

unsigned long symbol_address(const char *name)
{
	lookup_prepare();
	return static_call(script_kallsyms_lookup)(name);
}

static unsigned long module_symbol_address(const char *module, const char *symbol)
{
	char name[MODULE_NAME_LEN + KSYM_NAME_LEN];

	snprintf(name, sizeof(name), "%s:%s", module, symbol);
	return symbol_address(name);
}

bool module_is_loaded(const char *name)
{
	return module_symbol_address(name, "__this_module") != 0;
}

static unsigned long section_address(const struct script_location *at)
{
	struct module *module;

	if (strcmp(at->section, ".text"))
		return 0;
	if (!at->module)
		return symbol_address("_stext");
	module = (struct module *)module_symbol_address(at->module, "__this_module");
	return module ? compat_module_text(module) : 0;
}

int location_resolve(const struct script_location *at, unsigned long *address)
{
	unsigned long base;

	if (at->symbol)
		base = at->module ? module_symbol_address(at->module, at->symbol) :
			symbol_address(at->symbol);
	else if (at->section)
		base = section_address(at);
	else if (at->module)
		return -EINVAL;
	else {
		*address = at->offset;
		return 0;
	}
	*address = base + at->offset;
	return base ? 0 : -ENOENT;
}
