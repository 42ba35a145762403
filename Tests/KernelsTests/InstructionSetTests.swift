import XCTest

@testable import Kernels

final class InstructionSetTests: XCTestCase {
    /// Runs `body` with the environment variable set, and puts it back.
    private func withVariable(_ value: String?, _ body: () throws -> Void) rethrows {
        let before = ProcessInfo.processInfo.environment[InstructionSet.variable]
        func set(_ value: String?) {
            if let value {
                setenv(InstructionSet.variable, value, 1)
            } else {
                unsetenv(InstructionSet.variable)
            }
        }
        set(value)
        defer { set(before) }
        try body()
    }

    func testChoice() {
        XCTAssertTrue(InstructionSet.generic.isAvailable)
        XCTAssertTrue(InstructionSet.best.isAvailable)
        XCTAssertTrue(InstructionSet.current.isAvailable)
        print("instruction set:", InstructionSet.current.rawValue)
    }

    func testOnlyWhoHasNoChoiceIsToldOfSlowKernels() {
        XCTAssertNotNil(InstructionSet.notice(best: .generic, isChosen: false))
        XCTAssertNil(InstructionSet.notice(best: .generic, isChosen: true))
        XCTAssertNil(InstructionSet.notice(best: .x86_64_v3, isChosen: false))
    }

    func testEnvironmentIsObeyedOrRefused() throws {
        // `current` is fixed before the environment changes.
        _ = InstructionSet.current
        for value in [nil, ""] + instructionSets.map(\.rawValue) {
            try withVariable(value) { try InstructionSet.validateEnvironment() }
        }
        try withVariable("x86-64-v9") {
            XCTAssertThrowsError(try InstructionSet.validateEnvironment()) { error in
                let usable = instructionSets.map(\.rawValue).joined(separator: ", ")
                XCTAssertEqual(
                    "\(error)",
                    "MTL_NLP_ISA=x86-64-v9: not available on this processor; use one of \(usable), "
                        + "or unset it")
            }
        }
    }

    func testEachHasItsOwnKernels() {
        XCTAssertEqual(KernelTable.generic.panelColumns, 8)
        if InstructionSet.x86_64_v3.isAvailable {
            XCTAssertEqual(InstructionSet.x86_64_v3.kernels.panelColumns, 16)
        }
        if InstructionSet.x86_64_v4.isAvailable {
            XCTAssertEqual(InstructionSet.x86_64_v4.kernels.panelColumns, 32)
            XCTAssertEqual(InstructionSet.x86_64_v4.kernels.bfloat16.places(3), 3)
        }
        if InstructionSet.x86_64_v4_bf16.isAvailable {
            XCTAssertEqual(InstructionSet.x86_64_v4_bf16.kernels.panelColumns, 32)
            XCTAssertEqual(InstructionSet.x86_64_v4_bf16.kernels.bfloat16.places(3), 2)
        }
        if InstructionSet.x86_64_v4_amx.isAvailable {
            XCTAssertEqual(InstructionSet.x86_64_v4_amx.kernels.panelColumns, 32)
            XCTAssertEqual(InstructionSet.x86_64_v4_amx.kernels.bfloat16.places(3), 16)
        }
    }
}
