// The kernel, compiled once for each set of instructions under the name that KERNEL gives.
//
// Statistics: differences from a shift near the mean are summed, in float over a few terms and in double across them, so that a large
// mean costs no digits. The shift comes from samples; where it proves to be far from the mean (an outlier), values are summed again
// about the mean found. Sums that left float's range are taken again in double.
// Result: the mean's rounding to float is made good in the shift; what would leave float's range on the way goes through double.
#include "kernel.h"

#include <math.h>

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX2__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
enum {
    TERMS = 32,    // summed in float: their rounding stays below that of the result
    COLUMNS = 256, // treated at once
    SHORT = 16     // so few positions of a channel are not worth a loop of their own
};

// Vectors are passed to inlined functions only, so how compiled ones would pass them does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))
typedef float Vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint32_t Bits __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

INLINE Vector load(const float *p) {
    return *(const Vector *)p;
}

INLINE void store(float *p, Vector v) {
    *(Vector *)p = v;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

INLINE Vector choose(Bits mask, Vector yes, Vector no) {
    return (Vector)((mask & (Bits)yes) | (~mask & (Bits)no));
}

// Below 0.625 Cephes' polynomial, above it 1 - 2 / (exp(2x) + 1) with exp by a polynomial and the exponent's bits.
INLINE Vector hyperbolic_tangent(Vector x) {
    Bits sign = (Bits)x & 0x80000000u;
    Vector a = (Vector)((Bits)x ^ sign), square = x * x;
    Vector small = ((((-5.70498872745e-3f * square + 2.06390887954e-2f) * square - 5.37397155531e-2f) * square + 1.33314422036e-1f)
            * square - 3.33332819422e-1f) * square * x + x;
    Vector most = (Vector){0} + 10.0f;
    Vector t = choose((Bits)(a > most), most, a);
    t = t + t;
    Vector magic = t * 1.44269504f + 12582912.0f, n = magic - 12582912.0f; // n: the nearest whole number, also in magic's low bits
    Vector r = (t - n * 0.693359375f) - n * -2.12194440e-4f;
    Vector e = (((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r + 1.6666665459e-1f)
            * r + 5.0000001201e-1f) * (r * r) + r + 1.0f;
    e = (Vector)((Bits)e + ((Bits)magic << 23));
    Vector large = 1.0f - 2.0f / (e + 1.0f) + (t - t); // t - t: the exponent's bits may have made a number of NaN
    return choose((Bits)(a < 0.625f), small, (Vector)((Bits)large | sign));
}

INLINE Vector activate(Vector v, const int activation) {
    Bits negative = (Bits)(v < 0.0f); // NaN is not
    switch (activation) {
    case RELU:
        return (Vector)((Bits)v & ~negative);
    case LEAKY_RELU:
        return choose(negative, v * 0.01f, v);
    case TANH:
        return hyperbolic_tangent(v);
    default:
        return v;
    }
}


static Moments merge(Moments a, Moments b) { // Chan, Golub and LeVeque
    double count = a.count + b.count, share = b.count / count, distance = b.mean - a.mean;
    return (Moments){count, a.mean + distance * share, a.squares + b.squares + distance * distance * a.count * share};
}

static Moments moments_in_double(const float *x, int64_t rows, int64_t stride, int width) {
    double count = (double)rows * width, sum = 0, squares = 0;
    for (int64_t r = 0; r < rows; r++)
        for (int i = 0; i < width; i++) sum += x[r * stride + i];
    double mean = sum / count;
    for (int64_t r = 0; r < rows; r++)
        for (int i = 0; i < width; i++) squares += (x[r * stride + i] - mean) * (x[r * stride + i] - mean);
    return (Moments){count, mean, squares};
}

// Adds the sums of some neighbouring columns.
INLINE void sum_vectors(const float *x, int64_t rows, int64_t stride, const int vectors, const float *shift, double *sum, double *square) {
    Vector k[4], s[4], q[4];
    for (int v = 0; v < vectors; v++) k[v] = load(shift + v * LANES), s[v] = q[v] = (Vector){0};
    for (int64_t r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) {
            Vector d = load(x + r * stride + v * LANES) - k[v];
            s[v] += d, q[v] += d * d;
        }
    for (int v = 0; v < vectors; v++)
        for (int i = 0; i < LANES; i++) sum[v * LANES + i] += s[v][i], square[v * LANES + i] += q[v][i];
}

static void sum_columns(const float *x, int64_t rows, int64_t stride, int width, const float *shift, double *sum, double *square) {
    for (; rows > 0; rows -= TERMS, x += TERMS * stride) {
        int64_t n = least(TERMS, rows);
        int c = 0;
        for (; c + 4 * LANES <= width; c += 4 * LANES) sum_vectors(x + c, n, stride, 4, shift + c, sum + c, square + c);
        for (; c + LANES <= width; c += LANES) sum_vectors(x + c, n, stride, 1, shift + c, sum + c, square + c);
        for (; c < width; c++)
            for (int64_t r = 0; r < n; r++) {
                double d = x[r * stride + c] - shift[c];
                sum[c] += d, square[c] += d * d;
            }
    }
}

// How many whole rows of few columns are treated as one row: a power of 2.
static int rows_side_by_side(int64_t rows, int64_t stride, int width) {
    int beside = 1;
    while (stride == width && beside * 2 <= rows && (beside * width < 4 * LANES || (beside < LANES && beside * width % LANES != 0))) beside *= 2;
    return beside * width <= COLUMNS ? beside : 1;
}

// Repeats the first values.
static void repeat(float *values, int width, int times) {
    for (int t = 1; t < times; t++)
        for (int i = 0; i < width; i++) values[t * width + i] = values[i];
}

static float sample(const float *x, int64_t rows, int64_t stride, int width) {
    float v[8];
    for (int i = 0; i < 8; i++) v[i] = 0.125f * x[rows * i / 8 * stride + width * i / 8];
    return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
}

// The moments of neighbouring groups of columns, at most COLUMNS columns in all.
static void moments_of_columns(const float *x, int64_t rows, int64_t stride, int groups, int width, double epsilon, Moments *m) {
    float shift[COLUMNS];
    int columns = groups * width, beside = rows_side_by_side(rows, stride, columns), rest = (int)(rows % beside);
    for (int g = 0; g < groups; g++) {
        float k = sample(x + g * width, rows, stride, width);
        for (int c = 0; c < width; c++) shift[g * width + c] = k;
    }
    for (int look = 1, far = 1; look <= 2 && far; look++) {
        double sum[COLUMNS], square[COLUMNS];
        for (int c = 0; c < columns * beside; c++) sum[c] = square[c] = 0;
        repeat(shift, columns, beside);
        sum_columns(x, rows / beside, stride * beside, columns * beside, shift, sum, square);
        sum_columns(x + (rows - rest) * stride, 1, 0, columns * rest, shift, sum, square);
        for (int half = columns * beside / 2; half >= columns; half /= 2)
            for (int c = 0; c < half; c++) sum[c] += sum[c + half], square[c] += square[c + half];
        far = 0;
        for (int g = 0; g < groups; g++) {
            float *k = shift + g * width;
            double count = (double)rows * width, s = 0, q = 0;
            for (int c = g * width; c < (g + 1) * width; c++) s += sum[c], q += square[c];
            double distance = s / count, squares = q - s * distance;
            m[g] = (Moments){count, k[0] + distance, squares < 0 ? 0 : squares};
            if (!(distance * s > squares)) continue;
            far = 1; // from the mean: the squares lost digits
            for (int c = 0; c < width; c++) k[c] = (float)m[g].mean;
        }
    }
    for (int g = 0; g < groups; g++) { // beyond float's range; below it, unless that is nothing beside epsilon
        bool is_sound = m[g].squares < INFINITY && (m[g].squares > 1e-28 * m[g].count || epsilon > 1e-20);
        if (!is_sound) m[g] = moments_in_double(x + g * width, rows, stride, width);
    }
}

// y = (x - mean) * scale + shift, where scale has the factor inverse = 1 / sqrt(variance + epsilon)
typedef struct {
    double mean, scale, shift, inverse;
} Line;

static Line line_of_group(Moments m, double epsilon) {
    double inverse = 1 / sqrt(m.squares / m.count + epsilon);
    return (Line){m.mean, inverse, 0, inverse};
}

static Line line_of_channel(const Job *job, Line group, int64_t channel) {
    if (job->gamma) group.scale *= job->gamma[channel];
    if (job->beta) group.shift = job->beta[channel];
    return group;
}

INLINE int in_range(double v) {
    return fabs(v) > 1e-30 && fabs(v) < 1e30;
}

// The same in float; false where it would leave float's range on the way, or lose digits at the low end of it.
INLINE int to_float(Line l, float *mean, float *scale, float *shift) {
    *mean = (float)l.mean;
    *scale = (float)l.scale;
    double s = l.shift - l.scale * (l.mean - *mean);
    *shift = (float)s;
    return in_range(l.inverse) && (l.scale == 0 || in_range(l.scale)) && fabs(l.mean) < 1e30 && fabs(s) < 1e30;
}

// How a row is transformed. ONE: by the mean, scale and shift of all its values. EACH: by each value's own.
// SCALED: by those of all, and then by each value's own scale and shift.
enum { ONE, EACH, SCALED };
typedef struct {
    float mean, scale, shift;
    const float *means, *scales, *shifts; // with room for a vector at least
} Lines;

INLINE Vector result(Vector x, int64_t i, const Lines *l, const int kind, const int activation) {
    if (kind == EACH) return activate((x - load(l->means + i)) * load(l->scales + i) + load(l->shifts + i), activation);
    Vector v = (x - l->mean) * l->scale + l->shift;
    if (kind == SCALED) v = v * load(l->scales + i) + load(l->shifts + i);
    return activate(v, activation);
}

INLINE void transform(const float *x, float *y, int64_t rows, int64_t stride, int64_t width, Lines l, const int kind, const int activation) {
    for (; rows > 0; rows--, x += stride, y += stride) {
        int64_t i = 0, last = width - LANES;
        for (; i <= last; i += LANES) store(y + i, result(load(x + i), i, &l, kind, activation));
        if (i == width) continue;
        if (last >= 0) { // some values twice, with the same result
            store(y + last, result(load(x + last), last, &l, kind, activation));
            continue;
        }
        float padded[LANES] = {0};
        for (i = 0; i < width; i++) padded[i] = x[i];
        store(padded, result(load(padded), 0, &l, kind, activation));
        for (i = 0; i < width; i++) y[i] = padded[i];
    }
}

// With loops of its own for each activation.
#define TRANSFORM(kind)                                                                                    \
    switch (activation) {                                                                                  \
    case RELU: transform(x, y, rows, stride, width, l, kind, RELU); break;                                 \
    case LEAKY_RELU: transform(x, y, rows, stride, width, l, kind, LEAKY_RELU); break;                     \
    case TANH: transform(x, y, rows, stride, width, l, kind, TANH); break;                                 \
    default: transform(x, y, rows, stride, width, l, kind, NO_ACTIVATION);                                 \
    }

static void transform_run(const float *x, float *y, int64_t width, Lines l, int activation) {
    enum { rows = 1, stride = 0 };
    TRANSFORM(ONE)
}

static void transform_scaled(const float *x, float *y, int64_t width, Lines l, int activation) {
    enum { rows = 1, stride = 0 };
    TRANSFORM(SCALED)
}

static void transform_each(const float *x, float *y, int64_t rows, int64_t stride, int64_t width, Lines l, int activation) {
    TRANSFORM(EACH)
}

static void transform_in_double(const float *x, float *y, int64_t n, int64_t stride, Line l, int activation) {
    for (int64_t i = 0; i < n * stride; i += stride) {
        float v = (float)((x[i] - l.mean) * l.scale + l.shift);
        transform_run(&v, y + i, 1, (Lines){.scale = 1}, activation);
    }
}

static void transform_channel(const float *x, float *y, int64_t n, Line line, int activation) {
    Lines l;
    if (to_float(line, &l.mean, &l.scale, &l.shift)) transform_run(x, y, n, l, activation);
    else transform_in_double(x, y, n, 1, line, activation);
}

static void transform_columns(const float *x, float *y, int64_t rows, int64_t stride, int width, const Line *lines, int activation) {
    float means[COLUMNS], scales[COLUMNS], shifts[COLUMNS];
    int outside = 0, beside = rows_side_by_side(rows, stride, width);
    for (int c = 0; c < width; c++) outside |= !to_float(lines[c], means + c, scales + c, shifts + c);
    repeat(means, width, beside), repeat(scales, width, beside), repeat(shifts, width, beside);
    Lines l = {.means = means, .scales = scales, .shifts = shifts};
    int64_t done = (rows - rows % beside) * stride;
    transform_each(x, y, rows / beside, stride * beside, width * beside, l, activation);
    transform_each(x + done, y + done, 1, 0, rows % beside * width, l, activation);
    for (int c = 0; outside && c < width; c++)
        if (!to_float(lines[c], means, scales, shifts)) transform_in_double(x + c, y + c, rows, stride, lines[c], activation);
}

typedef struct {
    int64_t first, groups, width;    // groups, counted through the batch; channels of a group
    int64_t channel, offset, stride; // the first channel, the first value; from row to row
} Unit;

static Unit unit(const Job *j, int64_t i) {
    int64_t width = j->channels / j->groups, tiles = j->units / j->batch, g = i % tiles * j->tile_groups, n = i / tiles;
    if (!j->channels_last) return (Unit){i, 1, width, g * width, i * j->rows, 1};
    int64_t offset = n * j->positions * j->channels + g * width;
    return (Unit){n * j->groups + g, least(j->tile_groups, j->groups - g), width, g * width, offset, j->channels};
}

static void moments_of_part(const Job *j, Unit u, int64_t part, Moments *m) {
    int64_t from = part * j->part_rows, n = least(j->part_rows, j->rows - from);
    const float *x = j->x + u.offset + from * u.stride;
    if (j->mean)
        for (int g = 0; g < u.groups; g++) m[g] = (Moments){1, j->mean[u.channel + g], j->variance[u.channel + g]};
    else if (!j->channels_last) moments_of_columns(x, n, 1, 1, 1, j->epsilon, m);
    else if (u.width <= COLUMNS) moments_of_columns(x, n, u.stride, (int)u.groups, (int)u.width, j->epsilon, m);
    else // one wide group
        for (int64_t c = 0; c < u.width; c += COLUMNS) {
            Moments piece;
            moments_of_columns(x + c, n, u.stride, 1, (int)least(COLUMNS, u.width - c), j->epsilon, &piece);
            *m = c == 0 ? piece : merge(*m, piece);
        }
}

static void normalize_tile(const Job *j, Unit u, const Moments *m, int64_t from, int64_t to) {
    Line lines[COLUMNS], group = {0};
    for (int64_t c = 0; c < u.groups * u.width; c += COLUMNS) {
        int columns = (int)least(COLUMNS, u.groups * u.width - c);
        for (int i = 0; i < columns; i++) {
            if (i == 0 || (c + i) % u.width == 0) group = line_of_group(m[(c + i) / u.width], j->epsilon);
            lines[i] = line_of_channel(j, group, u.channel + c + i);
        }
        int64_t offset = u.offset + c + from * u.stride;
        transform_columns(j->x + offset, j->y + offset, to - from, u.stride, columns, lines, j->activation);
    }
}

static void normalize_run(const Job *j, Unit u, Moments m, int64_t from, int64_t to) {
    int64_t P = j->positions;
    const float *x = j->x + u.offset;
    float *y = j->y + u.offset;
    Line group = line_of_group(m, j->epsilon);
    Lines l;
    if (!j->gamma && !j->beta) {
        transform_channel(x + from, y + from, to - from, group, j->activation);
    } else if (P >= SHORT || !to_float(group, &l.mean, &l.scale, &l.shift)) {
        for (int64_t i = from, end; i < to; i = end) {
            end = least(to, (i / P + 1) * P);
            transform_channel(x + i, y + i, end - i, line_of_channel(j, group, u.channel + i / P), j->activation);
        }
    } else if (P == 1 && j->gamma && j->beta && to - from >= LANES) {
        l.scales = j->gamma + u.channel + from, l.shifts = j->beta + u.channel + from;
        transform_scaled(x + from, y + from, to - from, l, j->activation);
    } else {
        float scales[COLUMNS], shifts[COLUMNS];
        l.scales = scales, l.shifts = shifts;
        for (int64_t i = from, end; i < to; i = end) {
            end = least(to, i + COLUMNS);
            int64_t c = u.channel + i / P, left = P - i % P;
            for (int64_t k = 0; k < end - i; k++, left--) {
                if (left == 0) c++, left = P;
                scales[k] = j->gamma ? j->gamma[c] : 1, shifts[k] = j->beta ? j->beta[c] : 0;
            }
            transform_scaled(x + i, y + i, end - i, l, j->activation);
        }
    }
}

void KERNEL(const Job *j, int phase, int thread, int threads) {
    int64_t shares = j->is_shared ? j->parts : 1, share = j->is_shared ? j->part_rows : j->rows;
    int64_t from = j->units * shares * thread / threads, to = j->units * shares * (thread + 1) / threads;
    Moments own[COLUMNS], merged[COLUMNS], *all = j->moments;
    for (int64_t i = from, end; i < to; i = end) {
        Unit u = unit(j, i / shares);
        int64_t part = i % shares, all_groups = j->batch * j->groups;
        end = i + 1;
        if (phase + 1 < j->phases) {
            moments_of_part(j, u, part, all + part * all_groups + u.first);
            continue;
        }
        for (int64_t p = 0; p < (j->mean ? 1 : j->parts); p++) {
            const Moments *m = own;
            if (j->phases == 2) m = all + p * all_groups + u.first;
            else moments_of_part(j, u, p, own);
            for (int64_t g = 0; g < u.groups; g++) merged[g] = p == 0 ? m[g] : merge(merged[g], m[g]);
        }
        end = least(to, (i / shares + 1) * shares);
        int64_t row = part * share, last = least(j->rows, (part + end - i) * share);
        if (j->channels_last) normalize_tile(j, u, merged, row, last);
        else normalize_run(j, u, *merged, row, last);
    }
}
