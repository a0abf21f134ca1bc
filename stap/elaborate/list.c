/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -l and -L: what a pattern matches, by elaborating `probe PATTERN {}` beside the scripts of -E,
 * whose aliases it may name; and the catalogues of probe types, aliases and functions.  Lines are
 * sorted and unique; -L shows of each name the variables that all its instances share.
 */
#include "elaborate.h"

#include <stdlib.h>
#include <string.h>

typedef VEC(const char *) text_list;

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t print_sorted(text_list *lines, FILE *out)
{
	size_t printed = 0;

	if (lines->len)
		qsort(lines->data, lines->len, sizeof *lines->data, compare_texts);
	for (size_t i = 0; i < lines->len; i++) {
		if (i && strcmp(lines->data[i], lines->data[i - 1]) == 0)
			continue;
		fprintf(out, "%s\n", lines->data[i]);
		printed++;
	}
	return printed;
}

/* ---- -L: variables ------------------------------------------------------------------------ */

struct listed_probe {
	const char *name;		/* key */
	text_list variables;		/* "name:type", of all instances so far */
	bool seen;
	UT_hash_handle hh;
};

static bool is_hidden(const char *name)
{
	return strncmp(name, "__", 2) == 0;
}

static void collect_variables(struct session *s, struct probe *p, text_list *out)
{
	listed_vec context = {0};

	vec_each(p->locals, struct var *, v)
		if (!is_hidden((*v)->name) && (*v)->type != TYPE_UNKNOWN)
			vec_push(out, intern_printf("%s:%s", (*v)->name, type_name((*v)->type)));
	if (p->family->list)
		p->family->list(s, p, &context);
	vec_each(&context, struct listed_variable, v)
		vec_push(out, intern_printf("%s:%s", v->name, v->type));
}

static bool has_text(const text_list *list, const char *text)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->data[i] == text)
			return true;
	return false;
}

static void intersect(text_list *mine, const text_list *other)
{
	size_t kept = 0;

	for (size_t i = 0; i < mine->len; i++)
		if (has_text(other, mine->data[i]))
			mine->data[kept++] = mine->data[i];
	mine->len = kept;
}

static void list_one(struct session *s, struct probe *p, struct listed_probe **table)
{
	const char *name = intern(p->alias_name);
	struct listed_probe *entry;
	text_list variables = {0};

	HASH_FIND_PTR(*table, &name, entry);
	if (s->options.listing == LISTING_VARIABLES)
		collect_variables(s, p, &variables);
	if (entry) {
		intersect(&entry->variables, &variables);
		return;
	}
	entry = arena_new(struct listed_probe);
	entry->name = name;
	entry->variables = variables;
	HASH_ADD_PTR(*table, name, entry);
}

static const char *line_of(const struct listed_probe *entry)
{
	struct strbuf sb = {0};
	const char *line;

	strbuf_add(&sb, entry->name);
	for (size_t i = 0; i < entry->variables.len; i++)
		strbuf_addf(&sb, " %s", entry->variables.data[i]);
	line = arena_strdup(strbuf_text(&sb));
	strbuf_release(&sb);
	return line;
}

static int list_matching(struct session *s, FILE *out)
{
	struct listed_probe *table = NULL, *entry, *next;
	struct file *file = pass_1(s) ? NULL : parse_probe_point(s, s->options.list_pattern);
	text_list lines = {0};

	if (!file)
		return 1;
	vec_push(&s->files, file);
	s->user_file_count = s->files.len;
	/* What is wrong with some of what is listed is of no interest; why nothing is, is. */
	diag_hold();
	pass_2_for(s, true);
	diag_release(s->options.verbose[0] > 0 || !s->program->probes.len);
	vec_each(&s->program->probes, struct probe *, p)
		if ((*p)->source == file->source)
			list_one(s, *p, &table);
	HASH_ITER(hh, table, entry, next)
		vec_push(&lines, line_of(entry));
	return print_sorted(&lines, out) ? 0 : 1;
}

/* ---- catalogues ----------------------------------------------------------------------------- */

static int list_types(FILE *out)
{
	text_list lines = {0};

	for (const struct probe_family *const *f = probe_families; *f; f++)
		for (const struct probe_spelling *sp = (*f)->spellings; sp->pattern; sp++)
			vec_push(&lines, sp->pattern);
	return print_sorted(&lines, out) ? 0 : 1;
}

static void load_named(const char *name, library_file_vec *files, void *data)
{
	(void)name;
	for (size_t i = 0; i < files->len; i++)
		if (!files->data[i]->loaded)
			vec_push((library_file_vec *)data, files->data[i]);
}

/* Parse every library file that declares anything of this kind. */
static void load_all(struct elaboration *el, enum library_item item)
{
	library_file_vec wanted = {0};

	tapsets_each(el->session, item, load_named, &wanted);
	for (size_t i = 0; i < wanted.len; i++)
		load_library_file(el, wanted.data[i]);
	declare_new_files(el);
}

static const char *alias_line(const struct alias *a)
{
	struct strbuf sb = {0};
	const char *line;

	strbuf_addf(&sb, "%s %s ", probe_point_text(a->name), a->decl->epilogue_only ? "+=" : "=");
	for (size_t i = 0; i < a->decl->points.len; i++)
		strbuf_addf(&sb, "%s%s", i ? ", " : "", probe_point_text(a->decl->points.data[i]));
	line = arena_strdup(strbuf_text(&sb));
	strbuf_release(&sb);
	return line;
}

static int list_aliases(struct elaboration *el, FILE *out)
{
	text_list lines = {0};

	load_all(el, LIBRARY_ALIAS);
	vec_each(&el->aliases, struct alias *, a)
		if (!is_hidden((*a)->name->components.data[0].name))
			vec_push(&lines, alias_line(*a));
	return print_sorted(&lines, out) ? 0 : 1;
}

static void add_markers(struct strbuf *sb, const struct function *f)
{
	static const char *const markers[] = { "/* guru */", "/* unprivileged */", "/* myproc-unprivileged */",
					       "/* pure */", "/* stable */" };

	for (size_t i = 0; f->code && i < sizeof markers / sizeof *markers; i++)
		if (strstr(f->code, markers[i]))
			strbuf_addf(sb, " %s", markers[i]);
}

static const char *function_line(const struct function *f)
{
	struct strbuf sb = {0};
	const char *line;

	strbuf_addf(&sb, "%s:%s (", f->name, type_name(f->type));
	for (size_t i = 0; i < f->params.len; i++)
		strbuf_addf(&sb, "%s%s:%s", i ? ", " : "", f->params.data[i]->name,
			    type_name(f->params.data[i]->type));
	strbuf_addc(&sb, ')');
	add_markers(&sb, f);
	line = arena_strdup(strbuf_text(&sb));
	strbuf_release(&sb);
	return line;
}

static int list_functions(struct elaboration *el, FILE *out)
{
	struct symbol *sym, *next;
	text_list lines = {0};

	load_all(el, LIBRARY_FUNCTION);
	HASH_ITER(hh, el->symbols, sym, next)
		vec_each(&sym->functions, struct function *, f)
			if (!is_hidden((*f)->name) && !((*f)->code && strstr((*f)->code, "/* hidden */")))
				vec_push(&lines, function_line(*f));
	return print_sorted(&lines, out) ? 0 : 1;
}

int list_probes(struct session *s, FILE *out)
{
	struct elaboration el = { .session = s };

	el.program = arena_new(struct program);
	switch (s->options.listing) {
	case LISTING_PROBE_TYPES:
		return list_types(out);
	case LISTING_ALIASES:
		return list_aliases(&el, out);
	case LISTING_FUNCTIONS:
		return list_functions(&el, out);
	default:
		return list_matching(s, out);
	}
}
