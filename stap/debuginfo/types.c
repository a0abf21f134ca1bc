/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C types, whoever provides them: their spelling, and the questions that callers ask.
 *
 * A spelling has a hole, the place where a declarator would be written: the end
 * of "struct file", after the star of "int (*)(void)", before the brackets of "char[16]".
 * Deriving a type is putting text into the hole of another.
 */
#include "types.h"

#include <stdio.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"

struct ctype *ctype_new(enum ctype_kind kind, const struct ctype_provider *provider,
			void *origin, uint64_t where)
{
	struct ctype *t = arena_new(struct ctype);

	t->kind = kind;
	t->name = t->spelling = "";
	t->data = arena_new(struct ctype_data);
	t->data->provider = provider;
	t->data->origin = origin;
	t->data->where = where;
	return t;
}

void ctype_spell(struct ctype *t, const char *spelling)
{
	t->spelling = intern(spelling);
	t->data->hole = strlen(spelling);
}

void ctype_spell_tag(struct ctype *t)
{
	const char *word = t->kind == CTYPE_STRUCT ? "struct" :
			   t->kind == CTYPE_UNION ? "union" : "enum";

	ctype_spell(t, intern_printf("%s %s", word, *t->name ? t->name : "{...}"));
}

/* Spell `t` as `from` with `text` in the hole; the new hole is `inside` bytes into the text. */
static void spell_in_hole(struct ctype *t, const struct ctype *from, const char *text,
			  unsigned inside)
{
	unsigned hole = from->data->hole;

	t->spelling = intern_printf("%.*s%s%s", (int)hole, from->spelling, text,
				    from->spelling + hole);
	t->data->hole = hole + inside;
}

/* Is the hole followed by brackets or parameters that bind closer than a star? */
static bool star_needs_parentheses(const struct ctype *t)
{
	char next = t->spelling[t->data->hole];

	return next == '[' || next == '(';
}

static bool word_before_hole(const struct ctype *t)
{
	return t->data->hole > 0 && !strchr(" *", t->spelling[t->data->hole - 1]);
}

struct ctype *ctype_pointer_new(const struct ctype *target, unsigned size)
{
	struct ctype *t = ctype_new(CTYPE_POINTER, NULL, NULL, 0);

	t->target = target;
	t->size = size;
	if (star_needs_parentheses(target) && word_before_hole(target))
		spell_in_hole(t, target, " (*)", 3);
	else if (star_needs_parentheses(target))
		spell_in_hole(t, target, "(*)", 2);
	else
		spell_in_hole(t, target, "*", 1);
	return t;
}

struct ctype *ctype_array_new(const struct ctype *element, unsigned count)
{
	struct ctype *t = ctype_new(CTYPE_ARRAY, NULL, NULL, 0);

	t->target = element;
	t->count = count;
	t->size = element->size * count;
	spell_in_hole(t, element, count ? intern_printf("[%u]", count) : "[]", 0);
	return t;
}

struct ctype *ctype_function_new(const struct ctype *result, const char *params)
{
	struct ctype *t = ctype_new(CTYPE_FUNCTION, NULL, NULL, 0);

	t->target = result;
	if (word_before_hole(result))
		spell_in_hole(t, result, intern_printf(" (%s)", params), 1);
	else
		spell_in_hole(t, result, intern_printf("(%s)", params), 0);
	return t;
}

/* The same type under another spelling. */
static struct ctype *respelled(const struct ctype *from)
{
	struct ctype *t = arena_new(struct ctype);

	*t = *from;
	t->data = arena_new(struct ctype_data);
	t->data->provider = from->data->provider;
	t->data->origin = from->data->origin;
	t->data->where = from->data->where;
	t->data->definition = from->data->definition ? from->data->definition : from;
	return t;
}

struct ctype *ctype_qualified_new(const struct ctype *from, const char *qualifier)
{
	struct ctype *t = respelled(from);
	const char *text = intern_printf(" %s", qualifier);

	spell_in_hole(t, from, text, strlen(text));
	return t;
}

struct ctype *ctype_typedef_new(const struct ctype *from, const char *name)
{
	struct ctype *t = respelled(from);

	ctype_spell(t, name);
	return t;
}

/* ---- questions -------------------------------------------------------------- */

static const struct ctype *definition(const struct ctype *t)
{
	return t->data->definition ? t->data->definition : t;
}

/* Types are kept, also those that are first looked at while memory is scratch. */
static void load_members(const struct ctype *t, struct ctype_data *d)
{
	enum arena_area before = arena_use(ARENA_LASTING);

	d->provider->load_members(t, d);
	arena_use(before);
}

const struct cmember *ctype_members(const struct ctype *t, size_t *count)
{
	struct ctype_data *d;

	t = definition(ctype_complete(t));
	d = t->data;
	if (!d->members_loaded && d->provider &&
	    (t->kind == CTYPE_STRUCT || t->kind == CTYPE_UNION))
		load_members(t, d);
	d->members_loaded = true;
	*count = d->members.len;
	return d->members.data;
}

const struct cenumerator *ctype_enumerators(const struct ctype *t, size_t *count)
{
	struct ctype_data *d;

	t = definition(t);
	d = t->data;
	if (!d->enumerators_loaded && d->provider && t->kind == CTYPE_ENUM)
		d->provider->load_enumerators(t, d);
	d->enumerators_loaded = true;
	*count = d->enumerators.len;
	return d->enumerators.data;
}

const struct ctype *ctype_complete(const struct ctype *t)
{
	const struct ctype *full = NULL;

	if (t->incomplete && t->data->provider) {
		enum arena_area before = arena_use(ARENA_LASTING);

		full = t->data->provider->complete(definition(t));
		arena_use(before);
	}
	return full ? full : t;
}

static bool is_anonymous_aggregate(const struct cmember *m)
{
	return *m->name == '\0' && m->bit_size == 0 &&
	       (m->type->kind == CTYPE_STRUCT || m->type->kind == CTYPE_UNION);
}

static bool member_at(const struct ctype *t, const char *name, unsigned base,
		      struct cmember *found, struct nearest *near)
{
	size_t count;
	const struct cmember *m = ctype_members(t, &count);

	for (size_t i = 0; i < count; i++) {
		if (is_anonymous_aggregate(&m[i])) {
			if (member_at(m[i].type, name, base + m[i].offset, found, near))
				return true;
		} else if (*name && strcmp(m[i].name, name) == 0) {
			*found = m[i];
			found->offset += base;
			return true;
		} else if (near && *m[i].name) {
			nearest_offer(near, m[i].name);
		}
	}
	return false;
}

bool ctype_member(const struct ctype *t, const char *name, struct cmember *found,
		  struct nearest *near)
{
	if (t->kind != CTYPE_STRUCT && t->kind != CTYPE_UNION)
		return false;
	return member_at(t, name, 0, found, near);
}

const struct ctype *ctype_pointer_to(const struct ctype *t)
{
	if (!t->data->pointer) {
		enum arena_area before = arena_use(ARENA_LASTING);

		t->data->pointer = ctype_pointer_new(t, sizeof(long));
		arena_use(before);
	}
	return t->data->pointer;
}

/* ---- base types --------------------------------------------------------------- */

/* The words of a base type, counted. */
struct base_words { int is_unsigned, is_signed, longs, shorts, chars, ints; };

static bool count_word(struct base_words *w, const char *word, size_t len)
{
	const struct { const char *word; int *counter; } words[] = {
		{ "unsigned", &w->is_unsigned }, { "signed", &w->is_signed },
		{ "long", &w->longs }, { "short", &w->shorts },
		{ "char", &w->chars }, { "int", &w->ints },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i].word) == len && memcmp(words[i].word, word, len) == 0) {
			++*words[i].counter;
			return true;
		}
	return false;
}

static bool count_words(struct base_words *w, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		if (len && !count_word(w, text, len))
			return false;
		text += len + strspn(text + len, " ");
	}
	return true;
}

const char *base_type_name(const char *name)
{
	struct base_words w = { 0 };

	if (!count_words(&w, name))
		return name;
	if (w.chars)
		return w.is_unsigned ? "unsigned char" : w.is_signed ? "signed char" : "char";
	if (w.shorts)
		return w.is_unsigned ? "short unsigned int" : "short int";
	if (w.longs > 1)
		return w.is_unsigned ? "long long unsigned int" : "long long int";
	if (w.longs)
		return w.is_unsigned ? "long unsigned int" : "long int";
	return w.is_unsigned ? "unsigned int" : w.ints || w.is_signed ? "int" : name;
}
