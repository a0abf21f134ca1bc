/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script as pass 3 writes it, by hand, for the user runtime: test_user_runtime runs
 * it with different values of `mode`.
 *
 *	global mode, text = "none", names[100], sizes, ticks
 *	probe begin { printf("begin %d %s\n", mode, text); names["b", 2]++; names["a", 1] += 5
 *		      foreach ([n, i] in names+) printf("%s %d %d\n", n, i, names[n, i])
 *		      sizes <<< 1; sizes <<< 2; sizes <<< 9
 *		      if (mode == 1) exit()
 *		      if (mode == 2) error("as asked")
 *		      if (mode == 3) abort()
 *		      if (mode == 4) system("echo from system") }
 *	probe begin(1) { println("second") }
 *	probe timer.ms(5) { if (ticks != 1 || announced) ticks++; if (ticks == 3 && mode != 7) exit(); if (mode == 5) error("tick") }
 *	probe timer.ms(2) if (ticks == 1) { println("armed") ... }
 *	probe end { printf("end %d\n", @sum(sizes)); print(@hist_log(sizes)) }
 *	probe error { println("error probe") }
 */
#include "script.h"

#define MAP_NAME names_map
#define MAP_KEY_FIELDS char k0[MAXSTRINGLEN]; s64 k1;
#define MAP_PARAMS const char *k0, s64 k1
#define MAP_ARGS k0, k1
#define MAP_HASH MAP_HASH_STRING(k0) MAP_HASH_LONG(k1)
#define MAP_EQUAL MAP_EQUAL_STRING(k0) && MAP_EQUAL_LONG(k1)
#define MAP_STORE MAP_STORE_STRING(k0) MAP_STORE_LONG(k1)
#define MAP_VALUE s64 value
#include "core/map_template.h"

struct script_percpu {
	struct { struct aggregate stat; s64 buckets[HIST_LOG_BUCKETS]; } sizes;
};

static s64 global_mode, global_ticks;
static char global_text[MAXSTRINGLEN] = "none";
static struct map global_names;
static struct map_node *order[100], *scratch[100];
static bool announced;

static const struct stat_spec sizes_spec = {
	.uses = STAT_USES_SUM | STAT_USES_HIST, .hist = HIST_KIND_LOG, .buckets = HIST_LOG_BUCKETS,
};

const struct script_config script_config = {
	.max_string = MAXSTRINGLEN, .max_errors = MAXERRORS, .max_skipped = MAXSKIPPED,
	.max_backtrace = MAXBACKTRACE, .buffer_size = STP_BUFFER_SIZE, .max_action = MAXACTION_INTERRUPTIBLE,
	.try_lock = MAXTRYLOCK, .try_lock_delay = TRYLOCKDELAY,
	.percpu_size = sizeof(struct script_percpu), .frame_size = 4096, .script_name = "handmade",
};

const struct script_global script_globals[] = {
	{ .name = "mode", .number = &global_mode },
	{ .name = "text", .string = global_text },
};
const unsigned script_global_count = 2;

int script_init(void)
{
	return map_init(&global_names, 100, sizeof(struct names_map_node), false);
}

void script_exit(void)
{
	map_release(&global_names);
}

int script_percpu_init(void *percpu)
{
	(void)percpu;
	return 0;
}

void script_percpu_exit(void *percpu)
{
	(void)percpu;
}

void script_display_globals(struct context *c)
{
	sink_string_add(&c->out, "ticks=");
	sink_long(&c->out, global_ticks);
	sink_char(&c->out, '\n');
}

static int compare_names(const struct map_node *a, const struct map_node *b, const void *data)
{
	(void)data;
	return str_compare(((const struct names_map_node *)a)->k0, ((const struct names_map_node *)b)->k0);
}

static void print_names(struct context *c)
{
	u32 n = map_sort(&global_names, order, scratch, 100, ~0U, compare_names, NULL);

	for (u32 i = 0; i < n; i++) {
		struct names_map_node *node = (struct names_map_node *)order[i];

		sink_string_add(&c->out, node->k0);
		sink_char(&c->out, ' ');
		sink_long(&c->out, node->k1);
		sink_char(&c->out, ' ');
		sink_long(&c->out, node->value);
		sink_char(&c->out, '\n');
	}
}

static void begin(struct context *c)
{
	struct script_percpu *cpu = c->percpu;

	sink_bytes(&c->out, "begin ", 6);
	sink_long(&c->out, global_mode);
	sink_char(&c->out, ' ');
	sink_string_add(&c->out, global_text);
	sink_char(&c->out, '\n');
	names_map_add(&global_names, "b", 2)->value++;
	names_map_add(&global_names, "a", 1)->value += 5;
	print_names(c);
	stat_add(&cpu->sizes.stat, &sizes_spec, 1);
	stat_add(&cpu->sizes.stat, &sizes_spec, 2);
	stat_add(&cpu->sizes.stat, &sizes_spec, 9);
	if (global_mode == 1)
		script_exit_request();
	if (global_mode == 2) {
		script_error(c, "%s", "as asked");
		script_error_site(c, "identifier 'error' at handmade.stp:5:3");
		script_error_site(c, "identifier 'f' at handmade.stp:9:1");
		return;
	}
	if (global_mode == 3) {
		script_abort(c);
		return;
	}
	if (global_mode == 4)
		script_system(c, "echo from system");
}

static void second(struct context *c)
{
	sink_string_add(&c->out, "second\n");
}

static void update_conditions(void);

static void tick(struct context *c)
{
	if (global_ticks != 1 || announced)	/* wait for the other timer, however slow the machine */
		global_ticks++;
	update_conditions();
	if (global_ticks == 3 && global_mode != 7)
		script_exit_request();
	if (global_mode == 5)
		script_error(c, "tick");
	if (global_mode == 6)
		script_read_fault(c, 8, 4);
}

static void armed(struct context *c)
{
	if (!announced)
		sink_string_add(&c->out, "armed\n");
	announced = true;
}

static bool armed_condition(void)
{
	return global_ticks == 1;
}

static void end(struct context *c)
{
	struct script_percpu *cpu = c->percpu;

	sink_string_add(&c->out, "end ");
	sink_long(&c->out, cpu->sizes.stat.sum);
	sink_char(&c->out, '\n');
	stat_print_hist(&c->out, &cpu->sizes.stat, &sizes_spec, HIST_WIDTH, HIST_ELISION);
}

static void error_probe(struct context *c)
{
	sink_string_add(&c->out, "error probe\n");
}

static const struct script_spec_begin first_place = { 0 }, second_place = { 1 };
static const struct script_spec_timer every_5ms = { 5000000, 0, false }, every_2ms = { 2000000, 1000000, false };

struct script_probe script_probes[] = {
	{ .mechanism = &script_mech_begin, .spec = &second_place, .handler = second, .name = "begin(1)" },
	{ .mechanism = &script_mech_begin, .spec = &first_place, .handler = begin, .name = "begin" },
	{ .mechanism = &script_mech_timer, .spec = &every_5ms, .handler = tick, .name = "timer.ms(5)" },
	{ .mechanism = &script_mech_timer, .spec = &every_2ms, .handler = armed, .name = "timer.ms(2)",
	  .condition = armed_condition },
	{ .mechanism = &script_mech_end, .spec = &first_place, .handler = end, .name = "end" },
	{ .mechanism = &script_mech_error, .spec = &first_place, .handler = error_probe, .name = "error" },
	{ .mechanism = &script_mech_never, .handler = error_probe, .name = "never" },
};
const unsigned script_probe_count = sizeof(script_probes) / sizeof(*script_probes);

void script_update_conditions(void)
{
	update_conditions();
}

static void update_conditions(void)
{
	script_probe_want(&script_probes[3], armed_condition());
}
