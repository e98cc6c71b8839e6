/* A wall clock that is wrong by the seconds in the file CLOCK_FILE (a double), for one process: preloaded by a test.
   Monotonic time is left alone. A wait for a time of the wrong clock is turned into one for the true time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static volatile double *wrong;
static int (*true_clock)(clockid_t, struct timespec *);
static int (*true_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*true_cnd)(cnd_t *, mtx_t *, const struct timespec *);

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("CLOCK_FILE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(double), PROT_READ, MAP_SHARED, file, 0);
    true_clock = dlsym(RTLD_NEXT, "clock_gettime");
    true_wait = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2"); /* x86; there is an older one */
    if (!true_wait)
        true_wait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    true_cnd = dlsym(RTLD_NEXT, "cnd_timedwait");
    if (file >= 0)
        close(file);
    wrong = page == MAP_FAILED ? NULL : page;
}

static time_t step(void) { return wrong ? (time_t)*wrong : 0; }

int clock_gettime(clockid_t id, struct timespec *at) {
    if (!true_clock)
        begin();
    int failed = true_clock(id, at);
    if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
        at->tv_sec += step();
    return failed;
}

int timespec_get(struct timespec *at, int base) { return clock_gettime(CLOCK_REALTIME, at) ? 0 : base; }

time_t time(time_t *into) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (into)
        *into = at.tv_sec;
    return at.tv_sec;
}

int gettimeofday(struct timeval *restrict into, void *restrict zone) {
    struct timespec at;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &at);
    into->tv_sec = at.tv_sec;
    into->tv_usec = at.tv_nsec / 1000;
    return 0;
}

/* The monotonic clock, which a condition may go by, is younger. */
static struct timespec real(const struct timespec *until) {
    struct timespec at = *until;
    if (at.tv_sec > 1000000000)
        at.tv_sec -= step();
    return at;
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until) {
    struct timespec at = real(until);
    if (!true_wait)
        begin();
    return true_wait(condition, mutex, &at);
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex, const struct timespec *restrict until) {
    struct timespec at = real(until);
    if (!true_cnd)
        begin();
    return true_cnd(condition, mutex, &at);
}
