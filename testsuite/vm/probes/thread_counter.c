// Touches pages between marks, which are calls of getpgid(-MARK): in a thread, a child, and after an exec of itself.
// With an argument it does one of that, or what the functions below say.
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void mark(int n)
{
	syscall(SYS_getpgid, -n);
}

/* marks N, N + 1 */
static void touch(int n, size_t pages)
{
	size_t size = pages * 4096;
	volatile char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	madvise((void *)memory, size, MADV_NOHUGEPAGE);
	mark(n);
	for (size_t i = 0; i < size; i += 4096)
		memory[i] = 1;
	mark(n + 1);
	munmap((void *)memory, size);
}

static void *second(void *unused)
{
	touch(3, 100);
	return unused;
}

static void wait_for_input(void)
{
	if (getchar() == EOF)
		_exit(1);
}

/* Is there before the session is. */
static void *late(void *unused)
{
	wait_for_input();
	touch(11, 200);
	return unused;
}

/* Stops in the middle of exec. */
static void stopped(const char *program)
{
	pid_t child = fork();

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execl(program, program, "again", NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
	ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACEEXEC);
	ptrace(PTRACE_CONT, child, NULL, NULL);
	waitpid(child, NULL, 0);
	puts("stopped");
	fflush(stdout);
	wait_for_input();
	ptrace(PTRACE_DETACH, child, NULL, NULL);
	waitpid(child, NULL, 0);
}

static void *sleeps(void *unused)
{
	pause();
	return unused;
}

/* The last ones are more than are counted. */
static void many(pthread_attr_t *attributes)
{
	pthread_t thread;

	for (int i = 0; i < 2060; i++)
		if (pthread_create(&thread, attributes, sleeps, NULL))
			perror("pthread_create");
	pthread_create(&thread, attributes, late, NULL);
	pthread_join(thread, NULL);
}

static int with_argument(char **argv)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN);
	if (!strcmp(argv[1], "again"))
		touch(7, 50);
	else if (!strcmp(argv[1], "stopped"))
		stopped(argv[0]);
	else if (!strcmp(argv[1], "many"))
		many(&attributes);
	else {
		pthread_create(&thread, NULL, late, NULL);
		pthread_join(thread, NULL);
	}
	return 0;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 1)
		return with_argument(argv);
	touch(1, 1000);
	pthread_create(&thread, NULL, second, NULL);
	pthread_join(thread, NULL);
	if (!fork()) {
		touch(5, 70);
		_exit(0);
	}
	wait(NULL);
	execl(argv[0], argv[0], "again", NULL);
	return 1;
}
