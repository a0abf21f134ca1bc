/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics for editors: one JSON object a line.
 *
 *	{"severity":"error","tag":"syntax","message":"...","file":"f.stp","line":3,
 *	 "column":14,"length":3,"kind":"identifier","token":"foo",
 *	 "via":[{"name":"@m","file":...}],"notes":[{"message":...}],"hints":["..."]}
 *
 * Keys without a value are left out.  Scripts are bytes and JSON is UTF-8, so bytes
 * that are not UTF-8 are written as U+FFFD.
 */
#include <json-c/json.h>
#include <string.h>

#include "diag_private.h"
#include "strbuf.h"

/* Length of the UTF-8 sequence at `s`, 0 if it is malformed. */
static int utf8_length(const unsigned char *s)
{
	int len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 :
		  s[0] < 0xf5 ? 4 : 0;

	for (int i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

static json_object *json_text(const char *text)
{
	struct strbuf clean = {0};

	for (const char *s = text; *s;) {
		int len = utf8_length((const unsigned char *)s);

		if (len)
			strbuf_addn(&clean, s, len);
		else
			strbuf_add(&clean, "\xef\xbf\xbd");
		s += len ? len : 1;
	}
	json_object *result = json_object_new_string(strbuf_text(&clean));

	strbuf_release(&clean);
	return result;
}

static void add_text(json_object *to, const char *key, const char *text)
{
	if (text)
		json_object_object_add(to, key, json_text(text));
}

static void add_number(json_object *to, const char *key, unsigned value)
{
	json_object_object_add(to, key, json_object_new_int64(value));
}

static void add_place(json_object *to, const struct place *at)
{
	if (!at || !at->source)
		return;
	add_text(to, "file", at->source->name);
	add_number(to, "line", at->line);
	add_number(to, "column", at->column);
	add_number(to, "length", at->length ? at->length : 1);
	add_text(to, "kind", at->kind);
	add_text(to, "token", at->token);
}

static void add_via(json_object *to, const struct place *at)
{
	json_object *list = json_object_new_array();

	for (; at && at->via; at = at->via) {
		json_object *one = json_object_new_object();

		add_text(one, "name", at->via_name);
		add_place(one, at->via);
		json_object_array_add(list, one);
	}
	json_object_object_add(to, "via", list);
}

static void add_notes(json_object *to, const remark_vec *notes)
{
	json_object *list = json_object_new_array();

	vec_each(notes, const struct diag_remark, note) {
		json_object *one = json_object_new_object();

		add_text(one, "message", note->text);
		add_place(one, note->at);
		json_object_array_add(list, one);
	}
	json_object_object_add(to, "notes", list);
}

static void add_hints(json_object *to, const remark_vec *hints)
{
	json_object *list = json_object_new_array();

	vec_each(hints, const struct diag_remark, hint)
		json_object_array_add(list, json_text(hint->text));
	json_object_object_add(to, "hints", list);
}

void diag_print_json(const struct diag *d, FILE *out)
{
	json_object *object = json_object_new_object();

	add_text(object, "severity", d->severity == DIAG_ERROR ? "error" : "warning");
	add_text(object, "tag", diag_tag_name(d->tag));
	add_text(object, "message", d->message);
	add_place(object, d->at);
	if (d->at && d->at->via)
		add_via(object, d->at);
	if (d->notes.len)
		add_notes(object, &d->notes);
	if (d->hints.len)
		add_hints(object, &d->hints);
	fprintf(out, "%s\n", json_object_to_json_string_ext(object,
			JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}
