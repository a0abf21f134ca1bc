/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probes that nobody wrote: at the entries of functions whose registers there are needed
 * further inside, because debug information knows a variable only by them.
 */
#include "elaborate.h"

#include "../probes/families.h"
#include "../probes/function.h"

static struct stmt *save_registers(size_t number, const struct place *at)
{
	struct expr *call = expr_new(E_CALL, at);
	struct stmt *s = stmt_new(S_EXPR, at);

	call->call.name = intern("__entry_save");
	vec_push(&call->call.args, expr_number((int64_t)number, at));
	s->expr = call;
	return s;
}

static const char *point_name(const struct cfunction *f)
{
	const char *owner = f->module ? arena_printf("module(\"%s\")", f->module) : "kernel";

	return intern_printf("%s.function(\"%s\")", owner, function_place_text(f));
}

static void add_entry_probe(struct elaboration *el, size_t number)
{
	const struct watched_entry *entry = &el->program->entries.data[number];
	struct function_probe *fp = arena_new(struct function_probe);
	struct probe *p = arena_new(struct probe);

	fp->function = entry->function;
	p->family = &family_function;
	p->family_data = fp;
	p->name = p->alias_name = point_name(entry->function);
	p->at = entry->at;
	p->source = entry->at->source;
	p->specific = true;
	p->locals = arena_alloc(sizeof *p->locals);
	p->body = save_registers(number, entry->at);
	p->body_index = el->program->bodies++;
	resolve_probe(el, p);
	program_add_probe(el->program, p);
}

void add_entry_probes(struct elaboration *el)
{
	for (size_t i = 0; i < el->program->entries.len && !el->listing; i++)
		add_entry_probe(el, i);
}
