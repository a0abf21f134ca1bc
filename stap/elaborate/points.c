/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From probe declarations to concrete probes.
 *
 * A point names spellings of families, or aliases of the library or the script; each
 * alias leads to more points, until families find places.  On the way a chain of
 * links remembers which declarations were passed: their blocks, nested like brackets,
 * make the handler.
 *
 * Failure is speculative: an optional point (?) and each match of a wildcard are tried with
 * messages held back.
 */
#include "elaborate.h"

#include <stdlib.h>
#include <string.h>

#include "../base/oom.h"
#include "../debuginfo/debuginfo.h"
#include "../probes/missing.h"
#include "point_match.h"

/* One step on the way from the script's probe to a family. */
struct link {
	const struct link *outer;
	struct probe_decl *decl;	/* whose blocks apply */
	struct probe_point *point;	/* which of its points is being expanded */
	const char *name;		/* the alias, as matched, with suffix; NULL for an ordinary probe */
	unsigned depth;			/* links around it */
};

/* More than any library or script means: aliases that double the points of the next, say. */
#define DEEPEST_ALIAS 200
#define MOST_ALIASES 100000		/* expanded for one declaration */
#define MOST_PROBES 100000		/* of one declaration */

/*
 * Handlers that do not depend on their probe are resolved once per chain of declarations and conditions; those
 * that do, once for probes of which all that they ask for is the same.
 */
struct shared_body {
	struct likeness like;		/* all 0: for all probes */
	unsigned asked;			/* what of that matters */
	struct shared_body *next;	/* of the same bucket */
	const struct way *way;
	struct stmt *body;
	var_vec *locals;
	saved_vec saved;
	used_vec *used;
	int body_index;
	bool specific;
};

#define SHARED_BUCKETS 4096
#define ASKED_MASKS 8		/* of what others may have, too */

/* What was passed on the way to a probe. */
struct way {
	VEC(struct probe_decl *) decls;
	VEC(const struct expr *) conditions;	/* one for each of decls, or NULL */
};

struct expander {
	struct probe_sink sink;		/* first: handed to families */
	struct elaboration *el;
	const struct link *link;
	size_t added;			/* probes added so far, over all */
	size_t aliases;			/* expanded for this declaration */
	size_t spelled;			/* points so far that are spelled as a family has them, resolved or not */
	point_vec chain;		/* of the last probe */
	struct shared_body *shared[SHARED_BUCKETS];
	size_t remembered;		/* how many there are */
	unsigned asked;			/* a bit for each mask of what the handlers there asked for */
	const struct way *way;		/* that was remembered last */
	struct diag *unknown;		/* first variable of the handler that an optional point did not have */
	size_t declared;		/* probes of this declaration, also those that are too many */
};

static size_t expand_point(struct expander *x, const struct link *link);

static unsigned error_count(void)
{
	return diag_errors() + diag_held_errors();
}

/* ---- handlers ------------------------------------------------------------------------- */

static void add_block(struct stmt *body, struct stmt *part)
{
	if (part)
		vec_push(&body->block, stmt_copy(part));
}

static void add_prologues(struct stmt *body, const struct link *link)
{
	/* from the innermost (the link at the family) outwards */
	for (; link; link = link->outer)
		if (link->decl->alias_names.len && !link->decl->epilogue_only)
			add_block(body, link->decl->body);
}

static void add_epilogues(struct stmt *body, const struct link *link)
{
	if (!link)
		return;
	add_epilogues(body, link->outer);
	if (!link->decl->alias_names.len)
		return;
	add_block(body, link->decl->epilogue);
	if (link->decl->epilogue_only)
		add_block(body, link->decl->body);
}

static const struct link *outermost(const struct link *link)
{
	while (link->outer)
		link = link->outer;
	return link;
}

static struct stmt *leave_unless(struct expr *filter)
{
	struct stmt *s = stmt_new(S_IF, filter->at);

	s->if_.cond = filter;
	s->if_.yes = stmt_new(S_BLOCK, filter->at);
	s->if_.no = stmt_new(S_NEXT, filter->at);
	return s;
}

/* prologues, innermost first, the script's own block, epilogues in reverse */
static void assemble_body(const struct link *link, struct probe *p)
{
	const struct link *user = outermost(link);
	struct stmt *body = stmt_new(S_BLOCK, user->decl->at);

	/* A probe is taken away some time after its condition became false. */
	if (p->condition)
		vec_push(&body->block, leave_unless(expr_copy(p->condition)));
	if (p->filter)
		vec_push(&body->block, leave_unless(p->filter));
	add_prologues(body, link);
	if (user->decl->body && !user->decl->alias_names.len) {
		p->user_body = stmt_copy(user->decl->body);
		vec_push(&body->block, p->user_body);
	}
	add_epilogues(body, link);
	p->body = body;
}

static struct expr *assemble_condition(const struct link *link)
{
	struct expr *all = NULL;

	for (; link; link = link->outer) {
		struct expr *c = link->point->condition;

		if (c)
			all = all ? expr_binary(OP_LAND, expr_copy(c), all, c->at) : expr_copy(c);
	}
	return all;
}

static const char *listed_name(const struct link *link)
{
	const char *name = NULL;

	for (; link; link = link->outer)
		if (link->name)
			name = link->name;
	return name;
}

static bool is_way_of(const struct way *way, const struct link *link)
{
	size_t i = 0;

	for (; link; link = link->outer, i++)
		if (i >= way->decls.len || way->decls.data[i] != link->decl ||
		    way->conditions.data[i] != link->point->condition)
			return false;
	return i == way->decls.len;
}

/* Most often the last one. */
static const struct way *way_here(struct expander *x)
{
	enum arena_area before;
	struct way *way;

	if (x->way && is_way_of(x->way, x->link))
		return x->way;
	before = arena_use(ARENA_LASTING);
	x->way = way = arena_new(struct way);
	for (const struct link *l = x->link; l; l = l->outer) {
		vec_push(&way->decls, l->decl);
		vec_push(&way->conditions, l->point->condition);
	}
	arena_use(before);
	return way;
}

/* What of it matters to a handler that asked for this.  False: nobody is like it. */
static bool likeness(const struct probe *p, unsigned asked, struct likeness *out)
{
	if (asked & ASKED_OWN || !p->family->likeness || !p->family->likeness(p, out))
		return false;
	out->kind = 2 * out->kind + (out->module != NULL) + 1;	/* functions ask names of modules in other ways */
	if (!(asked & ASKED_PARAMETERS))
		out->parameters = NULL;
	if (!(asked & ASKED_RESULT))
		out->result = NULL;
	if (!(asked & ASKED_MODULE))
		out->module = NULL;
	return true;
}

static struct shared_body **shared_bucket(struct expander *x, const struct likeness *like)
{
	const uintptr_t parts[] = { (uintptr_t)like->parameters, (uintptr_t)like->result, (uintptr_t)like->module };
	uint64_t hash = (uint64_t)like->kind;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		hash = (hash ^ parts[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return &x->shared[hash / (UINT64_MAX / SHARED_BUCKETS + 1)];
}

static bool same_likeness(const struct likeness *a, const struct likeness *b)
{
	return a->parameters == b->parameters && a->result == b->result && a->module == b->module && a->kind == b->kind;
}

static struct shared_body *find_like(struct expander *x, unsigned asked, const struct likeness *like)
{
	struct shared_body *b = *shared_bucket(x, like);

	while (b && (b->asked != asked || !same_likeness(&b->like, like) || !is_way_of(b->way, x->link)))
		b = b->next;
	return b;
}

/* Among all, then among those that asked for something. */
static struct shared_body *find_shared(struct expander *x, const struct probe *p)
{
	struct likeness like = {0};
	struct shared_body *b = find_like(x, 0, &like);

	for (unsigned asked = 0; !b && asked < ASKED_MASKS; asked++)
		if (x->asked >> asked & 1 && likeness(p, asked, &like))
			b = find_like(x, asked, &like);
	return b;
}

static void remember_shared(struct expander *x, const struct probe *p)
{
	struct shared_body *b, **bucket;
	struct likeness like = {0};

	if (p->specific && !likeness(p, p->asked, &like))
		return;
	b = checked_realloc(NULL, sizeof *b);
	*b = (struct shared_body){
		.like = like, .asked = p->specific ? p->asked : 0, .way = way_here(x), .body = p->body, .locals = p->locals,
		.saved = p->saved, .used = p->used, .body_index = p->body_index, .specific = p->specific,
	};
	x->remembered++;
	x->asked |= p->specific ? 1u << p->asked : 0;
	bucket = shared_bucket(x, &b->like);
	b->next = *bucket;
	*bucket = b;
}

/* The next declaration is on none of their ways. */
static void forget_shared(struct expander *x)
{
	for (size_t i = 0; x->remembered && i < SHARED_BUCKETS; i++)
		for (struct shared_body *b = x->shared[i], *next; b; b = next) {
			next = b->next;
			free(b);
		}
	memset(x->shared, 0, x->remembered ? sizeof x->shared : 0);
	x->remembered = 0;
	x->asked = 0;
}

/* Most often the one that the last probe has. */
static const point_vec *chain_of(struct expander *x)
{
	const struct link *l = x->link;
	size_t i = 0;

	while (l && i < x->chain.len && x->chain.data[i] == l->point) {
		l = l->outer;
		i++;
	}
	if (!l && i == x->chain.len)
		return &x->chain;
	x->chain = (point_vec){0};
	for (l = x->link; l; l = l->outer)
		vec_push(&x->chain, l->point);
	return &x->chain;
}

static struct probe *create_probe(struct probe_sink *sink)
{
	struct expander *x = (struct expander *)sink;
	struct probe *p = arena_new(struct probe);
	const struct link *user = outermost(x->link);

	p->at = user->point->at ? user->point->at : user->decl->at;
	p->source = user->decl->source;
	p->optional = x->link->point->optional;
	p->chain = *chain_of(x);
	return p;
}

/* What one probe point knows and another may not. */
static bool depends_on_point(enum diag_tag tag)
{
	return tag == DIAG_target_variable || tag == DIAG_unknown_member || tag == DIAG_unknown_type ||
	       tag == DIAG_debuginfo;
}

static bool is_users_place(const struct place *at)
{
	return at && at->source && !at->source->library;
}

/* A mistake in the user's handler is one whatever the probe point: `?` and wildcards do not excuse it. */
static bool is_users_mistake(enum diag_tag tag, const struct place *at)
{
	return is_users_place(at) && !depends_on_point(tag);
}

static bool is_users_unknown(enum diag_tag tag, const struct place *at)
{
	return is_users_place(at) && (tag == DIAG_target_variable || tag == DIAG_unknown_member);
}

static bool is_users_fault(enum diag_tag tag, const struct place *at)
{
	(void)tag;
	return is_users_place(at);
}

static bool give_body(struct expander *x, struct probe *p)
{
	struct shared_body *shared = p->filter || p->works_alone ? NULL : find_shared(x, p);
	size_t mark = diag_mark();
	bool good;

	if (shared) {
		p->body = shared->body;
		p->locals = shared->locals;
		p->saved = shared->saved;
		p->used = shared->used;
		p->body_index = shared->body_index;
		p->specific = shared->specific;
		p->repeats = true;
		return resolve_condition(x->el, p);
	}
	assemble_body(x->link, p);
	p->locals = arena_alloc(sizeof *p->locals);
	p->body_index = x->el->program->bodies++;
	good = resolve_probe(x->el, p);
	diag_make_firm(mark, is_users_mistake);
	if (!good)
		return false;
	if (!p->filter && !p->works_alone)
		remember_shared(x, p);
	return true;
}

/*
 * No kernel takes so many, and the compiler would need gigabytes.  Who asks for that did not expect
 * the hundreds of thousands of inlined copies that debug information knows.
 */
static bool is_too_many(struct expander *x, const struct probe *p)
{
	if (++x->declared <= MOST_PROBES || x->el->listing)
		return false;
	if (x->declared == MOST_PROBES + 1)
		diag_hint(diag_report(DIAG_limit, p->at, "the probe point means more than %d places", MOST_PROBES),
			  "a narrower pattern; of functions .call leaves out what is inlined");
	return true;
}

static void add_probe(struct probe_sink *sink, struct probe *p)
{
	struct expander *x = (struct expander *)sink;
	const char *listed = listed_name(x->link);
	enum arena_area before;
	bool good;

	if (is_too_many(x, p))
		return;
	p->alias_name = listed ? listed : p->name;
	p->from_alias = listed != NULL;
	arena_rest();
	before = arena_use(ARENA_ASIDE);
	p->condition = assemble_condition(x->link);
	good = give_body(x, p);
	arena_use(before);
	if (!good && diag_holding())
		return;		/* otherwise it is told; its types may have faults, too */
	program_add_probe(x->el->program, p);
	x->added += good;
}

struct probe *probe_add_simple(struct probe_sink *sink, const struct probe_family *family,
			       const struct matched_point *m, const char *name, void *family_data)
{
	struct probe *p = sink->create(sink);

	p->family = family;
	p->variant = m->spelling->variant;
	p->name = name;
	p->family_data = family_data;
	sink->add(sink, p);
	return p;
}

/* ---- expansion ---------------------------------------------------------------------------- */

/* Which builtins and aliases a point reached; what failed among wildcard matches. */
struct matches {
	size_t found;			/* spellings and aliases whose name matched */
	size_t added;			/* probes */
	bool speculative;		/* several by wildcard: one failing is no error */
};

static void begin_match(struct matches *ms)
{
	ms->found++;
	if (ms->speculative)
		diag_hold();
}

static void end_match(struct matches *ms)
{
	/* errors go to the outer hold, which is dropped if anything else worked */
	if (ms->speculative)
		diag_release(true);
}

static bool runtime_fits(struct session *s, const struct probe_family *family)
{
	return s->options.runtime != RUNTIME_USER || family->user_runtime;
}

static void check_privilege(struct expander *x, const struct probe_family *family,
			    const struct matched_point *m)
{
	static const char *const names[] = { "stapusr", "stapsys", "stapdev" };
	enum privilege own = x->el->session->options.privilege;

	if (own < family->privilege)
		diag_report(DIAG_privilege, m->point->at, "probe point is not allowed for --privilege=%s",
			    names[own]);
}

/* A kernel whose configuration cannot be read has everything, as far as we know. */
static bool kernel_has(struct session *s, const struct probe_family *family, const struct matched_point *m)
{
	struct kernel *k = family->needs ? session_kernel(s) : NULL;
	struct diag *d;

	if (!k || !*kernel_config(k, "CONFIG_MODULES") || *kernel_config(k, family->needs))
		return true;
	d = diag_report(DIAG_unsupported, m->point->at, "kernel %s was built without %s, which '%s' needs", k->release,
			family->needs, probe_point_text(m->point));
	diag_hint(d, "a kernel with %s=y in its configuration has it", family->needs);
	return false;
}

static void derive(struct expander *x, const struct link *link, const struct probe_family *family,
		   const struct matched_point *m)
{
	if (!runtime_fits(x->el->session, family)) {
		struct diag *d = diag_report(DIAG_unsupported, m->point->at,
					     "probe point '%s' does not exist in --runtime=user",
					     probe_point_text(m->point));

		diag_hint(d, "begin, end, error and timer probes do; run the others with sudo, or with --vm");
		return;
	}
	check_privilege(x, family, m);
	if (!kernel_has(x->el->session, family, m))
		return;
	x->link = link;
	family->derive(&x->sink, m);
}

static void expand_families(struct expander *x, const struct link *link, struct matches *ms)
{
	struct matched_point m;
	size_t before = x->added;

	for (const struct probe_family *const *f = probe_families; *f; f++) {
		for (const struct probe_spelling *sp = (*f)->spellings; sp->pattern; sp++) {
			if (!spelling_match(link->point, sp, &m))
				continue;
			begin_match(ms);
			x->spelled++;
			derive(x, link, *f, &m);
			end_match(ms);
		}
	}
	ms->added += x->added - before;
}

/* The alias's underlying point with the script's suffix and flags added. */
static struct probe_point *with_suffix(const struct probe_point *inner, const struct probe_point *outer,
				       size_t used)
{
	struct probe_point *p = arena_new(struct probe_point);

	*p = *inner;
	if (used == outer->components.len)
		return p;
	p->components.data = NULL;
	p->components.len = p->components.cap = 0;
	vec_each(&inner->components, struct component, c)
		vec_push(&p->components, *c);
	for (size_t i = used; i < outer->components.len; i++)
		vec_push(&p->components, outer->components.data[i]);
	return p;
}

static const char *alias_text(const struct alias *alias, const struct probe_point *p, size_t used)
{
	const char *name = probe_point_text(alias->name);

	for (size_t i = used; i < p->components.len; i++) {
		struct probe_point one = {0};

		vec_push(&one.components, p->components.data[i]);
		name = intern_printf("%s.%s", name, probe_point_text(&one));
	}
	return name;
}

static bool report_recursion(const struct alias *alias, const struct link *link)
{
	if (!alias->expanding)
		return false;
	if (!point_has_wildcard(link->point))
		diag_report(DIAG_alias_recursion, link->point->at, "recursive loop in alias expansion of '%s'",
			    probe_point_text(link->point));
	return true;
}

/* Tells once for a declaration that there is none. */
static bool has_room(struct expander *x, const struct link *link)
{
	bool deep = link->depth >= DEEPEST_ALIAS;

	if (!deep && x->aliases < MOST_ALIASES) {
		x->aliases++;
		return true;
	}
	if (x->aliases <= MOST_ALIASES)
		diag_report(DIAG_limit, outermost(link)->point->at, "more than %d aliases%s", deep ? DEEPEST_ALIAS :
			    MOST_ALIASES, deep ? " lead to each other" : "");
	x->aliases = MOST_ALIASES + 1;
	return false;
}

static void expand_alias(struct expander *x, const struct link *link, struct alias *alias, size_t used)
{
	struct link inner = { .outer = link, .decl = alias->decl, .depth = link->depth + 1,
			      .name = alias_text(alias, link->point, used) };

	if (!has_room(x, link))
		return;

	alias->expanding = true;
	vec_each(&alias->decl->points, struct probe_point *, p) {
		size_t before = x->added;

		inner.point = with_suffix(*p, link->point, used);
		expand_point(x, &inner);
		if ((*p)->sufficient && x->added > before)
			break;
	}
	alias->expanding = false;
}

static void load_wanted(const char *name, library_file_vec *files, void *data)
{
	const struct link *link = ((void **)data)[1];
	const struct probe_point *p = link->point;
	const char *pattern = dotted_name(p, p->components.len);
	bool wanted = dotted_match(pattern, name);

	(void)files;
	/* also an alias that the pattern continues: syscall.*.return.maxactive(2) */
	for (size_t n = p->components.len; !wanted && n-- > 1;)
		wanted = dotted_match(dotted_name(p, n), name);
	if (wanted)
		load_library(((void **)data)[0], LIBRARY_ALIAS, name);
}

static void load_candidates(struct expander *x, const struct link *link)
{
	const struct probe_point *p = link->point;
	void *data[2] = { x->el, (void *)link };

	if (point_has_wildcard(p))
		tapsets_each(x->el->session, LIBRARY_ALIAS, load_wanted, data);
	else
		for (size_t n = 1; n <= p->components.len; n++)
			load_library(x->el, LIBRARY_ALIAS, dotted_name(p, n));
}

static size_t longest_alias_match(struct expander *x, const struct link *link)
{
	const alias_vec *candidates = alias_candidates(x->el, link->point);
	size_t best = 0;

	vec_each(candidates, struct alias *, a) {
		size_t used = alias_match(link->point, (*a)->name);

		if (used > best)
			best = used;
	}
	return best;
}

static void expand_aliases(struct expander *x, const struct link *link, struct matches *ms)
{
	size_t before = x->added, best, count;
	bool spelled = ms->found > 0;	/* then it is not an alias with a suffix: timer.profile.tick */
	const alias_vec *candidates;

	load_candidates(x, link);
	best = longest_alias_match(x, link);
	candidates = alias_candidates(x->el, link->point);
	count = candidates->len;	/* expanding one may declare more */
	for (size_t i = 0; best && i < count; i++) {
		struct alias *alias = candidates->data[i];

		if (alias_match(link->point, alias->name) != best ||
		    (spelled && best < link->point->components.len))
			continue;
		/* What stands behind an alias's own point is no suffix of that alias again: timer.profile.x. */
		if (alias->expanding && best < link->point->components.len)
			continue;
		if (report_recursion(alias, link)) {
			ms->found++;
			continue;
		}
		begin_match(ms);
		expand_alias(x, link, alias, best);
		end_match(ms);
	}
	ms->added += x->added - before;
}

static void report_unknown(struct expander *x, const struct probe_point *p)
{
	x->spelled += report_unknown_point(x->el, p);
}

/* A point that is there, but lacks what the user's handler asks for, is an error; so is an alias with a strange suffix. */
static void report_nothing(struct expander *x, const struct probe_point *p, bool spelled)
{
	if (x->unknown)
		diag_report_again(x->unknown);
	else if (!spelled)
		report_unknown(x, p);
	else
		hint_unreadable(x->el->session, diag_report(DIAG_elided_probe, p->at, "probe point '%s' resolves to "
							    "nothing on this kernel", probe_point_text(p)));
}

static void expand_now(struct expander *x, const struct link *link)
{
	struct matches ms = { .speculative = point_has_wildcard(link->point) };
	unsigned errors = error_count();
	size_t spelled = x->spelled;

	if (ms.speculative)
		diag_hold();
	expand_families(x, link, &ms);
	expand_aliases(x, link, &ms);
	if (ms.speculative) {
		bool failed = diag_held_errors() > 0;

		diag_release(ms.added == 0 || !failed);
	}
	if (ms.found == 0)
		report_unknown(x, link->point);
	else if (ms.added == 0 && error_count() == errors && !link->outer)
		report_nothing(x, link->point, x->spelled > spelled);
}

/* Expand the point of a link; returns the number of probes it gave. */
static size_t expand_point(struct expander *x, const struct link *link)
{
	const struct probe_point *p = link->point;
	size_t before = x->added;
	bool optional = p->optional || p->sufficient;

	if (optional)
		diag_hold();
	expand_now(x, link);
	if (optional && !x->unknown)
		x->unknown = diag_held_first(is_users_unknown);
	if (optional && x->added == before && !x->el->missed_point)
		x->el->missed_point = diag_held_first(is_users_fault);
	if (optional)
		diag_release(x->added > before && diag_held_errors() == 0);
	return x->added - before;
}

static struct expander *expander_of(struct elaboration *el)
{
	if (!el->expander) {
		el->expander = arena_new(struct expander);
		*el->expander = (struct expander){
			.sink = { .session = el->session, .add = add_probe, .create = create_probe },
			.el = el,
		};
	}
	return el->expander;
}

void expand_probe_decl(struct elaboration *el, struct probe_decl *decl)
{
	struct expander *x = expander_of(el);

	x->aliases = 0;
	x->declared = 0;
	vec_each(&decl->points, struct probe_point *, p) {
		struct link link = { .decl = decl, .point = *p };
		size_t added;

		x->unknown = NULL;
		added = expand_point(x, &link);

		if ((*p)->sufficient && added)
			break;
	}
	forget_shared(x);
}
