/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C inside scripts: %{ ... %}.
 *
 * The library's is written against script.h and stands in the unit itself.  A user's may
 * want kernel headers; for the kernel it goes to a second unit that includes them, and
 * the two call each other through prototypes.  The text is pasted unchanged; the names
 * it uses (STAP_ARG_x, STAP_RETVALUE, ...) are macros, redefined for each function.
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

void embedded_macros(struct strbuf *sb)
{
	strbuf_add(sb,
		   "#define CONTEXT stap_context\n"
		   "#define STAP_ERROR(...) \\\n"
		   "\tdo { script_error(stap_context, __VA_ARGS__); goto stap_out; } while (0)\n"
		   "#define STAP_PRINTF(...) script_printf(stap_context, __VA_ARGS__)\n"
		   "#define STAP_NEXT do { goto stap_next; } while (0)\n\n");
}

static const char *return_macro(enum type type)
{
	switch (type) {
	case TYPE_LONG:
		return "#define STAP_RETVALUE stap_result\n"
		       "#define STAP_RETURN(v) do { stap_result = (s64)(v); goto stap_out; } while (0)\n";
	case TYPE_STRING:
		return "#define STAP_RETVALUE stap_result\n"
		       "#define STAP_RETURN(v) \\\n"
		       "\tdo { str_copy(stap_result, v, MAXSTRINGLEN); goto stap_out; } while (0)\n";
	default:
		return "#define STAP_RETURN(...) do { goto stap_out; } while (0)\n";
	}
}

/* Each global that a pragma names; `what` is GET or SET. */
static void global_macros(struct unit *u, struct strbuf *sb, const struct function *f, bool define)
{
	static const struct { const char *pragma, *what, *function; } kinds[] = {
		{ "pragma:read:", "GET", "get" },
		{ "pragma:write:", "GET", "get" },
		{ "pragma:write:", "SET", "set" },
	};
	char name[256];

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const char *cursor = f->code;

		while (code_global(&cursor, kinds[k].pragma, name, sizeof(name))) {
			const struct global *g = global_named(u, name, f->source);

			strbuf_addf(sb, "#undef STAP_GLOBAL_%s_%s\n", kinds[k].what, name);
			if (g && define)
				strbuf_addf(sb, "#define STAP_GLOBAL_%s_%s(...) "
					    "embedded_%s_%s(stap_context, ##__VA_ARGS__)\n", kinds[k].what, name,
					    kinds[k].function, g->name);
		}
	}
}

static void argument_macros(struct strbuf *sb, const struct function *f, bool copied, bool define)
{
	for (size_t i = 0; i < f->params.len; i++) {
		const struct var *v = f->params.data[i];

		if (define)
			strbuf_addf(sb, "#define STAP_ARG_%s %s%s\n", v->name,
				    copied && v->type == TYPE_STRING ? "stap_frame->" : "stap_arg_", v->name);
		else
			strbuf_addf(sb, "#undef STAP_ARG_%s\n", v->name);
	}
}

/* ---- old names: THIS->param, THIS->__retvalue ------------------------------------------------- */

static bool is_unmangled(const struct unit *u, const struct function *f)
{
	const char *compatible = u->session->options.compatible;

	return code_has(f->code, "unmangled") ||
	       (compatible && strverscmp(compatible, "1.8") < 0);
}

static void add_this(struct strbuf *sb, const struct function *f, bool copied)
{
	strbuf_add(sb, "\tstruct {\n");
	for (size_t i = 0; i < f->params.len; i++)
		strbuf_addf(sb, "\t\t%s%s;\n", f->params.data[i]->type == TYPE_STRING ? "char *" : "s64 ",
			    f->params.data[i]->name);
	if (f->type == TYPE_STRING)
		strbuf_add(sb, "\t\tchar *__retvalue;\n");
	if (f->type == TYPE_LONG)
		strbuf_add(sb, "\t\ts64 __retvalue;\n");
	strbuf_add(sb, "\t} stap_this = {\n");
	for (size_t i = 0; i < f->params.len; i++) {
		bool text = f->params.data[i]->type == TYPE_STRING;

		strbuf_addf(sb, "\t\t.%s = %s%s%s,\n", f->params.data[i]->name, text ? "(char *)" : "",
			    text && copied ? "stap_frame->" : "stap_arg_", f->params.data[i]->name);
	}
	if (f->type == TYPE_STRING)
		strbuf_add(sb, "\t\t.__retvalue = stap_result,\n");
	strbuf_add(sb, "\t}, *THIS = &stap_this;\n");
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

static void add_end(struct unit *u, struct strbuf *sb, const struct function_info *info, bool copied, bool old)
{
	const char *release = copied ? "\tscript_frame_release(stap_context, stap_frame);\n" : "";
	const struct function *f = info->function;

	strbuf_addf(sb, "\tgoto stap_out;\nstap_out:\n%s", release);
	if (f->type == TYPE_LONG)
		strbuf_addf(sb, "\treturn %s;\n", old ? "stap_result ? stap_result : stap_this.__retvalue"
						      : "stap_result");
	else
		strbuf_add(sb, "\treturn;\n");
	if (info->uses_next)
		strbuf_addf(sb, "stap_next:\n%s%s", release, overload_call(u, f));
	strbuf_add(sb, "}\n");
}

void embedded_function(struct unit *u, struct function_info *info, const char *head)
{
	const struct function *f = info->function;
	struct strbuf *sb = info->foreign ? &u->foreign : &u->code;
	bool copied = copies_strings(f), old = is_unmangled(u, f);

	if (copied)
		info->frame_bytes = add_frame(u, sb, info);
	strbuf_add(sb, return_macro(f->type));
	argument_macros(sb, f, copied, true);
	global_macros(u, sb, f, true);
	strbuf_addf(sb, "%s\n{\n", head);
	if (copied)
		take_frame(sb, info);
	if (old)
		add_this(sb, f, copied);
	if (f->type == TYPE_LONG)
		strbuf_add(sb, "\ts64 stap_result = 0;\n");
	if (f->type == TYPE_STRING)
		strbuf_add(sb, "\tstap_result[0] = 0;\n");
	strbuf_addf(sb, "\t{%s\n\t}\n", f->code);
	add_end(u, sb, info, copied, old);
	global_macros(u, sb, f, false);
	argument_macros(sb, f, copied, false);
	strbuf_add(sb, "#undef STAP_RETURN\n#undef STAP_RETVALUE\n\n");
}

/* ---- expressions ----------------------------------------------------------------------------------- */

struct value emit_embedded(struct body *b, const struct expr *e)
{
	struct unit *u = b->unit;
	bool text = e->type == TYPE_STRING, foreign = is_foreign(u, e->at ? e->at->source : NULL);
	const char *head = arena_printf("%s%sembedded_%d(struct context *stap_context)", foreign ? "" : "static ",
					text ? "const char *" : "s64 ", u->next_embedded++);
	const char *t = new_temp(b);

	if (foreign)
		strbuf_addf(&u->shared_prototypes, "%s;\n", head);
	strbuf_addf(foreign ? &u->foreign : &u->code, "%s\n{\n\treturn %s(%s);\n}\n\n", head,
		    text ? "" : "(s64)", e->embedded.code);
	line(b, "%s%s = embedded_%d(c);", text ? "const char *" : "s64 ", t, u->next_embedded - 1);
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
