import Foundation

/// The model that the program comes with.
public enum PretrainedModel {
    /// The folder of the model, next to the program at `executable`; nil if there is none.
    ///
    /// An installed program has it in `../share/mtl-nlp`, a freshly built one in the folder of resources that the
    /// package manager copies beside it. The accessor that the package manager generates is not used: it holds the
    /// path of the build, and traps when the build has been moved or removed.
    public static func folder(besideExecutable executable: URL) -> URL? {
        let binaries = executable.deletingLastPathComponent()
        let candidates = [
            binaries.deletingLastPathComponent().appendingPathComponent("share/mtl-nlp"),
            binaries.appendingPathComponent("mtl-nlp_PretrainedModel.resources/Model"),
        ]
        return candidates.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("config.json").path)
        }
    }

    /// The program that runs, symbolic links resolved.
    public static var executable: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    }
}
