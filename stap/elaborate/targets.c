/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Target variables: $x->y[i], @var, @cast and autocast become loads at computed
 * addresses.  A family says what the base is; types of debug information lead the
 * way along the path.
 */
#include "elaborate.h"

#include <string.h>

static const struct ctype *pointee(const struct ctype *pointer)
{
	return ctype_complete(pointer->target);
}

static bool is_aggregate(const struct ctype *t)
{
	return t && (t->kind == CTYPE_STRUCT || t->kind == CTYPE_UNION);
}

static struct expr *add_offset(struct expr *address, int64_t offset, const struct place *at)
{
	struct expr *sum;

	if (offset == 0)
		return address;
	sum = expr_binary(OP_ADD, address, expr_number(offset, at), at);
	fold_expr(&sum);
	return sum;
}

struct expr *expr_load(struct expr *address, const struct ctype *t, const struct place *at)
{
	struct expr *e = expr_new(E_LOAD, at);

	e->load.address = address;
	e->load.size = t ? t->size : 8;
	e->load.is_signed = t ? (t->is_signed && t->kind != CTYPE_POINTER) : true;
	e->ctype = t;
	e->type = TYPE_LONG;
	return e;
}

/* Bytes that a load must cover to hold a bit field, as a power of two. */
static unsigned bitfield_bytes(unsigned bits)
{
	unsigned bytes = 1;

	while (bytes * 8 < bits)
		bytes *= 2;
	return bytes;
}

struct expr *cvalue_read(const struct cvalue *v, const struct place *at)
{
	struct expr *e;

	if (!v->address)
		return v->value;
	if (v->type->kind == CTYPE_ARRAY || v->type->kind == CTYPE_FUNCTION) {
		v->address->ctype = ctype_pointer_to(v->type->kind == CTYPE_ARRAY ? v->type->target : v->type);
		return v->address;
	}
	e = expr_load(v->address, v->type, at);
	e->load.user = v->user;
	e->load.bit_offset = v->bit_offset;
	e->load.bit_size = v->bit_size;
	if (v->bit_size)
		e->load.size = bitfield_bytes(v->bit_offset + v->bit_size);
	return e;
}

/* ---- the base ------------------------------------------------------------------------ */

static struct cvalue value_of_expr(struct expr *e)
{
	struct cvalue v = { .type = e->ctype };

	if (e->kind == E_LOAD && e->ctype && !e->load.bit_size) {
		v.address = e->load.address;
		v.user = e->load.user;
	} else {
		v.value = e;
	}
	return v;
}

static const char *bare_name(const struct expr *t)
{
	return t->target.name;
}

/* Scripts take an alias's own variable for one of the kernel's. */
static bool hint_alias_variable(struct scope *sc, const struct expr *t, struct diag *d)
{
	const char *name = intern(bare_name(t) + 1);

	if (!sc->probe->from_alias || !local_find(sc, name))
		return false;
	diag_hint(d, "'%s' without $ is a variable of %s", name, sc->probe->alias_name);
	return true;
}

static void report_no_variable(struct scope *sc, const struct expr *t, const struct nearest *near)
{
	struct diag *d;

	if (!sc->probe) {
		diag_report(DIAG_target_variable, t->at, "no probe gives a value to '%s' here", bare_name(t));
		return;
	}
	d = diag_report(DIAG_target_variable, t->at, "unable to find '%s' in %s", bare_name(t),
			sc->probe->alias_name);
	if (hint_alias_variable(sc, t, d))
		return;
	if (near->count) {
		diag_nearest(d, near);
	} else if (!sc->probe->family->variable) {
		diag_hint(d, "this kind of probe has no target variables");
	}
}

/* How a value is got, for --plan. */
static const char *source_of(const struct expr *e)
{
	switch (e->kind) {
	case E_ARGUMENT:
		return "argument, type from BTF or DWARF";
	case E_SAVED:
		return "saved at the entry";
	case E_CVALUE:
		return e->ctype ? "argument or result, type from BTF or DWARF" : "of the event";
	case E_STRING: case E_NUMBER:
		return "known";
	case E_LOAD: case E_REGISTER: case E_BINARY: case E_UNARY: case E_TERNARY:
		return "location from DWARF";
	default:
		return "text of others";
	}
}

static void note_variable(struct probe *p, const struct expr *t, const struct expr *value)
{
	vec_push(&p->used, ((struct used_variable){ t->target.name, source_of(value), value }));
}

static struct expr *probe_variable(struct scope *sc, const struct expr *t)
{
	struct nearest near;
	struct expr *e = NULL;
	unsigned errors = diag_errors() + diag_held_errors();

	nearest_init(&near, bare_name(t));
	if (sc->probe) {
		sc->probe->specific = true;
		if (sc->probe->family->variable)
			e = sc->probe->family->variable(sc->el->session, sc->probe, t, sc->at_entry, &near);
	}
	if (e)
		note_variable(sc->probe, t, e);
	else if (diag_errors() + diag_held_errors() == errors)
		report_no_variable(sc, t, &near);
	return e;
}

static const char *cast_module(const struct expr *t)
{
	const char *m = t->target.module;

	return m && strcmp(m, "kernel") != 0 ? m : NULL;
}

static const struct ctype *cast_type(struct scope *sc, const struct expr *t)
{
	struct nearest near;
	const char *modules = t->target.module ? arena_strdup(t->target.module) : NULL, *m;
	const struct ctype *type = NULL;

	nearest_init(&near, t->target.cast_type);
	if (!modules)
		return ctype_by_name(sc->el->session, NULL, t->target.cast_type, &near);
	/* "a:b:c": the first module that knows the type; "<header>" names are kernel types */
	for (char *save = NULL, *one = strtok_r((char *)modules, ":", &save); one && !type;
	     one = strtok_r(NULL, ":", &save)) {
		m = strncmp(one, "kernel", 6) == 0 || *one == '<' || !*one ? NULL : one;
		type = ctype_by_name(sc->el->session, m, t->target.cast_type, &near);
	}
	return type;
}

static void report_no_type(struct scope *sc, const struct expr *t)
{
	struct nearest near;
	struct diag *d = diag_report(DIAG_unknown_type, t->at, "type definition '%s' not found in '%s'",
				     t->target.cast_type, t->target.module ? t->target.module : "kernel");

	nearest_init(&near, t->target.cast_type);
	ctype_by_name(sc->el->session, cast_module(t), t->target.cast_type, &near);
	diag_nearest(d, &near);
}

/* @cast(value, "type"): the value is a pointer to the type (or the type is a pointer itself). */
static bool cast_base(struct scope *sc, const struct expr *t, struct cvalue *v)
{
	const struct ctype *type = cast_type(sc, t);
	struct expr *operand = t->target.operand;

	if (!type) {
		report_no_type(sc, t);
		return false;
	}
	if (operand->kind == E_STRING)
		diag_report(DIAG_type_mismatch, operand->at, "@cast needs a number");
	v->value = expr_copy(operand);
	v->type = type->kind == CTYPE_POINTER ? type : ctype_pointer_to(type);
	v->value->ctype = v->type;
	return true;
}

/* @var("name"): a kernel variable, whose address the runtime looks up when it starts. */
static bool var_base(struct scope *sc, const struct expr *t, struct cvalue *v)
{
	const char *name = intern_n(t->target.name, strcspn(t->target.name, "@"));
	bool percpu = false;
	const struct ctype *type = variable_by_name(sc->el->session, cast_module(t), name, &percpu);

	if (!type) {
		struct diag *d = diag_report(DIAG_target_variable, t->at, "unable to find global '%s'", name);

		diag_hint(d, "%s", debuginfo_missing_text(sc->el->session, cast_module(t)));
		return false;
	}
	v->address = symbol_address(sc->el->program, cast_module(t), name, t->at);
	v->type = type;
	return true;
}

static int base_value(struct scope *sc, const struct expr *t, struct cvalue *v)
{
	struct expr *e;

	*v = (struct cvalue){0};
	switch (t->target.base) {
	case TARGET_NAME:
		e = probe_variable(sc, t);
		if (e)
			*v = value_of_expr(e);
		return e ? 0 : -1;
	case TARGET_VAR:
		return var_base(sc, t, v) ? 0 : -1;
	case TARGET_CAST:
		return cast_base(sc, t, v) ? 0 : -1;
	case TARGET_AUTOCAST:
		if (!t->target.operand->ctype)
			return 1;
		*v = (struct cvalue){ .value = t->target.operand, .type = t->target.operand->ctype };
		return 0;
	}
	BUG("target base %d", t->target.base);
}

struct expr *symbol_address(struct program *program, const char *module, const char *name,
			    const struct place *at)
{
	struct expr *e = expr_new(E_CVALUE, at);
	size_t i;

	for (i = 0; i < program->symbols.len; i++)
		if (program->symbols.data[i].name == name && program->symbols.data[i].module == module)
			break;
	if (i == program->symbols.len)
		vec_push(&program->symbols, ((struct kernel_symbol){ module, name }));
	e->cvalue.code = arena_printf("(s64)script_symbols[%zu].address", i);
	e->type = TYPE_LONG;
	return e;
}

/* ---- the path --------------------------------------------------------------------------- */

static void report_member(const struct access *a, const struct ctype *t)
{
	struct cmember found;
	struct nearest near;
	struct diag *d;

	nearest_init(&near, a->member);
	ctype_member(t, a->member, &found, &near);
	d = diag_report(DIAG_unknown_member, a->at, "unable to find member '%s' for %s %s", a->member,
			t->kind == CTYPE_UNION ? "union" : "struct", *t->name ? t->name : "<anonymous>");
	if (t->incomplete)
		diag_hint(d, "the type is declared here, but not defined in the available debug information");
	else
		diag_nearest(d, &near);
}

static bool step_member(struct cvalue *v, const struct access *a)
{
	const struct ctype *t = v->type;
	struct cmember m;

	if (t->kind == CTYPE_POINTER) {
		v->address = cvalue_read(v, a->at);
		t = pointee(t);
	}
	t = ctype_complete(t);
	if (!is_aggregate(t)) {
		diag_report(DIAG_unknown_member, a->at, "'%s' is not a structure: %s has no members", a->member,
			    *t->spelling ? t->spelling : "this type");
		return false;
	}
	if (!v->address || !ctype_member(t, a->member, &m, NULL)) {
		report_member(a, t);
		return false;
	}
	v->address = add_offset(v->address, m.offset, a->at);
	v->type = m.type;
	v->bit_offset = m.bit_offset;
	v->bit_size = m.bit_size;
	v->value = NULL;
	return true;
}

static bool step_index(struct cvalue *v, const struct access *a)
{
	const struct ctype *t = v->type, *element;
	struct expr *scaled;

	if (t->kind != CTYPE_POINTER && t->kind != CTYPE_ARRAY) {
		diag_report(DIAG_target_variable, a->at, "invalid array access: %s is neither pointer nor array",
			    t->spelling);
		return false;
	}
	element = ctype_complete(t->target);
	if (t->kind == CTYPE_POINTER)
		v->address = cvalue_read(v, a->at);
	scaled = expr_binary(OP_MUL, a->index, expr_number(element->size ? element->size : 1, a->at), a->at);
	fold_expr(&scaled);
	v->address = expr_binary(OP_ADD, v->address, scaled, a->at);
	fold_expr(&v->address);
	v->type = element;
	v->bit_size = v->bit_offset = 0;
	v->value = NULL;
	return true;
}

/* Follow the path; *pretty is set when it ends in $ or $$. */
static bool follow_path(const struct expr *t, struct cvalue *v, const struct access **pretty)
{
	*pretty = NULL;
	vec_each(&t->target.path, struct access, a) {
		if (a->kind == ACCESS_PRETTY || a->kind == ACCESS_PRETTY_DEEP) {
			*pretty = a;
			return true;
		}
		if (!v->type || v->type->kind == CTYPE_VOID) {
			diag_report(DIAG_target_variable, a->at, "the type of this value is not known");
			return false;
		}
		if (!(a->kind == ACCESS_MEMBER ? step_member(v, a) : step_index(v, a)))
			return false;
	}
	return true;
}

static struct expr *take_address(const struct cvalue *v, const struct expr *t)
{
	struct expr *e;

	if (!v->address || v->bit_size) {
		diag_report(DIAG_target_variable, t->at, "cannot take the address of a value that is %s",
			    v->bit_size ? "a bit field" : "not in memory");
		return NULL;
	}
	e = expr_copy(v->address);
	e->ctype = ctype_pointer_to(v->type);
	return e;
}

static struct expr *final_value(struct scope *sc, const struct cvalue *v, const struct expr *t, const struct access *pretty)
{
	if (pretty)
		return pretty_text(sc, v, pretty->kind == ACCESS_PRETTY_DEEP, t->at);
	if (t->target.address_of)
		return take_address(v, t);
	if (is_aggregate(v->type)) {
		struct diag *d = diag_report(DIAG_target_variable, t->at, "'%s' is a whole structure (%s), not a value",
					     t->target.name ? t->target.name : "this", v->type->spelling);

		diag_hint(d, "name a member with ->, take its address with &, or print it with $");
		return NULL;
	}
	return cvalue_read(v, t->at);
}

int resolve_target(struct scope *sc, struct expr **e, bool final)
{
	struct expr *t = *e, *result = NULL;
	const struct access *pretty = NULL;
	struct cvalue v;
	int error;

	if (t->target.base == TARGET_NAME && strncmp(t->target.name, "$$", 2) == 0) {
		result = probe_variable(sc, t);	/* a text; the family looks at the path */
		if (result)
			resolve_expr(sc, &result);
		*e = result ? result : expr_string("", t->at);
		return result ? 0 : -1;
	}
	error = base_value(sc, t, &v);
	if (error > 0 && !final)
		return 1;
	if (error > 0)
		diag_report(DIAG_target_variable, t->at, "the type that this value points to is not known");
	if (sc->el->session->options.skip_badvars)
		diag_hold();
	if (error == 0 && follow_path(t, &v, &pretty))
		result = final_value(sc, &v, t, pretty);
	if (sc->el->session->options.skip_badvars)
		diag_release(false);
	*e = result ? result : expr_number(0, t->at);
	return result ? 0 : -1;
}

/* @defined: would it resolve?  *known is cleared while that depends on types yet to be inferred. */
bool target_is_defined(struct scope *sc, struct expr *operand, bool final, bool *known)
{
	struct expr *copy = expr_copy(operand);
	bool pending = false, good;

	diag_hold();
	if (copy->kind == E_TARGET && copy->target.base == TARGET_AUTOCAST) {
		resolve_expr(sc, &copy->target.operand);
		pending = resolve_target(sc, &copy, final) > 0;
	} else {
		resolve_expr(sc, &copy);
	}
	good = diag_held_errors() == 0;
	diag_release(false);
	*known = !pending;
	return good;
}

/* ---- entry values ----------------------------------------------------------------------- */

static bool same_value(const struct expr *a, const struct expr *b)
{
	return a->kind == E_ARGUMENT && b->kind == E_ARGUMENT && a->argument.number == b->argument.number;
}

struct expr *saved_value(struct probe *p, struct expr *value, const struct place *at)
{
	struct expr *e = expr_new(E_SAVED, at);
	size_t slot;

	for (slot = 0; slot < p->saved.len; slot++)
		if (same_value(p->saved.data[slot].expr, value))
			break;
	if (slot == p->saved.len)
		vec_push(&p->saved, ((struct saved_value){ .expr = value, .type = value->type }));
	e->saved.slot = (int)slot;
	e->type = value->type;
	e->ctype = value->ctype;
	return e;
}

/* ---- @enum, registers, raw reads ------------------------------------------------------------ */

static struct expr *raw_read(const struct expr *e, bool user)
{
	struct expr *load = expr_new(E_LOAD, e->at);
	int64_t size;

	if (!expr_is_constant(e->builtin.arg, &size) || (size != 1 && size != 2 && size != 4 && size != 8)) {
		diag_report(DIAG_target_variable, e->at, "the size of a raw read is one of 1, 2, 4, 8");
		return NULL;
	}
	load->load.address = e->builtin.arg2;
	load->load.size = (unsigned)size;
	load->load.user = user;
	load->type = TYPE_LONG;
	return load;
}

static struct expr *register_read(const struct expr *e, bool user)
{
	struct expr *r = expr_new(E_REGISTER, e->at);
	int64_t number;

	if (!expr_is_constant(e->builtin.arg, &number) || number < 0 || number > 16) {
		diag_report(DIAG_target_variable, e->at, "a register is named by its DWARF number, 0 to 16");
		return NULL;
	}
	r->reg.number = (int)number;
	r->reg.size = 8;
	r->reg.user = user;
	r->type = TYPE_LONG;
	return r;
}

static struct expr *enumerator(struct scope *sc, const struct expr *e)
{
	int64_t value;

	if (!enumerator_by_name(sc->el->session, NULL, e->builtin.text, &value)) {
		diag_report(DIAG_unknown_type, e->at, "no enumerator '%s' in the kernel's types", e->builtin.text);
		return NULL;
	}
	return expr_number(value, e->at);
}

/* The names as nested conditionals: (v == 0 ? "A" : v == 1 ? "B" : sprintf("%d", v)) */
static struct expr *enumerator_name(struct scope *sc, const struct expr *e)
{
	const struct ctype *t = e->builtin.text
		? ctype_by_name(sc->el->session, NULL, e->builtin.text, NULL) : e->builtin.arg->ctype;
	struct expr *result = expr_new(E_PRINT, e->at);
	const struct cenumerator *list;
	size_t count = 0;

	if (!t || t->kind != CTYPE_ENUM) {
		diag_report(DIAG_unknown_type, e->at, "@enumname: not an enumeration type");
		return NULL;
	}
	result->print.to_string = true;
	result->print.name = "sprintf";
	vec_push(&result->print.pieces, ((struct format_piece){ .conversion = 'd' }));
	vec_push(&result->print.args, expr_copy(e->builtin.arg));
	list = ctype_enumerators(t, &count);
	while (count-- > 0) {
		struct expr *choice = expr_new(E_TERNARY, e->at);

		choice->ternary.cond = expr_binary(OP_EQ, expr_copy(e->builtin.arg),
						   expr_number(list[count].value, e->at), e->at);
		choice->ternary.yes = expr_string(list[count].name, e->at);
		choice->ternary.no = result;
		result = choice;
	}
	return result;
}

/* A user's may need kernel headers: it is an embedded expression, which pass 3 puts where they are. */
static struct expr *c_constant(struct scope *sc, const struct expr *e)
{
	bool own = e->at->source->builtin_library;
	struct expr *v = expr_new(own ? E_CVALUE : E_EMBEDDED, e->at);

	if (!sc->el->session->options.guru && !e->at->source->library)
		diag_report(DIAG_guru_needed, e->at, "@const needs guru mode (-g)");
	if (own)
		v->cvalue.code = arena_printf("(s64)(%s)", e->builtin.text);
	else
		v->embedded.code = arena_printf("/* pure */ %s", e->builtin.text);
	v->type = TYPE_LONG;
	return v;
}

static bool needs_guru(struct scope *sc, const struct expr *e)
{
	if (sc->el->session->options.guru || e->at->source->library)
		return false;
	diag_report(DIAG_guru_needed, e->at, "this operator needs guru mode (-g)");
	return true;
}

bool resolve_builtin(struct scope *sc, struct expr **e)
{
	struct expr *result = NULL;

	switch ((*e)->kind) {
	case E_KDEREF:
		result = needs_guru(sc, *e) ? NULL : raw_read(*e, false);
		break;
	case E_UDEREF:
		result = raw_read(*e, true);
		break;
	case E_KREGISTER:
		result = needs_guru(sc, *e) ? NULL : register_read(*e, false);
		break;
	case E_UREGISTER:
		result = register_read(*e, true);
		break;
	case E_ENUM:
		result = enumerator(sc, *e);
		break;
	case E_ENUMNAME:
		result = enumerator_name(sc, *e);
		break;
	case E_CONST:
		result = c_constant(sc, *e);
		break;
	default:
		diag_report(DIAG_unsupported, (*e)->at, "@perf is not supported by this version");
	}
	*e = result ? result : expr_number(0, (*e)->at);
	return result != NULL;
}
