/*
 * A forwarder in C for the shared cards of net.bench.forward, in the structure of ixy: a header in front of each buffer, a pool for each receive queue, every received
 * buffer exchanged for a fresh one in its descriptor at once, every sent descriptor reported, buffers taken back 32 at a time, the tail written once a batch.
 * Registers and descriptors: 82599 datasheet, 8.2.3.8, 8.2.3.9, 7.1.6, 7.2.3.
 *
 * Usage: forward FILE. It answers one line for each line that it reads:
 *   WORK QUEUES BATCH NANOS   ->   PACKETS NANOS LOST 0 0
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum work { FORWARD, PAYLOAD, TRANSMIT, RECEIVE };
enum { CARDS = 6, MAX_QUEUES = 4, RING = 512, MASK = RING - 1, BUFFERS = 2048, STRIDE = 2112, FRAME = 64, CLEAN = 32, MAX_BATCH = 256 };
enum { WINDOW = 0x20000, DMA = 0x100000, CHECK = 512, GAP = 500000, WARM = 1000000 };
enum { CTRL = 0, RXCTRL = 0x3000, DMATXCTL = 0x4a80, RX = 0x1000, TX = 0x6000, EACH = 0x40 };
enum { BASE = 0, LENGTH = 8, TAIL = 0x18, CONTROL = 0x28, ENABLE = 1 << 25, RESET = 1 << 26 };
enum { DONE = 1, SEND = 0x2b300000 /* DEXT, RS, IFCS, EOP, advanced data */ };

struct pool;

/* One line, the data behind it. */
struct buffer {
    uint64_t address;
    struct pool *pool;
    uint32_t index, size;
    uint8_t unused[40];
    uint8_t data[STRIDE - 64];
};

struct pool {
    struct buffer *first;
    uint32_t count;
    uint32_t free[BUFFERS];
};

struct descriptor {
    volatile uint64_t low, high;
};

struct queue {
    struct descriptor *ring;
    volatile uint32_t *tail;
    struct pool *pool;
    struct buffer *buffers[RING];
    uint32_t next, clean;
};

struct card {
    struct queue rx[MAX_QUEUES], tx[MAX_QUEUES];
};

static uint8_t *file;
static uint64_t used = DMA;
static struct card cards[CARDS];
static uint32_t number;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static volatile uint32_t *reg(int card, uint32_t offset)
{
    return (volatile uint32_t *)(file + (uint64_t)(card + 1) * WINDOW + offset);
}

static void set_reg(volatile uint32_t *r, uint32_t value)
{
    atomic_thread_fence(memory_order_release);
    *r = value;
}

static void *allocate(uint64_t bytes)
{
    void *p = file + used;
    used = (used + bytes + 4095) & ~(uint64_t)4095;
    return p;
}

static inline struct buffer *take(struct pool *p)
{
    return p->count == 0 ? NULL : (struct buffer *)((uint8_t *)p->first + (uint64_t)p->free[--p->count] * STRIDE);
}

static inline void give(struct buffer *b)
{
    struct pool *p = b->pool;
    p->free[p->count++] = b->index;
}

static struct pool *make_pool(void)
{
    struct pool *p = calloc(1, sizeof *p);
    p->first = allocate((uint64_t)BUFFERS * STRIDE);
    for (uint32_t i = 0; i < BUFFERS; i++) {
        struct buffer *b = (struct buffer *)((uint8_t *)p->first + (uint64_t)i * STRIDE);
        b->address = (uint64_t)((uint8_t *)b - file);
        b->pool = p;
        b->index = i;
        b->size = FRAME;
        p->free[p->count++] = i;
    }
    return p;
}

static void start_queue(struct queue *q, int card, uint32_t at, bool receive)
{
    q->ring = allocate(RING * sizeof *q->ring);
    q->tail = reg(card, at + TAIL);
    q->pool = make_pool();
    if (receive) {
        for (int i = 0; i < RING; i++) {
            q->buffers[i] = take(q->pool);
            q->ring[i].low = q->buffers[i]->address + 64;
            q->ring[i].high = 0;
        }
    }
    set_reg(reg(card, at + BASE), (uint32_t)((uint8_t *)q->ring - file));
    set_reg(reg(card, at + LENGTH), RING * sizeof *q->ring);
    set_reg(reg(card, at + CONTROL), ENABLE);
    if (receive)
        set_reg(q->tail, RING - 1);
}

static void start_card(int card, int queues)
{
    set_reg(reg(card, CTRL), RESET);
    while (*reg(card, CTRL) != 0)
        ;
    set_reg(reg(card, RXCTRL), 1);
    set_reg(reg(card, DMATXCTL), 1);
    for (int i = 0; i < queues; i++) {
        start_queue(&cards[card].rx[i], card, RX + EACH * (uint32_t)i, true);
        start_queue(&cards[card].tx[i], card, TX + EACH * (uint32_t)i, false);
    }
}

static uint32_t receive(struct queue *q, struct buffer **to, uint32_t max)
{
    uint32_t next = q->next, last = next, n = 0;
    while (n < max) {
        struct descriptor *d = &q->ring[next];
        uint64_t high = d->high;
        if ((high & DONE) == 0)
            break;
        struct buffer *fresh = take(q->pool);
        if (fresh == NULL)
            break;
        struct buffer *b = q->buffers[next];
        b->size = (uint32_t)(high >> 32) & 0xffff;
        d->low = fresh->address + 64;
        d->high = 0;
        q->buffers[next] = fresh;
        to[n++] = b;
        last = next;
        next = (next + 1) & MASK;
    }
    if (n != 0) {
        set_reg(q->tail, last);
        q->next = next;
    }
    return n;
}

static uint32_t transmit(struct queue *q, struct buffer **from, uint32_t count)
{
    uint32_t clean = q->clean, next = q->next, n = 0;
    while (((next - clean) & MASK) >= CLEAN) {
        uint32_t last = (clean + CLEAN - 1) & MASK;
        if ((q->ring[last].high >> 32 & DONE) == 0)
            break;
        for (uint32_t i = clean;; i = (i + 1) & MASK) {
            give(q->buffers[i]);
            if (i == last)
                break;
        }
        clean = (last + 1) & MASK;
    }
    q->clean = clean;
    while (n < count && ((next + 1) & MASK) != clean) {
        struct buffer *b = from[n++];
        struct descriptor *d = &q->ring[next];
        q->buffers[next] = b;
        d->low = b->address + 64;
        d->high = SEND | b->size | (uint64_t)b->size << 46;
        next = (next + 1) & MASK;
    }
    if (n != 0)
        set_reg(q->tail, next);
    q->next = next;
    return n;
}

static uint64_t forward(struct queue *from, struct queue *to, uint32_t batch, bool payload)
{
    struct buffer *b[MAX_BATCH];
    uint32_t n = receive(from, b, batch);
    for (uint32_t i = 0; i < n; i++) {
        if (payload)
            for (int j = 0; j < FRAME; j += 8)
                *(volatile uint64_t *)(b[i]->data + j) += 1;
        else
            *(volatile uint8_t *)(b[i]->data + 1) += 1;
    }
    uint32_t sent = transmit(to, b, n);
    for (uint32_t i = sent; i < n; i++)
        give(b[i]);
    return n;
}

static uint64_t generate(struct queue *to, struct pool *pool, uint32_t batch)
{
    struct buffer *b[MAX_BATCH];
    uint32_t n = 0;
    while (n < batch && (b[n] = take(pool)) != NULL) {
        b[n]->size = FRAME;
        *(volatile uint32_t *)(b[n]->data + FRAME - 4) = number++;
        n++;
    }
    uint32_t sent = 0;
    while (sent < n)
        sent += transmit(to, b + sent, n - sent);
    return n;
}

static uint64_t drop(struct queue *from, uint32_t batch)
{
    struct buffer *b[MAX_BATCH];
    uint32_t n = receive(from, b, batch);
    for (uint32_t i = 0; i < n; i++)
        give(b[i]);
    return n;
}

static uint64_t lane(enum work work, struct card *from, struct card *to, int q, uint32_t batch)
{
    switch (work) {
    case FORWARD:
        return forward(&from->rx[q], &to->tx[q], batch, false);
    case PAYLOAD:
        return forward(&from->rx[q], &to->tx[q], batch, true);
    case TRANSMIT:
        return generate(&to->tx[q], to->tx[q].pool, batch);
    default:
        return drop(&from->rx[q], batch);
    }
}

/* Nanoseconds in which this thread could run and did not. Linux, Documentation/scheduler/sched-stats.rst. */
static uint64_t delay(void)
{
    unsigned long long ran = 0, waited = 0;
    FILE *f = fopen("/proc/thread-self/schedstat", "r");
    if (f == NULL || fscanf(f, "%llu %llu", &ran, &waited) != 2)
        waited = 0;
    if (f != NULL)
        fclose(f);
    return waited;
}

static uint64_t run(enum work work, int queues, uint32_t batch, uint64_t nanos, uint64_t *took, uint64_t *lost)
{
    int pair = __builtin_ctz((unsigned)queues);
    struct card *a = &cards[2 * pair], *b = a + 1;
    uint32_t rounds = CHECK / (batch * 2 * (uint32_t)queues);
    uint64_t packets = 0, gaps = 0, waited = delay(), start = now(), last = start;
    do {
        for (uint32_t r = 0; r < (rounds == 0 ? 1 : rounds); r++)
            for (int q = 0; q < queues; q++) {
                packets += lane(work, a, b, q, batch);
                packets += lane(work, b, a, q, batch);
            }
        uint64_t t = now();
        if (t - last > GAP)
            gaps += t - last;
        last = t;
    } while (last - start < nanos);
    waited = delay() - waited;
    *lost = gaps > waited ? gaps : waited;
    *took = last - start;
    return packets;
}

static void traffic(uint64_t value)
{
    *(volatile uint64_t *)file = value;
    while (*(volatile uint64_t *)(file + 64) != value)
        ;
    atomic_thread_fence(memory_order_acquire);
}

int main(int argc, char **argv)
{
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(0, &core);
    struct stat s;
    int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
    if (fd < 0 || fstat(fd, &s) != 0 || sched_setaffinity(0, sizeof core, &core) != 0)
        return 1;
    file = mmap(NULL, (size_t)s.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (file == MAP_FAILED)
        return 1;
    for (int i = 0; i < CARDS; i++)
        start_card(i, 1 << i / 2);
    puts("ready");
    fflush(stdout);
    int work, queues;
    uint32_t batch;
    unsigned long long nanos;
    while (scanf("%d %d %u %llu", &work, &queues, &batch, &nanos) == 4) {
        uint64_t took, lost;
        traffic((uint64_t)__builtin_ctz((unsigned)queues) + 1);
        run((enum work)work, queues, batch, WARM, &took, &lost);
        uint64_t packets = run((enum work)work, queues, batch, nanos, &took, &lost);
        traffic(0);
        printf("%llu %llu %llu 0 0\n", (unsigned long long)packets, (unsigned long long)took, (unsigned long long)lost);
        fflush(stdout);
    }
    return 0;
}
