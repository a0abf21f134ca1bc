/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel.data(ADDR or "SYMBOL").write and .rw: hardware breakpoints on kernel data. */
#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "../debuginfo/dwarf.h"
#include "families.h"

enum { WRITE, READ_WRITE };

#define FORMS(prefix) { prefix ".write", WRITE }, { prefix ".rw", READ_WRITE }

static const struct probe_spelling spellings[] = {
	FORMS("kernel.data(number)"), FORMS("kernel.data(number).length(number)"),
	FORMS("kernel.data(string)"), FORMS("kernel.data(string).length(number)"),
	{ NULL, 0 },
};

struct watch { const char *symbol; uint64_t address; unsigned length; };

/* Addresses are known in hexadecimal. */
static const char *point_name(const struct matched_point *m, const struct watch *w)
{
	const char *end = m->spelling->variant == WRITE ? "write" : "rw", *length = "";

	if (w->symbol)
		return matched_point_text(m);
	if (m->arg_count > 1)
		length = arena_printf(".length(%u)", w->length);
	return intern_printf("kernel.data(0x%llx)%s.%s", (unsigned long long)w->address, length, end);
}

static bool find_symbol(struct session *s, const struct matched_point *m, struct watch *w)
{
	struct cglobal variable = {0};
	struct csymbol found;
	struct diag *d;

	if (!symbol_by_name(s, NULL, w->symbol, &found, NULL)) {
		/* without any symbols the running kernel will tell */
		if (!symbol_by_name(s, NULL, "_stext", &found, NULL))
			return true;
		diag_report(DIAG_unknown_probe, literal_place(m, 0), "the kernel has no symbol '%s' to watch", w->symbol);
		return false;
	}
	if (symbol_is_percpu(s, &found)) {
		d = diag_report(DIAG_unknown_probe, literal_place(m, 0), "each CPU has its own '%s'", w->symbol);
		diag_hint(d, "watch the address of one of them");
		return false;
	}
	if (m->arg_count == 1 && variable_find(s, NULL, w->symbol, &variable, NULL) && variable.type
	    && variable.type->size && variable.type->size <= 8)
		w->length = variable.type->size;
	return true;
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct watch *w = arena_new(struct watch);
	int64_t length = m->arg_count > 1 ? m->args[1]->number : 1;

	if (length < 1 || length > 8) {
		diag_report(DIAG_limit, literal_place(m, 1), "a watchpoint covers 1 to 8 bytes");
		return;
	}
	w->length = (unsigned)length;
	if (m->args[0]->kind == E_STRING)
		w->symbol = m->args[0]->string.text;
	else
		w->address = (uint64_t)m->args[0]->number;
	if (!w->symbol || find_symbol(sink->session, m, w))
		probe_add_simple(sink, &family_watchpoint, m, point_name(m, w), w);
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct watch *w = p->family_data;

	(void)handler;
	(void)entry_handler;
	strbuf_addf(out, "static const struct script_spec_watchpoint probe_%d_spec = {\n\t", p->index);
	if (w->symbol)
		strbuf_addf(out, ".at = { .symbol = \"%s\" }", w->symbol);
	else
		strbuf_addf(out, ".at = { .offset = 0x%llxULL }", (unsigned long long)w->address);
	strbuf_addf(out, ", .length = %u, .read_too = %d };\n", w->length, p->variant == READ_WRITE);
}

static void attach(const struct probe *p, struct attachment *out)
{
	const struct watch *w = p->family_data;

	out->mechanism = "watchpoint";
	out->symbol = w->symbol;
	out->address = w->address;
}

const struct probe_family family_watchpoint = {
	.name = "kernel.data",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_HAVE_HW_BREAKPOINT",
	.derive = derive,
	.declare = declare,
	.attach = attach,
};
