import Kernels
import XCTest

final class HalfPrecisionTests: XCTestCase {
    private static let finite = (UInt16.min...UInt16.max).filter {
        Float16(bitPattern: $0).isFinite
    }

    func testEveryFiniteNumberIsExact() {
        let halves = Self.finite
        var floats = [Float](repeating: .nan, count: halves.count)
        halves.withUnsafeBytes { bytes in
            floats.withUnsafeMutableBufferPointer {
                HalfPrecision.convert(
                    bytes.baseAddress!, count: halves.count, into: $0.baseAddress!)
            }
        }
        XCTAssertEqual(
            floats.map(\.bitPattern), halves.map { Float(Float16(bitPattern: $0)).bitPattern })
    }

    func testUnalignedNumbers() {
        let bytes = [UInt8](repeating: 0, count: 1) + [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00]
        var floats = [Float](repeating: .nan, count: 3)
        bytes.withUnsafeBytes { bytes in
            HalfPrecision.convert(bytes.baseAddress! + 1, count: 3, into: &floats)
            XCTAssert(HalfPrecision.areFinite(bytes.baseAddress! + 1, count: 3))
        }
        XCTAssertEqual(floats, [1, -2, 0x1p-24])
    }

    func testNumbersThatAreNotFinite() {
        func areFinite(_ halves: [UInt16]) -> Bool {
            halves.withUnsafeBytes {
                HalfPrecision.areFinite($0.baseAddress!, count: halves.count)
            }
        }
        XCTAssert(areFinite(Self.finite))
        for bits in [0x7C00, 0xFC00, 0x7E00, 0xFFFF] as [UInt16] {
            for place in [0, 7, 16, 40] {
                var halves = [UInt16](repeating: 0x3C00, count: 41)
                halves[place] = bits
                XCTAssertFalse(areFinite(halves), "\(bits) at \(place)")
            }
        }
    }
}
