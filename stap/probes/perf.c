/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf.type(N).config(M): samples of hardware and software events, and counters that @perf reads. */
#include <stdlib.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "../debuginfo/programs.h"
#include "families.h"

enum { DEFAULT, SAMPLE, HERTZ, PROCESS, PROGRAM, COUNTER, PROGRAM_COUNTER };

#define DEFAULT_PERIOD 1000000

static const struct probe_spelling spellings[] = {
	{ "perf.type(number).config(number)", DEFAULT },
	{ "perf.type(number).config(number).sample(number)", SAMPLE },
	{ "perf.type(number).config(number).hz(number)", HERTZ },
	{ "perf.type(number).config(number).process", PROCESS },
	{ "perf.type(number).config(number).process(string)", PROGRAM },
	{ "perf.type(number).config(number).counter(string)", COUNTER },
	{ "perf.type(number).config(number).process(string).counter(string)", PROGRAM_COUNTER },
	{ NULL, 0 },
};

struct perf {
	uint32_t type;
	uint64_t config, period, frequency;
	bool target_only;
	const char *program;
	size_t counter;			/* position in the program's list */
};

/* As a shell finds it. */
static const char *program_path(const char *name)
{
	const char *found = program_of_command(name), *path;
	char *real = realpath(found ? found : name, NULL);

	path = intern(real ? real : name);
	free(real);
	return path;
}

static void report_program_counter(const struct matched_point *m)
{
	struct diag *d = diag_report(DIAG_unsupported, component_place(m->point, "counter"),
				     "counters of one program need probes in user programs, which this version does not have");

	diag_hint(d, "count on every CPU with .counter(\"NAME\"), or sample with .process(\"PATH\")");
}

/* One name is one counter; the module has a table of them. */
#define COUNTERS_MAX 64

static void derive_counter(struct probe_sink *sink, const struct matched_point *m, struct perf *e)
{
	struct program *program = sink->session->program;
	struct probe *p = probe_add_simple(sink, &family_perf, m, matched_point_text(m), e);
	struct perf_counter *counter;

	p->works_alone = true;
	e->counter = counter_named(program, intern(m->args[2]->string.text));
	counter = &program->counters.data[e->counter];
	if (counter->declared)
		diag_note(diag_report(DIAG_duplicate, p->at, "two counters are called '%s'", counter->name),
			  counter->declared, "first declared here");
	else if (e->counter >= COUNTERS_MAX)
		diag_report(DIAG_limit, p->at, "more than %d counters", COUNTERS_MAX);
	counter->declared = p->at;
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct perf *e = arena_new(struct perf);
	bool sampled = m->spelling->variant == SAMPLE || m->spelling->variant == HERTZ;
	int64_t value = sampled ? m->args[2]->number : DEFAULT_PERIOD;

	if (m->spelling->variant == PROGRAM_COUNTER) {
		report_program_counter(m);
		return;
	}
	if (value < 1) {
		diag_report(DIAG_limit, literal_place(m, 2), "the sample period or frequency must be at least 1");
		return;
	}
	e->type = (uint32_t)m->args[0]->number;
	e->config = (uint64_t)m->args[1]->number;
	if (m->spelling->variant == COUNTER) {
		derive_counter(sink, m, e);
		return;
	}
	if (m->spelling->variant == HERTZ)
		e->frequency = (uint64_t)value;
	else
		e->period = (uint64_t)value;
	e->target_only = m->spelling->variant == PROCESS;
	if (m->spelling->variant == PROGRAM)
		e->program = program_path(m->args[2]->string.text);
	if (e->target_only && !sink->session->options.command && !sink->session->options.target_pid) {
		diag_report(DIAG_misplaced, component_place(m->point, "process"), "perf....process needs a target: -c CMD or -x PID");
		return;
	}
	probe_add_simple(sink, &family_perf, m, matched_point_text(m), e);
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct perf *e = p->family_data;

	(void)handler;
	(void)entry_handler;
	if (p->variant == COUNTER) {
		strbuf_addf(out, "static const struct script_spec_counter probe_%d_spec = { .type = %u, .config = %lluULL,"
			    " .number = %zu };\n", p->index, e->type, (unsigned long long)e->config, e->counter);
		return;
	}
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
	out->mechanism = p->variant == COUNTER ? "counter" : "perf";
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
