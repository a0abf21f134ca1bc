/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print, println, printd, printf and the sprint forms: one call for each directive,
 * neighbouring literals joined into one.  Arguments that are constants become literals.
 *
 * What goes to the output is evaluated completely before the first byte is written, so
 * that an error prints nothing of the call.  A string's buffer is private: there each
 * directive is evaluated just before it is written.
 */
#include <inttypes.h>
#include <string.h>

#include "unit.h"

struct printing {
	struct body *body;
	const char *sink;		/* "&c->out", "&t3" */
	const struct print *print;
	struct strbuf literal;		/* not yet written */
	size_t next_arg;
	struct value *values;		/* of all arguments, or NULL: evaluate when needed */
	const char *mark;		/* length of the output before, when a dump may undo it */
};

static void flush_literal(struct printing *p)
{
	if (!p->literal.len)
		return;
	line(p->body, "sink_bytes(%s, %s, %zu);", p->sink, c_string(p->literal.text, p->literal.len, SIZE_MAX),
	     p->literal.len);
	strbuf_release(&p->literal);
}

/* ---- directives --------------------------------------------------------------------------- */

static const char *flags_text(const struct format_piece *piece)
{
	const char *flag = "0";

	switch (piece->flag) {
	case '0': flag = "FORMAT_ZERO"; break;
	case '+': flag = "FORMAT_PLUS"; break;
	case '-': flag = "FORMAT_MINUS"; break;
	case ' ': flag = "FORMAT_SPACE"; break;
	case '#': flag = "FORMAT_ALT"; break;
	}
	if (piece->conversion != 'X')
		return flag;
	return piece->flag ? arena_printf("%s | FORMAT_UPPER", flag) : "FORMAT_UPPER";
}

static bool is_bare(const struct format_piece *piece)
{
	return !piece->flag && !piece->has_width && !piece->has_precision;
}

/* A width or precision: its number, its argument's value, or -1 for none. */
static const char *extent(bool has, bool is_arg, int number, const char *argument)
{
	if (!has)
		return "-1";
	return is_arg ? arena_printf("(int)%s", argument) : arena_printf("%d", number);
}

static bool takes_string(const struct format_piece *piece, const struct expr *arg)
{
	return piece->conversion == 's' || (piece->conversion == 'v' && arg->type == TYPE_STRING);
}

static void put_dump(struct printing *p, const struct format_piece *piece, const char *width,
		     const char *precision, const char *value, const struct expr *arg)
{
	struct body *b = p->body;

	open_block(b, "if (unlikely(!script_dump_memory(c, %s, %s, %s, %s, %s, %s, %s)))", p->sink,
		   piece->conversion == 'M' ? "true" : "false", piece->flag == '#' ? "true" : "false",
		   flags_text(piece), width, precision, value);
	if (p->mark) {
		line(b, "if (c->out.len > %s)", p->mark);
		line(b, "\tc->out.len = %s;", p->mark);
	}
	line(b, "script_error_site(c, %s);", c_site(arg->at));
	line(b, "goto %s;", jump(b->fail));
	close_block(b);
}

static void put_number(struct printing *p, const struct format_piece *piece, const char *width,
		       const char *precision, const char *value)
{
	char conversion = piece->conversion == 'X' ? 'x' : piece->conversion;

	if (is_bare(piece) && strchr("div", conversion))
		line(p->body, "sink_long(%s, %s);", p->sink, value);
	else if (is_bare(piece) && conversion == 'c')
		line(p->body, "sink_char(%s, (char)(%s));", p->sink, value);
	else if (conversion == 'b')
		line(p->body, "sink_binary(%s, %s, %s, %s, %s);", p->sink, flags_text(piece), width, precision,
		     value);
	else
		line(p->body, "sink_number(%s, '%c', %s, %s, %s, %s);", p->sink, conversion, flags_text(piece),
		     width, precision, value);
}

static void put_value(struct printing *p, const struct format_piece *piece, const char *width,
		      const char *precision, const char *value, const struct expr *arg)
{
	if (piece->conversion == 'm' || piece->conversion == 'M')
		put_dump(p, piece, width, precision, value, arg);
	else if (!takes_string(piece, arg))
		put_number(p, piece, width, precision, value);
	else if (is_bare(piece))
		line(p->body, "sink_string_add(%s, %s);", p->sink, value);
	else
		line(p->body, "sink_text(%s, %s, %s, %s, %s);", p->sink, flags_text(piece), width, precision,
		     value);
}

/* A constant argument of a bare directive is literal text. */
static bool fold_constant(struct printing *p, const struct format_piece *piece, const struct expr *arg)
{
	if (!is_bare(piece))
		return false;
	if (arg->kind == E_STRING && takes_string(piece, arg))
		strbuf_add(&p->literal, arg->string.text);
	else if (arg->kind == E_NUMBER && strchr("div", piece->conversion))
		strbuf_addf(&p->literal, "%" PRId64, arg->number);
	else
		return false;
	return true;
}

static void put_hist(struct printing *p, const struct expr *arg)
{
	const struct expr *value = arg->hist.value;
	const struct var *v = value->kind == E_INDEX ? value->index.base->name.var : value->name.var;
	const char *stat = emit_hist_stat(p->body, arg);

	line(p->body, "stat_print_hist(%s, %s, &spec_%s, HIST_WIDTH, HIST_ELISION);", p->sink, stat,
	     global_of(p->body->unit, v)->name);
}

/* One directive: its width and precision arguments, if any, and its value. */
static void put_directive(struct printing *p, const struct format_piece *piece)
{
	size_t first = p->next_arg, n = 1u + piece->width_is_arg + piece->precision_is_arg;
	struct expr *const *args = p->print->args.data + first;
	const struct expr *arg = args[n - 1];
	struct value own[3], *v = p->values ? p->values + first : own;
	unsigned mark = p->body->strings;

	p->next_arg += n;
	if (fold_constant(p, piece, arg))
		return;
	flush_literal(p);
	if (arg->kind == E_HIST && !arg->hist.bucket) {
		put_hist(p, arg);
		return;
	}
	if (!p->values)
		emit_operands(p->body, args, n, own);
	put_value(p, piece,
		  extent(piece->has_width, piece->width_is_arg, piece->width, operand_text(v[0])),
		  extent(piece->has_precision, piece->precision_is_arg, piece->precision,
			 operand_text(v[piece->width_is_arg])),
		  v[n - 1].text, arg);
	if (!p->values)
		p->body->strings = mark;
}

/* ---- the whole call -------------------------------------------------------------------------- */

static bool has_dump(const struct print *print)
{
	for (size_t i = 0; i < print->pieces.len; i++)
		if (print->pieces.data[i].conversion == 'm' || print->pieces.data[i].conversion == 'M')
			return true;
	return false;
}

static bool is_hist(const struct print *print)
{
	return print->args.len == 1 && print->args.data[0]->kind == E_HIST && !print->args.data[0]->hist.bucket;
}

void emit_print_pieces(struct body *b, const struct expr *e, const char *sink, bool evaluate_first)
{
	struct printing p = { .body = b, .sink = sink, .print = &e->print };
	struct value values[e->print.args.len + 1];

	if (evaluate_first && !is_hist(&e->print)) {
		emit_operands(b, e->print.args.data, e->print.args.len, values);
		p.values = values;
	}
	if (evaluate_first && has_dump(&e->print)) {
		p.mark = new_temp(b);
		line(b, "unsigned %s = c->out.len;", p.mark);
	}
	for (size_t i = 0; i < e->print.pieces.len; i++) {
		const struct format_piece *piece = &e->print.pieces.data[i];

		if (piece->conversion)
			put_directive(&p, piece);
		else
			strbuf_addn(&p.literal, piece->text, piece->len);
	}
	flush_literal(&p);
}

void emit_print(struct body *b, const struct expr *e)
{
	emit_print_pieces(b, e, "&c->out", true);
}
