import Foundation

/// Memory for `count` floats, uninitialised and aligned to 64 bytes, which the caller deallocates. If there is none the
/// process ends with a message and the status 71 (`EX_OSERR`): nothing above could go on without it.
///
/// Large memory comes in pages of 2 MB where the system has them (Linux's transparent huge pages): one page fault instead
/// of 512, and a look-up of the whole in the cache of page addresses. Without them, the first touch of an arena took a
/// fifth of the time of the first steps of training.
///
/// - Parameter isTouchedWhole: whether all of it will be used; otherwise small pages save what is not.
public func allocateFloats(
    _ count: Int, isTouchedWhole: Bool = true
) -> UnsafeMutablePointer<Float> {
    let byteCount = max(count, 1) * MemoryLayout<Float>.stride
    let hugePage = 1 << 21
    let isLarge = isTouchedWhole && byteCount >= 8 * hugePage
    var address: UnsafeMutableRawPointer?
    guard posix_memalign(&address, isLarge ? hugePage : 64, byteCount) == 0, let memory = address
    else {
        let problem =
            "mtl-nlp: out of memory: \(byteCount) bytes were asked for; "
            + "use a smaller batch, fewer threads or a smaller model\n"
        try? FileHandle.standardError.write(contentsOf: Data(problem.utf8))
        exit(71)
    }
    #if os(Linux)
        // Advice: without huge pages the memory is as good, but slower.
        if isLarge { _ = madvise(memory, byteCount, MADV_HUGEPAGE) }
    #endif
    return memory.bindMemory(to: Float.self, capacity: count)
}
