// Calls through functions without frame pointers, one of them with a large frame, and once from a signal handler.
#include <signal.h>
#include <string.h>
#include <unistd.h>

#pragma GCC optimize("O2", "omit-frame-pointer")
#define OPAQUE __attribute__((noipa))

OPAQUE void work(int mark)
{
	char path[8] = { '/', (char)mark, 0 };

	access(path, F_OK);
	asm volatile("" ::: "memory");
}

OPAQUE int inner(int mark)
{
	work(mark);
	return mark + 1;
}

OPAQUE int middle(int mark)
{
	char large[5000];

	memset(large, mark, sizeof(large));
	asm volatile("" :: "r"(large) : "memory", "rbx", "rbp", "r12", "r13");
	return inner(mark) + large[mark];
}

OPAQUE int outer(int mark)
{
	int n = middle(mark);

	asm volatile("" : "+r"(n));
	return n + 1;
}

OPAQUE static void handler(int signal)
{
	(void)signal;
	work('s');
	asm volatile("" ::: "memory");	/* a frame of its own, not a jump */
}

OPAQUE int interrupted(void)
{
	int n = raise(SIGUSR1);

	asm volatile("" : "+r"(n));
	return n + 1;
}

int main(void)
{
	signal(SIGUSR1, handler);
	return outer('c') + interrupted() == 0;
}
