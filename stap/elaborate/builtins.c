/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operators that stand for one low-level value: @enum, @enumname, @const, registers and raw reads.
 */
#include "elaborate.h"

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
	struct nearest near;
	struct diag *d;
	int64_t value;

	nearest_init(&near, e->builtin.text);
	if (names_enumerator(sc, e->builtin.text, &value, sc->el->asking ? NULL : &near))
		return expr_number(value, e->at);
	d = diag_report(DIAG_unknown_type, e->at, "no enumerator '%s' in the kernel's types", e->builtin.text);
	diag_nearest(d, &near);
	return NULL;
}

/* What can be written down again; at a function's entry there are no variables to keep a value in. */
static bool is_repeatable(const struct scope *sc, const struct expr *e)
{
	return sc->at_entry || e->kind == E_NAME || e->kind == E_NUMBER || e->kind == E_ARGUMENT || e->kind == E_SAVED;
}

/* (*once = value), which every later *once repeats. */
static struct expr *keep_value(struct scope *sc, struct expr *value, struct expr **once)
{
	struct expr *assign;

	*once = value;
	if (is_repeatable(sc, value))
		return value;
	assign = expr_new(E_ASSIGN, value->at);
	*once = expr_new(E_NAME, value->at);
	(*once)->name.var = local_temporary(sc, value->at);
	(*once)->name.name = (*once)->name.var->name;
	assign->assign.left = *once;
	assign->assign.right = value;
	return assign;
}

/* The type that @enumname says, as @cast would find it, or its operand's. */
static const struct ctype *enumeration(struct scope *sc, const struct expr *e)
{
	struct expr *cast;

	if (!e->builtin.text)
		return e->builtin.arg->ctype;
	cast = expr_new(E_TARGET, e->at);
	cast->target.base = TARGET_CAST;
	cast->target.cast_type = e->builtin.text;
	cast->target.module = e->builtin.text2;
	return names_cast_type(sc, cast);
}

/* The names as nested conditionals: ((t = v) == 0 ? "A" : t == 1 ? "B" : sprintf("%d", t)) */
static struct expr *enumerator_name(struct scope *sc, const struct expr *e)
{
	const struct ctype *t = enumeration(sc, e);
	struct expr *result = expr_new(E_PRINT, e->at), *value, *first;
	const struct cenumerator *list;
	size_t count = 0;

	if (!t && e->builtin.text)
		return NULL;
	if (!t || t->kind != CTYPE_ENUM) {
		diag_report(DIAG_unknown_type, e->at, "@enumname: not an enumeration type");
		return NULL;
	}
	result->print.to_string = true;
	result->print.name = "sprintf";
	vec_push(&result->print.pieces, ((struct format_piece){ .conversion = 'd' }));
	first = keep_value(sc, e->builtin.arg, &value);
	list = ctype_enumerators(t, &count);
	vec_push(&result->print.args, count ? expr_copy(value) : first);
	while (count-- > 0) {
		struct expr *choice = expr_new(E_TERNARY, e->at);

		choice->ternary.cond = expr_binary(OP_EQ, count ? expr_copy(value) : first,
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
		diag_report(DIAG_guru_only, e->at, "@const needs guru mode (-g)");
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
	diag_report(DIAG_guru_only, e->at, "this operator needs guru mode (-g)");
	return true;
}

/* ---- @perf ------------------------------------------------------------------------------------ */

size_t counter_named(struct program *program, const char *name)
{
	size_t i;

	for (i = 0; i < program->counters.len; i++)
		if (program->counters.data[i].name == name)
			return i;
	vec_push(&program->counters, ((struct perf_counter){ .name = name }));
	return i;
}

static struct expr *counter_read(struct scope *sc, const struct expr *e)
{
	struct program *program = sc->el->program;
	size_t i = counter_named(program, intern(e->builtin.text));
	struct expr *v = expr_new(E_CVALUE, e->at);

	program->counters.data[i].used = e->at;
	if (sc->el->session->options.runtime != RUNTIME_KERNEL)
		diag_report(DIAG_unsupported, e->at, "performance events are only counted by a kernel module");
	v->cvalue.code = arena_printf("PERF_COUNTER_%zu", i);
	v->type = TYPE_LONG;
	return v;
}

/* Probes are known by now, and with them the names. */
void check_counters(struct elaboration *el)
{
	vec_each(&el->program->counters, struct perf_counter, counter) {
		struct nearest near;
		struct diag *d;

		if (counter->declared)
			continue;
		d = diag_report(DIAG_unknown_variable, counter->used, "no probe counts '%s'", counter->name);
		nearest_init(&near, counter->name);
		vec_each(&el->program->counters, struct perf_counter, other)
			if (other->declared)
				nearest_offer(&near, other->name);
		diag_hint(d, "as in: probe perf.sw.context_switches.counter(\"%s\") {}", counter->name);
		diag_nearest(d, &near);
	}
}

bool resolve_builtin(struct scope *sc, struct expr **e)
{
	unsigned errors = diag_errors() + diag_held_errors();
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
		if (!(*e)->builtin.text && !(*e)->builtin.arg->ctype && !sc->el->final)
			return true;	/* types may tell, later */
		result = enumerator_name(sc, *e);
		break;
	case E_CONST:
		result = c_constant(sc, *e);
		break;
	case E_PERF:
		result = counter_read(sc, *e);
		break;
	default:
		BUG("builtin %d", (*e)->kind);
	}
	if (!result)
		result = (*e)->kind == E_ENUMNAME ? expr_string("", (*e)->at) : expr_number(0, (*e)->at);
	*e = result;
	return diag_errors() + diag_held_errors() == errors;
}
