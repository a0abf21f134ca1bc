/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attaching and detaching.  probe->armed says how a row should be, probe->registered
 * how it is; rows_apply() makes them agree.  Rows are taken forward to attach and
 * backward to detach, those of mechanisms that like many at once together.
 *
 * Everything here runs under the session's mutex.
 */
#include "probes/mechanism.h"

#include <linux/mm.h>
#include <linux/rcupdate.h>

static struct script_probe **batch;	/* room for all rows */
static int *batch_errors;
static int *row_errors;			/* by index: why a row is not registered, or 0 */

int rows_init(void)
{
	unsigned room = max(script_probe_count, 1u);

	batch = kvcalloc(room, sizeof(*batch), GFP_KERNEL);
	batch_errors = kvcalloc(room, sizeof(*batch_errors), GFP_KERNEL);
	row_errors = kvcalloc(room, sizeof(*row_errors), GFP_KERNEL);
	return batch && batch_errors && row_errors ? 0 : -ENOMEM;
}

void rows_release(void)
{
	kvfree(batch);
	kvfree(batch_errors);
	kvfree(row_errors);
}

int row_error(const struct script_probe *probe)
{
	return row_errors[probe->index];
}

const char *row_module(const struct script_probe *probe)
{
	const struct script_mechanism *m = probe->mechanism;

	if (m->module)
		return m->module(probe);
	return m->location ? m->location(probe)->module : NULL;
}

/* ---- attaching ---------------------------------------------------------------------------- */

static void row_attached(struct script_probe *probe, int error)
{
	row_errors[probe->index] = error;
	probe->registered = probe->armed = !error;
}

static bool wants_attach(const struct script_probe *p)
{
	return p->armed && !p->registered;
}

/* The row and all later ones that are handled by the same functions. */
static unsigned gather(struct script_probe *first, bool (*wants)(const struct script_probe *p))
{
	struct script_probe *p;
	unsigned n = 0;

	for (p = first; p < script_probes + script_probe_count; p++)
		if (wants(p) && p->mechanism->arm_many == first->mechanism->arm_many) {
			batch[n] = p;
			batch_errors[n++] = 0;
		}
	return n;
}

static void attach_batch(struct script_probe *first)
{
	unsigned i, n = gather(first, wants_attach);

	first->mechanism->arm_many(batch, batch_errors, n);
	for (i = 0; i < n; i++)
		row_attached(batch[i], batch_errors[i]);
}

static void attach_rows(void)
{
	struct script_probe *p;

	for_each_row(p) {
		if (!wants_attach(p))
			continue;
		if (p->mechanism->arm_many)
			attach_batch(p);
		else
			row_attached(p, session_goes_on() ? p->mechanism->arm(p) : -ECANCELED);
	}
}

/* ---- detaching ------------------------------------------------------------------------------ */

static bool wants_detach(const struct script_probe *p)
{
	return p->registered && !p->armed;
}

static void detach_batch(const struct script_mechanism *mechanism)
{
	struct script_probe *p;
	unsigned i, n = 0;

	for (p = script_probes + script_probe_count; p-- > script_probes; )
		if (wants_detach(p) && p->mechanism->arm_many == mechanism->arm_many)
			batch[n++] = p;
	mechanism->disarm_many(batch, n);
	for (i = 0; i < n; i++)
		batch[i]->registered = false;
}

static bool detach_rows(void)
{
	bool any = false;
	struct script_probe *p;

	for (p = script_probes + script_probe_count; p-- > script_probes; ) {
		if (!wants_detach(p))
			continue;
		any = true;
		if (p->mechanism->disarm_many) {
			detach_batch(p->mechanism);
			continue;
		}
		p->mechanism->disarm(p);
		p->registered = false;
	}
	return any;
}

/* Every mechanism waits for the hits that are under way. */
static void wait_for_hits(void)
{
	const struct script_mechanism *last = NULL;
	struct script_probe *p;

	for_each_row(p) {
		if (p->mechanism != last && p->mechanism->disarmed)
			p->mechanism->disarmed();
		last = p->mechanism;
	}
	synchronize_rcu();
}

void rows_apply(void)
{
	if (detach_rows())
		wait_for_hits();
	attach_rows();
}

/* ---- places ------------------------------------------------------------------------------------ */

void locations_resolve(struct script_probe **rows, unsigned long *addresses, int *errors,
		       unsigned count)
{
	bool prefetched = symbols_prefetch(rows, addresses, count);
	const struct script_location *at;
	unsigned i;

	for (i = 0; i < count; i++) {
		at = rows[i]->mechanism->location(rows[i]);
		if (!prefetched || !location_is_core_symbol(at))
			errors[i] = location_resolve(at, &addresses[i]);
		else if (addresses[i])
			addresses[i] += at->offset;
		else
			errors[i] = -ENOENT;
	}
}
