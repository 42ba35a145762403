import Synchronization

/// Multiply-adds on registers alone, on every thread of a workspace: the floor under the time of every matrix product, to
/// be measured beside it.
///
/// - Returns: the number of additions and multiplications of all threads.
public func multiplyAddLoop(iterations: Int, workspace: Workspace) -> Int {
    let mark = workspace.arena.mark
    defer { workspace.arena.release(to: mark) }
    // Longer than any vector. The chains come to rest at 2: nothing overflows or becomes subnormal.
    let factors = workspace.arena.matrix(2, 64)
    factors.rows(0..<1).elements.update(repeating: 0.5)
    factors.rows(1..<2).elements.update(repeating: 1)
    let results = workspace.arena.matrix(workspace.threadCount, 16)
    let count = Atomic(0)
    workspace.parallelFor(workspace.threadCount) { thread, _ in
        let done = KernelTable.current.multiplyAddLoop(
            iterations, factors.row(0), factors.row(1), results.row(thread))
        count.wrappingAdd(done, ordering: .relaxed)
    }
    return count.load(ordering: .relaxed)
}
