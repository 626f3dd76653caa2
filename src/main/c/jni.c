// The native methods of CpuLibrary, on tensors of the libtorch that DJL has loaded, by its C functions and its threads.
#define _GNU_SOURCE
#include <jni.h>
#include <stddef.h>
#include <string.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "kernel.h"

enum { LARGE = 32768, MAX_THREADS = 1024 }; // values from which threads are worth waking

typedef void *Handle;
typedef void Function(void), Function1(void *);

// ---- libtorch among the loaded libraries ----

#if defined(_WIN32)
#include <windows.h>
static HMODULE library;
static void open_library(void) { library = GetModuleHandleA("torch_cpu.dll"); }
static Function *find(const char *name) {
    Function *function = library ? (Function *)GetProcAddress(library, name) : NULL;
    return function || !library ? function : (Function *)GetProcAddress(GetModuleHandleA("c10.dll"), name);
}
#define REQUIRES_GRAD "?requires_grad@TensorImpl@c10@@QEBA_NXZ"
#else
#include <dlfcn.h>
static void *library = RTLD_DEFAULT;
#if defined(__linux__) // where what Java loads is not found by default
#include <link.h>
static int open_if_torch(struct dl_phdr_info *info, size_t size, void *unused) {
    (void)size, (void)unused;
    const char *slash = strrchr(info->dlpi_name, '/');
    if (slash && strcmp(slash, "/libtorch_cpu.so") == 0) library = dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
    return library != RTLD_DEFAULT;
}
static void open_library(void) { dl_iterate_phdr(open_if_torch, NULL); }
#else
static void open_library(void) {}
#endif
static Function *find(const char *name) { return (Function *)(intptr_t)dlsym(library, name); }
#define REQUIRES_GRAD "_ZNK3c1010TensorImpl13requires_gradEv"
#endif

// They return 0, or another number after an exception.
#define ALL_OF_TORCH(F)                                                                                                \
    F(get_dim, int, Handle, int64_t *) F(get_sizes, int, Handle, int64_t **) F(get_strides, int, Handle, int64_t **)   \
    F(get_dtype, int, Handle, int32_t *) F(get_device_type, int, Handle, int32_t *)                                    \
    F(get_data_ptr, int, Handle, void **) F(delete_tensor_object, int, Handle)                                         \
    F(empty_strided, int, int64_t, const int64_t *, const int64_t *, int32_t, int32_t, int32_t, Handle *)              \
    F(dtype_float32, int32_t, void) F(device_type_cpu, int32_t, void) F(grad_mode_is_enabled, bool, void)
#define DECLARE(name, result, ...) static result (*name)(__VA_ARGS__);
#define FIND(name, result, ...)                                                                                        \
    if (!(name = (result(*)(__VA_ARGS__))find("aoti_torch_" #name))) return "no aoti_torch_" #name " in a library";
ALL_OF_TORCH(DECLARE)

// OpenMP's, null where libtorch has other threads.
static void (*parallel)(Function1 *, void *, unsigned, unsigned), (*barrier)(void);
static int (*thread_number)(void), (*thread_count)(void);
static bool (*requires_grad)(const void *);
static int32_t float32, cpu;
static Kernel *kernel;
static const char *missing; // of what link_all() looks for, or null

static const char *link_all(void) {
    open_library();
    ALL_OF_TORCH(FIND)
    requires_grad = (bool (*)(const void *))find(REQUIRES_GRAD);
    if (!requires_grad) return "no " REQUIRES_GRAD " in a loaded libtorch";
    float32 = dtype_float32(), cpu = device_type_cpu(), kernel = best_kernel();
    // Searched in libtorch and then in what it depends on: its own pool and no other one that is loaded.
    parallel = (void (*)(Function1 *, void *, unsigned, unsigned))find("GOMP_parallel"), barrier = find("GOMP_barrier");
    thread_number = (int (*)(void))find("omp_get_thread_num");
    thread_count = (int (*)(void))find("omp_get_num_threads");
    if (!barrier || !thread_number || !thread_count) parallel = NULL;
    return NULL;
}

// ---- Tensors ----

typedef struct {
    int64_t rank, *sizes, *strides; // libtorch's
    float *values;
} Tensor;

// Whether it is a float32 tensor in the processor's memory, and not empty.
static bool read_tensor(Handle handle, Tensor *t) {
    int32_t type, device;
    void *values;
    if (!handle || get_dtype(handle, &type) || type != float32) return false;
    if (get_device_type(handle, &device) || device != cpu || get_dim(handle, &t->rank)) return false;
    if (get_sizes(handle, &t->sizes) || get_strides(handle, &t->strides) || get_data_ptr(handle, &values)) return false;
    for (int64_t i = 0; i < t->rank; i++)
        if (t->sizes[i] <= 0) return false;
    return (t->values = values) != NULL;
}

// Whether memory is dense, with the axes in their order but for one that comes last. Gives the number of values.
static bool is_dense(const Tensor *t, int64_t last, int64_t *count) {
    *count = 1;
    for (int64_t i = t->rank; i >= 0; i--) {
        int64_t axis = i == t->rank ? last : i;
        if (i == last || axis < 0) continue;
        if (t->sizes[axis] != 1 && t->strides[axis] != *count) return false;
        *count *= t->sizes[axis];
    }
    return true;
}

// A value for each channel, or null where the handle is 0.
static bool read_values(jlong handle, int64_t channels, const float **values) {
    Tensor t = {0};
    int64_t count;
    if (handle && !read_tensor((Handle)(intptr_t)handle, &t)) return false;
    if (handle && (!is_dense(&t, t.rank - 1, &count) || count != channels)) return false;
    *values = t.values;
    return true;
}

static void run_thread(void *job) {
    const Job *j = job;
    int thread = j->threads > 1 ? thread_number() : 0, threads = j->threads > 1 ? thread_count() : 1;
    for (int phase = 0; phase < j->phases; phase++) {
        if (phase > 0 && threads > 1) barrier();
        kernel(j, phase, thread, threads);
    }
}

static jlong normalize(jlong input, jlong gamma, jlong beta, jlong mean, jlong variance, Job j, int threads) {
    Tensor x, y;
    Handle result;
    int64_t count;
    if (!read_tensor((Handle)(intptr_t)input, &x) || x.rank < 2) return 0;
    if (j.activation < NO_ACTIVATION || j.activation > TANH) return 0;
    j.channels_last = !is_dense(&x, x.rank - 1, &count);
    if (j.channels_last && !is_dense(&x, 1, &count)) return 0;
    j.x = x.values, j.batch = x.sizes[0], j.channels = x.sizes[1], j.positions = count / (j.batch * j.channels);
    if (!read_values(gamma, j.channels, &j.gamma) || !read_values(beta, j.channels, &j.beta)) return 0;
    if (!read_values(mean, j.channels, &j.mean) || !read_values(variance, j.channels, &j.variance)) return 0;
    if (!j.mean && (j.groups < 1 || j.channels % j.groups != 0)) return 0;
    if (count >= LARGE && !parallel) return 0;
    if (empty_strided(x.rank, x.sizes, x.strides, float32, cpu, 0, &result)) return 0;
    if (!read_tensor(result, &y)) {
        delete_tensor_object(result);
        return 0;
    }
    Moments moments[MAX_MOMENTS];
    j.y = y.values, j.moments = moments;
    plan(&j, count < LARGE || threads < 1 ? 1 : threads < MAX_THREADS ? threads : MAX_THREADS);
    if (j.threads > 1) parallel(run_thread, &j, (unsigned)j.threads, 0);
    else run_thread(&j);
    return (jlong)(intptr_t)result;
}

// Whether autograd records what this thread does with a tensor. No C function tells, so TensorImpl's own method is called: a handle
// points to a tensor, which is a pointer to a TensorImpl.
static bool is_recorded(jlong handle) {
    return handle && grad_mode_is_enabled() && requires_grad(*(void **)(intptr_t)handle);
}

#define METHOD(type, name, ...)                                                                                        \
    JNIEXPORT type JNICALL Java_io_github_djlnorm_internal_kernel_CpuLibrary_##name(                                   \
            __attribute__((unused)) JNIEnv *env, __attribute__((unused)) jclass class, ##__VA_ARGS__)

METHOD(jlong, normalizeGroups, jlong x, jlong gamma, jlong beta, jlong groups, jdouble epsilon, jint activation,
        jint threads) {
    Job job = {.groups = groups, .epsilon = epsilon, .activation = activation};
    return normalize(x, gamma, beta, 0, 0, job, threads);
}

METHOD(jlong, normalizeByConstants, jlong x, jlong mean, jlong variance, jlong gamma, jlong beta, jdouble epsilon,
        jint activation, jint threads) {
    Job job = {.epsilon = epsilon, .activation = activation};
    return mean && variance ? normalize(x, gamma, beta, mean, variance, job, threads) : 0;
}

METHOD(jboolean, isRecorded, jlong x, jlong gamma, jlong beta) {
    return is_recorded(x) || is_recorded(gamma) || is_recorded(beta);
}

METHOD(jboolean, keepFreedMemory) {
#if defined(__GLIBC__)
    const int most = 1 << 30, most_before_2_35 = 32 << 20;
    return (mallopt(M_MMAP_THRESHOLD, most) || mallopt(M_MMAP_THRESHOLD, most_before_2_35)) && mallopt(M_TRIM_THRESHOLD, most);
#else
    return JNI_FALSE;
#endif
}

METHOD(jstring, missing) { return missing ? (*env)->NewStringUTF(env, missing) : NULL; }

// Linked here and not by a method, which Java could find in another copy of this library.
JNIEXPORT jint JNICALL JNI_OnLoad(__attribute__((unused)) JavaVM *vm, __attribute__((unused)) void *reserved) {
    missing = link_all();
    return JNI_VERSION_1_8;
}
