/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding names in the script library without parsing it.
 *
 * An index file beside the library (made by `make`) lists every name; a folder
 * without one is scanned.  The scan is lexical: it skips strings, comments,
 * embedded C and bodies, and takes both branches of preprocessor conditionals,
 * so the index holds for every kernel.
 */
#include "tapsets.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../base/arena.h"
#include "../base/hash.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"

struct entry {
	const char *name;		/* key */
	library_file_vec files;
	UT_hash_handle hh;
};

#define ITEM_KINDS 4
static const char item_letters[ITEM_KINDS] = { 'f', 'a', 'g', 'm' };

struct tapsets {
	struct entry *entries[ITEM_KINDS];
	VEC(struct library_file *) files;
};

/* Receives each name that a scan or an index line yields. */
struct name_sink {
	void (*add)(struct name_sink *sink, enum library_item item, const char *name);
	struct tapsets *tapsets;
	struct library_file *file;
	FILE *out;
	const char *relative;
};

/* ---- the lexical scan ------------------------------------------------------------ */

struct scanner {
	const char *p, *end;
	struct name_sink *sink;
};

static void skip_until(struct scanner *sc, const char *closing)
{
	size_t n = strlen(closing);

	while (sc->p + n <= sc->end && memcmp(sc->p, closing, n) != 0)
		sc->p++;
	sc->p = sc->p + n <= sc->end ? sc->p + n : sc->end;
}

static void skip_string(struct scanner *sc)
{
	for (sc->p++; sc->p < sc->end && *sc->p != '"'; sc->p++)
		if (*sc->p == '\\' && sc->p + 1 < sc->end)
			sc->p++;
	if (sc->p < sc->end)
		sc->p++;
}

static bool at(const struct scanner *sc, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(sc->end - sc->p) >= n && memcmp(sc->p, text, n) == 0;
}

/* Skip one comment, string or embedded C if one starts here. */
static bool skip_opaque(struct scanner *sc)
{
	if (at(sc, "/*")) {
		sc->p += 2;
		skip_until(sc, "*/");
	} else if (at(sc, "//") || *sc->p == '#') {
		skip_until(sc, "\n");
	} else if (at(sc, "%{")) {
		skip_until(sc, "%}");
	} else if (*sc->p == '"') {
		skip_string(sc);
	} else {
		return false;
	}
	return true;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || c == '@';
}

/* The next word or punctuation; opaque text is passed over.  len 0 at the end. */
static size_t next_token(struct scanner *sc, const char **text)
{
	for (;;) {
		while (sc->p < sc->end && isspace((unsigned char)*sc->p))
			sc->p++;
		if (sc->p >= sc->end)
			return 0;
		if (!skip_opaque(sc))
			break;
	}
	*text = sc->p;
	if (at(sc, "%(") || at(sc, "%)") || at(sc, "%?") || at(sc, "%:") || at(sc, "+=")) {
		sc->p += 2;
	} else if (is_word(*sc->p)) {
		while (sc->p < sc->end && is_word(*sc->p))
			sc->p++;
	} else {
		sc->p++;
	}
	return (size_t)(sc->p - *text);
}

static bool token_is(const char *text, size_t len, const char *wanted)
{
	return strlen(wanted) == len && memcmp(text, wanted, len) == 0;
}

static void skip_braces(struct scanner *sc)
{
	int depth = 1;
	const char *text;
	size_t len;

	while (depth > 0 && (len = next_token(sc, &text)) > 0) {
		if (*text == '{')
			depth++;
		else if (*text == '}')
			depth--;
	}
}

/* After "probe": a dotted name followed by = or += is an alias; A = B = ... are several. */
static void scan_probe(struct scanner *sc)
{
	struct strbuf name = {0};
	const char *text;
	size_t len;
	int parens = 0;

	while ((len = next_token(sc, &text)) > 0) {
		if (parens || *text == '(') {
			parens += (*text == '(') - (*text == ')');
		} else if (*text == '.' || is_word(*text)) {
			strbuf_addn(&name, text, len);
		} else if (token_is(text, len, "=") || token_is(text, len, "+=")) {
			sc->sink->add(sc->sink, LIBRARY_ALIAS, intern(strbuf_text(&name)));
			name.len = 0;
		} else {
			break;
		}
	}
	strbuf_release(&name);
	sc->p = len ? text : sc->end;
}

/* After "global" or "private": names, each with an optional initialiser or size. */
static void scan_globals(struct scanner *sc)
{
	const char *text;
	size_t len;
	bool expect_name = true;

	for (;;) {
		const char *before = sc->p;

		len = next_token(sc, &text);
		if (len == 0)
			return;
		if (expect_name && is_word(*text)) {
			if (token_is(text, len, "global"))
				continue;
			if (token_is(text, len, "function")) {
				sc->p = before;
				return;
			}
			sc->sink->add(sc->sink, LIBRARY_GLOBAL, intern_n(text, len));
			expect_name = false;
		} else if (*text == ',') {
			expect_name = true;
		} else if (*text == '[' || *text == ']' || *text == '%' || *text == '=' || *text == '-'
			   || isdigit((unsigned char)*text)) {
			if (text[0] == '%' && len == 2) {
				sc->p = before;
				return;
			}
		} else {
			sc->p = before;
			return;
		}
	}
}

static void scan_word(struct scanner *sc, enum library_item item)
{
	const char *text;
	size_t len = next_token(sc, &text);

	if (len && is_word(*text))
		sc->sink->add(sc->sink, item, intern_n(text, len));
}

static void scan_text(struct name_sink *sink, const char *text, size_t size)
{
	struct scanner sc = { .p = text, .end = text + size, .sink = sink };
	const char *token;
	size_t len;

	while ((len = next_token(&sc, &token)) > 0) {
		if (token_is(token, len, "function"))
			scan_word(&sc, LIBRARY_FUNCTION);
		else if (token_is(token, len, "probe"))
			scan_probe(&sc);
		else if (token_is(token, len, "global") || token_is(token, len, "private"))
			scan_globals(&sc);
		else if (token_is(token, len, "@define"))
			scan_word(&sc, LIBRARY_MACRO);
		else if (*token == '{')
			skip_braces(&sc);
	}
}

/* ---- folders ------------------------------------------------------------------------ */

static char *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "r");
	struct stat st;
	char *text;

	if (!f)
		return NULL;
	if (fstat(fileno(f), &st) < 0 || !S_ISREG(st.st_mode)) {
		fclose(f);
		errno = EISDIR;
		return NULL;
	}
	text = arena_alloc((size_t)st.st_size + 1);
	*size = fread(text, 1, (size_t)st.st_size, f);
	fclose(f);
	return text;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

/* Visit the library files of a folder in name order; folders of other architectures and
 * kernels are separate entries of the search path, so this does not descend. */
static int each_library_file(const char *folder, void (*visit)(const char *path, const char *name, void *data),
			     void *data)
{
	DIR *dir = opendir(folder);
	VEC(const char *) names = {0};
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (has_suffix(entry->d_name, ".stp") || has_suffix(entry->d_name, ".stpm"))
			vec_push(&names, arena_strdup(entry->d_name));
	closedir(dir);
	if (names.len)
		qsort(names.data, names.len, sizeof *names.data, compare_names);
	for (size_t i = 0; i < names.len; i++)
		visit(arena_printf("%s/%s", folder, names.data[i]), names.data[i], data);
	return 0;
}

/* Sub-folders of a library folder, most specific first: language for the runtime, then the
 * architecture, then common files (reference/cli.md "Tapset search order"). */
static const char *const library_subfolders[] = { "linux/x86_64", "linux", "x86_64", "", NULL };

static const char *subfolder_path(const char *folder, const char *sub)
{
	return *sub ? arena_printf("%s/%s", folder, sub) : folder;
}

/* ---- writing an index ------------------------------------------------------------------- */

static void print_name(struct name_sink *sink, enum library_item item, const char *name)
{
	fprintf(sink->out, "%c %s %s\n", item_letters[item], name, sink->relative);
}

struct index_job { struct name_sink sink; const char *sub; };

static void index_file(const char *path, const char *name, void *data)
{
	struct index_job *job = data;
	size_t size;
	char *text = read_file(path, &size);

	if (!text)
		return;
	job->sink.relative = *job->sub ? arena_printf("%s/%s", job->sub, name) : name;
	scan_text(&job->sink, text, size);
}

int tapsets_write_index(const char *folder, FILE *out)
{
	for (int i = 0; library_subfolders[i]; i++) {
		struct index_job job = { .sink = { .add = print_name, .out = out },
					 .sub = library_subfolders[i] };
		int error = each_library_file(subfolder_path(folder, job.sub), index_file, &job);

		if (error && !*job.sub)
			return error;
	}
	return ferror(out) ? -EIO : 0;
}

/* ---- reading ------------------------------------------------------------------------------ */

static void add_entry(struct tapsets *t, enum library_item item, const char *name,
		      struct library_file *file)
{
	struct entry *e;

	HASH_FIND_PTR(t->entries[item], &name, e);
	if (!e) {
		e = arena_new(struct entry);
		e->name = name;
		HASH_ADD_PTR(t->entries[item], name, e);
	}
	if (e->files.len && e->files.data[e->files.len - 1] == file)
		return;
	vec_push(&e->files, file);
}

static struct library_file *add_file(struct tapsets *t, const char *path, bool builtin)
{
	struct library_file *file = arena_new(struct library_file);

	file->path = path;
	file->builtin = builtin;
	vec_push(&t->files, file);
	return file;
}

static void remember_name(struct name_sink *sink, enum library_item item, const char *name)
{
	add_entry(sink->tapsets, item, name, sink->file);
}

struct scan_job { struct tapsets *tapsets; bool builtin; };

static void scan_file(const char *path, const char *name, void *data)
{
	struct scan_job *job = data;
	struct name_sink sink = { .add = remember_name, .tapsets = job->tapsets };
	size_t size;
	char *text = read_file(path, &size);

	(void)name;
	if (!text)
		return;
	sink.file = add_file(job->tapsets, path, job->builtin);
	scan_text(&sink, text, size);
}

static enum library_item item_of_letter(char c)
{
	const char *p = memchr(item_letters, c, ITEM_KINDS);

	return p ? (enum library_item)(p - item_letters) : LIBRARY_FUNCTION;
}

/* The index is newer than its folders: nothing was added or removed since. */
static bool index_is_current(const char *folder, const char *index)
{
	struct stat st, dir;

	if (stat(index, &st) < 0)
		return false;
	for (int i = 0; library_subfolders[i]; i++)
		if (stat(subfolder_path(folder, library_subfolders[i]), &dir) == 0
		    && dir.st_mtime > st.st_mtime + 1)
			return false;
	return true;
}

/* The index of a build tree names the files that `make` wrote there by their whole path. */
static const char *library_path(const char *folder, const char *file)
{
	return *file == '/' ? file : arena_printf("%s/%s", folder, file);
}

static bool read_index(struct tapsets *t, const char *folder, const char *path, bool builtin)
{
	struct library_file *file = NULL;
	const char *previous = NULL;
	size_t size;
	char *text, *line, *save = NULL;

	if (!index_is_current(folder, path) || !(text = read_file(path, &size)))
		return false;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *name = strchr(line, ' ');
		char *relative = name ? strchr(name + 1, ' ') : NULL;

		if (!relative)
			return false;
		*relative++ = 0;
		if (!previous || strcmp(previous, relative) != 0) {
			file = add_file(t, library_path(folder, relative), builtin);
			previous = relative;
		}
		add_entry(t, item_of_letter(*line), intern(name + 1), file);
	}
	return true;
}

static void scan_folder(struct tapsets *t, const char *folder, bool builtin)
{
	struct scan_job job = { .tapsets = t, .builtin = builtin };

	for (int i = 0; library_subfolders[i]; i++)
		each_library_file(subfolder_path(folder, library_subfolders[i]), scan_file, &job);
}

/* Without a good index, what `make` wrote in a build tree is found beside it. */
static void read_folder(struct tapsets *t, const char *folder, const char *index, bool builtin)
{
	int place = (int)(strrchr(index, '/') - index);

	if (read_index(t, folder, index, builtin))
		return;
	scan_folder(t, folder, builtin);
	scan_folder(t, arena_printf("%.*s/made", place, index), builtin);
}

static struct tapsets *tapsets_of(struct session *s)
{
	if (!s->tapsets) {
		s->tapsets = arena_new(struct tapsets);
		if (s->tapset_dir)
			read_folder(s->tapsets, s->tapset_dir, s->tapset_index, true);
		for (size_t i = 0; i < s->options.tapset_dirs.len; i++)
			read_folder(s->tapsets, s->options.tapset_dirs.data[i],
				    arena_printf("%s/INDEX", s->options.tapset_dirs.data[i]), false);
	}
	return s->tapsets;
}

library_file_vec *tapsets_find(struct session *s, enum library_item item, const char *name)
{
	static library_file_vec nothing;
	struct entry *e;

	HASH_FIND_PTR(tapsets_of(s)->entries[item], &name, e);
	return e ? &e->files : &nothing;
}

void tapsets_each(struct session *s, enum library_item item,
		  void (*visit)(const char *name, library_file_vec *files, void *data), void *data)
{
	struct entry *e, *next;

	HASH_ITER(hh, tapsets_of(s)->entries[item], e, next)
		visit(e->name, &e->files, data);
}

static void offer_name(const char *name, library_file_vec *files, void *data)
{
	(void)files;
	if (strncmp(name, "__", 2) != 0)
		nearest_offer(data, name);
}

void tapsets_offer(struct session *s, enum library_item item, struct nearest *near)
{
	tapsets_each(s, item, offer_name, near);
}
