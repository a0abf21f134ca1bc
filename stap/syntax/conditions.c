/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions of the preprocessor: triples "left operator right", joined by && and ||.
 * What may stand on the left is a table; a row gives the value and how it is
 * compared.  Values are asked for only where they decide something, so that a script
 * that does not look at the kernel needs none.
 */
#include "conditions.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "../base/arena.h"
#include "../base/nearest.h"
#include "../debuginfo/debuginfo.h"
#include "../session.h"

struct condition {
	struct session *session;
	const struct token *at, *end, *after;
	unsigned *errors;
	bool failed;
};

/* ---- messages ------------------------------------------------------------------------- */

static struct diag *complain(struct condition *c, const struct token *t, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static struct diag *complain(struct condition *c, const struct token *t, const char *format, ...)
{
	va_list args;
	struct diag *d;

	if (c->failed)
		return diag_discarded();
	va_start(args, format);
	d = diag_report(DIAG_preprocessor, token_place(t), "%s", arena_vprintf(format, args));
	va_end(args);
	c->failed = true;
	++*c->errors;
	return d;
}

static const struct token *current(const struct condition *c)
{
	return c->at < c->end ? c->at : c->after;
}

/* ---- comparisons -------------------------------------------------------------------------- */

static bool is_comparison(enum token_code op)
{
	return op == TOK_LT || op == TOK_LE || op == TOK_EQ || op == TOK_NE || op == TOK_GE ||
	       op == TOK_GT;
}

static bool is_equality(enum token_code op)
{
	return op == TOK_EQ || op == TOK_NE;
}

static bool decide(int order, enum token_code op)
{
	switch (op) {
	case TOK_LT: return order < 0;
	case TOK_LE: return order <= 0;
	case TOK_EQ: return order == 0;
	case TOK_NE: return order != 0;
	case TOK_GE: return order >= 0;
	default: return order > 0;
	}
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[");
}

static bool matches(const char *value, const char *pattern)
{
	return !strcmp(value, pattern) || !fnmatch(pattern, value, 0);
}

/* ---- values ---------------------------------------------------------------------------------- */

static const struct { const char *machine, *arch; } arch_names[] = {
	{ "i?86", "i386" }, { "ppc*", "powerpc" }, { "s390*", "s390" }, { "aarch64", "arm64" },
	{ "arm*", "arm" }, { "mips*", "mips" }, { "riscv*", "riscv" },
};

const char *session_arch(const struct session *s)
{
	struct utsname host;

	if (s->kernel)
		return s->kernel->arch;
	if (uname(&host) < 0)
		return "";
	for (size_t i = 0; i < sizeof arch_names / sizeof arch_names[0]; i++)
		if (!fnmatch(arch_names[i].machine, host.machine, 0))
			return arch_names[i].arch;
	return arena_strdup(host.machine);
}

static const char *value_kernel_v(struct session *s)
{
	const struct kernel *kernel = session_kernel(s);

	return kernel ? kernel->version : NULL;
}

static const char *value_kernel_vr(struct session *s)
{
	const struct kernel *kernel = session_kernel(s);

	return kernel ? kernel->release : NULL;
}

static const char *value_systemtap_v(struct session *s)
{
	return s->options.compatible ? s->options.compatible : STAP_COMPATIBLE_VERSION;
}

static const char *value_arch(struct session *s)
{
	return session_arch(s);
}

static const char *value_runtime(struct session *s)
{
	return s->options.runtime == RUNTIME_USER ? "user" : "kernel";
}

static const char *value_privilege(struct session *s)
{
	switch (s->options.privilege) {
	case PRIVILEGE_STAPUSR: return "stapusr";
	case PRIVILEGE_STAPSYS: return "stapsys";
	default: return "stapdev";
	}
}

static const char *value_guru_mode(struct session *s)
{
	return s->options.guru ? "1" : "0";
}

enum comparison { BY_VERSION, BY_GLOB, BY_TEXT, BY_NUMBER };

static const struct subject {
	const char *name;
	enum comparison comparison;
	const char *(*value)(struct session *s);	/* NULL: an error was reported */
} subjects[] = {
	{ "kernel_v", BY_VERSION, value_kernel_v },
	{ "kernel_vr", BY_VERSION, value_kernel_vr },
	{ "systemtap_v", BY_VERSION, value_systemtap_v },
	{ "arch", BY_GLOB, value_arch },
	{ "runtime", BY_GLOB, value_runtime },
	{ "systemtap_privilege", BY_TEXT, value_privilege },
	{ "guru_mode", BY_NUMBER, value_guru_mode },
};

#define SUBJECTS (sizeof subjects / sizeof subjects[0])

static const struct subject *find_subject(const char *name)
{
	for (size_t i = 0; i < SUBJECTS; i++)
		if (!strcmp(subjects[i].name, name))
			return &subjects[i];
	return NULL;
}

/* ---- triples ------------------------------------------------------------------------------------- */

struct triple {
	const struct token *left, *op, *right;
	bool negative;		/* a minus sign before the number on the right */
	bool live;		/* its value matters */
};

static int64_t number_of(struct condition *c, const struct token *t, bool negative)
{
	int64_t value;

	if (!token_number(t, &value))
		complain(c, t, "number invalid or out of range");
	return negative ? (int64_t)-(uint64_t)value : value;
}

static bool wants(struct condition *c, bool fits, const struct token *t, const char *what)
{
	if (!fits)
		complain(c, t, "expected %s", what);
	return fits;
}

static bool decide_version(struct condition *c, const struct triple *t, const char *value)
{
	if (!is_glob(t->right->text))
		return decide(strverscmp(value, t->right->text), t->op->code);
	if (!wants(c, is_equality(t->op->code), t->op, "'==' or '!=' before a pattern"))
		return false;
	return matches(value, t->right->text) == (t->op->code == TOK_EQ);
}

static bool decide_subject(struct condition *c, const struct triple *t, const struct subject *s)
{
	bool number = s->comparison == BY_NUMBER;
	const char *value;

	if (!wants(c, t->right->kind == (number ? TOKEN_NUMBER : TOKEN_STRING), t->right,
		   number ? "a number" : "a string") ||
	    !wants(c, s->comparison == BY_VERSION || is_equality(t->op->code), t->op, "'==' or '!='"))
		return false;
	value = t->live ? s->value(c->session) : "";
	if (!value) {
		c->failed = true;
		++*c->errors;
		return false;
	}
	switch (s->comparison) {
	case BY_VERSION: return decide_version(c, t, value);
	case BY_GLOB: return matches(value, t->right->text) == (t->op->code == TOK_EQ);
	case BY_TEXT: return decide(strcmp(value, t->right->text), t->op->code);
	default: return decide(compare_numbers(atoi(value), number_of(c, t->right, t->negative)),
			       t->op->code);
	}
}

static const char *config_value(struct condition *c, const struct token *t)
{
	struct kernel *kernel = session_kernel(c->session);

	if (kernel)
		return kernel_config(kernel, t->text);
	if (!c->failed)
		++*c->errors;
	c->failed = true;
	return "";
}

static bool is_numeric(const char *text, int64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoll(text, &end, 0);
	return *text && !*end && !errno;
}

static bool decide_config_number(struct condition *c, const struct triple *t, const char *value)
{
	int64_t number;

	if (!is_numeric(value, &number)) {
		struct diag *d = complain(c, t->left, "value of this option is not a number");

		if (*value)
			diag_hint(d, "it is \"%s\"", value);
		else
			diag_hint(d, "this kernel does not have it");
		return false;
	}
	return decide(compare_numbers(number, number_of(c, t->right, t->negative)), t->op->code);
}

static bool decide_configs(struct condition *c, const struct triple *t, const char *left)
{
	const char *right = config_value(c, t->right);
	int64_t a, b;

	if (is_numeric(left, &a) && is_numeric(right, &b))
		return decide(compare_numbers(a, b), t->op->code);
	return decide(strcmp(left, right), t->op->code);
}

static bool is_config(const struct token *t)
{
	return t->kind == TOKEN_IDENTIFIER && !strncmp(t->text, "CONFIG_", 7);
}

static bool decide_config(struct condition *c, const struct triple *t)
{
	bool text = t->right->kind == TOKEN_STRING;

	if (!wants(c, text || t->right->kind == TOKEN_NUMBER || is_config(t->right), t->right,
		   "a string, a number or another CONFIG_ option") ||
	    !wants(c, !text || is_equality(t->op->code), t->op, "'==' or '!=' before a string") ||
	    !t->live)
		return false;
	const char *value = config_value(c, t->left);

	if (text)
		return matches(value, t->right->text) == (t->op->code == TOK_EQ);
	return is_config(t->right) ? decide_configs(c, t, value) : decide_config_number(c, t, value);
}

static bool complain_subject(struct condition *c, const struct token *t)
{
	struct nearest n;

	nearest_init(&n, t->text);
	for (size_t i = 0; i < SUBJECTS; i++)
		nearest_offer(&n, subjects[i].name);
	diag_nearest(complain(c, t, "expected 'arch', 'kernel_v', 'kernel_vr', 'systemtap_v', 'runtime', "
			      "'systemtap_privilege', 'guru_mode', a CONFIG_ option, a number or a string"),
		     &n);
	return false;
}

static bool decide_triple(struct condition *c, const struct triple *t, bool left_negative)
{
	const struct subject *subject = find_subject(t->left->text);

	if (t->left->kind == TOKEN_STRING)
		return wants(c, t->right->kind == TOKEN_STRING, t->right, "a string") &&
		       decide(strcmp(t->left->text, t->right->text), t->op->code);
	if (t->left->kind == TOKEN_NUMBER)
		return wants(c, t->right->kind == TOKEN_NUMBER, t->right, "a number") &&
		       decide(compare_numbers(number_of(c, t->left, left_negative),
					      number_of(c, t->right, t->negative)), t->op->code);
	if (t->left->kind == TOKEN_IDENTIFIER && subject)
		return decide_subject(c, t, subject);
	return is_config(t->left) ? decide_config(c, t) : complain_subject(c, t->left);
}

static bool take_minus(struct condition *c)
{
	if (current(c)->code != TOK_SUB || c->at + 1 >= c->end || c->at[1].kind != TOKEN_NUMBER)
		return false;
	c->at++;
	return true;
}

static const struct token *take_token(struct condition *c)
{
	const struct token *t = current(c);

	if (c->at < c->end)
		c->at++;
	return t;
}

/* triple = operand comparison operand */
static bool scan_triple(struct condition *c, bool live)
{
	struct triple t = { .live = live };
	bool left_negative = take_minus(c);

	t.left = take_token(c);
	t.op = take_token(c);
	if (t.left != c->after && !is_comparison(t.op->code)) {
		complain(c, t.op, "expected a comparison operator");
		return false;
	}
	t.negative = take_minus(c);
	t.right = take_token(c);
	return decide_triple(c, &t, left_negative);
}

/* conjunction = triple ("&&" triple)* */
static bool scan_conjunction(struct condition *c, bool live)
{
	bool holds = scan_triple(c, live);

	while (!c->failed && current(c)->code == TOK_LAND && c->at < c->end) {
		c->at++;
		bool also = scan_triple(c, live && holds);

		holds = holds && also;
	}
	return holds;
}

/* condition = conjunction ("||" conjunction)* */
bool condition_holds(struct session *s, struct token_range tokens, const struct token *after,
		     unsigned *errors)
{
	struct condition c = {
		.session = s, .at = tokens.first, .end = tokens.end, .after = after, .errors = errors,
	};
	bool holds = scan_conjunction(&c, true);

	while (!c.failed && current(&c)->code == TOK_LOR && c.at < c.end) {
		c.at++;
		bool also = scan_conjunction(&c, !holds);

		holds = holds || also;
	}
	if (!c.failed && c.at < c.end)
		complain(&c, c.at, "expected '&&', '||' or '%%?'");
	return holds && !c.failed;
}
