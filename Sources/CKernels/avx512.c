// For x86-64 processors with AVX-512: 32 registers of 16 lanes.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define KERNELS kernels_avx512
#define KERNELS_NAME "avx512"
#define FORWARD_ROWS 12
#define FORWARD_RESTS(f) REST(1, f) REST(2, f) REST(3, f) REST(4, f) REST(5, f) REST(6, f) REST(7, f) REST(8, f) REST(9, f) REST(10, f) REST(11, f)
#define PART 16
#define GRADIENT_ROWS 6
#define GRADIENT_RESTS(f) REST(1, f) REST(2, f) REST(3, f) REST(4, f) REST(5, f)
#include "body.h"
#pragma clang attribute pop
#endif
