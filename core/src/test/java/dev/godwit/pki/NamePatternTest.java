package dev.godwit.pki;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "C=DE,O=Example,CN=admin | C=DE,O=Example,CN=admin | true",
        "C=DE,O=Example,CN=*     | C=DE,O=Example,CN=admin | true",
        "*                       | C=DE,O=Example,CN=admin | true",
        "*CN=adm?n               | C=DE,O=Example,CN=admin | true",
        "*O=*CN=a*n*             | C=DE,O=Example,CN=admin | true",
        "C=DE,O=Example          | C=DE,O=Example,CN=admin | false",
        "O=Example,CN=admin      | C=DE,O=Example,CN=admin | false",
        "*CN=admi?n              | C=DE,O=Example,CN=admin | false",
        "CN=[ab]dmin             | CN=admin                | false",
        "CN=[ab]dmin             | CN=[ab]dmin             | true",
        "cn=admin                | CN=admin                | false",
        "?                       | €                       | true"})
    void matchesTheWholeNameAsStockDaemonsDo(String pattern, String name, boolean matches) {
        assertThat(new NamePattern(pattern).matches(name)).isEqualTo(matches);
    }
}
