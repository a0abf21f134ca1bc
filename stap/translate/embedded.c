/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C inside scripts: %{ ... %}.
 *
 * The library's is written against script.h and stands in the unit itself.  A user's may
 * want kernel headers; for the kernel it goes to a second unit that includes them, and
 * the two call each other through prototypes.  The text is pasted unchanged; the names
 * it uses (STAP_ARG_x, STAP_RETVALUE, ...) are macros, redefined for each function; those that stay
 * the same are in runtime/embedded.h.
 */
#include <ctype.h>
#include <string.h>

#include "unit.h"

/* ---- markers ---------------------------------------------------------------------------- */

bool code_has(const char *code, const char *marker)
{
	size_t len = strlen(marker);

	for (const char *p = strstr(code, "/*"); p; p = strstr(p + 2, "/*")) {
		const char *word = p + 2 + strspn(p + 2, " \t");

		if (strncmp(word, marker, len) != 0)
			continue;
		word += len;
		if (strncmp(word + strspn(word, " \t"), "*/", 2) == 0)
			return true;
	}
	return false;
}

bool code_global(const char **cursor, const char *pragma, char *name, size_t size)
{
	const char *p = strstr(*cursor, pragma);
	size_t len = 0;

	if (!p)
		return false;
	p += strlen(pragma);
	while ((isalnum((unsigned char)p[len]) || p[len] == '_' || p[len] == '$') && len + 1 < size) {
		name[len] = p[len];
		len++;
	}
	name[len] = '\0';
	*cursor = p + len;
	return true;
}

/* Users look at the context by SystemTap's names of its members; the library knows it. */
static bool looks_at_context(const char *code, const struct source *source)
{
	return strstr(code, "CONTEXT") && !(source && source->builtin_library);
}

bool code_sets_error(const char *code)
{
	return strstr(code, "last_error") != NULL;
}

struct global *global_named(struct unit *u, const char *name, const struct source *from)
{
	struct global *found = NULL;

	vec_each(&u->globals, struct global, g) {
		if (strcmp(g->var->name, name) != 0)
			continue;
		if (g->var->file_scope && strcmp(g->var->file_scope, from->name) != 0)
			continue;
		if (!found || g->var->file_scope)
			found = g;
	}
	return found;
}

bool is_foreign(const struct unit *u, const struct source *source)
{
	return u->two_units && !(source && source->builtin_library);
}

/* ---- macros around a function's code ------------------------------------------------------- */

static const char *return_macro(enum type type)
{
	switch (type) {
	case TYPE_LONG:
		return "#define STAP_RETVALUE (*stap_value)\n"
		       "#define STAP_RETURN(v) do { *stap_value = (s64)(v); goto stap_out; } while (0)\n";
	case TYPE_STRING:
		return "#define STAP_RETVALUE stap_value\n"
		       "#define STAP_RETURN(v) do { str_copy(stap_value, v, MAXSTRINGLEN); goto stap_out; } while (0)\n";
	default:
		return "#define STAP_RETURN(...) do { goto stap_out; } while (0)\n";
	}
}

/* Each global that a pragma names; `what` is GET or SET. */
static void global_macros(struct unit *u, struct strbuf *sb, const char *code, const struct source *from, bool define)
{
	static const struct { const char *pragma, *what, *function; } kinds[] = {
		{ "pragma:read:", "GET", "get" },
		{ "pragma:write:", "GET", "get" },
		{ "pragma:write:", "SET", "set" },
	};
	char name[256];

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const char *cursor = code;

		while (code_global(&cursor, kinds[k].pragma, name, sizeof(name))) {
			const struct global *g = global_named(u, name, from);

			strbuf_addf(sb, "#undef STAP_GLOBAL_%s_%s\n", kinds[k].what, name);
			if (g && define)
				strbuf_addf(sb, "#define STAP_GLOBAL_%s_%s(...) "
					    "embedded_%s_%s(stap_context, ##__VA_ARGS__)\n", kinds[k].what, name,
					    kinds[k].function, g->name);
		}
	}
}

static void argument_macros(struct strbuf *sb, const struct function *f, bool define)
{
	for (size_t i = 0; i < f->params.len; i++) {
		const char *name = f->params.data[i]->name;

		if (define)
			strbuf_addf(sb, "#define STAP_ARG_%s stap_arg_%s\n", name, name);
		else
			strbuf_addf(sb, "#undef STAP_ARG_%s\n", name);
	}
}

/* ---- old names: THIS->param, THIS->__retvalue ------------------------------------------------- */

static bool is_unmangled(const struct unit *u, const struct function *f)
{
	return code_has(f->code, "unmangled") || session_is_before(u->session, "1.8");
}

static void declare_this(struct strbuf *sb, const struct function_info *info)
{
	const struct function *f = info->function;

	strbuf_addf(sb, "struct this_%s {\n", info->name);
	for (size_t i = 0; i < f->params.len; i++)
		strbuf_addf(sb, "\t%s%s;\n", f->params.data[i]->type == TYPE_STRING ? "char *" : "s64 ",
			    f->params.data[i]->name);
	if (f->type != TYPE_UNKNOWN)
		strbuf_addf(sb, "\t%s__retvalue;\n", f->type == TYPE_STRING ? "char *" : "s64 ");
	strbuf_add(sb, "};\n\n");
}

static void fill_this(struct strbuf *sb, const struct function_info *info, bool copied)
{
	const struct function *f = info->function;

	strbuf_addf(sb, "\tstruct this_%s stap_this = {\n", info->name);
	for (size_t i = 0; i < f->params.len; i++) {
		bool text = f->params.data[i]->type == TYPE_STRING;

		strbuf_addf(sb, "\t\t.%s = %s%s%s,\n", f->params.data[i]->name, text ? "(char *)" : "",
			    text && copied ? "stap_frame->" : "stap_arg_", f->params.data[i]->name);
	}
	if (f->type == TYPE_STRING)
		strbuf_add(sb, "\t\t.__retvalue = stap_result,\n");
	strbuf_add(sb, "\t};\n");
}

/* ---- functions ---------------------------------------------------------------------------------- */

/* A user's code may write to its string arguments, so it gets copies. */
static bool copies_strings(const struct function *f)
{
	if (f->source->builtin_library || code_has(f->code, "unmodified-fnargs"))
		return false;
	for (size_t i = 0; i < f->params.len; i++)
		if (f->params.data[i]->type == TYPE_STRING)
			return true;
	return false;
}

static unsigned add_frame(struct unit *u, struct strbuf *sb, const struct function_info *info)
{
	unsigned bytes = 0;

	strbuf_addf(sb, "struct frame_%s {\n", info->name);
	for (size_t i = 0; i < info->function->params.len; i++) {
		if (info->function->params.data[i]->type != TYPE_STRING)
			continue;
		strbuf_addf(sb, "\tchar %s[MAXSTRINGLEN];\n", info->function->params.data[i]->name);
		bytes += (unsigned)u->max_string;
	}
	strbuf_add(sb, "} __attribute__((aligned(8)));\n\n");
	return (bytes + 7) / 8 * 8;
}

static void take_frame(struct strbuf *sb, const struct function_info *info)
{
	const struct function *f = info->function;

	strbuf_addf(sb, "\tstruct frame_%s *stap_frame = script_frame(stap_context, sizeof(*stap_frame));\n\n"
		    "\tif (!stap_frame)\n\t\treturn%s;\n", info->name, f->type == TYPE_LONG ? " 0" : "");
	for (size_t i = 0; i < f->params.len; i++)
		if (f->params.data[i]->type == TYPE_STRING)
			strbuf_addf(sb, "\tstr_copy(stap_frame->%s, stap_arg_%s, MAXSTRINGLEN);\n",
				    f->params.data[i]->name, f->params.data[i]->name);
}

/*
 * The code as a function of its own, which gives its result through a pointer: a plain `return;` leaves it, as
 * scripts expect.
 */
static void add_code(struct strbuf *sb, const struct function_info *info, bool copied, bool old)
{
	const struct function *f = info->function;

	strbuf_addf(sb, "static inline void code_%s(struct context *stap_context", info->name);
	if (f->type != TYPE_UNKNOWN)
		strbuf_addf(sb, ", %s*stap_value", f->type == TYPE_STRING ? "char " : "s64 ");
	for (size_t i = 0; i < f->params.len; i++)
		strbuf_addf(sb, ", %sstap_arg_%s", f->params.data[i]->type != TYPE_STRING ? "s64 " :
			    copied ? "char *" : "const char *", f->params.data[i]->name);
	if (old)
		strbuf_addf(sb, ", struct this_%s *THIS", info->name);
	if (info->uses_next)
		strbuf_add(sb, ", bool *stap_go_on");
	strbuf_addf(sb, ")\n{\n\t{%s\n\t}\n\tgoto stap_out;\nstap_out: ;\n}\n\n", f->code);
}

static void call_code(struct strbuf *sb, const struct function_info *info, bool copied, bool old)
{
	const struct function *f = info->function;

	strbuf_addf(sb, "\tcode_%s(stap_context", info->name);
	if (f->type != TYPE_UNKNOWN)
		strbuf_addf(sb, ", %sstap_result", f->type == TYPE_LONG ? "&" : "");
	for (size_t i = 0; i < f->params.len; i++)
		strbuf_addf(sb, ", %s%s", copied && f->params.data[i]->type == TYPE_STRING ? "stap_frame->" : "stap_arg_",
			    f->params.data[i]->name);
	strbuf_addf(sb, "%s%s);\n", old ? ", &stap_this" : "", info->uses_next ? ", &stap_go_on" : "");
}

static void add_end(struct unit *u, struct strbuf *sb, const struct function_info *info, bool copied, bool old)
{
	const struct function *f = info->function;

	if (code_sets_error(f->code))
		strbuf_add(sb, "\tif (stap_context->last_error)\n"
			   "\t\tscript_error(stap_context, \"%s\", stap_context->last_error);\n"
			   "\tstap_context->last_error = NULL;\n");
	if (copied)
		strbuf_add(sb, "\tscript_frame_release(stap_context, stap_frame);\n");
	if (info->uses_next)
		strbuf_addf(sb, "\tif (stap_go_on) {\n%s%s\t}\n", overload_call(u, f), f->type == TYPE_LONG ? "" : "\treturn;\n");
	if (f->type == TYPE_LONG)
		strbuf_addf(sb, "\treturn %s;\n", old ? "stap_result ? stap_result : stap_this.__retvalue" : "stap_result");
	strbuf_add(sb, "}\n");
}

void embedded_function(struct unit *u, struct function_info *info, const char *head)
{
	const struct function *f = info->function;
	struct strbuf *sb = info->foreign ? &u->foreign : &u->code.tail;
	bool copied = copies_strings(f), old = is_unmangled(u, f);

	if (copied)
		info->frame_bytes = add_frame(u, sb, info);
	if (old)
		declare_this(sb, info);
	strbuf_add(sb, return_macro(f->type));
	argument_macros(sb, f, true);
	global_macros(u, sb, f->code, f->source, true);
	add_code(sb, info, copied, old);
	global_macros(u, sb, f->code, f->source, false);
	argument_macros(sb, f, false);
	strbuf_addf(sb, "#undef STAP_RETURN\n#undef STAP_RETVALUE\n\n%s\n{\n", head);
	if (copied)
		take_frame(sb, info);
	if (f->type == TYPE_LONG)
		strbuf_add(sb, "\ts64 stap_result = 0;\n");
	if (old)
		fill_this(sb, info, copied);
	if (info->uses_next)
		strbuf_add(sb, "\tbool stap_go_on = false;\n");
	if (f->type == TYPE_STRING)
		strbuf_add(sb, "\tstap_result[0] = 0;\n");
	if (looks_at_context(f->code, f->source))
		strbuf_add(sb, "\tembedded_context(stap_context);\n");
	call_code(sb, info, copied, old);
	add_end(u, sb, info, copied, old);
	strbuf_addc(sb, '\n');
}

/* ---- expressions ----------------------------------------------------------------------------------- */

struct value emit_embedded(struct body *b, const struct expr *e)
{
	struct unit *u = b->unit;
	const struct source *from = e->at ? e->at->source : NULL;
	bool text = e->type == TYPE_STRING, foreign = is_foreign(u, from);
	struct strbuf *sb = foreign ? &u->foreign : &u->code.tail;
	const char *head = arena_printf("%s%sembedded_%d(struct context *stap_context)", foreign ? "" : "static ",
					text ? "const char *" : "s64 ", u->next_embedded++);
	const char *t = new_temp(b);

	if (foreign)
		strbuf_addf(&u->shared_prototypes, "%s;\n", head);
	global_macros(u, sb, e->embedded.code, from, true);
	strbuf_addf(sb, "%s\n{\n%s\treturn %s(%s);\n}\n\n", head,
		    looks_at_context(e->embedded.code, from) ? "\tembedded_context(stap_context);\n" : "",
		    text ? "" : "(s64)", e->embedded.code);
	global_macros(u, sb, e->embedded.code, from, false);
	line(b, "%s%s = embedded_%d(c);", text ? "const char *" : "s64 ", t, u->next_embedded - 1);
	if (e->embedded.writes)		/* an array may be full */
		emit_raise(b, e->at, "c->error", NULL);
	return (struct value){ .text = t, .simple = true, .constant = !text, .is_string = text };
}

/* ---- globals that embedded C may use ------------------------------------------------------------------ */

static const char *comma_keys(const struct global *g, const char *(*list)(const struct var *))
{
	return g->shape ? arena_printf(", %s", list(g->var)) : "";
}

static void array_setter(struct strbuf *sb, const struct global *g, bool text)
{
	strbuf_addf(sb, "\tstruct %s_node *n = %s_add(&global_%s, %s);\n\n\tif (!n)\n"
		    "\t\tscript_error(c, %s);\n\telse\n\t\t%s;\n", g->shape, g->shape, g->name,
		    key_arguments(g->var), array_overflow(g->var),
		    text ? "str_copy(n->value, value, MAXSTRINGLEN)" : "n->value = value");
}

static void add_accessors(struct unit *u, struct strbuf *sb, const struct global *g)
{
	bool text = g->var->type == TYPE_STRING;
	const char *type = text ? "const char *" : "s64 ", *scope = u->two_units ? "" : "static inline ";
	const char *get, *set;

	set = arena_printf("%svoid embedded_set_%s(struct context *c%s, %svalue)", scope, g->name,
			   comma_keys(g, key_parameters), type);
	get = arena_printf("%s%sembedded_get_%s(struct context *c%s)", scope, type, g->name,
			   comma_keys(g, key_parameters));
	if (u->two_units)
		strbuf_addf(&u->shared_prototypes, "%s;\n%s;\n", get, set);
	strbuf_addf(sb, "%s\n{\n", set);
	if (g->storage == STORAGE_AGGREGATE)
		strbuf_addf(sb, "\tadd_%s(c, value%s);\n}\n\n", g->name, comma_keys(g, key_arguments));
	else if (g->shape)
		array_setter(sb, g, text);
	else
		strbuf_addf(sb, text ? "\tstr_copy(global_%s, value, MAXSTRINGLEN);\n" : "\tglobal_%s = value;\n",
			    g->name);
	if (g->storage == STORAGE_AGGREGATE)
		return;
	strbuf_addf(sb, "}\n\n%s\n{\n\treturn %s_%s%s;\n}\n\n", get, g->shape ? "get" : "global", g->name,
		    g->shape ? arena_printf("(%s)", key_arguments(g->var)) : "");
}

void embedded_accessors(struct unit *u, struct strbuf *sb)
{
	vec_each(&u->globals, struct global, g)
		if ((g->alone | g->shared) & USE_CODE)
			add_accessors(u, sb, g);
}

void embedded_file_level(struct unit *u, struct strbuf *sb, bool foreign, bool late)
{
	for (size_t i = 0; i < u->program->embeds.len; i++) {
		const struct embed_decl *d = u->program->embeds.data[i];

		if (is_foreign(u, d->source) == foreign && code_has(d->code, "pragma:suffix") == late)
			strbuf_addf(sb, "%s\n\n", d->code);
	}
}
