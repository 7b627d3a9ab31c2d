/* A 3x3 convolution with stride 1 and padding 1 in float, by Winograd's minimal filtering F(4x4, 3x3):
 * Lavin and Gray 2016, Section 4.1 and 4.3. Tiles of 6x6 inputs become 36 numbers each, which are
 * multiplied with the 36 of every filter, and become 4x4 outputs: 36 products in the place of 144.
 * Bias, the shortcut's addition and ReLU are done on the way out.
 *
 * A map is (images, height, width, channels), torch's channels_last; channels are a multiple of 16.
 * What a tile gives does not depend on its neighbours in a block, nor on the number of threads.
 */
#include <stdint.h>
#include <string.h>
#ifdef _OPENMP
int omp_get_thread_num(void);
int omp_get_num_threads(void);
#endif

enum { LANES = 16, TILE = 4, INPUT = 6, POINTS = INPUT * INPUT, TILES = 32 };

typedef float floats __attribute__((vector_size(4 * LANES)));
typedef int32_t ints __attribute__((vector_size(4 * LANES)));

#define INLINE static inline __attribute__((always_inline))

INLINE floats load(const float *from) {
    floats f;
    memcpy(&f, from, sizeof f);
    return f;
}

/* Floats from one of the 36 matrices to the next: not a power of two, or all would fall on the same
 * lines of a cache. */
INLINE int64_t apart(int channels) { return (int64_t)TILES * channels + LANES; }

INLINE void store(float *to, floats f) { memcpy(to, &f, sizeof f); }

/* B^T d: six inputs of a row or column at the points 0, 1, -1, 2, -2 and infinity */
INLINE void forth(const floats *d, floats *v) {
    floats a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = 2 * (d[3] - d[1]);
    v[0] = 4 * d[0] - 5 * d[2] + d[4];
    v[1] = a + b;
    v[2] = a - b;
    v[3] = c + e;
    v[4] = c - e;
    v[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/* A^T m: four outputs of a row or column from their six products */
INLINE void back(const floats *m, floats *y) {
    floats a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];
    y[0] = m[0] + a + c;
    y[1] = b + 2 * d;
    y[2] = a + 4 * c;
    y[3] = b + 8 * d + m[5];
}

/* m (rows, K) = v (rows, C) u (C, K), for ROWS rows and 16 * WIDE of the columns */
#define PRODUCT(ROWS, WIDE)                                                                        \
    INLINE void product_##ROWS##_##WIDE(const float *v, const float *u, float *m, int C, int K) {  \
        floats s[ROWS][WIDE];                                                                      \
        memset(s, 0, sizeof s);                                                                    \
        for (int c = 0; c < C; c++) {                                                              \
            floats w[WIDE];                                                                        \
            for (int k = 0; k < WIDE; k++) w[k] = load(u + (int64_t)c * K + k * LANES);            \
            for (int r = 0; r < ROWS; r++)                                                         \
                for (int k = 0; k < WIDE; k++) s[r][k] += v[(int64_t)r * C + c] * w[k];            \
        }                                                                                          \
        for (int r = 0; r < ROWS; r++)                                                             \
            for (int k = 0; k < WIDE; k++) store(m + (int64_t)r * K + k * LANES, s[r][k]);         \
    }
PRODUCT(16, 1)
PRODUCT(8, 2)

/* (TILES, C) by (C, K); beyond `count` rows nothing that is looked at */
static void multiply(const float *v, const float *u, float *m, int count, int C, int K) {
    int k = 0;
    for (; k + 2 * LANES <= K; k += 2 * LANES)
        for (int t = 0; t < count; t += 8)
            product_8_2(v + (int64_t)t * C, u + k, m + (int64_t)t * K + k, C, K);
    if (k < K)
        for (int t = 0; t < count; t += 16)
            product_16_1(v + (int64_t)t * C, u + k, m + (int64_t)t * K + k, C, K);
}

typedef struct {
    int64_t image;
    int row, column; /* of the first output */
} Place;

INLINE Place place_of(int64_t tile, int H, int W) {
    int across = (W + TILE - 1) / TILE, each = across * ((H + TILE - 1) / TILE);
    int inside = (int)(tile % each);
    return (Place){tile / each, inside / across * TILE, inside % across * TILE};
}

/* One tile of x to row `t` of the 36 matrices at v, (TILES, C) each. */
static void take(const float *x, float *v, int t, Place at, int H, int W, int C) {
    x += at.image * H * W * C;
    int top = at.row - 1, left = at.column - 1;
    int inner = top >= 0 && left >= 0 && top + INPUT <= H && left + INPUT <= W;
    for (int c = 0; c < C; c += LANES) {
        floats d[INPUT][INPUT], half[INPUT][INPUT];
        for (int i = 0; i < INPUT; i++)
            for (int j = 0; j < INPUT; j++) {
                int y = top + i, p = left + j;
                int there = inner || (y >= 0 && y < H && p >= 0 && p < W);
                d[i][j] = there ? load(x + ((int64_t)y * W + p) * C + c) : (floats){0};
            }
        for (int i = 0; i < INPUT; i++) forth(d[i], half[i]);
        for (int j = 0; j < INPUT; j++) {
            floats column[INPUT], whole[INPUT];
            for (int i = 0; i < INPUT; i++) column[i] = half[i][j];
            forth(column, whole);
            for (int i = 0; i < INPUT; i++)
                store(v + (i * INPUT + j) * apart(C) + t * C + c, whole[i]);
        }
    }
}

/* Row `t` of the 36 matrices at m, (TILES, K) each, to one tile of y. */
static void give(const float *m, const float *bias, const float *shortcut, float *y, int t, Place at,
                 int H, int W, int K, int relu) {
    int64_t first = at.image * H * W;
    for (int k = 0; k < K; k += LANES) {
        floats half[TILE][INPUT], b = load(bias + k);
        for (int j = 0; j < INPUT; j++) {
            floats column[INPUT], out[TILE];
            for (int i = 0; i < INPUT; i++)
                column[i] = load(m + (i * INPUT + j) * apart(K) + t * K + k);
            back(column, out);
            for (int i = 0; i < TILE; i++) half[i][j] = out[i];
        }
        for (int i = 0; i < TILE && at.row + i < H; i++) {
            floats out[TILE];
            back(half[i], out);
            for (int j = 0; j < TILE && at.column + j < W; j++) {
                int64_t to = (first + (int64_t)(at.row + i) * W + at.column + j) * K + k;
                floats f = out[j] + b;
                if (shortcut) f += load(shortcut + to);
                if (relu) f = (floats)((ints)f & ~(ints)(f <= (floats){0})); /* NaN stays */
                store(y + to, f);
            }
        }
    }
}

/* x (N, H, W, C), u (36, C, K), bias (K), shortcut (N, H, W, K) or 0, y (N, H, W, K);
 * room for threads * 36 * (TILES * (C + K) + 2 * LANES) floats */
void winograd(const float *x, const float *u, const float *bias, const float *shortcut, float *y,
              int64_t N, int H, int W, int C, int K, int relu, int threads, float *room) {
    int64_t tiles = N * ((H + TILE - 1) / TILE) * ((W + TILE - 1) / TILE);
    int64_t blocks = (tiles + TILES - 1) / TILES;
#pragma omp parallel num_threads(threads)
    {
#ifdef _OPENMP
        int64_t all = omp_get_num_threads(), mine = omp_get_thread_num();
#else
        int64_t all = 1, mine = 0;
#endif
        float *v = room + mine * POINTS * (apart(C) + apart(K)), *m = v + POINTS * apart(C);
        for (int64_t block = blocks * mine / all; block < blocks * (mine + 1) / all; block++) {
            int64_t first = block * TILES;
            int count = (int)(tiles - first < TILES ? tiles - first : TILES);
            for (int t = 0; t < count; t++) take(x, v, t, place_of(first + t, H, W), H, W, C);
            for (int p = 0; p < POINTS; p++)
                multiply(v + p * apart(C), u + (int64_t)p * C * K, m + p * apart(K), count, C, K);
            for (int t = 0; t < count; t++)
                give(m, bias, shortcut, y, t, place_of(first + t, H, W), H, W, K, relu);
        }
    }
}
