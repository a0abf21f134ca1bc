/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are mapped into the current program. */
#ifndef LINUX_TAPSET_MAPPING_H
#define LINUX_TAPSET_MAPPING_H

#include "../runtime.h"

struct mapping {
	char name[64];			/* last part of the file's path */
	u64 start, end;			/* start: where the file's first byte would be */
	u64 file_size;
};

/* The mapping of a file at an address; false: there is none, or the mappings are being changed.  Any context. */
bool mapping_find(struct mapping *map, u64 address);

/* The tables of that file, or NULL. */
const struct script_program *mapping_program(const struct mapping *map);

#endif
