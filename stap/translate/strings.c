/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions that make strings.  A string lives in its variable, in an array element, in
 * the unit (literals), or in a buffer of the frame that its maker is given.
 * Concatenations and sprintf write into a sink over that buffer, nested ones straight into
 * the same sink: what is cut is the same either way.
 */
#include <string.h>

#include "unit.h"

/* ---- concatenation and sprintf ------------------------------------------------------------ */

/* Its text cannot hold a NUL byte, which would end an inner string but not the outer one. */
static bool print_is_plain(const struct print *p)
{
	for (size_t i = 0; i < p->pieces.len; i++) {
		const struct format_piece *piece = &p->pieces.data[i];

		if (!piece->conversion && memchr(piece->text, 0, piece->len))
			return false;
		if (strchr("cbmM", piece->conversion) && piece->conversion)
			return false;
		if (piece->conversion == 's' && piece->flag == '0')
			return false;
	}
	return p->to_string;
}

static bool is_literal(const struct expr *e)
{
	return e->kind == E_STRING && strlen(e->string.text) == e->string.len;
}

static void emit_pieces(struct body *b, const char *sink, const struct expr *e)
{
	unsigned mark = b->strings;

	if (e->kind == E_BINARY && e->binary.op == OP_CONCAT) {
		emit_pieces(b, sink, e->binary.left);
		emit_pieces(b, sink, e->binary.right);
	} else if (e->kind == E_PRINT && print_is_plain(&e->print)) {
		emit_print_pieces(b, e, sink, false);
	} else if (is_literal(e)) {
		line(b, "sink_bytes(%s, %s, %zu);", sink, c_string(e->string.text, e->string.len, SIZE_MAX),
		     e->string.len);
	} else {
		line(b, "sink_string_add(%s, %s);", sink, emit_value(b, e).text);
	}
	b->strings = mark;
}

static void emit_through_sink(struct body *b, const struct expr *e, const char *buffer)
{
	const char *sink = new_temp(b), *address = arena_printf("&%s", sink);

	open_scope(b);			/* so that sinks share their place on the stack */
	line(b, "struct sink %s = sink_string(%s, MAXSTRINGLEN);", sink, buffer);
	if (e->kind == E_PRINT)
		emit_print_pieces(b, e, address, false);
	else
		emit_pieces(b, address, e);
	line(b, "sink_finish(%s);", address);
	close_block(b);
}

struct value emit_new_string(struct body *b, const struct expr *e)
{
	const char *buffer = new_string(b);

	emit_through_sink(b, e, buffer);
	return (struct value){ .text = buffer, .simple = true, .constant = true, .is_string = true };
}

void emit_string_to(struct body *b, const struct expr *e, const char *buffer)
{
	if (e->kind == E_CALL)
		emit_call(b, e, buffer, true);
	else if (e->kind == E_PRINT || (e->kind == E_BINARY && e->binary.op == OP_CONCAT))
		emit_through_sink(b, e, buffer);
	else
		line(b, "str_copy(%s, %s, MAXSTRINGLEN);", buffer, emit_value(b, e).text);
}

/* ---- regular expressions ------------------------------------------------------------------------ */

/* With matched() in the script the text is kept, and the match is made where it stands. */
static struct value search_and_keep(struct body *b, const struct expr *e, const char *text)
{
	const char *t = new_temp(b);
	struct value v = value_simple(t, false);

	b->uses_cpu = true;
	line(b, "str_copy(cpu->match_text, %s, MAXSTRINGLEN);", text);
	line(b, "c->match_text = cpu->match_text;");
	line(b, "c->match.marks = cpu->match_marks;");
	line(b, "bool %s = %sregex_search(&regex_%d, c->match_text, &c->match);", t,
	     e->regex.negated ? "!" : "", e->regex.dfa);
	v.constant = v.small = true;
	return v;
}

struct value emit_regex(struct body *b, const struct expr *e)
{
	struct value text = emit_value(b, e->regex.left), v;

	if (b->unit->captures)
		return search_and_keep(b, e, text.text);
	v = value_long(arena_printf("%sregex_search(&regex_%d, %s, NULL)", e->regex.negated ? "!" : "",
				    e->regex.dfa, text.text));
	v.small = true;
	return v;
}

/* ---- text that a fault replaces -------------------------------------------------------------------- */

struct value emit_guarded(struct body *b, const struct expr *e)
{
	struct label *outer = b->fail, guard = new_label(b, "fault"), done = new_label(b, "guarded");
	const char *t = new_temp(b), *fallback = e->guarded.fallback;
	struct value v;

	line(b, "const char *%s;", t);
	b->fail = &guard;
	open_scope(b);
	v = emit_value(b, e->guarded.operand);
	line(b, "%s = %s;", t, v.text);
	close_block(b);
	b->fail = outer;
	if (guard.used) {
		line(b, "goto %s;", jump(&done));
		put_label(b, &guard);
		line(b, "if (c->error != SCRIPT_ERROR_RAISED)");
		line(b, "\tgoto %s;", jump(outer));
		line(b, "script_error_clear(c);");
		line(b, "%s = %s;", t, c_string(fallback, strlen(fallback), SIZE_MAX));
		put_label(b, &done);
	}
	return (struct value){ .text = t, .simple = true, .constant = v.constant, .is_string = true };
}
