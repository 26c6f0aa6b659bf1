// The kernels themselves.  Included by one file for each instruction set, which sets the size of the register tiles; the tiles
// change what is computed when, never what is computed.
#include <math.h>
#include <stddef.h>
#include "kernels.h"
#pragma clang fp contract(off)
#pragma clang diagnostic ignored "-Wpsabi"  // every function that takes a vector is inlined
#include "vectors.h"

// MARK: linear layers

// `rows` rows of out over all samples: rows independent chains over the features for each vector of samples.
INLINE void forward_rows(float *out, const float *weight, const float *bias, const float *x, int64_t in_features,
                         int64_t stride, int relu, int64_t row, const int rows) {
  for (int64_t s = 0; s < stride; s += LANES) {
    v16 sum[FORWARD_ROWS];
    for (int r = 0; r < rows; r++) sum[r] = splat(bias[row + r]);
    for (int64_t i = 0; i < in_features; i++) {
      const v16 xi = load(x + i * stride + s);
      for (int r = 0; r < rows; r++) sum[r] = fma16(splat(weight[(row + r) * in_features + i]), xi, sum[r]);
    }
    for (int r = 0; r < rows; r++) {
      // x < 0 ? 0 : x, so that NaN stays NaN.
      const v16 y = relu ? choose(sum[r] < splat(0.0f), splat(0.0f), sum[r]) : sum[r];
      store(out + (row + r) * stride + s, y);
    }
  }
}

static void linear_forward(float *out, const float *weight, const float *bias, const float *x, int64_t in_features,
                           int64_t stride, int relu, int64_t from, int64_t to) {
  int64_t row = from;
  for (; row + FORWARD_ROWS <= to; row += FORWARD_ROWS)
    forward_rows(out, weight, bias, x, in_features, stride, relu, row, FORWARD_ROWS);
  for (; row < to; row++) forward_rows(out, weight, bias, x, in_features, stride, relu, row, 1);
}

// A tile of rows × columns dot products over the samples first ..< last (one chunk).
INLINE void gradient_tile(float *weight_gradient, const float *delta, const float *x, int64_t in_features, int64_t stride,
                          int64_t row, int64_t column, int64_t first, int64_t last, const int rows, const int columns) {
  v16 sum[GRADIENT_ROWS][GRADIENT_COLUMNS];
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < columns; c++) sum[r][c] = splat(0.0f);
  for (int64_t s = first; s < last; s += LANES) {
    v16 d[GRADIENT_ROWS];
    for (int r = 0; r < rows; r++) d[r] = load(delta + (row + r) * stride + s);
    for (int c = 0; c < columns; c++) {
      const v16 xc = load(x + (column + c) * stride + s);
      for (int r = 0; r < rows; r++) sum[r][c] = fma16(d[r], xc, sum[r][c]);
    }
  }
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < columns; c++) {
      float *g = weight_gradient + (row + r) * in_features + column + c;
      const float part = sum_lanes(sum[r][c]);
      *g = first == 0 ? part : *g + part;
    }
}

static void linear_parameter_gradient(float *weight_gradient, float *bias_gradient, const float *delta, const float *x,
                                      int64_t in_features, int64_t stride, int64_t from, int64_t to) {
  for (int64_t first = 0; first < stride; first += KERNELS_CHUNK) {
    const int64_t last = first + KERNELS_CHUNK < stride ? first + KERNELS_CHUNK : stride;
    int64_t row = from;
    while (row < to) {
      const int full = row + GRADIENT_ROWS <= to;
      int64_t column = 0;
      if (full)
        for (; column + GRADIENT_COLUMNS <= in_features; column += GRADIENT_COLUMNS)
          gradient_tile(weight_gradient, delta, x, in_features, stride, row, column, first, last, GRADIENT_ROWS, GRADIENT_COLUMNS);
      for (; column < in_features; column++)
        if (full)
          gradient_tile(weight_gradient, delta, x, in_features, stride, row, column, first, last, GRADIENT_ROWS, 1);
        else
          gradient_tile(weight_gradient, delta, x, in_features, stride, row, column, first, last, 1, 1);
      row += full ? GRADIENT_ROWS : 1;
    }
    for (row = from; row < to; row++) {
      v16 sum = splat(0.0f);
      for (int64_t s = first; s < last; s += LANES) sum += load(delta + row * stride + s);
      const float part = sum_lanes(sum);
      bias_gradient[row] = first == 0 ? part : bias_gradient[row] + part;
    }
  }
}

INLINE void input_gradient_rows(float *x_delta, const float *weight, const float *delta, const float *activation,
                                int64_t in_features, int64_t out_features, int64_t stride, int64_t row, const int rows) {
  for (int64_t s = 0; s < stride; s += LANES) {
    v16 sum[FORWARD_ROWS];
    for (int r = 0; r < rows; r++) sum[r] = splat(0.0f);
    for (int64_t o = 0; o < out_features; o++) {
      const v16 d = load(delta + o * stride + s);
      for (int r = 0; r < rows; r++) sum[r] = fma16(splat(weight[o * in_features + row + r]), d, sum[r]);
    }
    for (int r = 0; r < rows; r++) {
      const v16 a = load(activation + (row + r) * stride + s);
      store(x_delta + (row + r) * stride + s, choose(a > splat(0.0f), sum[r], splat(0.0f)));
    }
  }
}

static void linear_input_gradient(float *x_delta, const float *weight, const float *delta, const float *activation,
                                  int64_t in_features, int64_t out_features, int64_t stride, int64_t from, int64_t to) {
  int64_t row = from;
  for (; row + FORWARD_ROWS <= to; row += FORWARD_ROWS)
    input_gradient_rows(x_delta, weight, delta, activation, in_features, out_features, stride, row, FORWARD_ROWS);
  for (; row < to; row++) input_gradient_rows(x_delta, weight, delta, activation, in_features, out_features, stride, row, 1);
}

// MARK: output activations

static void sigmoid(float *logits, int64_t stride) {
  for (int64_t s = 0; s < stride; s += LANES) store(logits + s, sigmoid16(load(logits + s)));
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

static void softmax(float *logits, int64_t classes, int64_t stride) {
  for (int64_t s = 0; s < stride; s += LANES) {
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
static double binary_cross_entropy(float *delta, const float *probabilities, const float *targets, int64_t samples, int64_t stride) {
  const v16 one = splat(1.0f), n = splat((float)samples);
  d16 total = {0};
  for (int64_t s = 0; s < stride; s += LANES) {
    const i16 real = lanes_below(s, samples);
    const v16 p = choose(real, load(probabilities + s), splat(0.5f));
    const v16 y = load(targets + s);
    const v16 q = choose(y == one, p, one - p);  // the probability of what was true
    v16 log_q = log16(q);
    log_q = choose(log_q < splat(-100.0f), splat(-100.0f), log_q);
    total -= __builtin_convertvector(choose(real, log_q, splat(0.0f)), d16);
    if (delta) {
      v16 slope = (one - p) * p;
      slope = choose(slope < splat(1e-12f), splat(1e-12f), slope);
      const v16 g = (p - y) / slope / n * (one - p) * p;
      store(delta + s, choose(real, g, splat(0.0f)));
    }
  }
  return sum_lanes_double(total) / (double)samples;
}

// CrossEntropyLoss: log_softmax and the mean negative log-likelihood.
static double cross_entropy(float *delta, const float *logits, const float *targets, int64_t classes, int64_t samples, int64_t stride) {
  const v16 share = splat(1.0f / (float)samples);
  d16 total = {0};
  for (int64_t s = 0; s < stride; s += LANES) {
    const i16 real = lanes_below(s, samples);
    const v16 y = load(targets + s);
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
    total -= __builtin_convertvector(choose(real, log_likelihood, splat(0.0f)), d16);
  }
  return sum_lanes_double(total) / (double)samples;
}

// MSELoss of one output.
static double mean_squared_error(float *delta, const float *values, const float *targets, int64_t samples, int64_t stride) {
  const v16 factor = splat(2.0f / (float)samples);
  d16 total = {0};
  for (int64_t s = 0; s < stride; s += LANES) {
    const i16 real = lanes_below(s, samples);
    const v16 difference = choose(real, load(values + s) - load(targets + s), splat(0.0f));
    total += __builtin_convertvector(difference * difference, d16);
    if (delta) store(delta + s, factor * difference);
  }
  return sum_lanes_double(total) / (double)samples;
}

// MARK: optimizers.  Plain loops: every element is on its own, so the compiler's vectors change no bit.

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

static void adam(float *w, const float *gradient, float *mean, float *square, int64_t count, float step_size,
                 float root_correction, float beta2, float one_minus_beta1, float one_minus_beta2, float epsilon, float weight_decay) {
  for (int64_t i = 0; i < count; i++) {
    const float g = weight_decay == 0 ? gradient[i] : __builtin_fmaf(weight_decay, w[i], gradient[i]);
    mean[i] = __builtin_fmaf(one_minus_beta1, g - mean[i], mean[i]);
    square[i] = __builtin_fmaf(one_minus_beta2 * g, g, square[i] * beta2);
    const float denominator = __builtin_sqrtf(square[i]) / root_correction + epsilon;
    w[i] = w[i] + -step_size * (mean[i] / denominator);
  }
}

const kernels_table KERNELS = {
    KERNELS_NAME, linear_forward, linear_parameter_gradient, linear_input_gradient, sigmoid, softmax,
    binary_cross_entropy, cross_entropy, mean_squared_error, sgd, adam,
};
