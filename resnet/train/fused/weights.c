/* The gradient of a 3x3 convolution's weights in bfloat16, with stride 1 and padding 1.
 *
 *     dw[k][i][j][c] = sum over images, rows y, columns p of dy[y][p][k] * x[y + i - 1][p + j - 1][c]
 *
 * AVX-512's bfloat16 instruction multiplies pairs and adds them up in float, so two neighbours of a
 * row make a pair: both maps are laid out in pairs, a few images at a time, as many as a core's
 * cache holds, and 16 x 16 sums stay in registers while they go through these images. Rows beyond
 * the border are skipped. Sums are float throughout, and added in the same order for the same
 * number of threads.
 */
#include <stdint.h>

#ifdef __AVX512BF16__
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>
#ifdef _OPENMP
int omp_get_thread_num(void);
int omp_get_num_threads(void);
#endif

typedef uint16_t bf16;

/* the pairs (a[i], b[i]) of 16 channels */
static inline __m512i pairs(__m256i a, __m256i b) {
    const __m512i order = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40,
                                           8, 39, 7, 38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
    return _mm512_permutex2var_epi16(_mm512_castsi256_si512(a), order, _mm512_castsi256_si512(b));
}

static inline __m256i at(const bf16 *row, int64_t i) {
    return _mm256_loadu_si256((const __m256i *)(row + i));
}

/* (H, W, C) to (H, W + 1, C): the pair at p is of columns p - 1 and p; zeros beyond the border */
static void pair_inputs(const bf16 *x, uint32_t *to, int H, int W, int C) {
    const __m256i zero = _mm256_setzero_si256();
    for (int y = 0; y < H; y++, x += (int64_t)W * C)
        for (int p = 0; p <= W; p++)
            for (int c = 0; c < C; c += 16, to += 16)
                _mm512_store_si512(to, pairs(p ? at(x, (int64_t)(p - 1) * C + c) : zero,
                                             p < W ? at(x, (int64_t)p * C + c) : zero));
}

/* (H, W, K) to (H, W / 2, K): the pair at p is of columns 2p and 2p + 1 */
static void pair_outputs(const bf16 *dy, uint32_t *to, int H, int W, int K) {
    for (int64_t pair = 0; pair < (int64_t)H * (W / 2); pair++, dy += 2 * K)
        for (int k = 0; k < K; k += 16, to += 16)
            _mm512_store_si512(to, pairs(at(dy, k), at(dy, K + k)));
}

/* Adds what some images give to sums (3, 3, C, K). */
static void add(const uint32_t *x, const uint32_t *dy, float *sums, int images, int H, int W, int C,
                int K) {
    int64_t of_x = (int64_t)H * (W + 1) * C, of_dy = (int64_t)H * (W / 2) * K;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < K; k += 16)
                for (int c = 0; c < C; c += 16) {
                    float *tile = sums + ((int64_t)(i * 3 + j) * C + c) * K + k;
                    __m512 s[16];
                    for (int n = 0; n < 16; n++) s[n] = _mm512_loadu_ps(tile + (int64_t)n * K);
                    for (int image = 0; image < images; image++)
                        for (int y = i == 0; y < H - (i == 2); y++) {
                            const uint32_t *d = dy + image * of_dy + (int64_t)y * (W / 2) * K + k;
                            const uint32_t *in = x + image * of_x +
                                                 ((int64_t)(y + i - 1) * (W + 1) + j) * C + c;
                            for (int p = 0; p < W / 2; p++, d += K, in += 2 * C) {
                                __m512bh two = (__m512bh)_mm512_load_si512(d);
#pragma GCC unroll 16
                                for (int n = 0; n < 16; n++)
                                    s[n] = _mm512_dpbf16_ps(
                                        s[n], two, (__m512bh)_mm512_set1_epi32((int)in[n]));
                            }
                        }
                    for (int n = 0; n < 16; n++) _mm512_storeu_ps(tile + (int64_t)n * K, s[n]);
                }
}

/* x (N, H, W, C), dy (N, H, W, K), dw (K, 3, 3, C) float; W even, C and K multiples of 16.
 * `together` images are laid out at once. Returns 0, or 1 where there is no memory. */
int weight_gradient(const bf16 *x, const bf16 *dy, float *dw, int64_t N, int H, int W, int C, int K,
                    int together, int threads) {
    int64_t size = (int64_t)9 * C * K, of_x = (int64_t)H * (W + 1) * C, of_dy = (int64_t)H * W / 2 * K;
    int64_t scratch = (of_x + of_dy) * together;
    float *sums = calloc((size_t)(size * threads), sizeof(float));
    uint32_t *pairs_of = aligned_alloc(64, (size_t)(scratch * threads) * sizeof(uint32_t));
    if (sums && pairs_of) {
#pragma omp parallel num_threads(threads)
        {
#ifdef _OPENMP
            int64_t all = omp_get_num_threads(), t = omp_get_thread_num();
#else
            int64_t all = 1, t = 0;
#endif
            uint32_t *px = pairs_of + t * scratch, *pdy = px + of_x * together;
            int64_t end = N * (t + 1) / all;
            for (int64_t from = N * t / all; from < end; from += together) {
                int count = (int)(end - from < together ? end - from : together);
                for (int n = 0; n < count; n++) {
                    pair_inputs(x + (from + n) * H * W * C, px + n * of_x, H, W, C);
                    pair_outputs(dy + (from + n) * H * W * K, pdy + n * of_dy, H, W, K);
                }
                add(px, pdy, sums + t * size, count, H, W, C, K);
            }
        }
        for (int t = 1; t < threads; t++)
            for (int64_t i = 0; i < size; i++) sums[i] += sums[t * size + i];
        for (int k = 0; k < K; k++)
            for (int64_t i = 0; i < (int64_t)9 * C; i++) dw[k * (int64_t)9 * C + i] = sums[i * K + k];
    }
    int failed = !sums || !pairs_of;
    free(sums);
    free(pairs_of);
    return failed;
}
#endif
