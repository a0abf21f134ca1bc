/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types, enumerators and variables by name.  A module's own come first, then those of
 * the kernel that it was built against.
 */
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "debuginfod.h"
#include "dwarf_private.h"

/* The blob in which names of `module` are looked up. */
static struct btf_blob *blob_of(struct session *s, const char *module)
{
	struct module *m;

	if (module_is_kernel(module))
		return kernel_btf(s);
	m = module_find(s, module);
	return m ? module_btf(s, m) : NULL;
}

enum { TAGGED = BTF_BIT(STRUCT) | BTF_BIT(UNION) | BTF_BIT(ENUM) | BTF_BIT(ENUM64),
       BARE = BTF_BIT(TYPEDEF) | BTF_BIT(INT) | BTF_BIT(FLOAT) };

/* "struct x" to the kinds it may be and the tag; a bare name may be anything. */
static const char *split_tag(const char *name, uint32_t *kinds)
{
	static const struct { const char *word; uint32_t kinds; } words[] = {
		{ "struct ", BTF_BIT(STRUCT) },
		{ "union ", BTF_BIT(UNION) },
		{ "enum ", BTF_BIT(ENUM) | BTF_BIT(ENUM64) },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i].word);

		if (strncmp(name, words[i].word, len) == 0) {
			*kinds = words[i].kinds;
			return name + len + strspn(name + len, " ");
		}
	}
	*kinds = 0;
	return name;
}

static uint32_t find_bare(struct btf_blob *b, const char *name)
{
	static const uint32_t order[] = { BARE, BTF_BIT(STRUCT), BTF_BIT(UNION),
					  BTF_BIT(ENUM) | BTF_BIT(ENUM64) };

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		uint32_t id = btf_find_first(b, name, order[i]);

		if (id)
			return id;
	}
	return 0;
}

/* Names are offered as they were asked for: with "struct " when that was given. */
static void offer_types(struct btf_blob *b, uint32_t kinds, const char *word,
			struct nearest *near)
{
	for (; b; b = btf_next(b))
		for (uint32_t id = b->first_id; id < b->end_id; id++) {
			const struct btf_type *t = btf_type(b, id);

			if (t->name_off && kinds >> BTF_INFO_KIND(t->info) & 1)
				nearest_offer(near, *word ? intern_printf("%s%s", word, btf_name(b, t)) :
					      btf_name(b, t));
		}
}

/*
 * DWARF, for what BTF does not know: always for programs; for the kernel and its modules
 * only where it is at hand, that is not downloaded for a question of this kind.
 */
static struct debug_file *debug_file_for(struct session *s, const char *module)
{
	if (module_is_kernel(module) && !kernel_debug_file(s))
		return NULL;
	return debug_file_of(s, module_is_kernel(module) ? NULL : module);
}

/* The name without surrounding blanks and a trailing '&'. */
static const char *trimmed(const char *name)
{
	size_t len;

	name += strspn(name, " \t");
	len = strlen(name);
	while (len && strchr(" \t&", name[len - 1]))
		len--;
	return intern_n(name, len);
}

const struct ctype *ctype_by_name(struct session *s, const char *module, const char *name,
				  struct nearest *near)
{
	struct btf_blob *own = blob_of(s, module);
	uint32_t kinds;
	const char *text = trimmed(name), *tag = split_tag(text, &kinds);
	const char *word = intern_n(text, tag - text);
	struct debug_file *debug;
	const struct ctype *t;

	if (!kinds)
		tag = base_type_name(tag);
	for (struct btf_blob *b = own; b; b = btf_next(b)) {
		uint32_t id = kinds ? btf_find_first(b, tag, kinds) : find_bare(b, tag);

		if (id)
			return btf_ctype(b, id);
	}
	if (own && !kinds && strcmp(tag, "void") == 0)
		return btf_ctype(own, 0);
	debug = debug_file_for(s, module);
	t = debug ? dwarf_type_by_name(debug, text, module_is_path(module) ? near : NULL) : NULL;
	if (!t && near)
		offer_types(own, kinds ? kinds : BARE | TAGGED, word, near);
	return t;
}

static void offer_enumerators(struct btf_blob *b, struct nearest *near)
{
	for (; b; b = btf_next(b))
		for (uint32_t id = b->first_id; id < b->end_id; id++) {
			const struct btf_type *t = btf_type(b, id);
			const char *name;

			if (!((BTF_BIT(ENUM) | BTF_BIT(ENUM64)) >> BTF_INFO_KIND(t->info) & 1))
				continue;
			for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
				btf_enumerator(b, t, i, &name);
				nearest_offer(near, name);
			}
		}
}

bool enumerator_by_name(struct session *s, const char *module, const char *name, int64_t *value,
			struct nearest *near)
{
	struct debug_file *debug;

	for (struct btf_blob *b = blob_of(s, module); b; b = btf_next(b))
		if (btf_find_enumerator(b, name, value))
			return true;
	debug = debug_file_for(s, module);
	if (debug && dwarf_enumerator(debug, name, value))
		return true;
	if (near)
		offer_enumerators(blob_of(s, module), near);
	return false;
}

/* Does a data section of that name list the variable? */
static bool in_section(struct btf_blob *b, const char *section, uint32_t var)
{
	uint32_t id = btf_find_first(b, section, BTF_BIT(DATASEC));
	const struct btf_type *t = id ? btf_type(b, id) : NULL;
	const struct btf_var_secinfo *info = (const void *)(t + 1);

	for (uint32_t i = 0; t && i < BTF_INFO_VLEN(t->info); i++)
		if (info[i].type == var)
			return true;
	return false;
}

/* The kernel calls a module by its name, also one that was given as a .ko file. */
static const char *name_in_kernel(struct session *s, const char *module)
{
	struct module *m = module && !module_is_program(module) ? module_find(s, module) : NULL;

	return m ? m->name : module;
}

static struct location address_of_symbol(struct session *s, const struct csymbol *symbol, bool is_percpu)
{
	struct location_node *n = arena_new(struct location_node);

	n->op = LOC_SYMBOL;
	n->symbol = symbol->name;
	n->module = name_in_kernel(s, symbol->module);
	n->is_percpu = is_percpu;
	return (struct location){ .kind = LOCATION_ADDRESS, .node = n };
}

/* BTF lists variables by name alone; of several of a name it does not tell which is which. */
static bool global_from_btf(struct session *s, const char *module, const struct csymbol *symbol,
			    struct cglobal *out)
{
	struct btf_blob *b = blob_of(s, module);
	uint32_t cursor = 0, id = b ? btf_find(b, symbol->name, BTF_BIT(VAR), &cursor) : 0;

	if (!id || btf_find(b, symbol->name, BTF_BIT(VAR), &cursor))
		return false;
	out->type = btf_ctype(b, id);
	out->where = address_of_symbol(s, symbol, in_section(b, ".data..percpu", id) ||
				       in_section(b, ".data.percpu", id));
	return true;
}

static bool global_from_dwarf(struct session *s, const char *module, const char *name,
			      struct cglobal *out, struct nearest *near)
{
	struct debug_file *f = debug_file_for(s, module);

	out->type = f ? dwarf_global(f, name, &out->where, near) : NULL;
	return out->type != NULL;
}

static const struct symbols *symbols_of(struct session *s, const char *module)
{
	const struct kernel_symbols *kernel;
	struct module *m;

	if (module_is_kernel(module)) {
		kernel = kernel_symbols(s);
		return kernel ? &kernel->table : NULL;
	}
	m = module_find(s, module);
	return m ? module_symbols(s, m) : NULL;
}

/* What is only declared, or known to the symbols alone, has names, too. */
static void offer_globals(struct session *s, const char *module, struct nearest *near)
{
	const struct symbols *t = symbols_of(s, module);

	for (size_t i = 0; t && i < t->count; i++)
		if (strchr("bBdDrRvV", symbol_letter(t, &t->all[i])))
			nearest_offer(near, symbol_name(t, &t->all[i]));
}

bool variable_find(struct session *s, const char *module, const char *name, struct cglobal *out,
		 struct nearest *near)
{
	const char *file = strchr(name, '@');
	const char *bare = file ? intern_n(name, (size_t)(file - name)) : intern(name);
	unsigned count = 0;
	struct csymbol symbol = { .name = bare, .module = module_is_kernel(module) ? NULL : module };

	*out = (struct cglobal){ 0 };
	symbol_by_name(s, module, bare, &symbol, &count);
	if (count <= 1 && global_from_btf(s, module, &symbol, out))
		return true;
	if (global_from_dwarf(s, module, name, out, near))
		return true;
	if (count != 1 || (file && debug_file_for(s, module))) {
		if (near)
			offer_globals(s, module, near);
		return false;
	}
	out->where = address_of_symbol(s, &symbol, symbol_is_percpu(s, &symbol));
	return true;
}

/* ---- symbols -------------------------------------------------------------------- */

static void describe(const struct symbols *t, const char *module, const struct symbol *s,
		     struct csymbol *out)
{
	const struct symbol *next = s, *end = t->all + t->count;

	while (next < end && next->address == s->address)
		next++;
	*out = (struct csymbol){
		.name = intern(symbol_name(t, s)),
		.module = module_is_kernel(module) ? NULL : intern(module),
		.address = s->address,
		.size = next < end ? next->address - s->address : 0,
		.letter = symbol_letter(t, s),
	};
}

bool symbol_by_name(struct session *s, const char *module, const char *name,
		    struct csymbol *found, unsigned *count)
{
	const struct symbols *t = symbols_of(s, module);
	const struct symbol *first = t ? symbols_find(t, name, NULL) : NULL;
	unsigned n = 0;

	for (const struct symbol *one = first; one; one = symbols_find(t, name, one))
		n++;
	if (count)
		*count = n;
	if (first)
		describe(t, module, first, found);
	return first != NULL;
}

bool symbol_at(struct session *s, const char *module, uint64_t address, struct csymbol *found)
{
	const struct symbols *t = symbols_of(s, module);
	const struct symbol *at = t ? symbols_at(t, address) : NULL;

	if (at)
		describe(t, module, at, found);
	return at != NULL;
}

bool kernel_address_is_percpu(struct session *s, uint64_t address)
{
	const struct kernel_symbols *k = kernel_symbols(s);

	return k && address >= symbols_address(&k->table, "__per_cpu_start") &&
	       address < symbols_address(&k->table, "__per_cpu_end");
}

bool symbol_is_percpu(struct session *s, const struct csymbol *symbol)
{
	struct debug_file *f;

	if (!symbol->module)
		return kernel_address_is_percpu(s, symbol->address);
	f = debug_file_for(s, symbol->module);
	return f && address_is_percpu(f, dwarf_address(f, symbol->address));
}

const char *address_unprobeable(struct session *s, uint64_t address)
{
	const struct kernel_symbols *k = kernel_symbols(s);

	return k && address ? kernel_symbols_barred(k, address) : NULL;
}

bool dwarf_obtain(struct session *s, const char *module)
{
	return debug_file_wanted(s, module_is_kernel(module) ? NULL : module) != NULL;
}

const char *address_untraced(struct session *s, uint64_t address)
{
	const struct kernel_symbols *k = kernel_symbols(s);

	return k && address ? kernel_symbols_untraced(k, address) : NULL;
}

const char *kernel_types_missing(struct session *s)
{
	struct kernel *k = session_kernel(s);

	if (!k)
		return "no kernel was found";
	return kernel_btf(s) ? NULL : k->data->btf_why;
}

bool dwarf_available(struct session *s, const char *module)
{
	if (module_is_kernel(module))
		return kernel_debug_file(s) != NULL;
	return debug_file_of(s, module) != NULL;
}

/* Does it belong to the kernel's packages? */
static bool is_installed(const struct kernel *k, const struct module *m)
{
	return !m->path || (k->modules_dir && strncmp(m->path, k->modules_dir, strlen(k->modules_dir)) == 0);
}

static const char *missing_text(struct session *s, const char *module)
{
	struct kernel *k = session_kernel(s);

	if (!k)
		return "no kernel was found";
	if (module_is_program(module))
		return arena_printf("%s has no debug information; install its -dbgsym package, or "
				    "set DEBUGINFOD_URLS", module);
	if (module && module_find(s, module) && !is_installed(k, module_find(s, module)))
		return arena_printf("%s was built without debug information (-g), or was stripped; arguments by "
				    "number (long_arg(1), pointer_arg(2), ...) and types of the kernel work without it",
				    module_find(s, module)->path);
	if (!kernel_btf(s))
		return arena_printf("there is no type information for kernel %s (%s); install "
				    "linux-image-%s, or linux-image-%s-dbg for full debug "
				    "information", k->release, k->data->btf_why, k->release,
				    k->release);
	return arena_printf("local variables, statements, inlined functions and source lines need "
			    "DWARF: install linux-image-%s-dbg or set DEBUGINFOD_URLS; function "
			    "entry and return with parameters, types and tracepoints work without "
			    "it", k->release);
}

const char *debuginfo_missing_text(struct session *s, const char *module)
{
	const char *text = missing_text(s, module), *trouble = debuginfod_trouble();

	return trouble ? arena_printf("%s; %s", text, trouble) : text;
}
