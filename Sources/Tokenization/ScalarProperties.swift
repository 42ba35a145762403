import CUTF8Proc

/// What utf8proc's table says of one code point.
package struct ScalarProperties {
    private let properties: UnsafePointer<utf8proc_property_t>

    package init(_ codePoint: UInt32) {
        properties = utf8proc_get_property(Int32(bitPattern: codePoint))
    }

    var category: utf8proc_category_t {
        utf8proc_category_t(UInt32(properties.pointee.category))
    }

    /// The canonical combining class.
    var combiningClass: Int16 { properties.pointee.combining_class }

    /// Whether it has a decomposition, canonical or by compatibility, in the table. Hangul syllables have theirs by rule.
    var hasDecomposition: Bool { properties.pointee.decomp_seqindex != UInt16.max }

    /// Whether a renderer without support shows nothing for it.
    var isIgnorable: Bool { properties.pointee.ignorable != 0 }

    /// The kind of compatibility decomposition; 0 for a canonical one or none.
    var decompositionType: utf8proc_decomp_type_t {
        utf8proc_decomp_type_t(UInt32(properties.pointee.decomp_type))
    }

    /// Emoji and the symbols that may become emoji.
    var isPictographic: Bool {
        properties.pointee.boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC.rawValue
    }

    var isLetter: Bool {
        (UTF8PROC_CATEGORY_LU.rawValue...UTF8PROC_CATEGORY_LO.rawValue).contains(category.rawValue)
    }

    var isCapital: Bool { category == UTF8PROC_CATEGORY_LU }

    var isMark: Bool {
        (UTF8PROC_CATEGORY_MN.rawValue...UTF8PROC_CATEGORY_ME.rawValue).contains(category.rawValue)
    }

    var isSymbol: Bool {
        (UTF8PROC_CATEGORY_SM.rawValue...UTF8PROC_CATEGORY_SO.rawValue).contains(category.rawValue)
    }

    var isWhiteSpace: Bool {
        (UTF8PROC_CATEGORY_ZS.rawValue...UTF8PROC_CATEGORY_ZP.rawValue).contains(category.rawValue)
    }
}
