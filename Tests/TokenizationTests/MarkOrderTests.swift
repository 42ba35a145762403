import CICU
import Kernels
import XCTest

@testable import Tokenization

final class MarkOrderTests: XCTestCase {
    /// Runs of marks that are sorted before ICU sees them, beside what ICU alone makes of them.
    func testLongRunsAreOrderedAsByICU() {
        let marks: [ClosedRange<UInt32>] = [
            0x300...0x34E, 0x591...0x5AF, 0x64B...0x652, 0x93C...0x93C, 0x94D...0x94D,
            0xF71...0xF84, 0x3099...0x309A, 0xFF9E...0xFF9F, 0x1D165...0x1D169, 0x1D16D...0x1D172,
            0xE000...0xE000,
        ]
        let letters: [UInt32] = [0x61, 0x6F, 0xE4, 0x304B, 0x1D158]
        var generator = SeededGenerator(seed: 41)
        for count in [60, 64, 65, 66, 100, 300] {
            for _ in 0..<40 {
                var scalars = letters.shuffled(using: &generator).prefix(2)
                for _ in 0..<count {
                    let range = marks[generator.next(below: marks.count)]
                    // Few of them end the run.
                    if range.lowerBound == 0xE000 && generator.next(below: 20) > 0 { continue }
                    scalars.append(range.lowerBound + UInt32(generator.next(below: range.count)))
                }
                let units = [UInt16](transcoding: Array(scalars))
                for (form, instance) in [
                    (UnicodeForm.nfc, icu_nfc()), (.nfd, icu_nfd()), (.nfkc, icu_nfkc()),
                ] {
                    let expected = units.withUnsafeBufferPointer { text in
                        convertUTF16(text) { icu_normalize(instance, $0, $1, $2, $3) }
                    }
                    XCTAssertEqual(form.apply(units), expected)
                }
            }
        }
    }
}
