// The arithmetic of normalization on float arrays, for inference. It knows neither Java nor libtorch.
#ifndef DJLNORM_KERNEL_H
#define DJLNORM_KERNEL_H

#include <stdint.h>

enum { NO_ACTIVATION, RELU, LEAKY_RELU, TANH };

// Count, mean and the sum of the squared distances from the mean of some values.
typedef struct {
    double count, mean, squares;
} Moments;

// At most so many moments are kept in one call, on the caller's stack.
enum { MAX_MOMENTS = 2048 };

// What one call computes: y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
typedef struct {
    const float *x;
    float *y;
    const float *gamma, *beta;    // one value per channel, or null
    const float *mean, *variance; // constants, one value per channel; both null: those of each group
    int64_t batch, channels, positions, groups;
    int channels_last; // memory is (batch, positions, channels), else (batch, channels, positions)
    double epsilon;
    int activation;

    // How the work is cut, from plan(). A unit is what one thread can normalize alone: a group, or where channels are last a tile
    // of neighbouring groups. Its moments are those of its parts merged in their order, whoever computes them.
    int64_t units, tile_groups, parts, part_length;
    int64_t shares;   // parts of a unit that threads share: all, or 1 where units are enough
    int phases;       // 2 where threads share: they meet when all moments are known
    Moments *moments; // room for MAX_MOMENTS, needed with 2 phases
} Job;

// Cuts the work for so many threads. The numbers in y do not depend on them.
void plan(Job *job, int threads);

// What one of several threads does in one phase.
typedef void Kernel(const Job *job, int phase, int thread, int threads);

// The fastest of the compiled kernels that this processor can run.
Kernel *kernel_of_this_cpu(void);

#endif
