// The activations between layers but ReLU, which the linear kernels have within them.  Included by body.h once for each instruction set.
// The formulas are those of PyTorch's CPU kernels, with its default slope (0.01) and alpha (1); gelu is the exact form with erf.
#pragma once
#include "vectors.h"

INLINE v16 leaky_relu16(v16 x) { return choose(x > splat(0.0f), x, x * splat(0.01f)); }
INLINE v16 elu16(v16 x) { return choose(x > splat(0.0f), x, expm1_16(x)); }
INLINE v16 normal_below16(v16 x) { return splat(1.0f) + erf16(x * splat(0x1.6a09e6p-1f)); }  // twice the normal distribution's
INLINE v16 gelu16(v16 x) { return x * splat(0.5f) * normal_below16(x); }
INLINE v16 silu16(v16 x) { return x / (splat(1.0f) + exp16(-x)); }

// The derivatives.  y is what the activation gave, x what it was given.
INLINE v16 tanh_slope16(v16 y) { return fma16(-y, y, splat(1.0f)); }
INLINE v16 sigmoid_slope16(v16 y) { return (splat(1.0f) - y) * y; }
INLINE v16 leaky_relu_slope16(v16 y) { return choose(y > splat(0.0f), splat(1.0f), splat(0.01f)); }
INLINE v16 elu_slope16(v16 x) { return choose(x > splat(0.0f), splat(1.0f), exp16(x)); }
INLINE v16 gelu_slope16(v16 x) {
  const v16 density = exp16(splat(-0.5f) * x * x) * splat(0x1.988454p-2f);  // 1 / sqrt(2 pi)
  return fma16(x, density, splat(0.5f) * normal_below16(x));
}
INLINE v16 silu_slope16(v16 x) {
  const v16 s = sigmoid16(x);
  return s * fma16(x, splat(1.0f) - s, splat(1.0f));
}

#define EACH(result) \
  for (int64_t f = 0; f < features; f++) \
    for (int64_t s = 0; s < columns; s += LANES) { \
      const v16 x = load(from + f * from_stride + s); \
      store(to + f * to_stride + s, result); \
    } \
  break;

static void activate(int kind, float *to, int64_t to_stride, const float *from, int64_t from_stride, int64_t features, int64_t columns) {
  switch (kind) {
    case KERNELS_TANH: EACH(tanh16(x))
    case KERNELS_SIGMOID: EACH(sigmoid16(x))
    case KERNELS_LEAKY_RELU: EACH(leaky_relu16(x))
    case KERNELS_ELU: EACH(elu16(x))
    case KERNELS_GELU: EACH(gelu16(x))
    case KERNELS_SILU: EACH(silu16(x))
  }
}

static void activation_gradient(int kind, float *to, int64_t to_stride, const float *from, int64_t from_stride, int64_t features,
                                int64_t columns) {
#define OLD load(to + f * to_stride + s)
  switch (kind) {
    case KERNELS_TANH: EACH(OLD * tanh_slope16(x))
    case KERNELS_SIGMOID: EACH(OLD * sigmoid_slope16(x))
    case KERNELS_LEAKY_RELU: EACH(OLD * leaky_relu_slope16(x))
    case KERNELS_ELU: EACH(OLD * elu_slope16(x))
    case KERNELS_GELU: EACH(OLD * gelu_slope16(x))
    case KERNELS_SILU: EACH(OLD * silu_slope16(x))
  }
#undef OLD
}
#undef EACH
