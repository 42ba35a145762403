import Synchronization

/// Values that are made when they are first asked for, each once, by whichever thread comes first.
final class LazyValues<Value: Sendable>: @unchecked Sendable {
    private let values: UnsafeMutablePointer<Value?>
    /// Whether a value may be read; it is written before and never again.
    private let isMade: UnsafeMutablePointer<Atomic<Bool>>
    private let count: Int
    private let making = Mutex(())

    init(count: Int) {
        self.count = count
        values = .allocate(capacity: count)
        values.initialize(repeating: nil, count: count)
        isMade = .allocate(capacity: count)
        for index in 0..<count { (isMade + index).initialize(to: Atomic(false)) }
    }

    deinit {
        values.deinitialize(count: count)
        values.deallocate()
        isMade.deinitialize(count: count)
        isMade.deallocate()
    }

    /// The value if it has been made.
    subscript(index: Int) -> Value? {
        isMade[index].load(ordering: .acquiring) ? values[index] : nil
    }

    /// The value, made by `make` if it is the first time.
    func value(_ index: Int, _ make: () -> Value) -> Value {
        if let value = self[index] { return value }
        return making.withLock { _ in
            if let value = self[index] { return value }
            let value = make()
            values[index] = value
            isMade[index].store(true, ordering: .releasing)
            return value
        }
    }
}
