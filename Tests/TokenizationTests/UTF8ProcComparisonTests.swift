import CICU
import CUTF8Proc
import XCTest

@testable import Tokenization

/// ICU and utf8proc must agree wherever the tokenizer could ask either.
final class UTF8ProcComparisonTests: XCTestCase {
    /// ICU's and utf8proc's numbers of the general categories name them in different orders.
    private static let categoriesOfICU: [utf8proc_category_t] = [
        UTF8PROC_CATEGORY_CN, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LL, UTF8PROC_CATEGORY_LT,
        UTF8PROC_CATEGORY_LM, UTF8PROC_CATEGORY_LO, UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME,
        UTF8PROC_CATEGORY_MC, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NL, UTF8PROC_CATEGORY_NO,
        UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZL, UTF8PROC_CATEGORY_ZP, UTF8PROC_CATEGORY_CC,
        UTF8PROC_CATEGORY_CF, UTF8PROC_CATEGORY_CO, UTF8PROC_CATEGORY_CS, UTF8PROC_CATEGORY_PD,
        UTF8PROC_CATEGORY_PS, UTF8PROC_CATEGORY_PE, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO,
        UTF8PROC_CATEGORY_SM, UTF8PROC_CATEGORY_SC, UTF8PROC_CATEGORY_SK, UTF8PROC_CATEGORY_SO,
        UTF8PROC_CATEGORY_PI, UTF8PROC_CATEGORY_PF,
    ]

    private func categories(_ codePoint: UInt32) -> (
        icu: utf8proc_category_t, utf8proc: utf8proc_category_t
    ) {
        (
            Self.categoriesOfICU[Int(icu_category(Int32(bitPattern: codePoint)))],
            utf8proc_category(Int32(bitPattern: codePoint))
        )
    }

    /// Both libraries may be of different versions of Unicode.
    private func isAssignedInBoth(_ codePoint: UInt32) -> Bool {
        let categories = categories(codePoint)
        return categories.icu != UTF8PROC_CATEGORY_CN && categories.utf8proc != UTF8PROC_CATEGORY_CN
    }

    private func converted(
        _ text: String, by convert: (UnsafePointer<UInt8>) -> UnsafeMutablePointer<UInt8>?
    ) -> String? {
        guard
            let result = (Array(text.utf8) + [0]).withUnsafeBufferPointer({
                $0.baseAddress.flatMap(convert)
            })
        else { return nil }
        defer { free(result) }
        return String(cString: result)
    }

    private func assertFormsAgree(_ text: String) {
        for (form, other) in [
            (NormalizationRule.Form.nfc, converted(text, by: { utf8proc_NFC($0) })),
            (.nfkc, converted(text, by: { utf8proc_NFKC($0) })),
        ] {
            let ours = Normalizer.convert(text, to: form)
            XCTAssertTrue(
                other.map(ours.isIdentical(to:)) ?? false,
                "\(form) of \(text.codePoints): \(ours.codePoints), \(other?.codePoints ?? "none")")
        }
    }

    func testGeneralCategoriesAgree() {
        var different: [UInt32] = []
        for codePoint in UInt32(0)...0x10FFFF where isAssignedInBoth(codePoint) {
            let categories = categories(codePoint)
            if categories.icu != categories.utf8proc { different.append(codePoint) }
        }
        // A new version of Unicode changes the category of a handful at most.
        let limit = UnicodeVersions.agree ? 0 : 20
        XCTAssertLessThanOrEqual(
            different.count, limit, "\(different.prefix(20).map { String($0, radix: 16) })")
    }

    func testFormsAgreeOverAllCodePoints() {
        for codePoint in UInt32(1)...0x10FFFF where isAssignedInBoth(codePoint) {
            guard let scalar = Unicode.Scalar(codePoint) else { continue }
            assertFormsAgree(String(scalar))
            assertFormsAgree("e\(scalar)\u{301}\u{323}")
        }
    }

    func testFormsAgreeOnRandomStrings() {
        var random = RandomUnicode(seed: 4)
        for _ in 0..<50_000 {
            let text = random.string().unicodeScalars.filter {
                $0 != "\0" && isAssignedInBoth($0.value)
            }
            assertFormsAgree(String(String.UnicodeScalarView(text)))
        }
    }
}

private enum UnicodeVersions {
    static var agree: Bool {
        let utf8proc = String(cString: utf8proc_unicode_version())
        // "15.0" and "15.0.0".
        return utf8proc.hasPrefix(String(cString: icu_unicode_version()))
    }
}
