// The kernels themselves.  Included by one file for each instruction set, which sets the size of the register tiles; the tiles
// change what is computed when, never what is computed.
#include <math.h>
#include <stddef.h>
#include "kernels.h"
#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"  // every function that takes a vector is inlined
#include "vectors.h"
#include "activations.h"
typedef float vpart __attribute__((vector_size(4 * PART), aligned(4)));  // a register

// MARK: linear layers

// As many samples as keep `features` rows of them in half of a first-level cache of 32 KB, but so many that the weights
// aren't fetched too often.
INLINE int64_t samples_at_once(int64_t features) {
  const int64_t fit = 4096 / features / LANES * LANES;
  return fit < 64 ? 64 : fit;
}

// f with each constant number of rows that is less than a full tile's.
#define REST(n, f) case n: f(n); break;

// `rows` rows of out over some samples: rows independent chains over the features for each vector of samples.
INLINE void forward_rows(float *out, int64_t out_stride, const float *weight, const float *bias, const float *x, int64_t x_stride,
                         int64_t in_features, int64_t first, int64_t last, int relu, int64_t row, const int rows) {
  for (int64_t s = first; s < last; s += LANES) {
    v16 sum[FORWARD_ROWS];
    for (int r = 0; r < rows; r++) sum[r] = splat(bias[row + r]);
    for (int64_t i = 0; i < in_features; i++) {
      const v16 xi = load(x + i * x_stride + s);
      for (int r = 0; r < rows; r++) sum[r] = fma16(splat(weight[(row + r) * in_features + i]), xi, sum[r]);
    }
    for (int r = 0; r < rows; r++) {
      // x < 0 ? 0 : x, so that NaN stays NaN.
      const v16 y = relu ? choose(sum[r] < splat(0.0f), splat(0.0f), sum[r]) : sum[r];
      store(out + (row + r) * out_stride + s, y);
    }
  }
}

static void linear_forward(float *out, int64_t out_stride, const float *weight, const float *bias, const float *x, int64_t x_stride,
                           int64_t in_features, int64_t out_features, int relu, int64_t from, int64_t to) {
  const int64_t step = samples_at_once(in_features);
  for (int64_t first = from; first < to; first += step) {
    const int64_t last = first + step < to ? first + step : to;
#define FORWARD(rows) forward_rows(out, out_stride, weight, bias, x, x_stride, in_features, first, last, relu, row, rows)
    int64_t row = 0;
    for (; row + FORWARD_ROWS <= out_features; row += FORWARD_ROWS) FORWARD(FORWARD_ROWS);
    switch (out_features - row) { FORWARD_RESTS(FORWARD) }
#undef FORWARD
  }
}

// A tile of rows × columns dot products over the samples 0 ..< samples (one chunk).  The lanes of a vector that is wider than
// a register go one register after the other, so that the tile is as large as the registers allow.
INLINE void gradient_tile(float *weight_gradient, const float *delta, int64_t delta_stride, const float *x, int64_t x_stride,
                          int64_t in_features, int64_t samples, int adds, int64_t row, int64_t column, const int rows,
                          const int columns) {
  float lanes[GRADIENT_ROWS][4][LANES];
  for (int part = 0; part < LANES; part += PART) {
    vpart sum[GRADIENT_ROWS][4];
    for (int r = 0; r < rows; r++)
      for (int c = 0; c < columns; c++) sum[r][c] = (vpart){0};
    for (int64_t s = part; s < samples; s += LANES) {
      vpart d[GRADIENT_ROWS];
      for (int r = 0; r < rows; r++) d[r] = *(const vpart *)(delta + (row + r) * delta_stride + s);
      for (int c = 0; c < columns; c++) {
        const vpart xc = *(const vpart *)(x + (column + c) * x_stride + s);
        for (int r = 0; r < rows; r++) sum[r][c] = __builtin_elementwise_fma(d[r], xc, sum[r][c]);
      }
    }
    for (int r = 0; r < rows; r++)
      for (int c = 0; c < columns; c++) *(vpart *)(lanes[r][c] + part) = sum[r][c];
  }
  for (int r = 0; r < rows; r++) {
    // Columns that aren't there are summed along with the others, and dropped.
    for (int c = columns; c < 4; c++) store(lanes[r][c], splat(0.0f));
    float parts[4];
    sum_lanes_of_four(parts, lanes[r]);
    float *g = weight_gradient + (row + r) * in_features + column;
    for (int c = 0; c < columns; c++) g[c] = adds ? g[c] + parts[c] : parts[c];
  }
}

static void linear_parameter_gradient(float *weight_gradient, float *bias_gradient, const float *delta, int64_t delta_stride,
                                      const float *x, int64_t x_stride, int64_t in_features, int64_t samples, int adds,
                                      int64_t from, int64_t to, int64_t from_column, int64_t to_column) {
#define TILE(rows, columns) \
  gradient_tile(weight_gradient, delta, delta_stride, x, x_stride, in_features, samples, adds, row, column, rows, columns)
#define TILES(rows) \
  for (; column + 4 <= to_column; column += 4) TILE(rows, 4); \
  switch (to_column - column) { \
    case 1: TILE(rows, 1); break; \
    case 2: TILE(rows, 2); break; \
    case 3: TILE(rows, 3); break; \
  }
  int64_t row = from, column = from_column;
  for (; row + GRADIENT_ROWS <= to; row += GRADIENT_ROWS, column = from_column) { TILES(GRADIENT_ROWS) }
  switch (to - row) { GRADIENT_RESTS(TILES) }
#undef TILES
#undef TILE
  if (from_column > 0) return;
  for (row = from; row < to; row++) {
    v16 sum = splat(0.0f);
    for (int64_t s = 0; s < samples; s += LANES) sum += load(delta + row * delta_stride + s);
    const float part = sum_lanes(sum);
    bias_gradient[row] = adds ? bias_gradient[row] + part : part;
  }
}

// Some rows of x_delta over some samples.  `packed` has the columns of the weight that they need side by side: (outputs, rows).
INLINE void input_gradient_rows(float *x_delta, int64_t x_delta_stride, const float *packed, const float *delta, int64_t delta_stride,
                                const float *activation, int64_t activation_stride, int64_t outputs, int64_t first, int64_t last,
                                int goes_on, int ends, int64_t row, const int rows) {
  for (int64_t s = first; s < last; s += LANES) {
    v16 sum[FORWARD_ROWS];
    for (int r = 0; r < rows; r++) sum[r] = goes_on ? load(x_delta + (row + r) * x_delta_stride + s) : splat(0.0f);
    for (int64_t o = 0; o < outputs; o++) {
      const v16 d = load(delta + o * delta_stride + s);
      for (int r = 0; r < rows; r++) sum[r] = fma16(splat(packed[o * rows + r]), d, sum[r]);
    }
    for (int r = 0; r < rows; r++) {
      if (ends) {
        const v16 a = load(activation + (row + r) * activation_stride + s);
        sum[r] = choose(a > splat(0.0f), sum[r], splat(0.0f));
      }
      store(x_delta + (row + r) * x_delta_stride + s, sum[r]);
    }
  }
}

// So many outputs at a time have their weights packed: in a column of a large matrix each element stands on a page of its own.
// And so many samples, whose deltas stay in a second-level cache meanwhile.
#define PACKED_OUTPUTS 128
#define PACKED_SAMPLES 256

static void linear_input_gradient(float *x_delta, int64_t x_delta_stride, const float *weight, const float *delta,
                                  int64_t delta_stride, const float *activation, int64_t activation_stride, int64_t in_features,
                                  int64_t out_features, int64_t samples, int64_t from, int64_t to) {
  float packed[PACKED_OUTPUTS * FORWARD_ROWS];
  for (int64_t first = 0; first < samples; first += PACKED_SAMPLES) {
    const int64_t last = first + PACKED_SAMPLES < samples ? first + PACKED_SAMPLES : samples;
    for (int64_t output = 0; output < out_features; output += PACKED_OUTPUTS) {
      const int64_t outputs = out_features - output < PACKED_OUTPUTS ? out_features - output : PACKED_OUTPUTS;
      for (int64_t row = from; row < to; row += FORWARD_ROWS) {
        const int64_t rows = to - row < FORWARD_ROWS ? to - row : FORWARD_ROWS;
#define INPUT_GRADIENT(rows) \
  for (int64_t o = 0; o < outputs; o++) \
    for (int64_t r = 0; r < (rows); r++) packed[o * (rows) + r] = weight[(output + o) * in_features + row + r]; \
  input_gradient_rows(x_delta, x_delta_stride, packed, delta + output * delta_stride, delta_stride, activation, activation_stride, \
                      outputs, first, last, output > 0, activation && output + outputs == out_features, row, rows)
        switch (rows) {
          FORWARD_RESTS(INPUT_GRADIENT)
          REST(FORWARD_ROWS, INPUT_GRADIENT)
        }
#undef INPUT_GRADIENT
      }
    }
  }
}

// MARK: output activations

static void sigmoid(float *logits, int64_t samples) {
  for (int64_t s = 0; s < samples; s += LANES) store(logits + s, sigmoid16(load(logits + s)));
}

// The largest logit of each column and the logarithm of the sum of the exponentials above it: PyTorch's log_softmax.
INLINE void log_sum_exp(const float *logits, int64_t classes, int64_t stride, int64_t s, v16 *largest, v16 *log_sum) {
  v16 top = load(logits + s);
  for (int64_t c = 1; c < classes; c++) {
    const v16 z = load(logits + c * stride + s);
    top = choose((z > top) | (z != z), z, top);
  }
  v16 sum = splat(0.0f);
  for (int64_t c = 0; c < classes; c++) sum += exp16(load(logits + c * stride + s) - top);
  *largest = top;
  *log_sum = log16(sum);
}

static void softmax(float *logits, int64_t stride, int64_t classes, int64_t samples) {
  for (int64_t s = 0; s < samples; s += LANES) {
    v16 top, log_sum;
    log_sum_exp(logits, classes, stride, s, &top, &log_sum);
    v16 sum = splat(0.0f);
    for (int64_t c = 0; c < classes; c++) sum += exp16(load(logits + c * stride + s) - top);
    for (int64_t c = 0; c < classes; c++) {
      float *z = logits + c * stride + s;
      store(z, exp16(load(z) - top) / sum);
    }
  }
}

// MARK: losses

// BCELoss after a sigmoid: each logarithm is clamped at -100, and the gradient has PyTorch's two steps with their
// roundings, (p - y) / max((1 - p) p, 1e-12) / n and then · (1 - p) · p: where p has become 0 or 1, it is 0.
//
// Weighted, as BCELoss(weight=…) has it: each sample's loss times its weight, then the mean over the samples.
INLINE void binary_cross_entropy_of(kernels_totals *totals, float *delta, const float *probabilities, const float *targets,
                                    const float *weights, int64_t samples, float divisor) {
  const v16 one = splat(1.0f), n = splat(divisor);
  d16 total = *(const d16 *)totals->lane;
  for (int64_t s = 0; s < samples; s += LANES) {
    const i16 real = lanes_below(s, samples);
    const v16 p = choose(real, load(probabilities + s), splat(0.5f));
    const v16 y = load(targets + s);
    const v16 q = choose(y == one, p, one - p);  // the probability of what was true
    v16 log_q = log16(q);
    log_q = choose(log_q < splat(-100.0f), splat(-100.0f), log_q);
    if (weights) log_q *= load(weights + s);
    total -= __builtin_convertvector(choose(real, log_q, splat(0.0f)), d16);
    if (delta) {
      v16 slope = (one - p) * p;
      slope = choose(slope < splat(1e-12f), splat(1e-12f), slope);
      v16 g = (p - y) / slope;
      if (weights) g *= load(weights + s);
      g = g / n * (one - p) * p;
      store(delta + s, choose(real, g, splat(0.0f)));
    }
  }
  *(d16 *)totals->lane = total;
}

static void binary_cross_entropy(kernels_totals *totals, float *delta, const float *probabilities, const float *targets,
                                 const float *weights, int64_t samples, float divisor) {
  // Two copies: without weights nothing is asked within the loop.
  if (weights) {
    binary_cross_entropy_of(totals, delta, probabilities, targets, weights, samples, divisor);
  } else {
    binary_cross_entropy_of(totals, delta, probabilities, targets, NULL, samples, divisor);
  }
}

// CrossEntropyLoss: log_softmax and the mean negative log-likelihood.  Weighted: each sample's times its weight, over the sum of the
// weights (the divisor).
INLINE void cross_entropy_of(kernels_totals *totals, float *delta, const float *logits, int64_t stride, const float *targets,
                             const float *weights, int64_t classes, int64_t samples, float divisor) {
  const v16 equal_share = splat(1.0f / divisor), n = splat(divisor);
  d16 total = *(const d16 *)totals->lane;
  for (int64_t s = 0; s < samples; s += LANES) {
    const i16 real = lanes_below(s, samples);
    const v16 y = load(targets + s);
    const v16 share = weights ? load(weights + s) / n : equal_share;
    v16 top, log_sum;
    log_sum_exp(logits, classes, stride, s, &top, &log_sum);
    v16 log_likelihood = splat(0.0f);
    for (int64_t c = 0; c < classes; c++) {
      const v16 log_p = load(logits + c * stride + s) - top - log_sum;
      const i16 is_true = y == splat((float)c);
      log_likelihood = choose(is_true, log_p, log_likelihood);
      if (delta) {
        const v16 g = exp16(log_p) * share - choose(is_true, share, splat(0.0f));
        store(delta + c * stride + s, choose(real, g, splat(0.0f)));
      }
    }
    if (weights) log_likelihood *= load(weights + s);
    total -= __builtin_convertvector(choose(real, log_likelihood, splat(0.0f)), d16);
  }
  *(d16 *)totals->lane = total;
}

static void cross_entropy(kernels_totals *totals, float *delta, const float *logits, int64_t stride, const float *targets,
                          const float *weights, int64_t classes, int64_t samples, float divisor) {
  if (weights) {
    cross_entropy_of(totals, delta, logits, stride, targets, weights, classes, samples, divisor);
  } else {
    cross_entropy_of(totals, delta, logits, stride, targets, NULL, classes, samples, divisor);
  }
}

// MSELoss of one output.
static void mean_squared_error(kernels_totals *totals, float *delta, const float *values, const float *targets, int64_t samples,
                               int64_t all_samples) {
  const v16 factor = splat(2.0f / (float)all_samples);
  d16 total = *(const d16 *)totals->lane;
  for (int64_t s = 0; s < samples; s += LANES) {
    const i16 real = lanes_below(s, samples);
    const v16 difference = choose(real, load(values + s) - load(targets + s), splat(0.0f));
    total += __builtin_convertvector(difference * difference, d16);
    if (delta) store(delta + s, factor * difference);
  }
  *(d16 *)totals->lane = total;
}

// MARK: optimizers.  Every element is on its own, so the size of the vectors changes no bit.

static void sgd(float *w, const float *gradient, float *buffer, int64_t count, float learning_rate, float momentum,
                float weight_decay, int first_step) {
  if (!buffer && weight_decay == 0) {
    for (int64_t i = 0; i < count; i++) w[i] = __builtin_fmaf(-learning_rate, gradient[i], w[i]);
    return;
  }
  for (int64_t i = 0; i < count; i++) {
    float g = weight_decay == 0 ? gradient[i] : __builtin_fmaf(weight_decay, w[i], gradient[i]);
    if (buffer) {
      g = first_step ? g : __builtin_fmaf(momentum, buffer[i], g);
      buffer[i] = g;
    }
    w[i] = __builtin_fmaf(-learning_rate, g, w[i]);
  }
}

// With vectors of our own: sqrtf may set errno, which keeps the compiler from making any.
INLINE void adam_step(float *w, const float *gradient, float *mean, float *square, float step_size, float root_correction, float beta2,
                      float one_minus_beta1, float one_minus_beta2, float epsilon, float weight_decay) {
  const vpart old = *(const vpart *)w;
  vpart g = *(const vpart *)gradient, m = *(const vpart *)mean, v = *(const vpart *)square;
  const vpart zero = {0};
  if (weight_decay != 0) g = __builtin_elementwise_fma(zero + weight_decay, old, g);
  m = __builtin_elementwise_fma(zero + one_minus_beta1, g - m, m);
  v = __builtin_elementwise_fma(one_minus_beta2 * g, g, v * beta2);
  const vpart denominator = __builtin_elementwise_sqrt(v) / root_correction + epsilon;
  *(vpart *)mean = m;
  *(vpart *)square = v;
  *(vpart *)w = old + -step_size * (m / denominator);
}

static void adam(float *w, const float *gradient, float *mean, float *square, int64_t count, float step_size,
                 float root_correction, float beta2, float one_minus_beta1, float one_minus_beta2, float epsilon, float weight_decay) {
  int64_t i = 0;
  for (; i + PART <= count; i += PART)
    adam_step(w + i, gradient + i, mean + i, square + i, step_size, root_correction, beta2, one_minus_beta1, one_minus_beta2, epsilon,
              weight_decay);
  // The last few, in a vector with room to spare.
  float rest[4][PART] = {{0}};
  float *const parts[] = {w + i, mean + i, square + i};
  for (int64_t k = 0; k < count - i; k++) {
    for (int p = 0; p < 3; p++) rest[p][k] = parts[p][k];
    rest[3][k] = gradient[i + k];
  }
  adam_step(rest[0], rest[3], rest[1], rest[2], step_size, root_correction, beta2, one_minus_beta1, one_minus_beta2, epsilon, weight_decay);
  for (int64_t k = 0; k < count - i; k++)
    for (int p = 0; p < 3; p++) parts[p][k] = rest[p][k];
}

const kernels_table KERNELS = {
    KERNELS_NAME, linear_forward, linear_parameter_gradient, linear_input_gradient, sigmoid, softmax,
    binary_cross_entropy, cross_entropy, mean_squared_error, sgd, adam, activate, activation_gradient,
};
