import Kernels
import XCTest

@testable import Tokenization

final class ByteStringTableTests: XCTestCase {
    /// Short byte strings of few bytes, so that many come back and many differ in one place only.
    private func randomKeys(_ count: Int, seed: UInt64) -> [[UInt8]] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            (0..<generator.next(below: 20)).map { _ in [0, 1, 0x20, 0xFF][generator.next(below: 4)]
            }
        }
    }

    func testNumbersRunInTheOrderOfArrival() {
        var table = ByteStringTable()
        var expected: [[UInt8]: Int] = [:]
        for key in randomKeys(20_000, seed: 16) {
            key.withUnsafeBufferPointer { bytes in
                XCTAssertEqual(table.find(bytes), expected[key])
                let number = expected[key] ?? expected.count
                expected[key] = number
                XCTAssertEqual(table.insert(bytes), number)
                XCTAssertEqual(table.find(bytes), number)
            }
        }
        XCTAssertEqual(table.count, expected.count)
        XCTAssertEqual(table.byteCount, expected.keys.reduce(0) { $0 + $1.count })
        for (key, number) in expected { XCTAssertEqual(Array(table[number]), key) }
    }

    func testEveryByteOfAKeyCounts() {
        for length in 1...40 {
            var table = ByteStringTable()
            var key = Array(repeating: UInt8(0x61), count: length)
            XCTAssertEqual(key.withUnsafeBufferPointer { table.insert($0) }, 0)
            for place in 0..<length {
                key[place] ^= 0x80
                XCTAssertEqual(key.withUnsafeBufferPointer { table.insert($0) }, place + 1)
                key[place] ^= 0x80
            }
        }
    }

    func testWordsEndAtSpaces() {
        for key in randomKeys(20_000, seed: 17) {
            var words: [[UInt8]] = []
            key.withUnsafeBufferPointer { text in forEachWord(of: text) { words.append(Array($0)) }
            }
            let expected = key.split(separator: 0x20, omittingEmptySubsequences: false).map(
                Array.init)
            XCTAssertEqual(words, key.isEmpty ? [] : expected)
        }
    }
}
