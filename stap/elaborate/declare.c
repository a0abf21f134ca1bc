/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who declares which name.  The user's files are declared at once, a library file when
 * something asks for a name that the index places there; then the whole file
 * counts, its probes included.
 *
 * Scopes: a private name belongs to its file.  Library code never sees globals of the
 * user's scripts, so a script's `global i` cannot disturb a loop in the library.
 */
#include "elaborate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct symbol *symbol_find(struct elaboration *el, const char *name)
{
	struct symbol *sym;

	HASH_FIND_PTR(el->symbols, &name, sym);
	return sym;
}

struct symbol *symbol_get(struct elaboration *el, const char *name)
{
	struct symbol *sym = symbol_find(el, name);

	if (!sym) {
		sym = arena_new(struct symbol);
		sym->name = name;
		HASH_ADD_PTR(el->symbols, name, sym);
	}
	return sym;
}

/* Two globals clash when some code would see both. */
static bool globals_clash(const struct var *a, const struct var *b)
{
	return !a->is_private && !b->is_private && a->from_library == b->from_library;
}

static void declare_global(struct elaboration *el, struct file *file, struct var *v)
{
	struct symbol *sym = symbol_get(el, v->name);

	v->from_library = file->source->library;
	v->file_scope = v->is_private ? file->source->name : NULL;
	vec_each(&sym->globals, struct var *, other) {
		bool same_file = (*other)->at->source == v->at->source;

		if (!globals_clash(*other, v) && !same_file)
			continue;
		struct diag *d = diag_report(DIAG_duplicate, v->at, "duplicate global name '%s'", v->name);

		diag_note(d, (*other)->at, "first declared here");
		return;
	}
	vec_push(&sym->globals, v);
	vec_push(&el->program->globals, v);
}

static void declare_function(struct elaboration *el, struct function *f)
{
	vec_push(&symbol_get(el, f->name)->functions, f);
}

static void declare_alias(struct elaboration *el, struct probe_decl *decl)
{
	vec_each(&decl->alias_names, struct probe_point *, name) {
		struct alias *alias = arena_new(struct alias);

		alias->decl = decl;
		alias->name = *name;
		vec_push(&el->aliases, alias);
		vec_push(&symbol_get(el, alias->name->components.data[0].name)->aliases, alias);
	}
}

static void declare_file(struct elaboration *el, struct file *file)
{
	vec_each(&file->globals, struct var *, v)
		declare_global(el, file, *v);
	vec_each(&file->functions, struct function *, f)
		declare_function(el, *f);
	vec_each(&file->aliases, struct probe_decl *, a)
		declare_alias(el, *a);
	vec_each(&file->embeds, struct embed_decl *, e)
		vec_push(&el->program->embeds, *e);
}

void declare_new_files(struct elaboration *el)
{
	while (el->declared_files < el->session->files.len)
		declare_file(el, el->session->files.data[el->declared_files++]);
}

static char *read_whole(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	struct strbuf sb = {0};
	char chunk[16384], *text;
	size_t n;

	if (!f)
		return NULL;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		strbuf_addn(&sb, chunk, n);
	fclose(f);
	*len = sb.len;
	text = arena_strndup(strbuf_text(&sb), sb.len);
	strbuf_release(&sb);
	return text;
}

static void warn_library(const struct library_file *lf)
{
	struct diag *d = diag_report(DIAG_library_file, NULL, "skipping library file %s: it has errors", lf->path);

	diag_hint(d, "stap -g -p1 %s shows them", lf->path);
}

/* Parse one library file, once; a faulty one is left out with a warning. */
void load_library_file(struct elaboration *el, struct library_file *lf)
{
	struct session *s = el->session;
	struct source *source;
	struct file *file;
	size_t len = 0;
	char *text;

	if (lf->loaded)
		return;
	lf->loaded = true;
	text = read_whole(lf->path, &len);
	if (!text) {
		diag_report(DIAG_library_file, NULL, "cannot read library file %s: %s", lf->path,
			    strerrorname_np(errno));
		return;
	}
	source = session_add_source(s, lf->path, text, len);
	source->library = true;
	source->builtin_library = lf->builtin;
	diag_hold();
	file = parse_source(s, source);
	diag_release(false);
	if (file)
		vec_push(&s->files, file);
	else
		warn_library(lf);
}

/* Load every file that declares the name; true if that brought something. */
bool load_library(struct elaboration *el, enum library_item item, const char *name)
{
	enum arena_area before = arena_use(ARENA_LASTING);
	library_file_vec *files = tapsets_find(el->session, item, name);
	bool any = false;

	for (size_t i = 0; i < files->len; i++) {
		if (files->data[i]->loaded)
			continue;
		load_library_file(el, files->data[i]);
		any = true;
	}
	if (any)
		declare_new_files(el);
	arena_use(before);
	return any;
}

static bool global_visible(const struct var *v, const struct source *from)
{
	if (v->is_private)
		return v->at->source == from;
	return !from->library || v->from_library;
}

static struct var *visible_global(struct elaboration *el, const struct source *from, const char *name)
{
	struct symbol *sym = symbol_find(el, name);
	struct var *found = NULL;

	if (!sym)
		return NULL;
	vec_each(&sym->globals, struct var *, v) {
		if (!global_visible(*v, from))
			continue;
		/* the nearest scope wins: own file, then own side, then the library */
		if ((*v)->at->source == from)
			return *v;
		if (!found || (*v)->from_library == from->library)
			found = *v;
	}
	return found;
}

struct var *global_find(struct elaboration *el, const struct source *from, const char *name)
{
	struct var *v = visible_global(el, from, name);

	if (!v && load_library(el, LIBRARY_GLOBAL, name))
		v = visible_global(el, from, name);
	return v;
}

void globals_offer(struct elaboration *el, struct nearest *near)
{
	vec_each(&el->program->globals, struct var *, v)
		if (!(*v)->from_library)
			nearest_offer(near, (*v)->name);
}
