import Files
import Foundation
import Yams

extension Recipe {
    /// Reads a recipe.
    ///
    /// - Throws: `FileError`, with the line of the first thing that is wrong.
    public init(contentsOf url: URL) throws {
        try self.init(RecipeNode(contentsOf: url, kind: "recipe"))
    }

    /// - Parameter file: the name that errors give.
    package init(yaml: String, file: String) throws {
        try self.init(RecipeNode(yaml: yaml, file: file, kind: "recipe"))
    }
}

extension RecipeNode {
    /// Reads a file.
    ///
    /// - Parameter kind: what errors call it.
    /// - Throws: `FileError`.
    init(contentsOf url: URL, kind: String) throws {
        let file = url.relativePath
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch CocoaError.fileReadNoSuchFile {
            throw FileError(
                .missing, file, "no such file; give the path of a \(kind)")
        } catch {
            throw FileError(
                .unreadable, file, "cannot be read: \(error.localizedDescription)")
        }
        guard let yaml = String(validating: data, as: UTF8.self) else {
            let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let bad = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
            throw FileError(
                .malformed, file, line: bad + 1, "not valid UTF-8; save the \(kind) as UTF-8")
        }
        try self.init(yaml: yaml, file: file, kind: kind)
    }

    init(yaml: String, file: String, kind: String) throws {
        self.init(node: try Self.compose(yaml, file, kind), file: file, line: 1, path: "")
    }

    /// The tree of a YAML document, its errors turned into ours.
    private static func compose(_ yaml: String, _ file: String, _ kind: String) throws -> Node {
        func malformed(_ line: Int?, _ problem: String) -> FileError {
            FileError(
                .malformed, file, line: line, problem)
        }
        do {
            // Yams' default encoding asks the environment and prints what it finds there.
            let root = try Yams.compose(yaml: yaml, .default, .default, .utf8)
            if let node = root, node.scalar?.string != "" { return node }
            throw malformed(1, "the \(kind) is empty; begin with its name")
        } catch YamlError.scanner(_, let problem, let mark, _),
            YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            throw malformed(mark.line, "not YAML: \(problem); correct the line")
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            throw malformed(
                context.mark.line, "the key '\(keys[0])' is given more than once; keep one")
        } catch YamlError.reader(let problem, let offset, _, _) {
            let line = offset.map { yaml.prefix($0).count(where: \.isNewline) + 1 }
            throw malformed(line, "not YAML: \(problem); remove the character")
        }
    }
}
