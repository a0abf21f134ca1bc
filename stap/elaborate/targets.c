/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Target variables: $x->y[i], @var, @cast and autocast become loads at computed
 * addresses.  A family says what the base is; types of debug information lead the
 * way along the path.
 */
#include "elaborate.h"

#include <string.h>

#include "../base/intern.h"
#include "../base/strbuf.h"
#include "../debuginfo/dwarf.h"
#include "../probes/location.h"

static bool is_aggregate(const struct ctype *t)
{
	return t && (t->kind == CTYPE_STRUCT || t->kind == CTYPE_UNION);
}

/* ---- the base ------------------------------------------------------------------------ */

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

/* Only debug information knows it, or nothing is known of types at all. */
static bool is_for_want_of_debuginfo(struct scope *sc, const struct expr *t)
{
	struct session *s = sc->el->session;

	if (strncmp(bare_name(t), "$$", 2) == 0 || !sc->probe->family->module)
		return false;
	return kernel_types_missing(s) ||
	       (!sc->probe->from_alias && !dwarf_available(s, sc->probe->family->module(sc->probe)));
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
	if (strcmp(bare_name(t), "$return") == 0 && sc->probe->family->variable) {
		diag_hint(d, "only .return probes of functions that return something have it");
		return;
	}
	if (near->count) {
		diag_nearest(d, near);
	} else if (!sc->probe->family->variable) {
		diag_hint(d, "this kind of probe has no target variables");
	} else if (is_for_want_of_debuginfo(sc, t)) {
		diag_hint(d, "%s", debuginfo_missing_text(sc->el->session, sc->probe->family->module(sc->probe)));
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
	case E_CALL:
		return "register at the entry, location from DWARF";
	case E_PARTS:
		return "in several places, type from BTF or DWARF";
	case E_LOAD: case E_REGISTER: case E_BINARY: case E_UNARY: case E_TERNARY:
		return "location from DWARF";
	default:
		return "text of others";
	}
}

static void note_variable(struct scope *sc, const struct expr *t, const struct expr *value)
{
	if (!sc->el->session->options.plan)
		return;
	if (!sc->probe->used)
		sc->probe->used = arena_new(used_vec);
	vec_push(sc->probe->used, ((struct used_variable){ t->target.name, source_of(value), value }));
}

/* Where code is probed, enumerators are in sight like its variables. */
static struct expr *named_constant(struct scope *sc, const struct expr *t)
{
	int64_t value;

	if (!sc->probe || !sc->probe->family->module || bare_name(t)[1] == '$' ||
	    !names_enumerator(sc, bare_name(t) + 1, &value, NULL))
		return NULL;
	return expr_number(value, t->at);
}

static struct expr *family_variable(struct scope *sc, const struct expr *t, struct nearest *near)
{
	struct probe *p = sc->probe;

	return p->family->variable ? p->family->variable(sc->el->session, p, t, sc->at_entry, near) : NULL;
}

static struct expr *probe_variable(struct scope *sc, const struct expr *t)
{
	struct nearest near;
	struct expr *e = NULL;
	unsigned errors = diag_errors() + diag_held_errors();

	nearest_init(&near, bare_name(t));
	if (sc->probe) {
		sc->probe->specific = true;
		e = family_variable(sc, t, &near);
	}
	if (!e && diag_errors() + diag_held_errors() == errors)
		e = named_constant(sc, t);
	if (!e && diag_errors() + diag_held_errors() == errors && sc->probe && sc->probe->family->module &&
	    names_obtain(sc, names_module(sc, NULL)))
		e = family_variable(sc, t, &near);
	if (e) {
		resolve_expr(sc, &e);	/* some are read by functions of the library */
		note_variable(sc, t, e);
	} else if (diag_errors() + diag_held_errors() == errors) {
		report_no_variable(sc, t, &near);
	}
	return e;
}

/* @cast(value, "type"): the value is a pointer to the type (or the type is a pointer itself). */
static bool cast_base(struct scope *sc, const struct expr *t, struct cvalue *v)
{
	const struct ctype *type = names_cast_type(sc, t);
	struct expr *operand = t->target.operand;

	if (!type)
		return false;
	if (operand->kind == E_STRING)
		diag_report(DIAG_type_mismatch, operand->at, "@cast needs a number");
	v->value = expr_copy(operand);
	v->type = type->kind == CTYPE_POINTER ? type : ctype_pointer_to(type);
	v->value->ctype = v->type;
	return true;
}

/* @var("name"): a variable, whose address the runtime looks up when it starts. */
static bool var_base(struct scope *sc, const struct expr *t, struct cvalue *v)
{
	struct cglobal g;
	struct expr *e;

	if (!names_global(sc, t, &g))
		return false;
	if (sc->el->session->options.runtime != RUNTIME_KERNEL) {
		diag_report(DIAG_unsupported, t->at, "variables of the kernel are only read by a kernel module");
		return false;
	}
	e = located_value(sc->el->session, &g.where, g.type, t->at);
	if (e && e->kind == E_LOAD)
		*v = (struct cvalue){ .address = e->load.address, .type = g.type };
	else if (e)
		*v = cvalue_of(e);
	else
		diag_report(DIAG_target_variable, t->at, "'%s' %s", t->target.name,
			    g.where.why ? g.where.why : "is not where its value can be read");
	return e != NULL;
}

static int base_value(struct scope *sc, const struct expr *t, struct cvalue *v)
{
	struct expr *e;

	*v = (struct cvalue){0};
	switch (t->target.base) {
	case TARGET_NAME:
		e = probe_variable(sc, t);
		if (e)
			*v = cvalue_of(e);
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

struct expr *symbol_address(struct program *program, const char *module, const char *name, bool is_percpu,
			    const struct place *at)
{
	struct expr *e = expr_new(E_CVALUE, at);
	size_t i;

	for (i = 0; i < program->symbols.len; i++)
		if (program->symbols.data[i].name == name && program->symbols.data[i].module == module)
			break;
	if (i == program->symbols.len)
		vec_push(&program->symbols, ((struct kernel_symbol){ module, name }));
	e->cvalue.code = arena_printf(is_percpu ? "script_percpu_address(script_symbols[%zu].address)"
				      : "(s64)script_symbols[%zu].address", i);
	e->type = TYPE_LONG;
	return e;
}

/* ---- the path --------------------------------------------------------------------------- */

/* Without underscores in front: "state" of __state. */
static const char *plain_name(const char *name)
{
	return name + strspn(name, "_");
}

/* And without a prefix: "dport" of inet_dport and skc_dport. */
static const char *member_stem(const char *name)
{
	const char *underscore = strchr(plain_name(name), '_');

	return underscore && underscore[1] ? underscore + 1 : plain_name(name);
}

#define NESTED_DEPTH 3

/*
 * Where t, or a structure inside it, has a member that is equal in what the function leaves of its name: kernels call
 * it by a macro, or moved it there.  NULL: nowhere.
 */
static const char *nested_member(const struct ctype *t, const char *name, const char *(*part)(const char *), unsigned depth)
{
	size_t count;
	const struct cmember *m = ctype_members(t, &count);

	for (size_t i = 0; i < count; i++)
		if (*m[i].name && strcmp(part(m[i].name), part(name)) == 0)
			return m[i].name;
	for (size_t i = 0; i < count; i++) {
		bool named = *m[i].name;
		const char *inner;

		if ((m[i].type->kind != CTYPE_STRUCT && m[i].type->kind != CTYPE_UNION) || (named && !depth))
			continue;
		inner = nested_member(m[i].type, name, part, depth - named);
		if (inner)
			return named ? arena_printf("%s->%s", m[i].name, inner) : inner;
	}
	return NULL;
}

static const char *similar_member(const struct ctype *t, const char *name)
{
	static const char *(*const parts[])(const char *) = { plain_name, member_stem };
	const char *found = NULL;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		for (unsigned depth = 0; !found && depth <= NESTED_DEPTH; depth++)
			found = nested_member(t, name, parts[i], depth);
	return found;
}

static void report_member(const struct access *a, const struct ctype *t)
{
	const char *nested;
	struct cmember found;
	struct nearest near;
	struct diag *d;

	nearest_init(&near, a->member);
	ctype_member(t, a->member, &found, &near);
	d = diag_report(DIAG_unknown_member, a->at, "unable to find member '%s' for %s %s", a->member,
			t->kind == CTYPE_UNION ? "union" : "struct", *t->name ? t->name : "<anonymous>");
	if (t->incomplete) {
		diag_hint(d, "the type is declared here, but not defined in the available debug information");
		return;
	}
	nested = diag_holding() ? NULL : similar_member(t, a->member);	/* no long search for what only may be there */
	if (nested)
		diag_hint(d, "is it %s?", nested);
	else
		diag_nearest(d, &near);
}

/* What a pointer points to; false when its value is not known. */
static bool follow_pointer(const struct cvalue *v, struct cvalue *target, const struct access *a)
{
	*target = cvalue_target(v, a->at);
	if (!cvalue_is_in_place(target))
		diag_report(DIAG_target_variable, a->at, "the pointer that leads here is partly optimised out");
	return cvalue_is_in_place(target);
}

static bool step_member(struct cvalue *v, const struct access *a)
{
	struct cvalue whole = *v;
	struct cmember m;

	if (v->type->kind == CTYPE_POINTER && !follow_pointer(v, &whole, a))
		return false;
	whole.type = ctype_complete(whole.type);
	if (!is_aggregate(whole.type)) {
		diag_report(DIAG_unknown_member, a->at, "unable to find member '%s': %s is not a structure", a->member,
			    *whole.type->spelling ? whole.type->spelling : "this type");
		return false;
	}
	if (!cvalue_is_in_place(&whole) || !ctype_member(whole.type, a->member, &m, NULL)) {
		report_member(a, whole.type);
		return false;
	}
	*v = cvalue_member(&whole, &m, a->at);
	return true;
}

static bool step_index(struct cvalue *v, const struct access *a)
{
	struct cvalue array = *v, element;

	if (v->type->kind != CTYPE_POINTER && v->type->kind != CTYPE_ARRAY) {
		diag_report(DIAG_target_variable, a->at, "invalid array access: %s is neither pointer nor array",
			    v->type->spelling);
		return false;
	}
	if (v->type->kind == CTYPE_POINTER && !follow_pointer(v, &array, a))
		return false;
	array.type = v->type;
	if (!cvalue_element(&array, a->index, &element, a->at)) {
		diag_report(DIAG_target_variable, a->at, "an array in registers is indexed by a number within it");
		return false;
	}
	*v = element;
	return true;
}

static void report_untyped(struct scope *sc, const struct expr *t, const struct place *at)
{
	bool is_var = t->target.base == TARGET_VAR;
	struct diag *d = diag_report(DIAG_target_variable, at, is_var ? "the type of '%s' is not known"
				     : "the type of this value is not known", t->target.name);

	if (!is_var)
		return;
	diag_hint(d, "tell it: @cast(&@var(\"%s\"), \"TYPE\")->... for a structure, or [0] for a number",
		  t->target.name);
	if (!dwarf_available(sc->el->session, names_module(sc, t->target.module)))
		diag_hint(d, "%s", debuginfo_missing_text(sc->el->session, names_module(sc, t->target.module)));
}

/* Follow the path; *pretty is set when it ends in $ or $$. */
static bool follow_path(struct scope *sc, const struct expr *t, struct cvalue *v, const struct access **pretty)
{
	*pretty = NULL;
	vec_each(&t->target.path, struct access, a) {
		if (a->kind == ACCESS_PRETTY || a->kind == ACCESS_PRETTY_DEEP) {
			*pretty = a;
			return true;
		}
		if (!v->type || v->type->kind == CTYPE_VOID) {
			report_untyped(sc, t, a->at);
			return false;
		}
		if (!(a->kind == ACCESS_MEMBER ? step_member(v, a) : step_index(v, a)))
			return false;
	}
	return true;
}

/* As the script wrote it; what operands were is not known any more. */
static const char *target_text(const struct expr *t)
{
	const access_vec *path = &t->target.path;
	struct strbuf text = { 0 };
	const char *result;

	if (t->target.base == TARGET_CAST || t->target.base == TARGET_AUTOCAST)
		return path->len && path->data[path->len - 1].kind == ACCESS_MEMBER
		       ? path->data[path->len - 1].member : "this";
	print_expr(&text, t);
	result = intern(strbuf_text(&text));
	strbuf_release(&text);
	return result;
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
	e->ctype = v->type ? ctype_pointer_to(v->type) : NULL;
	return e;
}

static struct expr *read_value(const struct cvalue *v, const struct expr *t)
{
	struct expr *e = cvalue_read(v, t->at);
	const char *name = e ? NULL : target_text(t);
	struct diag *d;

	if (!e && cvalue_is_implied(v)) {
		d = diag_report(DIAG_target_variable, t->at, "'%s' points to a variable that is not in memory here",
				name);
		diag_hint(d, "what it points to can be read: '%s->MEMBER', '%s[0]' or '%s$'", name, name, name);
	} else if (!e) {
		diag_report(DIAG_target_variable, t->at, "'%s' is partly optimised out here", name);
	}
	return e;
}

static struct expr *final_value(struct scope *sc, const struct cvalue *v, const struct expr *t, const struct access *pretty)
{
	bool untyped = !v->type && v->address;

	if (untyped && (pretty || !t->target.address_of)) {
		report_untyped(sc, t, t->at);
		return NULL;
	}
	if (pretty)
		return pretty_text(sc, v, pretty->kind == ACCESS_PRETTY_DEEP, t->at);
	if (t->target.address_of)
		return take_address(v, t);
	if (is_aggregate(v->type)) {
		struct diag *d = diag_report(DIAG_target_variable, t->at, "'%s' is a whole structure (%s), not a value",
					     target_text(t), v->type->spelling);

		diag_hint(d, "name a member with ->, take its address with &, or print it with $");
		return NULL;
	}
	return read_value(v, t);
}

/* In the place of what cannot be read. */
static struct expr *no_value(const struct expr *t)
{
	const access_vec *path = &t->target.path;
	bool is_text = path->len && path->data[path->len - 1].kind != ACCESS_MEMBER
		       && path->data[path->len - 1].kind != ACCESS_INDEX;

	return is_text ? expr_string("", t->at) : expr_number(0, t->at);
}

/* --skip-badvars: what cannot be resolved is 0.  @defined still tells. */
static bool skips_errors(const struct scope *sc)
{
	return sc->el->session->options.skip_badvars && !sc->el->asking;
}

/* 0, or 1: not yet. */
static int resolve_path(struct scope *sc, struct expr *t, bool final, struct expr **result)
{
	const struct access *pretty = NULL;
	struct cvalue v;
	int error = base_value(sc, t, &v);

	if (error > 0 && !final)
		return 1;
	if (error > 0)
		diag_report(DIAG_target_variable, t->at, "the type that this value points to is not known");
	if (error == 0 && follow_path(sc, t, &v, &pretty))
		*result = final_value(sc, &v, t, pretty);
	return 0;
}

int resolve_target(struct scope *sc, struct expr **e, bool final)
{
	struct expr *t = *e, *result = NULL;
	bool skip = skips_errors(sc);
	int later;

	if (t->target.base == TARGET_NAME && strncmp(t->target.name, "$$", 2) == 0) {
		result = probe_variable(sc, t);	/* a text; the family looks at the path */
		if (result)
			resolve_expr(sc, &result);
		*e = result ? result : expr_string("", t->at);
		return result ? 0 : -1;
	}
	if (skip)
		diag_hold();
	later = resolve_path(sc, t, final, &result);
	if (skip)
		diag_release(false);
	if (later)
		return 1;
	*e = result ? result : no_value(t);
	return result ? 0 : -1;
}

/* @defined: would it resolve?  *known is cleared while that depends on types yet to be inferred. */
bool target_is_defined(struct scope *sc, struct expr *operand, bool final, bool *known)
{
	bool autocast = operand->kind == E_TARGET && operand->target.base == TARGET_AUTOCAST;
	struct expr *copy;
	bool pending = false, good, asked = sc->el->asking;

	sc->el->asking = true;
	diag_hold();
	if (autocast)		/* now, as later the names of locals are not known any more */
		resolve_expr(sc, &operand->target.operand);
	copy = expr_copy(operand);
	if (autocast) {
		pending = resolve_target(sc, &copy, final) > 0;
	} else {
		resolve_expr(sc, &copy);
	}
	good = diag_held_errors() == 0;
	diag_release(false);
	sc->el->asking = asked;
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
