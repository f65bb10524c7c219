/**
 * A lossless XML tree for documents that belong to somebody else.
 *
 * <p>Domain definitions travel through Godwit from one peer to another. Whatever a definition contains
 * and Godwit does not know must come out again as it went in: attributes in their order, comments,
 * processing instructions, CDATA sections and foreign namespaces. Only layout (white space between
 * elements) is not kept, because every daemon prints its own.
 *
 * <pre>
 *   text ──XmlReader──► Element (immutable) ──with…()──► Element ──XmlWriter──► text
 * </pre>
 *
 * <p>The reader takes its input from strangers: it refuses document type declarations, so that there are no
 * external entities and no entity expansion at all, and bounds the size and the depth of what it reads.
 */
package dev.godwit.xml;
