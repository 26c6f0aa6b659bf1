// The kernels of linear layers, shared out among threads: each task has some of the results, and all terms of their sums.
#include "kernels.h"
#include "pool.h"

// Below so many multiply-adds (about 20 µs) a layer is one thread's: to share it out takes 1–5 µs.
#define WORTH_SHARING 1000000

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// A task's size: about four tasks a thread, so that a thread that comes late finds something left; a multiple of `unit`.
static int64_t share(int64_t count, int threads, int64_t unit) {
  const int64_t tasks = 4 * (int64_t)threads;
  return ((count + tasks - 1) / tasks + unit - 1) / unit * unit;
}

static int is_worth_sharing(int threads, int64_t in_features, int64_t out_features, int64_t columns) {
  return threads > 1 && in_features * out_features * columns >= WORTH_SHARING;
}

typedef struct {
  const kernels_table *kernels;
  float *out;
  const float *weight, *bias, *x;
  int64_t out_stride, x_stride, in_features, out_features, columns, step;
  int relu;
} forward_job;

static void forward_task(const void *context, int64_t index) {
  const forward_job *j = context;
  const int64_t from = index * j->step;
  j->kernels->linear_forward(j->out, j->out_stride, j->weight, j->bias, j->x, j->x_stride, j->in_features, j->out_features, j->relu,
                             from, smaller(from + j->step, j->columns));
}

void kernels_linear_forward(const kernels_table *kernels, int threads, float *out, int64_t out_first, int64_t out_stride,
                            const float *weight, const float *bias, const float *x, int64_t x_first, int64_t x_stride,
                            int64_t in_features, int64_t out_features, int relu, int64_t columns) {
  if (!is_worth_sharing(threads, in_features, out_features, columns)) {
    kernels->linear_forward(out + out_first, out_stride, weight, bias, x + x_first, x_stride, in_features, out_features, relu, 0, columns);
    return;
  }
  const forward_job job = {kernels, out + out_first, weight, bias, x + x_first, out_stride, x_stride, in_features, out_features, columns,
                           share(columns, threads, 4 * KERNELS_LANES), relu};
  pool_run(threads, (columns + job.step - 1) / job.step, forward_task, &job);
}

typedef struct {
  const kernels_table *kernels;
  float *weight_gradient, *bias_gradient;
  const float *delta, *x;
  int64_t delta_stride, x_stride, in_features, out_features, columns, row_step, column_step, tasks_a_row;
  int adds;
} parameter_job;

static void parameter_task(const void *context, int64_t index) {
  const parameter_job *j = context;
  const int64_t row = index / j->tasks_a_row * j->row_step, column = index % j->tasks_a_row * j->column_step;
  j->kernels->linear_parameter_gradient(
      j->weight_gradient, j->bias_gradient, j->delta, j->delta_stride, j->x, j->x_stride, j->in_features, j->columns, j->adds, row,
      smaller(row + j->row_step, j->out_features), column, smaller(column + j->column_step, j->in_features));
}

void kernels_linear_parameter_gradient(const kernels_table *kernels, int threads, float *weight_gradient, float *bias_gradient,
                                       const float *delta, int64_t delta_first, int64_t delta_stride, const float *x, int64_t x_first,
                                       int64_t x_stride, int64_t in_features, int64_t out_features, int64_t columns, int adds) {
  if (!is_worth_sharing(threads, in_features, out_features, columns)) {
    kernels->linear_parameter_gradient(weight_gradient, bias_gradient, delta + delta_first, delta_stride, x + x_first, x_stride,
                                       in_features, columns, adds, 0, out_features, 0, in_features);
    return;
  }
  parameter_job job = {kernels, weight_gradient, bias_gradient, delta + delta_first, x + x_first, delta_stride, x_stride, in_features,
                       out_features, columns, out_features, in_features, 1, adds};
  // By rows where there are enough for all, else by columns.  12 is a multiple of every kernel's rows.
  if (out_features >= 24 * (int64_t)threads) {
    job.row_step = share(out_features, threads, 12);
  } else {
    job.column_step = share(in_features, threads, 4);
    job.tasks_a_row = (in_features + job.column_step - 1) / job.column_step;
  }
  pool_run(threads, (out_features + job.row_step - 1) / job.row_step * job.tasks_a_row, parameter_task, &job);
}

typedef struct {
  const kernels_table *kernels;
  float *x_delta;
  const float *weight, *delta, *activation;
  int64_t x_delta_stride, delta_stride, activation_stride, in_features, out_features, columns, step;
} input_job;

static void input_task(const void *context, int64_t index) {
  const input_job *j = context;
  const int64_t from = index * j->step;
  j->kernels->linear_input_gradient(j->x_delta, j->x_delta_stride, j->weight, j->delta, j->delta_stride, j->activation,
                                    j->activation_stride, j->in_features, j->out_features, j->columns, from,
                                    smaller(from + j->step, j->in_features));
}

void kernels_linear_input_gradient(const kernels_table *kernels, int threads, float *x_delta, int64_t x_delta_stride,
                                   const float *weight, const float *delta, int64_t delta_stride, const float *activation,
                                   int64_t activation_stride, int64_t in_features, int64_t out_features, int64_t columns) {
  if (!is_worth_sharing(threads, in_features, out_features, columns)) {
    kernels->linear_input_gradient(x_delta, x_delta_stride, weight, delta, delta_stride, activation, activation_stride, in_features,
                                   out_features, columns, 0, in_features);
    return;
  }
  const input_job job = {kernels, x_delta, weight, delta, activation, x_delta_stride, delta_stride, activation_stride, in_features,
                         out_features, columns, share(in_features, threads, 12)};
  pool_run(threads, (in_features + job.step - 1) / job.step, input_task, &job);
}
