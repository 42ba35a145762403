import Foundation
import Inference
import Tokenization
import Transformer

/// A small model and a recipe in a folder in memory, to be damaged. A run leaves the folder behind for the next one.
final class FuzzingResources {
    static let modelFiles = ["config.json", "tokenizer.json", "model.safetensors", "card.json"]

    let model: LoadedModel
    private let folder: URL
    private let originals: [String: [UInt8]]

    init() throws {
        folder = URL(fileURLWithPath: "/dev/shm")
            .appendingPathComponent("mtl-nlp-fuzzing")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.makeModel().write(to: folder)
        try Self.recipe.write(
            to: folder.appendingPathComponent("recipe.yml"), atomically: true, encoding: .utf8)
        model = try LoadedModel(contentsOf: folder)
        originals = try Dictionary(
            uniqueKeysWithValues: (Self.modelFiles + ["recipe.yml"]).map { [folder] name in
                (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
            })
    }

    /// Gives a file with the edits that the input describes, four bytes each: two for the place, one for what is done there
    /// (a byte set, inserted, removed, or the rest cut off), one for the byte.
    func withEdited(
        _ name: String, by input: UnsafeBufferPointer<UInt8>, _ body: (URL) -> Void
    ) {
        guard let original = originals[name] else { return }
        var bytes = original
        for start in stride(from: 0, to: input.count - 3, by: 4) where !bytes.isEmpty {
            let place = (Int(input[start]) << 8 | Int(input[start + 1])) % bytes.count
            switch input[start + 2] % 8 {
            case 0...3: bytes[place] = input[start + 3]
            case 4, 5: bytes.insert(input[start + 3], at: place)
            case 6: bytes.remove(at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        bytes.withUnsafeBufferPointer { withFile(name, $0, body) }
        original.withUnsafeBufferPointer { write(name, $0) }
    }

    /// Gives a file that holds the bytes.
    func withFile(_ name: String, _ bytes: UnsafeBufferPointer<UInt8>, _ body: (URL) -> Void) {
        write(name, bytes)
        body(folder.appendingPathComponent(name))
    }

    private func write(_ name: String, _ bytes: UnsafeBufferPointer<UInt8>) {
        let path = folder.appendingPathComponent(name).path
        // A new file each time: the weights of a model that was loaded before are still mapped.
        unlink(path)
        guard let file = fopen(path, "w") else { fatalError("\(path): cannot be written") }
        fwrite(bytes.baseAddress, 1, bytes.count, file)
        fclose(file)
    }
}
