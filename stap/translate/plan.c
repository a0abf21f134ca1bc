/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --plan: for every probe where it goes, what fires it, where its variables come from, which locks
 * its handler takes and what a hit costs, about.  Costs are instructions: those of the way to the handler
 * were measured with testsuite/bench, where they are told; those of the handler are a sum over its statements, with
 * loops counted once.
 */
#include <stdint.h>
#include <string.h>

#include "../debuginfo/debuginfo.h"
#include "../probes/family.h"
#include "translate.h"
#include "unit.h"

/* ---- mechanisms ------------------------------------------------------------------------------- */

#define NOT_MEASURED (-1)

/* The rows of runtime/linux/probes. */
static const struct way { const char *mechanism; int cost; const char *words; } ways[] = {
	{ "function",	62,  "ftrace: a call patched into the function's entry" },
	{ "return",	391, "kretprobe: the return address is replaced at the entry" },
	{ "kprobe",	157, "kprobe: a breakpoint, or a jump where the kernel can make it one" },
	{ "tracepoint",	64,  "tracepoint: the kernel calls the handler" },
	{ "perf",	NOT_MEASURED, "perf event: an interrupt each sample, on every CPU or in the target" },
	{ "counter",	0,   "perf event: counted on every CPU, no hits" },
	{ "thread_counter", 0, "perf event: counted in each thread of the program, no hits" },
	{ "profile",	NOT_MEASURED, "perf event: the CPU clock, on every CPU" },
	{ "timer",	NOT_MEASURED, "high-resolution timer, on one CPU" },
	{ "watchpoint",	NOT_MEASURED, "hardware breakpoint: a debug exception each access" },
	{ "netfilter",	NOT_MEASURED, "netfilter hook of the initial network name space" },
	{ "procfs",	0,   "a file under /proc/systemtap/MODULE" },
	{ "begin",	0,   "once, when the session starts" },
	{ "end",	0,   "once, when the session ends" },
	{ "error",	0,   "once, when the session ends after errors" },
	{ "never",	0,   "never" },
};

static struct way way_of(const struct attachment *a)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct way w = ways[i];

		if (strcmp(w.mechanism, a->mechanism) != 0)
			continue;
		if (strcmp(w.mechanism, "function") == 0 && a->patched == PATCHED_NO)
			w = (struct way){ "kprobe", 157, "kprobe: ftrace has no call at this function's entry" };
		return w;
	}
	return (struct way){ a->mechanism, 0, a->mechanism };
}

/* ---- costs -------------------------------------------------------------------------------------- */

#define LOCK_COST 45
#define DEPTH_MOST 8

struct estimate {
	const struct unit *unit;
	int64_t sum;
	int depth;
};

static const struct { enum expr_kind kind; int cost; } weights[] = {
	{ E_INDEX, 50 }, { E_IN, 60 }, { E_BINARY, 2 }, { E_UNARY, 1 }, { E_REGEX, 80 }, { E_ASSIGN, 4 }, { E_TERNARY, 3 },
	{ E_STAT, 60 }, { E_HIST, 400 }, { E_PRINT, 180 }, { E_LOAD, 6 }, { E_REGISTER, 3 }, { E_ARGUMENT, 3 },
	{ E_SAVED, 4 }, { E_CVALUE, 3 }, { E_GUARDED, 10 }, { E_EMBEDDED, 25 },
};

static void estimate_call(struct estimate *e, const struct expr *call);

static bool add_expr(struct ast_walker *w, struct expr **pe)
{
	struct estimate *e = w->data;

	for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
		if (weights[i].kind == (*pe)->kind)
			e->sum += weights[i].cost;
	if ((*pe)->kind == E_PRINT)
		e->sum += 60 * (int64_t)(*pe)->print.args.len;
	if ((*pe)->kind == E_CALL)
		estimate_call(e, *pe);
	return true;
}

static bool add_stmt(struct ast_walker *w, struct stmt **s)
{
	if ((*s)->kind == S_FOREACH || (*s)->kind == S_LOOP)
		((struct estimate *)w->data)->sum += 20;
	return true;
}

static void estimate_stmt(struct estimate *e, const struct stmt *s)
{
	struct ast_walker w = { .enter_expr = add_expr, .enter_stmt = add_stmt, .data = e };
	struct stmt *root = (struct stmt *)s;

	if (s && ++e->depth < DEPTH_MOST)
		ast_walk_stmt(&w, &root);
	e->depth -= s != NULL;
}

/* Functions in C differ; most of the library's are short. */
static void estimate_call(struct estimate *e, const struct expr *call)
{
	const struct function *f = call->call.function;

	e->sum += 5;
	if (f && f->body)
		estimate_stmt(e, f->body);
	else
		e->sum += f && f->type == TYPE_STRING ? 60 : 20;
}

static int64_t handler_estimate(const struct unit *u, const struct probe *p)
{
	struct estimate e = { .unit = u };
	struct ast_walker w = { .enter_expr = add_expr, .enter_stmt = add_stmt, .data = &e };

	estimate_stmt(&e, p->body);
	for (size_t i = 0; i < p->saved.len; i++) {
		struct expr *saved = p->saved.data[i].expr;

		e.sum += 20;
		ast_walk_expr(&w, &saved);
	}
	return e.sum;
}

/* ---- one probe ------------------------------------------------------------------------------------ */

static void show_place(const struct unit *u, struct strbuf *sb, const struct attachment *a)
{
	struct csymbol found;

	if (!a->symbol && !a->address)
		return;
	strbuf_add(sb, "    place      ");
	if (!a->symbol) {
		strbuf_addf(sb, "0x%llx\n", (unsigned long long)a->address);
		return;
	}
	strbuf_addf(sb, "%s%s%s", a->module ? a->module : "", a->module ? ":" : "", a->symbol);
	if (a->offset)
		strbuf_addf(sb, "+0x%llx", (unsigned long long)a->offset);
	if (symbol_by_name(u->session, a->module, a->symbol, &found, NULL))
		strbuf_addf(sb, a->module ? ", 0x%llx in its file" : ", 0x%llx in the image",
			    (unsigned long long)(found.address + a->offset));
	else if (a->module)
		strbuf_add(sb, ", looked up when the module is loaded");
	strbuf_addc(sb, '\n');
}

struct presence { const struct expr *wanted; bool found; };

static bool is_it(struct ast_walker *w, struct expr **e)
{
	struct presence *p = w->data;

	p->found |= *e == p->wanted;
	return !p->found;
}

/* Was the value left in the handler?  What nobody reads is taken out of it. */
static bool is_present(const struct probe *p, const struct expr *value)
{
	struct presence presence = { .wanted = value };
	struct ast_walker w = { .enter_expr = is_it, .data = &presence };
	struct stmt *body = p->body;

	ast_walk_stmt(&w, &body);
	for (size_t i = 0; i < p->saved.len && !presence.found; i++) {
		struct expr *saved = p->saved.data[i].expr;

		ast_walk_expr(&w, &saved);
	}
	return presence.found;
}

static bool is_shown(const struct probe *p, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (p->used->data[k].name == p->used->data[i].name && is_present(p, p->used->data[k].value))
			return false;
	return is_present(p, p->used->data[i].value);
}

static void show_variables(struct strbuf *sb, const struct probe *p)
{
	const char *before = "    variables  ";

	for (size_t i = 0; p->used && i < p->used->len; i++) {
		if (!is_shown(p, i))
			continue;
		strbuf_addf(sb, "%s%s (%s)", before, p->used->data[i].name, p->used->data[i].source);
		before = ", ";
	}
	strbuf_add(sb, *before == ',' ? "\n" : "    variables  none\n");
}

static bool is_wanted_lock(enum lock_mode mode)
{
	return mode == LOCK_READ || mode == LOCK_WRITE || mode == LOCK_HOLD;
}

/* Returns the number of locks. */
static int show_locks(const struct unit *u, struct strbuf *sb, const struct handler *h)
{
	static const char *const modes[] = {
		[LOCK_READ] = "shared", [LOCK_WRITE] = "exclusive", [LOCK_HOLD] = "exclusive, on every CPU",
	};
	int count = 0;

	strbuf_add(sb, "    locks      ");
	for (size_t i = 0; !h->alone && i < u->globals.len; i++) {
		enum lock_mode mode = h->use[i] ? global_lock_mode(&u->globals.data[i], h->use[i]) : LOCK_NONE;

		if (is_wanted_lock(mode))
			strbuf_addf(sb, "%s%s (%s)", count++ ? ", " : "", u->globals.data[i].var->name, modes[mode]);
	}
	strbuf_add(sb, count ? "\n" : "none\n");
	return count;
}

static void show_name(struct strbuf *sb, const struct probe *p)
{
	strbuf_add(sb, p->name);
	if (p->alias_name && p->alias_name != p->name)
		strbuf_addf(sb, " <- %s", p->alias_name);
	if (p->at && p->at->source)
		strbuf_addf(sb, "  (%s:%u:%u)", p->at->source->name, p->at->line, p->at->column);
	strbuf_addc(sb, '\n');
}

static void show_cost(const struct unit *u, struct strbuf *sb, struct probe *p, const struct way *way, int locks)
{
	struct opened was = probe_open(p);
	long long own = handler_estimate(u, p) + LOCK_COST * locks;

	probe_close(p, was);
	if (strcmp(way->mechanism, "never") == 0)
		return;
	if (way->cost == NOT_MEASURED)
		strbuf_addf(sb, "    cost       about %lld instructions a hit, and those to get there, which were not measured\n",
			    own);
	else
		strbuf_addf(sb, "    cost       about %lld instructions a hit, %d of them to get there\n", way->cost + own,
			    way->cost);
}

static void show_probe(const struct unit *u, struct strbuf *sb, struct probe *p)
{
	const struct handler *h = &u->handlers.data[u->handler_of_body[p->body_index] - 1];
	struct attachment a = {0};
	struct way way;
	int locks;

	p->family->attach(p, &a);
	way = way_of(&a);
	show_name(sb, p);
	show_place(u, sb, &a);
	strbuf_addf(sb, "    mechanism  %s\n", way.words);
	if (p->condition)
		strbuf_add(sb, "    armed      while its condition holds\n");
	show_variables(sb, p);
	locks = show_locks(u, sb, h);
	show_cost(u, sb, p, &way, locks);
}

const char *plan_text(const struct unit *u)
{
	struct strbuf sb = {0};
	const char *text;

	vec_each(&u->program->probes, struct probe *, p)
		show_probe(u, &sb, *p);
	text = arena_strdup(strbuf_text(&sb));
	strbuf_release(&sb);
	return text;
}

void plan_tell(const struct unit *u, FILE *out)
{
	vec_each(&u->program->probes, struct probe *, p) {
		struct attachment a = {0};

		(*p)->family->attach(*p, &a);
		fprintf(out, "%s: %s\n", (*p)->name, way_of(&a).words);
	}
}
