// swift-tools-version: 6.0
import PackageDescription

/// The kernels are built once per instruction set from one set of sources: the directories of the variants hold
/// symbolic links to those of `KernelsGeneric`, and what only their instruction set has. `Kernels` chooses among them when
/// the program starts.
struct KernelVariant {
    let name: String
    let defines: [String]
    let flags: [String]
}

#if arch(x86_64)
    let kernelVariants = [
        KernelVariant(name: "KernelsGeneric", defines: ["KERNELS_GENERIC"], flags: []),
        KernelVariant(
            name: "KernelsV3", defines: ["KERNELS_V3"], flags: ["-Xcc", "-march=x86-64-v3"]),
        KernelVariant(
            name: "KernelsV4", defines: ["KERNELS_V4"],
            flags: ["-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=512"]),
        // Of the kernels only the product of bytes.
        KernelVariant(
            name: "KernelsV4VNNI", defines: ["KERNELS_V4"],
            flags: [
                "-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=512",
                "-Xcc", "-mavx512vnni",
            ]),
        // The matrix product alone.
        KernelVariant(
            name: "KernelsV4BF16", defines: ["KERNELS_V4", "KERNELS_V4_BF16"],
            flags: [
                "-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=512",
                "-Xcc", "-mavx512bf16",
            ]),
        // Both by AMX, with kernels of its own.
        KernelVariant(
            name: "KernelsV4AMX", defines: ["KERNELS_V4"],
            flags: [
                "-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=512",
                "-Xcc", "-mavx512vnni", "-Xcc", "-mavx512bf16",
                "-Xcc", "-mamx-tile", "-Xcc", "-mamx-bf16", "-Xcc", "-mamx-int8",
            ]),
    ]
#else
    let kernelVariants = [
        KernelVariant(name: "KernelsGeneric", defines: ["KERNELS_GENERIC"], flags: [])
    ]
#endif

let package = Package(
    name: "mtl-nlp",
    products: [
        .executable(name: "mtl-nlp", targets: ["mtl-nlp"]),
        .library(
            name: "MTLNLP",
            targets: [
                "Tokenization", "LanguageIdentification", "Kernels", "Transformer", "Inference",
                "Training",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .target(
            name: "CICU",
            linkerSettings: [.linkedLibrary("icuuc")]),
        .systemLibrary(
            name: "CUTF8Proc", providers: [.apt(["libutf8proc-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CSIMD"),

        .target(
            name: "Tokenization",
            dependencies: [
                "CICU", "CUTF8Proc", .product(name: "HeapModule", package: "swift-collections"),
            ]),
        .target(name: "LanguageIdentification", dependencies: ["Files", "Tokenization"]),
        .target(
            name: "Kernels",
            dependencies: ["CSIMD"] + kernelVariants.map { .init(stringLiteral: $0.name) }),
        .target(name: "Transformer", dependencies: ["Kernels"]),
        .target(name: "Files"),
        .target(name: "Charts"),
        .target(
            name: "Inference",
            dependencies: ["Files", "LanguageIdentification", "Tokenization", "Transformer"]),
        .target(
            name: "Training",
            dependencies: [
                "Charts", "Files", "Inference", "LanguageIdentification", "CZlib", "Yams",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Documentation"]),
        .target(
            name: "Benchmarks",
            dependencies: [
                "Charts", "Files", "Inference", "Kernels", "Tokenization", "Training",
                "Transformer",
            ],
            exclude: ["Documentation"]),
        .target(name: "LineFilter", dependencies: ["CUTF8Proc", "Files"]),
        .target(
            name: "PretrainedModel", exclude: ["Documentation"], resources: [.copy("Model")]),
        .executableTarget(
            name: "mtl-nlp",
            dependencies: [
                "Benchmarks", "Files", "Inference", "Kernels", "LanguageIdentification",
                "LineFilter", "PretrainedModel", "Tokenization", "Training", "Transformer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        .testTarget(
            name: "TokenizationTests",
            dependencies: ["Tokenization", "CICU", "CUTF8Proc", "Kernels"]),
        .testTarget(
            name: "LanguageIdentificationTests",
            dependencies: ["Files", "Kernels", "LanguageIdentification", "PretrainedModel"]),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels"]),
        .testTarget(
            name: "TransformerTests", dependencies: ["Transformer"], resources: [.copy("Goldens")]),
        .testTarget(name: "ChartsTests", dependencies: ["Charts"]),
        .testTarget(name: "FilesTests", dependencies: ["Files"]),
        .testTarget(
            name: "InferenceTests", dependencies: ["Inference", "LanguageIdentification"]),
        .testTarget(
            name: "TrainingTests", dependencies: ["Files", "LanguageIdentification", "Training"],
            resources: [.copy("Goldens")]),
        .testTarget(name: "LineFilterTests", dependencies: ["Files", "Kernels", "LineFilter"]),
        .testTarget(name: "BenchmarksTests", dependencies: ["Benchmarks", "Kernels"]),
        .testTarget(name: "CommandTests", dependencies: ["mtl-nlp", "Inference", "Training"]),
    ]
        + kernelVariants.map { variant in
            .target(
                name: variant.name, dependencies: ["CSIMD"],
                swiftSettings: variant.defines.map { .define($0) }
                    + [.unsafeFlags(variant.flags + ["-Ounchecked"])])
        },
    swiftLanguageModes: [.v6]
)

// `make fuzz` alone builds this: libFuzzer is there with its sanitizer only.
if Context.environment["MTL_NLP_FUZZING"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "Files", "Inference", "LanguageIdentification", "LineFilter", "Tokenization",
                "Training", "Transformer",
            ],
            path: "Tests/Fuzzing"))
}
