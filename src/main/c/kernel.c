// The kernel, compiled once for each set of instructions, under the name KERNEL and with LANES floats to a vector.
//
// Statistics: differences from a shift near the mean are summed, in float over a few terms and in double across them,
// so a large mean costs no digits. The shift comes from samples; where it proves to be far from the mean (an outlier),
// values are summed again about the mean found. Sums that left float's range are taken again in double.
// Result: the mean's rounding to float is made good in the shift; what would leave float's range goes through double.
#include "kernel.h"

#include <math.h>

enum {
    TERMS = 16,              // summed in float: their rounding stays below that of the result
    RUN = TERMS * 4 * LANES, // as many for each lane of four vectors
    SHORT = 16               // so few positions of a channel are not worth a loop of their own
};

// Vectors are passed to inlined functions only, so how compiled ones would pass them does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))
typedef float Vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint32_t Bits __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

INLINE Vector load(const float *p) { return *(const Vector *)p; }
INLINE void store(float *p, Vector v) { *(Vector *)p = v; }
INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE Vector choose(Bits mask, Vector yes, Vector no) { return (Vector)((mask & (Bits)yes) | (~mask & (Bits)no)); }

// Below 0.625 Cephes' polynomial, above it 1 - 2 / (exp(2x) + 1) with exp by a polynomial and the exponent's bits.
INLINE Vector hyperbolic_tangent(Vector x) {
    Bits sign = (Bits)x & 0x80000000u;
    Vector a = (Vector)((Bits)x ^ sign), s = x * x, most = (Vector){0} + 10.0f;
    Vector small = (((-5.70498872745e-3f * s + 2.06390887954e-2f) * s - 5.37397155531e-2f) * s + 1.33314422036e-1f) * s;
    small = (small - 3.33332819422e-1f) * s * x + x;
    Vector t = choose((Bits)(a > most), most, a) * 2.0f;
    Vector magic = t * 1.44269504f + 12582912.0f, n = magic - 12582912.0f; // a whole number, also in magic's low bits
    Vector r = (t - n * 0.693359375f) - n * -2.12194440e-4f;
    Vector e = ((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f;
    e = ((e * r + 1.6666665459e-1f) * r + 5.0000001201e-1f) * (r * r) + r + 1.0f;
    e = (Vector)((Bits)e + ((Bits)magic << 23));
    Vector large = 1.0f - 2.0f / (e + 1.0f) + (t - t); // t - t: the exponent's bits may have made a number of NaN
    return choose((Bits)(a < 0.625f), small, (Vector)((Bits)large | sign));
}

INLINE Vector activate(Vector v, const int activation) {
    Bits negative = (Bits)(v < 0.0f); // NaN is not
    if (activation == RELU) return (Vector)((Bits)v & ~negative);
    if (activation == LEAKY_RELU) return choose(negative, v * 0.01f, v);
    return activation == TANH ? hyperbolic_tangent(v) : v;
}

// ---- Statistics ----

static Moments merge(Moments a, Moments b) { // Chan, Golub and LeVeque
    double count = a.count + b.count, share = b.count / count, distance = b.mean - a.mean;
    return (Moments){count, a.mean + distance * share, a.squares + b.squares + distance * distance * a.count * share};
}

INLINE double total(Vector v) {
    double t[4] = {0};
    for (int i = 0; i < LANES; i++) t[i % 4] += v[i];
    return (t[0] + t[1]) + (t[2] + t[3]);
}

static float sample(const float *x, int64_t rows, int64_t stride, int64_t width) {
    float v[8];
    for (int i = 0; i < 8; i++) v[i] = 0.125f * x[rows * i / 8 * stride + width * i / 8];
    return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
}

// Moments from the sums of differences from the shift. If that was so far from the mean that the squares lost digits,
// it is moved there and the answer is false.
INLINE bool from_sums(double count, double sum, double square, float *shift, Moments *m) {
    double distance = sum / count, squares = square - sum * distance;
    *m = (Moments){count, *shift + distance, squares < 0 ? 0 : squares};
    if (!(distance * sum > squares)) return true;
    *shift = (float)m->mean;
    return false;
}

// Takes the moments again in double if the squares left float's range; if at its low end, unless epsilon hides that.
static void make_sound(Moments *m, const float *x, int64_t rows, int64_t stride, int64_t width, double epsilon) {
    if (m->squares < INFINITY && (m->squares > 1e-28 * m->count || epsilon > 1e-20)) return;
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < rows * width; i++) sum += x[i / width * stride + i % width];
    double mean = sum / m->count;
    for (int64_t i = 0; i < rows * width; i++) squares += pow(x[i / width * stride + i % width] - mean, 2);
    *m = (Moments){m->count, mean, squares};
}

static void moments_of_run(const float *x, int64_t length, double epsilon, Moments *m) {
    float shift = sample(x, 1, length, length);
    for (int look = 1, near = 0; look <= 2 && !near; look++) {
        double sum = 0, square = 0;
        for (int64_t from = 0, end; from < length; from = end) {
            Vector s[4] = {0}, q[4] = {0}, d;
            int64_t i = from;
            for (end = least(from + RUN, length); i + 4 * LANES <= end; i += 4 * LANES)
                for (int v = 0; v < 4; v++) d = load(x + i + v * LANES) - shift, s[v] += d, q[v] += d * d;
            for (; i + LANES <= end; i += LANES) d = load(x + i) - shift, s[0] += d, q[0] += d * d;
            sum += total((s[0] + s[1]) + (s[2] + s[3])), square += total((q[0] + q[1]) + (q[2] + q[3]));
            for (; i < end; i++) sum += (double)(x[i] - shift), square += (double)(x[i] - shift) * (x[i] - shift);
        }
        near = from_sums((double)length, sum, square, &shift, m);
    }
    make_sound(m, x, 1, length, length, epsilon);
}

// Adds the sums of some neighbouring columns.
INLINE void sum_vectors(const float *x, int64_t rows, int64_t stride, const int vectors, const float *shift,
        double *sum, double *square) {
    Vector k[4], s[4] = {0}, q[4] = {0}, d;
    for (int v = 0; v < vectors; v++) k[v] = load(shift + v * LANES);
    for (; rows > 0; rows--, x += stride)
        for (int v = 0; v < vectors; v++) d = load(x + v * LANES) - k[v], s[v] += d, q[v] += d * d;
    for (int v = 0; v < vectors; v++)
        for (int i = 0; i < LANES; i++) sum[v * LANES + i] += s[v][i], square[v * LANES + i] += q[v][i];
}

static void sum_columns(const float *x, int64_t rows, int64_t stride, int64_t width, const float *shift, double *sum,
        double *square) {
    for (; rows > 0; rows -= TERMS, x += TERMS * stride) {
        int64_t n = least(TERMS, rows), c = 0;
        for (; c + 4 * LANES <= width; c += 4 * LANES) sum_vectors(x + c, n, stride, 4, shift + c, sum + c, square + c);
        for (; c + LANES <= width; c += LANES) sum_vectors(x + c, n, stride, 1, shift + c, sum + c, square + c);
        for (; c < width; c++)
            for (int64_t r = 0; r < n; r++) {
                double d = x[r * stride + c] - shift[c];
                sum[c] += d, square[c] += d * d;
            }
    }
}

// How many whole rows of few columns are treated as one row of whole vectors.
static int rows_in_one(int64_t rows, int64_t stride, int columns) {
    int n = 1;
    while (stride == columns && 2 * n <= rows && 2 * n * columns <= COLUMNS) {
        if (n * columns >= 4 * LANES && n * columns % LANES == 0) break;
        n *= 2;
    }
    return n;
}

static void repeat(float *values, int count, int64_t times) {
    for (int i = 0; i < count * (times - 1); i++) values[i + count] = values[i];
}

// Of neighbouring groups of columns, at most COLUMNS columns in all.
static void moments_of_columns(const float *x, int64_t rows, int64_t stride, int64_t groups, int64_t width,
        double epsilon, Moments *m) {
    float shift[COLUMNS];
    int columns = (int)(groups * width), in_one = rows_in_one(rows, stride, columns), all = columns * in_one;
    int64_t rest = rows % in_one, done = rows - rest;
    for (int g = 0; g < groups; g++) shift[g * width] = sample(x + g * width, rows, stride, width);
    for (int look = 1, near = 0; look <= 2 && !near; look++) {
        double sum[COLUMNS], square[COLUMNS];
        for (int g = 0; g < groups; g++)
            for (int c = g * width; c < (g + 1) * width; c++) shift[c] = shift[g * width];
        repeat(shift, columns, in_one);
        for (int c = 0; c < all; c++) sum[c] = square[c] = 0;
        sum_columns(x, rows / in_one, stride * in_one, all, shift, sum, square);
        sum_columns(x + done * stride, rest > 0, 0, columns * rest, shift, sum, square);
        for (int half = all / 2; half >= columns; half /= 2)
            for (int c = 0; c < half; c++) sum[c] += sum[c + half], square[c] += square[c + half];
        near = 1;
        for (int g = 0; g < groups; g++) {
            double s = 0, q = 0;
            for (int c = g * width; c < (g + 1) * width; c++) s += sum[c], q += square[c];
            near &= from_sums((double)rows * width, s, q, shift + g * width, m + g);
        }
    }
    for (int g = 0; g < groups; g++) make_sound(m + g, x + g * width, rows, stride, width, epsilon);
}

// ---- The result ----

// y = (x - mean) * scale + shift, where scale has the factor inverse = 1 / sqrt(variance + epsilon)
typedef struct { double mean, scale, shift, inverse; } Line;

static Line line_of_group(double mean, double variance, double epsilon) {
    double inverse = 1 / sqrt(variance + epsilon);
    return (Line){mean, inverse, 0, inverse};
}

static Line line_of_channel(const Job *j, Line group, int64_t channel) {
    if (j->mean) group = line_of_group(j->mean[channel], j->variance[channel], j->epsilon);
    if (j->gamma) group.scale *= j->gamma[channel];
    if (j->beta) group.shift = j->beta[channel];
    return group;
}

INLINE bool in_range(double v) { return fabs(v) > 1e-30 && fabs(v) < 1e30; }

// The same in float; false where it would leave float's range on the way, or lose digits at the low end of it.
INLINE bool to_float(Line l, float *mean, float *scale, float *shift) {
    double s = l.shift - l.scale * (l.mean - (float)l.mean);
    *mean = (float)l.mean, *scale = (float)l.scale, *shift = (float)s;
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

INLINE void transform(const float *x, float *y, int64_t rows, int64_t stride, int64_t width, Lines l, const int kind,
        const int activation) {
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
#define TRANSFORM(name, kind)                                                                                          \
    static void name(const float *x, float *y, int64_t rows, int64_t stride, int64_t width, Lines l, int activation) { \
        if (activation == RELU) transform(x, y, rows, stride, width, l, kind, RELU);                                   \
        else if (activation == LEAKY_RELU) transform(x, y, rows, stride, width, l, kind, LEAKY_RELU);                  \
        else if (activation == TANH) transform(x, y, rows, stride, width, l, kind, TANH);                              \
        else transform(x, y, rows, stride, width, l, kind, NO_ACTIVATION);                                             \
    }
TRANSFORM(transform_by_one, ONE)
TRANSFORM(transform_by_each, EACH)
TRANSFORM(transform_scaled, SCALED)

static void transform_in_double(const float *x, float *y, int64_t n, int64_t stride, Line l, int activation) {
    for (int64_t i = 0; i < n * stride; i += stride) {
        float v = (float)((x[i] - l.mean) * l.scale + l.shift);
        transform_by_one(&v, y + i, 1, 0, 1, (Lines){.scale = 1}, activation);
    }
}

static void transform_run(const float *x, float *y, int64_t n, Line line, int activation) {
    Lines l;
    if (to_float(line, &l.mean, &l.scale, &l.shift)) transform_by_one(x, y, 1, 0, n, l, activation);
    else transform_in_double(x, y, n, 1, line, activation);
}

// ---- Units ----

typedef struct {
    int64_t group, groups, channel; // the first, counted through the batch, and how many; the first channel
    const float *x; float *y;
} Unit;

static Unit unit(const Job *j, int64_t i) {
    int64_t n = i / j->tiles, g = (i - n * j->tiles) * j->tile_groups, groups = least(j->tile_groups, j->groups - g);
    int64_t offset = n * j->channels * j->positions + g * j->width * (j->channels_last ? 1 : j->positions);
    return (Unit){n * j->groups + g, groups, g * j->width, j->x + offset, j->y + offset};
}

static void moments_of_part(const Job *j, Unit u, int64_t part, Moments *m) {
    int64_t from = part * j->part_rows, n = least(j->part_rows, j->rows - from), C = j->channels;
    if (!j->channels_last) moments_of_run(u.x + from, n, j->epsilon, m);
    else if (j->width <= COLUMNS) moments_of_columns(u.x + from * C, n, C, u.groups, j->width, j->epsilon, m);
    for (int64_t c = 0; j->channels_last && j->width > COLUMNS && c < j->width; c += COLUMNS) { // one wide group
        Moments piece;
        moments_of_columns(u.x + from * C + c, n, C, 1, least(COLUMNS, j->width - c), j->epsilon, &piece);
        *m = c == 0 ? piece : merge(*m, piece);
    }
}

static void normalize_tile(const Job *j, Unit u, const Line *groups, int64_t from, int64_t to) {
    float means[COLUMNS], scales[COLUMNS], shifts[COLUMNS];
    Line lines[COLUMNS];
    int64_t C = j->channels;
    Lines l = {.means = means, .scales = scales, .shifts = shifts};
    for (int64_t c = 0, left = j->width; c < u.groups * j->width; c += COLUMNS) {
        const float *x = u.x + from * C + c;
        float *y = u.y + from * C + c;
        int columns = (int)least(COLUMNS, u.groups * j->width - c), outside = 0;
        for (int i = 0; i < columns; i++, left--) {
            if (left == 0) left = j->width, groups++;
            lines[i] = line_of_channel(j, *groups, u.channel + c + i);
            outside |= !to_float(lines[i], means + i, scales + i, shifts + i);
        }
        int64_t in_one = rows_in_one(to - from, C, columns), rest = (to - from) % in_one, done = (to - from - rest) * C;
        repeat(means, columns, in_one), repeat(scales, columns, in_one), repeat(shifts, columns, in_one);
        transform_by_each(x, y, (to - from) / in_one, C * in_one, columns * in_one, l, j->activation);
        transform_by_each(x + done, y + done, 1, 0, columns * rest, l, j->activation);
        for (int i = 0; outside && i < columns; i++)
            if (!to_float(lines[i], means, scales, shifts))
                transform_in_double(x + i, y + i, to - from, C, lines[i], j->activation);
    }
}

static void normalize_run(const Job *j, Unit u, Line group, int64_t from, int64_t to) {
    bool by_channel = j->gamma || j->beta || j->mean;
    int64_t P = by_channel ? j->positions : j->rows, channel = from / P;
    Lines l;
    if (!to_float(group, &l.mean, &l.scale, &l.shift) || P >= SHORT || j->mean || !by_channel) {
        for (int64_t i = from, end; i < to; i = end, channel++) {
            end = least(to, (channel + 1) * P);
            transform_run(u.x + i, u.y + i, end - i, line_of_channel(j, group, u.channel + channel), j->activation);
        }
    } else if (P == 1 && j->gamma && j->beta && to - from >= LANES) {
        l.scales = j->gamma + u.channel + from, l.shifts = j->beta + u.channel + from;
        transform_scaled(u.x + from, u.y + from, 1, 0, to - from, l, j->activation);
    } else {
        float scales[COLUMNS], shifts[COLUMNS];
        l.scales = scales, l.shifts = shifts;
        for (int64_t i = from, end; i < to; i = end) {
            end = least(to, i + COLUMNS);
            for (int64_t k = i; k < end; k++) {
                if (k == (channel + 1) * P) channel++;
                scales[k - i] = j->gamma ? j->gamma[u.channel + channel] : 1;
                shifts[k - i] = j->beta ? j->beta[u.channel + channel] : 0;
            }
            transform_scaled(u.x + i, u.y + i, 1, 0, end - i, l, j->activation);
        }
    }
}

void KERNEL(const Job *j, int phase, int thread, int threads) {
    int64_t shares = j->is_shared ? j->parts : 1, share_rows = j->is_shared ? j->part_rows : j->rows;
    int64_t items = j->batch * j->tiles * shares, to = items * (thread + 1) / threads;
    Moments own[COLUMNS], merged[COLUMNS];
    Line lines[COLUMNS];
    lines[0] = (Line){0};
    for (int64_t i = items * thread / threads, end; i < to; i = end) {
        int64_t part = shares > 1 ? i % shares : 0;
        Unit u = unit(j, shares > 1 ? i / shares : i);
        Moments *kept = j->moments + u.group;
        end = i + 1;
        if (phase + 1 < j->phases) {
            moments_of_part(j, u, part, kept + part * j->batch * j->groups);
            continue;
        }
        for (int64_t p = 0; p < j->parts && !j->mean; p++) {
            const Moments *m = j->phases == 2 ? kept + p * j->batch * j->groups : own;
            if (m == own) moments_of_part(j, u, p, own);
            for (int64_t g = 0; g < u.groups; g++) merged[g] = p == 0 ? m[g] : merge(merged[g], m[g]);
        }
        for (int64_t g = 0; g < u.groups && !j->mean; g++)
            lines[g] = line_of_group(merged[g].mean, merged[g].squares / merged[g].count, j->epsilon);
        end = least(to, i - part + shares);
        int64_t from_row = part * share_rows, to_row = least(j->rows, (part + end - i) * share_rows);
        if (j->channels_last) normalize_tile(j, u, lines, from_row, to_row);
        else normalize_run(j, u, *lines, from_row, to_row);
    }
}
