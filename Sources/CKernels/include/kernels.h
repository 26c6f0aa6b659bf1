// The arithmetic of training, compiled three times: for any processor, for AVX2 and for AVX-512.
//
// Why C: Swift has no way to compile one function for several vector widths and to choose at run time, and SIMD16's
// `addingProduct` becomes sixteen calls of fmaf without `-march`.  Benchmarks/RESULTS.md has the measured difference.
//
// What it promises:
//  1. The same bits whatever the width and however many threads.  A vector is always 16 lanes (one AVX-512 register, two of AVX2,
//     four of SSE or NEON); a lane is a sample; each operation is one IEEE operation, fused where fma() is written and nowhere else.
//     Threads share out results (rows, columns, samples), never the terms of a sum.
//  2. A sum over features runs in their order, one fused multiply-add after the other.
//  3. A sum over samples has 16 partial sums (sample mod 16) within a chunk of KERNELS_CHUNK samples; they are added
//     pairwise (8, 4, 2, 1 apart), and the chunks are added in their order.
//  4. exp, expm1, tanh, erf and log are our own: libm's differ from one processor and version to the next.
//
// Layout: a matrix of activations is feature-major, (features, stride) floats, one column a sample.  The kernels work on whole
// vectors: `columns` is the number of samples rounded up to 16, and a stride is at least that.  What stands in the columns beyond
// the last sample has no effect on any result as long as the weights are finite (0 · inf is NaN, there as everywhere).
#pragma once
#include <stdint.h>

#define KERNELS_LANES 16
#define KERNELS_CHUNK 1024

// The activations between layers besides ReLU and none.
enum { KERNELS_TANH = 1, KERNELS_SIGMOID, KERNELS_LEAKY_RELU, KERNELS_ELU, KERNELS_GELU, KERNELS_SILU };

// A sum over samples, in 16 parts (sample mod 16).
typedef struct {
  double lane[KERNELS_LANES];
} kernels_totals;

// The kernels of one instruction set, each for one thread.
typedef struct {
  const char *name;

  // out (out_features, columns) = weight (out_features, in_features) · x (in_features, columns) + bias, then max(0, ·) if relu.
  // Only the columns from ..< to.
  void (*linear_forward)(float *out, int64_t out_stride, const float *weight, const float *bias, const float *x, int64_t x_stride,
                         int64_t in_features, int64_t out_features, int relu, int64_t from, int64_t to);

  // weight_gradient (out_features, in_features) = delta (out_features, columns) · xᵀ, bias_gradient = delta summed over the
  // columns, at most a chunk of them; added to what is there if `adds`.  Only the rows from ..< to and the columns of the
  // gradient from_column ..< to_column (the bias goes with column 0).  delta must be 0 beyond the last sample.
  void (*linear_parameter_gradient)(float *weight_gradient, float *bias_gradient, const float *delta, int64_t delta_stride,
                                    const float *x, int64_t x_stride, int64_t in_features, int64_t columns, int adds, int64_t from,
                                    int64_t to, int64_t from_column, int64_t to_column);

  // x_delta (in_features, columns) = weightᵀ · delta, and 0 wherever the ReLU's output `activation` (unless NULL) was not positive.
  // Only the rows from ..< to of x_delta.
  void (*linear_input_gradient)(float *x_delta, int64_t x_delta_stride, const float *weight, const float *delta, int64_t delta_stride,
                                const float *activation, int64_t activation_stride, int64_t in_features, int64_t out_features,
                                int64_t columns, int64_t from, int64_t to);

  // logits (1, samples) become probabilities.
  void (*sigmoid)(float *logits, int64_t samples);

  // logits (classes, samples) become probabilities that sum to 1 in each column.
  void (*softmax)(float *logits, int64_t stride, int64_t classes, int64_t samples);

  // Adds the samples' losses to totals, and puts into delta (when not NULL) the gradient of their sum over `divisor` by the logits
  // or values, 0 beyond the last sample.  targets: 0 or 1 · the class's number · the value.  weights: a factor for each sample's
  // loss, or NULL for 1.
  void (*binary_cross_entropy)(kernels_totals *totals, float *delta, const float *probabilities, const float *targets,
                               const float *weights, int64_t samples, float divisor);
  void (*cross_entropy)(kernels_totals *totals, float *delta, const float *logits, int64_t stride, const float *targets,
                        const float *weights, int64_t classes, int64_t samples, float divisor);
  void (*mean_squared_error)(kernels_totals *totals, float *delta, const float *values, const float *targets, int64_t samples,
                             int64_t all_samples);

  // w -= learning_rate · g, where g is first gradient + weight_decay · w, then momentum's buffer (first_step: buffer = g).
  void (*sgd)(float *w, const float *gradient, float *buffer, int64_t count, float learning_rate, float momentum,
              float weight_decay, int first_step);

  // Adam with bias correction.  step_size = learning_rate / (1 - beta1^t), root_correction = sqrt(1 - beta2^t); the
  // complements of the betas are rounded from double by the caller (1 - 0.999f is 5e-5 off).
  void (*adam)(float *w, const float *gradient, float *mean, float *square, int64_t count, float step_size,
               float root_correction, float beta2, float one_minus_beta1, float one_minus_beta2, float epsilon, float weight_decay);

  // to (features, columns) = the activation of this kind of from; both may be the same.
  void (*activate)(int kind, float *to, int64_t to_stride, const float *from, int64_t from_stride, int64_t features, int64_t columns);

  // delta (features, columns) times the activation's derivative.  from: what the activation was given (elu, gelu, silu) or what it
  // gave (the others).
  void (*activation_gradient)(int kind, float *delta, int64_t delta_stride, const float *from, int64_t from_stride, int64_t features,
                              int64_t columns);
} kernels_table;

// The kernels of this name ("baseline", "avx2", "avx512"), or NULL where the processor can't run them.
const kernels_table *kernels_named(const char *name);

// The totals' sum over `divisor`.
double kernels_mean(const kernels_totals *totals, double divisor);

// The three kernels of a linear layer for up to `threads` threads, where there is enough to do for them.  x_first and out_first
// are the first of the samples in their rows.
void kernels_linear_forward(const kernels_table *kernels, int threads, float *out, int64_t out_first, int64_t out_stride,
                            const float *weight, const float *bias, const float *x, int64_t x_first, int64_t x_stride,
                            int64_t in_features, int64_t out_features, int relu, int64_t columns);
void kernels_linear_parameter_gradient(const kernels_table *kernels, int threads, float *weight_gradient, float *bias_gradient,
                                       const float *delta, int64_t delta_first, int64_t delta_stride, const float *x, int64_t x_first,
                                       int64_t x_stride, int64_t in_features, int64_t out_features, int64_t columns, int adds);
void kernels_linear_input_gradient(const kernels_table *kernels, int threads, float *x_delta, int64_t x_delta_stride,
                                   const float *weight, const float *delta, int64_t delta_stride, const float *activation,
                                   int64_t activation_stride, int64_t in_features, int64_t out_features, int64_t columns);
