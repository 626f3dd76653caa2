// The kernel, compiled once for each set of instructions, under the name KERNEL and with LANES floats to a vector:
// which thread computes which moments, and which part of the result.
#include "moments.h"
#include "result.h"

enum { SHORT = 16 }; // so few positions of a channel are not worth a loop of their own

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
