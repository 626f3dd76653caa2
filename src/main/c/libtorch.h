// What is used of the libtorch that DJL has loaded: tensors through its C functions, and its pool of threads.
#ifndef DJLNORM_LIBTORCH_H
#define DJLNORM_LIBTORCH_H

#include <stdbool.h>
#include <stdint.h>

typedef void *Handle;

// Finds libtorch among the loaded libraries. Null, or what is missing.
const char *link_libtorch(void);

bool grad_mode_is_enabled(void);

// A float32 tensor in the processor's memory.
typedef struct {
    int64_t rank, *sizes, *strides; // libtorch's, as long as the tensor lives
    float *values;
} Tensor;

// Whether the tensor is one, and not empty.
bool read_tensor(Handle handle, Tensor *tensor);

// A new tensor with the sizes and strides of another; null where there is no memory.
Handle new_tensor_like(const Tensor *other, Tensor *tensor);

// Whether the pool can be reached.
bool has_threads(void);

// Runs a function on so many threads of the pool at once, or as many as it has. They meet in meet().
void run_on_threads(void (*function)(void *data, int thread, int threads), void *data, int threads);
void meet(void);

#endif
