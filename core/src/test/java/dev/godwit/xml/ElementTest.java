package dev.godwit.xml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ElementTest {

    private final Element domain = XmlReader.read(
            """
            <domain type='kvm'>
              <name>web1</name>
              <!-- between -->
              <os>
                <type arch='x86_64'>hvm</type>
                <boot dev='hd'/>
                <boot dev='network'/>
              </os>
            </domain>
            """);

    @Test
    void findsChildrenAndAttributes() {
        assertThat(domain.childText("name")).contains("web1");
        assertThat(domain.child("os", "type").flatMap(type -> type.attr("arch"))).contains("x86_64");
        assertThat(domain.child("os", "nothing", "there")).isEmpty();
        assertThat(domain.child("os").orElseThrow().elements("boot"))
                .extracting(boot -> boot.attr("dev", ""))
                .containsExactly("hd", "network");
        assertThat(domain.attr("id", "-1")).isEqualTo("-1");
        assertThat(domain.attrIs("type", "kvm")).isTrue();
        assertThat(domain.attrIs("type", "qemu")).isFalse();
    }

    @Test
    void changesLeaveTheOriginalAlone() {
        Element changed = domain.withAttr("type", "qemu").withAttr("id", 7);

        assertThat(changed.print()).startsWith("<domain type='qemu' id='7'>\n");
        assertThat(domain.print()).startsWith("<domain type='kvm'>\n");
    }

    @Test
    void replacesInPlaceAndAppendsOtherwise() {
        Element changed = domain.withReplaced(Element.text("name", "web2")).withReplaced(Element.text("uuid", "u"));

        assertThat(changed.elements()).extracting(Element::name).containsExactly("name", "os", "uuid");
        assertThat(changed.childText("name")).contains("web2");
    }

    @Test
    void putsAChildAfterItsPredecessors() {
        Element changed = domain.withAfter(Element.text("uuid", "u"), "name", "title");

        assertThat(changed.elements()).extracting(Element::name).containsExactly("name", "uuid", "os");
        assertThat(domain.withAfter(Element.of("first"), "missing").elements().getFirst().name()).isEqualTo("first");
    }

    @Test
    void removesAndMapsWithoutTouchingComments() {
        Element changed = domain.without("os").mapElements("name", name -> name.withText("x"));

        assertThat(changed.print())
                .isEqualTo(
                        """
                        <domain type='kvm'>
                          <name>x</name>
                          <!-- between -->
                        </domain>
                        """);
    }

    @Test
    void mapsOrAdds() {
        Element changed = domain.mapOrAdd("os", os -> os.withAttr("x", "1")).mapOrAdd("cpu", c -> c.withAttr("m", "2"));

        assertThat(changed.child("os").orElseThrow().attr("x")).contains("1");
        assertThat(changed.elements().getLast()).isEqualTo(Element.of("cpu").withAttr("m", "2"));
    }

    @Test
    void aChildMayBecomeSeveral() {
        Element changed = domain.mapElements("os", os -> os.flatMapElements(
                child -> child.name().equals("boot") ? List.of(child, child) : List.of()));

        assertThat(changed.child("os").orElseThrow().elements()).hasSize(4);
    }
}
