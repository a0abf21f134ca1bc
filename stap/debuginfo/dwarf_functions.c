/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions from DWARF: those with code of their own straight from the index; inlined
 * instances by one walk over each unit in which the index says that something of that
 * name was inlined.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "dwarf_private.h"

/* ---- one function ------------------------------------------------------------------- */

/* Of code in several ranges the first is the entry's: cold parts come last. */
bool entry_of(Dwarf_Die *die, Dwarf_Addr *entry)
{
	Dwarf_Addr base, end;

	return dwarf_entrypc(die, entry) == 0 || dwarf_ranges(die, 0, &base, entry, &end) > 0;
}

/* What all instances of a function share, by the DIE that describes it. */
struct origin {
	Dwarf_Off die;			/* key */
	struct cfunction common;
	UT_hash_handle hh;
};

/* Files of the unit that was asked for last: functions come unit by unit. */
static const char *unit_file(struct debug_file *f, Dwarf_CU *cu, Dwarf_Word number)
{
	static Dwarf_CU *last;
	static const char **names;
	static size_t count;
	Dwarf_Die unit;

	if (cu != last) {
		const char **found;

		last = NULL;
		count = 0;
		if (!dwarf_cu_die(cu, &unit, NULL, NULL, NULL, NULL, NULL, NULL))
			return NULL;
		count = unit_files(f, &unit, &found);
		free(names);
		names = malloc((count + 1) * sizeof *names);
		if (!names)
			BUG("out of memory");
		memcpy(names, found, count * sizeof *names);
		last = cu;
	}
	return number < count ? names[number] : NULL;
}

static void set_place(struct cfunction *fn, struct debug_file *f, Dwarf_Die *die)
{
	Dwarf_Attribute a;
	Dwarf_Word number;

	if (dwarf_attr_integrate(die, DW_AT_decl_line, &a) && dwarf_formudata(&a, &number) == 0)
		fn->line = number;
	/* the number counts in the unit of the attribute, which may be the origin's */
	if (dwarf_attr_integrate(die, DW_AT_decl_file, &a) && dwarf_formudata(&a, &number) == 0)
		fn->file = unit_file(f, a.cu, number);
}

static void set_params(struct cfunction *fn, struct debug_file *f, Dwarf_Die *die)
{
	VEC(struct cparam) params = { 0 };
	Dwarf_Die child;

	if (dwarf_child(die, &child) == 0)
		do {
			struct cparam p;

			if (dwarf_tag(&child) != DW_TAG_formal_parameter)
				continue;
			p.name = dwarf_diename(&child) ? intern(dwarf_diename(&child)) : "";
			p.type = die_attr_type(f, &child);
			vec_push(&params, p);
		} while (dwarf_siblingof(&child, &child) == 0);
	fn->has_prototype = true;
	fn->params = params.data;
	fn->param_count = params.len;
	fn->result = die_attr_type(f, die);
}

static void describe_origin(struct cfunction *fn, struct debug_file *f, Dwarf_Die *die,
			    const struct index_function *known)
{
	const char *name = dwarf_diename(die);
	Dwarf_Attribute a;

	fn->name = name ? intern(name) : "";
	fn->module = f->module;
	if (dwarf_attr_integrate(die, DW_AT_external, &a))
		dwarf_formflag(&a, &fn->exported);
	if (known) {
		fn->file = intern(f->index->texts + known->file);
		fn->line = known->line;
	} else {
		set_place(fn, f, die);
	}
	set_params(fn, f, die);
}

/* Parameters are listed completely where the function is described, not where it is inlined. */
static const struct cfunction *origin_of(struct debug_file *f, Dwarf_Die *die,
					 const struct index_function *known)
{
	Dwarf_Die described = *die;
	Dwarf_Attribute a;
	Dwarf_Off offset;
	struct origin *o;

	if (dwarf_attr(die, DW_AT_abstract_origin, &a))
		dwarf_formref_die(&a, &described);
	offset = dwarf_dieoffset(&described);
	HASH_FIND(hh, f->origins, &offset, sizeof offset, o);
	if (!o) {
		o = arena_new(struct origin);
		o->die = offset;
		describe_origin(&o->common, f, &described, known);
		HASH_ADD(hh, f->origins, die, sizeof o->die, o);
	}
	return &o->common;
}

static void set_code(struct cfunction *fn, struct debug_file *f, Dwarf_Addr entry)
{
	const struct kernel_symbols *k = f->module ? NULL : kernel_symbols(f->session);

	fn->address = public_address(f, entry);
	fn->symbol = symbol_covering(f, entry, &fn->symbol_offset);
	if (!k)
		return;
	fn->unprobeable = kernel_symbols_barred(k, fn->address);
	fn->patchable = !fn->inlined && kernel_symbols_patchable(k, fn->address);
}

/* `known`: its entry in the index, or NULL. */
static const struct cfunction *cfunction_at(struct debug_file *f, Dwarf_Die *die, Dwarf_Addr entry,
					    const struct index_function *known)
{
	struct cfunction *fn = arena_new(struct cfunction);

	*fn = *origin_of(f, die, known);
	fn->inlined = dwarf_tag(die) == DW_TAG_inlined_subroutine;
	fn->exported = fn->exported && !fn->inlined;
	fn->data = arena_new(struct cfunction_data);
	fn->data->file = f;
	fn->data->die = dwarf_dieoffset(die);
	fn->data->entry = entry;
	set_code(fn, f, entry);
	return fn;
}

const struct cfunction *cfunction_of(struct debug_file *f, Dwarf_Die *die)
{
	Dwarf_Addr entry;

	return entry_of(die, &entry) ? cfunction_at(f, die, entry, NULL) : NULL;
}

/* ---- the index: entries that match ---------------------------------------------------- */

struct search {
	struct debug_file *file;
	const struct dwarf_index *ix;
	const char *pattern;
	const char *file_glob;		/* or NULL */
	void (*visit)(const struct cfunction *f, void *data);
	void *data;
	int visited;
};

static bool entry_matches(const struct search *q, const struct index_function *f)
{
	return fnmatch(q->pattern, q->ix->texts + f->name, 0) == 0 &&
	       (!q->file_glob || path_matches(q->ix->texts + f->file, q->file_glob));
}

static void each_entry(struct search *q,
		       void (*each)(struct search *q, const struct index_function *f, void *data),
		       void *data)
{
	size_t first = 0, count = q->ix->function_count;

	if (!is_glob(q->pattern))
		count = index_functions_named(q->ix, q->pattern, &first);
	for (size_t i = first; i < first + count; i++)
		if (entry_matches(q, &q->ix->functions[i]))
			each(q, &q->ix->functions[i], data);
}

static void visit_calls(struct search *q, const struct index_function *f, void *data)
{
	(void)data;
	for (uint32_t i = f->first; i < f->first + f->count && !(f->flags & INDEX_INLINE); i++) {
		Dwarf_Die die;

		if (!dwarf_offdie(q->file->dw, q->ix->instances[i].die, &die))
			continue;
		q->visited++;
		q->visit(cfunction_at(q->file, &die, q->ix->instances[i].address, f), q->data);
	}
}

/* ---- inlined instances ------------------------------------------------------------------- */

/* An abstract DIE of interest; ascending, those of one unit are together. */
struct wanted_die { uint32_t die; const struct index_function *function; };
typedef VEC(struct wanted_die) wanted_vec;

struct inlined { const struct index_function *function; Dwarf_Addr entry; Dwarf_Off die; };

struct inline_search {
	struct search *q;
	wanted_vec wanted;
	VEC(struct inlined) found;
};

static void want_inlines(struct search *q, const struct index_function *f, void *data)
{
	wanted_vec *wanted = data;

	for (uint32_t i = f->first; i < f->first + f->count && f->flags & INDEX_INLINE; i++) {
		struct wanted_die one = { q->ix->instances[i].die, f };

		vec_push(wanted, one);
	}
}

static int by_die(const void *a, const void *b)
{
	const struct wanted_die *x = a, *y = b;

	return x->die < y->die ? -1 : x->die > y->die;
}

static bool has_code_inside(int tag)
{
	switch (tag) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_namespace:
		return true;
	default:
		return false;
	}
}

static void check_inlined(struct inline_search *is, Dwarf_Die *die)
{
	Dwarf_Attribute a;
	Dwarf_Die origin;
	struct wanted_die key = { 0 }, *known;
	struct inlined one;

	if (!dwarf_attr(die, DW_AT_abstract_origin, &a) || !dwarf_formref_die(&a, &origin))
		return;
	key.die = dwarf_dieoffset(&origin);
	known = bsearch(&key, is->wanted.data, is->wanted.len, sizeof key, by_die);
	if (!known || !entry_of(die, &one.entry))
		return;
	one.function = known->function;
	one.die = dwarf_dieoffset(die);
	vec_push(&is->found, one);
}

static void walk_code(struct inline_search *is, Dwarf_Die *parent)
{
	Dwarf_Die die;

	if (dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);

		if (tag == DW_TAG_inlined_subroutine)
			check_inlined(is, &die);
		if (has_code_inside(tag))
			walk_code(is, &die);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static int by_function(const void *a, const void *b)
{
	const struct inlined *x = a, *y = b;

	/* the index is in name order */
	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static void visit_inlined(struct inline_search *is)
{
	struct search *q = is->q;
	Dwarf_Die die;

	if (is->found.len)
		qsort(is->found.data, is->found.len, sizeof *is->found.data, by_function);
	vec_each(&is->found, struct inlined, one)
		if (dwarf_offdie(q->file->dw, one->die, &die)) {
			q->visited++;
			q->visit(cfunction_at(q->file, &die, one->entry, one->function), q->data);
		}
}

static void match_inlines(struct search *q)
{
	struct inline_search is = { .q = q };
	size_t next = 0;

	each_entry(q, want_inlines, &is.wanted);
	if (is.wanted.len)
		qsort(is.wanted.data, is.wanted.len, sizeof *is.wanted.data, by_die);
	for (size_t u = 0; u < q->ix->unit_count && next < is.wanted.len; u++) {
		bool last = u + 1 == q->ix->unit_count;
		uint64_t end = last ? UINT64_MAX : q->ix->units[u + 1].die;
		Dwarf_Die unit;

		if (is.wanted.data[next].die >= end)
			continue;
		if (dwarf_offdie(q->file->dw, q->ix->units[u].die, &unit))
			walk_code(&is, &unit);
		while (next < is.wanted.len && is.wanted.data[next].die < end)
			next++;
	}
	visit_inlined(&is);
}

/* ---- functions around lines ------------------------------------------------------------------ */

/* A function and the last of its lines that has code. */
struct extent { const struct cfunction *function; unsigned last; };

struct line_search { const char *file; unsigned wanted; VEC(struct extent) extents; };

/* The statement is in a file that was asked for; so must be where its function begins. */
static bool counts(const struct line_search *ls, const struct cstatement *st)
{
	const struct cfunction *f = st->function;

	return f && f->file && st->line >= f->line && path_matches(f->file, ls->file)
	       && (ls->wanted & (f->inlined ? FUNCTION_INLINES : FUNCTION_CALLS));
}

static void extend(const struct cstatement *st, void *data)
{
	struct line_search *ls = data;

	if (!counts(ls, st))
		return;
	vec_each(&ls->extents, struct extent, e)
		if (e->function == st->function) {
			e->last = st->line > e->last ? st->line : e->last;
			return;
		}
	vec_push(&ls->extents, ((struct extent){ st->function, st->line }));
}

static bool spans(const struct extent *e, const struct point_pattern *pattern)
{
	unsigned base = pattern->lines == LINES_RELATIVE ? e->function->line : 0;

	if (pattern->lines == LINES_ALL)
		return true;
	vec_each(&pattern->ranges, struct line_range, r)
		if (base + r->first <= e->last && base + r->last >= e->function->line)
			return true;
	return false;
}

/* FILE:LINES after the '@' of a function probe: the functions that reach from before them to behind. */
static int match_spanning(struct search *q, const struct point_pattern *pattern, unsigned wanted)
{
	struct line_search ls = { .file = pattern->file, .wanted = wanted };
	struct point_pattern all = { .function = pattern->function, .file = pattern->file, .lines = LINES_ALL };
	int rc = statements_match(q->file->session, q->file->name, &all, false, NULL, extend, &ls);

	if (rc < 0)
		return rc;
	vec_each(&ls.extents, struct extent, e)
		if (spans(e, pattern)) {
			q->visited++;
			q->visit(e->function, q->data);
		}
	return q->visited;
}

int dwarf_functions_match(struct debug_file *f, const char *pattern, const char *file,
			  unsigned wanted,
			  void (*visit)(const struct cfunction *f, void *data), void *data)
{
	struct search q = { .file = f, .ix = dwarf_index_of(f), .pattern = pattern,
			    .visit = visit, .data = data };
	struct point_pattern parsed;

	if (!q.ix)
		return -ENODATA;
	if (file) {
		if (!point_pattern_parse(arena_printf("%s@%s", pattern, file), &parsed))
			return -EINVAL;
		q.file_glob = parsed.file;
		if (parsed.lines != LINES_NONE)
			return match_spanning(&q, &parsed, wanted);
	}
	if (wanted & FUNCTION_CALLS)
		each_entry(&q, visit_calls, NULL);
	if (wanted & FUNCTION_INLINES)
		match_inlines(&q);
	return q.visited;
}

/* ---- near files ------------------------------------------------------------------------------ */

/* The last parts of a path, as many as the wanted one has. */
static const char *path_tail(const char *path, const char *wanted)
{
	const char *tail = path + strlen(path);
	int slashes = 0;

	for (; *wanted; wanted++)
		slashes += *wanted == '/';
	while (tail > path && (tail[-1] != '/' || slashes-- > 0))
		tail--;
	return tail;
}

static void offer_units(struct debug_file *f, void *data)
{
	const struct dwarf_index *ix = dwarf_index_of(f);
	struct nearest *near = data;

	for (size_t i = 0; ix && i < ix->unit_count; i++)
		nearest_offer(near, path_tail(ix->texts + ix->units[i].name, near->wanted));
}

void source_files_offer(struct session *s, const char *module, struct nearest *near)
{
	debug_files_visit(s, module, offer_units, near);
}

/* ---- from a function to its DIE ------------------------------------------------------------- */

/* The instance of a name that starts at an address; address 0: the only one. */
static const struct index_instance *find_instance(const struct dwarf_index *ix, const char *name,
						  Dwarf_Addr address)
{
	size_t first, count = index_functions_named(ix, name, &first);

	for (size_t i = first; i < first + count; i++) {
		const struct index_function *f = &ix->functions[i];

		for (uint32_t k = f->first; k < f->first + f->count && !(f->flags & INDEX_INLINE); k++)
			if (address == 0 || ix->instances[k].address == address)
				return &ix->instances[k];
	}
	return NULL;
}

bool function_die(struct session *s, const struct cfunction *fn, struct debug_file **f,
		  Dwarf_Die *die, Dwarf_Addr *entry)
{
	const struct dwarf_index *ix;
	const struct index_instance *found;

	if (fn->data) {
		*f = fn->data->file;
		*entry = fn->data->entry;
		return debug_file_open(*f) && dwarf_offdie((*f)->dw, fn->data->die, die) != NULL;
	}
	*f = debug_file_of(s, fn->module);
	ix = *f ? dwarf_index_of(*f) : NULL;
	found = ix ? find_instance(ix, fn->name, dwarf_address(*f, fn->address)) : NULL;
	if (!found)
		return false;
	*entry = found->address;
	return dwarf_offdie((*f)->dw, found->die, die) != NULL;
}

/* Without BTF, DWARF knows the prototype. */
static void describe_prototype(struct debug_file *f, struct cfunction *fn, Dwarf_Off offset,
			       const struct index_function *known)
{
	const struct cfunction *origin;
	Dwarf_Die die;

	if (!debug_file_open(f) || !dwarf_offdie(f->dw, offset, &die))
		return;
	origin = origin_of(f, &die, known);
	fn->has_prototype = true;
	fn->params = origin->params;
	fn->param_count = origin->param_count;
	fn->result = origin->result;
	fn->exported = origin->exported;
}

/* Where index and symbols agree on an address, the index tells the place in the source. */
void dwarf_describe(struct debug_file *f, struct cfunction *fn)
{
	const struct dwarf_index *ix = dwarf_index_of(f);
	size_t first = 0, count = ix ? index_functions_named(ix, fn->name, &first) : 0;
	Dwarf_Addr address = count ? dwarf_address(f, fn->address) : 0;

	for (size_t i = first; i < first + count; i++) {
		const struct index_function *e = &ix->functions[i];

		for (uint32_t k = e->first; k < e->first + e->count && !(e->flags & INDEX_INLINE); k++) {
			if (ix->instances[k].address != address)
				continue;
			fn->file = intern(ix->texts + e->file);
			fn->line = e->line;
			fn->data = arena_new(struct cfunction_data);
			*fn->data = (struct cfunction_data){ f, ix->instances[k].die, address };
			if (!fn->has_prototype)
				describe_prototype(f, fn, ix->instances[k].die, e);
			return;
		}
	}
}

/* Optimised code keeps track of parameters from the first instruction on. */
static bool is_optimised(Dwarf_Die *die)
{
	Dwarf_Die unit;
	Dwarf_Attribute a;
	const char *producer = NULL, *option;

	if (dwarf_diecu(die, &unit, NULL, NULL) && dwarf_attr(&unit, DW_AT_producer, &a))
		producer = dwarf_formstring(&a);
	option = producer ? strstr(producer, " -O") : NULL;
	return option && option[3] != '0' && option[3] != 'g';
}

uint64_t function_body_address(struct session *s, const struct cfunction *fn)
{
	struct debug_file *f;
	Dwarf_Die die;
	Dwarf_Addr entry, *points, best = 0;
	int count;

	if (!function_die(s, fn, &f, &die, &entry) || fn->inlined || is_optimised(&die))
		return fn->address;
	count = dwarf_entry_breakpoints(&die, &points);
	for (int i = 0; i < count; i++)
		if (points[i] >= entry && (!best || points[i] < best))
			best = points[i];
	if (count > 0)
		free(points);
	return public_address(f, best ? best : entry);
}

/* ---- callees ------------------------------------------------------------------------------------ */

struct callee_search {
	struct debug_file *file;
	const char *pattern;
	VEC(const struct cfunction *) found;
};

static void add_callee(struct callee_search *cs, const struct cfunction *fn)
{
	if (!fn)
		return;
	vec_each(&cs->found, const struct cfunction *, have)
		if ((*have)->address == fn->address && (*have)->name == fn->name)
			return;
	vec_push(&cs->found, fn);
}

static void keep_callee(const struct cfunction *fn, void *data)
{
	add_callee(data, fn);
}

/* Of another unit, or, called by a module, of the kernel. */
static void find_declared(struct callee_search *cs, const char *name)
{
	size_t before = cs->found.len;

	dwarf_functions_match(cs->file, name, NULL, FUNCTION_CALLS, keep_callee, cs);
	if (cs->found.len == before && cs->file->module)
		functions_match(cs->file->session, NULL, name, NULL, FUNCTION_CALLS, keep_callee, cs);
}

/* A call site names a DIE that may only declare the function. */
static void check_call(struct callee_search *cs, Dwarf_Die *die)
{
	Dwarf_Attribute a;
	Dwarf_Die target;
	const char *name;

	if ((!dwarf_attr(die, DW_AT_call_origin, &a) &&
	     !dwarf_attr(die, DW_AT_abstract_origin, &a)) || !dwarf_formref_die(&a, &target))
		return;
	name = dwarf_diename(&target);
	if (!name || fnmatch(cs->pattern, name, 0) != 0)
		return;
	if (dwarf_hasattr(&target, DW_AT_low_pc) || dwarf_hasattr(&target, DW_AT_ranges))
		add_callee(cs, cfunction_of(cs->file, &target));
	else
		find_declared(cs, name);
}

static void walk_calls(struct callee_search *cs, Dwarf_Die *parent)
{
	Dwarf_Die die;

	if (dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);
		const char *name = dwarf_diename(&die);

		if (tag == DW_TAG_call_site || tag == DW_TAG_GNU_call_site)
			check_call(cs, &die);
		else if (tag == DW_TAG_inlined_subroutine && name &&
			 fnmatch(cs->pattern, name, 0) == 0)
			add_callee(cs, cfunction_of(cs->file, &die));
		/* what an inlined function calls is called by it, not by the function around */
		if (tag == DW_TAG_lexical_block)
			walk_calls(cs, &die);
	} while (dwarf_siblingof(&die, &die) == 0);
}

int callees_match(struct session *s, const struct cfunction *caller, const char *pattern,
		  void (*visit)(const struct cfunction *f, void *data), void *data)
{
	struct callee_search cs = { .pattern = pattern };
	Dwarf_Die die;
	Dwarf_Addr entry;

	if (!function_die(s, caller, &cs.file, &die, &entry))
		return -ENODATA;
	walk_calls(&cs, &die);
	vec_each(&cs.found, const struct cfunction *, fn)
		visit(*fn, data);
	return cs.found.len;
}
