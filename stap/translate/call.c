/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of the script's functions.  Strings are passed as pointers: an argument is
 * copied only when the callee might change it where it lives (globals, array elements).
 * A function that gives a string writes it to the caller's buffer.
 */
#include <string.h>

#include "unit.h"

static bool callees_write(const struct unit *u, const struct function *f)
{
	for (; f; f = f->next_overload)
		if (function_info(u, f)->writes)
			return true;
	return false;
}

static bool callees_fail(const struct unit *u, const struct function *f)
{
	for (; f; f = f->next_overload)
		if (function_info(u, f)->fails)
			return true;
	return false;
}

static bool in_own_frame(struct value v)
{
	return strncmp(v.text, "f->", 3) == 0;
}

static const char *argument_list(struct body *b, const struct expr *e, const char *buffer)
{
	size_t n = e->call.args.len;
	bool writes = callees_write(b->unit, e->call.function);
	struct value *v = new_values(n);
	struct strbuf sb = {0};

	emit_operands(b, e->call.args.data, n, v);
	strbuf_add(&sb, b->no_context ? "NULL" : "c");
	if (buffer)
		strbuf_addf(&sb, ", %s", buffer);
	for (size_t i = 0; i < n; i++) {
		if (v[i].is_string && writes && !in_own_frame(v[i]))
			v[i] = value_fixed(b, v[i]);
		strbuf_addf(&sb, ", %s", v[i].text);
	}
	return text_taken(&sb);
}

/* ---- functions whose value stays the same within a hit ------------------------------------- */

static bool is_stable(const struct function *f)
{
	return f->code && f->type != TYPE_UNKNOWN && !f->params.len && !f->next_overload &&
	       code_has(f->code, "stable");
}

static const char *remembered(const struct body *b, const struct function *f)
{
	for (size_t i = 0; i < b->stable.len; i++)
		if (b->stable.data[i].function == f)
			return b->stable.data[i].text;
	return NULL;
}

/* ---- the call --------------------------------------------------------------------------------- */

/* After the call: what may have changed, and an error. */
static void finish_call(struct body *b, const struct expr *e)
{
	if (callees_write(b->unit, e->call.function))
		lookups_forget_all(b);
	if (callees_fail(b->unit, e->call.function))
		emit_raise(b, e->at, "c->error", NULL);
}

static struct value call_long(struct body *b, const struct expr *e, bool wanted)
{
	const struct function *f = e->call.function;
	const char *args = argument_list(b, e, NULL), *t;

	if (!wanted || f->type != TYPE_LONG) {
		line(b, "%s(%s);", function_info(b->unit, f)->name, args);
		finish_call(b, e);
		return (struct value){ .text = "0", .simple = true, .constant = true };
	}
	t = new_temp(b);
	line(b, "s64 %s = %s(%s);", t, function_info(b->unit, f)->name, args);
	finish_call(b, e);
	if (is_stable(f))
		vec_push(&b->stable, ((struct stable_value){ f, t, b->scope }));
	return (struct value){ .text = t, .simple = true, .constant = true };
}

/* The buffer of the frame that keeps a stable string until the hit is over; one per function. */
static const char *lasting_buffer(struct body *b, const struct function *f)
{
	const char *name = function_info(b->unit, f)->name, *text = arena_printf("f->%s", name);
	bool known = false;

	for (size_t i = 0; i < b->lasting.len; i++)
		known |= b->lasting.data[i] == f;
	if (!known) {
		frame_member(b, ((size_t)b->unit->max_string + 7) / 8 * 8, "char %s[MAXSTRINGLEN]", name);
		vec_push(&b->lasting, f);
	}
	vec_push(&b->stable, ((struct stable_value){ f, text, b->scope }));
	return text;
}

static struct value call_string(struct body *b, const struct expr *e, const char *buffer)
{
	const struct function *f = e->call.function;
	const char *args;

	if (b->no_context)
		return value_in_place(f);
	if (!buffer)
		buffer = is_stable(f) ? lasting_buffer(b, f) : new_string(b);
	args = argument_list(b, e, buffer);
	line(b, "%s(%s);", function_info(b->unit, f)->name, args);
	finish_call(b, e);
	return (struct value){ .text = buffer, .simple = true, .constant = true, .is_string = true, .buffer = true };
}

static struct value use_remembered(struct body *b, const struct function *f, const char *known,
				   const char *buffer)
{
	bool text = f->type == TYPE_STRING;

	if (text && buffer) {
		line(b, "str_copy(%s, %s, MAXSTRINGLEN);", buffer, known);
		known = buffer;
	}
	return (struct value){ .text = known, .simple = true, .constant = true, .is_string = text,
			       .buffer = text };
}

struct value emit_call(struct body *b, const struct expr *e, const char *buffer, bool wanted)
{
	const struct function *f = e->call.function;
	const char *known = is_stable(f) ? remembered(b, f) : NULL;

	if (known)
		return use_remembered(b, f, known, buffer);
	return f->type == TYPE_STRING ? call_string(b, e, buffer) : call_long(b, e, wanted);
}
