// Mean and variance: differences from a shift near the mean are summed, in float over a few terms and in double across
// them, so a large mean costs no digits. The shift comes from samples; where it proves to be far from the mean (an
// outlier), values are summed again about the mean found. Sums that left float's range are taken again in double.
#include "vector.h"

enum {
    TERMS = 16,             // summed in float: their rounding stays below that of the result
    RUN = TERMS * 4 * LANES // as many for each lane of four vectors
};

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
