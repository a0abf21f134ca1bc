/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Error numbers by name. */
#ifndef TAPSET_ERRNO_NAME_H
#define TAPSET_ERRNO_NAME_H

#include "../core/types.h"

/* "ENOENT" for 2 and -2; NULL when no error has this number. */
const char *errno_name(s64 number);

#endif
