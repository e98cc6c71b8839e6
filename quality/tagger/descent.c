/* One epoch of learning a linear-chain CRF: forward-backward over batches of pieces, dropout of features, AdaGrad.

   Called by descent.py, which says what the arguments are. Rows of ROOM floats, TAGS used, so that sums are vectors. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TAGS 19
#define ROOM 24

typedef float row[ROOM] __attribute__((aligned(32)));

typedef struct { /* one piece: scores as chances, forward, backward, scales, features kept, where each token's begin */
    row *cells, *forward, *backward;
    float *scale;
    int32_t *kept;
    int64_t *begin;
} room;

typedef struct { /* the moves as factors, and their gradient */
    row step[TAGS], turned[TAGS], gradient[TAGS];
} moving;

static uint32_t draw(uint64_t *state) { /* xorshift64*, Vigna 2016 */
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state * 0x2545F4914F6CDD1DULL) >> 32);
}

static void emit(const row *weights, const int32_t *columns, const int64_t *begins, int64_t first, int64_t length,
                 uint32_t left_out, uint64_t *state, room *at) {
    int64_t count = 0;
    for (int64_t i = 0; i < length; i++) {
        float *cell = at->cells[i], most;
        memset(cell, 0, sizeof(row));
        at->begin[i] = count;
        for (int64_t n = begins[first + i]; n < begins[first + i + 1]; n++) {
            if (draw(state) < left_out) continue;
            at->kept[count++] = columns[n];
            const float *weight = weights[2 * (int64_t)columns[n]];
            for (int t = 0; t < ROOM; t++) cell[t] += weight[t];
        }
        most = cell[0];
        for (int t = 1; t < TAGS; t++) most = cell[t] > most ? cell[t] : most;
        for (int t = 0; t < TAGS; t++) cell[t] = expf(cell[t] - most);
    }
    at->begin[length] = count;
}

static void forward(const moving *moves, const float *start, int64_t length, room *at) {
    for (int64_t i = 0; i < length; i++) {
        row now = {0};
        float sum = 0;
        if (i == 0)
            for (int t = 0; t < TAGS; t++) now[t] = start[t];
        else
            for (int from = 0; from < TAGS; from++)
                for (int t = 0; t < ROOM; t++) now[t] += at->forward[i - 1][from] * moves->step[from][t];
        for (int t = 0; t < TAGS; t++) sum += now[t] *= at->cells[i][t];
        at->scale[i] = sum > 1e-37f ? sum : 1e-37f;
        for (int t = 0; t < ROOM; t++) at->forward[i][t] = t < TAGS ? now[t] / at->scale[i] : 0;
    }
}

static void backward(moving *moves, const int8_t *tags, float weight, int64_t length, room *at) {
    for (int t = 0; t < ROOM; t++) at->backward[length - 1][t] = 1;
    for (int64_t i = length - 1; i > 0; i--) {
        row message, before = {0};
        for (int t = 0; t < ROOM; t++) message[t] = at->backward[i][t] * at->cells[i][t] / at->scale[i];
        for (int from = 0; from < TAGS; from++)
            for (int t = 0; t < ROOM; t++)
                moves->gradient[from][t] += weight * at->forward[i - 1][from] * message[t] * moves->step[from][t];
        for (int t = 0; t < TAGS; t++)
            for (int from = 0; from < ROOM; from++) before[from] += message[t] * moves->turned[t][from];
        memcpy(at->backward[i - 1], before, sizeof(row));
        moves->gradient[tags[i - 1]][tags[i]] -= weight;
    }
}

/* Adds a piece's gradient by its features; `place` of a feature is its row in `gradients`, -1 where it has none yet. */
static int32_t gather(const int8_t *tags, float weight, int64_t length, const room *at, int32_t *place, int32_t *touched,
                      row *gradients, int32_t count) {
    for (int64_t i = 0; i < length; i++) {
        row by_score;
        float sum = 0;
        for (int t = 0; t < ROOM; t++) by_score[t] = at->forward[i][t] * at->backward[i][t];
        for (int t = 0; t < TAGS; t++) sum += by_score[t];
        for (int t = 0; t < ROOM; t++) by_score[t] = t < TAGS ? weight * by_score[t] / sum : 0;
        by_score[tags[i]] -= weight;
        for (int64_t n = at->begin[i]; n < at->begin[i + 1]; n++) {
            int32_t column = at->kept[n];
            if (place[column] < 0) {
                memset(gradients[count], 0, sizeof(row));
                touched[count] = column;
                place[column] = count++;
            }
            float *gradient = gradients[place[column]];
            for (int t = 0; t < ROOM; t++) gradient[t] += by_score[t];
        }
    }
    return count;
}

static void descend(float *values, float *squares, const float *gradient, float decay, float rate) {
    for (int t = 0; t < ROOM; t++) {
        float slope = gradient[t] + decay * values[t];
        squares[t] += slope * slope;
        values[t] -= rate * slope / sqrtf(squares[t]);
    }
}

static void factors(const row *moves, const float *allowed, moving *out) {
    memset(out, 0, sizeof(moving));
    for (int from = 0; from < TAGS; from++)
        for (int t = 0; t < TAGS; t++)
            out->turned[t][from] = out->step[from][t] = expf(moves[2 * from][t]) * allowed[from * TAGS + t];
}

static void *space(int64_t count, size_t size) { return aligned_alloc(64, (count * size / 64 + 2) * 64); }

int epoch(row *weights, row *moves, const int32_t *columns, const int64_t *begins, const int8_t *tags,
          const int64_t *pieces, const float *piece_weights, const int64_t *order, const int64_t *batches, int64_t count,
          const float *allowed, const float *start, int32_t *place, uint64_t *state, float dropout, float rate,
          float decay) {
    int64_t longest = 0, most = 0;
    for (int64_t b = 0; b < count; b++) {
        int64_t features = 0;
        for (int64_t n = batches[b]; n < batches[b + 1]; n++) {
            int64_t first = pieces[order[n]], end = pieces[order[n] + 1];
            features += begins[end] - begins[first];
            longest = end - first > longest ? end - first : longest;
        }
        most = features > most ? features : most;
    }
    room at = {space(longest, sizeof(row)),        space(longest, sizeof(row)), space(longest, sizeof(row)),
               space(longest, sizeof(float)),      space(most, sizeof(int32_t)),
               space(longest + 1, sizeof(int64_t))};
    moving *now = space(1, sizeof(moving));
    row *gradients = space(most, sizeof(row));
    int32_t *touched = space(most, sizeof(int32_t));
    for (int64_t b = 0; b < count; b++) {
        int32_t known = 0;
        factors(moves, allowed, now);
        for (int64_t n = batches[b]; n < batches[b + 1]; n++) {
            int64_t first = pieces[order[n]], length = pieces[order[n] + 1] - first;
            float weight = piece_weights[order[n]];
            emit(weights, columns, begins, first, length, (uint32_t)(dropout * 4294967295.0), state, &at);
            forward(now, start, length, &at);
            backward(now, tags + first, weight, length, &at);
            known = gather(tags + first, weight, length, &at, place, touched, gradients, known);
        }
        for (int32_t k = 0; k < known; k++) {
            row *pair = weights + 2 * (int64_t)touched[k];
            descend(pair[0], pair[1], gradients[k], decay, rate);
            place[touched[k]] = -1;
        }
        for (int from = 0; from < TAGS; from++) descend(moves[2 * from], moves[2 * from + 1], now->gradient[from], 0, rate);
    }
    void *all[] = {at.cells, at.forward, at.backward, at.scale, at.kept, at.begin, now, gradients, touched};
    for (int k = 0; k < 9; k++) free(all[k]);
    return 0;
}
