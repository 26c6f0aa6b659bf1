#include "csha256.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

// FIPS 180-4, section 4.2.2.
static const uint32_t constants[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotated(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

// Source: FIPS 180-4, section 6.2.2.
void csha256_portable(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
  for (; blocks > 0; blocks--, bytes += 64) {
    uint32_t w[64];
    for (int t = 0; t < 16; t++) {
      w[t] = (uint32_t)bytes[4 * t] << 24 | (uint32_t)bytes[4 * t + 1] << 16 | (uint32_t)bytes[4 * t + 2] << 8 | bytes[4 * t + 3];
    }
    for (int t = 16; t < 64; t++) {
      const uint32_t early = w[t - 15], late = w[t - 2];
      const uint32_t sigma0 = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3;
      const uint32_t sigma1 = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10;
      w[t] = sigma1 + w[t - 7] + sigma0 + w[t - 16];
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (int t = 0; t < 64; t++) {
      const uint32_t sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const uint32_t sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const uint32_t first = h + sum1 + ((e & f) ^ (~e & g)) + constants[t] + w[t];
      const uint32_t second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e, state[5] += f, state[6] += g, state[7] += h;
  }
}

#if defined(__x86_64__)

// Asking the processor takes microseconds in a virtual machine: once is enough, and two threads may both ask.
static bool has_instructions(void) {
  static _Atomic int known = -1;
  if (known < 0) {
    unsigned a, b, c, d;
    const bool has_sse = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1);
    known = has_sse && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
  }
  return known;
}

// The instructions want the eight words as (a, b, e, f) and (c, d, g, h), the first in the highest lane.
#define LOAD(state, abef, cdgh)                                                                 \
  abef = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);            \
  cdgh = _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7])
#define STORE(state, abef, cdgh)                                                                \
  state[0] = (uint32_t)_mm_extract_epi32(abef, 3), state[1] = (uint32_t)_mm_extract_epi32(abef, 2); \
  state[4] = (uint32_t)_mm_extract_epi32(abef, 1), state[5] = (uint32_t)_mm_extract_epi32(abef, 0); \
  state[2] = (uint32_t)_mm_extract_epi32(cdgh, 3), state[3] = (uint32_t)_mm_extract_epi32(cdgh, 2); \
  state[6] = (uint32_t)_mm_extract_epi32(cdgh, 1), state[7] = (uint32_t)_mm_extract_epi32(cdgh, 0)

// So many messages at once, each with as many blocks.  The counts are constants where it is called, so every loop over lanes and
// rounds is unrolled, and the lanes' instructions stand beside each other.
__attribute__((target("sha,sse4.1"), always_inline)) static inline void compress_by_instructions(
  int lanes, uint32_t *const states[], const uint8_t *const messages[], size_t blocks) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i abef[2], cdgh[2];
  for (int lane = 0; lane < lanes; lane++) {
    LOAD(states[lane], abef[lane], cdgh[lane]);
  }
  for (size_t block = 0; block < blocks; block++) {
    __m128i words[2][4], abef_before[2], cdgh_before[2];
    for (int lane = 0; lane < lanes; lane++) {
      abef_before[lane] = abef[lane];
      cdgh_before[lane] = cdgh[lane];
      const __m128i *bytes = (const __m128i *)(messages[lane] + 64 * block);
      for (int part = 0; part < 4; part++) {
        words[lane][part] = _mm_shuffle_epi8(_mm_loadu_si128(bytes + part), big_endian);
      }
    }
#pragma clang loop unroll(full)
    for (int round = 0; round < 16; round++) {
      const __m128i four = _mm_loadu_si128((const __m128i *)(constants + 4 * round));
#pragma clang loop unroll(full)
      for (int lane = 0; lane < lanes; lane++) {
        __m128i *w = words[lane];
        const __m128i sum = _mm_add_epi32(w[round & 3], four);
        cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], sum);
        abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], _mm_shuffle_epi32(sum, 0x0e));
        if (round < 12) {
          // The words of four rounds later take the place of those that are used up.
          __m128i next = _mm_sha256msg1_epu32(w[round & 3], w[(round + 1) & 3]);
          next = _mm_add_epi32(next, _mm_alignr_epi8(w[(round + 3) & 3], w[(round + 2) & 3], 4));
          w[round & 3] = _mm_sha256msg2_epu32(next, w[(round + 3) & 3]);
        }
      }
    }
    for (int lane = 0; lane < lanes; lane++) {
      abef[lane] = _mm_add_epi32(abef[lane], abef_before[lane]);
      cdgh[lane] = _mm_add_epi32(cdgh[lane], cdgh_before[lane]);
    }
  }
  for (int lane = 0; lane < lanes; lane++) {
    STORE(states[lane], abef[lane], cdgh[lane]);
  }
}

__attribute__((target("sha,sse4.1"))) static void one_by_instructions(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
  uint32_t *const states[] = {state};
  const uint8_t *const messages[] = {bytes};
  compress_by_instructions(1, states, messages, blocks);
}

__attribute__((target("sha,sse4.1"))) static void two_by_instructions(
  uint32_t first_state[8], const uint8_t *first, uint32_t second_state[8], const uint8_t *second, size_t blocks) {
  uint32_t *const states[] = {first_state, second_state};
  const uint8_t *const messages[] = {first, second};
  compress_by_instructions(2, states, messages, blocks);
}

#endif

void csha256_one(uint32_t state[8], const uint8_t *bytes, size_t blocks) {
#if defined(__x86_64__)
  if (has_instructions()) return one_by_instructions(state, bytes, blocks);
#endif
  csha256_portable(state, bytes, blocks);
}

void csha256_two(
  uint32_t first_state[8], const uint8_t *first, uint32_t second_state[8], const uint8_t *second, size_t blocks) {
#if defined(__x86_64__)
  if (has_instructions()) return two_by_instructions(first_state, first, second_state, second, blocks);
#endif
  csha256_portable(first_state, first, blocks);
  csha256_portable(second_state, second, blocks);
}
