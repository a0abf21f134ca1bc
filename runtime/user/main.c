/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A translated script as an ordinary process. */
#include "runtime.h"

/* The globals have their initial values before the command line may change them. */
static bool prepare(int argc, char **argv)
{
	if (script_init() || !context_init() || !report_init()) {
		print_error("out of memory");
		return false;
	}
	if (!options_parse(argc, argv) || !output_open())
		return false;
	script_target_set_pid(user_options.target_pid);
	return !user_options.command || command_start(user_options.command);
}

int main(int argc, char **argv)
{
	int status = 1;

	if (prepare(argc, argv))
		status = session_run();
	context_release();
	script_exit();
	return status;
}
