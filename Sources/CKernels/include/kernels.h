// The arithmetic of training, compiled three times: for any processor, for AVX2 and for AVX-512.
//
// Why C: Swift has no way to compile one function for several vector widths and to choose at run time, and SIMD16's
// `addingProduct` becomes sixteen calls of fmaf without `-march`.  Benchmarks/RESULTS.md has the measured difference.
//
// What it promises:
//  1. The same bits whatever the width.  A vector is always 16 lanes (one AVX-512 register, two of AVX2, four of SSE or
//     NEON); a lane is a sample; each operation is one IEEE operation, fused where fma() is written and nowhere else.
//  2. A sum over features runs in their order, one fused multiply-add after the other.
//  3. A sum over samples has 16 partial sums (sample mod 16) within a chunk of KERNELS_CHUNK samples; they are added
//     pairwise (8, 4, 2, 1 apart), and the chunks are added in their order.
//  4. exp and log are our own: libm's differ from one processor and version to the next.
//
// Layout: a matrix of activations is (features, stride) floats, feature-major, one column a sample.  `stride` is the
// number of samples rounded up to 16.  What stands in the columns beyond `samples` has no effect on any result
// as long as the weights are finite (0 · inf is NaN, there as everywhere).
#pragma once
#include <stdint.h>

#define KERNELS_LANES 16
#define KERNELS_CHUNK 1024

typedef struct {
  const char *name;

  // out (out_features, stride) = weight (out_features, in_features) · x (in_features, stride) + bias, then max(0, ·) if relu.
  // Only the rows from ..< to are written: callers share the rows among threads.
  void (*linear_forward)(float *out, const float *weight, const float *bias, const float *x, int64_t in_features,
                         int64_t stride, int relu, int64_t from, int64_t to);

  // weight_gradient (out_features, in_features) = delta (out_features, stride) · xᵀ, bias_gradient = delta summed over the
  // samples.  Only the rows from ..< to.  delta must be 0 beyond the last sample.
  void (*linear_parameter_gradient)(float *weight_gradient, float *bias_gradient, const float *delta, const float *x,
                                    int64_t in_features, int64_t stride, int64_t from, int64_t to);

  // x_delta (in_features, stride) = weightᵀ · delta, and 0 wherever the ReLU's output `activation` was not positive.
  // Only the rows from ..< to of x_delta.
  void (*linear_input_gradient)(float *x_delta, const float *weight, const float *delta, const float *activation,
                                int64_t in_features, int64_t out_features, int64_t stride, int64_t from, int64_t to);

  // logits (1, stride) become probabilities.
  void (*sigmoid)(float *logits, int64_t stride);

  // logits (classes, stride) become probabilities that sum to 1 in each column.
  void (*softmax)(float *logits, int64_t classes, int64_t stride);

  // The mean losses over `samples`, and into delta (when not NULL) the gradient by the logits or values, already divided
  // by the number of samples (of values), 0 beyond the last sample.  targets: 0 or 1 · the class's number · the value.
  double (*binary_cross_entropy)(float *delta, const float *probabilities, const float *targets, int64_t samples, int64_t stride);
  double (*cross_entropy)(float *delta, const float *logits, const float *targets, int64_t classes, int64_t samples, int64_t stride);
  double (*mean_squared_error)(float *delta, const float *values, const float *targets, int64_t samples, int64_t stride);

  // w -= learning_rate · g, where g is first gradient + weight_decay · w, then momentum's buffer (first_step: buffer = g).
  void (*sgd)(float *w, const float *gradient, float *buffer, int64_t count, float learning_rate, float momentum,
              float weight_decay, int first_step);

  // Adam with bias correction.  step_size = learning_rate / (1 - beta1^t), root_correction = sqrt(1 - beta2^t); the
  // complements of the betas are rounded from double by the caller (1 - 0.999f is 5e-5 off).
  void (*adam)(float *w, const float *gradient, float *mean, float *square, int64_t count, float step_size,
               float root_correction, float beta2, float one_minus_beta1, float one_minus_beta2, float epsilon, float weight_decay);
} kernels_table;

// The kernels of this name ("baseline", "avx2", "avx512"), or NULL where the processor can't run them.
const kernels_table *kernels_named(const char *name);
