/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts of variables ($$vars and its family) can be most of a script's trees: they stand in them as
 * one node, and are only made, in scratch memory, while their handler is looked at.
 */
#include "unit.h"

static void open_saved(struct probe *p)
{
	struct saved_value *data = arena_alloc(p->saved.len * sizeof *data);

	for (size_t i = 0; i < p->saved.len; i++)
		data[i] = (struct saved_value){ expr_with_texts(p->saved.data[i].expr), p->saved.data[i].type };
	p->saved.data = data;
}

struct opened probe_open(struct probe *p)
{
	struct opened was = { p->body, p->saved.data };

	arena_scratch_begin();
	if (p->body)
		p->body = stmt_with_texts(p->body);
	if (p->saved.len)
		open_saved(p);
	return was;
}

void probe_close(struct probe *p, struct opened was)
{
	p->body = was.body;
	p->saved.data = was.saved;
	arena_scratch_end();
}
