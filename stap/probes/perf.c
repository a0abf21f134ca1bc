/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf.type(N).config(M): samples of hardware and software events. */
#include <stdlib.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "../debuginfo/programs.h"
#include "families.h"

enum { DEFAULT, SAMPLE, HERTZ, PROCESS, PROGRAM, COUNTER };

#define DEFAULT_PERIOD 1000000

static const struct probe_spelling spellings[] = {
	{ "perf.type(number).config(number)", DEFAULT },
	{ "perf.type(number).config(number).sample(number)", SAMPLE },
	{ "perf.type(number).config(number).hz(number)", HERTZ },
	{ "perf.type(number).config(number).process", PROCESS },
	{ "perf.type(number).config(number).process(string)", PROGRAM },
	{ "perf.type(number).config(number).counter(string)", COUNTER },
	{ "perf.type(number).config(number).process(string).counter(string)", COUNTER },
	{ NULL, 0 },
};

struct perf { uint32_t type; uint64_t config, period, frequency; bool target_only; const char *program; };

/* As a shell finds it. */
static const char *program_path(const char *name)
{
	const char *found = program_of_command(name), *path;
	char *real = realpath(found ? found : name, NULL);

	path = intern(real ? real : name);
	free(real);
	return path;
}

static void report_counter(const struct matched_point *m)
{
	struct diag *d = diag_report(DIAG_unsupported, m->point->at,
				     "counters are read by probes of user programs, which this version does not have");

	diag_hint(d, "sample the event instead, with .sample(N) or .process(\"PATH\")");
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct perf *e = arena_new(struct perf);
	bool sampled = m->spelling->variant == SAMPLE || m->spelling->variant == HERTZ;
	int64_t value = sampled ? m->args[2]->number : DEFAULT_PERIOD;

	if (m->spelling->variant == COUNTER) {
		report_counter(m);
		return;
	}
	if (value < 1) {
		diag_report(DIAG_limit, m->point->at, "the sample period or frequency must be at least 1");
		return;
	}
	e->type = (uint32_t)m->args[0]->number;
	e->config = (uint64_t)m->args[1]->number;
	if (m->spelling->variant == HERTZ)
		e->frequency = (uint64_t)value;
	else
		e->period = (uint64_t)value;
	e->target_only = m->spelling->variant == PROCESS;
	if (m->spelling->variant == PROGRAM)
		e->program = program_path(m->args[2]->string.text);
	if (e->target_only && !sink->session->options.command && !sink->session->options.target_pid) {
		diag_report(DIAG_misplaced, m->point->at, "perf....process needs a target: -c CMD or -x PID");
		return;
	}
	probe_add_simple(sink, &family_perf, m, matched_point_text(m), e);
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct perf *e = p->family_data;

	(void)handler;
	(void)entry_handler;
	strbuf_addf(out, "static const struct script_spec_perf probe_%d_spec = { .type = %u, .config = %lluULL,"
		    " .period = %lluULL, .frequency = %lluULL, .target_only = %d", p->index, e->type,
		    (unsigned long long)e->config, (unsigned long long)e->period,
		    (unsigned long long)e->frequency, e->target_only);
	if (e->program)
		strbuf_addf(out, ", .program = \"%s\"", e->program);
	strbuf_add(out, " };\n");
}

static void attach(const struct probe *p, struct attachment *out)
{
	(void)p;
	out->mechanism = "perf";
}

const struct probe_family family_perf = {
	.name = "perf",
	.spellings = spellings,
	.privilege = PRIVILEGE_STAPSYS,
	.needs = "CONFIG_PERF_EVENTS",
	.derive = derive,
	.declare = declare,
	.attach = attach,
};
