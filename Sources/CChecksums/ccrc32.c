#include "ccrc32.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

bool ccrc32_is_available(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_PCLMULQDQ);
}

// 16 bytes moved forward by the distance that the two factors stand for, one for each half.
__attribute__((target("pclmul"), always_inline)) static inline __m128i moved(__m128i bytes, __m128i factors) {
  return _mm_xor_si128(_mm_clmulepi64_si128(bytes, factors, 0x00), _mm_clmulepi64_si128(bytes, factors, 0x11));
}

// Source: V. Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", 2009.  A factor is
// x^(distance in bits + 32 or - 32) modulo the polynomial, its bits in reverse.
__attribute__((target("pclmul"))) void ccrc32_fold(uint32_t state, const uint8_t *bytes, size_t blocks, uint8_t folded[16]) {
  const __m128i by_64 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i by_16 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  const __m128i *next = (const __m128i *)bytes;
  __m128i lanes[4];
  for (int lane = 0; lane < 4; lane++) lanes[lane] = _mm_loadu_si128(next + lane);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)state));
  while (--blocks > 0) {
    next += 4;
    for (int lane = 0; lane < 4; lane++) lanes[lane] = _mm_xor_si128(moved(lanes[lane], by_64), _mm_loadu_si128(next + lane));
  }
  __m128i all = lanes[0];
  for (int lane = 1; lane < 4; lane++) all = _mm_xor_si128(moved(all, by_16), lanes[lane]);
  _mm_storeu_si128((__m128i *)folded, all);
}

#else

bool ccrc32_is_available(void) { return false; }
void ccrc32_fold(uint32_t state, const uint8_t *bytes, size_t blocks, uint8_t folded[16]) {
  (void)state, (void)bytes, (void)blocks, (void)folded;
  __builtin_trap();
}

#endif
