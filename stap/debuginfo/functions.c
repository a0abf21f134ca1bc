/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions by name and pattern.  Two sources are joined by name: BTF, which knows
 * prototypes, and the symbol table, which knows addresses and has what BTF leaves out.  A
 * literal is one look-up in each; a pattern passes over each once and sorts what
 * matched.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "dwarf_private.h"

struct match {
	struct session *session;
	const char *pattern;
	bool literal;
	size_t prefix;			/* length of the text before the first wildcard */
	struct debug_file *debug;	/* of the kernel or the one module, where it is installed */
	void (*visit)(const struct cfunction *f, void *data);
	void *data;
	int visited;
};

/* What a source knows under a name: a BTF id, or a symbol. */
struct named {
	const char *name;		/* as in the source code */
	uint32_t id;			/* 0: a symbol */
	uint32_t symbol;		/* 1 + index, 0: BTF */
};

/* ---- one function ------------------------------------------------------------------ */

static const struct btf_type *prototype(const struct btf_blob *b, uint32_t id)
{
	const struct btf_type *t = btf_type(b, id);

	t = t ? btf_type(b, t->type) : NULL;
	return t && BTF_INFO_KIND(t->info) == BTF_KIND_FUNC_PROTO ? t : NULL;
}

static void set_prototype(struct cfunction *f, struct btf_blob *b, const struct btf_type *proto)
{
	f->has_prototype = true;
	f->params = btf_parameters(b, proto, &f->param_count);
	f->result = btf_ctype(b, proto->type);
}

/* Two static functions of one name: parameters are known only if both agree. */
static bool prototypes_agree(const struct btf_type *one, const struct btf_type *other)
{
	const struct btf_param *a, *b;

	if (!one || !other || one == other)
		return one == other;
	if (BTF_INFO_VLEN(one->info) != BTF_INFO_VLEN(other->info) || one->type != other->type)
		return false;
	a = (const void *)(one + 1);
	b = (const void *)(other + 1);
	for (unsigned i = 0; i < BTF_INFO_VLEN(one->info); i++)
		if (a[i].type != b[i].type)
			return false;
	return true;
}

static void set_symbol(struct match *m, struct cfunction *f, const struct target *t,
		       const struct symbol *symbol)
{
	char letter = symbol_letter(t->symbols, symbol);

	if (strcmp(f->name, symbol_name(t->symbols, symbol)) != 0)
		f->symbol = intern(symbol_name(t->symbols, symbol));
	f->exported = letter == 'T' || letter == 'W';
	f->address = symbol->address;
	if (!t->kernel)
		return;
	f->patchable = kernel_symbols_patchable(t->kernel, f->address);
	f->unprobeable = address_unprobeable(m->session, f->address);
}

#define OFTEN 1024	/* functions that are found or visited before the pages read so far are let go */

static void visit_function(struct match *m, const struct target *t, const char *name,
			   const struct btf_type *proto, const struct symbol *symbol)
{
	struct cfunction *f = arena_new(struct cfunction);

	f->name = f->symbol = m->literal || m->debug ? intern(name) : arena_strdup(name);
	f->module = t->module;
	if (symbol)
		set_symbol(m, f, t, symbol);
	else if (t->kernel && t->symbols)
		f->unprobeable = "is not among the kernel's symbols: its code is not kept";
	else
		f->exported = !module_is_path(t->module) &&
			      kernel_exports(session_kernel(m->session), f->name);
	if (proto)
		set_prototype(f, t->btf, proto);
	if (m->debug && f->address)
		dwarf_describe(m->debug, f);
	arena_rest();
	if (++m->visited % OFTEN == 0)
		debuginfo_forget();
	m->visit(f, m->data);
}

/* ---- symbols as functions --------------------------------------------------------------- */

/* Text that the build made and nobody wrote as a function. */
static bool is_generated(const char *name)
{
	static const char *const prefixes[] = { "__SCT__", "__pfx_", "__cfi_", "__UNIQUE_ID_",
						"__ksymtab_", "__kstrtab", ".L" };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/*
 * The function that a symbol is the code of: itself, or what stands before the suffix of a
 * copy with fewer parameters.  NULL when it is only a part of one, or generated.
 */
static const char *source_name(const char *symbol)
{
	const char *dot = strchr(symbol, '.');

	if (is_generated(symbol))
		return NULL;
	if (!dot)
		return symbol;
	if (dot == symbol || strstr(dot, ".cold") || strstr(dot, ".part.") ||
	    (strncmp(dot, ".isra.", 6) != 0 && strncmp(dot, ".constprop.", 11) != 0))
		return NULL;
	return intern_n(symbol, dot - symbol);
}

/* ---- literals --------------------------------------------------------------------------- */

/* Do all functions of the name have one prototype? *first is it, NULL if not or unknown. */
static bool find_prototype(const struct target *t, const char *name, const struct btf_type **first)
{
	uint32_t cursor = 0, id = t->btf ? btf_find(t->btf, name, BTF_BIT(FUNC), &cursor) : 0;

	*first = NULL;
	if (!id)
		return false;
	*first = prototype(t->btf, id);
	while ((id = btf_find(t->btf, name, BTF_BIT(FUNC), &cursor)))
		if (*first && !prototypes_agree(*first, prototype(t->btf, id)))
			*first = NULL;
	return true;
}

static const struct symbol *find_text(const struct symbols *t, const char *name)
{
	const struct symbol *s = NULL;

	while (t && (s = symbols_find(t, name, s)))
		if (symbol_is_text(t, s))
			return s;
	return NULL;
}

/* Static functions of one name: each of them, where DWARF can tell one from the other. */
static void visit_twins(struct match *m, const struct target *t, const char *name,
			const struct btf_type *proto)
{
	const struct symbol *s = NULL;

	while ((s = symbols_find(t->symbols, name, s)))
		if (symbol_is_text(t->symbols, s))
			visit_function(m, t, name, proto, s);
}

/* Copies that the compiler made of a function that has no symbol of its own. */
static bool visit_copies(struct match *m, const struct target *t, const char *name,
			 const struct btf_type *proto)
{
	size_t len = strlen(name);
	bool any = false;

	for (uint32_t i = 0; t->symbols && i < t->symbols->count; i++) {
		const struct symbol *s = &t->symbols->all[i];
		const char *text = symbol_name(t->symbols, s), *source;

		if (strncmp(text, name, len) != 0 || text[len] != '.' ||
		    !symbol_is_text(t->symbols, s))
			continue;
		source = source_name(text);
		if (source && strcmp(source, name) == 0) {
			visit_function(m, t, name, proto, s);
			any = true;
		}
	}
	return any;
}

static void match_literal(struct match *m, const struct target *t)
{
	const struct btf_type *proto;
	bool known = find_prototype(t, m->pattern, &proto);
	const struct symbol *symbol = find_text(t->symbols, m->pattern);

	if (symbol && m->debug)
		visit_twins(m, t, m->pattern, proto);
	else if (symbol || (known && !t->symbols))
		visit_function(m, t, m->pattern, proto, symbol);
	else if (!visit_copies(m, t, m->pattern, proto) && known)
		visit_function(m, t, m->pattern, proto, NULL);
}

/* ---- patterns --------------------------------------------------------------------------- */

typedef VEC(struct named) named_vec;	/* malloc'd: all functions of a kernel may match */

static bool name_matches(const struct match *m, const char *name)
{
	return strncmp(name, m->pattern, m->prefix) == 0 && fnmatch(m->pattern, name, 0) == 0;
}

static void collect_btf(const struct match *m, const struct btf_blob *b, named_vec *out)
{
	for (uint32_t id = b->first_id; id < b->end_id; id++) {
		const struct btf_type *t = btf_type(b, id);
		struct named one = { btf_name(b, t), id, 0 };

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC && name_matches(m, one.name))
			heap_push(out, one);
	}
}

static void collect_symbols(const struct match *m, const struct symbols *t, named_vec *out)
{
	for (uint32_t i = 0; i < t->count; i++) {
		const struct symbol *s = &t->all[i];
		struct named one = { NULL, 0, i + 1 };

		if (strncmp(symbol_name(t, s), m->pattern, m->prefix) != 0 || !symbol_is_text(t, s))
			continue;
		one.name = source_name(symbol_name(t, s));
		if (one.name && name_matches(m, one.name))
			heap_push(out, one);
	}
}

/* By name; what BTF knows first, then symbols by address. */
static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	if (!x->symbol || !y->symbol)
		return !x->symbol && !y->symbol ? (x->id < y->id ? -1 : x->id > y->id) :
		       x->symbol ? 1 : -1;
	return x->symbol < y->symbol ? -1 : 1;
}

/* Of the symbols of one name: the plain one, or each of the copies. */
static void visit_symbols(struct match *m, const struct target *t, const struct named *all,
			  size_t count, const struct btf_type *proto)
{
	const struct symbol *symbols = t->symbols->all;
	bool plain = false;

	for (size_t i = 0; i < count && (!plain || m->debug); i++)
		if (!strchr(symbol_name(t->symbols, &symbols[all[i].symbol - 1]), '.')) {
			visit_function(m, t, all[i].name, proto, &symbols[all[i].symbol - 1]);
			plain = true;
		}
	for (size_t i = 0; i < count && !plain; i++)
		visit_function(m, t, all[i].name, proto, &symbols[all[i].symbol - 1]);
}

/* Entries of one name, those of BTF first. */
static void visit_group(struct match *m, const struct target *t, const struct named *all,
			size_t count)
{
	const struct btf_type *proto = all[0].symbol ? NULL : prototype(t->btf, all[0].id);
	size_t symbols = 0;

	for (; symbols < count && !all[symbols].symbol; symbols++)
		if (proto && !prototypes_agree(proto, prototype(t->btf, all[symbols].id)))
			proto = NULL;
	if (symbols < count)
		visit_symbols(m, t, all + symbols, count - symbols, proto);
	else
		visit_function(m, t, all[0].name, proto, NULL);
}

static void match_glob(struct match *m, const struct target *t)
{
	enum arena_area before = arena_use(ARENA_ASIDE);
	named_vec all = { 0 };

	/* Types, symbols and names are many pages, which need not be in memory all at once. */
	if (t->btf)
		collect_btf(m, t->btf, &all);
	if (all.len >= OFTEN)
		debuginfo_forget();
	if (t->symbols)
		collect_symbols(m, t->symbols, &all);
	if (all.len >= OFTEN)
		debuginfo_forget();
	if (all.len)
		qsort(all.data, all.len, sizeof *all.data, by_name);
	for (size_t i = 0, next; i < all.len; i = next) {
		for (next = i + 1; next < all.len; next++)
			if (strcmp(all.data[next].name, all.data[i].name) != 0)
				break;
		visit_group(m, t, all.data + i, next - i);
	}
	heap_release(&all);
	arena_use(before);
}

static void match_target(const struct target *t, void *data)
{
	struct match *m = data;

	(m->literal ? match_literal : match_glob)(m, t);
}

/* The part of a question that only DWARF answers. */
struct dwarf_match {
	const char *pattern, *file;
	unsigned wanted;
	void (*visit)(const struct cfunction *f, void *data);
	void *data;
	int result;			/* -ENODATA until a file with DWARF was asked */
};

static void match_debug_file(struct debug_file *f, void *data)
{
	struct dwarf_match *d = data;
	int found = dwarf_functions_match(f, d->pattern, d->file, d->wanted, d->visit, d->data);

	d->result = found < 0 ? found : d->result < 0 ? found : d->result + found;
}

static bool has_types(struct session *s, const char *module)
{
	struct module *m;

	if (module_is_kernel(module))
		return kernel_btf(s) != NULL;
	m = module_find(s, module);
	return m && module_btf(s, m);
}

/* What describes the functions that symbols and BTF know; not worth opening for each of many modules. */
static struct debug_file *describing_file(struct session *s, const char *module)
{
	if (!module_is_kernel(module) && !module_is_path(module) && is_glob(module))
		return NULL;
	if (!has_types(s, module))
		return debug_file_wanted(s, module);
	return module_is_kernel(module) ? kernel_debug_file(s) : debug_file_of(s, module);
}

static int match_dwarf(struct session *s, const char *module, struct dwarf_match *d)
{
	d->result = -ENODATA;
	debug_files_visit(s, module, match_debug_file, d);
	return d->result;
}

int functions_match(struct session *s, const char *module, const char *pattern, const char *file,
		    unsigned wanted, void (*visit)(const struct cfunction *f, void *data), void *data)
{
	struct match m = { .session = s, .pattern = pattern, .visit = visit, .data = data };
	struct dwarf_match d = { pattern, file, wanted, visit, data, 0 };
	int inlined = 0;

	if (file)
		return match_dwarf(s, module, &d);
	if (module_is_program(module) && debug_file_of(s, module))
		return match_dwarf(s, module, &d);
	if (wanted & FUNCTION_CALLS) {
		m.literal = !is_glob(pattern);
		m.prefix = strcspn(pattern, "*?[\\");
		m.debug = describing_file(s, module);
		targets_visit(s, module, TARGET_BTF | TARGET_SYMBOLS, match_target, &m);
	}
	if (wanted & FUNCTION_INLINES) {
		d.wanted = FUNCTION_INLINES;
		inlined = match_dwarf(s, module, &d);
		if (inlined < 0 && wanted & FUNCTION_CALLS)
			inlined = 0;	/* without DWARF the rest still counts */
	}
	return inlined < 0 ? inlined : m.visited + inlined;
}

/* ---- near names ------------------------------------------------------------------------ */

static void offer_target(const struct target *t, void *near)
{
	const struct btf_blob *b = t->btf;

	for (uint32_t id = b ? b->first_id : 0; b && id < b->end_id; id++) {
		const struct btf_type *type = btf_type(b, id);

		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC)
			nearest_offer(near, btf_name(b, type));
	}
	for (uint32_t i = 0; !b && t->symbols && i < t->symbols->count; i++) {
		const struct symbol *s = &t->symbols->all[i];

		if (symbol_is_text(t->symbols, s) && !is_generated(symbol_name(t->symbols, s)))
			nearest_offer(near, symbol_name(t->symbols, s));
	}
}

void functions_offer(struct session *s, const char *module, struct nearest *near)
{
	targets_visit(s, module, TARGET_BTF | TARGET_SYMBOLS, offer_target, near);
}
