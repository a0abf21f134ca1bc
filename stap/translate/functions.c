/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions of the script.
 *
 *	static s64 function_NAME_N(struct context *c, s64 l_a, const char *l_b)
 *	static void function_NAME_N(struct context *c, char *result, ...)	a string, or nothing
 *
 * A parameter that the body assigns is copied at entry: the caller's (then called pl_a)
 * is kept for `next`, which hands the same arguments to the next overload.
 */
#include <inttypes.h>
#include <string.h>

#include "unit.h"

static const char *parameter_name(const struct function *f, const struct var *v)
{
	if (f->code)
		return arena_printf("stap_arg_%s", v->name);
	return arena_printf("%s%s", var_is_assigned(v) ? "p" : "", local_name(v));
}

static const char *function_head(const struct function_info *info)
{
	const struct function *f = info->function;
	struct strbuf sb = {0};

	strbuf_addf(&sb, "%s%s%s(struct context *%s", info->shared ? "" : "static ",
		    f->type == TYPE_LONG ? "s64 " : "void ", info->name, f->code ? "stap_context" : "c");
	if (f->type == TYPE_STRING)
		strbuf_addf(&sb, ", char *%s", f->code ? "stap_result" : "result");
	for (size_t i = 0; i < f->params.len; i++)
		strbuf_addf(&sb, ", %s%s", f->params.data[i]->type == TYPE_STRING ? "const char *" : "s64 ",
			    parameter_name(f, f->params.data[i]));
	strbuf_addc(&sb, ')');
	return text_taken(&sb);
}

static void function_prototype(const struct function_info *info, struct strbuf *sb)
{
	arena_scratch_begin();
	strbuf_addf(sb, "%s;\n", function_head(info));
	arena_scratch_end();
}

/* The statement that goes on with the next candidate; the frame is already given back. */
const char *overload_call(struct unit *u, const struct function *f)
{
	struct strbuf sb = {0};

	if (!f->next_overload) {
		strbuf_addf(&sb, "\tscript_error(%s, \"all functions exhausted\");\n",
			    f->code ? "stap_context" : "c");
		strbuf_add(&sb, f->type == TYPE_LONG ? "\treturn 0;\n" : "");
		return text_taken(&sb);
	}
	strbuf_addf(&sb, "\t%s%s(%s", f->type == TYPE_LONG ? "return " : "",
		    function_info(u, f->next_overload)->name, f->code ? "stap_context" : "c");
	if (f->type == TYPE_STRING)
		strbuf_add(&sb, f->code ? ", stap_result" : ", result");
	for (size_t i = 0; i < f->params.len; i++)
		strbuf_addf(&sb, ", %s", parameter_name(f, f->params.data[i]));
	strbuf_add(&sb, ");\n");
	return text_taken(&sb);
}

static void function_translate(struct unit *u, struct function_info *info)
{
	const struct function *f = info->function;
	struct strbuf comment = {0};
	struct body b;

	arena_scratch_begin();
	comment_line(u, &comment, f->at, 0);
	body_init(&b, u);
	b.function = f;
	b.root = f->body;
	b.counting = info->loops && limits_apply(u);
	b.saved = f->specialised_for ? saved_name(handler_of(u, f->specialised_for)) : NULL;
	if (info->recursive)
		emit_iteration_check(&b, f->at, info->cost > 0 ? info->cost : 1);
	if (f->body)
		emit_stmt(&b, f->body);
	strbuf_add(&u->code.tail, strbuf_text(&comment));
	strbuf_release(&comment);
	info->frame_bytes = body_finish(&b, &u->code.tail, function_head(info), arena_printf("frame_%s", info->name),
					&f->locals, &f->params, f->type == TYPE_LONG ? "result" : NULL,
					overload_call(u, f));
	arena_scratch_end();
}

static bool has_framed_recursion(const struct unit *u)
{
	each_function(u, info)
		if (info->recursive && info->frame_bytes)
			return true;
	return false;
}

void functions_translate(struct unit *u)
{
	each_function(u, info)
		function_prototype(info, info->shared ? &u->shared_prototypes : &u->prototypes);
	each_function(u, info) {
		if (info->function->code)
			embedded_function(u, info, function_head(info));
		else
			function_translate(u, info);
		spool_settle(&u->code);
	}
	u->framed_recursion = has_framed_recursion(u);
}

/* ---- the frame stack ---------------------------------------------------------------------- */

/* Bytes of frames that a call can need at most, recursive functions left out. */
static unsigned call_bytes(const struct unit *u, struct function_info *info)
{
	unsigned most = 0;

	if (info->call_bytes_known)
		return info->call_bytes;
	info->call_bytes_known = true;	/* meets itself in recursion: 0 */
	for (size_t i = 0; i < info->calls.len; i++) {
		unsigned bytes = call_bytes(u, function_info(u, info->calls.data[i]));

		most = bytes > most ? bytes : most;
	}
	info->call_bytes = most + (info->recursive ? 0 : info->frame_bytes);
	return info->call_bytes;
}

/* c->nesting bounds the frames of recursive functions, whichever they are. */
static unsigned recursion_bytes(const struct unit *u)
{
	unsigned most = 0;

	each_function(u, info)
		if (info->recursive && info->frame_bytes > most)
			most = info->frame_bytes;
	return most * (unsigned)(u->max_nesting + 1);
}

bool calls_framed(const struct unit *u, const struct handler *h)
{
	if (u->framed_recursion)
		return true;
	for (size_t i = 0; i < h->calls.len; i++)
		if (call_bytes(u, function_info(u, h->calls.data[i])))
			return true;
	return false;
}

unsigned frame_stack_bytes(const struct unit *u)
{
	unsigned most = 0;

	each_handler(u, h) {
		unsigned below = 0;

		for (size_t i = 0; i < h->calls.len; i++) {
			unsigned bytes = call_bytes(u, function_info(u, h->calls.data[i]));

			below = bytes > below ? bytes : below;
		}
		most = h->frame_bytes + below > most ? h->frame_bytes + below : most;
	}
	return most + recursion_bytes(u);
}
