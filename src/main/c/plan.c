// What does not depend on the processor's vectors.
#include "kernel.h"

enum {
    MAX_PARTS = 32,        // of a unit: more cost more merging than they balance
    SHORTEST_PART = 4096,  // values of a group
    SHORTEST_ROWS = 64,    // positions of a tile
    TILE_VALUES = 1 << 17, // they stay in the second-level cache between the statistics and the result
    NARROW_TILE = 64,      // channels
    WIDE_TILE = 256
};

Kernel *best_kernel(void) {
#ifdef DJLNORM_X86_KERNELS
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (avx2) return avx512 ? kernel_avx512 : kernel_avx2;
#endif
    return kernel_baseline;
}

static int64_t quotient_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high) {
    return value < low ? low : value > high ? high : value;
}

void plan(Job *j, int threads) {
    if (j->mean) { // each channel is a group whose moments are known, in all instances the same
        j->groups = j->channels;
        if (j->channels_last || j->positions == 1) j->channels_last = true, j->positions *= j->batch, j->batch = 1;
    }
    int64_t width = j->channels / j->groups;
    int64_t tile = j->channels_last ? clamp(TILE_VALUES / j->positions, NARROW_TILE, WIDE_TILE) : 1;
    j->tile_groups = clamp(tile / width, 1, j->groups);
    j->units = j->batch * quotient_up(j->groups, j->tile_groups);
    j->rows = j->channels_last ? j->positions : j->positions * width;
    int64_t step = j->channels_last ? SHORTEST_ROWS : SHORTEST_PART, most = clamp(MAX_MOMENTS / (j->batch * j->groups), 1, MAX_PARTS);
    j->part_rows = quotient_up(quotient_up(j->rows, most), step) * step;
    j->parts = quotient_up(j->rows, j->part_rows);
    j->is_shared = j->parts > 1 && j->units % threads != 0 && j->units < 4 * threads;
    j->phases = j->is_shared && !j->mean ? 2 : 1;
}
