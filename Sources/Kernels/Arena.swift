/// Memory for what lives as long as one step of training or one batch of inference: allocation moves a mark, release
/// moves it back, and a steady step allocates nothing from the system.
public final class Arena {
    /// Floats in the first block of memory. Each further block is as large as all before it, so that the ends of blocks,
    /// which go unused, stay a small part even when steps differ in their shapes.
    private static let firstBlockCount = 1 << 20

    private var blocks: [UnsafeMutableBufferPointer<Float>] = []
    private var position = Mark(block: 0, offset: 0)

    /// A place to which an arena can be released.
    public struct Mark {
        fileprivate var block: Int
        fileprivate var offset: Int
    }

    public init() {}

    deinit { removeBlocks(after: 0) }

    /// The floats that were taken from the system so far.
    package var capacity: Int { blocks.reduce(0) { $0 + $1.count } }

    /// Where allocation stands now.
    public var mark: Mark { position }

    /// Gives up all that was allocated since the mark was taken.
    public func release(to mark: Mark) { position = mark }

    /// Gives memory back to the system, but for the blocks that are allocated from and those that make up the first
    /// `count` floats: what one large step took is not kept for good.
    public func trim(to count: Int) {
        var kept = 0
        var keptCount = 0
        while kept < blocks.count, kept <= position.block || keptCount < count {
            keptCount += blocks[kept].count
            kept += 1
        }
        removeBlocks(after: kept)
    }

    private func removeBlocks(after kept: Int) {
        for block in blocks[kept...] { block.baseAddress?.deallocate() }
        blocks.removeSubrange(kept...)
    }

    /// Uninitialised room for `count` floats, aligned to 64 bytes.
    public func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        let rounded = max(16, (count + 15) / 16 * 16)
        while position.block < blocks.count {
            if position.offset + rounded <= blocks[position.block].count {
                defer { position.offset += rounded }
                let memory = blocks[position.block].baseAddress! + position.offset
                return UnsafeMutableRawPointer(memory).bindMemory(to: Float.self, capacity: rounded)
            }
            position = Mark(block: position.block + 1, offset: 0)
        }
        let size = max(Self.firstBlockCount, rounded, capacity)
        let block = UnsafeMutableBufferPointer(start: allocateFloats(size), count: size)
        blocks.append(block)
        position = Mark(block: blocks.count - 1, offset: rounded)
        return block.baseAddress!
    }

    /// Uninitialised room for `count` whole numbers.
    public func integers(_ count: Int) -> UnsafeMutablePointer<Int> {
        let floats = count * MemoryLayout<Int>.stride / MemoryLayout<Float>.stride
        return UnsafeMutableRawPointer(allocate(floats)).bindMemory(to: Int.self, capacity: count)
    }

    /// An uninitialised matrix.
    public func matrix(_ rows: Int, _ columns: Int) -> Matrix {
        Matrix(allocate(rows * columns), rows: rows, columns: columns)
    }

    /// A matrix of zeros.
    public func zeros(_ rows: Int, _ columns: Int) -> Matrix {
        let matrix = matrix(rows, columns)
        matrix.clear()
        return matrix
    }
}
