/*
 * DPDK's rte_mempool in the shapes of net.bench.pool, as a process that answers one line for each line that it reads:
 *   SHAPE THREADS NANOS COUNT   ->   COUNT times NANOS_PER_BUFFER BUFFERS EMPTY FULL BYTES LOST, of windows in a row behind one that is not told of
 * Usage: mempool CACHE, where CACHE is the number of buffers in each thread's cache, 0 for none. Runs without huge pages and without devices.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <rte_eal.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mempool.h>
#include <rte_pause.h>
#include <rte_ring.h>

#define BUFFERS 8192
#define SIZE 2048
#define BATCH 32
#define HOLD 512
#define PASSING 1024
#define CHECK 1024 /* buffers from one look at the clock to the next */
#define GAP 8 /* a look that comes so many times later than it did on average in the window before: the thread did not run */
#define LEAST_GAP 64 /* unless it is less than this part of a window */
#define WINDOWS 64

enum shape { SINGLE, BATCHED, HELD, PASS_SINGLE, PASS_BATCH, SHAPES };
static const char *const names[SHAPES] = {"single", "batch", "hold", "pass-single", "pass-batch"};

struct result {
    uint64_t nanos, buffers, empty, lost;
} __rte_cache_aligned;

/* When a thread last looked at the clock, and what it lost since the window began. */
struct watch {
    uint64_t last, gap, gaps, delay;
};

static struct rte_mempool *pool;
static struct rte_ring *ring;
static enum shape shape;
static int threads, windows;
static uint64_t window;
static atomic_int arrived, taken;
static struct result results[2][WINDOWS + 1];

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Nanoseconds that this thread was ready to run and did not. Source: Linux, Documentation/scheduler/sched-stats.rst. */
static uint64_t run_delay(void)
{
    uint64_t delay = 0;
    FILE *f = fopen("/proc/thread-self/schedstat", "r");
    if (f == NULL || fscanf(f, "%*u %lu", &delay) != 1) {
        fprintf(stderr, "mempool: this kernel has no schedstat\n");
        exit(1);
    }
    fclose(f);
    return delay;
}

static inline uint64_t look(struct watch *w)
{
    uint64_t t = now();
    if (t - w->last > w->gap)
        w->gaps += t - w->last;
    w->last = t;
    return t;
}

static inline void touch(void *buffer, uint64_t value)
{
    *(volatile uint32_t *)buffer = (uint32_t)value;
}

static inline void *take(struct result *r)
{
    void *buffer;
    while (rte_mempool_get(pool, &buffer) != 0)
        r->empty++;
    return buffer;
}

static inline void take_batch(void **to, struct result *r)
{
    while (rte_mempool_get_bulk(pool, to, BATCH) != 0)
        r->empty++;
}

static void some(void **held, struct result *r)
{
    switch (shape) {
    case SINGLE:
        for (int i = 0; i < CHECK; i++) {
            void *buffer = take(r);
            touch(buffer, i);
            rte_mempool_put(pool, buffer);
        }
        break;
    case BATCHED:
        for (int i = 0; i < CHECK; i += BATCH) {
            take_batch(held, r);
            for (int j = 0; j < BATCH; j++)
                touch(held[j], i);
            rte_mempool_put_bulk(pool, held, BATCH);
        }
        break;
    default:
        for (int i = 0; i < CHECK; i += HOLD) {
            for (int j = 0; j < HOLD; j++) {
                held[j] = take(r);
                touch(held[j], j);
            }
            for (int j = 0; j < HOLD; j++)
                rte_mempool_put(pool, held[j]);
        }
    }
    r->buffers += CHECK;
}

static void pass(void **held, struct result *r, struct watch *w, uint64_t end)
{
    bool batched = shape == PASS_BATCH;
    do {
        for (int i = 0; i < CHECK; i += batched ? BATCH : 1) {
            unsigned n = batched ? BATCH : 1, sent = 0;
            if (batched)
                take_batch(held, r);
            else
                held[0] = take(r);
            for (unsigned j = 0; j < n; j++)
                touch(held[j], j);
            while ((sent += rte_ring_sp_enqueue_burst(ring, held + sent, n - sent, NULL)) < n)
                rte_pause();
        }
    } while (look(w) < end);
    atomic_fetch_add(&taken, 1);
}

static void receive(void **held, struct result *r, int number)
{
    unsigned most = shape == PASS_BATCH ? BATCH : 1;
    for (;;) {
        bool last = atomic_load(&taken) > number;
        unsigned n = rte_ring_sc_dequeue_burst(ring, held, most, NULL);
        if (n == 0) {
            if (last)
                return;
            rte_pause();
        } else if (n == 1) {
            rte_mempool_put(pool, held[0]);
        } else {
            rte_mempool_put_bulk(pool, held, n);
        }
        r->buffers += n;
    }
}

static struct result one(int me, int number, uint64_t gap)
{
    struct result r = {0};
    void *held[HOLD];
    atomic_fetch_add(&arrived, 1);
    while (atomic_load(&arrived) < (number + 1) * threads)
        rte_pause();
    struct watch w = {.gap = gap, .delay = run_delay()};
    uint64_t start = w.last = now();
    if (shape < PASS_SINGLE) {
        do
            some(held, &r);
        while (look(&w) - start < window);
    } else if (me == 0) {
        pass(held, &r, &w, start + window);
    } else {
        receive(held, &r, number);
    }
    r.nanos = now() - start;
    uint64_t delay = run_delay() - w.delay;
    r.lost = delay > w.gaps ? delay : w.gaps;
    return r;
}

static int work(void *argument)
{
    int me = (int)(intptr_t)argument;
    uint64_t gap = UINT64_MAX;
    for (int i = 0; i <= windows; i++) {
        struct result r = one(me, i, gap);
        uint64_t mean = r.buffers ? r.nanos * CHECK / r.buffers : 0;
        gap = GAP * mean > window / LEAST_GAP ? GAP * mean : window / LEAST_GAP;
        results[me][i] = r;
    }
    return 0;
}

static void run(void)
{
    atomic_store(&arrived, 0);
    atomic_store(&taken, 0);
    unsigned other = rte_get_next_lcore(-1, 1, 0);
    if (threads == 2)
        rte_eal_remote_launch(work, (void *)1, other);
    work((void *)0);
    if (threads == 2)
        rte_eal_wait_lcore(other);
    for (int w = 1; w <= windows; w++) {
        double nanos = 0;
        uint64_t buffers = 0, empty = 0, lost = 0;
        int counted = 0;
        for (int i = 0; i < threads; i++) {
            struct result *r = &results[i][w];
            if (r->buffers) {
                nanos += (double)r->nanos / (double)r->buffers;
                counted++;
            }
            buffers += r->buffers;
            empty += r->empty;
            lost = r->lost > lost ? r->lost : lost;
        }
        printf("%.5f %lu %lu 0 0 %lu ", nanos / counted, buffers, empty, lost);
    }
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    char *eal[] = {argv[0], "--no-huge", "-m", "128", "--no-pci", "--no-shconf", "--no-telemetry", "--log-level=error", "-l", "0,1"};
    if (argc != 2 || rte_eal_init(sizeof eal / sizeof *eal, eal) < 0) {
        fprintf(stderr, "mempool: usage: mempool CACHE, or EAL did not start\n");
        return 1;
    }
    pool = rte_mempool_create("pool", BUFFERS, SIZE, (unsigned)atoi(argv[1]), 0, NULL, NULL, NULL, NULL, SOCKET_ID_ANY,
                              RTE_MEMPOOL_F_NO_IOVA_CONTIG);
    ring = rte_ring_create("ring", PASSING, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (pool == NULL || ring == NULL) {
        fprintf(stderr, "mempool: no memory for %d buffers of %d bytes\n", BUFFERS, SIZE);
        return 1;
    }
    printf("ready\n");
    fflush(stdout);
    char name[16];
    while (scanf("%15s %d %lu %d", name, &threads, &window, &windows) == 4) {
        for (shape = 0; shape < SHAPES && strcmp(name, names[shape]) != 0; shape++)
            ;
        if (shape == SHAPES || threads < 1 || threads > 2 || windows < 0 || windows > WINDOWS)
            return 2;
        run();
    }
    return 0;
}
