import Foundation
import XCTest

/// A pipe of the operating system.
struct Pipe: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var descriptors: [Int32] = [0, 0]
        XCTAssertEqual(pipe(&descriptors), 0)
        (readEnd, writeEnd) = (descriptors[0], descriptors[1])
    }

    func write(_ bytes: some Sequence<UInt8>) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.write(writeEnd, $0.baseAddress, $0.count)
            }
            guard count > 0 else { return XCTFail("cannot write: errno \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    func write(_ text: String) { write(text.utf8) }

    func closeWriteEnd() { close(writeEnd) }

    /// Everything up to the end.
    func readAll() -> [UInt8] {
        [UInt8](FileHandle(fileDescriptor: readEnd, closeOnDealloc: true).readDataToEndOfFile())
    }

    /// Whether something can be read within a time that no correct program needs.
    func isReadable(within seconds: Int32 = 30) -> Bool {
        var state = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, seconds * 1000) == 1
    }

    /// What is there now, at most 64 KiB.
    func readAvailable() -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(readEnd, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}

/// Runs `body`, which must not fail, on a thread of its own; `wait()` returns when it has ended.
final class Background: @unchecked Sendable {
    private let ended = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () throws -> Void) {
        Thread.detachNewThread { [ended] in
            do { try body() } catch { XCTFail("\(error)") }
            ended.signal()
        }
    }

    func wait() { ended.wait() }
}
