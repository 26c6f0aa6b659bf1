// spawn OUTPUT PROGRAM ARGUMENT…: runs a program with its output in a file, and prints "seconds kilobytes status".
//
// Why C: a process's peak memory counts from the process that forked it, and Python's own 12 MB would hide the small ones.
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  double start = now();
  pid_t child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    int output = open(arguments[1], O_WRONLY | O_CREAT | O_TRUNC, 0600), input = open("/dev/null", O_RDONLY);
    if (output < 0 || input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) _exit(126);
    execvp(arguments[2], arguments + 2);
    _exit(127);
  }
  struct rusage usage;
  int status;
  if (wait4(child, &status, 0, &usage) < 0) return 1;
  printf("%.6f %ld %d\n", now() - start, usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
