/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output, per CPU a ring of bytes with one writer and one reader and no lock.  The
 * writer is the handler that runs on the CPU (a context is never entered twice), so a ring
 * can be written in any context, NMI included; the kernel's relay channels cannot.  The
 * pages are mapped twice in a row, so that a record is contiguous wherever it starts.
 *
 * Records carry stamps, by which staprun puts those of different CPUs in order.  A stamp is the
 * CPU's own clock where the kernel found all CPUs' to agree: nothing is written that another CPU writes.
 * Else it is a number counted for all.  Each round of the reader has a horizon: what was stamped before it
 * is there, and only that is shown, so that nothing older can come later.
 *
 * Text may not take the last part of a ring: errors and warnings still find room when
 * the reader does not keep up.  What does not fit is counted, never lost silently.
 *
 * Probes may well fire in staprun itself while it carries output.  If that output had it carry
 * again, a script that prints each read and write would keep the two busy for ever.  So what a
 * carrier's own hits print is not worth a look by itself: it goes along with the next output of
 * others, or at the end.
 */
#include "runtime.h"

#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#define RING_DEFAULT_KB 1024
#define RING_SMALL_KB 256
#define SCRIPT_DEFAULT_KB 2048		/* of a CPU, for its buffer and all else, if that is possible */
#define RING_MESSAGE_RESERVE 8192
#define STORES_SEEN_US 20		/* after which a store of one CPU is seen by all */
#define STAMPED_MS 100			/* to wait for a record that got its stamp; its CPU may not be running */

struct ring {
	u64 head;			/* bytes ever written: the writer's */
	u64 wanted;			/* the head after what others than carriers wrote */
	u64 dropped, lines_lost;	/* records, and the lines in them: the writer's */
	bool stamping;			/* between a stamp and its record's being there */
	char *data;
	u64 tail ____cacheline_aligned;	/* bytes ever read: the reader's */
	u64 settled;			/* and what it may read in this round */
};

static struct ring *rings;
static struct page **ring_pages;	/* of all rings, each ring's pages once */
static unsigned ring_size, pages_each;

static bool clocks_agree;
static atomic64_t last_stamp = ATOMIC64_INIT(0);	/* unless they do */

/* ---- memory ---------------------------------------------------------------------------- */

/* Beside what arrays and handlers take of a CPU's share. */
static unsigned long choose_kb(void)
{
	unsigned long limit = (totalram_pages() << (PAGE_SHIFT - 10)) / 64 / nr_cpu_ids;
	unsigned long others = (script_memory() + contexts_memory()) / nr_cpu_ids >> 10, kb = RING_DEFAULT_KB;

	while (kb > RING_SMALL_KB && kb + others > SCRIPT_DEFAULT_KB)
		kb /= 2;
	return clamp(limit, 64ul, kb);
}

/* A power of two: what was asked for, or so much that all rings take at most 1/64 of the
 * memory. */
static unsigned choose_size(unsigned long kb)
{
	if (!kb)
		kb = choose_kb();
	return roundup_pow_of_two(max(kb << 10, 4 * (unsigned long)RING_MESSAGE_RESERVE));
}

static int ring_map(struct ring *ring, struct page **pages)
{
	struct page **twice = kvmalloc_array(2 * pages_each, sizeof(*twice), GFP_KERNEL);
	unsigned i;

	if (!twice)
		return -ENOMEM;
	for (i = 0; i < pages_each; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
		if (!pages[i])
			break;
		twice[i] = twice[pages_each + i] = pages[i];
	}
	if (i == pages_each)
		ring->data = vmap(twice, 2 * pages_each, VM_MAP, PAGE_KERNEL);
	kvfree(twice);
	return ring->data ? 0 : -ENOMEM;
}

static int rings_make(unsigned kb)
{
	unsigned cpu;

	ring_size = choose_size(kb);
	pages_each = ring_size >> PAGE_SHIFT;
	rings = kcalloc(nr_cpu_ids, sizeof(*rings), GFP_KERNEL);
	ring_pages = kvcalloc((size_t)nr_cpu_ids * pages_each, sizeof(*ring_pages), GFP_KERNEL);
	if (!rings || !ring_pages)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		if (ring_map(&rings[cpu], ring_pages + (size_t)cpu * pages_each))
			return -ENOMEM;
	return 0;
}

int rings_init(void)
{
	clocks_agree = !check_tsc_unstable();
	return rings_make(script_config.relay_kb);
}

int rings_resize(unsigned kb)
{
	int error;

	if (rings_have_data() || script_state != SCRIPT_STARTING)
		return -EBUSY;
	rings_release();
	error = rings_make(kb);
	return error && rings_make(0) ? -ENOMEM : error;
}

void rings_release(void)
{
	size_t i;

	for (i = 0; rings && i < nr_cpu_ids; i++)
		if (rings[i].data)
			vunmap(rings[i].data);
	for (i = 0; ring_pages && i < (size_t)nr_cpu_ids * pages_each; i++)
		if (ring_pages[i])
			__free_page(ring_pages[i]);
	kfree(rings);
	kvfree(ring_pages);
	rings = NULL;
	ring_pages = NULL;
}

/* ---- stamps ------------------------------------------------------------------------------- */

/* Apart: the usual way writes nothing that is shared (testsuite/sharing). */
static noinline u64 stamp_counted(void)
{
	return atomic64_inc_return(&last_stamp);
}

static u64 stamp_new(void)
{
	return likely(clocks_agree) ? rdtsc_ordered() : stamp_counted();
}

/* Records that are stamped from now on are not before it. */
static u64 stamp_next(void)
{
	return clocks_agree ? rdtsc_ordered() : (u64)atomic64_read(&last_stamp) + 1;
}

/* Wait until what a CPU has stamped is there: then it is not stamping, or has written since. */
static void ring_wait(const struct ring *ring)
{
	u64 head = READ_ONCE(ring->head);
	unsigned us;

	for (us = 0; us < STAMPED_MS * 1000; us += STORES_SEEN_US) {
		if (!READ_ONCE(ring->stamping) || READ_ONCE(ring->head) != head)
			return;
		usleep_range(STORES_SEEN_US, 2 * STORES_SEEN_US);
	}
}

/* At the end nothing comes any more; and clocks that have turned out not to agree hold nothing back. */
static bool order_is_over(void)
{
	return script_state == SCRIPT_STOPPED || (clocks_agree && check_tsc_unstable());
}

static const struct wire_record *ring_record(const struct ring *ring, u64 at)
{
	return (const struct wire_record *)(ring->data + (at & (ring_size - 1)));
}

static void ring_advance(struct ring *ring, u64 horizon)
{
	u64 head = smp_load_acquire(&ring->head);
	const struct wire_record *record;

	for (; ring->settled < head; ring->settled += sizeof(*record) + WIRE_ALIGN(record->length)) {
		record = ring_record(ring, ring->settled);
		if (record->stamp >= horizon)
			break;
	}
}

/* What was there before the horizon was read off is before it: only what came meanwhile is looked at. */
void rings_settle(void)
{
	u64 horizon;
	unsigned cpu;

	for_each_possible_cpu(cpu)
		rings[cpu].settled = smp_load_acquire(&rings[cpu].head);
	horizon = stamp_next();
	if (rings_have_data())
		usleep_range(STORES_SEEN_US, 2 * STORES_SEEN_US);
	for_each_possible_cpu(cpu)
		ring_wait(&rings[cpu]);
	if (order_is_over())
		horizon = U64_MAX;
	for_each_possible_cpu(cpu)
		ring_advance(&rings[cpu], horizon);
}

/* ---- writing ------------------------------------------------------------------------------ */

static __cold bool ring_drop(struct ring *ring, const char *data, unsigned length)
{
	unsigned i;

	ring->dropped++;
	for (i = 0; i < length; i++)
		ring->lines_lost += data[i] == '\n';
	return false;
}

typedef u64 __attribute__((may_alias, aligned(1))) ring_word;

/* A line is copied sooner than the kernel's memcpy() has begun. */
static inline void copy_text(char *to, const char *from, unsigned length)
{
	unsigned at;

	if (length < sizeof(ring_word) || length > 8 * sizeof(ring_word)) {
		memcpy(to, from, length);
		return;
	}
	for (at = 0; at < length - sizeof(ring_word); at += sizeof(ring_word))
		*(ring_word *)(to + at) = *(const ring_word *)(from + at);
	at = length - sizeof(ring_word);
	*(ring_word *)(to + at) = *(const ring_word *)(from + at);
}

bool ring_write(unsigned cpu, enum wire_kind kind, const char *data, unsigned length)
{
	struct ring *ring = &rings[cpu];
	struct wire_record *record;
	u64 head = ring->head;
	unsigned need = sizeof(*record) + WIRE_ALIGN(length);
	unsigned room = ring_size - (unsigned)(head - smp_load_acquire(&ring->tail));

	if (kind == WIRE_TEXT)
		room = room < RING_MESSAGE_RESERVE ? 0 : room - RING_MESSAGE_RESERVE;
	if (unlikely(need > room))
		return ring_drop(ring, data, length);
	record = (struct wire_record *)(ring->data + (head & (ring_size - 1)));
	record->magic = WIRE_MAGIC;
	record->length = length;
	record->kind = kind;
	record->cpu = cpu;
	copy_text((char *)(record + 1), data, length);
	WRITE_ONCE(ring->stamping, true);
	record->stamp = stamp_new();
	smp_store_release(&ring->head, head + need);
	smp_store_release(&ring->stamping, false);
	/* Begin and end probes run in staprun, too, but once. */
	if (unlikely(control_in_carrier()) && READ_ONCE(script_state) == SCRIPT_RUNNING)
		return true;
	WRITE_ONCE(ring->wanted, head + need);
	if (unlikely(READ_ONCE(control_reader_waits)))
		control_notify();
	return true;
}

/* ---- reading -------------------------------------------------------------------------------- */

unsigned ring_peek(unsigned cpu, size_t room, const char **data)
{
	const struct ring *ring = &rings[cpu];

	*data = (const char *)ring_record(ring, ring->tail);
	return min_t(u64, ring->settled - ring->tail, room);
}

void ring_consume(unsigned cpu, unsigned length)
{
	smp_store_release(&rings[cpu].tail, rings[cpu].tail + length);
}

bool rings_have_data(void)
{
	unsigned cpu;

	for_each_possible_cpu(cpu)
		if (READ_ONCE(rings[cpu].head) != READ_ONCE(rings[cpu].tail))
			return true;
	return false;
}

bool rings_have_news(void)
{
	unsigned cpu;

	for_each_possible_cpu(cpu)
		if (READ_ONCE(rings[cpu].wanted) > READ_ONCE(rings[cpu].tail))
			return true;
	return false;
}

void rings_losses(u64 *records, u64 *text_lines)
{
	unsigned cpu;

	*records = *text_lines = 0;
	for_each_possible_cpu(cpu) {
		*records += READ_ONCE(rings[cpu].dropped);
		*text_lines += READ_ONCE(rings[cpu].lines_lost);
	}
}

size_t rings_memory(void)
{
	return (size_t)num_possible_cpus() * ring_size;
}
