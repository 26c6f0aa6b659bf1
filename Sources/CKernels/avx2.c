// For x86-64 processors with AVX2 and FMA (since 2013–2015).
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define KERNELS kernels_avx2
#define KERNELS_NAME "avx2"
#define FORWARD_ROWS 6
#define GRADIENT_ROWS 2
#define GRADIENT_COLUMNS 3
#include "body.h"
#pragma clang attribute pop
#endif
