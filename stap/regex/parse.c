/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns to trees, by recursive descent.  Each function carries its rule.
 *
 * Extended regular expressions of POSIX, with the escapes of C (also inside brackets, where POSIX
 * has none) and (?:...) groups.  Bytes, not characters; no locale.
 */
#include "private.h"

#include <ctype.h>
#include <string.h>

#include "../base/arena.h"

#define MAX_REPEAT 1000
#define MAX_PARENTHESES 200

struct parser {
	const char *start, *at;
	int groups, depth;
	struct regex_error *error;
};

static const struct regex_tree *choice(struct parser *p);

static void *fail_at(struct parser *p, const char *at, const char *text)
{
	if (!p->error->text)
		*p->error = (struct regex_error){ text, (size_t)(at - p->start) };
	return NULL;
}

static struct regex_tree *tree_new(enum regex_tree_kind kind, const struct regex_tree *left,
				   const struct regex_tree *right)
{
	struct regex_tree *t = arena_new(struct regex_tree);

	t->kind = kind;
	t->left = left;
	t->right = right;
	t->first_group = 1;
	if (left) {
		t->first_group = left->first_group;
		t->last_group = left->last_group;
	}
	if (right && right->last_group >= right->first_group) {
		if (t->last_group < t->first_group)
			t->first_group = right->first_group;
		t->last_group = right->last_group;
	}
	return t;
}

static void set_add(struct byte_set *set, unsigned byte)
{
	set->bits[byte / 64] |= 1ULL << (byte % 64);
}

static const struct regex_tree *tree_byte(unsigned byte)
{
	struct regex_tree *t = tree_new(TREE_SET, NULL, NULL);

	set_add(&t->set, byte);
	return t;
}

static const struct regex_tree *tree_any(void)
{
	struct regex_tree *t = tree_new(TREE_SET, NULL, NULL);

	memset(&t->set, 0xff, sizeof(t->set));
	return t;
}

/* ---- bytes -------------------------------------------------------------------------- */

static unsigned hex_value(char c)
{
	return isdigit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)(tolower((unsigned char)c) - 'a' + 10);
}

/* x H H? */
static unsigned hex_escape(struct parser *p)
{
	unsigned value = 0;
	int digits = 0;

	p->at++;
	for (; digits < 2 && isxdigit((unsigned char)*p->at); digits++)
		value = value * 16 + hex_value(*p->at++);
	if (!digits)
		fail_at(p, p->at, "\\x needs hexadecimal digits");
	return value;
}

/* N (N N?)? in octal */
static unsigned octal_escape(struct parser *p)
{
	unsigned value = 0;

	for (int digits = 0; digits < 3 && *p->at >= '0' && *p->at <= '7'; digits++)
		value = value * 8 + (unsigned)(*p->at++ - '0');
	return value & 255;
}

/* \ (letter of C | octal | xHEX | any byte for itself), the backslash already taken */
static unsigned escape(struct parser *p)
{
	static const char letters[] = "abtnvfr";	/* 7 .. 13 */
	const char *letter;

	if (!*p->at) {
		fail_at(p, p->at - 1, "nothing after \\");
		return 0;
	}
	if (*p->at == 'x')
		return hex_escape(p);
	if (*p->at >= '0' && *p->at <= '7')
		return octal_escape(p);
	letter = strchr(letters, *p->at);
	if (letter) {
		p->at++;
		return 7 + (unsigned)(letter - letters);
	}
	return (unsigned char)*p->at++;
}

/* ---- brackets --------------------------------------------------------------------------- */

static const struct { const char *name; int (*test)(int); } byte_kinds[] = {
	{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank }, { "cntrl", iscntrl },
	{ "digit", isdigit }, { "graph", isgraph }, { "lower", islower }, { "print", isprint },
	{ "punct", ispunct }, { "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
};

/* [:NAME:] */
static void named_kind(struct parser *p, struct byte_set *set)
{
	const char *name = p->at + 2, *end = strstr(name, ":]");

	for (size_t i = 0; end && i < sizeof(byte_kinds) / sizeof(*byte_kinds); i++) {
		size_t len = strlen(byte_kinds[i].name);

		if ((size_t)(end - name) != len || memcmp(name, byte_kinds[i].name, len))
			continue;
		for (int byte = 0; byte < 128; byte++)
			if (byte_kinds[i].test(byte))
				set_add(set, (unsigned)byte);
		p->at = end + 2;
		return;
	}
	fail_at(p, p->at, "no such character class");
}

static unsigned bracket_byte(struct parser *p)
{
	if (p->at[0] == '[' && (p->at[1] == '.' || p->at[1] == '=')) {
		fail_at(p, p->at, "collating elements are not supported");
		return 0;
	}
	if (*p->at != '\\')
		return (unsigned char)*p->at++;
	p->at++;
	return escape(p);
}

/* BYTE | BYTE - BYTE */
static void bracket_range(struct parser *p, struct byte_set *set)
{
	const char *start = p->at;
	unsigned first = bracket_byte(p), last = first;

	if (p->at[0] == '-' && p->at[1] && p->at[1] != ']') {
		p->at++;
		last = bracket_byte(p);
	}
	if (last < first)
		fail_at(p, start, "the range ends before it starts");
	for (; first <= last; first++)
		set_add(set, first);
}

/* [ ^? ]? (range | [:NAME:])* ] */
static const struct regex_tree *bracket(struct parser *p)
{
	struct regex_tree *t = tree_new(TREE_SET, NULL, NULL);
	const char *start = p->at++;
	bool negated = *p->at == '^';
	const char *first;

	p->at += negated;
	first = p->at;
	while (*p->at && (*p->at != ']' || p->at == first) && !p->error->text) {
		if (p->at[0] == '[' && p->at[1] == ':')
			named_kind(p, &t->set);
		else
			bracket_range(p, &t->set);
	}
	if (!*p->at)
		return fail_at(p, start, "[ is not closed");
	p->at++;
	for (int i = 0; negated && i < 4; i++)
		t->set.bits[i] = ~t->set.bits[i];
	return t;
}

/* ---- operators ------------------------------------------------------------------------------ */

/* ( choice ) | (?: choice ) */
static const struct regex_tree *group(struct parser *p)
{
	const char *start = p->at++;
	const struct regex_tree *inside;
	struct regex_tree *t;
	int number = 0;

	if (p->at[0] == '?') {
		if (p->at[1] != ':')
			return fail_at(p, p->at, "only (?: is supported after (?");
		p->at += 2;
	} else {
		number = ++p->groups;
	}
	if (++p->depth > MAX_PARENTHESES)
		return fail_at(p, start, "too many nested parentheses");
	inside = choice(p);
	p->depth--;
	if (!inside)
		return NULL;
	if (*p->at != ')')
		return fail_at(p, start, "( is not closed");
	p->at++;
	if (!number)
		return inside;
	t = tree_new(TREE_GROUP, inside, NULL);
	t->group = t->first_group = number;
	if (t->last_group < number)
		t->last_group = number;
	return t;
}

/* . | ^ | $ | \ escape | bracket | group | BYTE */
static const struct regex_tree *atom(struct parser *p)
{
	switch (*p->at) {
	case '.':
		p->at++;
		return tree_any();
	case '^':
		p->at++;
		return tree_new(TREE_TEXT_START, NULL, NULL);
	case '$':
		p->at++;
		return tree_new(TREE_TEXT_END, NULL, NULL);
	case '\\':
		p->at++;
		return tree_byte(escape(p));
	case '[':
		return bracket(p);
	case '(':
		return group(p);
	case '*':
	case '+':
	case '?':
	case '{':
		return fail_at(p, p->at, "nothing to repeat");
	default:
		return tree_byte((unsigned char)*p->at++);
	}
}

static const struct regex_tree *star(const struct regex_tree *t)
{
	return tree_new(TREE_OPTION, tree_new(TREE_PLUS, t, NULL), NULL);
}

/* t{n,m}: n times t, then t(t(t)?)?; m -1: then t*.  The copies share the tree. */
static const struct regex_tree *repeated(const struct regex_tree *t, int least, int most)
{
	const struct regex_tree *result = NULL;

	if (most == 0)
		return tree_new(TREE_EMPTY, NULL, NULL);
	if (most < 0 && least > 0) {
		result = tree_new(TREE_PLUS, t, NULL);
		least--;
	} else if (most < 0) {
		result = star(t);
	}
	for (int i = least; i < most; i++) {
		result = result ? tree_new(TREE_CONCAT, t, result) : t;
		result = tree_new(TREE_OPTION, result, NULL);
	}
	for (int i = 0; i < least; i++)
		result = result ? tree_new(TREE_CONCAT, t, result) : t;
	return result;
}

static int repeat_count(struct parser *p)
{
	const char *start = p->at;
	int value = 0;

	while (isdigit((unsigned char)*p->at) && value <= MAX_REPEAT)
		value = value * 10 + (*p->at++ - '0');
	if (value > MAX_REPEAT)
		fail_at(p, start, "repetition count above 1000");
	return value;
}

/* { N } | { N , } | { N , M } | { , M } */
static const struct regex_tree *interval(struct parser *p, const struct regex_tree *t)
{
	const char *start = p->at++;
	int least, most;

	if (!isdigit((unsigned char)*p->at) && *p->at != ',')
		return fail_at(p, start, "a number must follow {");
	least = most = repeat_count(p);
	if (*p->at == ',') {
		p->at++;
		most = isdigit((unsigned char)*p->at) ? repeat_count(p) : -1;
	}
	if (*p->at != '}')
		return fail_at(p, start, "{ is not closed");
	p->at++;
	if (most >= 0 && most < least)
		return fail_at(p, start, "the repetition's maximum is below its minimum");
	return repeated(t, least, most);
}

/* atom (* | + | ? | interval)* */
static const struct regex_tree *piece(struct parser *p)
{
	const struct regex_tree *t = atom(p);

	while (t && !p->error->text) {
		switch (*p->at) {
		case '*':
			t = star(t);
			break;
		case '+':
			t = tree_new(TREE_PLUS, t, NULL);
			break;
		case '?':
			t = tree_new(TREE_OPTION, t, NULL);
			break;
		case '{':
			t = interval(p, t);
			continue;
		default:
			return t;
		}
		p->at++;
	}
	return NULL;
}

/* piece* */
static const struct regex_tree *concat(struct parser *p)
{
	VEC(const struct regex_tree *) pieces = {0};
	const struct regex_tree *result = NULL;

	while (*p->at && *p->at != '|' && *p->at != ')') {
		const struct regex_tree *t = piece(p);

		if (!t)
			return NULL;
		vec_push(&pieces, t);
	}
	for (size_t i = pieces.len; i-- > 0;)
		result = result ? tree_new(TREE_CONCAT, pieces.data[i], result) : pieces.data[i];
	return result ? result : tree_new(TREE_EMPTY, NULL, NULL);
}

/* concat ( | concat )* */
static const struct regex_tree *choice(struct parser *p)
{
	VEC(const struct regex_tree *) branches = {0};
	const struct regex_tree *result = NULL;

	do {
		const struct regex_tree *t;

		p->at += branches.len > 0;
		t = concat(p);
		if (!t)
			return NULL;
		vec_push(&branches, t);
	} while (*p->at == '|');
	for (size_t i = branches.len; i-- > 0;)
		result = result ? tree_new(TREE_CHOICE, branches.data[i], result) : branches.data[i];
	return result;
}

const struct regex_tree *regex_parse(const char *pattern, int *groups, struct regex_error *error)
{
	struct parser p = { .start = pattern, .at = pattern, .error = error };
	const struct regex_tree *t = choice(&p);

	if (t && *p.at == ')')
		return fail_at(&p, p.at, ") without (");
	*groups = p.groups;
	return error->text ? NULL : t;
}
