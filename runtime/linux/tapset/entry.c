/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the argument registers held when a function was entered, for probes further inside of
 * it: often debug information knows a parameter only by that.  A probe at the entry saves
 * them under the address of the function's frame, which is the same at both places and no other
 * frame's at the same time.  Entries are never removed; the oldest makes room, so that a
 * frame that lives on while very many others come and go may lose its own.  That is noticed.
 */
#include "../runtime.h"

#include "../../tapset/tapset.h"

#define WAYS 8
#define BUCKETS 512
#define LOCK_ATTEMPTS 100000

struct saved_entry {
	u64 frame;
	u32 function;
	u32 age;
	s64 registers[6];
};

struct bucket {
	atomic_t lock;
	u32 clock;
	struct saved_entry ways[WAYS];
};

static struct bucket buckets[BUCKETS];

/* In the order of arguments. */
static void argument_registers(const struct script_regs *regs, s64 *to)
{
	const u64 values[] = { regs->di, regs->si, regs->dx, regs->cx, regs->r8, regs->r9 };

	memcpy(to, values, sizeof(values));
}

/* From the number that DWARF gives to a register; -1: it holds no argument. */
static int argument_of_register(s64 number)
{
	static const s8 arguments[] = { -1, 2, 3, -1, 1, 0, -1, -1, 4, 5 };

	return number >= 0 && number < (s64)ARRAY_SIZE(arguments) ? arguments[number] : -1;
}

static struct bucket *bucket_of(u64 frame)
{
	/* Frames are multiples of 8, stacks of 16 KB: all bits above matter. */
	return &buckets[(frame >> 3) * 0x9e3779b97f4a7c15ULL >> 55 & (BUCKETS - 1)];
}

/* A holder on this CPU would be a handler, and those do not nest; others need less than a microsecond. */
static bool bucket_lock(struct bucket *b)
{
	unsigned attempt;

	for (attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
		if (!atomic_cmpxchg_acquire(&b->lock, 0, 1))
			return true;
		cpu_relax();
	}
	return false;
}

static void bucket_unlock(struct bucket *b)
{
	atomic_set_release(&b->lock, 0);
}

static struct saved_entry *bucket_find(struct bucket *b, u64 function, u64 frame)
{
	struct saved_entry *e;

	for (e = b->ways; e < b->ways + WAYS; e++)
		if (e->frame == frame && e->function == function)
			return e;
	return NULL;
}

/* What the frame's place was used for before is over, whatever function that was. */
static struct saved_entry *bucket_place(struct bucket *b, u64 frame)
{
	struct saved_entry *e, *oldest = b->ways;

	for (e = b->ways; e < b->ways + WAYS; e++) {
		if (e->frame == frame)
			return e;
		if (b->clock - e->age > b->clock - oldest->age)
			oldest = e;
	}
	return oldest;
}

void entry_save(struct context *c, s64 function)
{
	u64 frame = c->regs ? c->regs->sp + 8 : 0;	/* sp is where the return address lies */
	struct bucket *b = bucket_of(frame);
	struct saved_entry *e;

	if (!frame || !bucket_lock(b))
		return;
	e = bucket_place(b, frame);
	e->frame = frame;
	e->function = function;
	e->age = ++b->clock;
	argument_registers(c->regs, e->registers);
	bucket_unlock(b);
}

s64 entry_load(struct context *c, s64 function, s64 frame, s64 number)
{
	int argument = argument_of_register(number);
	struct bucket *b = bucket_of(frame);
	struct saved_entry *e = NULL;
	s64 value = 0;

	if (argument >= 0 && bucket_lock(b)) {
		e = bucket_find(b, function, frame);
		if (e)
			value = e->registers[argument];
		bucket_unlock(b);
	}
	if (!e)
		c->error = SCRIPT_ERROR_NO_ENTRY;
	return value;
}
