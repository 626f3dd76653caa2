// The result: the mean's rounding to float is made good in the shift; what would leave float's range goes through double.
#include "vector.h"

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
