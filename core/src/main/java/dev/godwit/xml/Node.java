package dev.godwit.xml;

/** Something that stands inside an element. */
public sealed interface Node permits Element, Text, Comment, ProcessingInstruction {}
