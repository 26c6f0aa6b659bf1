// Vectors of 16 lanes, and exp, expm1, tanh, erf and log on them.  Included by body.h once for each instruction set.
#pragma once
#include <stdint.h>

#define LANES 16
typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16 __attribute__((vector_size(64), aligned(4)));
typedef uint32_t u16 __attribute__((vector_size(64), aligned(4)));
typedef double d16 __attribute__((vector_size(128), aligned(8)));
#define INLINE static inline __attribute__((always_inline))

INLINE v16 load(const float *p) { return *(const v16 *)p; }
INLINE void store(float *p, v16 v) { *(v16 *)p = v; }
INLINE v16 splat(float x) { return (v16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
INLINE v16 fma16(v16 a, v16 b, v16 c) { return __builtin_elementwise_fma(a, b, c); }
INLINE v16 choose(i16 mask, v16 yes, v16 no) { return (v16)((mask & (i16)yes) | (~mask & (i16)no)); }

// All ones in the lanes whose sample (first + lane) is below `samples`.
INLINE i16 lanes_below(int64_t first, int64_t samples) {
  const i16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const int64_t left = samples - first;
  const int32_t count = left > LANES ? LANES : (int32_t)left;
  return lane < count;
}

// The pairwise sum of the lanes: 8, 4, 2 and 1 apart.
INLINE float sum_lanes(v16 v) {
  float lane[LANES];
  store(lane, v);
  for (int apart = LANES / 2; apart > 0; apart /= 2)
    for (int i = 0; i < apart; i++) lane[i] += lane[i + apart];
  return lane[0];
}

typedef float v4 __attribute__((vector_size(16), aligned(4)));
typedef float v8 __attribute__((vector_size(32), aligned(4)));

// The same of four vectors: 8 and 4 apart one by one, then 2 and 1 apart for all of them at once.
INLINE void sum_lanes_of_four(float *sums, const float (*lanes)[LANES]) {
  v4 quarter[4];
  for (int i = 0; i < 4; i++) {
    const v8 half = *(const v8 *)lanes[i] + *(const v8 *)(lanes[i] + 8);
    quarter[i] = __builtin_shufflevector(half, half, 0, 1, 2, 3) + __builtin_shufflevector(half, half, 4, 5, 6, 7);
  }
  const v4 ab = __builtin_shufflevector(quarter[0], quarter[1], 0, 1, 4, 5) + __builtin_shufflevector(quarter[0], quarter[1], 2, 3, 6, 7);
  const v4 cd = __builtin_shufflevector(quarter[2], quarter[3], 0, 1, 4, 5) + __builtin_shufflevector(quarter[2], quarter[3], 2, 3, 6, 7);
  *(v4 *)sums = __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
}

// e^x within 1 ulp: x = n ln 2 + r, |r| <= ln 2 / 2, and a polynomial of minimax error 1.4e-9 for (e^r - 1 - r) / r².
INLINE v16 exp16(v16 x) {
  x = choose(x > splat(89.0f), splat(89.0f), x);  // above 88.73 it is infinite
  x = choose(x < splat(-105.0f), splat(-105.0f), x);
  const v16 shift = splat(0x1.8p23f);  // adding it rounds to an integer
  const v16 shifted = fma16(x, splat(0x1.715476p0f), shift);
  const v16 n = shifted - shift;
  v16 r = fma16(n, splat(-0x1.62e43p-1f), x);
  r = fma16(n, splat(0x1.05c610p-29f), r);
  v16 p = splat(0x1.a12792p-13f);
  p = fma16(p, r, splat(0x1.6d4618p-10f));
  p = fma16(p, r, splat(0x1.1110e0p-7f));
  p = fma16(p, r, splat(0x1.5554e6p-5f));
  p = fma16(p, r, splat(0x1.555556p-3f));
  p = fma16(p, r, splat(0.5f));
  const v16 e = fma16(r * r, p, r) + splat(1.0f);
  // 2^n in two factors, so that results near both ends of the range come out right.
  const i16 exponent = (i16)shifted - (i16)shift;
  const i16 half = exponent >> 1;
  const v16 first = (v16)((u16)(half + 127) << 23);
  const v16 second = (v16)((u16)(exponent - half + 127) << 23);
  return e * first * second;
}

// ln x within 1 ulp, for x >= 0 and NaN: x = 2^k (1 + f), 1 + f in [sqrt(1/2), sqrt(2)), minimax error 4.6e-9.
INLINE v16 log16(v16 x) {
  const i16 tiny = x < splat(0x1p-126f);
  const v16 scaled = choose(tiny, x * splat(0x1p23f), x);
  const i16 bits = (i16)scaled - 0x3f3504f3;
  const v16 f = (v16)((bits & 0x7fffff) + 0x3f3504f3) - splat(1.0f);
  const v16 k = __builtin_convertvector(bits >> 23, v16) - choose(tiny, splat(23.0f), splat(0.0f));
  v16 p = splat(-0.062015f);
  p = fma16(p, f, splat(0.105308644f));
  p = fma16(p, f, splat(-0.10646192f));
  p = fma16(p, f, splat(0.11037783f));
  p = fma16(p, f, splat(-0.124507435f));
  p = fma16(p, f, splat(0.14286524f));
  p = fma16(p, f, splat(-0.16668001f));
  p = fma16(p, f, splat(0.2000001f));
  p = fma16(p, f, splat(-0.2499999f));
  p = fma16(p, f, splat(0.33333334f));
  const v16 square = f * f;
  v16 low = fma16(k, splat(-1.9046542e-09f), square * f * p);
  low = fma16(square, splat(-0.5f), low);
  v16 result = fma16(k, splat(0.6931472f), low + f);
  result = choose(x == splat(0.0f), splat(-__builtin_inff()), result);
  result = choose(x == splat(__builtin_inff()), x, result);
  return choose(x == x, result, x);
}

// 1 / (1 + e^-x), PyTorch's sigmoid.
INLINE v16 sigmoid16(v16 x) { return splat(1.0f) / (splat(1.0f) + exp16(-x)); }

INLINE v16 magnitude16(v16 x) { return (v16)((i16)x & 0x7fffffff); }
INLINE v16 with_sign16(v16 size, v16 x) { return (v16)((i16)size | ((i16)x & (i16)splat(-0.0f))); }

// e^x as power · (1 + result), power = 2^n, for -87 <= x <= 0: as in exp16.
INLINE v16 exp_parts16(v16 x, v16 *power) {
  const v16 shift = splat(0x1.8p23f);
  const v16 shifted = fma16(x, splat(0x1.715476p0f), shift);
  const v16 n = shifted - shift;
  v16 r = fma16(n, splat(-0x1.62e43p-1f), x);
  r = fma16(n, splat(0x1.05c610p-29f), r);
  v16 p = splat(0x1.a12792p-13f);
  p = fma16(p, r, splat(0x1.6d4618p-10f));
  p = fma16(p, r, splat(0x1.1110e0p-7f));
  p = fma16(p, r, splat(0x1.5554e6p-5f));
  p = fma16(p, r, splat(0x1.555556p-3f));
  p = fma16(p, r, splat(0.5f));
  *power = (v16)((u16)((i16)shifted - (i16)shift + 127) << 23);
  return fma16(r * r, p, r);
}

// e^x - 1 within 1 ulp, for x <= 0; -1 from -17.4 on.
INLINE v16 expm1_16(v16 x) {
  v16 power;
  const v16 e = exp_parts16(choose(x < splat(-87.0f), splat(-87.0f), x), &power);
  return fma16(power, e, power - splat(1.0f));
}

// tanh x within 2.5 ulp (8e-8), with E = e^(-2|x|): (1 - E) / (1 + E), and from 0.35 on, where E is below 1/2, as 1 - 2 E / (1 + E).
INLINE v16 tanh16(v16 x) {
  const v16 size = magnitude16(x), doubled = splat(-2.0f) * size;
  v16 power;
  const v16 e = exp_parts16(choose(doubled < splat(-87.0f), splat(-87.0f), doubled), &power);
  const v16 rest = fma16(power, e, power), sum = splat(1.0f) + rest, loss = fma16(-power, e, splat(1.0f) - power);
  const v16 near = loss / sum;
  const v16 far = splat(1.0f) - splat(2.0f) * rest / sum;
  return with_sign16(choose(size < splat(0.35f), near, far), x);
}

// erf x within 2 ulp: x + x P(x²) up to 0.92 (minimax error 1.5e-8), beyond it 1 - e^Q(|x|).
INLINE v16 erf16(v16 x) {
  const v16 size = magnitude16(x), square = x * x;
  v16 p = splat(-0x1.3bb750p-11f);
  p = fma16(p, square, splat(0x1.47a764p-8f));
  p = fma16(p, square, splat(-0x1.b69ee6p-6f));
  p = fma16(p, square, splat(0x1.ce1be0p-4f));
  p = fma16(p, square, splat(-0x1.8126eep-2f));
  p = fma16(p, square, splat(0x1.06eba6p-3f));
  const v16 near = fma16(p, x, x);
  const v16 t = choose(size > splat(4.0f), splat(4.0f), size);  // 1 from 3.92 on
  v16 q = splat(-0x1.40883cp-16f);
  q = fma16(q, t, splat(0x1.ada6cap-12f));
  q = fma16(q, t, splat(-0x1.090c82p-8f));
  q = fma16(q, t, splat(0x1.95d742p-6f));
  q = fma16(q, t, splat(-0x1.b93aaep-4f));
  q = fma16(q, t, splat(-0x1.448a36p-1f));
  q = fma16(q, t, splat(-0x1.2116bap0f));
  q = fma16(q, t, splat(0x1.f5a992p-14f));
  const v16 far = with_sign16(splat(1.0f) - exp16(q), x);
  return choose(size < splat(0.92f), near, far);
}
