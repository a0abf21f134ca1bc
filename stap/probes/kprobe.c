/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kprobe.function and kprobe.module(...).function: entries and returns by symbol alone, for
 * kernels without any type information.  No $variables; int_arg() and its kin read arguments.
 */
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "families.h"
#include "function.h"
#include "missing.h"
#include "statement.h"

enum { ENTRY, RETURN, STATEMENT };

#define FORMS(prefix)									\
	{ prefix "function(string)", ENTRY }, { prefix "function(string).call", ENTRY },	\
	{ prefix "function(string).return", RETURN },					\
	{ prefix "function(string).return.maxactive(number)", RETURN }

static const struct probe_spelling spellings[] = {
	FORMS("kprobe."), FORMS("kprobe.module(string)."),
	{ "kprobe.statement(number).absolute", STATEMENT }, { "kernel.statement(number).absolute", STATEMENT },
	{ NULL, 0 },
};

struct kprobe {
	const char *module, *symbol;
	unsigned max_active;
	uint64_t address;
};

static void derive_statement(struct probe_sink *sink, const struct matched_point *m)
{
	struct kprobe *k = arena_new(struct kprobe);

	if (!sink->session->options.guru) {
		diag_report(DIAG_guru_only, literal_place(m, 0), "a probe at an absolute address needs guru mode (-g)");
		return;
	}
	k->address = (uint64_t)m->args[0]->number;
	probe_add_simple(sink, &family_kprobe, m,
			 intern_printf("kernel.statement(0x%llx).absolute", (unsigned long long)k->address), k);
}

/* The symbol may list alternatives in braces, for the prefixes of system calls: "{__x64_,}sys_read". */
static void add_symbol(struct probe_sink *sink, const struct matched_point *m, const char *module,
		       const char *symbol, unsigned max_active)
{
	struct kprobe *k = arena_new(struct kprobe);
	const char *owner = module ? arena_printf("kprobe.module(\"%s\")", module) : "kprobe";
	const char *suffix = m->spelling->variant == RETURN ? ".return" : "";

	if (max_active)
		suffix = arena_printf("%s.maxactive(%u)", suffix, max_active);
	k->module = module;
	k->symbol = symbol;
	k->max_active = max_active ? max_active : default_active(symbol);
	probe_add_simple(sink, &family_kprobe, m, intern_printf("%s.function(\"%s\")%s", owner, symbol, suffix), k);
}

/* The symbol of a function: its name, or that of the copy which the compiler made of it. */
static void take_symbol(const struct cfunction *f, void *data)
{
	const struct cfunction **found = data;

	if (!*found)
		*found = f;
}

static const struct cfunction *find_function(struct session *s, const char *module, const char *name)
{
	const struct cfunction *found = NULL;

	functions_match(s, module, name, NULL, FUNCTION_CALLS, take_symbol, &found);
	return found;
}

static const struct cfunction *first_existing(struct session *s, const char *module, const char *pattern)
{
	const char *open = strchr(pattern, '{'), *close = open ? strchr(open, '}') : NULL;
	const struct cfunction *found = NULL;
	size_t len;

	if (!close)
		return find_function(s, module, pattern);
	for (const char *p = open + 1; p <= close && !found; p += len + 1) {
		len = strcspn(p, ",}");
		found = find_function(s, module, intern_printf("%.*s%.*s%s", (int)(open - pattern), pattern,
							       (int)len, p, close + 1));
	}
	return found;
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	const char *module = NULL, *name;
	const struct cfunction *f;
	int64_t max_active;
	struct diag *d;
	int next = 0;

	if (m->spelling->variant == STATEMENT) {
		derive_statement(sink, m);
		return;
	}
	if (!session_kernel(sink->session))
		return;
	if (strstr(m->spelling->pattern, "module("))
		module = m->args[next++]->string.text;
	name = m->args[next++]->string.text;
	max_active = next < m->arg_count ? m->args[next]->number : 0;
	if (!check_max_active(m, max_active))
		return;
	if (strpbrk(name, "*?[")) {
		d = diag_report(DIAG_unknown_probe, component_place(m->point, "function"), "kprobe.function takes no wildcards");
		diag_hint(d, "%s.function(\"%s\") does", module ? arena_printf("module(\"%s\")", module) : "kernel", name);
		return;
	}
	f = first_existing(sink->session, module, name);
	if (!f)
		report_missing_function(sink->session, m->point, module, name);
	else if (f->unprobeable)
		report_barred_function(m->point, f->name, f->unprobeable);
	else
		add_symbol(sink, m, module, f->symbol ? f->symbol : f->name, (unsigned)max_active);
}

static bool has_entry(const struct probe *p)
{
	return p->variant == RETURN;
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct kprobe *k = p->family_data;

	if (p->variant != STATEMENT) {
		struct function_place where = { .module = k->module, .symbol = k->symbol,
						.is_return = p->variant == RETURN, .max_active = k->max_active };

		function_declare(out, p, &where, handler, entry_handler);
		return;
	}
	statement_declare(out, p, NULL, NULL, k->address, handler);
}

static void attach(const struct probe *p, struct attachment *out)
{
	const struct kprobe *k = p->family_data;

	out->mechanism = p->variant == STATEMENT ? "kprobe" : p->variant == RETURN ? "return" : "function";
	out->module = k->module;
	out->symbol = k->symbol;
	out->address = k->address;
}

const struct probe_family family_kprobe = {
	.name = "kprobe",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_KPROBES",
	.derive = derive,
	.has_entry = has_entry,
	.declare = declare,
	.attach = attach,
};
