/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The preprocessor goes once through the tokens and copies them to a second list.
 * A macro call is the same walk over the macro's body, an argument the same walk over
 * the tokens that the caller wrote, in the caller's frame.  Conditionals nest in a
 * counter, not in calls, so their depth costs nothing; only the branch that is taken
 * is looked at.
 */
#include "preprocess.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/nearest.h"
#include "../base/strbuf.h"
#include "../session.h"
#include "at_words.h"
#include "conditions.h"

#define MAX_CALL_DEPTH 200
#define MAX_EXPANSION 2000000	/* tokens that macros and arguments stand for, in one file */
#define MAX_ERRORS 40

/* One use of a macro.  The outermost frame, the file itself, has no macro. */
struct frame {
	const struct macro_body *macro;
	struct argument *args;		/* one for each parameter */
	const struct origin *origin;	/* of what comes out of its body */
	unsigned number;		/* of this use in the file */
};

/* An argument means what it means at the call. */
struct argument {
	struct token_range tokens;
	const struct frame *frame;
};

struct preprocessor {
	struct session *session;
	struct macro_table *macros;	/* of this file */
	struct token_list *out;
	bool only_definitions;
	bool stopped;			/* expansion got out of hand, or too many errors */
	unsigned depth, errors;
	unsigned missing;		/* of the errors: arguments that were not given */
	size_t expanded;
	unsigned doc;			/* of a conditional, for the first token in it */
	unsigned uses;			/* of macros so far */
};

/* A walk over tokens. */
struct walk {
	const struct token *at, *end;
	const struct frame *frame;
	VEC(const struct token *) open;	/* conditionals that were entered */
};

static void expand(struct preprocessor *pp, struct token_range tokens, const struct frame *frame);

/* ---- messages and output ------------------------------------------------------------------ */

/* A token as it comes out: with the macro call that it came through. */
static struct token seen_through(const struct token *t, const struct frame *frame)
{
	struct token copy = *t;

	if (frame->macro)
		copy.origin = frame->origin;
	return copy;
}

static struct diag *complain(struct preprocessor *pp, enum diag_tag tag, const struct token *t,
			     const struct frame *frame, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static struct diag *complain(struct preprocessor *pp, enum diag_tag tag, const struct token *t,
			     const struct frame *frame, const char *format, ...)
{
	struct token shown = seen_through(t, frame);
	va_list args;

	if (++pp->errors >= MAX_ERRORS)
		pp->stopped = true;
	va_start(args, format);
	const char *message = arena_vprintf(format, args);
	va_end(args);
	return diag_report(tag, token_place(&shown), "%s", message);
}

/* Reported, and then taken for something that fits most places. */
static void replace_missing(struct preprocessor *pp, struct token *t, const struct frame *frame)
{
	diag_hint(complain(pp, DIAG_script_argument, t, frame, "this argument was not given"),
		  "there are %u; give more after the script's name",
		  pp->session->options.arguments.len);
	pp->missing++;
	t->kind = t->text[0] == '$' ? TOKEN_NUMBER : TOKEN_STRING;
	t->text = intern("0");
	t->len = 1;
}

/*
 * Library macros name variables of their own __local_*: another one in each use, so that two uses in one
 * handler may have keys of different types.
 */
static void name_local(struct token *t, const struct frame *frame)
{
	static const char prefix[] = "__local_";

	if (frame->macro && frame->macro->at->source->library && t->kind == TOKEN_IDENTIFIER &&
	    !strncmp(t->text, prefix, sizeof prefix - 1))
		t->text = intern(arena_printf("%s_%u", t->text, frame->number));
}

static void emit(struct preprocessor *pp, const struct token *t, const struct frame *frame)
{
	struct token copy = seen_through(t, frame);

	if (pp->only_definitions) {
		complain(pp, DIAG_macro, t, frame, "only @define may stand in a macro library");
		pp->stopped = true;
		return;
	}
	if (copy.kind == TOKEN_MISSING)
		replace_missing(pp, &copy, frame);
	name_local(&copy, frame);
	if (pp->doc && !copy.doc)
		copy.doc = pp->doc;
	pp->doc = 0;
	heap_push(pp->out, copy);
}

/* ---- conditionals ------------------------------------------------------------------------------ */

/* The token after `t` that closes, or with `branch` begins the other branch of, a conditional. */
static const struct token *skip_branch(const struct token *t, const struct token *end, bool branch)
{
	for (unsigned nesting = 0; t < end; t++) {
		if (t->code == TOK_PP_OPEN)
			nesting++;
		else if (t->code == TOK_PP_CLOSE && !nesting--)
			return t;
		else if (t->code == TOK_PP_ELSE && !nesting && branch)
			return t;
	}
	return end;
}

/* The "%?" of a conditional whose "%(" is at `open`; NULL if it has none. */
static const struct token *find_then(const struct token *open, const struct token *end)
{
	for (const struct token *t = open + 1; t < end; t++) {
		if (t->code == TOK_PP_THEN)
			return t;
		if (t->code == TOK_PP_OPEN || t->code == TOK_PP_CLOSE || t->code == TOK_PP_ELSE)
			return NULL;
	}
	return NULL;
}

/* Expand a condition's macros into a list of its own, and decide it. */
static bool decide(struct preprocessor *pp, struct token_range tokens, const struct token *then,
		   const struct frame *frame)
{
	struct token_list condition = {0}, *out = pp->out;
	bool only_definitions = pp->only_definitions, holds = false;
	unsigned errors = pp->errors;

	pp->out = &condition;
	pp->only_definitions = false;
	expand(pp, tokens, frame);
	pp->out = out;
	pp->only_definitions = only_definitions;
	if (pp->errors == errors) {
		struct token after = seen_through(then, frame);
		struct token_range range = { condition.data, condition.data };

		if (condition.len)
			range.end += condition.len;

		holds = condition_holds(pp->session, range, &after, &pp->errors);
	}
	heap_release(&condition);
	return holds;
}

static void complain_unclosed(struct preprocessor *pp, const struct token *open,
			      const struct frame *frame)
{
	complain(pp, DIAG_preprocessor, open, frame, "conditional is not closed with '%%)'");
}

/* "%(" condition "%?": enter the branch to take; the walk goes on inside it. */
static void open_conditional(struct preprocessor *pp, struct walk *w)
{
	const struct token *open = w->at, *then = find_then(open, w->end);

	if (!then) {
		diag_hint(complain(pp, DIAG_preprocessor, open, w->frame,
				   "conditional without '%%?'"),
			  "for a remainder write '%% (', with a space");
		w->at = skip_branch(open + 1, w->end, false);
		w->at += w->at < w->end;
		return;
	}
	bool holds = decide(pp, (struct token_range){ open + 1, then }, then, w->frame);

	pp->doc = open->doc;
	w->at = holds ? then + 1 : skip_branch(then + 1, w->end, true);
	if (w->at == w->end) {
		complain_unclosed(pp, open, w->frame);
		return;
	}
	if (!holds && w->at->code == TOK_PP_ELSE)
		w->at++;
	else if (!holds) {
		w->at++;
		return;
	}
	vec_push(&w->open, open);
}

/* The end of a branch that was taken. */
static void close_conditional(struct preprocessor *pp, struct walk *w)
{
	const struct token *t = w->at, *open;

	pp->doc = 0;
	if (!w->open.len) {
		complain(pp, DIAG_preprocessor, t, w->frame, "'%s' without a conditional", t->text);
		w->at++;
		return;
	}
	open = w->open.data[--w->open.len];
	w->at = t->code == TOK_PP_ELSE ? skip_branch(t + 1, w->end, false) : t;
	if (w->at == w->end)
		complain_unclosed(pp, open, w->frame);
	else
		w->at++;
}

/* ---- definitions ---------------------------------------------------------------------------------- */

static const struct token *at_or(const struct walk *w, const struct token *otherwise)
{
	return w->at < w->end ? w->at : otherwise;
}

static bool take_code(struct walk *w, enum token_code code)
{
	if (w->at == w->end || w->at->code != code)
		return false;
	w->at++;
	return true;
}

static const char *take_macro_name(struct walk *w)
{
	if (w->at == w->end || w->at->kind != TOKEN_IDENTIFIER)
		return NULL;
	return intern_printf("@%s", (w->at++)->text);
}

/* params = "(" (NAME ("," NAME)*)? ")" */
static bool scan_params(struct preprocessor *pp, struct walk *w, struct macro_body *macro,
			const struct token *define)
{
	macro->has_params = true;
	if (take_code(w, TOK_CLOSE_PAREN))
		return true;
	do {
		const char *name = take_macro_name(w);

		if (!name) {
			complain(pp, DIAG_macro, at_or(w, define), w->frame, "expected name of a parameter");
			return false;
		}
		vec_push(&macro->params, name);
	} while (take_code(w, TOK_COMMA));
	if (take_code(w, TOK_CLOSE_PAREN))
		return true;
	complain(pp, DIAG_macro, at_or(w, define), w->frame, "expected ',' or ')'");
	return false;
}

/* body = "%(" tokens "%)" ; the tokens are copied, since those of the file will go. */
static bool scan_body(struct preprocessor *pp, struct walk *w, struct macro_body *macro,
		      const struct token *define)
{
	const struct token *open = at_or(w, define), *end;
	size_t len;

	if (!take_code(w, TOK_PP_OPEN)) {
		complain(pp, DIAG_macro, open, w->frame, "expected '%%(' before the body of the macro");
		return false;
	}
	end = skip_branch(w->at, w->end, false);
	if (end == w->end) {
		complain(pp, DIAG_macro, open, w->frame, "body of the macro is not closed with '%%)'");
		w->at = end;
		return false;
	}
	len = end - w->at;
	struct token *body = arena_alloc(len * sizeof *body);

	if (len)
		memcpy(body, w->at, len * sizeof *body);
	macro->body = (struct token_range){ body, body + len };
	w->at = end + 1;
	return true;
}

static void add_definition(struct preprocessor *pp, const struct macro_body *macro,
			   const struct token *name, const struct frame *frame)
{
	const struct macro_body *older = macro_add(pp->macros, macro);

	if (older)
		diag_note(complain(pp, DIAG_macro, name, frame, "macro is defined twice in this file"),
			  older->at, "first here");
	if (is_at_operator(macro->name))
		diag_report(DIAG_suspicious, macro->at, "macro hides the operator '%s'", macro->name);
}

/* Over the body of a definition that is faulty before it. */
static void skip_definition(struct walk *w, const struct token *define)
{
	while (w->at < w->end && w->at->line == define->line && w->at->code != TOK_PP_OPEN)
		w->at++;
	if (take_code(w, TOK_PP_OPEN)) {
		w->at = skip_branch(w->at, w->end, false);
		take_code(w, TOK_PP_CLOSE);
	}
}

/* "@define" NAME params? body */
static void define_macro(struct preprocessor *pp, struct walk *w)
{
	const struct token *define = w->at++, *name = at_or(w, define);
	struct macro_body macro = { .library = pp->only_definitions };

	if (w->frame->macro)
		complain(pp, DIAG_macro, define, w->frame, "@define inside of a macro");
	macro.at = token_place(name);
	macro.name = take_macro_name(w);
	if (!macro.name) {
		complain(pp, DIAG_macro, name, w->frame, "expected name of a macro");
		skip_definition(w, define);
	} else if (take_code(w, TOK_OPEN_PAREN) && !scan_params(pp, w, &macro, define)) {
		skip_definition(w, define);
	} else if (scan_body(pp, w, &macro, define) && !w->frame->macro) {
		add_definition(pp, &macro, name, w->frame);
	}
}

/* ---- calls -------------------------------------------------------------------------------------------- */

/* The argument that a parameter stands for in this frame, or NULL. */
static const struct argument *find_parameter(const struct frame *frame, const char *name)
{
	for (size_t i = 0; frame->macro && i < frame->macro->params.len; i++)
		if (frame->macro->params.data[i] == name)
			return &frame->args[i];
	return NULL;
}

/* Library macros see only each other; operators are not looked for in the library. */
static const struct macro_body *find_macro(struct preprocessor *pp, const struct frame *frame,
					   const char *name)
{
	bool in_library = frame->macro && frame->macro->library;
	const struct macro_body *found = in_library ? NULL : macro_find(pp->macros, name);

	if (found || is_at_operator(name) || pp->only_definitions)
		return found;
	return macro_find(library_macros(pp->session), name);
}

static int nesting_change(const struct token *t)
{
	switch (t->code) {
	case TOK_OPEN_PAREN: case TOK_OPEN_BRACKET: case TOK_PP_OPEN: return 1;
	case TOK_CLOSE_PAREN: case TOK_CLOSE_BRACKET: case TOK_PP_CLOSE: return -1;
	default: return 0;
	}
}

typedef VEC(struct argument) argument_vec;

/* Cut "(" argument ("," argument)* ")"; false if the parenthesis is not closed. */
static bool scan_arguments(struct walk *w, argument_vec *args)
{
	struct argument arg = { { w->at + 1, NULL }, w->frame };
	int nesting = 0;

	for (w->at++; w->at < w->end; w->at++) {
		bool last = !nesting && w->at->code == TOK_CLOSE_PAREN;

		if (last || (!nesting && w->at->code == TOK_COMMA)) {
			arg.tokens.end = w->at;
			vec_push(args, arg);
			arg.tokens.first = w->at + 1;
		}
		if (last)
			return true;
		nesting += nesting_change(w->at);
	}
	return false;
}

/* Fill the frame of a call; false after reporting that the arguments do not fit. */
static bool bind_arguments(struct preprocessor *pp, struct walk *w, const struct token *call,
			   struct frame *frame)
{
	size_t wanted = frame->macro->params.len, given;
	argument_vec args = {0};

	if (w->at == w->end || w->at->code != TOK_OPEN_PAREN) {
		complain(pp, DIAG_macro, at_or(w, call), w->frame, "expected '(' and arguments of %s",
			 frame->macro->name);
		return false;
	}
	const struct token *open = w->at;

	if (!scan_arguments(w, &args)) {
		complain(pp, DIAG_macro, open, w->frame, "arguments of %s are not closed with ')'",
			 frame->macro->name);
		return false;
	}
	w->at++;
	given = args.len == 1 && !wanted && args.data[0].tokens.first == args.data[0].tokens.end ?
		0 : args.len;
	frame->args = args.data;
	if (given == wanted)
		return true;
	diag_note(complain(pp, DIAG_macro, call, w->frame, "macro takes %zu argument%s, %zu given",
			   wanted, wanted == 1 ? "" : "s", given),
		  frame->macro->at, "defined here");
	return false;
}

/* Walk over another range; its first token stands where the call stood. */
static void expand_inside(struct preprocessor *pp, struct token_range tokens,
			  const struct frame *frame, const struct token *call, const struct frame *caller)
{
	size_t first = pp->out->len;

	pp->expanded += tokens.end - tokens.first + 1;
	if (pp->depth >= MAX_CALL_DEPTH || pp->expanded > MAX_EXPANSION) {
		complain(pp, DIAG_macro, call, caller, pp->depth >= MAX_CALL_DEPTH ?
			 "macros call each other without end" : "macros expand to too much");
		pp->stopped = true;
		return;
	}
	pp->depth++;
	expand(pp, tokens, frame);
	pp->depth--;
	if (pp->out->len > first) {
		pp->out->data[first].touches = call->touches;
		pp->out->data[first].first_on_line = call->first_on_line;
	}
}

static const struct origin *call_origin(const struct macro_body *macro, const struct token *call)
{
	struct origin *origin = arena_new(struct origin);

	origin->source = macro->at->source;
	origin->via = token_place(call);
	origin->via_name = macro->name;
	return origin;
}

static void call_macro(struct preprocessor *pp, struct walk *w, const struct macro_body *macro)
{
	const struct token *call = w->at++;
	struct token shown = seen_through(call, w->frame);
	struct frame frame = { .macro = macro, .origin = call_origin(macro, &shown),
				.number = ++pp->uses };

	if (macro->has_params && !bind_arguments(pp, w, call, &frame))
		return;
	expand_inside(pp, macro->body, &frame, call, w->frame);
}

static void expand_word(struct preprocessor *pp, struct walk *w)
{
	const struct token *t = w->at;
	const struct argument *arg = find_parameter(w->frame, t->text);
	const struct macro_body *macro = arg ? NULL : find_macro(pp, w->frame, t->text);

	if (arg) {
		w->at++;
		expand_inside(pp, arg->tokens, arg->frame, t, w->frame);
	} else if (macro) {
		call_macro(pp, w, macro);
	} else if (!strcmp(t->text, "@define")) {
		define_macro(pp, w);
	} else {
		emit(pp, t, w->frame);
		w->at++;
	}
}

/* ---- the walk ---------------------------------------------------------------------------------------------- */

static void expand_one(struct preprocessor *pp, struct walk *w)
{
	const struct token *t = w->at;

	if (t->kind == TOKEN_AT_WORD)
		expand_word(pp, w);
	else if (t->code == TOK_PP_OPEN)
		open_conditional(pp, w);
	else if (t->code == TOK_PP_THEN || t->code == TOK_PP_ELSE || t->code == TOK_PP_CLOSE)
		close_conditional(pp, w);
	else
		emit(pp, (w->at++), w->frame);
}

static void expand(struct preprocessor *pp, struct token_range tokens, const struct frame *frame)
{
	struct walk w = { .at = tokens.first, .end = tokens.end, .frame = frame };

	while (w.at < w.end && !pp->stopped)
		expand_one(pp, &w);
	while (w.open.len && !pp->stopped)
		complain_unclosed(pp, w.open.data[--w.open.len], frame);
}

/* ---- strings ------------------------------------------------------------------------------------------------- */

/* One string out of `count` neighbours. */
static struct token joined(const struct token *first, size_t count)
{
	struct token t = *first;
	struct strbuf text = {0};

	for (size_t i = 0; i < count; i++)
		strbuf_addn(&text, first[i].text, first[i].len);
	t.text = intern_n(strbuf_text(&text), text.len);
	t.len = text.len;
	strbuf_release(&text);
	return t;
}

static void join_strings(struct token_list *list)
{
	size_t to = 0;

	for (size_t from = 0, next; from < list->len; from = next) {
		struct token t = list->data[from];

		for (next = from + 1; t.kind == TOKEN_STRING && next < list->len; next++)
			if (list->data[next].kind != TOKEN_STRING)
				break;
		if (next - from > 1)
			t = joined(&list->data[from], next - from);
		list->data[to++] = t;
	}
	list->len = to;
}

/* ---- entry points ---------------------------------------------------------------------------------------------- */

/* Most scripts hold nothing for the preprocessor but operators like @count. */
static bool has_work(const struct token_list *tokens)
{
	for (const struct token *t = tokens->data; t < tokens->data + tokens->len; t++)
		if (t->kind == TOKEN_MISSING ||
		    (t->code >= TOK_PP_OPEN && t->code <= TOK_PP_CLOSE) ||
		    (t->kind == TOKEN_AT_WORD &&
		     (!is_at_operator(t->text) || !strcmp(t->text, "@define"))))
			return true;
	return false;
}

static void run(struct preprocessor *pp, struct lexed *lexed)
{
	static const struct frame file_frame;
	struct token *last = &lexed->tokens.data[lexed->tokens.len - 1];	/* end of input */
	struct token_list out = {0};

	pp->out = &out;
	expand(pp, (struct token_range){ lexed->tokens.data, last }, &file_frame);
	join_strings(&out);
	heap_push(&out, *last);
	heap_release(&lexed->tokens);
	lexed->tokens = out;
	lexed->errors += pp->errors;
	lexed->damaged = pp->errors > pp->missing;
}

void preprocess(struct session *s, struct lexed *lexed, struct macro_table *macros)
{
	struct preprocessor pp = { .session = s, .macros = macros };

	if (has_work(&lexed->tokens))
		run(&pp, lexed);
	else
		join_strings(&lexed->tokens);
}

void preprocess_library(struct session *s, struct lexed *lexed, struct macro_table *macros)
{
	struct preprocessor pp = { .session = s, .macros = macros, .only_definitions = true };

	run(&pp, lexed);
}
