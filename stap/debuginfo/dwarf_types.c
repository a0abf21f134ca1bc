/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DWARF types to C types; like those of BTF, members wait until they are asked for. */
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "dwarf_private.h"

enum { MAX_DEPTH = 48 };

struct die_type {
	Dwarf_Off offset;		/* key; 0: void */
	const struct ctype *type;
	UT_hash_handle hh;
};

static void load_members(const struct ctype *t, struct ctype_data *d);
static void load_enumerators(const struct ctype *t, struct ctype_data *d);
static const struct ctype *complete(const struct ctype *t);

static const struct ctype_provider dwarf_types = { load_members, load_enumerators, complete };

/* ---- attributes ------------------------------------------------------------------ */

static bool number_attr(Dwarf_Die *die, unsigned name, Dwarf_Word *value)
{
	Dwarf_Attribute a;

	return dwarf_attr_integrate(die, name, &a) && dwarf_formudata(&a, value) == 0;
}

static bool flag_attr(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute a;
	bool flag;

	return dwarf_attr_integrate(die, name, &a) && dwarf_formflag(&a, &flag) == 0 && flag;
}

static unsigned size_attr(Dwarf_Die *die)
{
	Dwarf_Word size;

	return number_attr(die, DW_AT_byte_size, &size) ? size : 0;
}

static const char *die_name(Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	return name ? intern(name) : "";
}

/* ---- one maker per kind of type ----------------------------------------------------- */

static const struct ctype *make_base(struct debug_file *f, Dwarf_Die *die)
{
	Dwarf_Word encoding = 0;
	struct ctype *t;

	number_attr(die, DW_AT_encoding, &encoding);
	t = ctype_new(encoding == DW_ATE_float ? CTYPE_FLOAT : CTYPE_INT, NULL, f,
		      dwarf_dieoffset(die));
	t->name = die_name(die);
	t->size = size_attr(die);
	t->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
	t->is_bool = encoding == DW_ATE_boolean;
	t->is_char = encoding == DW_ATE_signed_char || encoding == DW_ATE_unsigned_char;
	ctype_spell(t, t->is_bool ? "bool" : t->name);
	return t;
}

static const struct ctype *make_pointer(struct debug_file *f, Dwarf_Die *die)
{
	const struct ctype *target = die_attr_type(f, die);

	return f->address_size == 8 ? ctype_pointer_to(target) :
	       ctype_pointer_new(target, f->address_size);
}

static const struct ctype *make_tagged(struct debug_file *f, Dwarf_Die *die)
{
	enum ctype_kind kind = dwarf_tag(die) == DW_TAG_union_type ? CTYPE_UNION :
			       dwarf_tag(die) == DW_TAG_enumeration_type ? CTYPE_ENUM : CTYPE_STRUCT;
	struct ctype *t = ctype_new(kind, &dwarf_types, f, dwarf_dieoffset(die));

	t->name = die_name(die);
	t->size = size_attr(die);
	t->incomplete = flag_attr(die, DW_AT_declaration);
	if (kind == CTYPE_ENUM && !t->incomplete)
		t->is_signed = dwarf_hasattr_integrate(die, DW_AT_type) &&
			       die_attr_type(f, die)->is_signed;
	ctype_spell_tag(t);
	return t;
}

/* Elements of one dimension; 0 when it is open. */
static unsigned dimension(Dwarf_Die *range)
{
	Dwarf_Word count;

	if (number_attr(range, DW_AT_count, &count))
		return count;
	if (number_attr(range, DW_AT_upper_bound, &count) && count < UINT32_MAX)
		return count + 1;
	return 0;
}

static const struct ctype *make_array(struct debug_file *f, Dwarf_Die *die)
{
	const struct ctype *t = die_attr_type(f, die);
	VEC(unsigned) sizes = { 0 };
	Dwarf_Die range;

	if (dwarf_child(die, &range) == 0)
		do
			if (dwarf_tag(&range) == DW_TAG_subrange_type)
				vec_push(&sizes, dimension(&range));
		while (dwarf_siblingof(&range, &range) == 0);
	for (size_t i = sizes.len; i-- > 0; )	/* the innermost is the last */
		t = ctype_array_new(t, sizes.data[i]);
	return sizes.len ? t : ctype_array_new(t, 0);
}

static const struct ctype *make_typedef(struct debug_file *f, Dwarf_Die *die)
{
	return ctype_typedef_new(die_attr_type(f, die), die_name(die));
}

static const struct ctype *make_qualified(struct debug_file *f, Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return ctype_qualified_new(die_attr_type(f, die),
				   tag == DW_TAG_const_type ? "const" :
				   tag == DW_TAG_volatile_type ? "volatile" :
				   tag == DW_TAG_atomic_type ? "_Atomic" : "restrict");
}

static const struct ctype *make_function(struct debug_file *f, Dwarf_Die *die)
{
	struct strbuf params = { 0 };
	struct ctype *t;
	Dwarf_Die child;

	if (dwarf_child(die, &child) == 0)
		do {
			int tag = dwarf_tag(&child);

			if (tag != DW_TAG_formal_parameter && tag != DW_TAG_unspecified_parameters)
				continue;
			strbuf_addf(&params, "%s%s", params.len ? ", " : "",
				    tag == DW_TAG_formal_parameter ?
				    die_attr_type(f, &child)->spelling : "...");
		} while (dwarf_siblingof(&child, &child) == 0);
	t = ctype_function_new(die_attr_type(f, die), params.len ? strbuf_text(&params) : "void");
	strbuf_release(&params);
	return t;
}

static const struct ctype *make_through(struct debug_file *f, Dwarf_Die *die)
{
	return die_attr_type(f, die);
}

static const struct { int tag; const struct ctype *(*make)(struct debug_file *f, Dwarf_Die *die); }
makers[] = {
	{ DW_TAG_base_type, make_base },
	{ DW_TAG_pointer_type, make_pointer },
	{ DW_TAG_reference_type, make_pointer },
	{ DW_TAG_rvalue_reference_type, make_pointer },
	{ DW_TAG_structure_type, make_tagged },
	{ DW_TAG_class_type, make_tagged },
	{ DW_TAG_union_type, make_tagged },
	{ DW_TAG_enumeration_type, make_tagged },
	{ DW_TAG_array_type, make_array },
	{ DW_TAG_typedef, make_typedef },
	{ DW_TAG_const_type, make_qualified },
	{ DW_TAG_volatile_type, make_qualified },
	{ DW_TAG_restrict_type, make_qualified },
	{ DW_TAG_atomic_type, make_qualified },
	{ DW_TAG_subroutine_type, make_function },
	{ DW_TAG_subrange_type, make_through },
	{ DW_TAG_template_alias, make_through },
};

static const struct ctype *void_type(struct debug_file *f)
{
	struct ctype *t = ctype_new(CTYPE_VOID, NULL, f, 0);

	t->name = "void";
	ctype_spell(t, "void");
	return t;
}

static const struct ctype *make(struct debug_file *f, Dwarf_Die *die)
{
	static int depth;
	const struct ctype *t = NULL;
	int tag = dwarf_tag(die);

	for (size_t i = 0; i < sizeof makers / sizeof *makers && depth < MAX_DEPTH && !t; i++)
		if (makers[i].tag == tag) {
			depth++;
			t = makers[i].make(f, die);
			depth--;
		}
	return t ? t : void_type(f);
}

static const struct ctype *remembered(struct debug_file *f, Dwarf_Die *die)
{
	Dwarf_Off offset = die ? dwarf_dieoffset(die) : 0;
	struct die_type *e;
	const struct ctype *t;

	HASH_FIND(hh, f->types, &offset, sizeof offset, e);
	if (e)
		return e->type;
	t = die ? make(f, die) : void_type(f);
	e = arena_new(struct die_type);
	e->offset = offset;
	e->type = t;
	HASH_ADD(hh, f->types, offset, sizeof e->offset, e);
	return t;
}

const struct ctype *die_ctype(struct debug_file *f, Dwarf_Die *type)
{
	return remembered(f, type);
}

const struct ctype *die_attr_type(struct debug_file *f, Dwarf_Die *die)
{
	Dwarf_Attribute a;
	Dwarf_Die type;

	if (dwarf_attr_integrate(die, DW_AT_type, &a) && dwarf_formref_die(&a, &type))
		return remembered(f, &type);
	return remembered(f, NULL);
}

/* ---- members ------------------------------------------------------------------------- */

/* Bits from the start of the struct, least significant first. */
static void place_bits(struct cmember *m, Dwarf_Die *die, Dwarf_Word bits)
{
	Dwarf_Word at, storage = m->type->size;
	unsigned unit = 8 * m->type->size;

	if (number_attr(die, DW_AT_data_bit_offset, &at)) {
		;
	} else if (number_attr(die, DW_AT_bit_offset, &at)) {	/* from the most significant bit */
		number_attr(die, DW_AT_byte_size, &storage);
		at = 8 * (m->offset + storage) - at - bits;
	} else {
		at = 8 * m->offset;
	}
	if (unit == 0 || at / unit != (at + bits - 1) / unit)
		unit = 8;
	m->offset = at / unit * (unit / 8);
	m->bit_offset = at % unit;
	m->bit_size = bits;
}

static void load_members(const struct ctype *t, struct ctype_data *d)
{
	struct debug_file *f = d->origin;
	Dwarf_Die whole, die;

	if (t->incomplete || !dwarf_offdie(f->dw, d->where, &whole) ||
	    dwarf_child(&whole, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);
		struct cmember m = { .name = "" };
		Dwarf_Word value = 0;

		/* a C++ base class is like an anonymous member; static members are not inside */
		if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) ||
		    flag_attr(&die, DW_AT_external))
			continue;
		m.name = die_name(&die);
		m.type = die_attr_type(f, &die);
		number_attr(&die, DW_AT_data_member_location, &value);
		m.offset = value;
		if (number_attr(&die, DW_AT_bit_size, &value))
			place_bits(&m, &die, value);
		vec_push(&d->members, m);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static void load_enumerators(const struct ctype *t, struct ctype_data *d)
{
	struct debug_file *f = d->origin;
	Dwarf_Die whole, die;

	(void)t;
	if (!dwarf_offdie(f->dw, d->where, &whole) || dwarf_child(&whole, &die) != 0)
		return;
	do {
		struct cenumerator e = { die_name(&die), 0 };
		Dwarf_Attribute a;
		Dwarf_Sword value;

		if (dwarf_tag(&die) != DW_TAG_enumerator ||
		    !dwarf_attr(&die, DW_AT_const_value, &a) || dwarf_formsdata(&a, &value) != 0)
			continue;
		e.value = value;
		vec_push(&d->enumerators, e);
	} while (dwarf_siblingof(&die, &die) == 0);
}

/* ---- by name ----------------------------------------------------------------------------- */

static const struct ctype *indexed_type(struct debug_file *f, const char *name, uint32_t tag)
{
	const struct dwarf_index *ix = dwarf_index_of(f);
	size_t first, count;
	Dwarf_Die die;

	if (!ix)
		return NULL;
	count = index_names_find(ix, ix->types, ix->type_count, name, &first);
	for (size_t i = first; i < first + count; i++)
		if (ix->types[i].tag == tag && dwarf_offdie(f->dw, ix->types[i].die, &die))
			return remembered(f, &die);
	return NULL;
}

/* A definition may be in another unit, and for modules in the kernel. */
static const struct ctype *complete(const struct ctype *t)
{
	struct debug_file *f = t->data->origin;
	const char *word = t->kind == CTYPE_UNION ? "union" : t->kind == CTYPE_ENUM ? "enum" : "struct";
	uint32_t tag = t->kind == CTYPE_UNION ? DW_TAG_union_type :
		       t->kind == CTYPE_ENUM ? DW_TAG_enumeration_type : DW_TAG_structure_type;
	const struct ctype *full = NULL;

	if (!module_is_path(f->name))
		full = ctype_by_name(f->session, f->name,
				     arena_printf("%s %s", word, t->name), NULL);
	return full ? full : indexed_type(f, t->name, tag);
}

static const struct { const char *word; uint32_t tag; } words[] = {
	{ "struct ", DW_TAG_structure_type }, { "union ", DW_TAG_union_type },
	{ "enum ", DW_TAG_enumeration_type },
};

static void offer_types(struct debug_file *f, uint32_t tag, const char *word, struct nearest *near)
{
	const struct dwarf_index *ix = dwarf_index_of(f);

	for (size_t i = 0; ix && i < ix->type_count; i++)
		if (!tag || ix->types[i].tag == tag)
			nearest_offer(near, intern_printf("%s%s", word,
							  ix->texts + ix->types[i].name));
}

const struct ctype *dwarf_type_by_name(struct debug_file *f, const char *name, struct nearest *near)
{
	static const uint32_t bare[] = { DW_TAG_typedef, DW_TAG_base_type, DW_TAG_structure_type,
					 DW_TAG_union_type, DW_TAG_enumeration_type };
	const struct ctype *t = NULL;
	const char *word = "";
	uint32_t tag = 0;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strncmp(name, words[i].word, strlen(words[i].word)) == 0) {
			word = words[i].word;
			tag = words[i].tag;
			t = indexed_type(f, name + strlen(word), tag);
		}
	for (size_t i = 0; !tag && !t && i < sizeof bare / sizeof *bare; i++)
		t = indexed_type(f, name, bare[i]);
	if (!t && near)
		offer_types(f, tag, word, near);
	return t;
}

bool dwarf_enumerator(struct debug_file *f, const char *name, int64_t *value)
{
	const struct dwarf_index *ix = dwarf_index_of(f);

	for (size_t i = 0; ix && i < ix->type_count; i++) {
		const struct cenumerator *e;
		size_t count;
		Dwarf_Die die;

		if (ix->types[i].tag != DW_TAG_enumeration_type ||
		    !dwarf_offdie(f->dw, ix->types[i].die, &die))
			continue;
		e = ctype_enumerators(die_ctype(f, &die), &count);
		for (size_t k = 0; k < count; k++)
			if (strcmp(e[k].name, name) == 0) {
				*value = e[k].value;
				return true;
			}
	}
	return false;
}
