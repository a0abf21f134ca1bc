/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.s, ms, us, ns, jiffies and hz, each with .randomize(); and the per-CPU tick of
 * timer.profile.tick (the alias timer.profile prefers it).
 */
#include <stdlib.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "../debuginfo/debuginfo.h"
#include "families.h"

#define NSEC_PER_SEC 1000000000LL
#define SHORTEST 100000LL			/* 100 microseconds */
#define LONGEST (24 * 3600 * NSEC_PER_SEC)	/* a day */
#define MAX_JIFFIES 1000000

/* A row per unit: how long one is. */
static const struct unit { const char *name; int64_t nanoseconds; } units[] = {
	{ "s", NSEC_PER_SEC }, { "sec", NSEC_PER_SEC },
	{ "ms", 1000000 }, { "msec", 1000000 },
	{ "us", 1000 }, { "usec", 1000 },
	{ "ns", 1 }, { "nsec", 1 },
	{ "jiffies", 0 },
	{ "hz", 0 },
};
enum { JIFFIES = 8, HZ = 9 };

#define UNIT(name, i) { "timer." name "(number)", i }, { "timer." name "(number).randomize(number)", i }
static const struct probe_spelling spellings[] = {
	UNIT("s", 0), UNIT("sec", 1), UNIT("ms", 2), UNIT("msec", 3), UNIT("us", 4), UNIT("usec", 5),
	UNIT("ns", 6), UNIT("nsec", 7), UNIT("jiffies", JIFFIES), { "timer.hz(number)", HZ },
	{ NULL, 0 },
};

struct timer { int64_t interval, random; bool jiffies; };

static bool check_range(const struct matched_point *m, const struct timer *t)
{
	const char *problem = NULL;

	if (t->jiffies && (t->interval < 1 || t->interval > MAX_JIFFIES))
		problem = "timer interval out of range: 1 to 1000000 jiffies";
	else if (!t->jiffies && (t->interval < SHORTEST || t->interval > LONGEST))
		problem = "timer interval out of range: 100 microseconds to 1 day";
	else if (t->random < 0 || t->random > t->interval)
		problem = "the randomize value must be between 0 and the interval";
	if (problem)
		diag_report(DIAG_limit, literal_place(m, t->random < 0 || t->random > t->interval ? m->arg_count - 1 : 0), "%s",
			    problem);
	return !problem;
}

/* a*b without overflow: anything too large is out of range anyway */
static int64_t scaled(int64_t n, int64_t unit)
{
	return n > LONGEST / unit ? LONGEST + 1 : n < 0 ? -1 : n * unit;
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct timer *t = arena_new(struct timer);
	const struct unit *unit = &units[m->spelling->variant];
	int64_t n = m->args[0]->number;

	if (m->spelling->variant == HZ) {
		t->interval = n > 0 ? (NSEC_PER_SEC + n - 1) / n : 0;
	} else {
		t->jiffies = m->spelling->variant == JIFFIES;
		t->interval = t->jiffies ? n : scaled(n, unit->nanoseconds);
		if (m->arg_count > 1)
			t->random = t->jiffies ? m->args[1]->number : scaled(m->args[1]->number, unit->nanoseconds);
	}
	if (check_range(m, t))
		probe_add_simple(sink, &family_timer, m, matched_point_text(m), t);
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct timer *t = p->family_data;

	(void)handler;
	(void)entry_handler;
	strbuf_addf(out, "static const struct script_spec_timer probe_%d_spec = {"
		    " .interval_ns = %lldULL, .random_ns = %lldULL, .jiffies = %d };\n",
		    p->index, (long long)t->interval, (long long)t->random, t->jiffies);
}

static void attach(const struct probe *p, struct attachment *out)
{
	(void)p;
	out->mechanism = "timer";
}

const struct probe_family family_timer = {
	.name = "timer",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPUSR,
	.user_runtime = true,
	.derive = derive,
	.declare = declare,
	.attach = attach,
};

/* ---- timer.profile.tick: once a tick, on every CPU ------------------------------------------------------------------------ */

static const struct probe_spelling profile_spellings[] = {
	{ "timer.profile.tick", 0 },
	{ NULL, 0 },
};

/* The rate of the kernel's own tick. */
static int64_t tick_rate(struct session *s)
{
	struct kernel *k = session_kernel(s);
	int64_t hz = k ? atoll(kernel_config(k, "CONFIG_HZ")) : 0;

	return hz > 0 ? hz : 250;
}

static void derive_profile(struct probe_sink *sink, const struct matched_point *m)
{
	int64_t *interval = arena_new(int64_t);

	*interval = NSEC_PER_SEC / tick_rate(sink->session);
	probe_add_simple(sink, &family_profile, m, matched_point_text(m), interval);
}

static void declare_profile(struct strbuf *out, const struct probe *p, const char *handler,
			    const char *entry_handler)
{
	(void)handler;
	(void)entry_handler;
	strbuf_addf(out, "static const struct script_spec_profile probe_%d_spec = { .interval_ns = %lldULL };\n",
		    p->index, (long long)*(int64_t *)p->family_data);
}

static void attach_profile(const struct probe *p, struct attachment *out)
{
	(void)p;
	out->mechanism = "profile";
}

const struct probe_family family_profile = {
	.name = "timer.profile.tick",
	.spellings = profile_spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_PERF_EVENTS",
	.derive = derive_profile,
	.declare = declare_profile,
	.attach = attach_profile,
};
