// For any processor.
#define KERNELS kernels_baseline
#define KERNELS_NAME "baseline"
#define FORWARD_ROWS 2
#define FORWARD_RESTS(f) REST(1, f)
#define PART 4
#define GRADIENT_ROWS 2
#define GRADIENT_RESTS(f) REST(1, f)
#include "body.h"
