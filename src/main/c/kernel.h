// The arithmetic of normalization on float arrays, for inference. It knows neither Java nor libtorch.
#include <stdbool.h>
#include <stdint.h>

enum { NO_ACTIVATION, RELU, LEAKY_RELU, TANH };
enum { MAX_MOMENTS = 2048 };

// Count, mean and sum of the squared distances from the mean.
typedef struct {
    double count, mean, squares;
} Moments;

// One call: y = activation((x - mean) / sqrt(variance + epsilon) * gamma + beta).
typedef struct {
    const float *x;
    float *y;
    const float *gamma, *beta;    // a value per channel, or null
    const float *mean, *variance; // constants, a value per channel; both null: those of each group
    int64_t batch, channels, positions, groups;
    bool channels_last; // memory is (batch, positions, channels), else (batch, channels, positions)
    int activation;
    double epsilon;
    Moments *moments; // room for MAX_MOMENTS

    // From plan(). A unit is what one thread can normalize alone: a group, or where channels are last a tile of neighbouring groups. It
    // has rows: the values of the group, or positions. Its moments are those of its parts merged in their order, whoever computes them.
    int64_t units, tile_groups, rows, part_rows, parts;
    bool is_shared; // threads share the parts of a unit, because units are too few
    int phases;     // after the first of two, all moments are known: threads wait for each other
} Job;

// Decides how so many threads do the job. The numbers in y do not depend on it.
void plan(Job *job, int threads);

// What one of the threads does in a phase.
typedef void Kernel(const Job *job, int phase, int thread, int threads);

// kernel.c is compiled for several processors where that is possible: the best for this one.
Kernel *best_kernel(void);
Kernel kernel_baseline, kernel_avx2, kernel_avx512;
