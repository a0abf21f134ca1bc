/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growable arrays in the arena.
 *
 *	VEC(struct expr *) args = {0};
 *	vec_push(&args, e);
 *	for (size_t i = 0; i < args.len; i++) use(args.data[i]);
 *
 * The storage is abandoned, not freed, when it grows.  Lists that are long and soon done with
 * live in malloc'd memory instead: heap_push() and, in the end, heap_release().
 */
#ifndef STAP_BASE_VEC_H
#define STAP_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>

#define VEC(type) struct { type *data; unsigned len, cap; }

/* Make room for one more element of `size` bytes; returns the (moved) data. */
void *vec_grow(void *data, unsigned len, unsigned *cap, size_t size);

#define vec_push(v, value) do {						\
		(v)->data = vec_grow((v)->data, (v)->len, &(v)->cap,	\
				     sizeof *(v)->data);		\
		(v)->data[(v)->len++] = (value);			\
	} while (0)

/* The same in malloc'd memory. */
void *heap_grow(void *data, unsigned len, unsigned *cap, size_t size);

#define heap_push(v, value) do {					\
		(v)->data = heap_grow((v)->data, (v)->len, &(v)->cap,	\
				      sizeof *(v)->data);		\
		(v)->data[(v)->len++] = (value);			\
	} while (0)

/* Malloc'd storage to the arena, cut to size. */
void *vec_moved(void *data, unsigned len, size_t size);

#define vec_settle(v) do {						\
		(v)->data = vec_moved((v)->data, (v)->len, sizeof *(v)->data);	\
		(v)->cap = (v)->len;					\
	} while (0)

#define heap_release(v) do {						\
		free((v)->data);					\
		(v)->data = NULL;					\
		(v)->len = (v)->cap = 0;				\
	} while (0)

/* Visit each element: vec_each(&probes, struct probe *, p) use(*p); */
#define vec_each(v, type, it) \
	for (type *it = (v)->data; it && it < (v)->data + (v)->len; it++)

#endif
