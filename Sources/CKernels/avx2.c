// For x86-64 processors with AVX2 and FMA (since 2013–2015): 16 registers of 8 lanes.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define KERNELS kernels_avx2
#define KERNELS_NAME "avx2"
#define FORWARD_ROWS 6
#define FORWARD_RESTS(f) REST(1, f) REST(2, f) REST(3, f) REST(4, f) REST(5, f)
#define PART 8
#define GRADIENT_ROWS 3
#define GRADIENT_RESTS(f) REST(1, f) REST(2, f)
#include "body.h"
#pragma clang attribute pop
#endif
