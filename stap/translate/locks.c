/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks of globals.  A handler takes all that it needs at once, just before the first
 * statement that touches such a global, and gives them back after the last; so what
 * it does to globals is atomic to other handlers.  Where everything is in one branch of
 * an `if`, the section moves into the branch: a filter that fails takes no lock.
 *
 * Functions take none: they run inside the section of their caller.  Locks are
 * taken in the order of declaration.
 */
#include "unit.h"

/* ---- what needs a lock ---------------------------------------------------------------------- */

struct locking {
	const struct unit *unit;
	use_mask *use;			/* gathered, or NULL: only ask */
	bool found;
};

static void note(struct locking *l, size_t index, use_mask mask)
{
	if (l->use)
		l->use[index] |= mask;
	else if (!l->found)
		l->found = global_lock_mode(&l->unit->globals.data[index], mask) != LOCK_NONE;
}

static void note_use(struct usage_visitor *v, struct var *global, use_mask mask)
{
	struct locking *l = v->data;

	note(l, (size_t)(global_of(l->unit, global) - l->unit->globals.data), mask);
}

static void note_call(struct usage_visitor *v, const struct expr *call)
{
	struct locking *l = v->data;

	for (struct function *f = call->call.function; f; f = f->next_overload)
		for (size_t i = 0; i < l->unit->globals.len; i++)
			note(l, i, function_info(l->unit, f)->use[i]);
}

static bool stmt_locks(const struct body *b, const struct stmt *s)
{
	struct locking l = { .unit = b->unit };
	struct usage_visitor v = { .use = note_use, .call = note_call, .data = &l };

	usage_of_stmt(&v, s);
	return l.found;
}

static bool expr_locks(const struct body *b, const struct expr *e)
{
	struct locking l = { .unit = b->unit };
	struct usage_visitor v = { .use = note_use, .call = note_call, .data = &l };

	usage_of_expr(&v, e);
	return l.found;
}

/* ---- taking and giving back -------------------------------------------------------------------- */

static void add_lock(struct body *b, struct region *r, const struct global *g, enum lock_mode mode)
{
	vec_push(&r->locks, ((struct held_lock){ g, mode, new_label(b, "leave") }));
}

static void region_locks(struct body *b, struct region *r, struct stmt *const *s, size_t n)
{
	struct locking l = { .unit = b->unit, .use = use_masks(b->unit) };
	struct usage_visitor v = { .use = note_use, .call = note_call, .data = &l };

	for (size_t i = 0; i < n; i++)
		usage_of_stmt(&v, s[i]);
	for (size_t i = 0; i < b->unit->globals.len; i++) {
		const struct global *g = &b->unit->globals.data[i];
		enum lock_mode mode = global_lock_mode(g, l.use[i]);

		if (mode == LOCK_HOLD && (l.use[i] & USE_ITERATE))
			add_lock(b, r, g, LOCK_WRITE);	/* of the merged array */
		if (mode != LOCK_NONE)
			add_lock(b, r, g, mode);
	}
}

static const char *taking(const struct held_lock *lock)
{
	const char *name = lock->global->name;

	if (lock->mode == LOCK_HOLD)
		return arena_printf("percpu_guards_hold(c, offsetof(struct script_percpu, own_%s.guard))", name);
	return arena_printf("script_%s_lock(c, &lock_%s)", lock->mode == LOCK_READ ? "read" : "write", name);
}

static void give_back(struct body *b, const struct held_lock *lock)
{
	const char *name = lock->global->name;

	if (lock->mode == LOCK_HOLD)
		line(b, "percpu_guards_release(c, offsetof(struct script_percpu, own_%s.guard));", name);
	else
		line(b, "script_%s_unlock(&lock_%s);", lock->mode == LOCK_READ ? "read" : "write", name);
}

/* A lock that cannot be had ends the hit: back through those already taken. */
static struct region *enter_region(struct body *b, struct stmt *const *s, size_t n)
{
	struct region *r = arena_new(struct region);

	region_locks(b, r, s, n);
	for (size_t i = 0; i < r->locks.len; i++) {
		line(b, "if (!%s)", taking(&r->locks.data[i]));
		line(b, "\tgoto %s;", jump(i ? &r->locks.data[i - 1].leave : &b->out));
	}
	lookups_forget_all(b);
	b->pushing = false;
	b->fail = b->leave = &r->locks.data[r->locks.len - 1].leave;
	vec_push(&b->regions, r);
	return r;
}

static void leave_region(struct body *b, const struct region *r)
{
	for (size_t i = r->locks.len; i-- > 0;)
		give_back(b, &r->locks.data[i]);
	lookups_forget_all(b);
	b->pushing = true;
	b->fail = b->leave = &b->out;
}

void emit_region_exits(struct body *b)
{
	for (size_t k = 0; k < b->regions.len; k++) {
		const struct region *r = b->regions.data[k];
		bool entered = false;

		for (size_t i = r->locks.len; i-- > 0;) {
			if (r->locks.data[i].leave.used && !entered) {
				line(b, "goto %s;", jump(&b->out));
				entered = true;
			}
			put_label(b, &r->locks.data[i].leave);
			if (entered)
				give_back(b, &r->locks.data[i]);
		}
	}
}

struct region *emit_lock(struct body *b, const struct stmt *s)
{
	struct stmt *one = (struct stmt *)s;

	return stmt_locks(b, s) ? enter_region(b, &one, 1) : NULL;
}

void emit_unlock(struct body *b, const struct region *r)
{
	leave_region(b, r);
}

/* ---- pushing down ---------------------------------------------------------------------------------- */

static void emit_plain(struct body *b, const struct stmt *s)
{
	b->pushing = false;
	emit_stmt_unlocked(b, s);
	b->pushing = true;
}

static void emit_run(struct body *b, struct stmt *const *s, size_t n)
{
	struct region *r = enter_region(b, s, n);

	for (size_t i = 0; i < n; i++)
		emit_stmt_unlocked(b, s[i]);
	leave_region(b, r);
}

/* Of the statements of a block, those from the first to the last that needs a lock. */
static void emit_block_locking(struct body *b, const struct stmt *s)
{
	size_t first = 0, end = s->block.len;

	while (!stmt_locks(b, s->block.data[first]))
		emit_plain(b, s->block.data[first++]);
	while (!stmt_locks(b, s->block.data[end - 1]))
		end--;
	if (end - first == 1)
		emit_stmt_locking(b, s->block.data[first]);
	else
		emit_run(b, s->block.data + first, end - first);
	for (size_t i = end; i < s->block.len; i++)
		emit_plain(b, s->block.data[i]);
}

void emit_stmt_locking(struct body *b, const struct stmt *s)
{
	struct stmt *one = (struct stmt *)s;

	if (!stmt_locks(b, s))
		emit_plain(b, s);
	else if (s->kind == S_BLOCK)
		emit_block_locking(b, s);
	else if (s->kind == S_IF && !expr_locks(b, s->if_.cond))
		emit_stmt_unlocked(b, s);
	else
		emit_run(b, &one, 1);
}
