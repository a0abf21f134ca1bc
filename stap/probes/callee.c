/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.function("CALLER").callee("PAT") and .callees(N): entries and returns of the functions
 * that a function calls, when it is that function which called them.  The probe is an
 * ordinary one of the callee, with a test in front of its handler: do the return addresses on the stack
 * lie in the callers?
 */
#include <errno.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../debuginfo/calls.h"
#include "../debuginfo/debuginfo.h"
#include "families.h"
#include "function.h"
#include "missing.h"
#include "statement.h"

enum { CALLEE, CALLEE_CALL, CALLEE_RETURN, CALLEES };

#define FORMS(prefix)							\
	{ prefix ".callee(string)", CALLEE }, { prefix ".callee(string).call", CALLEE_CALL },	\
	{ prefix ".callee(string).return", CALLEE_RETURN },		\
	{ prefix ".callees", CALLEES }, { prefix ".callees(number)", CALLEES }

static const struct probe_spelling spellings[] = {
	FORMS("kernel.function(string)"), FORMS("module(string).function(string)"),
	{ NULL, 0 },
};

#define MOST_LEVELS 16
#define MOST_PROBES 20000

struct request {
	struct probe_sink *sink;
	const struct matched_point *m;
	const char *module, *callers;
	const char *callees;		/* glob */
	int64_t levels;
	const struct cfunction *chain[MOST_LEVELS];	/* from the caller that the script names */
	int depth;
	size_t found_callers, found, barred, unread;
};

/* ---- the test ------------------------------------------------------------------------------ */

static struct expr *stack_at(int level, const struct place *at)
{
	struct expr *e = expr_new(E_CALL, at);

	e->call.name = intern("__stack_at");
	vec_push(&e->call.args, expr_number(level, at));
	return e;
}

/* At a function's entry the stack pointer points to it. */
static struct expr *return_address(const struct place *at)
{
	struct expr *e = expr_new(E_LOAD, at), *stack_pointer = expr_new(E_REGISTER, at);

	stack_pointer->type = TYPE_LONG;
	stack_pointer->reg.number = 7;
	stack_pointer->reg.size = 8;
	e->type = TYPE_LONG;
	e->load.address = stack_pointer;
	e->load.size = 8;
	return e;
}

/* A module that is not loaded has no addresses: 0, which no address of the kernel is above as a
 * signed number. */
static struct expr *lies_in(struct session *s, struct expr *(*address)(int level, const struct place *at), int level,
			    const struct csymbol *code, const struct place *at)
{
	struct expr *start = symbol_address(s->program, code->module, code->name, false, at);
	struct expr *end = expr_binary(OP_ADD, symbol_address(s->program, code->module, code->name, false, at),
				       expr_number((int64_t)code->size, at), at);

	return expr_binary(OP_LAND, expr_binary(OP_GE, address(level, at), start, at),
			   expr_binary(OP_LT, address(level, at), end, at), at);
}

static struct expr *direct_address(int level, const struct place *at)
{
	(void)level;
	return return_address(at);
}

/* Another session's return probe may have put the kernel's trampoline in the place of the return address; the
 * unwinder, which takes longer, knows what was there. */
static struct expr *is_replaced(struct session *s, const struct place *at)
{
	static const char *const names[] = { "arch_rethook_trampoline", "__kretprobe_trampoline", "kretprobe_trampoline" };
	struct csymbol found;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (symbol_by_name(s, NULL, names[i], &found, NULL))
			return expr_binary(OP_EQ, return_address(at), symbol_address(s->program, NULL, found.name, false, at), at);
	return expr_number(0, at);
}

static struct expr *called_from(struct session *s, int level, const struct csymbol *code, const struct place *at)
{
	struct expr *unwound = lies_in(s, stack_at, level, code, at);

	if (level > 1)
		return unwound;
	return expr_binary(OP_LOR, lies_in(s, direct_address, level, code, at),
			   expr_binary(OP_LAND, is_replaced(s, at), unwound, at), at);
}

/* NULL: where the caller's code is is not known. */
static struct expr *called_by(struct session *s, int level, const struct cfunction *caller, const struct place *at)
{
	const char *symbol = caller->symbol ? caller->symbol : caller->name;
	struct csymbol whole, cold;
	struct expr *test;

	if (!symbol_by_name(s, caller->module, symbol, &whole, NULL) || !whole.size)
		return NULL;
	test = called_from(s, level, &whole, at);
	if (!symbol_by_name(s, caller->module, arena_printf("%s.cold", symbol), &cold, NULL) || !cold.size)
		return test;
	return expr_binary(OP_LOR, test, called_from(s, level, &cold, at), at);
}

static struct expr *called_by_chain(struct request *r, bool is_return)
{
	const struct place *at = r->m->point->at;
	struct expr *all = NULL, *entry;

	for (int level = 1; level <= r->depth; level++) {
		struct expr *one = called_by(r->sink->session, level, r->chain[r->depth - level], at);

		if (!one)
			return NULL;
		all = all ? expr_binary(OP_LAND, all, one, at) : one;
	}
	if (!is_return || !all)
		return all;
	entry = expr_new(E_ENTRY, at);
	entry->operand = all;
	return entry;
}

/* ---- probes ---------------------------------------------------------------------------------- */

static const char *point_name(const struct request *r, const struct cfunction *f)
{
	static const char *const suffixes[] = { [CALLEE] = "", [CALLEE_CALL] = ".call", [CALLEE_RETURN] = ".return",
						[CALLEES] = "" };
	const struct cfunction *caller = r->chain[0];
	const char *owner = caller->module ? arena_printf("module(\"%s\")", caller->module) : "kernel";

	return intern_printf("%s.function(\"%s\").callee(\"%s\")%s", owner, function_place_text(caller),
			     function_place_text(f), suffixes[r->m->spelling->variant]);
}

static void add_probe(struct request *r, const struct cfunction *f)
{
	bool is_return = r->m->spelling->variant == CALLEE_RETURN;
	bool from_anywhere = session_macro(r->sink->session, "STAP_CALLEE_MATCHALL") != NULL;
	struct expr *filter = from_anywhere ? NULL : called_by_chain(r, is_return);
	struct probe *p;

	if (!filter && !from_anywhere) {
		r->unread++;
		return;
	}
	p = function_probe_new(r->sink, r->m, f, point_name(r, f), is_return);
	p->filter = filter;
	r->sink->add(r->sink, p);
}

static void visit_callees(struct request *r, const struct cfunction *caller);

static void add_callee(const struct cfunction *f, void *data)
{
	struct request *r = data;

	for (int i = 0; i < r->depth; i++)
		if (r->chain[i] == f || strcmp(r->chain[i]->name, f->name) == 0)
			return;
	if (r->found++ >= MOST_PROBES)
		return;
	if (f->unprobeable)
		r->barred++;
	else if (!f->inlined)
		add_probe(r, f);
	else if (r->m->spelling->variant == CALLEE || r->m->spelling->variant == CALLEES)
		statement_add_inlined(r->sink, r->m, f, point_name(r, f));
	if (r->depth < r->levels && !f->inlined)
		visit_callees(r, f);
}

static void visit_callees(struct request *r, const struct cfunction *caller)
{
	r->chain[r->depth++] = caller;
	if (called_functions(r->sink->session, caller, r->callees, add_callee, r) < 0)
		r->unread++;
	r->depth--;
}

static void add_caller(const struct cfunction *f, void *data)
{
	struct request *r = data;

	r->found_callers++;
	if (!f->inlined && r->found < MOST_PROBES)
		visit_callees(r, f);
}

/* ---- derivation ------------------------------------------------------------------------------- */

static void report_none(struct request *r)
{
	const struct place *at = component_place(r->m->point, r->m->spelling->variant == CALLEES ? "callees" : "callee");
	struct session *s = r->sink->session;
	struct diag *d;

	if (!r->found_callers) {
		report_missing_function(s, r->m->point, r->module, r->callers);
	} else if (r->unread) {
		d = diag_report(DIAG_debuginfo, at, "what '%s' calls is not known", r->callers);
		diag_hint(d, "%s", debuginfo_missing_text(s, r->module));
	} else if (r->barred) {
		diag_report(DIAG_unknown_probe, at, "the kernel allows no probe in what '%s' calls", r->callers);
	} else {
		d = diag_report(DIAG_unknown_probe, at, "'%s' calls no function that matches '%s'", r->callers, r->callees);
		diag_hint(d, "calls through pointers are not seen; stap -l '...callees' lists the others");
	}
}

static bool read_request(struct request *r)
{
	const struct matched_point *m = r->m;
	const struct expr *last = m->args[m->arg_count - 1];
	int next = 0;

	if (strncmp(m->spelling->pattern, "module", 6) == 0)
		r->module = m->args[next++]->string.text;
	r->callers = m->args[next++]->string.text;
	r->callees = m->spelling->variant == CALLEES ? "*" : last->string.text;
	r->levels = last->kind == E_NUMBER ? last->number : 1;
	if (r->levels < 1 || r->levels > MOST_LEVELS) {
		diag_report(DIAG_limit, component_place(m->point, "callees"), "callees of 1 to %d levels can be probed", MOST_LEVELS);
		return false;
	}
	return true;
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct request r = { .sink = sink, .m = m };
	const char *file = NULL, *name, *at;

	if (!session_kernel(sink->session) || !read_request(&r))
		return;
	at = strchr(r.callers, '@');
	name = at ? intern_n(r.callers, (size_t)(at - r.callers)) : r.callers;
	file = at ? intern(at + 1) : NULL;
	if (file && !dwarf_obtain(sink->session, r.module)) {
		report_needs_dwarf(sink->session, m->point, r.module,
				   "source files of functions are only known with full debug information");
		return;
	}
	/* FUNC@FILE of the callee: the file is of no help to find it, its name is. */
	r.callees = intern_n(r.callees, strcspn(r.callees, "@"));
	functions_match(sink->session, r.module, name, file, FUNCTION_CALLS, add_caller, &r);
	if (!r.found || r.barred + r.unread >= r.found)
		report_none(&r);
}

const struct probe_family family_callee = {
	.name = "kernel.function.callee, module.function.callee",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_KPROBES",
	.derive = derive,
};
