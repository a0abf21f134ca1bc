/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of macros, and the library's one.  Few scripts use library macros, so the
 * .stpm files are read when a script first names a macro that it did not define.
 */
#include "macros.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/hash.h"
#include "../base/nearest.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"
#include "conditions.h"
#include "preprocess.h"

struct macro {
	struct macro_body body;
	UT_hash_handle hh;
};

/* ---- tables ------------------------------------------------------------------------- */

const struct macro_body *macro_find(const struct macro_table *table, const char *name)
{
	struct macro *found;

	HASH_FIND_PTR(table->first, &name, found);
	return found ? &found->body : NULL;
}

const struct macro_body *macro_add(struct macro_table *table, const struct macro_body *body)
{
	const struct macro_body *older = macro_find(table, body->name);
	struct macro *macro;

	if (older)
		return older;
	macro = arena_new(struct macro);
	macro->body = *body;
	HASH_ADD_PTR(table->first, body.name, macro);
	return NULL;
}

void macro_table_offer(const struct macro_table *table, struct nearest *n)
{
	for (const struct macro *m = table->first; m; m = m->hh.next)
		nearest_offer(n, m->body.name);
}

/* ---- library files --------------------------------------------------------------------- */

struct file_id { dev_t device; ino_t inode; };

struct macro_library {
	struct macro_table table;
	VEC(struct file_id) seen;	/* a folder may be named twice */
};

static bool seen_before(struct macro_library *library, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	vec_each(&library->seen, struct file_id, id)
		if (id->device == st.st_dev && id->inode == st.st_ino)
			return true;
	vec_push(&library->seen, ((struct file_id){ st.st_dev, st.st_ino }));
	return false;
}

/* Move a file's macros to the library; a name that is taken stays the older one's. */
static void merge(struct macro_library *library, struct macro_table *table)
{
	for (struct macro *m = table->first, *next; m; m = next) {
		const struct macro_body *older;

		next = m->hh.next;
		older = macro_add(&library->table, &m->body);
		if (older)
			diag_note(diag_report(DIAG_library_file, m->body.at,
					      "library macro is defined twice"),
				  older->at, "this one is used");
	}
}

/* Read one .stpm.  A faulty one is left out; its mistakes are shown as warnings. */
static void load_file(struct session *s, struct macro_library *library, const char *path,
		      bool builtin)
{
	struct macro_table table = {0};
	struct source *source;
	struct lexed lexed;
	char *text;
	size_t len;
	int error = file_read(path, &text, &len);

	if (error) {
		diag_report(DIAG_library_file, NULL, "cannot read macro library '%s': %s", path,
			    error_text(error));
		return;
	}
	source = session_add_source(s, path, text, len);
	source->library = true;
	source->builtin_library = builtin;
	diag_hold();
	lex(s, source, &lexed);
	preprocess_library(s, &lexed, &table);
	if (lexed.errors) {
		diag_release_as_warnings();
		diag_report(DIAG_library_file, NULL, "macro library '%s' is left out", path);
	} else {
		diag_release(true);
		merge(library, &table);
	}
	lexed_release(&lexed);
}

/* ---- folders -------------------------------------------------------------------------------- */

static int wants_macro_file(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && !strcmp(entry->d_name + len - 5, ".stpm");
}

/* The .stpm files of one folder, in the order of their names. */
static void load_folder(struct session *s, struct macro_library *library, const char *folder,
			bool builtin)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, wants_macro_file, alphasort);

	for (int i = 0; i < count; i++) {
		const char *path = arena_printf("%s/%s", folder, entries[i]->d_name);

		if (!seen_before(library, path))
			load_file(s, library, path, builtin);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static int wants_version_folder(const struct dirent *entry)
{
	return entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
}

/* Kernels are asked for only if a folder has parts for some of them. */
static bool has_version_folders(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, wants_version_folder, NULL);

	for (int i = 0; i < count; i++)
		free(entries[i]);
	if (count >= 0)
		free(entries);
	return count > 0;
}

/* A folder's parts for the release and its shortenings, for an architecture and for all. */
static void load_versions(struct session *s, struct macro_library *library, const char *folder,
			  const char *arch, bool builtin)
{
	const struct kernel *kernel = has_version_folders(folder) ? session_kernel(s) : NULL;
	char *version = kernel ? arena_strdup(kernel->release) : NULL;
	char *cut = version ? version + strlen(version) : NULL;

	while (cut) {
		*cut = '\0';
		load_folder(s, library, arena_printf("%s/%s/%s", folder, version, arch), builtin);
		load_folder(s, library, arena_printf("%s/%s", folder, version), builtin);
		cut = strrchr(version, '-') ? strrchr(version, '-') : strrchr(version, '.');
	}
	load_folder(s, library, arena_printf("%s/%s", folder, arch), builtin);
	load_folder(s, library, folder, builtin);
}

static void load_tree(struct session *s, struct macro_library *library, const char *folder,
		      bool builtin)
{
	const char *arch = session_arch(s);
	const char *runtime = s->options.runtime == RUNTIME_USER ? "user" : "linux";

	load_versions(s, library, arena_printf("%s/%s", folder, runtime), arch, builtin);
	load_versions(s, library, folder, arch, builtin);
}

const struct macro_table *library_macros(struct session *s)
{
	struct macro_library *library = s->macros;

	if (library)
		return &library->table;
	s->macros = library = arena_new(struct macro_library);
	if (s->tapset_dir)
		load_tree(s, library, s->tapset_dir, true);
	for (size_t i = 0; i < s->options.tapset_dirs.len; i++)
		load_tree(s, library, s->options.tapset_dirs.data[i], false);
	return &library->table;
}
