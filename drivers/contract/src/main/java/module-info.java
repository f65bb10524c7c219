/** What every driver must do, as tests that its own tests extend. */
module dev.godwit.driver.contract {
    requires transitive dev.godwit.core;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;
    requires transitive org.assertj.core;

    exports dev.godwit.driver.contract;
    opens dev.godwit.driver.contract;
}
