/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two processes, each on a CPU of its own, that call getppid() by turns, so many each. */
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void take_turns(volatile int *whose, int me, long turns)
{
	cpu_set_t own;

	CPU_ZERO(&own);
	CPU_SET(me, &own);
	if (sched_setaffinity(0, sizeof own, &own))
		_exit(1);
	while (turns--) {
		while (*whose != me)
			__builtin_ia32_pause();	/* where one thread emulates both CPUs, it then is the other's turn */
		syscall(SYS_getppid);
		*whose = !me;
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	volatile int *whose = mmap(NULL, sizeof *whose, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int failed = whose == MAP_FAILED, status;

	for (int i = 0; !failed && i < 2; i++)
		if (!fork())
			take_turns(whose, i, argc > 1 ? atol(argv[1]) : 0);
	while (wait(&status) > 0)
		failed |= status;
	return failed != 0;
}
