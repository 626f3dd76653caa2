// The kernel, compiled once for each set of instructions under the name that KERNEL gives.
//
// Statistics: values are summed as differences from a shift near their mean, in float over short runs and in double across them, so
// that a large mean costs no digits. The shift comes from four samples; where it proves to be far from the mean (an outlier), the
// values are summed again about the mean found. Sums that left float's range are taken again in double.
// Result: the mean's rounding to float is made good in the shift; what would leave float's range on the way goes through double.
#include "kernel.h"

#include <math.h>
#include <string.h>

#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX2__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
// Vectors are passed to inlined functions only, so how they would be passed between compiled units does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))
typedef float Vector __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint32_t Bits __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

enum {
    RUN = 2048,  // values summed in float before double takes over
    ROWS = 64,   // as RUN, rows
    COLUMNS = 256 // treated at once
};

INLINE Vector load(const float *p) {
    return *(const Vector *)p;
}

INLINE void store(float *p, Vector v) {
    *(Vector *)p = v;
}

INLINE int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

// ---- Activations ----

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


// ---- Statistics ----

static Moments merge(Moments a, Moments b) { // Chan, Golub and LeVeque
    if (a.count == 0) return b;
    double count = a.count + b.count, share = b.count / count, distance = b.mean - a.mean;
    return (Moments){count, a.mean + distance * share, a.squares + b.squares + distance * distance * a.count * share};
}

INLINE Moments about(float shift, double count, double sum, double square) {
    double distance = sum / count, squares = square - sum * distance;
    return (Moments){count, shift + distance, squares < 0 ? 0 : squares};
}

// Whether the shift was so far from the mean that the squares lost digits.
INLINE int is_far(Moments m, float shift) {
    double distance = m.mean - shift;
    return distance * distance * m.count > 4 * m.squares;
}

// Whether the squares stayed in float's range, or are too small to matter beside epsilon.
INLINE int is_sound(Moments m, double epsilon) {
    return m.squares < INFINITY && (m.squares > 1e-28 * m.count || epsilon > 1e-20);
}

static Moments moments_in_double(const float *x, int64_t rows, int64_t stride, int64_t width) {
    double count = (double)rows * width, sum = 0, squares = 0;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t i = 0; i < width; i++) sum += x[r * stride + i];
    double mean = sum / count;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t i = 0; i < width; i++) squares += (x[r * stride + i] - mean) * (x[r * stride + i] - mean);
    return (Moments){count, mean, squares};
}

INLINE double total(Vector v) {
    double t[LANES];
    for (int i = 0; i < LANES; i++) t[i] = v[i];
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) t[i] += t[i + half];
    return t[0];
}

static void sum_run(const float *x, int64_t length, float shift, double *sum, double *square) {
    *sum = *square = 0;
    for (int64_t from = 0; from < length; from += RUN) {
        int64_t n = least(RUN, length - from), i = 0;
        const float *p = x + from;
        Vector s0 = {0}, s1 = s0, s2 = s0, s3 = s0, q0 = s0, q1 = s0, q2 = s0, q3 = s0;
        for (; i + 4 * LANES <= n; i += 4 * LANES) {
            Vector a = load(p + i) - shift, b = load(p + i + LANES) - shift;
            Vector c = load(p + i + 2 * LANES) - shift, d = load(p + i + 3 * LANES) - shift;
            s0 += a, s1 += b, s2 += c, s3 += d;
            q0 += a * a, q1 += b * b, q2 += c * c, q3 += d * d;
        }
        for (; i + LANES <= n; i += LANES) {
            Vector a = load(p + i) - shift;
            s0 += a, q0 += a * a;
        }
        double s = total((s0 + s1) + (s2 + s3)), q = total((q0 + q1) + (q2 + q3));
        for (; i < n; i++) {
            double d = p[i] - shift;
            s += d, q += d * d;
        }
        *sum += s, *square += q;
    }
}

static Moments moments_of_run(const float *x, int64_t n, double epsilon) {
    double sum, square;
    float shift = 0.25f * x[0] + 0.25f * x[n / 4] + 0.25f * x[n / 2] + 0.25f * x[n - 1];
    sum_run(x, n, shift, &sum, &square);
    Moments m = about(shift, n, sum, square);
    if (is_far(m, shift)) {
        shift = (float)m.mean;
        sum_run(x, n, shift, &sum, &square);
        m = about(shift, n, sum, square);
    }
    return is_sound(m, epsilon) ? m : moments_in_double(x, 1, n, n);
}

// Adds the sums of some neighbouring columns over at most ROWS rows.
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
    for (int64_t from = 0; from < rows; from += ROWS) {
        const float *p = x + from * stride;
        int64_t n = least(ROWS, rows - from);
        int c = 0;
        for (; c + 4 * LANES <= width; c += 4 * LANES) sum_vectors(p + c, n, stride, 4, shift + c, sum + c, square + c);
        for (; c + LANES <= width; c += LANES) sum_vectors(p + c, n, stride, 1, shift + c, sum + c, square + c);
        for (; c < width; c++)
            for (int64_t r = 0; r < n; r++) {
                double d = p[r * stride + c] - shift[c];
                sum[c] += d, square[c] += d * d;
            }
    }
}

// How many whole rows of so few columns make one row of whole vectors: 1 where they would be too many.
static int rows_side_by_side(int64_t stride, int width) {
    int rows = 1;
    while (rows < LANES && rows * width % LANES != 0) rows *= 2;
    while (rows * width < 4 * LANES) rows *= 2;
    return stride == width && rows * width <= COLUMNS ? rows : 1;
}

// Repeats the first width values.
static void repeat(float *values, int width, int times) {
    for (int i = width; i < width * times; i++) values[i] = values[i - width];
}

// The moments of neighbouring groups, each of group_width columns. At most COLUMNS columns in all.
static void moments_of_columns(const float *x, int64_t rows, int64_t stride, int groups, int group_width, double epsilon, Moments *m) {
    float shift[COLUMNS];
    int width = groups * group_width, again = 0;
    for (int g = 0; g < groups; g++) {
        const float *p = x + g * group_width;
        float k = 0.25f * p[0] + 0.25f * p[rows / 4 * stride + group_width / 4] + 0.25f * p[rows / 2 * stride + group_width / 2]
                + 0.25f * p[(rows - 1) * stride + group_width - 1];
        for (int i = 0; i < group_width; i++) shift[g * group_width + i] = k;
    }
    int beside = rows_side_by_side(stride, width);
    do {
        double sum[COLUMNS] = {0}, square[COLUMNS] = {0};
        repeat(shift, width, beside);
        sum_columns(x, rows / beside, beside * stride, beside * width, shift, sum, square);
        sum_columns(x + rows / beside * beside * stride, rows % beside, stride, width, shift, sum, square);
        for (int i = width; i < beside * width; i++) sum[i % width] += sum[i], square[i % width] += square[i];
        int far = 0;
        for (int g = 0; g < groups; g++) {
            double s = 0, q = 0;
            for (int i = g * group_width; i < (g + 1) * group_width; i++) s += sum[i], q += square[i];
            float *k = shift + g * group_width;
            m[g] = about(k[0], (double)rows * group_width, s, q);
            if (again || !is_far(m[g], k[0])) continue;
            far = 1;
            for (int i = 0; i < group_width; i++) k[i] = (float)m[g].mean;
        }
        again = far && !again;
    } while (again);
    for (int g = 0; g < groups; g++)
        if (!is_sound(m[g], epsilon)) m[g] = moments_in_double(x + g * group_width, rows, stride, group_width);
}

// ---- The result ----

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
    int outside = 0, beside = rows >= LANES ? rows_side_by_side(stride, width) : 1;
    for (int c = 0; c < width; c++) outside |= !to_float(lines[c], means + c, scales + c, shifts + c);
    repeat(means, width, beside), repeat(scales, width, beside), repeat(shifts, width, beside);
    Lines l = {.means = means, .scales = scales, .shifts = shifts};
    int64_t rest = rows / beside * beside * stride;
    transform_each(x, y, rows / beside, beside * stride, beside * width, l, activation);
    transform_each(x + rest, y + rest, rows % beside, stride, width, l, activation);
    for (int c = 0; outside && c < width; c++)
        if (!to_float(lines[c], means, scales, shifts)) transform_in_double(x + c, y + c, rows, stride, lines[c], activation);
}

// ---- Units ----

typedef struct {
    int64_t first, groups;  // the unit's groups, counted through the batch
    int64_t width, channel; // channels of a group; the first channel
    int64_t offset, length; // the first value; values of the run, or rows of the tile
} Unit;

static Unit unit(const Job *job, int64_t i) {
    int64_t tiles = job->units / job->batch, g = i % tiles * job->tile_groups, first = i / tiles * job->groups + g;
    int64_t C = job->channels, width = C / job->groups, P = job->positions;
    if (!job->channels_last) return (Unit){i, 1, width, g * width, i * width * P, width * P};
    return (Unit){first, least(job->tile_groups, job->groups - g), width, g * width, i / tiles * P * C + g * width, P};
}

static void moments_of_part(const Job *job, Unit u, int64_t part, Moments *m) {
    int64_t from = part * job->part_length, n = least(job->part_length, u.length - from), C = job->channels;
    const float *x = job->x + u.offset;
    if (job->mean) {
        for (int g = 0; g < u.groups; g++) m[g] = (Moments){1, job->mean[u.channel + g], job->variance[u.channel + g]};
    } else if (!job->channels_last) {
        *m = moments_of_run(x + from, n, job->epsilon);
    } else if (u.width <= COLUMNS) {
        moments_of_columns(x + from * C, n, C, (int)u.groups, (int)u.width, job->epsilon, m);
    } else { // a tile of one wide group: by pieces
        *m = (Moments){0};
        for (int64_t c = 0; c < u.width; c += COLUMNS) {
            Moments piece;
            moments_of_columns(x + from * C + c, n, C, 1, (int)least(COLUMNS, u.width - c), job->epsilon, &piece);
            *m = merge(*m, piece);
        }
    }
}

// Rows from and to of a tile.
static void normalize_tile(const Job *job, Unit u, const Moments *m, int64_t from, int64_t to) {
    for (int64_t c = 0; c < u.groups * u.width; c += COLUMNS) {
        Line lines[COLUMNS];
        int columns = (int)least(COLUMNS, u.groups * u.width - c);
        Line group;
        for (int i = 0; i < columns; i++) {
            int64_t g = (c + i) / u.width;
            if (i == 0 || (c + i) % u.width == 0) group = line_of_group(m[g], job->epsilon);
            lines[i] = line_of_channel(job, group, u.channel + c + i);
        }
        int64_t offset = u.offset + c + from * job->channels;
        transform_columns(job->x + offset, job->y + offset, to - from, job->channels, columns, lines, job->activation);
    }
}

enum { SHORT = 16 }; // so few positions of a channel are not worth a loop of their own

// Values from and to of a run.
static void normalize_run(const Job *job, Unit u, Moments m, int64_t from, int64_t to) {
    int64_t P = job->positions;
    const float *x = job->x + u.offset;
    float *y = job->y + u.offset;
    Line group = line_of_group(m, job->epsilon);
    Lines l;
    if (!job->gamma && !job->beta) {
        transform_channel(x + from, y + from, to - from, group, job->activation);
    } else if (P >= SHORT || !to_float(group, &l.mean, &l.scale, &l.shift)) {
        for (int64_t i = from, end; i < to; i = end) {
            end = least(to, (i / P + 1) * P);
            transform_channel(x + i, y + i, end - i, line_of_channel(job, group, u.channel + i / P), job->activation);
        }
    } else if (P == 1 && job->gamma && job->beta && to - from >= LANES) {
        l.scales = job->gamma + u.channel + from, l.shifts = job->beta + u.channel + from;
        transform_scaled(x + from, y + from, to - from, l, job->activation);
    } else {
        float scales[COLUMNS], shifts[COLUMNS];
        l.scales = scales, l.shifts = shifts;
        for (int64_t i = from, end; i < to; i = end) {
            end = least(to, i + COLUMNS);
            int64_t c = u.channel + i / P, left = P - i % P;
            for (int64_t j = 0; j < end - i; j++, left--) {
                if (left == 0) c++, left = P;
                scales[j] = job->gamma ? job->gamma[c] : 1, shifts[j] = job->beta ? job->beta[c] : 0;
            }
            transform_scaled(x + i, y + i, end - i, l, job->activation);
        }
    }
}

void KERNEL(const Job *job, int phase, int thread, int threads) {
    int64_t items = job->units * job->shares, from = items * thread / threads, to = items * (thread + 1) / threads;
    int64_t all_groups = job->batch * job->groups;
    if (phase + 1 < job->phases) { // threads share the parts of units, and need the moments of each other's
        for (int64_t i = from; i < to; i++) {
            Unit u = unit(job, i / job->shares);
            moments_of_part(job, u, i % job->shares, job->moments + i % job->shares * all_groups + u.first);
        }
        return;
    }
    for (int64_t i = from, end; i < to; i = end) {
        Unit u = unit(job, i / job->shares);
        Moments m[COLUMNS], next[COLUMNS];
        for (int64_t part = 0; part < (job->mean ? 1 : job->parts); part++) {
            const Moments *p = job->phases == 2 ? job->moments + part * all_groups + u.first : next;
            if (p == next) moments_of_part(job, u, part, next);
            for (int64_t g = 0; g < u.groups; g++) m[g] = part == 0 ? p[g] : merge(m[g], p[g]);
        }
        end = least(to, (i / job->shares + 1) * job->shares);
        int64_t length = job->shares > 1 ? job->part_length : u.length;
        int64_t first = i % job->shares * length, last = least(u.length, (i % job->shares + end - i) * length);
        if (job->channels_last) normalize_tile(job, u, m, first, last);
        else normalize_run(job, u, *m, first, last);
    }
}
