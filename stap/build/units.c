/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which units of the runtime there are, which of them a script needs, and how they are compiled. */
#include "units.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/file.h"
#include "../base/spool.h"
#include "../session.h"
#include "recipe.h"
#include "replay.h"

struct unit {
	const char *name;
	word_list symbols;	/* empty: every script needs it */
	word_list brings;
	bool reads_headers;	/* of the kernel: takes long */
	bool needed;
};

typedef VEC(struct unit) unit_list;

/* ---- what the files say ------------------------------------------------------------------ */

static const char unit_mark[] = "Unit: for ", every_script[] = "every script", brings_mark[] = "Brings ",
		  options_mark[] = "Compiled with ";

/* The words of a comment between the mark and the next full stop. */
static word_list words_after(const char *comment, const char *mark)
{
	const char *at = strstr(comment, mark);
	word_list words = {0};
	char *text, *save = NULL;

	if (!at)
		return words;
	at += strlen(mark);
	text = arena_strndup(at, strcspn(at, "."));
	for (char *p = text; (p = strchr(p, '\n')); )	/* on the next line: "\n * " */
		memset(p, ' ', strspn(p, "\n\t *"));
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		vec_push(&words, word);
	return words;
}

/* Of a unit's file, with what follows it; or NULL. */
static char *opening_comment(const char *path, char **code)
{
	char *text;

	if (file_read(path, &text, NULL) || !(*code = strstr(text, "*/\n#")))
		return NULL;
	*(*code)++ = 0;
	return text;
}

static void add_unit(unit_list *units, const char *path, const char *name)
{
	struct unit unit = { .name = arena_strndup(name, strcspn(name, ".")) };
	char *code, *text = opening_comment(path, &code);

	if (!text || !strstr(text, unit_mark))
		return;
	unit.reads_headers = strstr(code, "\"../linux/");
	if (!strstr(text, arena_printf("%s%s", unit_mark, every_script)))
		unit.symbols = words_after(text, unit_mark);
	unit.brings = words_after(text, brings_mark);
	vec_push(units, unit);
}

static int is_source(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 2 && !strcmp(entry->d_name + len - 2, ".c");
}

static unit_list read_units(struct session *s)
{
	const char *folder = arena_printf("%s/units", s->runtime_dir);
	struct dirent **entries;
	unit_list units = {0};
	int count = scandir(folder, &entries, is_source, alphasort);

	if (count < 0)
		diag_report(DIAG_environment, NULL, "cannot read %s: %s", folder, error_text(errno));
	for (int i = 0; i < count; i++) {
		add_unit(&units, arena_printf("%s/%s", folder, entries[i]->d_name), entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	if (count >= 0 && !units.len)
		diag_report(DIAG_environment, NULL, "%s has no units of the runtime", folder);
	return units;
}

/* ---- what a script needs ----------------------------------------------------------------- */

static bool in_identifier(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Is the symbol an identifier of the text, or with "*" at its end the beginning of one? */
static bool is_named(const char *symbol, const char *text, size_t text_len)
{
	size_t len = strcspn(symbol, "*");
	const char *end = text + text_len;

	for (const char *at = text; (at = memmem(at, (size_t)(end - at), symbol, len)); at += len)
		if ((at == text || !in_identifier(at[-1])) &&
		    (symbol[len] || at + len == end || !in_identifier(at[len])))
			return true;
	return false;
}

/* For each piece of the C text. */
static bool look_at_piece(const char *piece, size_t len, void *data)
{
	unit_list *units = data;

	for (size_t i = 0; i < units->len; i++) {
		struct unit *unit = &units->data[i];

		for (size_t j = 0; j < unit->symbols.len && !unit->needed; j++)
			unit->needed = is_named(unit->symbols.data[j], piece, len);
	}
	return true;
}

/* False: it was needed already. */
static bool need(unit_list *units, const char *name)
{
	for (size_t i = 0; i < units->len; i++)
		if (strcmp(units->data[i].name, name) == 0 && !units->data[i].needed)
			return units->data[i].needed = true;
	return false;
}

/* What needed units bring, and what that brings. */
static void add_brought(unit_list *units)
{
	for (bool more = true; more; ) {
		more = false;
		vec_each(units, struct unit, unit)
			for (size_t i = 0; unit->needed && i < unit->brings.len; i++)
				more |= need(units, unit->brings.data[i]);
	}
}

/* What every script needs comes first, then what takes longest. */
static int before(const void *a, const void *b)
{
	const struct unit *first = a, *second = b;
	bool basic = !first->symbols.len, other_basic = !second->symbols.len;

	if (basic != other_basic)
		return basic ? -1 : 1;
	if (first->reads_headers != second->reads_headers)
		return first->reads_headers ? -1 : 1;
	return strcmp(first->name, second->name);
}

word_list units_needed(struct session *s, size_t *basic)
{
	unit_list units = read_units(s);
	word_list names = {0};

	qsort(units.data, units.len, sizeof *units.data, before);
	for (*basic = 0; *basic < units.len && !units.data[*basic].symbols.len; ++*basic)
		units.data[*basic].needed = true;
	spool_each(s->c_text, look_at_piece, &units);
	if (s->c_text_kernel)
		look_at_piece(s->c_text_kernel, strlen(s->c_text_kernel), &units);
	add_brought(&units);
	for (size_t i = 0; i < units.len; i++)
		if (units.data[i].needed)
			vec_push(&names, units.data[i].name);
	return names;
}

/* ---- compiling ------------------------------------------------------------------------------ */

static const char *object_of(const struct units_build *b, const char *unit)
{
	return arena_printf("%s/%s.o", b->folder, unit);
}

static struct tool *new_tool(struct tool t)
{
	struct tool *kept = arena_new(struct tool);

	*kept = t;
	return kept;
}

static void add_compiler(struct units_build *b, const char *unit)
{
	const struct recipe *r = b->replay->r;
	const char *runtime = b->replay->s->runtime_dir, *source = arena_printf("%s/units/%s.c", runtime, unit);
	struct tool *cc = new_tool(replay_tool(b->replay, &r->kernel_compile));
	char *code, *comment = opening_comment(source, &code);
	word_list options = {0};

	if (comment)
		options = words_after(comment, options_mark);
	for (size_t i = 0; i < options.len; i++)
		vec_push(&cc->words, options.data[i]);
	words_add(&cc->words, "-pipe", "-I", runtime, "-I", r->dir, "-c", "-o",
		  object_of(b, unit), source, NULL);
	tool_queue_add(&b->compiling, cc, arena_printf("building the runtime's %s", unit));
}

void units_start(struct units_build *b)
{
	b->compiling.s = b->replay->s;
	for (size_t i = 0; i < b->units->len; i++)
		add_compiler(b, b->units->data[i]);
	tool_queue_start(&b->compiling);
}

bool units_finish(struct units_build *b)
{
	struct tool_queue checking = { .s = b->replay->s };
	bool ok = tool_queue_finish(&b->compiling);

	for (size_t i = 0; ok && i < b->units->len && replay_checks_units(b->replay); i++) {
		struct tool *objtool = new_tool(replay_tool(b->replay, &b->replay->r->objtool));

		words_add(&objtool->words, object_of(b, b->units->data[i]), NULL);
		tool_queue_add(&checking, objtool, "objtool");
	}
	return ok && tool_queue_finish(&checking);
}
