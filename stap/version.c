/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The version line, and what this build can do. */
#include "version.h"

#include "config.h"
#include "session.h"

static const char *const features[] = {
	"BTF",
	"DWARF",
#ifdef HAVE_DEBUGINFOD
	"LIBDEBUGINFOD",
#endif
	"JSON",
	NULL
};

void print_version(FILE *out)
{
	fprintf(out, "stap version %s (SystemTap language %s)\n", STAP_VERSION, STAP_COMPATIBLE_VERSION);
	fprintf(out, "Free software under the GNU General Public License, version 2 or later;\n"
		     "there is no warranty.\n");
	fprintf(out, "enabled features:");
	for (int i = 0; features[i]; i++)
		fprintf(out, " %s", features[i]);
	fprintf(out, "\n");
}
