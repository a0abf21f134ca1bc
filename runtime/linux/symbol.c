/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From names to addresses, when the session starts: the compiling host need not know
 * the kernel's addresses.  kallsyms_lookup_name() is not exported; a kprobe tells where it
 * is.  It is called through a static call, which is a direct call: an indirect one is
 * refused by hardware where the kernel sealed the function against it (IBT).
 */
#include "probes/mechanism.h"

#include <linux/bsearch.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sort.h>
#include <linux/static_call.h>
#include <linux/uaccess.h>

typedef int (*each_symbol_function) COMPAT_EACH_SYMBOL_ARGS(data, name, address);

static unsigned long lookup_nothing(const char *name)
{
	return 0;
}

static int each_nothing(each_symbol_function function, void *data)
{
	return 0;
}

DEFINE_STATIC_CALL(script_kallsyms_lookup, lookup_nothing);
DEFINE_STATIC_CALL(script_kallsyms_each, each_nothing);

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

/* ---- what kprobes do to code ------------------------------------------------------------- */

/* Where the function around an address ends, as far as symbols tell. */
static unsigned long function_end(unsigned long address)
{
	char text[KSYM_SYMBOL_LEN];
	unsigned long offset, size;
	const char *plus;

	sprint_symbol(text, address);
	plus = strrchr(text, '+');
	if (!plus || sscanf(plus, "+0x%lx/0x%lx", &offset, &size) != 2)
		return 0;
	return address - offset + size;
}

static bool is_odd_number_of_zeroes_before(unsigned long end)
{
	unsigned long at = end;
	char byte;

	do
		at--;
	while (!copy_from_kernel_nofault(&byte, (void *)at, 1) && !byte && end - at < PAGE_SIZE);
	return (end - 1 - at) & 1;
}

/*
 * To see whether a kprobe can become a jump the kernel decodes the function around it, as far as the next
 * symbol.  Behind the last function of a module these are the zeroes that fill its page, two for an
 * instruction; of an odd number the last instruction reaches into the next page.  Since 6.4 a
 * module's text is a piece of memory of its own, and there may be nothing.
 */
bool kprobe_is_safe(unsigned long address)
{
	unsigned long end = function_end(address);
	char byte;

	return !end || !PAGE_ALIGNED(end) || !copy_from_kernel_nofault(&byte, (void *)end, 1) ||
		!is_odd_number_of_zeroes_before(end);
}

/* ---- what the script reads ------------------------------------------------------------------ */

static void symbol_attach(struct script_symbol *s)
{
	unsigned long address = s->module ? module_symbol_address(s->module, s->name) :
		symbol_address(s->name);

	WRITE_ONCE(s->address, address);
	if (!address && (!s->module || module_symbol_address(s->module, "__this_module")))
		control_line("warning the kernel has no symbol %s%s%s: reads of it fail\n",
			     s->module ?: "", s->module ? ":" : "", s->name);
}

void symbols_attach(void)
{
	unsigned i;

	for (i = 0; i < script_symbol_count; i++)
		symbol_attach(&script_symbols[i]);
}

void symbols_of_module(const char *module, bool coming)
{
	struct script_symbol *s;
	unsigned i;

	for (i = 0; i < script_symbol_count; i++) {
		s = &script_symbols[i];
		if (!s->module || strcmp(s->module, module))
			continue;
		if (coming)
			symbol_attach(s);
		else
			WRITE_ONCE(s->address, 0);
	}
}

/* ---- many symbols at once ------------------------------------------------------------------ */

/*
 * Where a look-up by name goes through all symbols, hundreds of them would take
 * seconds: then one pass compares every symbol with a sorted table of what is wanted.
 */
#define PREFETCH_MIN 8

struct wanted {
	const char *name;
	unsigned long *address;
};

struct prefetch {
	struct wanted *table;
	unsigned count;
};

static int compare_wanted(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->name, ((const struct wanted *)b)->name);
}

/* All entries of the name; a symbol that exists twice counts where it comes first. */
static int prefetch_symbol COMPAT_EACH_SYMBOL_ARGS(data, name, address)
{
	const struct prefetch *p = data;
	struct wanted key = { .name = name };
	struct wanted *w = bsearch(&key, p->table, p->count, sizeof(key), compare_wanted);

	while (w && w > p->table && !compare_wanted(w - 1, &key))
		w--;
	for (; w && w < p->table + p->count && !compare_wanted(w, &key); w++)
		if (!*w->address)
			*w->address = address;
	return 0;
}

static bool prefetch_run(struct prefetch *p)
{
	unsigned long each = symbol_address("kallsyms_on_each_symbol");

	if (!each)
		return false;
	static_call_update(script_kallsyms_each, (typeof(&each_nothing))each);
	sort(p->table, p->count, sizeof(*p->table), compare_wanted, NULL);
	static_call(script_kallsyms_each)(prefetch_symbol, p);
	return true;
}

bool location_is_core_symbol(const struct script_location *at)
{
	return at->symbol && !at->module;
}

bool symbols_prefetch(struct script_probe **rows, unsigned long *addresses, unsigned count)
{
	const struct script_location *at;
	struct prefetch p = { NULL, 0 };
	bool done = false;
	unsigned i;

	if (COMPAT_LOOKUP_IS_FAST || count < PREFETCH_MIN)
		return false;
	p.table = kvmalloc_array(count, sizeof(*p.table), GFP_KERNEL);
	for (i = 0; p.table && i < count; i++) {
		at = rows[i]->mechanism->location(rows[i]);
		if (location_is_core_symbol(at))
			p.table[p.count++] = (struct wanted){ at->symbol, &addresses[i] };
	}
	if (p.table)
		done = prefetch_run(&p);
	kvfree(p.table);
	return done;
}
