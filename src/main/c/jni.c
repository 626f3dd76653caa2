// The native methods of CpuLibrary. Every handle is a libtorch tensor; 0 is the answer to what the kernel does not take.
#include <jni.h>
#include <stddef.h>

#include "kernel.h"
#include "libtorch.h"

enum { LARGE = 32768, MAX_THREADS = 1024 }; // values from which threads are worth waking

static Kernel *kernel;

// Whether the strides are those of dense memory in which the axis last lies inside all others: rank - 1 is the contiguous order.
static bool is_dense(const Tensor *t, int64_t last) {
    int64_t step = t->sizes[last];
    if (step != 1 && t->strides[last] != 1) return false;
    for (int64_t i = t->rank - 1; i >= 0; i--) {
        if (i == last) continue;
        if (t->sizes[i] != 1 && t->strides[i] != step) return false;
        step *= t->sizes[i];
    }
    return true;
}

// A value for each channel. Absent where the handle is 0.
static bool read_values(jlong handle, int64_t channels, const float **values) {
    Tensor t;
    *values = NULL;
    if (!handle) return true;
    if (!read_tensor((Handle)(intptr_t)handle, &t)) return false;
    int64_t count = 1;
    for (int64_t i = 0; i < t.rank; i++) count *= t.sizes[i];
    *values = t.values;
    return count == channels && (t.rank == 0 || is_dense(&t, t.rank - 1));
}

static void run_job(void *data, int thread, int threads) {
    Job *job = data;
    for (int phase = 0; phase < job->phases; phase++) {
        if (phase > 0 && threads > 1) meet();
        kernel(job, phase, thread, threads);
    }
}

static jlong normalize(jlong input, jlong gamma, jlong beta, jlong mean, jlong variance, Job job, jint threads) {
    Tensor x, y;
    if (!read_tensor((Handle)(intptr_t)input, &x) || x.rank < 2 || job.activation < NO_ACTIVATION || job.activation > TANH) return 0;
    job.batch = x.sizes[0], job.channels = x.sizes[1], job.positions = 1;
    for (int64_t i = 2; i < x.rank; i++) job.positions *= x.sizes[i];
    job.channels_last = !is_dense(&x, x.rank - 1);
    if (job.channels_last && !is_dense(&x, 1)) return 0;
    if (!read_values(gamma, job.channels, &job.gamma) || !read_values(beta, job.channels, &job.beta)) return 0;
    if (!read_values(mean, job.channels, &job.mean) || !read_values(variance, job.channels, &job.variance)) return 0;
    if (!job.mean && (job.groups < 1 || job.channels % job.groups != 0)) return 0;
    int is_large = job.batch * job.channels * job.positions >= LARGE;
    if (is_large && !has_threads()) return 0; // libtorch has other threads then
    Handle result = new_tensor_like(&x, &y);
    if (!result) return 0;
    Moments moments[MAX_MOMENTS];
    job.x = x.values, job.y = y.values, job.moments = moments;
    int count = !is_large || threads < 1 ? 1 : threads < MAX_THREADS ? threads : MAX_THREADS;
    plan(&job, count);
    run_on_threads(run_job, &job, count);
    return (jlong)(intptr_t)result;
}

#define METHOD(type, name) JNIEXPORT type JNICALL Java_io_github_djlnorm_internal_kernel_CpuLibrary_##name

METHOD(jlong, normalizeGroups)
(JNIEnv *env, jclass class, jlong x, jlong gamma, jlong beta, jlong groups, jdouble epsilon, jint activation, jint threads) {
    (void)env, (void)class;
    return normalize(x, gamma, beta, 0, 0, (Job){.groups = groups, .epsilon = epsilon, .activation = activation}, threads);
}

METHOD(jlong, normalizeByConstants)
(JNIEnv *env, jclass class, jlong x, jlong mean, jlong variance, jlong gamma, jlong beta, jdouble epsilon, jint activation, jint threads) {
    (void)env, (void)class;
    if (!mean || !variance) return 0;
    return normalize(x, gamma, beta, mean, variance, (Job){.epsilon = epsilon, .activation = activation}, threads);
}

METHOD(jboolean, isGradModeEnabled)(JNIEnv *env, jclass class) {
    (void)env, (void)class;
    return grad_mode_is_enabled();
}

// Null, or what is missing.
METHOD(jstring, link)(JNIEnv *env, jclass class) {
    (void)class;
    kernel = best_kernel();
    const char *missing = link_libtorch();
    return missing ? (*env)->NewStringUTF(env, missing) : NULL;
}
