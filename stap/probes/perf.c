/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf.type(N).config(M): samples of hardware and software events, and counters that @perf reads. */
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/intern.h"
#include "../base/strbuf.h"
#include "../debuginfo/programs.h"
#include "families.h"

enum { DEFAULT, SAMPLE, HERTZ, PROCESS, PROGRAM, COUNTER, PROCESS_COUNTER, PROGRAM_COUNTER };

#define DEFAULT_PERIOD 1000000

static const struct probe_spelling spellings[] = {
	{ "perf.type(number).config(number)", DEFAULT },
	{ "perf.type(number).config(number).sample(number)", SAMPLE },
	{ "perf.type(number).config(number).hz(number)", HERTZ },
	{ "perf.type(number).config(number).process", PROCESS },
	{ "perf.type(number).config(number).process(string)", PROGRAM },
	{ "perf.type(number).config(number).counter(string)", COUNTER },
	{ "perf.type(number).config(number).process.counter(string)", PROCESS_COUNTER },
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

/* One name is one counter; the module has a table of them. */
#define COUNTERS_MAX 64

static bool is_counter(int variant)
{
	return variant == COUNTER || variant == PROCESS_COUNTER || variant == PROGRAM_COUNTER;
}

static void derive_counter(struct probe_sink *sink, const struct matched_point *m, struct perf *e)
{
	struct program *program = sink->session->program;
	struct probe *p = probe_add_simple(sink, &family_perf, m, matched_point_text(m), e);
	struct perf_counter *counter;

	p->works_alone = true;
	e->counter = counter_named(program, intern(m->args[m->arg_count - 1]->string.text));
	counter = &program->counters.data[e->counter];
	if (counter->declared)
		diag_note(diag_report(DIAG_duplicate, p->at, "two counters are called '%s'", counter->name),
			  counter->declared, "first declared here");
	else if (e->counter >= COUNTERS_MAX)
		diag_report(DIAG_limit, p->at, "more than %d counters", COUNTERS_MAX);
	counter->declared = p->at;
	counter->of_threads = m->spelling->variant != COUNTER;
}

/* .process and .process(STR); false: an error was reported. */
static bool find_process(struct session *s, const struct matched_point *m, struct perf *e)
{
	int variant = m->spelling->variant;

	e->target_only = variant == PROCESS || variant == PROCESS_COUNTER;
	if (e->target_only && !s->options.command && !s->options.target_pid) {
		diag_report(DIAG_misplaced, component_place(m->point, "process"), "perf....process needs a target: -c CMD or -x PID");
		return false;
	}
	if (variant != PROGRAM && variant != PROGRAM_COUNTER)
		return true;
	if (!*m->args[2]->string.text) {
		diag_report(DIAG_misplaced, literal_place(m, 2), "the program has no name");
		return false;
	}
	e->program = program_path(m->args[2]->string.text);
	return true;
}

static void derive(struct probe_sink *sink, const struct matched_point *m)
{
	struct perf *e = arena_new(struct perf);
	bool sampled = m->spelling->variant == SAMPLE || m->spelling->variant == HERTZ;
	int64_t value = sampled ? m->args[2]->number : DEFAULT_PERIOD;

	if (value < 1) {
		diag_report(DIAG_limit, literal_place(m, 2), "the sample period or frequency must be at least 1");
		return;
	}
	e->type = (uint32_t)m->args[0]->number;
	e->config = (uint64_t)m->args[1]->number;
	if (!find_process(sink->session, m, e))
		return;
	if (is_counter(m->spelling->variant)) {
		derive_counter(sink, m, e);
		return;
	}
	if (m->spelling->variant == HERTZ)
		e->frequency = (uint64_t)value;
	else
		e->period = (uint64_t)value;
	probe_add_simple(sink, &family_perf, m, matched_point_text(m), e);
}

/* A file's name may have any character. */
static void declare_program(struct strbuf *out, const char *program)
{
	if (!program)
		return;
	strbuf_add(out, ", .program = \"");
	for (const unsigned char *p = (const unsigned char *)program; *p; p++)
		strbuf_addf(out, *p < ' ' || *p >= 127 || strchr("\"\\?", *p) ? "\\%03o" : "%c", *p);
	strbuf_addc(out, '"');
}

static void declare(struct strbuf *out, const struct probe *p, const char *handler, const char *entry_handler)
{
	const struct perf *e = p->family_data;

	(void)handler;
	(void)entry_handler;
	strbuf_addf(out, "static const struct script_spec_%s probe_%d_spec = { .type = %u, .config = %lluULL",
		    p->variant == COUNTER ? "counter" : is_counter(p->variant) ? "thread_counter" : "perf", p->index,
		    e->type, (unsigned long long)e->config);
	if (is_counter(p->variant))
		strbuf_addf(out, ", .number = %zu", e->counter);
	else
		strbuf_addf(out, ", .period = %lluULL, .frequency = %lluULL, .target_only = %d",
			    (unsigned long long)e->period, (unsigned long long)e->frequency, e->target_only);
	declare_program(out, e->program);
	strbuf_add(out, " };\n");
}

static void attach(const struct probe *p, struct attachment *out)
{
	out->mechanism = p->variant == COUNTER ? "counter" : is_counter(p->variant) ? "thread_counter" : "perf";
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
