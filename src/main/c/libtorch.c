#define _GNU_SOURCE
#include "libtorch.h"

#include <stddef.h>
#include <string.h>

#if defined(_WIN32)
#include <windows.h>
typedef HMODULE Library;
static Library loaded_libtorch(void) {
    return GetModuleHandleA("torch_cpu.dll");
}
static void *symbol(Library library, const char *name) {
    FARPROC function = GetProcAddress(library, name);
    void *pointer;
    memcpy(&pointer, &function, sizeof pointer);
    return pointer;
}
#else
#include <dlfcn.h>
typedef void *Library;
#if defined(__linux__) // where what Java loads is visible to nobody else
#include <link.h>
static int open_libtorch(struct dl_phdr_info *info, size_t size, void *library) {
    (void)size;
    const char *slash = strrchr(info->dlpi_name, '/');
    if (!slash || strcmp(slash + 1, "libtorch_cpu.so") != 0) return 0;
    *(Library *)library = dlopen(info->dlpi_name, RTLD_LAZY | RTLD_NOLOAD);
    return *(Library *)library != NULL;
}
static Library loaded_libtorch(void) {
    Library library = NULL;
    dl_iterate_phdr(open_libtorch, &library);
    return library;
}
#else
static Library loaded_libtorch(void) {
    return RTLD_DEFAULT;
}
#endif
static void *symbol(Library library, const char *name) {
    return dlsym(library, name);
}
#endif

// The functions return 0, or another number after an exception.
static struct {
    int (*get_dim)(Handle, int64_t *), (*get_sizes)(Handle, int64_t **), (*get_strides)(Handle, int64_t **);
    int (*get_dtype)(Handle, int32_t *), (*get_device_type)(Handle, int32_t *), (*get_data_ptr)(Handle, void **);
    int (*empty_strided)(int64_t, const int64_t *, const int64_t *, int32_t, int32_t, int32_t, Handle *), (*delete_tensor_object)(Handle);
    int32_t (*dtype_float32)(void), (*device_type_cpu)(void);
    bool (*grad_mode_is_enabled)(void);
} torch;

// Of OpenMP, as libtorch's compiler called it. All or none.
static void (*parallel)(void (*)(void *), void *, unsigned, unsigned), (*barrier)(void);
static int (*thread_number)(void), (*thread_count)(void);
static int32_t float32, cpu;

const char *link_libtorch(void) {
    Library library = loaded_libtorch();
#if defined(_WIN32) || defined(__linux__)
    if (!library) return "no libtorch is loaded";
#endif
#define FIND(name)                                                             \
    do {                                                                       \
        void *function = symbol(library, "aoti_torch_" #name);                 \
        if (!function) return "this libtorch has no function aoti_torch_" #name; \
        memcpy(&torch.name, &function, sizeof function);                       \
    } while (0)
    FIND(get_dim); FIND(get_sizes); FIND(get_strides); FIND(get_dtype); FIND(get_device_type); FIND(get_data_ptr);
    FIND(empty_strided); FIND(delete_tensor_object); FIND(dtype_float32); FIND(device_type_cpu); FIND(grad_mode_is_enabled);
    float32 = torch.dtype_float32();
    cpu = torch.device_type_cpu();
    // Searched in libtorch and then in what it depends on, so that it is libtorch's own pool and no other that may be loaded.
    void *functions[] = {symbol(library, "GOMP_parallel"), symbol(library, "GOMP_barrier"), symbol(library, "omp_get_thread_num"),
        symbol(library, "omp_get_num_threads")};
    if (functions[0] && functions[1] && functions[2] && functions[3]) {
        memcpy(&parallel, functions, sizeof *functions), memcpy(&barrier, functions + 1, sizeof *functions);
        memcpy(&thread_number, functions + 2, sizeof *functions), memcpy(&thread_count, functions + 3, sizeof *functions);
    }
    return NULL;
}

bool grad_mode_is_enabled(void) {
    return torch.grad_mode_is_enabled();
}

bool read_tensor(Handle handle, Tensor *t) {
    int32_t type, device;
    void *values;
    if (!handle || torch.get_dtype(handle, &type) || type != float32 || torch.get_device_type(handle, &device) || device != cpu) return false;
    if (torch.get_dim(handle, &t->rank) || torch.get_sizes(handle, &t->sizes) || torch.get_strides(handle, &t->strides)) return false;
    if (torch.get_data_ptr(handle, &values) || !values) return false;
    t->values = values;
    for (int64_t i = 0; i < t->rank; i++)
        if (t->sizes[i] <= 0) return false;
    return true;
}

Handle new_tensor_like(const Tensor *other, Tensor *t) {
    Handle handle;
    if (torch.empty_strided(other->rank, other->sizes, other->strides, float32, cpu, 0, &handle)) return NULL;
    if (read_tensor(handle, t)) return handle;
    torch.delete_tensor_object(handle);
    return NULL;
}

bool has_threads(void) {
    return parallel != NULL;
}

typedef struct {
    void (*function)(void *, int, int);
    void *data;
} Task;

static void run_task(void *data) {
    Task *task = data;
    task->function(task->data, thread_number(), thread_count());
}

void run_on_threads(void (*function)(void *, int, int), void *data, int threads) {
    Task task = {function, data};
    if (threads > 1) parallel(run_task, &task, (unsigned)threads, 0);
    else function(data, 0, 1);
}

void meet(void) {
    barrier();
}
