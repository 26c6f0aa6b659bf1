// For x86-64 processors with AVX-512.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define KERNELS kernels_avx512
#define KERNELS_NAME "avx512"
#define FORWARD_ROWS 12
#define GRADIENT_ROWS 4
#define GRADIENT_COLUMNS 5
#include "body.h"
#pragma clang attribute pop
#endif
