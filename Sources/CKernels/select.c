// Which of the compiled kernels this processor can run, and what is the same for all of them.
#include <stddef.h>
#include <string.h>
#include "kernels.h"

extern const kernels_table kernels_baseline;
#if defined(__x86_64__)
extern const kernels_table kernels_avx2;
extern const kernels_table kernels_avx512;
#endif

const kernels_table *kernels_named(const char *name) {
  if (strcmp(name, "baseline") == 0) return &kernels_baseline;
#if defined(__x86_64__)
  if (strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kernels_avx2;
  if (strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return &kernels_avx512;
#endif
  return NULL;
}

double kernels_mean(const kernels_totals *totals, double divisor) {
  double lane[KERNELS_LANES];
  memcpy(lane, totals->lane, sizeof lane);
  for (int apart = KERNELS_LANES / 2; apart > 0; apart /= 2)
    for (int i = 0; i < apart; i++) lane[i] += lane[i + apart];
  return lane[0] / divisor;
}
