// The kernel against the plain formula in double, over random shapes, layouts, alignments, values, options and numbers
// of threads, in buffers that end where their values end: run it with sanitizers. Prints the largest error, in units of
// the last place (ULP).
// Usage: kernel_test [CASES [SEED]]
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

typedef struct {
    const char *name;
    Kernel *run;
    int supported;
} Variant;


static uint64_t state;

static int64_t next(int64_t bound) { // xorshift64*
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return (int64_t)(state * 2685821657736338717ULL >> 16) % bound;
}

static double uniform(void) {
    return next(1 << 30) / (double)(1 << 30);
}

static double normal(void) {
    return sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform());
}

static int64_t any_of(const int64_t *values, int count) {
    return values[next(count)];
}
#define ANY_OF(...) any_of((int64_t[]){__VA_ARGS__}, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

// Values of its own allocation, which begins or ends exactly with them.
typedef struct {
    float *memory, *values;
} Buffer;

static Buffer buffer(int64_t n) {
    int64_t before = next(2) * next(17);
    float *memory = malloc((n + before) * sizeof(float));
    for (int64_t i = 0; i < n + before; i++) memory[i] = NAN;
    return (Buffer){memory, memory + before};
}

static Buffer normals(int64_t n, double mean, double deviation) {
    Buffer b = buffer(n);
    for (int64_t i = 0; i < n; i++) b.values[i] = (float)(mean + deviation * normal());
    return b;
}

#define ALL_KINDS(F)                                                                                                   \
    F(PLAIN) F(MEAN_1E4) F(MEAN_1E6) F(OUTLIER) F(MISLEADING) F(RAMP) F(CONSTANT) F(E30) F(E38) F(E_30) F(DENORMAL)    \
    F(WITH_NAN) F(WITH_INFINITY)
#define NAME(kind) #kind,
#define VALUE(kind) kind,
static const char *const KINDS[] = {ALL_KINDS(NAME)};
enum { ALL_KINDS(VALUE) KIND_COUNT };

static Buffer input(int64_t n, int kind) {
    double mean = kind == MEAN_1E4 ? 1e4 : kind == MEAN_1E6 ? 1e6 : 0;
    double deviation = kind == E30 ? 1e30 : kind == E_30 ? 1e-30 : kind == DENORMAL ? 1e-41 : kind == CONSTANT ? 0 : 1;
    Buffer b = normals(n, kind == CONSTANT ? 12345.678 : mean, deviation);
    if (kind == OUTLIER) b.values[next(2) * next(n)] = 1e6f;
    if (kind == WITH_NAN) memcpy(b.values + next(n), &(uint32_t){0x7fc00155}, sizeof(float)); // with some payload
    if (kind == E38)
        for (int64_t i = 0; i < n; i++) b.values[i] = (float)(3.2e38 * (next(2) ? 1 : -1) * (1 - 0.1 * uniform()));
    if (kind == WITH_INFINITY) b.values[next(n)] = next(2) ? INFINITY : -INFINITY;
    if (kind == RAMP)
        for (int64_t i = 0; i < n; i++) b.values[i] += (float)i;
    return b;
}

static int64_t index_of(const Job *j, int64_t n, int64_t c, int64_t p) {
    return j->channels_last ? (n * j->positions + p) * j->channels + c : (n * j->channels + c) * j->positions + p;
}

// Puts values far from the mean wherever the kernel looks for a first idea of it.
static void mislead(const Job *j, float *x) {
    int64_t width = j->channels / j->groups;
    for (int64_t n = 0; n < j->batch; n++)
        for (int64_t g = 0; g < j->groups; g++)
            for (int64_t i = 0; i < 8; i++) {
                int64_t c = g * width + width * i / 8, p = j->positions * i / 8, v = width * j->positions * i / 8;
                if (j->channels_last) x[index_of(j, n, c, p)] = 1000;
                else x[index_of(j, n, g * width + v / j->positions, v % j->positions)] = 1000;
            }
}

static double activated(double v, int activation) {
    switch (activation) {
    case RELU: return v < 0 ? 0 : v;
    case LEAKY_RELU: return v < 0 ? v * 0.01 : v;
    case TANH: return tanh(v);
    default: return v;
    }
}

static double ulp(double v) {
    int exponent;
    frexp(v, &exponent);
    return ldexp(1, (exponent < -125 ? -125 : exponent) - 24);
}

// The largest error, in ULP of the largest term of the sum that the value is.
static double error_of_group(const Job *j, const float *y, int64_t n, int64_t g) {
    int64_t width = j->channels / j->groups, from = g * width, to = from + width;
    double count = (double)width * j->positions, mean = 0, variance = 0, worst = 0;
    for (int64_t c = from; c < to; c++)
        for (int64_t p = 0; p < j->positions; p++) mean += j->x[index_of(j, n, c, p)];
    mean /= count;
    for (int64_t c = from; c < to; c++)
        for (int64_t p = 0; p < j->positions; p++) variance += pow(j->x[index_of(j, n, c, p)] - mean, 2);
    variance /= count;
    for (int64_t c = from; c < to; c++)
        for (int64_t p = 0; p < j->positions; p++) {
            int64_t i = index_of(j, n, c, p);
            if (j->mean) mean = j->mean[c], variance = j->variance[c];
            double scale = (j->gamma ? j->gamma[c] : 1) / sqrt(variance + j->epsilon), shift = j->beta ? j->beta[c] : 0;
            double value = (j->x[i] - mean) * scale + shift; // beyond float's range the activation sees infinity
            double expected = activated(isinf((float)value) ? (float)value : value, j->activation);
            if (isnan(expected) || isnan(y[i])) {
                if (isnan(expected) && isnan(y[i])) continue;
                return INFINITY;
            }
            if (expected == y[i] || (float)expected == y[i]) continue;
            double spread = j->mean ? 0 : sqrt(variance);
            double term = fmax(fabs(scale) * fmax(fabs(j->x[i] - mean), spread), fabs(shift));
            if (j->activation == TANH) term = fmin(term, 1);
            worst = fmax(worst, fabs(y[i] - expected) / ulp(term));
        }
    return worst;
}

static void run(Job job, Kernel *kernel, int threads, float *y) {
    Moments moments[MAX_MOMENTS];
    job.y = y, job.moments = moments;
    plan(&job, threads);
    for (int phase = 0; phase < job.phases; phase++)
        for (int t = 0; t < threads; t++) kernel(&job, phase, t, threads);
}

static Job random_job(int kind) {
    Job j = {.channels_last = next(2), .activation = next(4)};
    int64_t width = ANY_OF(1, 1, 2, 3, 4, 8, 12, 16, 33, 64, 100, 257, 700);
    j.groups = ANY_OF(1, 1, 2, 3, 4, 5, 8, 32, 64);
    if (width > 64 && j.groups > 3) j.groups = 2;
    j.channels = width * j.groups;
    j.batch = ANY_OF(1, 1, 1, 2, 3, 5);
    int64_t most = 60000 / (j.channels * j.batch);
    j.positions = next(3) ? 1 + next(most < 1 ? 1 : next(4) ? 1 + most / 16 : most) : ANY_OF(1, 2, 3, 4, 16);
    j.epsilon = kind == E_30 || kind == DENORMAL ? 0 : ANY_OF(0, 1) ? 1e-5 : 1e-3;
    return j;
}

static int failures;
static double largest[KIND_COUNT];

static void check(const Variant *v) {
    int kind = next(3) ? PLAIN : (int)next(KIND_COUNT);
    Job j = random_job(kind);
    int64_t values = j.batch * j.channels * j.positions;
    Buffer x = input(values, kind), gamma = normals(j.channels, 1, 0.5), beta = normals(j.channels, 0, 1);
    Buffer mean = normals(j.channels, kind == MEAN_1E4 ? 1e4 : kind == MEAN_1E6 ? 1e6 : 0, 1);
    Buffer variance = normals(j.channels, 4, 0.5);
    Buffer y = buffer(values), again = buffer(values);
    if (kind == MISLEADING) mislead(&j, x.values);
    if (kind == E38) gamma.values[next(j.channels)] = 0;
    j.x = x.values;
    if (next(4)) j.gamma = gamma.values;
    if (next(4)) j.beta = beta.values;
    if (next(4) == 0) j.mean = mean.values, j.variance = variance.values, j.groups = j.channels;
    run(j, v->run, 1, y.values);
    double worst = 0;
    for (int64_t n = 0; n < j.batch; n++)
        for (int64_t g = 0; g < j.groups; g++) worst = fmax(worst, error_of_group(&j, y.values, n, g));
    int threads = (int)ANY_OF(2, 3, 5, 8, 64, 256);
    run(j, v->run, threads, again.values);
    int differs = memcmp(y.values, again.values, values * sizeof(float)) != 0;
    largest[kind] = fmax(largest[kind], worst);
    if (!(worst <= (kind == OUTLIER ? 10 : 6)) || differs) {
        failures++;
        printf("%s: %s, batch %d, channels %d, positions %d, groups %d, %s%s, activation %d, gamma %d, beta %d, "
                "epsilon %g, ", v->name, KINDS[kind], (int)j.batch, (int)j.channels, (int)j.positions, (int)j.groups,
                j.channels_last ? "channels last" : "contiguous", j.mean ? ", constants" : "", j.activation, !!j.gamma,
                !!j.beta, j.epsilon);
        printf("%d threads: error %.2f ULP%s\n", threads, worst, differs ? ", other numbers with threads" : "");
    }
    Buffer all[] = {x, gamma, beta, mean, variance, y, again};
    for (int i = 0; i < 7; i++) free(all[i].memory);
}

int main(int count, char **arguments) {
    int cases = count > 1 ? atoi(arguments[1]) : 1500;
    state = count > 2 ? strtoull(arguments[2], 0, 10) : 20261101;
    Variant variants[] = {
        {"baseline", kernel_baseline, 1},
#ifdef DJLNORM_X86_KERNELS
        {"AVX2", kernel_avx2, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")},
        {"AVX-512", kernel_avx512, best_kernel() == kernel_avx512},
#endif
    };
    for (unsigned i = 0; i < sizeof variants / sizeof *variants; i++) {
        if (!variants[i].supported) {
            printf("%s: not tested, this processor lacks it\n", variants[i].name);
            continue;
        }
        for (int c = 0; c < cases && failures < 20; c++) check(&variants[i]);
        printf("%s: %d cases\n", variants[i].name, cases);
    }
    printf("largest error in ULP:");
    for (int k = 0; k < KIND_COUNT; k++) printf(" %s %.2f%s", KINDS[k], largest[k], k + 1 < KIND_COUNT ? "," : "\n");
    return failures > 0;
}
