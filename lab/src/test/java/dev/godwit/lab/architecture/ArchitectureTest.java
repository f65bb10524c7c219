package dev.godwit.lab.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * This file is the layering. Think before you edit it, and say in the commit why.
 *
 * <p>{@code module-info} says most of who may see whom; the rules here say the rest.
 */
class ArchitectureTest {

    private static final String WIRE = "dev.godwit.wire..";
    private static final String XDR = "dev.godwit.wire.xdr";
    private static final String DOMAIN = "dev.godwit.domain..";
    private static final String XML = "dev.godwit.xml..";
    private static final String SPI = "dev.godwit.driver";
    private static final String MIGRATION = "dev.godwit.migration..";
    private static final String JOURNAL = "dev.godwit.journal..";
    private static final String GUEST = "dev.godwit.guest..";
    private static final String CLIENT = "dev.godwit.client..";
    private static final String DRIVERS = "dev.godwit.driver.*..";
    private static final String DAEMON = "dev.godwit.daemon..";
    private static final String CLI = "dev.godwit.cli..";

    private static JavaClasses shipped;

    @BeforeAll
    static void read() {
        shipped = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.godwit");
        // An empty import would let every rule pass.
        assertThat(shipped.stream().map(type -> type.getPackageName().split("\\.")[2]).distinct())
                .contains("wire", "domain", "xml", "driver", "migration", "journal", "guest", "client", "daemon", "cli");
    }

    private static void holds(ArchRule rule) {
        rule.check(shipped);
    }

    @Test
    void noPackagesDependOnEachOtherInACircle() {
        holds(slices().matching("dev.godwit.(**)").should().beFreeOfCycles());
    }

    @Test
    void theWireKnowsNothingOfOurs() {
        holds(noClasses().that().resideInAPackage(WIRE)
                .should().dependOnClassesThat().resideInAnyPackage(
                        DOMAIN, XML, SPI, MIGRATION, JOURNAL, GUEST, CLIENT, DRIVERS, DAEMON, CLI));
    }

    @Test
    void theCoreKnowsNeitherWireNorClientNorDriverNorProgram() {
        holds(noClasses().that().resideInAnyPackage(DOMAIN, XML, SPI, MIGRATION, JOURNAL, GUEST)
                .should().dependOnClassesThat().resideInAnyPackage(CLIENT, DRIVERS, DAEMON, CLI));
        holds(noClasses().that().resideInAnyPackage(DOMAIN, XML, SPI, GUEST)
                .should().dependOnClassesThat().resideInAPackage(WIRE));
        // What is kept on disk is laid out as what is sent: there is one way to make bytes.
        holds(noClasses().that().resideInAnyPackage(MIGRATION, JOURNAL)
                .should().dependOnClassesThat(resideInAPackage(WIRE).and(not(resideInAPackage(XDR)))));
    }

    @Test
    void theJournalKnowsNothingOfWhatIsKeptInIt() {
        holds(classes().that().resideInAPackage(JOURNAL)
                .should().onlyDependOnClassesThat().resideInAnyPackage(JOURNAL, XDR, "java.."));
    }

    @Test
    void theMigrationKnowsOnlyTheSidesAndTheDomain() {
        holds(classes().that().resideInAPackage(MIGRATION)
                .should().onlyDependOnClassesThat().resideInAnyPackage(
                        MIGRATION, SPI, DOMAIN, XDR, "java.lang..", "java.util..", "java.time..", "java.nio", "java.nio.charset"));
        holds(noClasses().that().resideInAPackage(MIGRATION)
                .should().callMethod("java.time.Instant", "now")
                .orShould().callMethod(System.class, "currentTimeMillis")
                .orShould().callMethod(System.class, "nanoTime")
                .orShould().callMethod(Thread.class, "sleep", long.class));
    }

    @Test
    void aDriverKnowsNeitherTheMigrationNorTheWireNorTheClientNorAProgram() {
        holds(noClasses().that().resideInAPackage(DRIVERS)
                .should().dependOnClassesThat().resideInAnyPackage(MIGRATION, WIRE, CLIENT, DAEMON, CLI));
    }

    @Test
    void noDriverKnowsAnother() {
        holds(slices().matching("dev.godwit.driver.(*)..").should().notDependOnEachOther());
    }

    @Test
    void theClientKnowsNoDriverAndNoProgram() {
        holds(noClasses().that().resideInAPackage(CLIENT)
                .should().dependOnClassesThat().resideInAnyPackage(DRIVERS, GUEST, DAEMON, CLI));
    }

    @Test
    void theTwoProgramsDoNotKnowEachOtherAndNobodyKnowsThem() {
        holds(noClasses().that().resideOutsideOfPackage(DAEMON).should().dependOnClassesThat().resideInAPackage(DAEMON));
        holds(noClasses().that().resideOutsideOfPackage(CLI).should().dependOnClassesThat().resideInAPackage(CLI));
    }

    @Test
    void theCommandLineSpeaksThroughTheClientAndNeverOfTheWire() {
        // Training plays a daemon, for the run that fills the start-up cache.
        holds(noClasses().that().resideInAPackage(CLI).and().haveNameNotMatching("dev\\.godwit\\.cli\\.Training.*")
                .should().dependOnClassesThat().resideInAnyPackage(WIRE, DRIVERS, GUEST));
    }

    @Test
    void driversAreFoundAsServicesSoTheDaemonNamesNone() {
        holds(noClasses().that().resideInAPackage(DAEMON).should().dependOnClassesThat().resideInAPackage(DRIVERS));
    }

    @Test
    void onlyTheTwoProgramsHaveAMain() {
        holds(methods().that().haveName("main").and().areStatic()
                .should().beDeclaredInClassesThat().resideInAnyPackage(DAEMON, CLI));
    }

    @Test
    void aSideOfAMigrationSaysWhichHostItRunsOn() {
        holds(classes().that().implement("dev.godwit.driver.MigrationSource").should().haveSimpleNameEndingWith("Source"));
        holds(classes().that().implement("dev.godwit.driver.MigrationDestination")
                .should().haveSimpleNameEndingWith("Destination"));
    }

    @Test
    void nobodyReadsTheClockBehindTheBackOfTheConstructor() {
        holds(noClasses().that(resideInAPackage(DRIVERS).or(resideInAPackage(GUEST)).or(resideInAPackage(CLIENT))
                        .or(resideInAPackage(JOURNAL)))
                .should().callMethod("java.time.Instant", "now")
                .orShould().callMethod(System.class, "currentTimeMillis"));
    }

    @Test
    void nobodyPrintsButThePrograms() {
        holds(noClasses().that().resideOutsideOfPackages(DAEMON, CLI)
                .should().accessField(System.class, "out")
                .orShould().accessField(System.class, "err")
                .orShould().callMethod(System.class, "exit", int.class));
    }
}
