// What does not depend on the processor's vectors.
#include "kernel.h"

enum {
    MAX_PARTS = 32,      // of a unit: more cost more merging than they balance
    SHORTEST_RUN = 4096, // rows of a part: values
    SHORTEST_TILE = 64   // rows of a part: positions
};

Kernel *best_kernel(void) {
#ifdef DJLNORM_X86_KERNELS
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
    if (avx2) return avx512 && __builtin_cpu_supports("avx512dq") ? kernel_avx512 : kernel_avx2;
#endif
    return kernel_baseline;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high) {
    return value < low ? low : value > high ? high : value;
}

static int64_t quotient_up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

void plan(Job *j, int threads) {
    j->threads = threads;
    if (j->mean) { // nothing belongs to an instance or a group
        j->groups = 1;
        if (j->channels_last || j->positions == 1) j->channels_last = true, j->positions *= j->batch, j->batch = 1;
    }
    j->width = j->channels / j->groups;
    j->rows = j->channels_last ? j->positions : j->positions * j->width;
    j->tile_groups = j->channels_last ? clamp(COLUMNS / j->width, 1, j->groups) : 1;
    j->tiles = quotient_up(j->groups, j->tile_groups);
    int64_t step = j->channels_last ? SHORTEST_TILE : SHORTEST_RUN;
    int64_t most = clamp(MAX_MOMENTS / (j->batch * j->groups), 1, MAX_PARTS), units = j->batch * j->tiles;
    j->part_rows = j->rows <= step ? j->rows : quotient_up(quotient_up(j->rows, most), step) * step;
    j->parts = quotient_up(j->rows, j->part_rows);
    j->is_shared = j->parts > 1 && units < 4 * threads && units % threads != 0;
    j->phases = j->is_shared && !j->mean ? 2 : 1;
}
