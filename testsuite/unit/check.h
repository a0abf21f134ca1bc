/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold: says which and aborts, as fuzzers need it. */
#ifndef UNIT_CHECK_H
#define UNIT_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition) do {								\
		if (!(condition)) {							\
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);	\
			abort();							\
		}									\
	} while (0)

#endif
