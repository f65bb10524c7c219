package dev.godwit.xml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class XmlReaderTest {

    @Test
    void keepsEverythingButLayout() {
        String text =
                """
                <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' id='3'>
                  <!-- kept -->
                  <name>a &lt;&amp;&gt; b</name>
                  <?hint keep this?>
                  <z second='2' first='1'/>
                  <raw><![CDATA[<not a tag> & more]]></raw>
                  <mixed>one <b>two</b> three</mixed>
                  <blank>   </blank>
                  <qemu:commandline>
                    <qemu:arg value='a&#10;b&#9;c'/>
                  </qemu:commandline>
                </domain>
                """;

        Element domain = XmlReader.read(text);

        assertThat(domain.print())
                .isEqualTo(
                        """
                        <domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' type='kvm' id='3'>
                          <!-- kept -->
                          <name>a &lt;&amp;&gt; b</name>
                          <?hint keep this?>
                          <z second='2' first='1'/>
                          <raw><![CDATA[<not a tag> & more]]></raw>
                          <mixed>one <b>two</b> three</mixed>
                          <blank>   </blank>
                          <qemu:commandline>
                            <qemu:arg value='a&#10;b&#9;c'/>
                          </qemu:commandline>
                        </domain>
                        """);
        assertThat(XmlReader.read(domain.print())).isEqualTo(domain);
        assertThat(domain.child("qemu:commandline").orElseThrow().namespace())
                .isEqualTo("http://libvirt.org/schemas/domain/qemu/1.0");
    }

    @Test
    void attributesKeepLineBreaksThroughWritingAndReading() {
        Element element = Element.of("x").withAttr("v", "line\nbreak\ttab\rreturn 'single' \"double\" <>&");

        assertThat(XmlReader.read(element.print())).isEqualTo(element);
    }

    @Test
    void textKeepsCarriageReturnsThroughWritingAndReading() {
        Element element = Element.text("x", "a\r\nb ]]> c");

        assertThat(XmlReader.read(element.print())).isEqualTo(element);
    }

    @Test
    void aCdataSectionMayContainItsOwnEndMark() {
        Element element = Element.of("x", new Text("a]]>b", true));

        assertThat(XmlReader.read(element.print()).text()).isEqualTo("a]]>b");
    }

    @Test
    void preservedWhiteSpaceStays() {
        Element element = XmlReader.read("<a xml:space='preserve'> <b> <c/> </b> </a>");

        assertThat(element.print()).isEqualTo("<a xml:space='preserve'> <b> <c/> </b> </a>\n");
    }

    @Test
    void aMismatchedTagIsReportedWithItsPlace() {
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("<domain>\n  <name>x\n</domain>"))
                .satisfies(e -> assertThat(e.line()).isEqualTo(3))
                .withMessageStartingWith("at line 3: Opening and ending tag mismatch: name\n</domain>\n")
                .withMessageEndingWith("-^");
    }

    @Test
    void aDocumentTypeIsRefused() {
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("<!DOCTYPE domain>\n<domain/>"))
                .withMessageContaining("A document type declaration is not allowed");
    }

    @Test
    void anExternalEntityIsRefusedBeforeAnythingIsOpened() {
        String text = "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<d>&x;</d>";

        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read(text))
                .withMessageContaining("A document type declaration is not allowed");
    }

    @Test
    @Timeout(10)
    void aBillionLaughsAreRefusedAtOnce() {
        StringBuilder text = new StringBuilder("<!DOCTYPE d [<!ENTITY a0 'ha'>");
        for (int i = 1; i < 30; i++) {
            text.append("<!ENTITY a%d '&a%d;&a%d;'>".formatted(i, i - 1, i - 1));
        }
        text.append("]><d>&a29;</d>");

        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read(text.toString()))
                .withMessageContaining("A document type declaration is not allowed");
    }

    @Test
    void anUnknownEntityIsRefused() {
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("<d>&nbsp;</d>"))
                .withMessageContaining("nbsp");
    }

    @Test
    void anUnknownEntityInAnAttributeIsRefused() {
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("<d a='&nbsp;'/>"))
                .withMessageContaining("nbsp");
    }

    @Test
    void duplicateAttributesAreRefused() {
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("<d a='1' a='2'/>"))
                .withMessageContaining("Attribute a redefined");
    }

    @Test
    void unboundPrefixesAreRefused() {
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("<d><q:x/></d>"))
                .withMessageContaining("Namespace prefix q is not defined");
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("<d q:x=''/>"))
                .withMessageContaining("Namespace prefix q is not defined");
    }

    @Test
    void nothingAndGarbageAndTwoRootsAreRefused() {
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read(""))
                .withMessageContaining("Document is empty");
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("hello"))
                .withMessageContaining("Start tag expected");
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("<a/><b/>"))
                .withMessageContaining("Extra content");
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read("<a>"))
                .withMessageContaining("Premature end");
    }

    @Test
    void controlCharactersAreRefused() {
        assertThatExceptionOfType(XmlException.class).isThrownBy(() -> XmlReader.read("<a>\u0001</a>"));
        assertThatExceptionOfType(XmlException.class).isThrownBy(() -> XmlReader.read("<a>&#1;</a>"));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Element.text("a", "\u0001"))
                .withMessageContaining("U+0001");
    }

    @Test
    void aThousandLevelsAreReadAndOneMoreIsRefused() {
        String fits = "<a>".repeat(1000) + "</a>".repeat(1000);
        String tooDeep = "<a>".repeat(1001) + "</a>".repeat(1001);

        assertThat(XmlReader.read(XmlReader.read(fits).print())).isEqualTo(XmlReader.read(fits));
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read(tooDeep))
                .withMessageContaining("nested deeper than 1000");
    }

    @Test
    void theBoundCountsBytesAndIsMetExactly() {
        int frame = "<a></a>".length();
        String fits = "<a>" + "é".repeat((XmlReader.MAX_BYTES - frame) / 2) + "</a>";
        String tooLong = "<a>" + "é".repeat((XmlReader.MAX_BYTES - frame) / 2 + 1) + "</a>";

        assertThat(XmlReader.read(fits).text()).hasSize((XmlReader.MAX_BYTES - frame) / 2);
        assertThatExceptionOfType(XmlException.class)
                .isThrownBy(() -> XmlReader.read(tooLong))
                .withMessageContaining("longer than 4194304 bytes");
    }

    @Test
    void fiftyMegabytesAreRefusedWithoutParsing() {
        String text = "<a>" + "x".repeat(50_000_000);

        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThatExceptionOfType(XmlException.class)
                        .isThrownBy(() -> XmlReader.read(text))
                        .withMessageContaining("longer than"));
    }

    @Test
    void aLongTextIsOnePiece() {
        String text = "x".repeat(200_000) + "&amp;" + "y".repeat(200_000);

        Element element = XmlReader.read("<a>" + text + "</a>");

        assertThat(element.children()).hasSize(1);
        assertThat(element.text()).hasSize(400_001);
    }

    @Test
    void manyAttributesAreRead() {
        Element element = Element.of("a");
        for (int i = 0; i < 500; i++) {
            element = element.withAttr("a" + i, i);
        }

        assertThat(XmlReader.read(element.print())).isEqualTo(element);
    }
}
