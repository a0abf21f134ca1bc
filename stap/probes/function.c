/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.function and module("M").function: entries and returns of functions, found in the
 * kernel's own type information.
 */
#include <errno.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "families.h"
#include "function.h"
#include "location.h"
#include "missing.h"
#include "statement.h"
#include "syscall_wrapper.h"

enum { PLAIN, CALL, INLINE, EXPORTED, RETURN };

static const struct suffix { const char *text; } suffixes[] = {
	[PLAIN] = { "" }, [CALL] = { ".call" }, [INLINE] = { ".inline" }, [EXPORTED] = { ".exported" },
	[RETURN] = { ".return" },
};

#define FORMS(prefix)									\
	{ prefix ".function(string)", PLAIN }, { prefix ".function(string).call", CALL },	\
	{ prefix ".function(string).inline", INLINE },					\
	{ prefix ".function(string).exported", EXPORTED },				\
	{ prefix ".function(string).return", RETURN },					\
	{ prefix ".function(string).return.maxactive(number)", RETURN },			\
	{ prefix ".function(number)", PLAIN }, { prefix ".function(number).call", CALL },	\
	{ prefix ".function(number).exported", EXPORTED },				\
	{ prefix ".function(number).return", RETURN },					\
	{ prefix ".function(number).return.maxactive(number)", RETURN }

static const struct probe_spelling spellings[] = {
	FORMS("kernel"), FORMS("module(string)"),
	{ NULL, 0 },
};

/* ---- finding -------------------------------------------------------------------------------- */

/* What a spelling's literals say. */
struct request {
	struct probe_sink *sink;
	const struct matched_point *m;
	const char *module;		/* NULL: the kernel */
	const char *function, *file;	/* FUNC[@FILE] */
	uint64_t address, entry;	/* function(ADDRESS), and where the function that it lies in starts */
	int64_t max_active;
	size_t found, barred;
	const char *barred_name, *why;	/* one that cannot be probed */
};

static void split_pattern(struct request *r, const char *text)
{
	const char *at = strchr(text, '@');

	r->function = at ? intern_n(text, (size_t)(at - text)) : intern(text);
	r->file = at ? intern(at + 1) : NULL;
}

bool check_max_active(const struct matched_point *m, int64_t value)
{
	bool good = value >= 0 && value <= 65535;

	if (!good)
		diag_report(DIAG_limit, component_place(m->point, "maxactive"), "maxactive value out of range: 0 to 65535");
	return good;
}

static bool read_request(struct request *r)
{
	const struct matched_point *m = r->m;
	int next = 0;

	if (strncmp(m->spelling->pattern, "module", 6) == 0)
		r->module = m->args[next++]->string.text;
	if (m->args[next]->kind == E_NUMBER)
		r->address = (uint64_t)m->args[next++]->number;
	else
		split_pattern(r, m->args[next++]->string.text);
	if (next < m->arg_count)
		r->max_active = m->args[next]->number;
	return check_max_active(m, r->max_active);
}

const char *function_place_text(const struct cfunction *f)
{
	return f->file ? arena_printf("%s@%s:%u", f->name, f->file, f->line) : f->name;
}

static const char *place_literal(const struct request *r, const struct cfunction *f)
{
	return r->address ? arena_printf("0x%llx", (unsigned long long)r->address) : function_place_text(f);
}

static const char *point_name(const struct request *r, const struct cfunction *f)
{
	const char *name = arena_printf("%s%s%s.function(%s%s%s)%s", f->module ? "module(\"" : "",
					 f->module ? f->module : "kernel", f->module ? "\")" : "",
					 r->address ? "" : "\"", place_literal(r, f), r->address ? "" : "\"",
					 suffixes[r->m->spelling->variant].text);

	return r->max_active ? arena_printf("%s.maxactive(%lld)", name, (long long)r->max_active) : name;
}

#define CALL_ACTIVE 1024	/* tasks that may wait inside one system call */

unsigned default_active(const char *name)
{
	bool is_call = strncmp(name, "__x64_sys_", 10) == 0 || strncmp(name, "__ia32_", 7) == 0;

	return is_call ? CALL_ACTIVE : 0;
}

struct probe *function_probe_new(struct probe_sink *sink, const struct matched_point *m, const struct cfunction *f,
				 const char *name, bool is_return)
{
	struct function_probe *fp = arena_new(struct function_probe);
	struct probe *p = sink->create(sink);

	fp->function = f;
	fp->is_return = is_return;
	fp->max_active = default_active(f->name);
	p->family = &family_function;
	p->variant = m->spelling->variant;
	p->name = name;
	p->family_data = fp;
	return p;
}

/* Why no probe goes into a function.  By its own name one may be probed that wildcards had better not reach. */
static const char *reason_against(const struct request *r, const struct cfunction *f)
{
	if (f->unprobeable || f->module || !strpbrk(r->function, "*?["))
		return f->unprobeable;
	return address_untraced(r->sink->session, f->address);
}

static void add_function(const struct cfunction *f, void *data)
{
	struct request *r = data;
	const char *why;
	struct probe *p;

	if (r->entry && f->address != r->entry)
		return;
	r->found++;
	if (r->m->spelling->variant == EXPORTED && !f->exported)
		return;
	why = reason_against(r, f);
	if (why) {
		r->barred++;
		r->barred_name = f->name;
		r->why = why;
		return;
	}
	if (f->inlined) {
		statement_add_inlined(r->sink, r->m, f, point_name(r, f));
		return;
	}
	p = function_probe_new(r->sink, r->m, f, point_name(r, f), r->m->spelling->variant == RETURN);
	if (r->max_active)
		((struct function_probe *)p->family_data)->max_active = (unsigned)r->max_active;
	r->sink->add(r->sink, p);
}

/* ---- nothing found ------------------------------------------------------------------------------- */

/* Also called when there is no type information at all. */
static void report_error(struct request *r, int error)
{
	struct diag *d = diag_report(DIAG_debuginfo, component_place(r->m->point, "function"),
				     "cannot read the functions of %s: %s", r->module ? r->module : "the kernel",
				     strerrorname_np(-error));

	diag_hint(d, "%s", debuginfo_missing_text(r->sink->session, r->module));
}

const struct csymbol *function_around(struct session *s, const struct matched_point *m, const char *module,
				      uint64_t address)
{
	struct csymbol *found = arena_new(struct csymbol);
	struct diag *d;

	if (module && report_missing_module(s, m->point, module))
		return NULL;
	if (symbol_at(s, module, address, found) && strchr("tTwW", found->letter)
	    && (!found->size || address < found->address + found->size))
		return found;
	d = diag_report(DIAG_unknown_probe, literal_place(m, m->arg_count - 1), "no function of %s is at address 0x%llx",
			module ? module : "the kernel", (unsigned long long)address);
	diag_hint(d, module ? "addresses in modules count from the start of their file, as nm shows them plus the "
			      "section's offset" : "addresses are those of the kernel's image, as in System.map");
	return NULL;
}

static bool find_address(struct request *r)
{
	const struct csymbol *symbol = function_around(r->sink->session, r->m, r->module, r->address);

	if (!symbol)
		return false;
	r->function = strchr(symbol->name, '.') ? intern_n(symbol->name, strcspn(symbol->name, ".")) : symbol->name;
	r->entry = symbol->address;
	return true;
}

/* Of the whole kernel there are half a million, a minute's work to find and more than can be planted. */
static bool takes_inlines(const struct request *r)
{
	return !r->address && (r->module || r->file || strspn(r->function, "*") != strlen(r->function));
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct request r = { .sink = sink, .m = m };
	bool inlines = m->spelling->variant == INLINE, dwarf;
	unsigned wanted = inlines ? FUNCTION_INLINES : FUNCTION_CALLS;
	int result;

	if (!session_kernel(sink->session) || !read_request(&r) || (r.address && !find_address(&r)))
		return;
	dwarf = inlines || r.file ? dwarf_obtain(sink->session, r.module) : dwarf_available(sink->session, r.module);
	if (dwarf && m->spelling->variant == PLAIN && takes_inlines(&r))
		wanted |= FUNCTION_INLINES;
	if ((inlines || r.file) && !dwarf) {
		report_needs_dwarf(sink->session, m->point, r.module, inlines ? "inlined instances are only known with full debug information"
				   : "source files of functions are only known with full debug information");
		return;
	}
	result = functions_match(sink->session, r.module, r.function, r.file, wanted, add_function, &r);
	if (result < 0 && result != -ENOENT)
		report_error(&r, result);
	else if (!r.found && !(r.file && report_missing_place(sink->session, m->point, r.module, r.function, r.file)))
		report_missing_function(sink->session, m->point, r.module, r.function);
	else if (r.barred)
		report_barred(m->point, "functions", r.barred, r.found, r.barred_name, r.why);
}

/* ---- variables ------------------------------------------------------------------------------------ */

static bool is_aggregate(const struct ctype *t)
{
	return t->kind == CTYPE_STRUCT || t->kind == CTYPE_UNION;
}

/* Where a parameter is (System V x86-64 ABI, 3.2.3): from an integer slot on, of which 0 to 5 are
 * registers and later ones words of the stack.  False: in no such slot. */
static bool argument_slot(const struct cfunction *f, unsigned wanted, unsigned *slot)
{
	unsigned reg = 0, stack = 6;

	for (unsigned i = 0; i < f->param_count; i++) {
		const struct ctype *t = f->params[i].type;
		unsigned words = t->size > 8 ? (t->size + 7) / 8 : 1;
		bool in_registers = words <= 2 && reg + words <= 6 && t->kind != CTYPE_FLOAT;

		*slot = in_registers ? reg : stack;
		if (i == wanted)
			return t->kind != CTYPE_FLOAT;
		if (in_registers)
			reg += words;
		else if (t->kind != CTYPE_FLOAT)
			stack += words;
	}
	return false;
}

static struct expr *slot_value(unsigned slot, unsigned size, bool is_signed, const struct place *at)
{
	struct expr *e = expr_new(E_ARGUMENT, at);

	e->argument.number = (int)slot;
	e->argument.size = size;
	e->argument.is_signed = is_signed;
	e->type = TYPE_LONG;
	return e;
}

static struct expr *maybe_saved(struct probe *p, struct expr *e, bool save, const struct place *at)
{
	return save ? saved_value(p, e, at) : e;
}

/* The caller's copy of a structure, above the return address. */
static struct expr *stacked_structure(struct probe *p, unsigned slot, const struct ctype *t, bool save,
				      const struct place *at)
{
	struct expr *sp = expr_new(E_REGISTER, at), *sum = expr_new(E_BINARY, at), *e = expr_new(E_LOAD, at);

	sp->reg.number = 7;
	sp->reg.size = 8;
	sum->binary.op = OP_ADD;
	sum->binary.left = sp;
	sum->binary.right = expr_number(8 * ((int64_t)slot - 5), at);
	sp->type = sum->type = e->type = TYPE_LONG;
	e->load.address = maybe_saved(p, sum, save, at);
	e->load.size = t->size;
	e->ctype = t;
	return e;
}

static struct expr *structure(struct probe *p, unsigned slot, const struct ctype *t, bool save,
			      const struct place *at)
{
	unsigned words = (t->size + 7) / 8;
	struct value_part *parts;

	if (slot >= 6)
		return stacked_structure(p, slot, t, save, at);
	parts = arena_alloc((words + 1) * sizeof *parts);
	for (unsigned i = 0; i < words; i++)
		parts[i] = (struct value_part){
			64 * i, i + 1 < words ? 64 : 8 * t->size - 64 * i,
			maybe_saved(p, slot_value(slot + i, 8, false, at), save, at),
		};
	return parts_expr(parts, words, t, at);
}

/* The compiler's copies of a function (f.isra.0, f.constprop.1) have other parameters than it. */
static bool is_changed_copy(const struct cfunction *f)
{
	return f->symbol && strchr(f->symbol, '.');
}

static struct expr *argument(struct probe *p, unsigned i, bool save, const struct place *at)
{
	const struct cfunction *f = ((struct function_probe *)p->family_data)->function;
	const struct ctype *t = f->params[i].type;
	unsigned slot;
	struct expr *e;

	if (!argument_slot(f, i, &slot))
		return NULL;
	if (is_aggregate(t))
		return structure(p, slot, t, save, at);
	if (t->size > 8)
		return NULL;
	e = slot_value(slot, t->size ? t->size : 8, t->is_signed && t->kind != CTYPE_POINTER, at);
	e->ctype = t;
	return maybe_saved(p, e, save, at);
}

/* A parameter of a changed copy: only DWARF knows where it is, if it is still there. */
static struct expr *copied_parameter(struct session *s, struct probe *p, const char *name, bool save,
				     const struct place *at)
{
	const struct function_probe *fp = p->family_data;
	size_t count;
	struct named_value *list = located_values(s, fp->function, 0, SHOW_PARAMETERS, at, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0 && list[i].value && list[i].value->kind != E_PARTS)
			return maybe_saved(p, list[i].value, save, at);
	return NULL;
}

static struct expr *parameter(struct session *s, struct probe *p, unsigned i, bool at_entry, const struct place *at)
{
	struct function_probe *fp = p->family_data;
	bool save = fp->is_return && !at_entry;

	if (is_changed_copy(fp->function))
		return copied_parameter(s, p, fp->function->params[i].name, save, at);
	return argument(p, i, save, at);
}

static const char *narrowed(const struct ctype *t)
{
	static const char *const casts[2][5] = {
		{ "", "(u8)", "(u16)", "", "(u32)" }, { "", "(s8)", "(s16)", "", "(s32)" },
	};

	return t->size <= 4 && t->size != 3 ? casts[t->is_signed][t->size] : "";
}

static struct expr *returned(const char *cast, const struct place *at)
{
	struct expr *e = expr_new(E_CVALUE, at);

	e->cvalue.code = arena_printf("(s64)%sc->return_value", cast);
	e->cvalue.setter = "script_return_set";
	e->cvalue.arrives = true;
	e->type = TYPE_LONG;
	return e;
}

/* Up to 16 bytes come back in rax and rdx; of a larger one rax has the address. */
static struct expr *returned_structure(const struct ctype *t, const struct place *at)
{
	struct value_part *parts;
	struct expr *e;

	if (t->size > 16) {
		e = expr_new(E_LOAD, at);
		e->load.address = returned("", at);
		e->load.size = t->size;
		e->type = TYPE_LONG;
		e->ctype = t;
		return e;
	}
	parts = arena_alloc(2 * sizeof *parts);
	parts[0] = (struct value_part){ 0, t->size < 8 ? 8 * t->size : 64, returned("", at) };
	e = expr_new(E_REGISTER, at);
	e->reg.number = 1;
	e->reg.size = 8;
	e->type = TYPE_LONG;
	parts[1] = (struct value_part){ 64, 8 * t->size - 64, e };
	return parts_expr(parts, t->size > 8 ? 2 : 1, t, at);
}

static struct expr *result_value(const struct probe *p, const struct place *at)
{
	const struct function_probe *fp = p->family_data;
	const struct ctype *t = fp->function->result;
	struct expr *e;

	if (!fp->is_return || !t || t->kind == CTYPE_VOID || t->kind == CTYPE_FLOAT)
		return NULL;
	if (is_aggregate(t))
		return t->size ? returned_structure(t, at) : NULL;
	e = returned(narrowed(t), at);
	e->ctype = t;
	return e;
}

static void add_parameters(struct session *s, struct probe *p, bool at_entry, const struct place *at,
			   struct named_value *to)
{
	const struct cfunction *f = ((struct function_probe *)p->family_data)->function;

	for (unsigned i = 0; i < f->param_count; i++)
		to[i] = (struct named_value){ f->params[i].name, parameter(s, p, i, at_entry, at) };
}

static bool see_register(struct ast_walker *w, struct expr **e)
{
	bool *found = w->data;

	*found |= (*e)->kind == E_REGISTER || (*e)->kind == E_CALL;
	return !*found;
}

/* A static variable, or a constant. */
static bool outlives_function(struct expr *value)
{
	bool found = false;
	struct ast_walker w = { .enter_expr = see_register, .data = &found };

	ast_walk_expr(&w, &value);
	return !found;
}

/* Few have a value so early; after the return hardly any has. */
static struct named_value *locals(struct session *s, struct probe *p, bool at_entry, const struct place *at,
				  size_t *count)
{
	const struct function_probe *fp = p->family_data;
	struct named_value *values = located_values(s, fp->function, 0, SHOW_LOCALS, at, count);

	for (size_t i = 0; i < *count && fp->is_return && !at_entry; i++)
		if (values[i].value && !outlives_function(values[i].value))
			values[i].value = NULL;
	return values;
}

/* $$parms, $$locals, or $$vars: both. */
static struct expr *variables_text(struct session *s, struct probe *p, const struct expr *target, bool at_entry,
				   unsigned shown)
{
	const struct cfunction *f = ((struct function_probe *)p->family_data)->function;
	size_t params = shown & SHOW_PARAMETERS ? f->param_count : 0, own = 0;
	struct named_value *more = NULL, *all;

	p->asked |= ASKED_PARAMETERS;
	if (shown & SHOW_LOCALS && dwarf_available(s, f->module))
		p->asked |= ASKED_OWN;
	if (shown & SHOW_LOCALS)
		more = locals(s, p, at_entry, target->at, &own);
	all = arena_alloc((params + own) * sizeof *all);
	if (params)
		add_parameters(s, p, at_entry, target->at, all);
	if (own)
		memcpy(all + params, more, own * sizeof *all);
	return named_values_text(all, params + own, pretty_level(target), target->at);
}

static struct expr *result_text(struct probe *p, const struct expr *target)
{
	struct named_value *value = arena_new(struct named_value);

	*value = (struct named_value){ "return", result_value(p, target->at) };
	return named_values_text(value, value->value != NULL, pretty_level(target), target->at);
}

static bool has_entry(const struct probe *p)
{
	return ((struct function_probe *)p->family_data)->is_return;
}

static const char *module_of(const struct probe *p)
{
	return ((struct function_probe *)p->family_data)->function->module;
}

/* Whole functions of which the types say where all is. */
static bool likeness(const struct probe *p, struct likeness *out)
{
	const struct function_probe *fp = p->family_data;
	const struct cfunction *f = fp->function;

	if (!f->has_prototype || f->inlined || f->symbol_offset || is_changed_copy(f))
		return false;
	*out = (struct likeness){ f->params, f->result, f->module, fp->is_return };
	return true;
}

static void report_unreadable(struct session *s, const struct cfunction *f, const struct expr *target)
{
	struct diag *d;

	if (!is_changed_copy(f)) {
		diag_report(DIAG_target_variable, target->at, "'%s' has a type that is not read in place",
			    target->target.name);
		return;
	}
	d = diag_report(DIAG_target_variable, target->at, "'%s' is not known in %s, a copy of the function that the "
			"compiler made with other parameters", target->target.name, f->symbol);
	if (!dwarf_available(s, f->module))
		diag_hint(d, "%s", debuginfo_missing_text(s, f->module));
}

/* Of the variables that live inside a function there is nothing left when it has returned; globals stay. */
static struct expr *after_return(struct session *s, const struct cfunction *f, const struct expr *target,
				 struct nearest *near)
{
	size_t count;
	struct named_value *own = located_values(s, f, 0, SHOW_LOCALS, target->at, &count);
	struct diag *d;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(own[i].name, target->target.name + 1) != 0)
			continue;
		if (own[i].value && outlives_function(own[i].value))
			return own[i].value;
		d = diag_report(DIAG_target_variable, target->at, "the local variable '%s' is gone when the function "
				"has returned", target->target.name);
		diag_hint(d, "look at it in a kernel.statement probe, or at its value on entry with @entry(%s)",
			  target->target.name);
		return NULL;
	}
	return located_variable(s, f, 0, target, near);
}

static struct expr *variable(struct session *s, struct probe *p, const struct expr *target, bool at_entry,
			     struct nearest *near)
{
	struct function_probe *fp = p->family_data;
	const struct cfunction *f = fp->function;
	const char *name = target->target.name + 1;
	struct expr *e;

	if (strcmp(name, "$vars") == 0)
		return variables_text(s, p, target, at_entry, SHOW_PARAMETERS | SHOW_LOCALS);
	if (strcmp(name, "$parms") == 0)
		return variables_text(s, p, target, at_entry, SHOW_PARAMETERS);
	if (strcmp(name, "$locals") == 0)
		return variables_text(s, p, target, at_entry, SHOW_LOCALS);
	if (strcmp(name, "$return") == 0 || strcmp(name, "return") == 0) {
		p->asked |= ASKED_RESULT;
		return *name == '$' ? result_text(p, target) : result_value(p, target->at);
	}
	p->asked |= ASKED_PARAMETERS;
	for (unsigned i = 0; i < f->param_count; i++) {
		if (strcmp(f->params[i].name, name) == 0) {
			e = parameter(s, p, i, at_entry, target->at);
			if (!e)
				report_unreadable(s, f, target);
			return e;
		}
		nearest_offer(near, intern_printf("$%s", f->params[i].name));
	}
	if (dwarf_available(s, f->module) || is_syscall_wrapper(f))
		p->asked |= ASKED_OWN;
	e = syscall_parameter(s, f, target, near);
	if (e)
		return has_entry(p) && !at_entry ? saved_value(p, e, target->at) : e;
	return has_entry(p) && !at_entry ? after_return(s, f, target, near) : located_variable(s, f, 0, target, near);
}

static void list(struct session *s, struct probe *p, listed_vec *out)
{
	const struct function_probe *fp = p->family_data;
	const struct cfunction *f = fp->function;

	(void)s;
	if (fp->is_return && f->result && f->result->kind != CTYPE_VOID)
		vec_push(out, ((struct listed_variable){ "$return", f->result->spelling }));
	for (unsigned i = 0; i < f->param_count; i++)
		if (*f->params[i].name)
			vec_push(out, ((struct listed_variable){ intern_printf("$%s", f->params[i].name),
								 f->params[i].type->spelling }));
}

/* ---- C text --------------------------------------------------------------------------------------- */

static void location(struct strbuf *out, const char *module, const char *symbol, uint64_t offset)
{
	if (module)
		strbuf_addf(out, ".module = \"%s\", ", module);
	strbuf_addf(out, ".symbol = \"%s\"", symbol);
	if (offset)
		strbuf_addf(out, ", .offset = 0x%llxULL", (unsigned long long)offset);
}

static void declare_return(struct strbuf *out, const struct probe *p, const struct function_place *where,
			   const char *handler, const char *entry_handler)
{
	if (!p->crowded)
		strbuf_addf(out, "SCRIPT_RETURN_TRAMPOLINES(probe_%d, %d, %s, %s)\n", p->index, p->index, handler,
			    entry_handler ? entry_handler : "script_no_entry");
	if (p->partner)
		strbuf_addf(out, "SCRIPT_PAIR_TRAMPOLINE(probe_%d_pair, probe_%d_enter, probe_%d_arriving)\n", p->index,
			    p->partner->index, p->index);
	strbuf_addf(out, "static const struct script_spec_return probe_%d_spec = {\n\t.at = { ", p->index);
	location(out, where->module, where->symbol, where->offset);
	strbuf_add(out, " }");
	if (p->saved.len)
		strbuf_addf(out, ",\n\t.saved_size = sizeof(struct probe_%d_saved)", p->body_index);
	if (where->max_active)
		strbuf_addf(out, ",\n\t.max_active = %u", where->max_active);
	if (!p->crowded)
		strbuf_addf(out, ",\n\t.arriving = probe_%d_arriving, .entered = probe_%d_entered, "
			    ".returned = probe_%d_returned", p->index, p->index, p->index);
	if (p->partner)
		strbuf_addf(out, ",\n\t.pair = probe_%d_pair, .partner = &script_probes[%d]", p->index, p->partner->index);
	strbuf_add(out, " };\n");
}

void function_declare(struct strbuf *out, const struct probe *p, const struct function_place *where,
		      const char *handler, const char *entry_handler)
{
	if (where->is_return) {
		declare_return(out, p, where, handler, entry_handler);
		return;
	}
	if (p->crowded)
		strbuf_addf(out, "SCRIPT_CROWDED_FUNCTION(%d, ", p->index);
	else
		strbuf_addf(out, "SCRIPT_FUNCTION(%d, %s, ", p->index, handler);
	location(out, where->module, where->symbol, where->offset);
	strbuf_add(out, ")\n");
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct function_probe *fp = p->family_data;
	const struct cfunction *f = fp->function;
	struct function_place where = {
		.module = f->module, .symbol = f->symbol ? f->symbol : f->name, .offset = f->symbol_offset,
		.is_return = fp->is_return, .max_active = fp->max_active,
	};

	function_declare(out, p, &where, handler, entry_handler);
}

static void attach(const struct probe *p, struct attachment *out)
{
	const struct function_probe *fp = p->family_data;
	const struct cfunction *f = fp->function;

	out->mechanism = fp->is_return ? "return" : "function";
	out->module = f->module;
	out->symbol = f->symbol ? f->symbol : f->name;
	out->offset = f->symbol_offset;
	if (!f->module && f->address)
		out->patched = f->patchable ? PATCHED_YES : PATCHED_NO;
}

const struct probe_family family_function = {
	.name = "kernel.function, module.function",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_KPROBES",
	.derive = derive,
	.variable = variable,
	.likeness = likeness,
	.module = module_of,
	.has_entry = has_entry,
	.list = list,
	.declare = declare,
	.attach = attach,
};
