// What is decided once per process or call: which compiled kernel runs, and how it cuts its work.
#include "kernel.h"

Kernel kernel_baseline;
#ifdef DJLNORM_X86_KERNELS // kernel.c is compiled for these too
Kernel kernel_avx2, kernel_avx512;
#endif

Kernel *kernel_of_this_cpu(void) {
#ifdef DJLNORM_X86_KERNELS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        int wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
                && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
        return wide ? kernel_avx512 : kernel_avx2;
    }
#endif
    return kernel_baseline;
}

enum {
    MAX_PARTS = 32,        // of a group: more cost more merging than they balance
    SHORTEST_PART = 4096,  // values
    TILE_VALUES = 1 << 17, // of one instance: they stay in the second-level cache between the two passes
    NARROW_TILE = 64,      // channels: less wastes cache lines
    WIDE_TILE = 256
};

static int64_t clamp(int64_t value, int64_t low, int64_t high) {
    return value < low ? low : value > high ? high : value;
}

static int64_t quotient_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

void plan(Job *job, int threads) {
    if (job->mean) { // each channel is a group whose moments are known, the same in all rows
        job->groups = job->channels;
        if (job->channels_last || job->positions == 1) job->channels_last = 1, job->positions *= job->batch, job->batch = 1;
    }
    int64_t width = job->channels / job->groups, length = job->channels_last ? job->positions : job->positions * width;
    int64_t step = job->channels_last ? 64 : SHORTEST_PART;
    int64_t parts = clamp(MAX_MOMENTS / (job->batch * job->groups), 1, MAX_PARTS);
    job->part_length = quotient_up(quotient_up(length, parts), step) * step;
    job->parts = quotient_up(length, job->part_length);
    job->tile_groups = 1;
    if (job->channels_last) {
        int64_t tile = clamp(TILE_VALUES / job->positions, NARROW_TILE, WIDE_TILE);
        job->tile_groups = clamp(tile / width, 1, job->groups);
    }
    job->units = job->batch * quotient_up(job->groups, job->tile_groups);
    int uneven = job->units % threads != 0 && job->units < 4 * threads;
    job->shares = uneven ? job->parts : 1;
    job->phases = job->shares > 1 && !job->mean ? 2 : 1;
}
