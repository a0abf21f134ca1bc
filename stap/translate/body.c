/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One C function being written.  The statements come first, into body.text; what they
 * turned out to need (locals, a frame for strings, exits that give locks back) is put
 * around them by body_finish().
 */
#include <stdarg.h>
#include <string.h>

#include "unit.h"

void body_init(struct body *b, struct unit *u)
{
	*b = (struct body){ .unit = u, .depth = 1 };
	b->out.name = "out";
	b->next_overload.name = "next_overload";
	b->fail = b->leave = &b->out;
}

/* ---- lines ------------------------------------------------------------------------------ */

static void indent(struct body *b)
{
	for (int i = 0; i < b->depth; i++)
		strbuf_addc(&b->text, '\t');
}

static void vline(struct body *b, const char *format, va_list args, const char *end)
{
	indent(b);
	strbuf_vaddf(&b->text, format, args);
	strbuf_add(&b->text, end);
}

void line(struct body *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vline(b, format, args, "\n");
	va_end(args);
}

void open_block(struct body *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vline(b, format, args, " {\n");
	va_end(args);
	b->depth++;
	b->scope++;
}

void open_scope(struct body *b)
{
	line(b, "{");
	b->depth++;
	b->scope++;
}

static void forget_scope(struct body *b)
{
	while (b->stable.len && b->stable.data[b->stable.len - 1].scope > b->scope)
		b->stable.len--;
	lookups_forget_scope(b);
}

void leave_block(struct body *b)
{
	b->depth--;
	b->scope--;
	forget_scope(b);
}

void close_block(struct body *b)
{
	leave_block(b);
	line(b, "}");
}

void open_else(struct body *b, const char *condition)
{
	if (condition)
		line(b, "} else if (%s) {", condition);
	else
		line(b, "} else {");
	b->depth++;
	b->scope++;
}

/* ---- temporaries ------------------------------------------------------------------------- */

const char *new_temp(struct body *b)
{
	return arena_printf("t%u", ++b->next_temp);
}

const char *new_string(struct body *b)
{
	unsigned n = b->strings++;

	if (b->strings > b->strings_max)
		b->strings_max = b->strings;
	return arena_printf("f->t[%u]", n);
}

void frame_member(struct body *b, size_t bytes, const char *format, ...)
{
	va_list args;

	b->frame_extra_bytes += (unsigned)bytes;
	strbuf_addc(&b->frame_extra, '\t');
	va_start(args, format);
	strbuf_vaddf(&b->frame_extra, format, args);
	va_end(args);
	strbuf_add(&b->frame_extra, ";\n");
}

/* ---- writing elsewhere ------------------------------------------------------------------------ */

void capture_begin(struct body *b, struct capture *cap)
{
	cap->text = b->text;
	b->text = (struct strbuf){0};
	b->depth++;
	b->scope++;
}

const char *capture_end(struct body *b, struct capture *cap)
{
	const char *text = arena_strndup(strbuf_text(&b->text), b->text.len);

	strbuf_release(&b->text);
	b->text = cap->text;
	b->depth--;
	b->scope--;
	forget_scope(b);
	return text;
}

void put_text(struct body *b, const char *text)
{
	strbuf_add(&b->text, text);
}

/* ---- labels --------------------------------------------------------------------------------------- */

struct label new_label(struct body *b, const char *stem)
{
	return (struct label){ .name = arena_printf("%s_%u", stem, ++b->next_temp) };
}

const char *jump(struct label *l)
{
	l->used = true;
	return l->name;
}

void put_label(struct body *b, const struct label *l)
{
	if (!l->used)
		return;
	for (int i = 1; i < b->depth; i++)
		strbuf_addc(&b->text, '\t');
	strbuf_addf(&b->text, "%s: ;\n", l->name);
}

void emit_failure(struct body *b, const struct place *at, const char *condition, const char *statement)
{
	open_block(b, "if (unlikely(%s))", condition);
	if (!b->no_context) {
		if (statement)
			line(b, "%s;", statement);
		line(b, "script_error_site(c, %s);", c_site(at));
	}
	line(b, "goto %s;", jump(b->fail));
	close_block(b);
}

void emit_raise(struct body *b, const struct place *at, const char *condition, const char *message)
{
	emit_failure(b, at, condition, message ? arena_printf("script_error(c, %s)", message) : NULL);
}

/* ---- the whole function ---------------------------------------------------------------------------- */

static bool is_string_local(const struct body *b, const struct var *v)
{
	return v->type == TYPE_STRING && (v->scope == VAR_LOCAL || (b->function && var_is_assigned(v)));
}

static unsigned count_strings(const struct body *b, const var_vec *vars)
{
	unsigned n = 0;

	for (size_t i = 0; vars && i < vars->len; i++)
		n += is_string_local(b, vars->data[i]);
	return n;
}

static unsigned frame_bytes(const struct body *b, const var_vec *locals, const var_vec *params)
{
	unsigned strings = b->strings_max + count_strings(b, locals) + count_strings(b, params);

	return (strings * (unsigned)b->unit->max_string + b->frame_extra_bytes + 7) / 8 * 8;
}

static void add_string_members(const struct body *b, struct strbuf *sb, const var_vec *vars)
{
	for (size_t i = 0; vars && i < vars->len; i++)
		if (is_string_local(b, vars->data[i]))
			strbuf_addf(sb, "\tchar %s[MAXSTRINGLEN];\n", local_name(vars->data[i]));
}

/* The struct keeps the frames below it aligned whatever MAXSTRINGLEN is. */
static void add_frame(const struct body *b, struct strbuf *out, const char *frame, const var_vec *locals,
		      const var_vec *params)
{
	strbuf_addf(out, "struct %s {\n", frame);
	strbuf_add(out, strbuf_text(&b->frame_extra));
	add_string_members(b, out, params);
	add_string_members(b, out, locals);
	if (b->strings_max)
		strbuf_addf(out, "\tchar t[%u][MAXSTRINGLEN];\n", b->strings_max);
	strbuf_add(out, "} __attribute__((aligned(8)));\n\n");
}

static void declare_longs(struct strbuf *out, const var_vec *locals, const var_vec *params)
{
	for (size_t i = 0; i < locals->len; i++)
		if (locals->data[i]->type != TYPE_STRING)
			strbuf_addf(out, "\ts64 %s = 0;\n", local_name(locals->data[i]));
	for (size_t i = 0; params && i < params->len; i++)
		if (params->data[i]->type != TYPE_STRING && var_is_assigned(params->data[i]))
			strbuf_addf(out, "\ts64 %s = p%s;\n", local_name(params->data[i]),
				    local_name(params->data[i]));
}

static void fill_strings(const struct body *b, struct strbuf *out, const var_vec *locals,
			 const var_vec *params)
{
	for (size_t i = 0; i < locals->len; i++)
		if (is_string_local(b, locals->data[i]))
			strbuf_addf(out, "\tf->%s[0] = 0;\n", local_name(locals->data[i]));
	for (size_t i = 0; params && i < params->len; i++)
		if (is_string_local(b, params->data[i]))
			strbuf_addf(out, "\tstr_copy(f->%s, p%s, MAXSTRINGLEN);\n", local_name(params->data[i]),
				    local_name(params->data[i]));
}

static void add_stack_check(struct strbuf *out, const char *frame_exit)
{
	strbuf_addf(out, "\tif (unlikely(script_stack_is_low())) {\n"
		    "\t\tscript_error(c, \"the stack has no room for more calls\");\n%s\t}\n", frame_exit);
}

static void add_nesting(struct strbuf *out, const char *frame_exit)
{
	strbuf_addf(out, "\tif (unlikely(c->nesting >= MAXNESTING)) {\n"
		    "\t\tscript_error(c, \"MAXNESTING exceeded\");\n%s\t}\n\tc->nesting++;\n", frame_exit);
}

/* What a function returns before it has anything to give back. */
static const char *early_exit(const char *result)
{
	return result ? arena_printf("\t\treturn %s;\n", result) : "\t\treturn;\n";
}

/* A handler's frame is the first one on the stack, whose size was counted for it: it always
 * fits, and is set apart only when what it calls has frames. */
static void take_frame(const struct body *b, struct strbuf *out, bool nests, const char *result)
{
	if (!b->function) {
		strbuf_add(out, "\tf = (void *)c->frame;\n");
		strbuf_add(out, b->calls_framed ? "\tc->frame += sizeof(*f);\n" : "");
		return;
	}
	strbuf_addf(out, "\tf = script_frame(c, sizeof(*f));\n\tif (unlikely(!f)) {\n%s%s\t}\n",
		    nests ? "\t\tc->nesting--;\n" : "", early_exit(result));
}

static void add_head(struct body *b, struct strbuf *out, const char *frame, const var_vec *locals,
		     const var_vec *params, const char *result, bool framed)
{
	bool nests = b->function && function_info(b->unit, b->function)->recursive;
	size_t start = out->len;

	if (framed)
		strbuf_addf(out, "\tstruct %s *f;\n", frame);
	if (b->uses_cpu)
		strbuf_add(out, "\tstruct script_percpu *cpu = c->percpu;\n");
	if (result)
		strbuf_addf(out, "\ts64 %s = 0;\n", result);
	declare_longs(out, locals, params);
	if (out->len > start)
		strbuf_addc(out, '\n');
	if (b->function && function_info(b->unit, b->function)->checks_stack)
		add_stack_check(out, early_exit(result));
	if (nests)
		add_nesting(out, early_exit(result));
	if (framed) {
		take_frame(b, out, nests, result);
		fill_strings(b, out, locals, params);
	}
	if (b->function && b->function->type == TYPE_STRING)
		strbuf_add(out, "\tresult[0] = 0;\n");
}

static void add_release(const struct body *b, struct strbuf *out, bool framed)
{
	if (framed && (b->function || b->calls_framed))
		strbuf_add(out, "\tscript_frame_release(c, f);\n");
	if (b->function && function_info(b->unit, b->function)->recursive)
		strbuf_add(out, "\tc->nesting--;\n");
}

static void add_exits(struct body *b, struct strbuf *out, const char *result, bool framed,
		      const char *overload_call)
{
	struct strbuf exits = b->text;

	b->text = (struct strbuf){0};
	b->depth = 1;
	emit_region_exits(b);
	strbuf_add(&exits, strbuf_text(&b->text));
	strbuf_release(&b->text);
	strbuf_add(out, strbuf_text(&exits));
	strbuf_release(&exits);
	if (b->out.used)
		strbuf_addf(out, "%s:\n", b->out.name);
	add_release(b, out, framed);
	if (b->function == NULL && b->tail)
		strbuf_add(out, b->tail);
	if (result)
		strbuf_addf(out, "\treturn %s;\n", result);
	else if (b->next_overload.used || b->out.used)
		strbuf_add(out, "\treturn;\n");
	if (b->next_overload.used) {
		strbuf_addf(out, "%s:\n", b->next_overload.name);
		add_release(b, out, framed);
		strbuf_add(out, overload_call);
	}
}

unsigned body_finish(struct body *b, struct strbuf *out, const char *head, const char *frame,
		 const var_vec *locals, const var_vec *params, const char *result,
		 const char *overload_call)
{
	unsigned bytes = frame_bytes(b, locals, params);

	if (bytes)
		add_frame(b, out, frame, locals, params);
	strbuf_addf(out, "%s\n{\n", head);
	add_head(b, out, frame, locals, params, result, bytes > 0);
	add_exits(b, out, result, bytes > 0, overload_call);
	strbuf_add(out, "}\n\n");
	strbuf_release(&b->frame_extra);
	return bytes;
}
