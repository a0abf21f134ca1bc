/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug information from the servers that DEBUGINFOD_URLS names. */
#ifndef STAP_DEBUGINFO_DEBUGINFOD_H
#define STAP_DEBUGINFO_DEBUGINFOD_H

#include <stdbool.h>

/* Are there servers to ask? */
bool debuginfod_configured(void);

/*
 * The file with the debug information of a build (interned): from the client's cache, else downloaded,
 * which a terminal sees and a signal ends. NULL: no server has it.
 */
const char *debuginfod_find(const char *build_id);

/* Only from the client's cache; NULL: it is not there. */
const char *debuginfod_cached(const char *build_id);

/* Why the last search found nothing, as a sentence; NULL: nothing was looked for in vain. */
const char *debuginfod_trouble(void);

/* Between the two libdwfl does not ask servers by itself. */
void debuginfod_hold(void);
void debuginfod_release(void);

#endif
