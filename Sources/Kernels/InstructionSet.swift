import CSIMD
import Foundation

/// An instruction set that the kernels are built for.
public enum InstructionSet: String, CaseIterable, Sendable {
    case generic
    case x86_64_v3 = "x86-64-v3"
    case x86_64_v4 = "x86-64-v4"
    /// With AVX512-BF16, for products in bf16; everything else is as on x86-64-v4.
    case x86_64_v4_bf16 = "x86-64-v4-bf16"
    /// With AMX, for products in bf16 and in 8 bits.
    case x86_64_v4_amx = "x86-64-v4-amx"

    /// The environment variable that forces one.
    public static let variable = "MTL_NLP_ISA"

    /// Whether this processor can run it, and the system lets this process do so.
    public var isAvailable: Bool {
        switch self {
        case .generic: true
        case .x86_64_v3: csimd_supports_x86_64_v3()
        case .x86_64_v4: csimd_supports_x86_64_v4()
        case .x86_64_v4_bf16: csimd_supports_x86_64_v4_bf16()
        case .x86_64_v4_amx: csimd_supports_x86_64_v4_amx()
        }
    }

    /// Whether it is faster on this processor than those before it.
    private var isFast: Bool { self != .x86_64_v4_bf16 || csimd_has_fast_bf16() }

    /// The best one of this processor.
    public static var best: InstructionSet {
        allCases.last { $0.isAvailable && $0.isFast } ?? .generic
    }

    /// The one in use: the best, unless the environment names another. An environment that names one which is
    /// unknown or not available is refused by `validateEnvironment()`, which programs call when they start.
    public static let current: InstructionSet = (try? requested()) ?? best

    /// Checks the environment variable.
    ///
    /// - Throws: `Unavailable` when it names an instruction set that does not exist or that the processor lacks.
    public static func validateEnvironment() throws { _ = try requested() }

    /// The environment asks for an instruction set that cannot be used here.
    public struct Unavailable: Error, CustomStringConvertible {
        public let name: String
        public var description: String {
            let usable = InstructionSet.allCases.filter(\.isAvailable).map(\.rawValue)
            return "\(variable)=\(name): not available on this processor; "
                + "use one of \(usable.joined(separator: ", ")), or unset it"
        }
    }

    /// What whoever waits for an answer should know: that this processor has only the slow kernels; nil if it has others or
    /// somebody asked for these.
    public static var notice: String? {
        notice(best: best, isChosen: ProcessInfo.processInfo.environment[variable] ?? "" != "")
    }

    static func notice(best: InstructionSet, isChosen: Bool) -> String? {
        guard best == .generic, !isChosen else { return nil }
        return "no instructions of this processor are known to be faster than the generic ones "
            + "(x86-64: AVX2 and FMA); answers take many times as long"
    }

    private static func requested() throws -> InstructionSet {
        guard let name = ProcessInfo.processInfo.environment[variable], !name.isEmpty else {
            return best
        }
        guard let set = InstructionSet(rawValue: name), set.isAvailable else {
            throw Unavailable(name: name)
        }
        return set
    }

    /// The kernels of this instruction set, which must be available.
    package var kernels: KernelTable {
        switch self {
        case .generic: .generic
        #if arch(x86_64)
            case .x86_64_v3: .v3
            case .x86_64_v4: csimd_supports_avx512_vnni() ? .v4VNNI : .v4
            case .x86_64_v4_bf16: .v4BFloat16
            case .x86_64_v4_amx: .v4AMX
        #else
            case .x86_64_v3, .x86_64_v4, .x86_64_v4_bf16, .x86_64_v4_amx: .generic
        #endif
        }
    }
}
