import Files
import Foundation
import Yams

extension Recipe {
    /// Reads a recipe, which may be changes of another.
    ///
    /// - Throws: `FileError`, with the line of the first thing that is wrong.
    public init(contentsOf url: URL) throws {
        try self.init(RecipeNode.recipe(at: url))
    }

    /// The text of a recipe, as it stands in its file. That of a recipe which extends another has all of both, and no
    /// comments.
    ///
    /// - Throws: `FileError`, as the initialiser.
    static func text(of url: URL) throws -> String {
        let file = try RecipeNode(contentsOf: url, kind: "recipe")
        guard file.node.mapping?["extends"]?.isNull == false else {
            return try TextFile.lines(of: url).map { $0 + "\n" }.joined()
        }
        return try Yams.serialize(
            node: RecipeNode.recipe(at: url).node, width: -1, allowUnicode: true)
    }

    /// - Parameter file: the name that errors give.
    package init(yaml: String, file: String) throws {
        try self.init(RecipeNode(yaml: yaml, file: file, kind: "recipe"))
    }
}

extension RecipeNode {
    /// Reads the file of a recipe, laid over the recipe that it `extends`, if any.
    ///
    /// - Parameter extensions: the recipes that extend this one.
    /// - Throws: `FileError`; also for what is wrong with the extended recipe, in its own file.
    static func recipe(at url: URL, extendedBy extensions: [URL] = []) throws -> RecipeNode {
        let own = try RecipeNode(contentsOf: url, kind: "recipe")
        guard var changes = own.node.mapping,
            let key = changes.keys.first(where: { $0.scalar?.string == "extends" }),
            let path = changes[key], !path.isNull
        else { return own }
        changes[key] = nil
        let place = own.child(key, path)
        let origin = try place.file(besides: url)
        guard FileManager.default.fileExists(atPath: origin.path) else {
            throw FileError(
                .missing, own.file, line: place.line,
                "\(place.path) is '\(try place.string())', and there is no such file; give the path "
                    + "of a recipe, relative to this one's folder")
        }
        let extensions = extensions + [url.standardizedFileURL]
        guard !extensions.contains(origin.standardizedFileURL) else {
            throw place.error(
                "\(place.path) leads back to '\(try place.string())'; name another recipe")
        }
        let base = try recipe(at: origin, extendedBy: extensions)
        _ = try Recipe(base)
        let overlay = Overlay(
            changes: RecipeNode(node: .mapping(changes), file: own.file, line: own.line, path: ""))
        return RecipeNode(
            node: try overlay.applied(to: base.node.withoutMarks), file: own.file,
            line: place.line, path: "")
    }

    /// The file that this value names, relative to the folder of the file that it stands in.
    func file(besides url: URL) throws -> URL {
        url.deletingLastPathComponent().file(try string())
    }

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
                .unreadable, file, IOFailure(file, cannot: "read", error).problem)
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

extension Node {
    /// The same tree without its places in a file: what it holds is then looked for where it is named.
    fileprivate var withoutMarks: Node {
        switch self {
        case .scalar(var scalar):
            scalar.mark = nil
            return .scalar(scalar)
        case .sequence(var sequence):
            sequence.mark = nil
            for index in sequence.indices { sequence[index] = sequence[index].withoutMarks }
            return .sequence(sequence)
        case .mapping(let mapping):
            return .mapping(
                Mapping(mapping.map { ($0.key.withoutMarks, $0.value.withoutMarks) }, mapping.tag))
        case .alias(var alias):
            alias.mark = nil
            return .alias(alias)
        }
    }
}

extension URL {
    /// The file that a recipe names by its path from this folder, or by one from the root.
    func file(_ path: String) -> URL {
        path.hasPrefix("/") ? URL(filePath: path) : appending(path: path)
    }
}
