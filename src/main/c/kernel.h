// The arithmetic of normalization on float arrays, for inference. It knows neither Java nor libtorch.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { NO_ACTIVATION, RELU, LEAKY_RELU, TANH };
enum { MAX_MOMENTS = 2048, COLUMNS = 256 }; // kept between phases; channels of a tile at most

typedef struct { double count, mean, squares; } Moments; // squares: of the distances from the mean, their sum

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

    // From plan(). A unit is what a thread can do alone: a group of an instance, or where channels are last a tile of
    // neighbouring groups. It has rows: the group's values, or positions. Its moments are those of its parts merged in
    // their order, so they are the same whoever computes them.
    int64_t width, tiles, tile_groups, rows, part_rows, parts; // width: channels of a group; tiles: of an instance
    bool is_shared;                                            // threads share a unit's parts: units are too few
    int threads, phases; // between two, threads wait for each other: all moments are known then
} Job;

// Decides how so many threads do the job. The numbers in y do not depend on it.
void plan(Job *job, int threads);

// What one of the threads does in a phase. kernel.c is compiled for several processors where that is possible.
typedef void Kernel(const Job *job, int phase, int thread, int threads);
Kernel kernel_baseline, kernel_avx2, kernel_avx512;
Kernel *best_kernel(void);
