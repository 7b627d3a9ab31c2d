/* Batch normalisation with what follows it (addition, ReLU) in two passes over memory forward and
 * two backward. Ioffe and Szegedy 2015, Algorithm 1; the gradients as in their Section 3.
 *
 * A map is (rows, channels), rows = batch x height x width (torch's channels_last), of bfloat16
 * (half = 1) or float (half = 0); channels are a multiple of 16. All else is float. Sums are taken
 * in float over BLOCK rows and in double beyond, and always in the same order for the same number
 * of threads. GCC's and Clang's vector extensions, so that one source fits every processor.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>
#ifdef _OPENMP
int omp_get_thread_num(void);
int omp_get_num_threads(void);
#endif

enum { LANES = 16, BLOCK = 64 };

typedef float floats __attribute__((vector_size(4 * LANES)));
typedef int32_t ints __attribute__((vector_size(4 * LANES)));
typedef uint32_t words __attribute__((vector_size(4 * LANES)));
typedef uint16_t halves __attribute__((vector_size(2 * LANES)));

#define INLINE static inline __attribute__((always_inline))

INLINE floats load(const void *from, int64_t at, int half) {
    if (half) {
        halves h;
        memcpy(&h, (const uint16_t *)from + at, sizeof h);
        return (floats)(__builtin_convertvector(h, words) << 16);
    }
    floats f;
    memcpy(&f, (const float *)from + at, sizeof f);
    return f;
}

INLINE void store(void *to, int64_t at, floats f, int half) {
    if (half) { /* round to nearest, ties to even; NaN stays NaN */
        words w = (words)f;
        words rounded = (w + 0x7FFFu + ((w >> 16) & 1)) >> 16;
        rounded |= (words)(f != f) & 64;
        halves h = __builtin_convertvector(rounded, halves);
        memcpy((uint16_t *)to + at, &h, sizeof h);
    } else {
        memcpy((float *)to + at, &f, sizeof f);
    }
}

/* v where w > 0, else 0; NaN of v stays where w is NaN, so that a diverged net is seen */
INLINE floats keep(floats v, floats w) {
    return (floats)((words)v & ~(words)(w <= (floats){0}));
}

INLINE void share(int64_t rows, int64_t *low, int64_t *high, int *thread) {
#ifdef _OPENMP
    int64_t n = omp_get_num_threads(), t = omp_get_thread_num();
#else
    int64_t n = 1, t = 0;
#endif
    *thread = (int)t;
    *low = rows * t / n;
    *high = rows * (t + 1) / n;
}

/* A pair of sums per channel, from every thread; `sums` is (threads, 2, channels). */
INLINE void total(const double *sums, int threads, int channels, int c, double *a, double *b) {
    *a = *b = 0;
    for (int t = 0; t < threads; t++) {
        *a += sums[(2 * t) * channels + c];
        *b += sums[(2 * t + 1) * channels + c];
    }
}

INLINE void forward(const void *x, const void *shortcut, void *y, int64_t rows, int channels,
                    const float *gamma, const float *beta, float *running_mean,
                    float *running_var, float momentum, float eps, int relu, float *mean,
                    float *inverse, int threads, double *sums, int half) {
    memset(sums, 0, sizeof(double) * 2 * channels * threads);
#pragma omp parallel num_threads(threads)
    {
        int64_t low, high;
        int t;
        share(rows, &low, &high, &t);
        for (int64_t start = low; start < high; start += BLOCK) {
            int64_t end = start + BLOCK < high ? start + BLOCK : high;
            for (int c = 0; c < channels; c += LANES) {
                /* less the running mean: squares of small numbers lose fewer digits */
                floats s = {0}, q = {0}, near = load(running_mean, c, 0);
                for (int64_t r = start; r < end; r++) {
                    floats v = load(x, r * channels + c, half) - near;
                    s += v;
                    q += v * v;
                }
                for (int i = 0; i < LANES; i++) {
                    sums[(2 * t) * channels + c + i] += s[i];
                    sums[(2 * t + 1) * channels + c + i] += q[i];
                }
            }
        }
    }
    for (int c = 0; c < channels; c++) {
        double s, q;
        total(sums, threads, channels, c, &s, &q);
        double off = s / rows, var = q / rows - off * off;
        var = var < 0 ? 0 : var;
        mean[c] = (float)(off + running_mean[c]);
        inverse[c] = (float)(1 / sqrt(var + eps));
        running_mean[c] = (1 - momentum) * running_mean[c] + momentum * mean[c];
        running_var[c] = (1 - momentum) * running_var[c] +
                         momentum * (float)(var * ((double)rows / (rows - 1)));
    }
#pragma omp parallel num_threads(threads)
    {
        int64_t low, high;
        int t;
        share(rows, &low, &high, &t);
        for (int c = 0; c < channels; c += LANES) {
            floats a = load(gamma, c, 0) * load(inverse, c, 0);
            floats b = load(beta, c, 0) - load(mean, c, 0) * a;
            for (int64_t r = low; r < high; r++) {
                int64_t at = r * channels + c;
                floats v = load(x, at, half) * a + b;
                if (shortcut) v += load(shortcut, at, half);
                store(y, at, relu ? keep(v, v) : v, half);
            }
        }
    }
}

/* dx may be x itself. Where there was a shortcut, its gradient is written over dy. */
INLINE void backward(void *dy, const void *y, const void *x, void *dx, int shortcut, int64_t rows,
                     int channels, const float *gamma, const float *mean, const float *inverse,
                     int relu, float *dgamma, float *dbeta, int threads, double *sums, int half) {
    memset(sums, 0, sizeof(double) * 2 * channels * threads);
#pragma omp parallel num_threads(threads)
    {
        int64_t low, high;
        int t;
        share(rows, &low, &high, &t);
        for (int64_t start = low; start < high; start += BLOCK) {
            int64_t end = start + BLOCK < high ? start + BLOCK : high;
            for (int c = 0; c < channels; c += LANES) {
                floats s = {0}, q = {0}, m = load(mean, c, 0);
                for (int64_t r = start; r < end; r++) {
                    int64_t at = r * channels + c;
                    floats g = load(dy, at, half);
                    if (relu) g = keep(g, load(y, at, half));
                    s += g;
                    q += g * (load(x, at, half) - m);
                }
                for (int i = 0; i < LANES; i++) {
                    sums[(2 * t) * channels + c + i] += s[i];
                    sums[(2 * t + 1) * channels + c + i] += q[i];
                }
            }
        }
    }
    for (int c = 0; c < channels; c++) {
        double s, q;
        total(sums, threads, channels, c, &s, &q);
        dbeta[c] = (float)s;
        dgamma[c] = (float)(q * inverse[c]);
    }
#pragma omp parallel num_threads(threads)
    {
        int64_t low, high;
        int t;
        share(rows, &low, &high, &t);
        floats n = (floats){0} + (float)rows;
        for (int c = 0; c < channels; c += LANES) {
            /* dx = gamma * inverse * (g - dbeta / n - x_hat * dgamma / n) */
            floats i = load(inverse, c, 0), a = load(gamma, c, 0) * i;
            floats b = -a * i * load(dgamma, c, 0) / n;
            floats k = -a * load(dbeta, c, 0) / n - b * load(mean, c, 0);
            for (int64_t r = low; r < high; r++) {
                int64_t at = r * channels + c;
                floats g = load(dy, at, half);
                if (relu) g = keep(g, load(y, at, half));
                if (shortcut && relu) store(dy, at, g, half);
                store(dx, at, a * g + b * load(x, at, half) + k, half);
            }
        }
    }
}

#define FORWARD                                                                                    \
    const void *x, const void *shortcut, void *y, int64_t rows, int channels, const float *gamma,  \
        const float *beta, float *running_mean, float *running_var, float momentum, float eps,     \
        int relu, float *mean, float *inverse, int threads, double *sums
#define FORWARD_GIVEN                                                                              \
    x, shortcut, y, rows, channels, gamma, beta, running_mean, running_var, momentum, eps, relu,   \
        mean, inverse, threads, sums
#define BACKWARD                                                                                   \
    void *dy, const void *y, const void *x, void *dx, int shortcut, int64_t rows, int channels,    \
        const float *gamma, const float *mean, const float *inverse, int relu, float *dgamma,      \
        float *dbeta, int threads, double *sums
#define BACKWARD_GIVEN                                                                             \
    dy, y, x, dx, shortcut, rows, channels, gamma, mean, inverse, relu, dgamma, dbeta, threads, sums

void forward_bf16(FORWARD) { forward(FORWARD_GIVEN, 1); }
void forward_fp32(FORWARD) { forward(FORWARD_GIVEN, 0); }
void backward_bf16(BACKWARD) { backward(BACKWARD_GIVEN, 1); }
void backward_fp32(BACKWARD) { backward(BACKWARD_GIVEN, 0); }
