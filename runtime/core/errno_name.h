/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Error numbers by name. */
#ifndef CORE_ERRNO_NAME_H
#define CORE_ERRNO_NAME_H

#include "types.h"

/* "ENOENT" for 2 and -2; NULL when no error has this number. */
const char *errno_name(s64 number);

#endif
