/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the benchmark runs and how it measures.
 *
 *	work hits read|call COUNT FILE	make COUNT hits of vfs_read or of a system call and
 *					write nanoseconds a hit to FILE: median and mean
 *	work rate read|call PROCESSES FILE	hits a second of so many processes at once, each on a processor of its
 *					own: the most of some rounds
 *	work life RUNS COMMAND...	the shortest of so many runs, in ms
 *	work arm RUNS FILE COMMAND...	the shortest time from the start of the command until it runs `work now FILE`
 *	work now FILE			note the time in FILE
 *	work stamp FILE COMMAND...	note the time in FILE, then become the command
 *	work cost RUNS COMMAND...	the cheapest of so many runs: ms of wall time, ms of CPU time, peak KiB
 *
 * Hits are made in batches.  The median batch has none of the clock's ticks and no
 * other process in it; the mean has everything that the machine did meanwhile.
 * A child makes the hits, so that target() is somebody else.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 50, BATCH_MOST = 400, ROUNDS = 8, ROUND_MS = 300 };

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* ---- hits ----------------------------------------------------------------------- */

static void hit_read(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		die("read");
}

static void hit_call(int fd)
{
	(void)fd;
	syscall(SYS_getppid);
}

static int ascending(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static long long run_batch(void (*hit)(int), int fd, long hits)
{
	long long start = now();

	while (hits--)
		hit(fd);
	return now() - start;
}

static int make_hits(void (*hit)(int), long count, FILE *result)
{
	long batches = count / BATCH_MOST > BATCHES ? count / BATCH_MOST : BATCHES, batch = count / batches;
	long long *took = calloc(batches, sizeof *took), start;
	int fd = open("/dev/zero", O_RDONLY);

	if (fd < 0 || !took)
		die("/dev/zero");
	run_batch(hit, fd, 1);
	start = now();
	for (long i = 0; i < batches; i++)
		took[i] = run_batch(hit, fd, batch);
	start = now() - start;
	qsort(took, batches, sizeof took[0], ascending);
	fprintf(result, "%.1f\t%.1f\n", (double)took[batches / 2] / batch,
		(double)start / (batch * batches));
	free(took);
	return fclose(result) ? 1 : 0;
}

/* Hits of one process in a second. */
static long rate_of_one(void (*hit)(int), int processor)
{
	long long end = now() + ROUND_MS * 1000000LL;
	int fd = open("/dev/zero", O_RDONLY);
	cpu_set_t set;
	long count = 0;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	if (fd < 0 || sched_setaffinity(0, sizeof set, &set))
		die("rate");
	while (now() < end)
		for (int i = 0; i < 100; i++, count++)
			hit(fd);
	return count * 1000 / ROUND_MS;
}

static long rate_of_all(void (*hit)(int), int processes)
{
	int ends[2];
	long sum = 0, one;

	if (pipe(ends))
		die("rate");
	for (int i = 0; i < processes; i++)
		if (!fork()) {
			one = rate_of_one(hit, i);
			_exit(write(ends[1], &one, sizeof one) != sizeof one);
		}
	close(ends[1]);
	while (read(ends[0], &one, sizeof one) == sizeof one)
		sum += one;
	close(ends[0]);
	while (wait(NULL) > 0)
		;
	return sum;
}

/* Other work on the machine only ever makes it less. */
static int rate(char **words)
{
	void (*hit)(int) = strcmp(words[0], "call") ? hit_read : hit_call;
	long most = 0;
	FILE *result;

	for (int round = 0; round < ROUNDS; round++) {
		long sum = rate_of_all(hit, atoi(words[1]));

		most = sum > most ? sum : most;
	}
	result = fopen(words[2], "w");
	if (!result || fprintf(result, "%ld\n", most) < 0)
		die(words[2]);
	return fclose(result) ? 1 : 0;
}

/* How long ago `work stamp` ran, in ms; 0 if it did not. */
static double since_stamp(void)
{
	const char *path = getenv("WORK_STAMP");
	FILE *f = path ? fopen(path, "r") : NULL;
	long long stamp = 0;

	if (f && fscanf(f, "%lld", &stamp) != 1)
		stamp = 0;
	if (f)
		fclose(f);
	return stamp ? (now() - stamp) / 1e6 : 0;
}

static int hits(char **words)
{
	double armed = since_stamp();
	FILE *result = fopen(words[2], "w");
	int status;

	if (!result)
		die(words[2]);
	fprintf(result, "%.1f\t", armed);
	fflush(result);
	if (!fork())
		_exit(make_hits(strcmp(words[0], "call") ? hit_read : hit_call, atol(words[1]), result));
	wait(&status);
	return status != 0;
}

/* ---- cost ------------------------------------------------------------------------ */

static void note_now(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f || fprintf(f, "%lld\n", now()) < 0 || fclose(f))
		die(path);
}

static int stamp(char **words)
{
	note_now(words[0]);
	execvp(words[1], words + 1);
	die(words[1]);
}

static double milliseconds(struct timeval t)
{
	return t.tv_sec * 1e3 + t.tv_usec / 1e3;
}

static void run_quietly(char **words)
{
	if (!freopen("/dev/null", "r", stdin) || !freopen("/dev/null", "w", stdout))
		die("/dev/null");
	execvp(words[0], words);
	die(words[0]);
}

static int cost(char **words)
{
	double wall = 1e12, cpu = 1e12;
	long rss = 0;

	for (int runs = atoi(*words++); runs > 0; runs--) {
		long long start = now();
		struct rusage use;
		int status;
		pid_t pid = fork();

		if (!pid)
			run_quietly(words);
		if (wait4(pid, &status, 0, &use) != pid || status)
			return 1;
		double ms = (now() - start) / 1e6;
		double used = milliseconds(use.ru_utime) + milliseconds(use.ru_stime);

		wall = ms < wall ? ms : wall;
		cpu = used < cpu ? used : cpu;
		rss = use.ru_maxrss > rss ? use.ru_maxrss : rss;
	}
	printf("%.1f\t%.1f\t%ld\n", wall, cpu, rss);
	return 0;
}

/* 0: it ended badly. */
static long long run_once(char **words)
{
	long long start = now();
	int status;
	pid_t pid = fork();

	if (!pid)
		run_quietly(words);
	return waitpid(pid, &status, 0) != pid || status ? 0 : start;
}

static int life(char **words)
{
	double shortest = 1e12;

	for (int runs = atoi(*words++); runs > 0; runs--) {
		long long start = run_once(words);
		double ms = (now() - start) / 1e6;

		if (!start)
			return 1;
		shortest = ms < shortest ? ms : shortest;
	}
	printf("%.1f\n", shortest);
	return 0;
}

static int arm(char **words)
{
	double shortest = 1e12;

	for (int runs = atoi(words[0]); runs > 0; runs--) {
		long long start = run_once(words + 2), noted;
		FILE *f = fopen(words[1], "r");

		if (!start || !f || fscanf(f, "%lld", &noted) != 1)
			return 1;
		fclose(f);
		shortest = (noted - start) / 1e6 < shortest ? (noted - start) / 1e6 : shortest;
	}
	printf("%.1f\n", shortest);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "hits"))
		return hits(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "rate"))
		return rate(argv + 2);
	if (argc >= 4 && !strcmp(argv[1], "life"))
		return life(argv + 2);
	if (argc >= 5 && !strcmp(argv[1], "arm"))
		return arm(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "now"))
		return note_now(argv[2]), 0;
	if (argc >= 4 && !strcmp(argv[1], "stamp"))
		return stamp(argv + 2);
	if (argc >= 4 && !strcmp(argv[1], "cost"))
		return cost(argv + 2);
	fputs("usage: work hits|rate|life|arm|now|stamp|cost ...\n", stderr);
	return 2;
}
