// For any processor.
#define KERNELS kernels_baseline
#define KERNELS_NAME "baseline"
#define FORWARD_ROWS 2
#define GRADIENT_ROWS 1
#define GRADIENT_COLUMNS 2
#include "body.h"
