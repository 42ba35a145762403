// What the thread sanitizer cannot see of Swift's `Mutex`; `make sanitize` links this into the tests.
//
// A free lock is taken by code that is inlined into ours, where the sanitizer sees it. A thread that has to wait, or has
// one waiting, calls a function of the Synchronization library, which is not instrumented: all that the lock protects
// would be reported as a race. The functions here come before those of the library; they call them and say what that
// orders.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>
#include <stdint.h>

#define METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// `_MutexHandle._lockSlow(_:)` and `_MutexHandle._unlockSlow()`.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

METHOD void lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK);
METHOD void unlock_slow(SELF void *handle) __asm__(UNLOCK);

METHOD void lock_slow(uint32_t thread, SELF void *handle) {
    METHOD void (*lock)(uint32_t, SELF void *) = dlsym(RTLD_NEXT, LOCK);
    lock(thread, handle);
    // The handle is the word that the inlined code compares and exchanges: the quick way and this one are ordered too.
    __tsan_acquire(handle);
}

METHOD void unlock_slow(SELF void *handle) {
    METHOD void (*unlock)(SELF void *) = dlsym(RTLD_NEXT, UNLOCK);
    __tsan_release(handle);
    unlock(handle);
}
