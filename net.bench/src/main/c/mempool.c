/*
 * DPDK's rte_mempool in the shapes of net.bench.pool, as a process that answers one line for each line that it reads:
 *   SHAPE THREADS NANOS   ->   NANOS_PER_BUFFER BUFFERS EMPTY FULL BYTES
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

enum shape { SINGLE, BATCHED, HELD, PASS_SINGLE, PASS_BATCH, SHAPES };
static const char *const names[SHAPES] = {"single", "batch", "hold", "pass-single", "pass-batch"};

struct result {
    uint64_t nanos, buffers, empty, full;
} __rte_cache_aligned;

static struct rte_mempool *pool;
static struct rte_ring *ring;
static enum shape shape;
static int threads;
static uint64_t window;
static atomic_int arrived;
static atomic_bool taken;
static struct result results[2];

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
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

static void pass(void **held, struct result *r, uint64_t end)
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
    } while (now() < end);
    atomic_store(&taken, true);
}

static void receive(void **held, struct result *r)
{
    unsigned most = shape == PASS_BATCH ? BATCH : 1;
    for (;;) {
        bool last = atomic_load(&taken);
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

static int work(void *argument)
{
    int me = (int)(intptr_t)argument;
    struct result r = {0};
    void *held[HOLD];
    atomic_fetch_add(&arrived, 1);
    while (atomic_load(&arrived) < threads)
        rte_pause();
    uint64_t start = now();
    if (shape < PASS_SINGLE) {
        do
            some(held, &r);
        while (now() - start < window);
    } else if (me == 0) {
        pass(held, &r, start + window);
    } else {
        receive(held, &r);
    }
    r.nanos = now() - start;
    results[me] = r;
    return 0;
}

static void run(void)
{
    memset(results, 0, sizeof results);
    atomic_store(&arrived, 0);
    atomic_store(&taken, false);
    unsigned other = rte_get_next_lcore(-1, 1, 0);
    if (threads == 2)
        rte_eal_remote_launch(work, (void *)1, other);
    work((void *)0);
    if (threads == 2)
        rte_eal_wait_lcore(other);
    double nanos = 0;
    uint64_t buffers = 0, empty = 0;
    int counted = 0;
    for (int i = 0; i < threads; i++) {
        if (results[i].buffers) {
            nanos += (double)results[i].nanos / (double)results[i].buffers;
            counted++;
        }
        buffers += results[i].buffers;
        empty += results[i].empty;
    }
    printf("%.5f %lu %lu 0 0\n", nanos / counted, buffers, empty);
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
    while (scanf("%15s %d %lu", name, &threads, &window) == 3) {
        for (shape = 0; shape < SHAPES && strcmp(name, names[shape]) != 0; shape++)
            ;
        if (shape == SHAPES || threads < 1 || threads > 2)
            return 2;
        run();
    }
    return 0;
}
