package dev.godwit.xml;

import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamException;

/**
 * What a parser complains about, in the words libvirt's users know from libxml2 where there are such words, and in the
 * JDK's own otherwise.
 */
final class Complaint {

    private record Rule(Pattern jdk, Function<MatchResult, String> words) {}

    private static final String NAMES = "http://www\\.w3\\.org/TR/1999/REC-xml-names-19990114#";

    private static final List<Rule> RULES = List.of(
            rule(
                    "The element type \"(.*)\" must be terminated by the matching end-tag \"</.*>\"\\.",
                    match -> "Opening and ending tag mismatch: " + match.group(1)),
            rule(
                    "Attribute \"(.*)\" was already specified for element \"(.*)\"\\.",
                    match -> "Attribute " + match.group(1) + " redefined"),
            rule("Premature end of file\\.", match -> "Document is empty"),
            rule("Content is not allowed in prolog\\.", match -> "Start tag expected, '<' not found"),
            rule("XML document structures must start and end within the same entity\\.",
                    match -> "Premature end of data"),
            rule(
                    "The markup in the document following the root element must be well-formed\\.",
                    match -> "Extra content at the end of the document"),
            // The JDK reports what it finds in its namespace pass by key and arguments, without words.
            rule(NAMES + "AttributeNotUnique\\?(.*)&(.*)", match -> "Attribute " + match.group(2) + " redefined"),
            rule(
                    NAMES + "AttributeNSNotUnique\\?(.*)&(.*)&(.*)",
                    match -> "Namespaced Attribute " + match.group(2) + " in '" + match.group(3) + "' redefined"),
            rule(
                    NAMES + "ElementPrefixUnbound\\?(.*)&(.*)",
                    match -> "Namespace prefix " + match.group(1) + " is not defined"),
            rule(
                    NAMES + "AttributePrefixUnbound\\?(.*)&(.*)&(.*)",
                    match -> "Namespace prefix " + match.group(3) + " is not defined"));

    private Complaint() {}

    private static Rule rule(String jdk, Function<MatchResult, String> words) {
        return new Rule(Pattern.compile(jdk, Pattern.DOTALL), words);
    }

    static String of(XMLStreamException e) {
        String message = e.getMessage() == null ? "not well-formed" : e.getMessage();
        // The JDK puts the place first: "ParseError at [row,col]:[2,3]\nMessage: …".
        int start = message.indexOf("Message: ");
        String text = start < 0 ? message : message.substring(start + "Message: ".length());
        for (Rule rule : RULES) {
            var match = rule.jdk.matcher(text);
            if (match.matches()) {
                return rule.words.apply(match.toMatchResult());
            }
        }
        return text;
    }
}
