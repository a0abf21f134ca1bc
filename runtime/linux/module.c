/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The module's two ends.  Loading takes all memory and makes the files; nothing is
 * probed before staprun writes "start".  Leaving undoes it in reverse order, and is
 * safe at any moment: also in the middle of a run, with staprun attached.
 */
#include "runtime.h"

static const struct part {
	int (*init)(void);
	void (*release)(void);
} parts[] = {
	{ errors_init, errors_release },
	{ rows_init, rows_release },
	{ timing_init, timing_release },
	{ contexts_init, contexts_release },
	{ script_init, script_exit },
	{ rings_init, rings_release },	/* their size depends on what the script takes */
	{ transport_init, transport_release },
	{ control_init, control_release },
};

static void parts_release(unsigned count)
{
	while (count-- > 0)
		parts[count].release();
}

static int __init script_module_init(void)
{
	unsigned i;
	int error;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		error = parts[i].init();
		if (error) {
			/* A part that failed frees what it got. */
			parts_release(i + 1);
			return error;
		}
	}
	return 0;
}

static void __exit script_module_exit(void)
{
	session_stop();
	control_close();
	parts_release(ARRAY_SIZE(parts));
}

module_init(script_module_init);
module_exit(script_module_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Script of stap");
#ifdef KERNEL_BUILD_ID		/* WIRE_INFO_BUILD_ID; unknown where only headers are installed */
MODULE_INFO(kernel_build_id, __stringify(KERNEL_BUILD_ID));
#endif
