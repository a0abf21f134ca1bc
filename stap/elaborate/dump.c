/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -p2: the elaborated script, with types. */
#include "elaborate.h"

static void dump_type(struct strbuf *sb, const struct var *v)
{
	strbuf_addf(sb, "%s:%s", v->name, type_name(v->type));
	if (v->arity <= 0)
		return;
	strbuf_add(sb, " [");
	for (int i = 0; i < v->arity; i++)
		strbuf_addf(sb, "%s%s", i ? ", " : "", type_name(v->key_types[i]));
	strbuf_addc(sb, ']');
}

static void dump_locals(struct strbuf *sb, const var_vec *locals)
{
	if (!locals->len)
		return;
	strbuf_add(sb, "  # locals\n");
	for (size_t i = 0; i < locals->len; i++) {
		strbuf_add(sb, "  ");
		dump_type(sb, locals->data[i]);
		strbuf_addc(sb, '\n');
	}
}

static void dump_globals(struct strbuf *sb, const struct program *pr)
{
	if (!pr->globals.len)
		return;
	strbuf_add(sb, "# globals\n");
	for (size_t i = 0; i < pr->globals.len; i++) {
		dump_type(sb, pr->globals.data[i]);
		strbuf_addc(sb, '\n');
	}
}

static void dump_function(struct strbuf *sb, const struct function *f, bool bodies)
{
	strbuf_addf(sb, "%s:%s (", f->name, type_name(f->type));
	for (size_t i = 0; i < f->params.len; i++) {
		strbuf_add(sb, i ? ", " : "");
		dump_type(sb, f->params.data[i]);
	}
	strbuf_add(sb, ")\n");
	dump_locals(sb, &f->locals);
	if (!bodies)
		return;
	if (f->code)
		strbuf_addf(sb, "%%{%s%%}\n", f->code);
	else
		print_stmt(sb, f->body, 0);
}

static void dump_functions(struct strbuf *sb, const struct program *pr, bool bodies)
{
	if (!pr->functions.len)
		return;
	strbuf_add(sb, "# functions\n");
	for (size_t i = 0; i < pr->functions.len; i++)
		dump_function(sb, pr->functions.data[i], bodies);
}

static void dump_probe(struct strbuf *sb, const struct probe *p, bool bodies)
{
	strbuf_add(sb, p->name);
	if (p->alias_name != p->name)
		strbuf_addf(sb, " /* <- %s */", p->alias_name);
	strbuf_addc(sb, '\n');
	if (p->condition) {
		strbuf_add(sb, "  # condition ");
		print_expr(sb, p->condition);
		strbuf_addc(sb, '\n');
	}
	dump_locals(sb, p->locals);
	if (!bodies)
		return;
	arena_scratch_begin();
	print_stmt(sb, stmt_with_texts(p->body), 0);
	arena_scratch_end();
}

/* What was gathered goes out, so that the text of a hundred thousand probes is never in memory as one. */
static void put(struct strbuf *sb, FILE *out)
{
	fwrite(strbuf_text(sb), 1, sb->len, out);
	sb->len = 0;
}

static void dump_probes(struct strbuf *sb, const struct program *pr, bool bodies, FILE *out)
{
	if (!pr->probes.len)
		return;
	strbuf_add(sb, "# probes\n");
	for (size_t i = 0; i < pr->probes.len; i++) {
		dump_probe(sb, probe_at(pr, i), bodies);
		put(sb, out);
	}
}

void pass_2_dump(const struct session *s, FILE *out)
{
	const struct program *pr = s->program;
	bool bodies = s->options.verbose[2] > 0;
	struct strbuf sb = {0};

	if (pr->embeds.len)
		strbuf_add(&sb, "# global embedded code\n");
	for (size_t i = 0; i < pr->embeds.len; i++)
		strbuf_addf(&sb, "%s\n", pr->embeds.data[i]->code);
	dump_globals(&sb, pr);
	dump_functions(&sb, pr, bodies);
	dump_probes(&sb, pr, bodies, out);
	put(&sb, out);
	strbuf_release(&sb);
}
