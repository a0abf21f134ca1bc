/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables that are visible at an address: parameters and locals of the function (or
 * inlined instance) that was probed and of the blocks in it around the address, then
 * the globals of its source file.
 */
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "dwarf_private.h"

struct dvariable_data { Dwarf_Off die; };

struct dscope {
	struct debug_file *file;
	Dwarf_Die function;		/* the DIE that was probed */
	Dwarf_Die frame;		/* the function whose frame it runs in */
	Dwarf_Addr pc, entry;		/* entry: of the frame's function */
	VEC(struct dvariable) variables;
	VEC(struct dvariable) globals;	/* those that were asked for */
};

/* ---- collecting ------------------------------------------------------------------------ */

static struct dvariable describe(struct debug_file *f, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die), *file = dwarf_decl_file(die);
	struct dvariable v = { .name = name ? intern(name) : "" };
	int line = 0;

	dwarf_decl_line(die, &line);
	v.line = line;
	v.file = file ? plain_path("", file) : NULL;
	v.type = die_attr_type(f, die);
	v.is_parameter = dwarf_tag(die) == DW_TAG_formal_parameter;
	v.data = arena_new(struct dvariable_data);
	v.data->die = dwarf_dieoffset(die);
	return v;
}

static bool have(const struct dscope *sc, const char *name)
{
	for (size_t i = 0; i < sc->variables.len; i++)
		if (strcmp(sc->variables.data[i].name, name) == 0)
			return true;
	return false;
}

/* An inner variable hides an outer one of its name. */
static void add_variables(struct dscope *sc, Dwarf_Die *block)
{
	Dwarf_Die die;

	if (dwarf_child(block, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);
		const char *name = dwarf_diename(&die);

		if ((tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) && name &&
		    !have(sc, name)) {
			struct dvariable v = describe(sc->file, &die);

			vec_push(&sc->variables, v);
		}
	} while (dwarf_siblingof(&die, &die) == 0);
}

/* The block directly inside `outer` that has the address. */
static bool block_inside(Dwarf_Die *outer, Dwarf_Addr pc, Dwarf_Die *inner)
{
	if (dwarf_child(outer, inner) != 0)
		return false;
	do
		if (dwarf_tag(inner) == DW_TAG_lexical_block && dwarf_haspc(inner, pc) > 0)
			return true;
	while (dwarf_siblingof(inner, inner) == 0);
	return false;
}

static void add_blocks(struct dscope *sc, Dwarf_Die *block)
{
	Dwarf_Die inner;

	if (block_inside(block, sc->pc, &inner))
		add_blocks(sc, &inner);
	add_variables(sc, block);
}

/* Inlined code runs in the frame of the function around it, and what it calls entry values are
 * those of that function. */
static void find_frame(struct dscope *sc)
{
	Dwarf_Die *scopes;
	int count;

	sc->frame = sc->function;
	if (dwarf_tag(&sc->function) != DW_TAG_inlined_subroutine)
		return;
	count = dwarf_getscopes_die(&sc->function, &scopes);
	for (int i = 0; i < count; i++)
		if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram) {
			sc->frame = scopes[i];
			if (!entry_of(&sc->frame, &sc->entry))
				sc->entry = 0;	/* the registers at the entry are not those of now */
			break;
		}
	if (count > 0)
		free(scopes);
}

static void parameters_first(struct dscope *sc)
{
	VEC(struct dvariable) sorted = { 0 };

	for (int parameters = 1; parameters >= 0; parameters--)
		vec_each(&sc->variables, struct dvariable, v)
			if (v->is_parameter == parameters)
				vec_push(&sorted, *v);
	sc->variables.data = sorted.data;
}

struct dscope *dwarf_scope(struct session *s, const struct cfunction *f, uint64_t address)
{
	struct dscope *sc = arena_new(struct dscope);

	if (!function_die(s, f, &sc->file, &sc->function, &sc->entry))
		return NULL;
	sc->pc = address ? dwarf_address(sc->file, address) : sc->entry;
	find_frame(sc);
	add_blocks(sc, &sc->function);
	if (sc->variables.len)
		parameters_first(sc);
	return sc;
}

/* ---- asking ------------------------------------------------------------------------------- */

const struct dvariable *dscope_variables(struct dscope *sc, size_t *count)
{
	*count = sc->variables.len;
	return sc->variables.data;
}

/* Globals of the unit that have a place: their DIEs are its children. */
static const struct dvariable *unit_variable(struct dscope *sc, const char *name,
					     struct nearest *near)
{
	Dwarf_Die unit, die;

	if (!dwarf_diecu(&sc->function, &unit, NULL, NULL) || dwarf_child(&unit, &die) != 0)
		return NULL;
	do {
		const char *found = dwarf_tag(&die) == DW_TAG_variable ? dwarf_diename(&die) : NULL;
		struct dvariable v;

		if (!found)
			continue;
		if (strcmp(found, name) == 0 && dwarf_hasattr_integrate(&die, DW_AT_location)) {
			v = describe(sc->file, &die);
			vec_push(&sc->globals, v);
			return &sc->globals.data[sc->globals.len - 1];
		}
		if (near && dwarf_hasattr_integrate(&die, DW_AT_location))
			nearest_offer(near, intern(found));
	} while (dwarf_siblingof(&die, &die) == 0);
	return NULL;
}

const struct dvariable *dscope_variable(struct dscope *sc, const char *name, struct nearest *near)
{
	vec_each(&sc->variables, struct dvariable, v) {
		if (strcmp(v->name, name) == 0)
			return v;
		if (near)
			nearest_offer(near, v->name);
	}
	return unit_variable(sc, name, near);
}

void dscope_locate(struct dscope *sc, const struct dvariable *v, struct location *out)
{
	Dwarf_Die die;

	if (!dwarf_offdie(sc->file->dw, v->data->die, &die))
		*out = (struct location){ .kind = LOCATION_NONE, .why = "has no description" };
	else
		locate(sc->file, &die, &sc->frame, sc->pc, sc->entry, out);
}

const struct cfunction *dscope_frame(struct dscope *sc)
{
	return cfunction_of(sc->file, &sc->frame);
}

const struct ctype *dscope_result(struct dscope *sc)
{
	return die_attr_type(sc->file, &sc->function);
}

void dscope_locate_result(struct dscope *sc, struct location *out)
{
	const Dwarf_Op *ops;
	int count = dwfl_module_return_value_location(sc->file->mod, &sc->function, &ops);

	if (count > 0)
		locate_ops(sc->file, ops, count, out);
	else
		*out = (struct location){ .kind = LOCATION_NONE,
					  .why = count == 0 ? "is nothing: the function returns void" :
					  "is not where a result usually is" };
}

/* ---- globals ---------------------------------------------------------------------------------- */

static bool from_file(const struct dwarf_index *ix, const struct index_name *v, const char *file)
{
	return !file || path_matches(ix->texts + v->file, file);
}

static void offer_variables(const struct dwarf_index *ix, struct nearest *near)
{
	for (size_t i = 0; i < ix->variable_count; i++)
		nearest_offer(near, ix->texts + ix->variables[i].name);
}

/* Made by the linker or in assembler: a symbol, and a declaration that tells its type. */
static const struct ctype *declared_global(struct debug_file *f, const struct dwarf_index *ix,
					   const char *name, struct location *out)
{
	size_t first, count = index_names_find(ix, ix->types, ix->type_count, name, &first);
	struct location_node *n;
	struct csymbol symbol;

	for (size_t i = first; i < first + count; i++) {
		Dwarf_Die die;

		if (ix->types[i].tag != DW_TAG_variable ||
		    !symbol_by_name(f->session, f->module, name, &symbol, NULL) ||
		    !dwarf_offdie(f->dw, ix->types[i].die, &die))
			continue;
		n = arena_new(struct location_node);
		n->op = LOC_SYMBOL;
		n->symbol = symbol.name;
		n->module = f->module;
		n->is_percpu = symbol_is_percpu(f->session, &symbol);
		*out = (struct location){ .kind = LOCATION_ADDRESS, .node = n };
		return die_attr_type(f, &die);
	}
	return NULL;
}

/* Is it at an address that does not depend on where the code is? */
static bool is_static(struct debug_file *f, Dwarf_Die *die, struct location *out)
{
	locate(f, die, NULL, 0, 1, out);
	return out->kind == LOCATION_ADDRESS && out->node->op == LOC_SYMBOL;
}

static bool find_static(struct debug_file *f, Dwarf_Die *parent, const char *name, Dwarf_Die *found,
			struct location *out)
{
	Dwarf_Die die;

	if (dwarf_child(parent, &die) != 0)
		return false;
	do {
		int tag = dwarf_tag(&die);
		const char *own = tag == DW_TAG_variable ? dwarf_diename(&die) : NULL;

		if (own && strcmp(own, name) == 0 && is_static(f, &die, out)) {
			*found = die;
			return true;
		}
		if ((tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine) &&
		    find_static(f, &die, name, found, out))
			return true;
	} while (dwarf_siblingof(&die, &die) == 0);
	return false;
}

/* "name@file": a static variable inside a function of that file.  The index has none of these, but units are small. */
static const struct ctype *static_of_file(struct debug_file *f, const struct dwarf_index *ix, const char *name,
					  const char *file, struct location *out)
{
	for (size_t i = 0; i < ix->unit_count; i++) {
		Dwarf_Die unit, die;

		if (path_matches(ix->texts + ix->units[i].name, file) && dwarf_offdie(f->dw, ix->units[i].die, &unit) &&
		    find_static(f, &unit, name, &die, out))
			return die_attr_type(f, &die);
	}
	return NULL;
}

const struct ctype *dwarf_global(struct debug_file *f, const char *name, struct location *out,
				 struct nearest *near)
{
	const struct dwarf_index *ix = dwarf_index_of(f);
	const char *at = strchr(name, '@');
	const char *bare = at ? intern_n(name, at - name) : name;
	size_t first = 0, count = ix ? index_names_find(ix, ix->variables, ix->variable_count, bare,
						    &first) : 0;
	const struct ctype *t;

	for (size_t i = first; i < first + count; i++) {
		Dwarf_Die die;

		if (!from_file(ix, &ix->variables[i], at ? at + 1 : NULL) ||
		    !dwarf_offdie(f->dw, ix->variables[i].die, &die))
			continue;
		locate(f, &die, NULL, 0, 1, out);
		if (out->kind != LOCATION_NONE)
			return die_attr_type(f, &die);
	}
	t = !ix ? NULL : at ? static_of_file(f, ix, bare, at + 1, out) : declared_global(f, ix, name, out);
	if (!t && near && ix)
		offer_variables(ix, near);
	return t;
}
